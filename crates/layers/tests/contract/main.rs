//! Every layer against the contract, in many configurations: Cornu's, and some that a user might write.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

mod check;
mod twice;
mod user_layers;

use check::check_layer;
use cornu_layers::activations::{self, Celu, Elu, Gelu, GeneralRelu, LeakyRelu, Threshold, from_fn};
use cornu_layers::regularizers::L1L2;
use cornu_layers::{
    Activation, ActivityRegularization, BatchNormalization, Conv2D, Dense, Dropout, ELU, Flatten, Input,
    KernelArguments, LeakyReLU, MaxPooling2D, PReLU, Padding, ReLU, Reshape, Softmax,
};
use user_layers::{Concatenate, Scale, Sum, TimeDistributed};

#[test]
fn dense() {
    check_layer(case!(Dense::<T>::new(4), [[3]] => [4], "kernel": [3, 4], "bias": [4]));
    check_layer(case!(Dense::<T>::new(1), [[1]] => [1], "kernel": [1, 1], "bias": [1]));
    check_layer(case!(Dense::<T>::new(4).use_bias(false), [[3]] => [4], "kernel": [3, 4]));
    check_layer(case!(Dense::<T>::new(20), [[40]] => [20], "kernel": [40, 20], "bias": [20]));
    check_layer(case!(Dense::<T>::new(4).activation("tanh"), [[2, 3]] => [2, 4], "kernel": [3, 4], "bias": [4]));
    check_layer(case!(
        Dense::<T>::new(2).activation("softmax").use_bias(false),
        [[2, 2, 3]] => [2, 2, 2],
        "kernel": [3, 2]
    ));
    check_layer(case!(
        Dense::<T>::new(3)
            .activation("gelu")
            .kernel_initializer("he_normal")
            .bias_initializer("random_normal")
            .kernel_regularizer("l2")
            .bias_regularizer("l1")
            .kernel_constraint("max_norm")
            .bias_constraint("non_neg"),
        [[5]] => [3],
        "kernel": [5, 3],
        "bias": [3]
    ));
    check_layer(case!(Dense::<T>::new(3).activity_regularizer("l2"), [[5]] => [3], "kernel": [5, 3], "bias": [3]));
    check_layer(case!(
        Dense::<T>::new(3).activation("silu").activity_regularizer(L1L2::new(0.3, 0.2).unwrap()),
        [[2, 5]] => [2, 3],
        "kernel": [5, 3],
        "bias": [3]
    ));
    for name in activations::names() {
        let width = if name == "glu" { 2 } else { 4 };
        check_layer(case!(Dense::<T>::new(4).activation(name), [[3]] => [width], "kernel": [3, 4], "bias": [4]));
    }
    check_layer(case!(
        Dense::<T>::new(4).activation("glu").activity_regularizer("l2"),
        [[2, 3]] => [2, 2],
        "kernel": [3, 4],
        "bias": [4]
    ));
}

#[test]
fn activity_regularization() {
    check_layer(case!(ActivityRegularization::new(0.0, 0.0), [[5]] => [5]));
    check_layer(case!(ActivityRegularization::new(0.3, 0.2), [[2, 3]] => [2, 3]));
}

#[test]
fn activation() {
    for name in activations::names() {
        let width = if name == "glu" { 3 } else { 6 };
        check_layer(case!(Activation::<T>::new(name), [[6]] => [width]));
        check_layer(case!(Activation::<T>::new(name), [[2, 6]] => [2, width]));
    }
    check_layer(case!(Activation::<T>::new(Threshold::new(0.25, -0.5)), [[5]] => [5]));
    check_layer(case!(Activation::<T>::new(Celu::new(-0.5).unwrap()), [[5]] => [5]));
    check_layer(case!(Activation::<T>::new(GeneralRelu::new(0.5, Some(1.0), 0.25).unwrap()), [[9]] => [9]));
    check_layer(case!(Activation::<T>::new(from_fn("cube", |x: T| x * x * x, |x| 3.0 * x * x)), [[5]] => [5]));
    check_layer(case!(Activation::<T>::new(Elu::new(-0.5)), [[5]] => [5]));
    check_layer(case!(Activation::<T>::new(Gelu::new(true)), [[5]] => [5]));
    check_layer(case!(Activation::<T>::new(LeakyRelu::new(0.0).unwrap()), [[5]] => [5]));
}

