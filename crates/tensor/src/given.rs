//! How an argument was given: by Keras's name, or as the thing itself.
//!
//! Arguments such as an initializer or an activation may be given either way (`"relu"`, `Relu`). Each such
//! argument has a trait (`IntoActivation<T, How>` …) with one implementation for a name and one for every
//! type that is the thing; these two marks tell the implementations apart. They are inferred, and nobody
//! writes them.

/// Given by Keras's name.
#[derive(Debug, Clone, Copy)]
pub struct ByName;

/// Given as a value.
#[derive(Debug, Clone, Copy)]
pub struct ByValue;
