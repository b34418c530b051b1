//! What is wrong with an argument, an input or a weight is said, and ends with what was received.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

use cornu_initializers::InitializerError;
use cornu_layers::activations::{Celu, GeneralRelu, HardShrink, LeakyRelu, SoftShrink, Squareplus};
use cornu_layers::constraints::{MaxNorm, MinMaxNorm};
use cornu_layers::regularizers::{L1, L1L2, L2};
use cornu_layers::{
    Activation, BatchNormalization, Built, Conv2D, Dense, Dropout, Flatten, Forward, Input, KernelArguments, Layer,
    LayerError, LeakyReLU, MaxPooling2D, Mode, PReLU, Padding, ReLU, Reshape, Scratch, Softmax, SoftmaxAxis,
};
use cornu_tensor::{Shape, Tensor, TensorError};

/// The error of building a layer for samples of this shape.
fn refused(layer: impl Layer<f32> + 'static, input: impl Into<Shape>) -> LayerError {
    Built::new(layer, &[input.into()], 0).unwrap_err()
}

#[track_caller]
fn says(error: LayerError, message: &str) {
    assert_eq!(error.to_string(), message);
}

#[test]
fn arguments_of_layers() {
    let image = [5, 5, 4];
    for (error, message) in [
        (refused(Dense::new(0), [3]), "Dense: expected `units` to be 1 or more. Received: units=0"),
        (refused(Dropout::new(1.5), [3]), "Dropout: expected `rate` to be a number from 0 to 1. Received: rate=1.5"),
        (
            refused(Dropout::new(f64::NAN), [3]),
            "Dropout: expected `rate` to be a number from 0 to 1. Received: rate=NaN",
        ),
        (
            refused(Dropout::new(0.5).noise_shape([None, Some(2)]), [3]),
            "Dropout: expected `noise_shape` to be 1 or the dimension of the input for each of (batch, (3,)). \
             Received: noise_shape=Some([None, Some(2)])",
        ),
        (
            refused(Reshape::new([2, -1]), [3]),
            "Reshape: expected `target_shape` to be dimensions (at most one of them −1) that hold the 3 values of \
             (3,). Received: target_shape=[2, -1]",
        ),
        (
            refused(BatchNormalization::new().momentum(1.5), [3]),
            "BatchNormalization: expected `momentum` to be a number from 0 to 1. Received: momentum=1.5",
        ),
        (
            refused(BatchNormalization::new().epsilon(-1.0), [3]),
            "BatchNormalization: expected `epsilon` to be a finite number, 0 or more. Received: epsilon=-1",
        ),
        (
            refused(BatchNormalization::new().axis(2), [3]),
            "BatchNormalization: expected `axis` to be an axis of (batch, …) other than the batch, for samples of \
             shape (3,). Received: axis=2",
        ),
        (refused(Conv2D::new(0, 2), image), "Conv2D: expected `filters` to be 1 or more. Received: filters=0"),
        (
            refused(Conv2D::new(2, (2, 0)), image),
            "Conv2D: expected `kernel_size` to be 1 or more in both directions. Received: kernel_size=(2, 0)",
        ),
        (
            refused(Conv2D::new(2, 2).strides(0), image),
            "Conv2D: expected `strides` to be 1 or more in both directions. Received: strides=(0, 0)",
        ),
        (
            refused(Conv2D::new(2, 2).dilation_rate([0, 1]), image),
            "Conv2D: expected `dilation_rate` to be 1 or more in both directions. Received: dilation_rate=(0, 1)",
        ),
        (
            refused(Conv2D::new(2, 2).dilation_rate(2).strides([1, 2]), image),
            "Conv2D: expected `dilation_rate` to be 1 together with strides=(1, 2). Received: dilation_rate=(2, 2)",
        ),
        (
            refused(Conv2D::new(2, 2).groups(0), image),
            "Conv2D: expected `groups` to be a number that divides filters=2. Received: groups=0",
        ),
        (
            refused(Conv2D::new(2, 2).groups(4), image),
            "Conv2D: expected `groups` to be a number that divides filters=2. Received: groups=4",
        ),
        (
            refused(Conv2D::new(6, 2).groups(3), image),
            "Conv2D: expected `groups` to be a number that divides the 4 channels of the input. Received: groups=3",
        ),
        (
            refused(MaxPooling2D::new(0), image),
            "MaxPooling2D: expected `pool_size` to be 1 or more in both directions. Received: pool_size=(0, 0)",
        ),
        (
            refused(MaxPooling2D::new(2).strides((1, 0)), image),
            "MaxPooling2D: expected `strides` to be 1 or more in both directions. Received: strides=(1, 0)",
        ),
    ] {
        says(error, message);
    }
    for axis in [0, -2, -3, isize::MIN, isize::MAX] {
        assert!(matches!(
            refused(BatchNormalization::new().axis(axis), [3]),
            LayerError::Argument { argument: "axis", received, .. } if received == axis.to_string()
        ));
    }
    for target in [vec![-1, -1], vec![-2, 3], vec![0, -1], vec![isize::MAX, isize::MAX], vec![4]] {
        assert!(matches!(
            refused(Reshape::new(target.clone()), [3]),
            LayerError::Argument { argument: "target_shape", received, .. } if received == format!("{target:?}")
        ));
    }
}

