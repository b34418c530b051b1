//! The thread policy: how many threads a kernel may use, and above which size more than one pays.
//!
//! The threads are rayon's: its global pool, or the pool inside which a call is made
//! (`pool.install(|| model.predict(..))`). The result of a kernel does not depend on their number.

use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "simd")]
use std::sync::{Mutex, PoisonError};

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

/// Runs `f` on each block of a slice: on its number and on its values, `block` of them, in the last perhaps fewer.
///
/// Where every thread gets `least` blocks or more, several threads take them, each the next one when it is done with
/// its last: so blocks of unlike cost are spread well. Each block is worked on once and alone, so the result does not
/// depend on the number of threads. Without the feature `simd` there is one thread, the caller's.
///
/// ```
/// use cornu_tensor::threads;
///
/// let mut values = [0; 7];
/// threads::over_blocks(&mut values, 3, 1, &|index, block| block.fill(index));
/// assert_eq!(values, [0, 0, 0, 1, 1, 1, 2]);
/// ```
pub fn over_blocks<A: Send>(
    values: &mut [A],
    block: usize,
    #[cfg_attr(not(feature = "simd"), expect(unused_variables, reason = "there is one thread"))] least: usize,
    f: &(impl Fn(usize, &mut [A]) + Sync),
) {
    let blocks = values.chunks_mut(block.max(1)).enumerate();
    #[cfg(feature = "simd")]
    {
        let threads = for_values(blocks.len(), least.max(1));
        if threads > 1 {
            return take(threads, &Mutex::new(blocks), f);
        }
    }
    for (index, block) in blocks {
        f(index, block);
    }
}

/// So many threads take blocks until none is left.
#[cfg(feature = "simd")]
fn take<A: Send>(
    threads: usize,
    blocks: &Mutex<impl Iterator<Item = (usize, A)> + Send>,
    f: &(impl Fn(usize, A) + Sync),
) {
    if threads > 1 {
        rayon::join(|| take(threads / 2, blocks, f), || take(threads - threads / 2, blocks, f));
        return;
    }
    let next = || blocks.lock().unwrap_or_else(PoisonError::into_inner).next();
    while let Some((index, block)) = next() {
        f(index, block);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[cfg(feature = "matmul")]
    #[test]
    fn small_work_stays_on_one_thread() {
        assert_eq!(for_work(1000), 1);
        // The limit is everybody's; another test may change it meanwhile.
        assert!([0, 1, 2, 3].contains(&for_work(usize::MAX)));
    }

    proptest! {
        #[test]
        fn every_block_once_on_any_number_of_threads(len in 0_usize..5000, block in 0_usize..300, least in 0_usize..4) {
            let expected: Vec<usize> = (0..len).map(|i| 1 + i / block.max(1)).collect();
            for threads in [1, 2, 3, 0] {
                set_threads(threads);
                let mut values = vec![0; len];
                over_blocks(&mut values, block, least, &|index, block| {
                    block.iter_mut().for_each(|value| *value += 1 + index);
                });
                prop_assert_eq!(&values, &expected);
            }
            set_threads(0);
        }
    }
}
