//! A layer of one's own, with a learned weight, trained in a `Sequential` beside Cornu's.
//!
//! `cargo run --release --example 05_custom_layer`

use cornu::initializers::Constant;
use cornu::layers::{Backward, Forward, LayerError, Role, WeightSpec, single};
use cornu::prelude::*;

/// `sin(frequency · x)`, one learned frequency for each input.
#[derive(Debug, Clone)]
struct Sine;

impl<T: Scalar> Layer<T> for Sine {
    fn class_name(&self) -> &'static str {
        "Sine"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        single("Sine", inputs)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let input = single("Sine", inputs)?;
        Ok(vec![WeightSpec::new("frequency", Role::Other, [input.last_dim()], Constant::new(1.0))])
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let frequency = pass.weights[0].as_slice();
        let rows = pass.inputs[0].as_slice().chunks_exact(frequency.len());
        for (y, x) in pass.output.as_mut_slice().chunks_exact_mut(frequency.len()).zip(rows) {
            for ((y, &x), &f) in y.iter_mut().zip(x).zip(frequency) {
                *y = (f * x).sin();
            }
        }
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (frequency, x, g) =
            (pass.weights[0].as_slice(), pass.inputs[0].as_slice(), pass.output_gradient.as_slice());
        let slopes = pass.weight_gradients[0].as_mut_slice();
        slopes.fill(T::zero());
        for (i, (&x, &g)) in x.iter().zip(g).enumerate() {
            let f = i % frequency.len();
            slopes[f] += g * x * (frequency[f] * x).cos();
        }
        if let Some(gradient) = &mut pass.input_gradients[0] {
            for (i, (d, (&x, &g))) in gradient.as_mut_slice().iter_mut().zip(x.iter().zip(g)).enumerate() {
                let f = frequency[i % frequency.len()];
                *d = g * f * (f * x).cos();
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), ModelError> {
    let mut model = sequential![Sine.input_shape([1]).named("wave"), Dense::new(1)]?.with_seed(5)?;
    println!("{}", model.summary());

    // 2·sin(1.5·x) + 0.5
    let x = Tensor::from_fn([256, 1], |i| i as f32 / 64.0 - 2.0);
    let y = Tensor::from_fn([256, 1], |i| 2.0 * (1.5 * (i as f32 / 64.0 - 2.0)).sin() + 0.5);
    model.compile(Compile::new(cornu::optimizers::Adam::new(0.02)?, "mse"))?;
    let history = model.fit(&x, &y, Fit::new().epochs(200).verbose(Verbose::Silent))?;

    println!(
        "The loss fell from {:.4} to {:.6}.",
        history.get("loss").map_or(0.0, |l| l[0]),
        history.last("loss").unwrap_or(0.0)
    );
    for weight in model.named_weights() {
        println!("{:<28} {}", weight.path, weight.value);
    }
    println!("Sought: frequency 1.5, kernel 2, bias 0.5.");
    Ok(())
}
