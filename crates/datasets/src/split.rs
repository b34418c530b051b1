//! Training and validation samples.

use cornu_tensor::Scalar;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::dataset::argument;
use crate::{Dataset, DatasetError};

impl<T: Scalar> Dataset<T> {
    /// Training samples, and this fraction of every class as validation samples, both shuffled.
    ///
    /// Of a class of `n` samples, `fraction · n` are validation samples, rounded to the nearest. One seed gives
    /// one split, from one release to the next.
    ///
    /// # Errors
    /// [`DatasetError::Argument`] if the fraction does not lie between 0 and 1.
    ///
    /// ```
    /// use cornu_datasets::iris;
    ///
    /// let (train, validation) = iris::load::<f32>()?.split(0.2, 42)?;
    /// assert_eq!((train.len(), validation.len()), (120, 30));
    /// assert_eq!(validation.labels().iter().filter(|&&label| label == 1).count(), 10);
    /// # Ok::<(), cornu_datasets::DatasetError>(())
    /// ```
    pub fn split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DatasetError> {
        if !(0.0..=1.0).contains(&fraction) {
            return Err(argument("fraction", "a number from 0 to 1".to_owned(), fraction));
        }
        let mut left = vec![0_usize; self.class_names.len()];
        for &label in &self.labels {
            left[label] += 1;
        }
        for count in &mut left {
            *count = (fraction * *count as f64).round() as usize;
        }
        let (mut train, mut validation) = (Vec::new(), Vec::new());
        for sample in shuffled(self.len(), seed) {
            let left = &mut left[self.labels[sample]];
            if *left > 0 {
                *left -= 1;
                validation.push(sample);
            } else {
                train.push(sample);
            }
        }
        Ok((self.with_samples(&train)?, self.with_samples(&validation)?))
    }
}

/// The numbers `0..count` in a random order: that of one random number each. It rests on nothing but the
/// generator, and so does not change.
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut keyed: Vec<(u64, usize)> = (0..count).map(|i| (rng.next_u64(), i)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, i)| i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_one_order() {
        assert_eq!(shuffled(10, 42), [6, 8, 1, 5, 7, 3, 4, 0, 9, 2]);
    }
}
