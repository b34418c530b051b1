//! Passes that more than one optimizer needs, and sums over slices.

use cornu_tensor::Scalar;
use cornu_tensor::kernels::{Pass, Routine, dispatch, run};

/// Replaces every value of `written` by `f` of it and of the value at its place in `read`.
pub(crate) fn zip<T: Scalar>(written: &mut [T], read: &[T], f: impl Fn(T, T) -> T + Sync) {
    run(&Zip(f), [written], [read]);
}

struct Zip<F>(F);

impl<T: Scalar, F: Fn(T, T) -> T + Sync> Pass<T, 1, 1> for Zip<F> {
    #[inline(always)]
    fn run(&self, [written]: [&mut [T]; 1], [read]: [&[T]; 1]) {
        for (w, &r) in written.iter_mut().zip(read) {
            *w = (self.0)(*w, r);
        }
    }
}

/// `Σ xᵢ²`
pub(crate) fn sum_of_squares<T: Scalar>(values: &[T]) -> f64 {
    dispatch(Sum(|x: T, _| x * x, values, values))
}

/// `Σ f(xᵢ, yᵢ)`, summed in blocks, so that many small values do not get lost beside their sum.
pub(crate) fn sum<T: Scalar>(x: &[T], y: &[T], f: impl Fn(T, T) -> T) -> f64 {
    dispatch(Sum(f, x, y))
}

/// Values that are summed side by side.
const LANES: usize = 16;
/// Values that are summed in their own type.
const BLOCK: usize = 1024;

struct Sum<'a, T, F>(F, &'a [T], &'a [T]);

impl<T: Scalar, F: Fn(T, T) -> T> Routine for Sum<'_, T, F> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Self(f, x, y) = self;
        let mut total = 0.0;
        for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
            let mut sums = [T::zero(); LANES];
            for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
                for ((sum, &x), &y) in sums.iter_mut().zip(x).zip(y) {
                    *sum += f(x, y);
                }
            }
            total += sums.iter().fold(T::zero(), |total, &sum| total + sum).to_f64();
        }
        total
    }
}

/// `βᵗ`, rounded to the type once, as Keras has it in the variable's type.
pub(crate) fn power<T: Scalar>(beta: f64, step: f64) -> T {
    // Below e⁻⁴⁰ it is lost beside 1.
    if (1.0 - beta) * step > 40.0 { T::zero() } else { T::of(T::of(beta).to_f64().powf(step)) }
}

#[cfg(test)]
mod tests {
    use cornu_testkit::assert_close;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_are_sums(values in vec(-10.0..10.0, 0..5000)) {
            let squares = values.iter().map(|x| x * x).sum::<f64>();
            assert_close(&[sum_of_squares(&values)], &[squares], 1e-12);
            let halves: Vec<f64> = values.iter().map(|x| x / 2.0).collect();
            assert_close(&[sum(&values, &halves, |x, y| x - y)], &[halves.iter().sum()], 1e-9);
        }

        #[test]
        fn a_zip_is_a_zip(values in vec(-10.0_f32..10.0, 0..200)) {
            let mut written = values.clone();
            zip(&mut written, &values, |w, r| w - r);
            prop_assert!(written.iter().all(|&w| w == 0.0));
        }
    }
}