#[test]
fn arguments_of_what_layers_hold() {
    for (error, message) in [
        (
            LeakyRelu::new(-0.1).err(),
            "LeakyRelu: expected `negative_slope` to be a finite number, 0 or more. Received: negative_slope=-0.1",
        ),
        (L1::new(-1.0).err(), "L1: expected `l1` to be a finite number, 0 or more. Received: l1=-1"),
        (L2::new(f64::NAN).err(), "L2: expected `l2` to be a finite number, 0 or more. Received: l2=NaN"),
        (L1L2::new(0.0, -2.0).err(), "L2: expected `l2` to be a finite number, 0 or more. Received: l2=-2"),
        (
            MaxNorm::new(f64::INFINITY).err(),
            "MaxNorm: expected `max_value` to be a finite number, 0 or more. Received: max_value=inf",
        ),
        (
            MinMaxNorm::new(-1.0, 1.0, 1.0).err(),
            "MinMaxNorm: expected `min_value` to be a finite number, 0 or more. Received: min_value=-1",
        ),
        (
            MinMaxNorm::new(2.0, 1.0, 1.0).err(),
            "MinMaxNorm: expected `max_value` to be a finite number, min_value or more. Received: max_value=1",
        ),
        (
            MinMaxNorm::new(0.0, 1.0, 1.5).err(),
            "MinMaxNorm: expected `rate` to be a number from 0 to 1. Received: rate=1.5",
        ),
    ] {
        says(error.unwrap(), message);
    }
}

