//! The thread policy: how many threads a kernel may use, and above which size more than one pays.
//!
//! The threads are rayon's: its global pool, or the pool inside which a call is made
//! (`pool.install(|| model.predict(..))`). The result of a kernel does not depend on their number. Without the features
//! that bring rayon, everything runs on the thread of the caller.

use std::convert::Infallible;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Scalar;

/// 0: as many as rayon's pool has.
static LIMIT: AtomicUsize = AtomicUsize::new(0);

/// Multiply-adds, or other work of about that size, under which a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 1 << 18;

/// Pieces for each thread, where there are enough: a thread that was held up, or got the harder ones, leaves its last to
/// the others.
const PIECES: usize = 8;

/// Lets every kernel split its work into no more parts than this; 0, the default, means all of rayon's pool.
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

/// The threads for so many multiply-adds, or other work of about that size.
#[inline]
#[must_use]
pub(crate) fn for_work(work: usize) -> usize {
    if work < WORTH_A_THREAD { 1 } else { available() }
}

/// The threads that may be used now.
fn available() -> usize {
    match limit() {
        0 => pool(),
        limit => limit,
    }
}

/// The threads that there are.
fn pool() -> usize {
    #[cfg(feature = "simd")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "simd"))]
    1
}

/// Runs two pieces of work, on two threads where there are two.
#[cfg(feature = "simd")]
pub(crate) fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}

/// Runs two pieces of work one after the other.
#[cfg(not(feature = "simd"))]
pub(crate) fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    (a(), b())
}

/// Runs `f` on a thread of the pool, if it will hand out `work` of a size that pays: what it hands out is then taken
/// up at once, where a thread from outside the pool waits for each piece.
///
/// While it waits, a thread of the pool may begin other work: who holds a lock here over a call that hands out work may
/// wait for themselves.
///
/// ```
/// assert_eq!(cornu_tensor::threads::inside(1 << 20, || 6 * 7), 42);
/// ```
pub fn inside<R: Send>(work: usize, f: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "simd")]
    if for_work(work) > 1 && rayon::current_thread_index().is_none() {
        return rayon::join(f, || ()).0;
    }
    let _ = work;
    f()
}

/// Runs `f` with memory for so many values, which the thread keeps for the next time. What it holds means nothing.
///
/// ```
/// use cornu_tensor::threads::with_memory;
///
/// let sum = with_memory(2, |memory: &mut [f32]| {
///     memory.copy_from_slice(&[1.0, 2.0]);
///     memory.iter().sum::<f32>()
/// });
/// assert_eq!(sum, 3.0);
/// ```
pub fn with_memory<T: Scalar, R>(len: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    // Taken while in use: who asks again meanwhile gets memory of its own.
    let mut memory = T::memory().take();
    if memory.len() < len {
        memory.resize(len, T::zero());
    }
    let result = f(&mut memory[..len]);
    let other = T::memory().replace(memory);
    if other.len() > len {
        T::memory().set(other);
    }
    result
}

/// What can be cut between two rows, so that two threads may write to the parts.
pub trait Split: Send + Sized {
    /// The first `rows` rows, and the rest.
    fn split(self, rows: usize) -> (Self, Self);
}

/// The rows of a slice to write to.
#[derive(Debug)]
pub struct Rows<'a, T> {
    values: &'a mut [T],
    width: usize,
    every: usize,
}

impl<'a, T> Rows<'a, T> {
    /// Rows of `width` values each.
    #[must_use]
    pub fn new(values: &'a mut [T], width: usize) -> Self {
        Self { values, width, every: 1 }
    }

    /// `width` values for every `chunk` rows: what [`over_chunks`] gives each chunk to write to.
    #[must_use]
    pub fn for_chunks(values: &'a mut [T], width: usize, chunk: usize) -> Self {
        Self { values, width, every: chunk.max(1) }
    }

    /// The values.
    #[must_use]
    pub fn into_slice(self) -> &'a mut [T] {
        self.values
    }
}

impl<T: Send> Split for Rows<'_, T> {
    fn split(self, rows: usize) -> (Self, Self) {
        let Self { values, width, every } = self;
        let at = rows.div_ceil(every).saturating_mul(width).min(values.len());
        let (before, after) = values.split_at_mut(at);
        (Self { values: before, width, every }, Self { values: after, width, every })
    }
}

impl<A: Split, B: Split> Split for (A, B) {
    fn split(self, rows: usize) -> (Self, Self) {
        let ((a, a_after), (b, b_after)) = (self.0.split(rows), self.1.split(rows));
        ((a, b), (a_after, b_after))
    }
}

impl<A: Split, B: Split, C: Split> Split for (A, B, C) {
    fn split(self, rows: usize) -> (Self, Self) {
        let ((a, rest), (a_after, rest_after)) = (self.0, (self.1, self.2)).split(rows);
        ((a, rest.0, rest.1), (a_after, rest_after.0, rest_after.1))
    }
}

impl<A: Split> Split for Option<A> {
    fn split(self, rows: usize) -> (Self, Self) {
        self.map(|part| part.split(rows)).unzip()
    }
}

