//! One component alone: an initializer, a layer, a loss and an optimizer, without a model.
//!
//! A program that needs no more depends on `cornu-initializers` or `cornu-layers` alone, and not on this facade.
//!
//! `cargo run --release --example 06_one_component`

use std::error::Error;

use cornu::initializers::{GlorotUniform, Initializer, random};
use cornu::layers::{Built, Dense, KernelArguments, Mode, Scratch};
use cornu::losses::{Evaluator, MeanSquaredError};
use cornu::optimizers::{Optimizer, SGD};
use cornu::tensor::Tensor;
use nalgebra::DMatrix;

fn main() -> Result<(), Box<dyn Error>> {
    // An initializer fills any shape, from a generator that is an argument.
    let kernel: Tensor<f64> = GlorotUniform::new().init([2, 3].into(), &mut random::generator(42))?;
    println!("A Glorot uniform kernel:\n{kernel}\nthe same as a nalgebra matrix:{}", kernel.to_dmatrix()?);

    // A layer with its weights; nalgebra's matrices go in, rows as rows.
    let mut dense = Built::<f64>::new(Dense::new(1).bias_initializer("ones"), &[[2].into()], 7)?;
    let x = Tensor::from_dmatrix(&DMatrix::from_row_slice(3, 2, &[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]));
    let y = Tensor::from([[3.0], [4.0], [1.0]]); // x₀ − 2·x₁ + 3

    // Training by hand: forward, loss, backward, one step a weight.
    let sgd = SGD::new(0.3)?;
    let (mut scratch, mut evaluator) = (Scratch::default(), Evaluator::new());
    for step in 0..200 {
        let mode = Mode::Training { seed: 0, step, trainable: true };
        let output = dense.call_all(&[x.view()], mode, &mut scratch)?;
        let mut gradient = Tensor::zeros(output.shape());
        let loss = evaluator.value_and_gradient(
            &MeanSquaredError::new(),
            y.view(),
            output.view(),
            None,
            gradient.as_mut_slice(),
        )?;
        let gradients = dense.gradients(&[x.view()], &output, &gradient, &mut scratch)?;
        let mut weights = dense.get_weights();
        for (weight, gradient) in weights.iter_mut().zip(&gradients.weights) {
            sgd.step(sgd.at(step), weight.as_mut_slice(), gradient.as_slice(), &mut [])?;
        }
        dense.set_weights(&weights)?;
        if step % 50 == 0 {
            println!("step {step:>3}: loss {loss:.6}");
        }
    }
    println!("kernel\n{}\nbias {}", dense.get_weights()[0], dense.get_weights()[1]);
    Ok(())
}
