//! A network of Dense layers on 1,797 handwritten digits.
//!
//! `cargo run --release --example 03_digits`

use std::error::Error;

use cornu::prelude::*;
use cornu_datasets::digits;

fn main() -> Result<(), Box<dyn Error>> {
    let (train, validation) = digits::load::<f32>()?.scaled(1.0 / digits::INK).split(0.2, 1)?;
    let mut model = sequential![
        Flatten::new().input_shape([8, 8]),
        Dense::new(128).activation("relu").kernel_initializer("he_normal"),
        Dropout::new(0.2),
        Dense::new(10).activation("softmax"),
    ]?
    .with_seed(1)?;
    println!("{}", model.summary());

    model.compile(Compile::new("adam", "sparse_categorical_crossentropy").metric("accuracy"))?;
    let (x, y) = (validation.features(), validation.targets());
    let mut stopping = EarlyStopping::new("val_loss").patience(5).restore_best_weights(true);
    let fit = Fit::new().epochs(60).validation_data(x, &y).verbose(Verbose::Line).callback(&mut stopping);
    model.fit(train.features(), &train.targets(), fit)?;

    println!("\nThe best epoch was {}.", stopping.best_epoch() + 1);
    let measured = model.evaluate(x, &y, Evaluate::new().verbose(Verbose::Silent))?;
    println!("Held-out pictures: {measured}");
    Ok(())
}
