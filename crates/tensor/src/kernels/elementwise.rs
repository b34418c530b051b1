//! The two passes that every function which takes value by value needs: the function, and its slope.

use super::{Pass, run};
use crate::Scalar;

/// Replaces every value by `f` of it.
///
/// ```
/// let mut values = [1.0_f32, -2.0];
/// cornu_tensor::kernels::map(&mut values, |x| x * x);
/// assert_eq!(values, [1.0, 4.0]);
/// ```
pub fn map<T: Scalar>(values: &mut [T], f: impl Fn(T) -> T + Sync) {
    run(&Map(f), [values], []);
}

/// Multiplies every value of the gradient by the slope at its place: `gradient[i] *= slope(from[i])`.
///
/// ```
/// let mut gradient = [1.0_f32, 1.0];
/// cornu_tensor::kernels::scale(&mut gradient, &[3.0, -2.0], |x| x + x);
/// assert_eq!(gradient, [6.0, -4.0]);
/// ```
pub fn scale<T: Scalar>(gradient: &mut [T], from: &[T], slope: impl Fn(T) -> T + Sync) {
    run(&Scale(slope), [gradient], [from]);
}

struct Map<F>(F);

impl<T: Scalar, F: Fn(T) -> T + Sync> Pass<T, 1, 0> for Map<F> {
    #[inline(always)]
    fn run(&self, [values]: [&mut [T]; 1], []: [&[T]; 0]) {
        for value in values {
            *value = (self.0)(*value);
        }
    }
}

struct Scale<F>(F);

impl<T: Scalar, F: Fn(T) -> T + Sync> Pass<T, 1, 1> for Scale<F> {
    #[inline(always)]
    fn run(&self, [gradient]: [&mut [T]; 1], [from]: [&[T]; 1]) {
        for (g, &value) in gradient.iter_mut().zip(from) {
            *g *= (self.0)(value);
        }
    }
}
