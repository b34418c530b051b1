//! The lesson says that other layers' biases work the same. A small convolutional network shows it.
//!
//! `cargo run --release --example 04_convolution`

use cornu::prelude::*;

/// The side of a picture.
const SIDE: usize = 8;

fn main() -> Result<(), ModelError> {
    let mut model = sequential![
        Input::new([SIDE, SIDE, 1]),
        Conv2D::new(4, 3).activation("relu").use_bias(true).bias_initializer("random_normal"),
        MaxPooling2D::new(2),
        Flatten::new(),
        Dense::new(2).activation("softmax"),
    ]?
    .with_seed(3)?;
    println!("{}", model.summary());
    let before = model.get_weights();

    // Upright or lying lines.
    let x = Tensor::from_fn([400, SIDE, SIDE, 1], |i| {
        let (sample, row, column) = (i / (SIDE * SIDE), i / SIDE % SIDE, i % SIDE);
        let place = sample / 2 % SIDE;
        let inked = if sample % 2 == 0 { column == place } else { row == place };
        if inked { 1.0 } else { 0.0 }
    });
    let y = Tensor::from_fn([400], |sample| (sample % 2) as f32);
    model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
    model.fit(&x, &y, Fit::new().epochs(10).verbose(Verbose::Line))?;

    println!("\nThe convolution's bias, one number a filter:");
    let convolution = model.get_layer("conv2d")?;
    println!("  before {}", before[1]);
    println!("  after  {}", convolution.bias().map(Tensor::to_string).unwrap_or_default());
    println!("Its kernel has shape {}: height, width, channels in, filters.", before[0].shape());

    let without = sequential![Conv2D::new(4, 3).use_bias(false).input_shape([SIDE, SIDE, 1])]?;
    println!("With use_bias=false there is {} array, as in Dense.", without.get_weights().len());
    Ok(())
}
