//! The models of `golden/models.py`, under the names they have there.

use std::error::Error;

use cornu_initializers::{Constant, RandomNormal};
use cornu_layers::activations::LeakyRelu;
use cornu_layers::constraints::{MaxNorm, MinMaxNorm, UnitNorm};
use cornu_layers::regularizers::{L1, L1L2, L2};
use cornu_layers::{
    Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, KernelArguments, MaxPooling2D, Reshape,
};
use cornu_model::{LayerArguments, Sequential, sequential};

pub(crate) mod compile;

type Model = Result<Sequential<f32>, Box<dyn Error>>;

fn softmax(units: usize) -> Dense<f32> {
    Dense::new(units).activation("softmax")
}

fn sigmoid(units: usize) -> Dense<f32> {
    Dense::new(units).activation("sigmoid")
}

fn tanh(units: usize) -> Dense<f32> {
    Dense::new(units).activation("tanh")
}

fn relu(units: usize) -> Dense<f32> {
    Dense::new(units).activation("relu")
}

/// The model of this name.
pub(crate) fn model(name: &str) -> Model {
    if let Some(initializer) = name.strip_prefix("kernel_initializer_") {
        let hidden = match initializer {
            "constant" => tanh(6).kernel_initializer(Constant::new(0.3)),
            other => tanh(6).kernel_initializer(other),
        };
        return Ok(sequential![Input::new([4]), hidden, softmax(3)]?);
    }
    if let Some(activation) = name.strip_prefix("activation_").filter(|rest| *rest != "layers") {
        return Ok(sequential![Input::new([4]), Dense::new(6).activation(activation), softmax(3)]?);
    }
    if name.starts_with("optimizer_") {
        return Ok(sequential![Input::new([4]), tanh(5), softmax(3)]?);
    }
    let made = match name {
        "lesson" | "lesson_sgd" => sequential![
            Input::new([1]),
            Dense::new(4).activation("relu").use_bias(true).bias_initializer("zeros"),
            softmax(2),
        ],
        "lesson_without_input_shape" => sequential![relu(4), softmax(2)],
        "bias_initializers" => sequential![
            Input::new([4]),
            tanh(5).bias_initializer(RandomNormal::new(0.0, 0.5)?),
            tanh(4).bias_initializer("glorot_uniform"),
            softmax(3).bias_initializer(Constant::new(0.25)),
        ],
        "activation_layers" => sequential![
            Input::new([4]),
            Dense::new(6),
            Activation::new("tanh"),
            Dense::new(5),
            Activation::new(LeakyRelu::new(0.1)?).named("leaky_re_lu"),
            Dense::new(3),
            Activation::new("softmax"),
        ],
        "regression_mse" | "regression_mae" => sequential![Input::new([3]), tanh(8), Dense::new(1)],
        "regression_labels_of_lower_rank" => sequential![Input::new([3]), relu(8), Dense::new(1)],
        "reduction_sum" | "sample_weight_regression" | "sample_weight_mean" => {
            sequential![Input::new([3]), tanh(6), Dense::new(1)]
        }
        "binary_crossentropy" | "binary_crossentropy_labels_of_lower_rank" => {
            sequential![Input::new([4]), relu(5), sigmoid(1)]
        }
        "binary_crossentropy_from_logits" => sequential![Input::new([4]), relu(5), Dense::new(1)],
        "binary_crossentropy_label_smoothing" => sequential![Input::new([4]), tanh(5), sigmoid(1)],
        "binary_crossentropy_three_outputs" => sequential![Input::new([4]), tanh(5), sigmoid(3)],
        "categorical_crossentropy"
        | "categorical_crossentropy_label_smoothing"
        | "sparse_crossentropy_label_column"
        | "sample_weight"
        | "class_weight" => sequential![Input::new([4]), tanh(5), softmax(3)],
        "categorical_crossentropy_from_logits"
        | "categorical_crossentropy_from_logits_label_smoothing"
        | "sparse_crossentropy_from_logits" => sequential![Input::new([4]), tanh(5), Dense::new(3)],
        "sequence_of_classes" => sequential![Input::new([3, 4]), tanh(5), softmax(3)],
        "frozen_dense" => sequential![Input::new([4]), tanh(5).trainable(false), tanh(4), softmax(3)],
        "nested" => {
            let inner = sequential![Input::new([4]), tanh(5), BatchNormalization::new()]?;
            sequential![Input::new([4]), inner, tanh(4), softmax(3)]
        }
        "nested_twice_frozen" => {
            let mut innermost = sequential![Input::new([5]), tanh(5), tanh(4)]?;
            innermost.set_trainable(false);
            let inner = sequential![Input::new([4]), tanh(5), innermost]?;
            sequential![Input::new([4]), inner, softmax(3)]
        }
        "deep" => sequential![
            Input::new([6]),
            relu(8),
            Dense::new(7).activation("elu"),
            Dense::new(6).activation("selu"),
            Dense::new(5).activation("gelu"),
            Dense::new(4).activation("silu"),
            softmax(3),
        ],
        _ => return normalized(name),
    };
    Ok(made?)
}