#[test]
fn inputs() {
    for (error, message) in [
        (
            refused(Dense::new(2), []),
            "Dense expects at least one dimension, none of them 0. Received: an input of shape () a sample",
        ),
        (
            refused(Conv2D::new(2, 3), [28, 28]),
            "Conv2D expects images: (height, width, channels) a sample. Received: an input of shape (28, 28) a sample",
        ),
        (
            refused(MaxPooling2D::default(), [2, 0, 1]),
            "MaxPooling2D expects images of height, width and channels 1 or more. \
             Received: an input of shape (2, 0, 1) a sample",
        ),
        (
            refused(Conv2D::new(2, [2, 3]).dilation_rate(2), [3, 4, 1]),
            "Conv2D expects images that hold its window of kernel_size=(2, 3) and dilation_rate=(2, 2) with \
             padding=valid. Received: an input of shape (3, 4, 1) a sample",
        ),
        (
            refused(MaxPooling2D::new(5), [4, 9, 1]),
            "MaxPooling2D expects images that hold its window of pool_size=(5, 5) and dilation_rate=(1, 1) with \
             padding=valid. Received: an input of shape (4, 9, 1) a sample",
        ),
        (
            refused(BatchNormalization::new(), [2, 0]),
            "BatchNormalization expects no dimension of 0. Received: an input of shape (2, 0) a sample",
        ),
        (
            refused(Input::new([3]), [4]),
            "Input expects samples of shape (3,). Received: an input of shape (4,) a sample",
        ),
    ] {
        says(error, message);
    }
    assert!(matches!(refused(MaxPooling2D::new(usize::MAX).padding("same"), [4, 4, 1]), LayerError::Input { .. }));
    let layers: [Box<dyn Layer<f32>>; 11] = [
        Box::new(ReLU::new()),
        Box::new(PReLU::new()),
        Box::new(Softmax::new()),
        Box::new(Dense::new(2)),
        Box::new(Conv2D::new(2, 1)),
        Box::new(MaxPooling2D::new(1)),
        Box::new(BatchNormalization::new()),
        Box::new(Dropout::new(0.5)),
        Box::new(Flatten::new()),
        Box::new(Reshape::new([-1])),
        Box::new(Activation::new("relu")),
    ];
    let image = Shape::from([2, 2, 1]);
    for layer in layers {
        for inputs in [vec![], vec![image; 2]] {
            let name = layer.class_name();
            let error = layer.output_shape(&inputs).unwrap_err();
            says(error, &format!("{name} takes 1 input(s). Received: {}", inputs.len()));
        }
    }
}

#[test]
fn batches() {
    let built = Built::<f32>::new(Dense::new(2), &[[3].into()], 0).unwrap();
    says(
        built.call(&Tensor::zeros([5, 4])).unwrap_err(),
        "Dense was built for samples of shape (3,). Received: a batch of shape (5, 4)",
    );
    let x = Tensor::zeros([5, 3]);
    let mut scratch = Scratch::default();
    says(
        built.call_all(&[x.view(); 2], Mode::Inference, &mut scratch).unwrap_err(),
        "Dense takes 1 input(s). Received: 2",
    );
    let output = Tensor::zeros([5, 2]);
    says(
        built.gradients(&[x.view()], &output, &Tensor::zeros([5, 3]), &mut scratch).unwrap_err(),
        "the output of Dense was built for samples of shape (2,). Received: a batch of shape (5, 3)",
    );
    says(
        built.gradients(&[x.view()], &output, &output, &mut scratch).unwrap_err(),
        "Dense: expected the scratch of a training pass over 5 samples. Received: one over 0",
    );
    // The batch that a noise shape names shows only here.
    let dropout = Dropout::new(0.5).noise_shape([Some(4), None]);
    let built = Built::<f32>::new(dropout, &[[3].into()], 0).unwrap();
    let training = Mode::Training { seed: 0, step: 0, trainable: true };
    assert!(built.call_all(&[Tensor::zeros([4, 3]).view()], training, &mut scratch).is_ok());
    says(
        built.call_all(&[x.view()], training, &mut scratch).unwrap_err(),
        "Dropout: expected `noise_shape` to be 1 or the dimension of the input for each of (5, 3). \
         Received: noise_shape=Some([Some(4), None])",
    );
}

