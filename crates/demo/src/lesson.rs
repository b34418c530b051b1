//! The lesson's own model, before and after training on Iris.

use std::error::Error;

use cornu::optimizers::Adam;
use cornu::prelude::*;
use cornu_datasets::{Dataset, iris};

use crate::arrays::{arrays, moments, print_moves, print_weights, training};
use crate::report::Lesson;
use crate::title;

/// The epochs of a training on Iris.
pub(crate) const EPOCHS: usize = 60;
/// The samples of a batch.
pub(crate) const BATCH: usize = 10;
/// The optimizer's learning rate.
pub(crate) const RATE: f64 = 0.02;

/// Petal length alone; versicolor or virginica.
pub(crate) fn flowers() -> Result<Dataset<f32>, Box<dyn Error>> {
    Ok(iris::load()?.with_features(&["petal length (cm)"])?.with_classes(&["versicolor", "virginica"])?)
}

/// Compiles a model as the lesson does.
pub(crate) fn compile(model: &mut Sequential) -> Result<(), Box<dyn Error>> {
    let compile = Compile::new(Adam::new(RATE)?, "sparse_categorical_crossentropy").metric("accuracy");
    Ok(model.compile(compile)?)
}

/// Runs the part, telling on the terminal what it does.
pub(crate) fn run(seed: u64) -> Result<Lesson, Box<dyn Error>> {
    title("1  The lesson's model");
    let mut model = sequential![
        Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros").input_shape([1]),
        Dense::new(2).activation("softmax"),
    ]?
    .with_seed(seed)?;
    let summary = model.summary();
    println!("{summary}");
    println!("The weights before training: the kernels are random (glorot_uniform), the biases zero.\n");
    print_weights(&model);
    let before = arrays(&model);

    title("2  The same model, trained: versicolor or virginica, by the length of the petals");
    let data = flowers()?;
    compile(&mut model)?;
    let mut recorder = WeightRecorder::new();
    let fit = Fit::new().epochs(EPOCHS).batch_size(BATCH).callback(&mut recorder);
    let history = model.fit(data.features(), &data.targets(), fit)?;
    println!("\nThe weights after training:\n");
    print_weights(&model);
    println!();
    print_moves(&before, &arrays(&model));
    println!("\nA unit that gives 0 for every petal gets no gradient: its kernel and its bias stay where they were.");

    Ok(Lesson {
        summary,
        paths: moments(&recorder),
        samples: data.features().as_slice().iter().copied().zip(data.labels().iter().copied()).collect(),
        boundary: boundary(&model)?,
        training: training(before, &model, &history),
    })
}

/// The predicted probability of virginica over petal lengths.
fn boundary(model: &Sequential) -> Result<Vec<(f32, f32)>, Box<dyn Error>> {
    let lengths = Tensor::from_fn([101, 1], |i| 2.5 + 0.05 * i as f32);
    let probabilities = model.predict(&lengths)?;
    let virginica = probabilities.as_slice().iter().skip(1).step_by(2);
    Ok(lengths.as_slice().iter().copied().zip(virginica.copied()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn biases_begin_at_zero_and_move() {
        let lesson = run(42).unwrap();
        let shapes: Vec<&[usize]> = lesson.training.before.iter().map(|array| array.shape.as_slice()).collect();
        assert_eq!(shapes, [&[1, 4][..], &[4], &[4, 2], &[2]]);
        for (before, after) in lesson.training.before.iter().zip(&lesson.training.after) {
            assert_eq!(before.path.ends_with("bias"), before.values.iter().all(|&value| value == 0.0));
            assert_ne!(before.values, after.values, "{}", before.path);
        }
        assert_eq!(lesson.paths.len(), EPOCHS + 1);
    }
}