/// With batch normalization and dropout.
fn normalized(name: &str) -> Model {
    let made = match name {
        "batch_normalization_dense" => {
            sequential![Input::new([4]), Dense::new(5), BatchNormalization::new(), Activation::new("tanh"), softmax(3)]
        }
        "batch_normalization_conv" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(3, 3).use_bias(false),
            BatchNormalization::new().momentum(0.9),
            Activation::new("tanh"),
            Flatten,
            softmax(2),
        ],
        "batch_normalization_options" => sequential![
            Input::new([4]),
            BatchNormalization::new().center(false).scale(false).momentum(0.5),
            tanh(5),
            BatchNormalization::new().epsilon(0.01).scale(false),
            softmax(3),
        ],
        "batch_normalization_frozen" => sequential![
            Input::new([4]),
            Dense::new(5),
            BatchNormalization::new().trainable(false),
            Activation::new("tanh"),
            softmax(3),
        ],
        "dropout_predicts" => {
            sequential![Input::new([4]), Dropout::new(0.2), tanh(5), Dropout::new(0.5), softmax(3)]
        }
        "dropout_rate_0" => sequential![Input::new([4]), Dropout::new(0.0), tanh(5), Dropout::new(0.0), softmax(3)],
        _ => return images(name),
    };
    Ok(made?)
}

/// With convolutions.
fn images(name: &str) -> Model {
    let made = match name {
        "conv_initializers" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(3, 3).activation("tanh").kernel_initializer("he_normal").bias_initializer("ones"),
            Conv2D::new(2, 2).activation("tanh").kernel_initializer("orthogonal"),
            Flatten,
            softmax(2).kernel_initializer("lecun_uniform"),
        ],
        "conv_pool_flatten_dense" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(3, 3).activation("relu"),
            MaxPooling2D::default(),
            Flatten,
            relu(4),
            softmax(2),
        ],
        "conv_same_strides" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(2, (3, 2)).strides((2, 1)).padding("same").activation("tanh"),
            MaxPooling2D::new((2, 3)).strides((1, 2)).padding("same"),
            Flatten,
            softmax(2),
        ],
        "conv_groups_dilation" => sequential![
            Input::new([6, 6, 2]),
            Conv2D::new(4, 2).dilation_rate(2).activation("tanh"),
            Conv2D::new(4, 2).groups(2).activation("tanh"),
            Flatten,
            softmax(2),
        ],
        "reshape_conv" => sequential![
            Input::new([36]),
            Reshape::new([6, -1, 1]),
            Conv2D::new(2, 3).activation("tanh"),
            Reshape::new([-1]),
            softmax(2),
        ],
        _ => return penalized(name),
    };
    Ok(made?)
}

/// With regularizers and constraints, or without a bias.
fn penalized(name: &str) -> Model {
    let made = match name {
        "without_bias" => sequential![Input::new([4]), tanh(5).use_bias(false), softmax(3).use_bias(false)],
        "regularizer_l1" => sequential![Input::new([4]), tanh(5).kernel_regularizer("l1"), softmax(3)],
        "regularizer_l2" => {
            sequential![Input::new([4]), tanh(5).kernel_regularizer(L2::new(0.05)?), softmax(3).bias_regularizer("l2"),]
        }
        "regularizer_l1_l2" => sequential![
            Input::new([4]),
            tanh(5)
                .bias_initializer(Constant::new(0.2))
                .kernel_regularizer(L1L2::new(0.01, 0.02)?)
                .bias_regularizer(L1L2::new(0.03, 0.01)?),
            softmax(3),
        ],
        "regularizer_activity" => sequential![
            Input::new([4]),
            tanh(5).activity_regularizer(L2::new(0.1)?),
            tanh(4).activity_regularizer(L1::new(0.02)?),
            softmax(3),
        ],
        "regularizer_conv" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(2, 3)
                .activation("tanh")
                .kernel_regularizer(L2::new(0.05)?)
                .activity_regularizer(L2::new(0.01)?),
            Flatten,
            softmax(2),
        ],
        "constraint_max_norm" => sequential![
            Input::new([4]),
            tanh(5).kernel_constraint(MaxNorm::new(0.8)?),
            softmax(3).kernel_constraint("max_norm"),
        ],
        "constraint_non_neg" => {
            sequential![Input::new([4]), tanh(5).kernel_constraint("non_neg").bias_constraint("non_neg"), softmax(3),]
        }
        "constraint_unit_norm" => sequential![
            Input::new([4]),
            tanh(5).kernel_constraint("unit_norm"),
            softmax(3).kernel_constraint(UnitNorm::new([1])),
        ],
        "constraint_min_max_norm" => sequential![
            Input::new([4]),
            tanh(5).kernel_constraint(MinMaxNorm::new(0.5, 0.9, 0.8)?),
            softmax(3).kernel_constraint(MinMaxNorm::new(1.5, 2.0, 1.0)?.axis([1])),
        ],
        "constraint_conv" => sequential![
            Input::new([6, 6, 1]),
            Conv2D::new(2, 3).activation("tanh").kernel_constraint(MaxNorm::new(0.7)?.axis([0, 1, 2])),
            Flatten,
            softmax(2),
        ],
        _ => return Err(format!("no model of the name {name}").into()),
    };
    Ok(made?)
}