#[test]
fn weights() {
    let mut built = Built::<f32>::new(Dense::new(2), &[[3].into()], 0).unwrap();
    let (kernel, bias) = (Tensor::zeros([3, 2]), Tensor::zeros([3]));
    says(built.set_weights(std::slice::from_ref(&kernel)).unwrap_err(), "Dense has 2 weight(s). Received: 1");
    says(built.set_weights(&[kernel, bias]).unwrap_err(), "weight `bias` has shape (2,). Received: shape (3,)");
    // An owner that passes in other weights than the layer asked for.
    let layers: [(Box<dyn Layer<f32>>, usize); 4] = [
        (Box::new(Dense::new(2)), 2),
        (Box::new(Dense::new(2).use_bias(false)), 1),
        (Box::new(Conv2D::new(2, 1)), 2),
        (Box::new(BatchNormalization::new().center(false)), 3),
    ];
    for (layer, expected) in layers {
        let x = Tensor::zeros([1, 2, 2, 1]);
        let mut output = Tensor::zeros([1, 2, 2, 2]);
        let pass = Forward {
            weights: &[],
            inputs: &[x.view()],
            output: output.view_mut(),
            mode: Mode::Inference,
            scratch: &mut Scratch::default(),
        };
        let message = format!("{} has {expected} weight(s). Received: 0", layer.class_name());
        says(layer.forward(pass).unwrap_err(), &message);
    }
}

#[test]
fn names() {
    let activations = "linear, relu, sigmoid, tanh, softmax, softplus, softsign, elu, selu, gelu, silu, leaky_relu, \
                       exponential, celu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh, log_sigmoid, \
                       log_softmax, mish, relu6, soft_shrink, sparse_plus, sparse_sigmoid, sparsemax, squareplus, \
                       tanh_shrink";
    let unknown = format!("unknown activation. Expected one of: {activations}. Received: \"rleu\"");
    says(refused(Dense::new(2).activation("rleu"), [3]), &unknown);
    says(refused(Activation::new("rleu"), [3]), &unknown);
    says(refused(Conv2D::new(2, 1).activation("rleu"), [3, 3, 1]), &unknown);
    let regularizer = "unknown regularizer. Expected one of: l1, l2, l1l2, orthogonal_regularizer. Received: \"l3\"";
    says(refused(Dense::new(2).kernel_regularizer("l3"), [3]), regularizer);
    says(refused(Dense::new(2).bias_regularizer("l3"), [3]), regularizer);
    says(refused(Dense::new(2).activity_regularizer("l3"), [3]), regularizer);
    says(refused(BatchNormalization::new().gamma_regularizer("l3"), [3]), regularizer);
    says(refused(BatchNormalization::new().beta_regularizer("l3"), [3]), regularizer);
    let constraint = "unknown constraint. Expected one of: max_norm, min_max_norm, non_neg, unit_norm. Received: \"\"";
    says(refused(Dense::new(2).kernel_constraint(""), [3]), constraint);
    says(refused(Dense::new(2).bias_constraint(""), [3]), constraint);
    says(refused(BatchNormalization::new().gamma_constraint(""), [3]), constraint);
    says(refused(BatchNormalization::new().beta_constraint(""), [3]), constraint);
    let padding = "unknown padding. Expected one of: valid, same. Received: \"full\"";
    says(refused(Conv2D::new(2, 1).padding("full"), [3, 3, 1]), padding);
    says(refused(MaxPooling2D::new(1).padding("full"), [3, 3, 1]), padding);
    assert_eq!("SAME".parse(), Ok(Padding::Same));

    for layer in [
        BatchNormalization::new().beta_initializer("xavier"),
        BatchNormalization::new().gamma_initializer("xavier"),
        BatchNormalization::new().moving_mean_initializer("xavier"),
        BatchNormalization::new().moving_variance_initializer("xavier"),
    ] {
        assert!(refused(layer, [3]).to_string().ends_with("Received: \"xavier\""));
    }
    // The first of several wrong arguments is reported.
    says(refused(Conv2D::new(2, 1).padding("full").activation("rleu"), [3, 3, 1]), padding);
}

