//! The weights of a BatchNormalization and its two passes.

use cornu_config::Config;
use cornu_tensor::{Scalar, Shape, Tensor};

use super::BatchNormalization;
use crate::features::Features;
use crate::{Backward, Forward, Layer, LayerError, Mode, Role, Scratch, Weight, WeightSpec, single};

/// The weights by name.
struct Statistics<'a, T> {
    gamma: Option<&'a Weight<T>>,
    beta: Option<&'a Weight<T>>,
    mean: &'a [T],
    variance: &'a [T],
}

impl<T: Scalar> BatchNormalization<T> {
    /// `√(variance + epsilon)`
    fn deviation(&self, variance: T) -> T {
        (variance + T::of(self.epsilon)).sqrt()
    }

    /// gamma and beta as far as they are used, moving mean and moving variance.
    fn split<'a>(&self, weights: &'a [Weight<T>]) -> Result<Statistics<'a, T>, LayerError> {
        let (gamma, beta, mean, variance) = match (self.scale, self.center, weights) {
            (true, true, [gamma, beta, mean, variance]) => (Some(gamma), Some(beta), mean, variance),
            (true, false, [gamma, mean, variance]) => (Some(gamma), None, mean, variance),
            (false, true, [beta, mean, variance]) => (None, Some(beta), mean, variance),
            (false, false, [mean, variance]) => (None, None, mean, variance),
            _ => {
                let layer = "BatchNormalization".to_owned();
                let expected = 2 + usize::from(self.scale) + usize::from(self.center);
                return Err(LayerError::WeightCount { layer, expected, received: weights.len() });
            }
        };
        Ok(Statistics { gamma, beta, mean: mean.as_slice(), variance: variance.as_slice() })
    }
}

/// Mean and biased variance of each feature.
fn moments<T: Scalar>(features: Features, x: &[T], mean: &mut [T], variance: &mut [T]) {
    let places = features.places() as f64;
    // The variance has no say yet: its numbers stand in for the parameters.
    features.sums(x, x, variance, |x, _, _| x.to_f64(), |i, sum| mean[i] = T::of(sum / places));
    let square = |x: T, _, mean: T| {
        let distance = x.to_f64() - mean.to_f64();
        distance * distance
    };
    features.sums(x, x, mean, square, |i, sum| variance[i] = T::of(sum / places));
}

