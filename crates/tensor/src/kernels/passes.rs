//! Passes over slices, value by value: with the widest vectors that the processor has, and on several threads
//! where that pays.
//!
//! The code of a pass is compiled for several kinds of processor, and the kind at hand is found at run time
//! (crate `pulp`). No operation is fused with another, so the bits do not depend on the kind, nor on the number of
//! threads: each value is computed from those at its own place.

use crate::Scalar;
#[cfg(feature = "simd")]
use crate::threads;

/// The least number of values that are handed to a thread: less costs more than it saves.
#[cfg(feature = "simd")]
const SHARE: usize = 1 << 15;

/// What is done to the values at each place of `W` slices that are written and `R` that are read, all equally long.
///
/// An implementation is marked `#[inline(always)]`: only then is it compiled for each kind of processor.
///
/// ```
/// use cornu_tensor::kernels::{Pass, run};
///
/// /// `a += 2·b`
/// struct AddTwice;
///
/// impl Pass<f32, 1, 1> for AddTwice {
///     #[inline(always)]
///     fn run(&self, [a]: [&mut [f32]; 1], [b]: [&[f32]; 1]) {
///         for (a, &b) in a.iter_mut().zip(b) {
///             *a += b + b;
///         }
///     }
/// }
///
/// let mut a = [1.0, 2.0];
/// run(&AddTwice, [&mut a], [&[10.0, 20.0]]);
/// assert_eq!(a, [21.0, 42.0]);
/// ```
pub trait Pass<T, const W: usize, const R: usize>: Sync {
    /// Works on a block of the slices.
    fn run(&self, written: [&mut [T]; W], read: [&[T]; R]);
}

/// Fewer values than this are worked on at once, without a look at the processor.
#[cfg(feature = "simd")]
const FEW: usize = 64;

/// Runs a pass over whole slices. What one is longer than the shortest is left alone.
#[inline]
pub fn run<T: Scalar, const W: usize, const R: usize>(
    pass: &impl Pass<T, W, R>,
    written: [&mut [T]; W],
    read: [&[T]; R],
) {
    let lengths = written.iter().map(|slice| slice.len()).chain(read.iter().map(|slice| slice.len()));
    let len = lengths.min().unwrap_or(0);
    let (written, read) = (written.map(|slice| &mut slice[..len]), read.map(|slice| &slice[..len]));
    #[cfg(feature = "simd")]
    if len >= FEW {
        return split(threads::for_work(len).min(len / SHARE), pass, written, read);
    }
    pass.run(written, read);
}

/// A piece of work that is compiled for each kind of processor, as a [`Pass`] is, but reads and writes what it will.
///
/// An implementation is marked `#[inline(always)]`, and so is what it calls in its loops.
pub trait Routine {
    /// What comes out.
    type Output;

    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Runs a routine with the widest vectors that the processor has, on the thread of the caller.
///
/// ```
/// use cornu_tensor::kernels::{Routine, dispatch};
///
/// struct SumOfSquares<'a>(&'a [f32]);
///
/// impl Routine for SumOfSquares<'_> {
///     type Output = f32;
///
///     #[inline(always)]
///     fn run(self) -> f32 {
///         self.0.iter().map(|x| x * x).sum()
///     }
/// }
///
/// assert_eq!(dispatch(SumOfSquares(&[1.0, 2.0, 3.0])), 14.0);
/// ```
#[inline]
pub fn dispatch<R: Routine>(routine: R) -> R::Output {
    #[cfg(feature = "simd")]
    return pulp::Arch::new().dispatch(Compiled(routine));
    #[cfg(not(feature = "simd"))]
    routine.run()
}

/// A routine in the form that pulp compiles for each kind of processor.
#[cfg(feature = "simd")]
struct Compiled<R>(R);

#[cfg(feature = "simd")]
impl<R: Routine> pulp::NullaryFnOnce for Compiled<R> {
    type Output = R::Output;

    #[inline(always)]
    fn call(self) -> R::Output {
        self.0.run()
    }
}

/// One call of a pass.
#[cfg(feature = "simd")]
struct Call<'p, 's, T, P, const W: usize, const R: usize> {
    pass: &'p P,
    written: [&'s mut [T]; W],
    read: [&'s [T]; R],
}

#[cfg(feature = "simd")]
impl<T, P: Pass<T, W, R>, const W: usize, const R: usize> Routine for Call<'_, '_, T, P, W, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.pass.run(self.written, self.read);
    }
}

/// Runs a pass in so many pieces at once.
#[cfg(feature = "simd")]
fn split<T: Scalar, const W: usize, const R: usize>(
    pieces: usize,
    pass: &impl Pass<T, W, R>,
    written: [&mut [T]; W],
    read: [&[T]; R],
) {
    let len = written.first().map_or(0, |slice| slice.len());
    if pieces <= 1 {
        return dispatch(Call { pass, written, read });
    }
    // Whole cache lines for each.
    let middle = (len / pieces * (pieces / 2)) & !15;
    let mut after: [&mut [T]; W] = std::array::from_fn(|_| <&mut [T]>::default());
    let mut places = after.iter_mut();
    let before = written.map(|slice| {
        let (before, after) = slice.split_at_mut(middle);
        if let Some(place) = places.next() {
            *place = after;
        }
        before
    });
    let (read_before, read_after) = (read.map(|slice| &slice[..middle]), read.map(|slice| &slice[middle..]));
    threads::join(
        || split(pieces / 2, pass, before, read_before),
        || split(pieces - pieces / 2, pass, after, read_after),
    );
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `a = a·b + c`, `c = a`
    struct Both;

    impl<T: Scalar> Pass<T, 2, 1> for Both {
        #[inline(always)]
        fn run(&self, [a, c]: [&mut [T]; 2], [b]: [&[T]; 1]) {
            for ((a, c), &b) in a.iter_mut().zip(c).zip(b) {
                let old = *a;
                *a = old * b + *c;
                *c = old;
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_place_once_on_any_number_of_threads(len in 0_usize..200_000) {
            let value = |i: usize| (i % 97) as f32 / 7.0;
            let (start, other): (Vec<f32>, Vec<f32>) = (0..len).map(|i| (value(i), value(3 * i))).unzip();
            let expected: Vec<f32> = start.iter().zip(&other).map(|(&a, &b)| a * b + a).collect();
            for threads in [1, 2, 3, 0] {
                crate::threads::set_threads(threads);
                let (mut a, mut c) = (start.clone(), start.clone());
                run(&Both, [&mut a, &mut c], [&other]);
                prop_assert_eq!(&a, &expected);
                prop_assert_eq!(&c, &start);
            }
            crate::threads::set_threads(0);
        }
    }
}
