//! The ways to have a bias, or none, side by side.

use std::error::Error;

use cornu::prelude::*;

use crate::arrays::arrays;
use crate::lesson::{BATCH, EPOCHS, compile, flowers};
use crate::report::{Array, Choice};
use crate::title;

/// The initializers that are tried, by Keras's names.
const INITIALIZERS: [&str; 8] = [
    "zeros",
    "ones",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "glorot_uniform",
    "glorot_normal",
    "he_normal",
];

/// Trains the lesson's model once for every choice.
pub(crate) fn run(seed: u64) -> Result<Vec<Choice>, Box<dyn Error>> {
    title("3  The lesson's choices, side by side");
    println!("The same model, the same kernels and the same batches; only the biases begin differently.\n");
    let mut choices = vec![choice("use_bias=false", false, "zeros", seed)?];
    for initializer in INITIALIZERS {
        choices.push(choice(&format!("bias_initializer={initializer}"), true, initializer, seed)?);
    }
    print(&choices);
    Ok(choices)
}

/// Trains the lesson's model with one choice.
fn choice(name: &str, use_bias: bool, initializer: &str, seed: u64) -> Result<Choice, Box<dyn Error>> {
    let dense =
        |units, activation| Dense::new(units).activation(activation).use_bias(use_bias).bias_initializer(initializer);
    let mut model = sequential![dense(4, "relu").input_shape([1]), dense(2, "softmax")]?.with_seed(seed)?;
    let before = biases(&model);
    let data = flowers()?;
    compile(&mut model)?;
    let fit = Fit::new().epochs(EPOCHS).batch_size(BATCH).verbose(Verbose::Silent);
    let history = model.fit(data.features(), &data.targets(), fit)?;
    let measured = model.evaluate(data.features(), &data.targets(), Evaluate::new().verbose(Verbose::Silent))?;
    Ok(Choice {
        name: name.to_owned(),
        before,
        after: biases(&model),
        loss: measured.get("loss").unwrap_or(f64::NAN),
        accuracy: measured.get("accuracy").unwrap_or(f64::NAN),
        loss_curve: history.get("loss").unwrap_or_default().to_vec(),
    })
}

/// The biases among a model's arrays.
fn biases(model: &Sequential) -> Vec<Array> {
    arrays(model).into_iter().filter(|array| array.path.ends_with("/bias")).collect()
}

/// A line for each choice, and under it the biases at both ends.
fn print(choices: &[Choice]) {
    println!("{:<34} {:>6} {:>8} {:>10}", "choice", "arrays", "loss", "accuracy");
    for choice in choices {
        let (loss, accuracy) = (choice.loss, choice.accuracy * 100.0);
        println!("{:<34} {:>6} {loss:>8.4} {accuracy:>8.1} %", choice.name, 2 + choice.before.len());
        for (before, after) in choice.before.iter().zip(&choice.after) {
            println!("    {:<12} {:<34} → {}", before.path, row(&before.values), row(&after.values));
        }
    }
}

/// `[0.00 1.00]`
fn row(values: &[f32]) -> String {
    let values: Vec<String> = values.iter().map(|value| format!("{value:>6.3}")).collect();
    format!("[{}]", values.join(" "))
}