#[test]
fn conv2d() {
    check_layer(case!(
        Conv2D::<T>::new(3, 2),
        [[4, 5, 2]] => [3, 4, 3],
        "kernel": [2, 2, 2, 3],
        "bias": [3]
    ));
    check_layer(case!(Conv2D::<T>::new(3, 1), [[3, 2, 2]] => [3, 2, 3], "kernel": [1, 1, 2, 3], "bias": [3]));
    check_layer(case!(
        Conv2D::<T>::new(4, 1).groups(2).use_bias(false),
        [[3, 2, 4]] => [3, 2, 4],
        "kernel": [1, 1, 2, 4]
    ));
    check_layer(case!(
        Conv2D::<T>::new(2, 1).strides((2, 1)).padding("same"),
        [[5, 2, 3]] => [3, 2, 2],
        "kernel": [1, 1, 3, 2],
        "bias": [2]
    ));
    check_layer(case!(
        Conv2D::<T>::new(2, [3, 2]).strides(2).padding(Padding::Same).activation("tanh"),
        [[5, 4, 2]] => [3, 2, 2],
        "kernel": [3, 2, 2, 2],
        "bias": [2]
    ));
    check_layer(case!(
        Conv2D::<T>::new(2, 5).padding("same").use_bias(false),
        [[2, 3, 1]] => [2, 3, 2],
        "kernel": [5, 5, 1, 2]
    ));
    check_layer(case!(
        Conv2D::<T>::new(2, 2).dilation_rate([2, 1]).activation("softmax"),
        [[4, 3, 2]] => [2, 2, 2],
        "kernel": [2, 2, 2, 2],
        "bias": [2]
    ));
    check_layer(case!(
        Conv2D::<T>::new(2, 3).dilation_rate([1, 2]).padding("same"),
        [[2, 4, 1]] => [2, 4, 2],
        "kernel": [3, 3, 1, 2],
        "bias": [2]
    ));
    check_layer(case!(
        Conv2D::<T>::new(4, 2).activation("glu"),
        [[3, 4, 2]] => [2, 3, 2],
        "kernel": [2, 2, 2, 4],
        "bias": [4]
    ));
    check_layer(case!(
        Conv2D::<T>::new(4, 2).groups(2).padding("same").activation("gelu").activity_regularizer("l2"),
        [[3, 2, 4]] => [3, 2, 4],
        "kernel": [2, 2, 2, 4],
        "bias": [4]
    ));
    check_layer(case!(
        Conv2D::<T>::new(6, 2).groups(3).strides([1, 2]),
        [[3, 4, 3]] => [2, 2, 6],
        "kernel": [2, 2, 1, 6],
        "bias": [6]
    ));
    // More patches than one block holds.
    check_layer(case!(
        Conv2D::<T>::new(1, 40).padding("same").use_bias(false).kernel_regularizer("l1l2"),
        [[8, 9, 1]] => [8, 9, 1],
        "kernel": [40, 40, 1, 1]
    ));
}

#[test]
fn max_pooling2d() {
    check_layer(case!(MaxPooling2D::default(), [[4, 5, 2]] => [2, 2, 2]));
    check_layer(case!(MaxPooling2D::new(3).strides(1), [[4, 5, 2]] => [2, 3, 2]));
    check_layer(case!(MaxPooling2D::new([2, 3]).padding("same"), [[5, 4, 1]] => [3, 2, 1]));
    check_layer(case!(MaxPooling2D::new((3, 2)).strides((1, 2)).padding("same"), [[3, 5, 2]] => [3, 3, 2]));
    check_layer(case!(MaxPooling2D::new(1).strides(2), [[4, 5, 2]] => [2, 3, 2]));
    check_layer(case!(MaxPooling2D::new(9).padding("same"), [[4, 5, 3]] => [1, 1, 3]));
}

#[test]
fn batch_normalization() {
    check_layer(case!(
        BatchNormalization::<T>::new(),
        [[3]] => [3],
        "gamma": [3], "beta": [3], "moving_mean": [3], "moving_variance": [3]
    ));
    check_layer(case!(
        BatchNormalization::<T>::new().axis(1),
        [[2, 4]] => [2, 4],
        "gamma": [2], "beta": [2], "moving_mean": [2], "moving_variance": [2]
    ));
    check_layer(case!(
        BatchNormalization::<T>::new().axis(-2).epsilon(0.1).momentum(0.5),
        [[3, 2, 2]] => [3, 2, 2],
        "gamma": [2], "beta": [2], "moving_mean": [2], "moving_variance": [2]
    ));
    check_layer(case!(
        BatchNormalization::<T>::new().center(false),
        [[2, 2, 3]] => [2, 2, 3],
        "gamma": [3], "moving_mean": [3], "moving_variance": [3]
    ));
    check_layer(case!(
        BatchNormalization::<T>::new().scale(false).beta_initializer("normal").beta_regularizer("l2"),
        [[3]] => [3],
        "beta": [3], "moving_mean": [3], "moving_variance": [3]
    ));
    check_layer(case!(
        BatchNormalization::<T>::new().scale(false).center(false),
        [[70]] => [70],
        "moving_mean": [70], "moving_variance": [70]
    ));
}

