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
