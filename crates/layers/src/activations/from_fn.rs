//! One's own activation from two closures.

use std::fmt;

use cornu_tensor::Scalar;

use super::{Activation, map, scale};

/// The activation that [`from_fn`] makes.
#[derive(Clone, Copy)]
pub struct FromFn<F, D> {
    name: &'static str,
    f: F,
    derivative: D,
}

/// An activation of one's own, value by value: a name, the function, and its derivative as a function of `x`.
///
/// No Keras file can carry it. A loss that knows an activation by its name (`"softmax"`, `"sigmoid"`) is fused with it in
/// training: one's own function needs a name of its own.
///
/// ```
/// use cornu_layers::activations::from_fn;
/// use cornu_layers::{Built, Dense, KernelArguments};
/// use cornu_tensor::Tensor;
///
/// let square = from_fn("square", |x: f32| x * x, |x| x + x);
/// let dense = Dense::new(1).activation(square).kernel_initializer("ones");
/// let dense = Built::new(dense, &[[1].into()], 0)?;
/// assert_eq!(dense.call(&Tensor::from([[-3.0]]))?, Tensor::from([[9.0]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[must_use]
pub fn from_fn<T, F, D>(name: &'static str, f: F, derivative: D) -> FromFn<F, D>
where
    T: Scalar,
    F: Fn(T) -> T + Send + Sync,
    D: Fn(T) -> T + Send + Sync,
{
    FromFn { name, f, derivative }
}

impl<F, D> fmt::Debug for FromFn<F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFn").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<T, F, D> Activation<T> for FromFn<F, D>
where
    T: Scalar,
    F: Fn(T) -> T + Send + Sync,
    D: Fn(T) -> T + Send + Sync,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn apply(&self, values: &mut [T], _width: usize) {
        map(values, &self.f);
    }

    fn needs_input(&self) -> bool {
        true
    }

    fn backward(&self, from: &[T], gradient: &mut [T], _width: usize) {
        scale(gradient, from, &self.derivative);
    }
}