#[test]
fn arguments_of_activations() {
    for (error, message) in [
        (Celu::new(0.0).err(), "Celu: expected `alpha` to be a finite number other than 0. Received: alpha=0"),
        (
            HardShrink::new(-1.0).err(),
            "HardShrink: expected `threshold` to be a finite number, 0 or more. Received: threshold=-1",
        ),
        (
            SoftShrink::new(f64::NAN).err(),
            "SoftShrink: expected `threshold` to be a finite number, 0 or more. Received: threshold=NaN",
        ),
        (Squareplus::new(-4.0).err(), "Squareplus: expected `b` to be a finite number, 0 or more. Received: b=-4"),
        (
            GeneralRelu::new(0.0, Some(-1.0), 0.0).err(),
            "ReLU: expected `max_value` to be a finite number, 0 or more. Received: max_value=-1",
        ),
    ] {
        says(error.unwrap(), message);
    }
}

#[test]
fn arguments_of_activations_as_layers() {
    for (error, message) in [
        (
            refused(Dense::new(3).activation("glu"), [3]),
            "Dense: expected `units` to be even, for the activation glu halves it. Received: units=3",
        ),
        (
            refused(Conv2D::new(3, 1).activation("glu"), [3, 3, 1]),
            "Conv2D: expected `filters` to be even, for the activation glu halves it. Received: filters=3",
        ),
        (
            refused(Activation::new("glu"), [2, 3]),
            "Activation expects an even last dimension, for the activation glu halves it. \
             Received: an input of shape (2, 3) a sample",
        ),
        (
            refused(ReLU::new().threshold(-1.0), [3]),
            "ReLU: expected `threshold` to be a finite number, 0 or more. Received: threshold=-1",
        ),
        (
            refused(LeakyReLU::new().negative_slope(-1.0), [3]),
            "LeakyRelu: expected `negative_slope` to be a finite number, 0 or more. Received: negative_slope=-1",
        ),
        (
            refused(PReLU::new().shared_axes([2]), [3]),
            "PReLU: expected `shared_axes` to be axes of (batch, …) other than the batch, for samples of shape (3,). \
             Received: shared_axes=[2]",
        ),
        (
            refused(Softmax::new().axis([1, -1]), [3]),
            "Softmax: expected `axis` to be axes of (batch, …) other than the batch, each once, for samples of shape \
             (3,). Received: axis=[1, -1]",
        ),
    ] {
        says(error, message);
    }
    for axis in [SoftmaxAxis::from(0), 2.into(), (-2).into(), vec![].into(), [0, 1].into(), isize::MIN.into()] {
        assert!(matches!(refused(Softmax::new().axis(axis), [3]), LayerError::Argument { component: "Softmax", .. }));
    }
    assert!(refused(PReLU::new().alpha_initializer("xavier"), [3]).to_string().ends_with("Received: \"xavier\""));
}

#[test]
fn what_other_crates_report() {
    let unknown = refused(Dense::new(2).kernel_initializer("xavier"), [3]);
    assert!(matches!(unknown, LayerError::Initializer(InitializerError::UnknownName { .. })));
    assert!(unknown.to_string().ends_with("Received: \"xavier\""));
    says(
        refused(Dense::new(2).bias_initializer(Tensor::zeros([3])), [3]),
        "a given tensor needs the shape of its tensor, (3,). Received: shape=(2,) of rank 1",
    );
    says(
        refused(Dense::new(usize::MAX), [3]),
        LayerError::from(TensorError::TooLarge { dims: vec![usize::MAX] }).to_string().as_str(),
    );
    assert!(matches!(refused(Conv2D::new(usize::MAX, 3), [4, 4, 1]), LayerError::Tensor(TensorError::TooLarge { .. })));
    says(
        refused(Conv2D::new(1, isize::MAX as usize).padding("same"), [4, 4, 1]),
        &TensorError::TooLarge { dims: vec![isize::MAX as usize, isize::MAX as usize, 1, 1] }.to_string(),
    );
    let other = LayerError::Other { layer: "Mine".to_owned(), message: "expected 1. Received: 2".to_owned() };
    says(other, "Mine: expected 1. Received: 2");
}