/// Runs `f` on rows, chunk by chunk: on several threads where `work`, in multiply-adds or something of about their
/// size, is worth it. `f` gets the numbers of its rows, `chunk` of them but for the last, and its part.
///
/// The chunks do not depend on the number of threads, so neither does what `f` computes from one.
///
/// # Errors
/// One of those that `f` gave.
///
/// ```
/// use cornu_tensor::threads::{Rows, over_chunks};
///
/// let (mut squares, mut sums) = ([0; 5], [0; 3]);
/// let parts = (Rows::new(&mut squares, 1), Rows::for_chunks(&mut sums, 1, 2));
/// over_chunks::<_, ()>(5, 2, 10, parts, &|rows, (squares, sum)| {
///     let squares = squares.into_slice();
///     for (square, row) in squares.iter_mut().zip(rows) {
///         *square = row * row;
///     }
///     sum.into_slice()[0] = squares.iter().sum();
///     Ok(())
/// })?;
/// assert_eq!((squares, sums), ([0, 1, 4, 9, 16], [1, 13, 16]));
/// # Ok::<(), ()>(())
/// ```
#[inline]
pub fn over_chunks<P: Split, E: Send>(
    rows: usize,
    chunk: usize,
    work: usize,
    parts: P,
    f: &(impl Fn(Range<usize>, P) -> Result<(), E> + Sync),
) -> Result<(), E> {
    if rows <= chunk {
        return if rows > 0 { f(0..rows, parts) } else { Ok(()) };
    }
    let pieces = match for_work(work) {
        1 => 1,
        threads if threads >= pool() => threads.saturating_mul(PIECES),
        // More pieces would be taken up by more threads.
        threads => threads,
    };
    halve(pieces, chunk.max(1), 0..rows, parts, f)
}

/// As [`over_chunks`] over the values of one slice, in blocks of `block` values: `f` gets a block's number and its values.
///
/// ```
/// let mut values = [0; 5];
/// cornu_tensor::threads::over_blocks(&mut values, 2, 5, &|block, values| values.fill(block));
/// assert_eq!(values, [0, 0, 1, 1, 2]);
/// ```
pub fn over_blocks<T: Send>(values: &mut [T], block: usize, work: usize, f: &(impl Fn(usize, &mut [T]) + Sync)) {
    let (len, block) = (values.len(), block.max(1));
    let Ok(()) = over_chunks::<_, Infallible>(len, block, work, Rows::new(values, 1), &|range, part| {
        f(range.start / block, part.into_slice());
        Ok(())
    });
}

fn halve<P: Split, E: Send>(
    pieces: usize,
    chunk: usize,
    rows: Range<usize>,
    mut parts: P,
    f: &(impl Fn(Range<usize>, P) -> Result<(), E> + Sync),
) -> Result<(), E> {
    let Range { mut start, end } = rows;
    let chunks = (end - start).div_ceil(chunk);
    if pieces > 1 && chunks > 1 {
        let middle = chunks.div_ceil(2) * chunk;
        let (before, after) = parts.split(middle);
        let (a, b) = join(
            || halve(pieces.div_ceil(2), chunk, start..start + middle, before, f),
            || halve(pieces / 2, chunk, start + middle..end, after, f),
        );
        return a.and(b);
    }
    while end - start > chunk {
        let (part, rest) = parts.split(chunk);
        f(start..start + chunk, part)?;
        (start, parts) = (start + chunk, rest);
    }
    if start < end { f(start..end, parts) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_work_stays_on_one_thread() {
        assert_eq!(for_work(1000), 1);
        // The limit is everybody's; another test may change it meanwhile.
        assert!(for_work(usize::MAX) > 0);
    }

    proptest! {
        #[test]
        fn every_row_once_in_chunks(rows in 0_usize..70, chunk in 1_usize..20, width in 1_usize..4,
                                    threads in 1_usize..6) {
            set_threads(threads);
            let (mut values, mut chunks) = (vec![0; rows * width], vec![0; rows.div_ceil(chunk)]);
            let parts = (Rows::new(&mut values, width), Rows::for_chunks(&mut chunks, 1, chunk));
            over_chunks::<_, usize>(rows, chunk, usize::MAX, parts, &|rows, (values, chunk)| {
                let (values, chunk) = (values.into_slice(), chunk.into_slice());
                assert_eq!((values.len(), chunk.len()), (rows.len() * width, 1));
                chunk[0] += rows.len();
                values.chunks_exact_mut(width).zip(rows).for_each(|(row, number)| row.fill(number + 1));
                Ok(())
            }).unwrap();
            set_threads(0);
            prop_assert!(values.chunks_exact(width).zip(1..).all(|(row, number)| row.iter().all(|&v| v == number)));
            prop_assert_eq!(chunks.iter().sum::<usize>(), rows);
            prop_assert!(chunks.iter().rev().skip(1).all(|&rows| rows == chunk));
        }

        #[test]
        fn an_error_comes_back(rows in 1_usize..50, at in 0_usize..50, threads in 1_usize..4) {
            set_threads(threads);
            let mut values = vec![(); rows];
            let failed = over_chunks(rows, 1, usize::MAX, Rows::new(&mut values, 1), &|rows, _| {
                if rows.start == at { Err(at) } else { Ok(()) }
            });
            set_threads(0);
            prop_assert_eq!(failed, if at < rows { Err(at) } else { Ok(()) });
        }
    }
}
