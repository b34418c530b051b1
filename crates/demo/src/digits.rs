//! A convolutional network on handwritten digits: other layers' biases work the same.

use std::error::Error;

use cornu::optimizers::Adam;
use cornu::prelude::*;
use cornu::tensor::kernels::argmax;
use cornu_datasets::{Dataset, digits};

use crate::arrays::{arrays, training};
use crate::report::{Digits, Mistake};
use crate::title;

/// The share of the pictures that is held out.
const HELD_OUT: f64 = 0.2;
/// The misread pictures that the report shows at most.
const MISTAKES: usize = 12;
/// The digits.
const CLASSES: usize = 10;

/// Runs the part, telling on the terminal what it does.
pub(crate) fn run(seed: u64) -> Result<Digits, Box<dyn Error>> {
    title("4  Handwritten digits: a convolution's bias is a bias like any other");
    let pictures = digits::load::<f32>()?.scaled(1.0 / digits::INK).with_sample_shape([8, 8, 1])?;
    let (train, validation) = pictures.split(HELD_OUT, seed)?;
    println!("{} pictures to learn from, {} held out.\n", train.len(), validation.len());

    let mut model = sequential![
        Input::new([8, 8, 1]),
        Conv2D::new(16, 3).activation("relu").bias_initializer("zeros"),
        BatchNormalization::new(),
        Conv2D::new(32, 3).activation("relu").bias_initializer("zeros"),
        BatchNormalization::new(),
        MaxPooling2D::new(2),
        Flatten::new(),
        Dropout::new(0.5),
        Dense::new(CLASSES).activation("softmax"),
    ]?
    .with_seed(seed)?;
    let summary = model.summary();
    println!("{summary}");
    let before = arrays(&model);
    model.compile(Compile::new(Adam::new(0.002)?, "sparse_categorical_crossentropy").metric("accuracy"))?;
    let (x, y) = (validation.features(), validation.targets());
    let fit = Fit::new().epochs(30).batch_size(32).validation_data(x, &y);
    let history = model.fit(train.features(), &train.targets(), fit)?;

    let predicted = predicted(&model, &validation)?;
    let confusion = confusion(validation.labels(), &predicted);
    let accuracy = history.last("val_accuracy").unwrap_or(f64::NAN);
    println!("\nRead correctly: {:.1} % of the pictures held out. Truth down, prediction across:\n", accuracy * 100.0);
    print(&confusion);

    Ok(Digits {
        summary,
        training: training(before, &model, &history),
        accuracy,
        confusion,
        mistakes: mistakes(&validation, &predicted),
        train_samples: train.len(),
        validation_samples: validation.len(),
    })
}

/// The most probable digit of each picture.
fn predicted(model: &Sequential, data: &Dataset<f32>) -> Result<Vec<usize>, Box<dyn Error>> {
    Ok(model.predict(data.features())?.as_slice().chunks_exact(CLASSES).map(argmax).collect())
}

/// How often each digit (row) was read as each digit (column).
fn confusion(truth: &[usize], predicted: &[usize]) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; CLASSES]; CLASSES];
    for (&truth, &predicted) in truth.iter().zip(predicted) {
        counts[truth][predicted] += 1;
    }
    counts
}

/// The first pictures that were misread.
fn mistakes(data: &Dataset<f32>, predicted: &[usize]) -> Vec<Mistake> {
    let pictures = data.features().as_slice().chunks_exact(data.sample_shape().size());
    let all = pictures.zip(data.labels().iter().zip(predicted));
    all.filter(|(_, (truth, predicted))| truth != predicted)
        .map(|(pixels, (&truth, &predicted))| Mistake { pixels: pixels.to_vec(), truth, predicted })
        .take(MISTAKES)
        .collect()
}

/// The matrix with its digits; a dot for never.
fn print(confusion: &[Vec<usize>]) {
    println!("     {}", (0..CLASSES).map(|digit| format!("{digit:>4}")).collect::<String>());
    for (digit, row) in confusion.iter().enumerate() {
        let cell = |&count: &usize| if count == 0 { format!("{:>4}", "·") } else { format!("{count:>4}") };
        println!("{digit:>4} {}", row.iter().map(cell).collect::<String>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_reads_97_of_100_pictures() {
        let found = run(42).unwrap();
        assert!(found.accuracy >= 0.97, "{}", found.accuracy);
        let right: usize = (0..CLASSES).map(|digit| found.confusion[digit][digit]).sum();
        assert_eq!(right, (found.accuracy * found.validation_samples as f64).round() as usize);
    }

    #[test]
    fn truth_is_down_and_prediction_across() {
        let counts = confusion(&[3, 3, 1], &[3, 8, 1]);
        assert_eq!((counts[3][3], counts[3][8], counts[1][1]), (1, 1, 1));
        assert_eq!(counts.iter().flatten().sum::<usize>(), 3);
    }
}
