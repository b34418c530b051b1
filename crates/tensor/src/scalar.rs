//! The number types a network computes in.

use std::cell::Cell;
use std::fmt;
use std::thread::LocalKey;

use nalgebra::RealField;

use crate::elementary;
use crate::kernels::vectors::Vectors;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A number type: `f32` (Keras's default) or `f64`.
///
/// The arithmetic and the elementary functions come from nalgebra's [`RealField`]. The trait is sealed.
///
/// ```
/// use cornu_tensor::Scalar;
///
/// fn half<T: Scalar>(x: T) -> T {
///     x * T::of(0.5)
/// }
/// assert_eq!(half(3.0_f32), 1.5);
/// assert_eq!(f64::DTYPE, "float64");
/// ```
pub trait Scalar:
    sealed::Sealed + Vectors + RealField + Copy + Default + PartialOrd + fmt::LowerExp + Send + Sync + 'static
{
    /// Keras's name of the type: `"float32"` or `"float64"`.
    const DTYPE: &'static str;

    /// The nearest value of this type.
    fn of(value: f64) -> Self;

    /// The value as `f64`, exactly.
    fn to_f64(self) -> f64;

    /// The nearest value of this type to a count.
    fn of_count(count: usize) -> Self {
        Self::of(count as f64)
    }

    /// `eˣ`, in a form that a loop computes with vectors where there is one (`f32`).
    fn fast_exp(self) -> Self;

    /// The hyperbolic tangent, in a form that a loop computes with vectors where there is one (`f32`).
    fn fast_tanh(self) -> Self;

    /// The natural logarithm, in a form that a loop computes with vectors where there is one (`f32`).
    fn fast_ln(self) -> Self;

    /// `ln(1 + eˣ)`, in a form that a loop computes with vectors where there is one (`f32`). The exponential never overflows.
    fn fast_softplus(self) -> Self;

    /// The error function, `2/√π ∫₀ˣ exp(−t²) dt`, in a form that a loop computes with vectors where there is one (`f32`).
    fn erf(self) -> Self;

    /// The thread's memory for values of this type: see [`crate::threads::with_memory`].
    #[doc(hidden)]
    fn memory() -> &'static LocalKey<Cell<Vec<Self>>>;
}

impl Scalar for f32 {
    const DTYPE: &'static str = "float32";

    fn of(value: f64) -> Self {
        value as f32
    }

    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn fast_exp(self) -> Self {
        elementary::exp(self)
    }

    #[inline(always)]
    fn fast_tanh(self) -> Self {
        elementary::tanh(self)
    }

    #[inline(always)]
    fn fast_ln(self) -> Self {
        elementary::ln(self)
    }

    #[inline(always)]
    fn fast_softplus(self) -> Self {
        elementary::softplus(self)
    }

    #[inline(always)]
    fn erf(self) -> Self {
        elementary::erf(self)
    }

    fn memory() -> &'static LocalKey<Cell<Vec<Self>>> {
        thread_local! {
            static MEMORY: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
        }
        &MEMORY
    }
}

impl Scalar for f64 {
    const DTYPE: &'static str = "float64";

    fn of(value: f64) -> Self {
        value
    }

    fn to_f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn fast_exp(self) -> Self {
        self.exp()
    }

    #[inline(always)]
    fn fast_tanh(self) -> Self {
        self.tanh()
    }

    #[inline(always)]
    fn fast_ln(self) -> Self {
        self.ln()
    }

    #[inline(always)]
    fn fast_softplus(self) -> Self {
        let positive = if self < 0.0 { 0.0 } else { self };
        positive + (-self.abs()).exp().ln_1p()
    }

    fn erf(self) -> Self {
        libm::erf(self)
    }

    fn memory() -> &'static LocalKey<Cell<Vec<Self>>> {
        thread_local! {
            static MEMORY: Cell<Vec<f64>> = const { Cell::new(Vec::new()) };
        }
        &MEMORY
    }
}