#[test]
fn activations_as_layers() {
    check_layer(case!(ReLU::new(), [[5]] => [5]));
    check_layer(case!(ReLU::new().max_value(1.0).negative_slope(0.25).threshold(0.5), [[2, 5]] => [2, 5]));
    check_layer(case!(LeakyReLU::new(), [[2, 5]] => [2, 5]));
    check_layer(case!(ELU::new().alpha(0.5), [[2, 5]] => [2, 5]));
    check_layer(case!(Softmax::new(), [[5]] => [5]));
    check_layer(case!(Softmax::new().axis(1), [[3, 2]] => [3, 2]));
    check_layer(case!(Softmax::new().axis([1, -1]), [[3, 2, 2]] => [3, 2, 2]));
    check_layer(case!(Softmax::new().axis([3, 1, 2]), [[3, 2, 2]] => [3, 2, 2]));
}

#[test]
fn prelu() {
    check_layer(case!(PReLU::<T>::new(), [[5]] => [5], "alpha": [5]));
    check_layer(case!(
        PReLU::<T>::new().shared_axes([1, 2]).alpha_regularizer("l2").alpha_constraint("non_neg"),
        [[3, 2, 2]] => [3, 2, 2],
        "alpha": [1, 1, 2]
    ));
    check_layer(case!(
        PReLU::<T>::new().shared_axes([3]).alpha_initializer("glorot_uniform"),
        [[3, 2, 2]] => [3, 2, 2],
        "alpha": [3, 2, 1]
    ));
    check_layer(case!(PReLU::<T>::new().shared_axes([1, 3]), [[2, 3, 2]] => [2, 3, 2], "alpha": [1, 3, 1]));
}

#[test]
fn dropout() {
    for rate in [0.0, 0.4, 0.9] {
        check_layer(case!(Dropout::new(rate), [[5]] => [5]));
    }
    check_layer(case!(Dropout::new(0.5).with_seed(3), [[2, 3]] => [2, 3]));
    check_layer(case!(Dropout::new(0.5).noise_shape([None, Some(1), None]), [[4, 3]] => [4, 3]));
}

#[test]
fn shapes_alone() {
    check_layer(case!(Flatten::new(), [[2, 3, 2]] => [12]));
    check_layer(case!(Flatten::new(), [[4]] => [4]));
    check_layer(case!(Flatten::new(), [[]] => [1]));
    check_layer(case!(Reshape::new([2, -1, 3]), [[12]] => [2, 2, 3]));
    check_layer(case!(Reshape::new([-1]), [[2, 3]] => [6]));
    check_layer(case!(Input::new([2, 3]), [[2, 3]] => [2, 3]));
}

#[test]
fn a_users_layers() {
    check_layer(case!(Concatenate, [[3], [2]] => [5]));
    check_layer(case!(Concatenate, [[2, 1], [2, 4]] => [2, 5]));
    check_layer(case!(Scale, [[2, 3]] => [2, 3], "scale": []));
}

#[test]
fn a_layer_around_another() {
    check_layer(case!(
        TimeDistributed::<T>::new(Dense::new(2).activation("gelu")),
        [[4, 3]] => [4, 2],
        "layer/kernel": [3, 2], "layer/bias": [2]
    ));
    check_layer(case!(
        TimeDistributed::<T>::new(BatchNormalization::new()),
        [[4, 3]] => [4, 3],
        "layer/gamma": [3], "layer/beta": [3], "layer/moving_mean": [3], "layer/moving_variance": [3]
    ));
    check_layer(case!(TimeDistributed::<T>::new(Dropout::new(0.5)), [[4, 3]] => [4, 3]));
    check_layer(case!(TimeDistributed::<T>::new(MaxPooling2D::new(2)), [[2, 4, 4, 1]] => [2, 2, 2, 1]));
}

#[test]
fn a_layer_around_two() {
    check_layer(case!(
        Sum::<T>::new(Dense::new(2).activity_regularizer("l2"), Dense::new(2).activation("elu").use_bias(false), true),
        [[3]] => [2],
        "first/kernel": [3, 2], "first/bias": [2], "second/kernel": [3, 2]
    ));
    check_layer(case!(
        Sum::<T>::new(TimeDistributed::new(Dense::new(2)), Dense::new(2).activation("silu"), false),
        [[4, 3]] => [4, 2],
        "first/layer/kernel": [3, 2], "first/layer/bias": [2], "second/kernel": [3, 2], "second/bias": [2]
    ));
    check_layer(case!(Sum::<T>::new(Dropout::new(0.5), Dropout::new(0.5), true), [[6]] => [6]));
    check_layer(case!(
        Sum::<T>::new(Scale, BatchNormalization::new().center(false), false),
        [[3]] => [3],
        "first/scale": [], "second/gamma": [3], "second/moving_mean": [3], "second/moving_variance": [3]
    ));
}
