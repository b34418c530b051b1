//! The thread policy: how many threads a kernel may use, and above which size more than one pays.
//!
//! The threads are rayon's: its global pool, or the pool inside which a call is made
//! (`pool.install(|| model.predict(..))`). The result of a kernel does not depend on their number.

use std::sync::atomic::{AtomicUsize, Ordering};

/// 0: as many as rayon's pool has.
static LIMIT: AtomicUsize = AtomicUsize::new(0);

#[cfg(feature = "matmul")]
/// Multiply-adds under which handing work to a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 1 << 18;

/// Lets every kernel use at most this many threads; 0, the default, means all of rayon's pool.
///
/// ```
/// cornu_tensor::threads::set_threads(1);
/// assert_eq!(cornu_tensor::threads::limit(), 1);
/// # cornu_tensor::threads::set_threads(0);
/// ```
pub fn set_threads(limit: usize) {
    LIMIT.store(limit, Ordering::Relaxed);
}

/// The limit that [`set_threads`] set; 0 means all of rayon's pool.
#[must_use]
pub fn limit() -> usize {
    LIMIT.load(Ordering::Relaxed)
}

/// The threads for so many multiply-adds: 1, or the limit (0 for all of the pool).
#[cfg(feature = "matmul")]
#[must_use]
pub(crate) fn for_work(multiply_adds: usize) -> usize {
    if multiply_adds < WORTH_A_THREAD { 1 } else { limit() }
}

/// The pieces in which so many values are worked on, `share` of them at least in each.
#[cfg(feature = "simd")]
#[must_use]
pub(crate) fn for_values(values: usize, share: usize) -> usize {
    let most = values / share;
    if most <= 1 {
        return 1;
    }
    let threads = match limit() {
        0 => rayon::current_num_threads(),
        limit => limit,
    };
    most.min(threads)
}

/// Runs `f` on the rows of two slices, in pieces on several threads where there are enough values: `f` gets the
/// number of its first row and the rows themselves, of `widths` values each.
///
/// Each row is worked on once and alone, so the result does not depend on the number of threads.
///
/// ```
/// use cornu_tensor::threads;
///
/// let (mut squares, mut signs) = ([0; 6], [false; 3]);
/// threads::over_rows((&mut squares, &mut signs), (2, 1), &|first, (squares, signs)| {
///     for (row, (square, sign)) in squares.chunks_exact_mut(2).zip(signs).enumerate() {
///         square.fill((first + row) * (first + row));
///         *sign = true;
///     }
/// });
/// assert_eq!((squares, signs), ([0, 0, 1, 1, 4, 4], [true; 3]));
/// ```
#[cfg(feature = "simd")]
pub fn over_rows<A: Send, B: Send>(
    slices: (&mut [A], &mut [B]),
    widths: (usize, usize),
    f: &(impl Fn(usize, (&mut [A], &mut [B])) + Sync),
) {
    let pieces = for_values(slices.0.len(), 1 << 13);
    split_rows(pieces, 0, slices.0.len() / widths.0.max(1), slices, widths, f);
}

#[cfg(feature = "simd")]
fn split_rows<A: Send, B: Send>(
    pieces: usize,
    first: usize,
    rows: usize,
    (a, b): (&mut [A], &mut [B]),
    widths: (usize, usize),
    f: &(impl Fn(usize, (&mut [A], &mut [B])) + Sync),
) {
    if pieces <= 1 || rows <= 1 {
        return f(first, (a, b));
    }
    let (left, middle) = (pieces / 2, rows * (pieces / 2) / pieces);
    let (a, a_after) = a.split_at_mut(middle * widths.0);
    let (b, b_after) = b.split_at_mut(middle * widths.1);
    rayon::join(
        || split_rows(left, first, middle, (a, b), widths, f),
        || split_rows(pieces - left, first + middle, rows - middle, (a_after, b_after), widths, f),
    );
}

#[cfg(all(test, feature = "matmul"))]
mod tests {
    use super::*;

    #[test]
    fn small_work_stays_on_one_thread() {
        assert_eq!(for_work(1000), 1);
        // The limit is everybody's; another test may change it meanwhile.
        assert!([0, 1, 2, 3].contains(&for_work(usize::MAX)));
    }
}
