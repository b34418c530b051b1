//! One seed gives the same values from one release to the next.
//!
//! If this test fails, the same program no longer gives the same network. That needs a word in the changelog.

use cornu_layers::{Dense, Dropout, KernelArguments};
use cornu_model::callbacks::Verbose;
use cornu_model::{Compile, Fit, LayerArguments, ModelError, Sequential, sequential};
use cornu_tensor::Tensor;
use cornu_testkit::assert_close;

fn lesson() -> Result<Sequential<f32>, ModelError> {
    let model = sequential![
        Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros").input_shape([1]),
        Dense::new(2).activation("softmax"),
    ]?;
    model.with_seed(42)
}

#[test]
fn the_lesson_begins_with_these_weights() -> Result<(), ModelError> {
    let weights = lesson()?.get_weights();
    assert_eq!(weights[0].as_slice(), [-0.424_621_67, 0.107_255_4, 0.478_005_65, -0.425_009_85]);
    assert_eq!(weights[1].as_slice(), [0.0; 4]);
    let kernel = [
        0.518_251_96,
        -0.200_842_98,
        0.218_311_53,
        0.036_090_63,
        0.084_972_86,
        -0.659_709_8,
        -0.608_098_5,
        0.981_385_1,
    ];
    assert_eq!(weights[2].as_slice(), kernel);
    assert_eq!(weights[3].as_slice(), [0.0; 2]);
    Ok(())
}

#[test]
fn two_epochs_with_shuffling_and_dropout_end_with_these() -> Result<(), ModelError> {
    let mut model = sequential![
        Dense::new(4).activation("relu").kernel_initializer("he_normal").input_shape([2]),
        Dropout::new(0.5),
        Dense::new(1),
    ]?
    .with_seed(42)?;
    model.compile(Compile::new("sgd", "mse"))?;
    let x = Tensor::from_fn([20, 2], |i| (i % 7) as f32 / 4.0 - 0.75);
    let y = Tensor::from_fn([20, 1], |i| (i % 3) as f32 / 2.0);
    model.fit(&x, &y, Fit::new().epochs(2).batch_size(5).verbose(Verbose::Silent))?;
    let expected: [&[f32]; 4] = [
        &[
            -0.747_905_43,
            0.174_354_67,
            0.285_868_5,
            -1.360_049_2,
            -0.074_688_82,
            0.222_205_6,
            -0.442_997_75,
            0.026_365_85,
        ],
        &[-0.013_888_676, 0.006_245_459, -0.005_373_529, -0.000_612_446_8],
        &[0.827_488_7, 0.254_499_2, -0.327_868_34, -0.050_565_667],
        &[0.049_437_98],
    ];
    for (weight, expected) in model.get_weights().iter().zip(expected) {
        // Another processor may round a sum's last bit differently. Another order or mask would be far off.
        assert_close(weight.as_slice(), expected, 1e-6);
    }
    Ok(())
}
