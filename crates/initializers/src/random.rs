//! Seeds, streams and the filling of a tensor: where every random number of Cornu comes from.
//!
//! A tensor is filled in blocks of [`BLOCK`] values, each from a stream of its own that depends on the key
//! and the block's number alone. So the values do not depend on how many threads fill the blocks, and they
//! stay the same from one release to the next (`tests/value_stability.rs`). A value is drawn as `f64` and
//! rounded to the tensor's type: `f32` and `f64` tensors of one seed agree.

use cornu_config::{Arguments, ConfigError, Value};
use cornu_tensor::{Scalar, threads};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use rand_distr::Distribution;

/// The generator: xoshiro256++ (Blackman and Vigna, 2018), fixed so that values are stable.
pub type Generator = Xoshiro256PlusPlus;

/// Values that share a stream.
pub const BLOCK: usize = 4096;

/// What drawing a value costs, in multiply-adds.
pub(crate) const VALUE: usize = 8;

/// The generator of a seed.
///
/// ```
/// use cornu_initializers::random;
/// use rand::Rng;
///
/// assert_eq!(random::generator(7).next_u64(), random::generator(7).next_u64());
/// ```
#[must_use]
pub fn generator(seed: u64) -> Generator {
    Generator::seed_from_u64(seed)
}

/// The seed of the `index`-th stream under `seed` (two rounds of SplitMix64's mixing, so that neighbouring
/// seeds and indices give unrelated streams).
///
/// ```
/// use cornu_initializers::random;
///
/// assert_eq!(random::derive(42, 0), random::derive(42, 0));
/// assert_ne!(random::derive(42, 0), random::derive(42, 1));
/// ```
#[must_use]
pub fn derive(seed: u64, index: u64) -> u64 {
    mix(mix(seed).wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(1))
}

fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The key of one filling: the initializer's own seed, or the generator's next number.
///
/// ```
/// use cornu_initializers::random;
/// use rand::Rng;
///
/// let mut rng = random::generator(0);
/// assert_eq!(random::key(Some(7), &mut rng), 7); // and the generator stays as it was
/// assert_eq!(random::key(None, &mut rng), random::generator(0).next_u64());
/// ```
pub fn key(seed: Option<u64>, rng: &mut dyn Rng) -> u64 {
    seed.unwrap_or_else(|| rng.next_u64())
}

/// The seed among an initializer's arguments. Keras's `SeedGenerator`, which gives other values at every call, is as no
/// seed here.
pub(crate) fn read_seed(arguments: &mut Arguments<'_>) -> Result<Option<u64>, ConfigError> {
    match arguments.get::<Value>("seed")? {
        Some(generator) if generator.get("class_name").is_some_and(|class| class == "SeedGenerator") => Ok(None),
        _ => arguments.get("seed"),
    }
}

/// Fills `values` from a distribution, block by block, on several threads where there are enough blocks (and
/// `cornu-tensor` has one of its features, as in the crate `cornu`).
///
/// ```
/// use cornu_initializers::random;
/// use rand_distr::StandardNormal;
///
/// let (mut single, mut double) = ([0.0_f32; 9], [0.0_f64; 9]);
/// random::fill(&mut single, 42, &StandardNormal);
/// random::fill(&mut double, 42, &StandardNormal);
/// assert_eq!(single, double.map(|value| value as f32));
/// ```
pub fn fill<T: Scalar>(values: &mut [T], key: u64, distribution: &(impl Distribution<f64> + Sync)) {
    let work = VALUE * values.len();
    threads::over_blocks(values, BLOCK, work, &|index, block| {
        let mut rng = generator(derive(key, index as u64));
        for value in block {
            *value = T::of(distribution.sample(&mut rng));
        }
    });
}

/// `offset + factor · z`, z from another distribution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaled<D> {
    pub(crate) offset: f64,
    pub(crate) factor: f64,
    pub(crate) of: D,
}

impl<D: Distribution<f64>> Distribution<f64> for Scaled<D> {
    // In the loop of `fill` the generator's state stays in registers; called (as `Distribution::map` is), a normal
    // value takes twice the time.
    #[inline(always)]
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.offset + self.factor * self.of.sample(rng)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn streams_differ() {
        let seeds: HashSet<u64> = (0..100).flat_map(|s| (0..100).map(move |i| derive(s, i))).collect();
        assert_eq!(seeds.len(), 10_000);
    }
}
