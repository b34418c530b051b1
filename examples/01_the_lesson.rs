//! The lesson, line by line: what `use_bias` and `bias_initializer` do.
//!
//! `cargo run --release --example 01_the_lesson`

use cornu::optimizers::Adam;
use cornu::prelude::*;

fn main() -> Result<(), ModelError> {
    // model = Sequential([
    //     Dense(4, input_shape=(1,), activation='relu', use_bias=True, bias_initializer='zeros'),
    //     Dense(2, activation='softmax'),
    // ])
    let mut model = sequential![
        Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros").input_shape([1]),
        Dense::new(2).activation("softmax"),
    ]?
    .with_seed(42)?;
    println!("{}", model.summary());

    // model.get_weights(): kernel (1, 4), bias (4,), kernel (4, 2), bias (2,)
    println!("Before training:");
    print(&model);

    // Is a number larger than a half?
    let x = Tensor::from_fn([200, 1], |i| i as f32 / 200.0);
    let y = Tensor::from_fn([200], |i| if i < 100 { 0.0 } else { 1.0 });
    let adam = Adam::new(0.02)?; // or "adam", with Keras's learning rate of 0.001
    model.compile(Compile::new(adam, "sparse_categorical_crossentropy").metric("accuracy"))?;
    model.fit(&x, &y, Fit::new().epochs(10).batch_size(10))?;

    println!("\nAfter training:");
    print(&model);

    // One layer's bias by its name.
    println!(
        "\nThe first layer's bias: {}",
        model.get_layer("dense")?.bias().map(Tensor::to_string).unwrap_or_default()
    );

    // use_bias=False: the bias is not there at all.
    let without = sequential![Dense::new(4).use_bias(false).input_shape([1])]?;
    println!("With use_bias=false there is {} array.", without.get_weights().len());

    // Any other initializer, by its name or as a value.
    let ones = sequential![Dense::new(4).bias_initializer("ones").input_shape([1])]?;
    println!("With bias_initializer=\"ones\" the bias is {}.", ones.get_weights()[1]);
    Ok(())
}

fn print(model: &Sequential) {
    for weight in model.named_weights() {
        println!("{} {}\n{}", weight.path, weight.shape, weight.value);
    }
}