impl<T: Scalar> Layer<T> for BatchNormalization<T> {
    fn class_name(&self) -> &'static str {
        "BatchNormalization"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let input = single("BatchNormalization", inputs)?;
        self.checked_axis(input)?;
        Ok(input)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let input = single("BatchNormalization", inputs)?;
        let axis = self.checked_axis(input)?;
        let shape: Shape = [Features::along(axis, input.with_batch(1)?).count()].into();
        let learned = [
            self.scale.then(|| self.gamma.weight("gamma", Role::Other, shape)),
            self.center.then(|| self.beta.weight("beta", Role::Other, shape)),
        ];
        let moving = [
            WeightSpec::new("moving_mean", Role::Other, shape, self.moving_mean_initializer.clone()),
            WeightSpec::new("moving_variance", Role::Other, shape, self.moving_variance_initializer.clone()),
        ];
        Ok(learned.into_iter().flatten().chain(moving.map(|weight| weight.trainable(false))).collect())
    }

    fn may_fail(&self) -> bool {
        false
    }

    /// The scratch holds mean and variance of the batch (nothing if the moving statistics were taken), then
    /// what multiplies and what is added.
    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let features = self.features(pass.inputs[0].shape())?;
        let weights = self.split(pass.weights)?;
        let (x, count) = (pass.inputs[0].as_slice(), features.count());
        let learns = matches!(pass.mode, Mode::Training { trainable: true, .. }) && !x.is_empty();
        let own = if learns { count } else { 0 };
        let [mean, variance, scale, shift] = pass.scratch.tensors([[own], [own], [count], [count]].map(Shape::from));
        let (mean, variance) = (mean.as_mut_slice(), variance.as_mut_slice());
        if learns {
            moments(features, x, mean, variance);
        }
        let (mean, variance) = if learns { (&*mean, &*variance) } else { (weights.mean, weights.variance) };
        let (scale, shift) = (scale.as_mut_slice(), shift.as_mut_slice());
        match weights.gamma {
            Some(gamma) => scale.copy_from_slice(gamma.as_slice()),
            None => scale.fill(T::one()),
        }
        for (scale, &variance) in scale.iter_mut().zip(variance) {
            *scale /= self.deviation(variance);
        }
        match weights.beta {
            Some(beta) => shift.copy_from_slice(beta.as_slice()),
            None => shift.fill(T::zero()),
        }
        let output = pass.output.as_mut_slice();
        features.map(output, x, x, [mean, scale, shift], |x, _, [mean, scale, shift]| (x - mean) * scale + shift);
        Ok(())
    }

    /// With `x̂ = (x − mean) / √(variance + ε)`, the gradient `g` of the output, and sums over the `n` values of
    /// a feature: that of beta is `Σg`, that of gamma `Σg·x̂`, that of the input
    /// `gamma / √(variance + ε) · (g − Σg/n − x̂·Σ(g·x̂)/n)`, or with the moving statistics the first term alone.
    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let features = self.features(pass.inputs[0].shape())?;
        let weights = self.split(pass.weights)?;
        let (x, gradient, count) = (pass.inputs[0].as_slice(), pass.output_gradient.as_slice(), features.count());
        let learned = pass.scratch.tensor(0).is_some_and(|mean| !mean.is_empty());
        let own = if learned { count } else { 0 };
        let shapes = [[own], [own], [count], [count], [count], [count]].map(Shape::from);
        let [mean, variance, scale, _, sum, slope] = pass.scratch.tensors(shapes);
        let (mean, variance) =
            if learned { (mean.as_slice(), variance.as_slice()) } else { (weights.mean, weights.variance) };
        let (scale, sum, slope) = (scale.as_slice(), sum.as_mut_slice(), slope.as_mut_slice());
        features.sums(gradient, x, mean, |g, _, _| g.to_f64(), |i, total| sum[i] = T::of(total));
        let product = |g: T, x: T, mean: T| g.to_f64() * (x.to_f64() - mean.to_f64());
        features.sums(gradient, x, mean, product, |i, total| slope[i] = T::of(total));
        for (slope, &variance) in slope.iter_mut().zip(variance) {
            *slope /= self.deviation(variance);
        }
        let mut weight_gradients = pass.weight_gradients.iter_mut().map(Tensor::as_mut_slice);
        for (used, values) in [(self.scale, &*slope), (self.center, &*sum)] {
            if let Some(into) = used.then(|| weight_gradients.next()).flatten() {
                into.copy_from_slice(values);
            }
        }
        let Some(into) = pass.input_gradients[0].as_mut().map(|gradient| gradient.as_mut_slice()) else {
            return Ok(());
        };
        if !learned {
            features.map(into, gradient, x, [scale], |g, _, [scale]| g * scale);
            return Ok(());
        }
        let places = T::of_count(features.places());
        for ((sum, slope), &variance) in sum.iter_mut().zip(slope.iter_mut()).zip(variance) {
            *sum /= places;
            *slope /= places * self.deviation(variance);
        }
        features.map(into, gradient, x, [mean, scale, sum, slope], |g, x, [mean, scale, g_mean, slope]| {
            scale * (g - g_mean - (x - mean) * slope)
        });
        Ok(())
    }

    fn update_state(&self, weights: &mut [Weight<T>], scratch: &Scratch<T>) {
        let (keep, take) = (T::of(self.momentum), T::of(1.0 - self.momentum));
        let [.., mean, variance] = weights else { return };
        for (moving, batch) in [(mean, scratch.tensor(0)), (variance, scratch.tensor(1))] {
            let batch = batch.map_or(&[][..], Tensor::as_slice);
            for (moving, &batch) in moving.as_mut_slice().iter_mut().zip(batch) {
                *moving = *moving * keep + batch * take;
            }
        }
    }

    fn get_config(&self) -> Option<Config> {
        self.written()
    }
}
