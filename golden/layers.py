"""golden/layers.json: outputs of layers and gradients with respect to the input and the weights."""

from common import f32, rounded, tensor, tensors, write

import jax
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(5)
cases = []


def normal(shape, scale=1.0):
    return rounded(rng.normal(0, scale, shape))


def add(name, make, x, weights="random"):
    """One layer on one input: inference and training, the gradients of sum(output * upstream)."""
    keras.utils.clear_session()
    layer = make()
    layer.build(x.shape)
    if weights == "random":
        layer.set_weights([
            np.abs(normal(w.shape)) + f32(0.25) if w.path.endswith("variance") else normal(w.shape, 0.5)
            for w in layer.weights
        ])
    before = [w.numpy() for w in layer.weights]
    trainable = [w.value for w in layer.trainable_variables]
    fixed = [w.value for w in layer.non_trainable_variables]

    has_modes = layer._call_has_training_arg

    def run(training):
        def forward(t, v):
            return layer.stateless_call(t, fixed, v, **({"training": training} if has_modes else {}))

        output, pull, state = jax.vjp(forward, trainable, jax.numpy.asarray(x), has_aux=True)
        up = upstream(output.shape)
        weight_gradients, input_gradient = pull(jax.numpy.asarray(up))
        return {
            "output": tensor(output),
            "upstream": tensor(up),
            "input_gradient": tensor(input_gradient),
            "weight_gradients": tensors(weight_gradients),
            "non_trainable_after": tensors(s for s, w in zip(state, layer.non_trainable_variables) if w.dtype == "float32"),
        }

    shared = {}

    def upstream(shape):
        if shape not in shared:
            shared[shape] = normal(shape)
        return shared[shape]

    config = layer.get_config()
    inference = run(False)
    case = {
        "name": name,
        "class_name": type(layer).__name__,
        "config": config,
        "x": tensor(x),
        "weights": [{"name": w.name, "trainable": bool(w.trainable), **tensor(v)} for w, v in zip(layer.weights, before)],
        "trainable_weights": [w.name for w in layer.trainable_weights],
        # Not layer.compute_output_shape: that of Keras knows nothing of glu, which halves the last dimension.
        "output_shape": inference["output"]["shape"],
        "inference": inference,
    }
    if has_modes and not isinstance(layer, layers.Dropout):
        training = run(True)
        if training != inference:
            case["training"] = training
    cases.append(case)


# Dense
add("plain", lambda: layers.Dense(4), normal((3, 5)))
add("no_bias", lambda: layers.Dense(4, use_bias=False), normal((3, 5)))
add("one_unit", lambda: layers.Dense(1), normal((6, 1)))
add("rank_3", lambda: layers.Dense(4, activation="tanh"), normal((2, 3, 5)))
add("rank_4", lambda: layers.Dense(2), normal((2, 2, 3, 4)))
add("one_sample", lambda: layers.Dense(3, activation="relu"), normal((1, 4)))
for activation in [
    "relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "gelu", "silu", "leaky_relu",
    "exponential",
]:
    add(f"activation_{activation}", lambda: layers.Dense(4, activation=activation), normal((3, 5)))
add("rank_3_softmax", lambda: layers.Dense(4, activation="softmax"), normal((2, 3, 5)))

# Conv2D
CONV = [
    ("plain", dict(kernel_size=3), (2, 5, 6, 2)),
    ("kernel_1", dict(kernel_size=1), (2, 4, 3, 3)),
    ("kernel_2", dict(kernel_size=2), (1, 4, 5, 2)),
    ("kernel_3_2", dict(kernel_size=(3, 2)), (2, 5, 4, 2)),
    ("strides_2", dict(kernel_size=3, strides=2), (1, 7, 6, 2)),
    ("strides_2_1", dict(kernel_size=3, strides=(2, 1)), (1, 6, 5, 2)),
    ("kernel_1_strides_2", dict(kernel_size=1, strides=2), (1, 5, 4, 2)),
    ("same", dict(kernel_size=3, padding="same"), (1, 4, 5, 2)),
    ("same_kernel_2", dict(kernel_size=2, padding="same"), (1, 4, 5, 2)),
    ("same_strides_2", dict(kernel_size=3, strides=2, padding="same"), (1, 6, 5, 2)),
    ("same_strides_2_kernel_2", dict(kernel_size=2, strides=2, padding="same"), (1, 5, 4, 1)),
    ("same_strides_2_1", dict(kernel_size=(3, 2), strides=(2, 1), padding="same"), (1, 5, 4, 2)),
    ("same_kernel_1_strides_2", dict(kernel_size=1, strides=2, padding="same"), (1, 5, 4, 2)),
    ("same_small_input", dict(kernel_size=5, padding="same"), (1, 2, 3, 1)),
    ("dilation_2", dict(kernel_size=2, dilation_rate=2), (1, 5, 6, 2)),
    ("dilation_2_1", dict(kernel_size=3, dilation_rate=(2, 1)), (1, 6, 5, 2)),
    ("same_dilation_2", dict(kernel_size=3, padding="same", dilation_rate=2), (1, 6, 5, 2)),
    ("groups_2", dict(kernel_size=3, groups=2), (1, 5, 4, 4)),
    ("groups_2_same_strides_2", dict(kernel_size=2, groups=2, padding="same", strides=2), (2, 5, 4, 2)),
    ("groups_4", dict(kernel_size=2, groups=4), (1, 3, 3, 4)),
    ("no_bias", dict(kernel_size=2, use_bias=False), (1, 3, 4, 2)),
    ("relu", dict(kernel_size=3, activation="relu"), (1, 5, 4, 2)),
    ("softmax", dict(kernel_size=2, activation="softmax"), (1, 3, 3, 2)),
    ("whole_input", dict(kernel_size=(3, 4)), (2, 3, 4, 2)),
]
for name, options, shape in CONV:
    add(name, lambda: layers.Conv2D(4, **options), normal(shape))

# MaxPooling2D
kinks = f32([[0, -0.0, 1, -1, 0.5, -0.5], [6, -6, 0.25, 1.5, 7, 1e-30], [100, -100, 3, -3, 2, 2]])
ties = f32(rng.integers(0, 3, (1, 6, 5, 2)))
POOL = [
    ("plain", dict(), (2, 4, 6, 2)),
    ("odd_input", dict(), (1, 5, 7, 2)),
    ("pool_3", dict(pool_size=3), (1, 7, 6, 2)),
    ("pool_2_3", dict(pool_size=(2, 3)), (1, 5, 7, 2)),
    ("strides_1", dict(pool_size=2, strides=1), (1, 4, 5, 2)),
    ("strides_2_1", dict(pool_size=3, strides=(2, 1)), (1, 6, 5, 2)),
    ("gaps", dict(pool_size=1, strides=2), (1, 5, 4, 2)),
    ("same", dict(padding="same"), (1, 5, 7, 2)),
    ("same_pool_3", dict(pool_size=3, padding="same"), (1, 7, 5, 2)),
    ("same_pool_3_strides_1", dict(pool_size=3, strides=1, padding="same"), (1, 4, 3, 2)),
    ("same_pool_2_3_strides_2_1", dict(pool_size=(2, 3), strides=(2, 1), padding="same"), (1, 5, 4, 2)),
]
for name, options, shape in POOL:
    add(name, lambda: layers.MaxPooling2D(**options), normal(shape))
add("ties", lambda: layers.MaxPooling2D(), ties)
add("ties_overlapping", lambda: layers.MaxPooling2D(3, strides=1), ties)
add("ties_same", lambda: layers.MaxPooling2D(3, strides=2, padding="same"), ties)
add("all_negative_same", lambda: layers.MaxPooling2D(3, strides=1, padding="same"), -np.abs(normal((1, 3, 3, 1))) - f32(1))

# BatchNormalization
add("fresh", lambda: layers.BatchNormalization(), normal((6, 3)), weights=None)
BN = [
    ("rank_2", dict(), (6, 3)),
    ("rank_3", dict(), (2, 4, 3)),
    ("rank_4", dict(), (2, 3, 2, 3)),
    ("axis_1", dict(axis=1), (2, 3, 4, 2)),
    ("rank_2_axis_1", dict(axis=1), (5, 3)),
    ("momentum_epsilon", dict(momentum=0.5, epsilon=0.1), (6, 3)),
    ("no_center", dict(center=False), (6, 3)),
    ("no_scale", dict(scale=False), (6, 3)),
    ("no_center_no_scale", dict(center=False, scale=False), (2, 2, 2, 3)),
    ("frozen", dict(trainable=False), (6, 3)),
]
for name, options, shape in BN:
    add(name, lambda: layers.BatchNormalization(**options), rounded(normal(shape) * f32(2) + f32(1)))
add("constant_feature", lambda: layers.BatchNormalization(), np.concatenate([np.full((4, 1), 3.0), normal((4, 1))], 1).astype("float32"))
add("one_sample", lambda: layers.BatchNormalization(), normal((1, 3)))

# Without weights
add("inference", lambda: layers.Dropout(0.4), normal((3, 4)))
add("rank_4", lambda: layers.Flatten(), normal((2, 3, 2, 2)))
add("rank_2", lambda: layers.Flatten(), normal((2, 3)))
add("rank_1", lambda: layers.Flatten(), normal((3,)))
add("rank_2_to_3", lambda: layers.Reshape((2, 3)), normal((2, 6)))
add("with_minus_one", lambda: layers.Reshape((-1, 2)), normal((2, 3, 4)))
add("minus_one_alone", lambda: layers.Reshape((-1,)), normal((2, 3, 2)))
add("to_rank_4", lambda: layers.Reshape((2, -1, 3)), normal((2, 12)))
for activation in ["relu", "softmax", "tanh"]:
    add(activation, lambda: layers.Activation(activation), normal((2, 5)))
add("softmax_rank_3", lambda: layers.Activation("softmax"), normal((2, 2, 3)))
add("plain", lambda: layers.ReLU(), normal((2, 5)))
add("options", lambda: layers.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.25), normal((4, 5)))
add("plain", lambda: layers.LeakyReLU(), normal((2, 5)))
add("axis_1", lambda: layers.Softmax(axis=1), normal((2, 3, 2)))

# Later cases stand last: those before keep their random numbers.
for name, options in [
    ("kinks", {}), ("maximum_6", {"max_value": 6.0}), ("maximum_1", {"max_value": 1.0}),
    ("slope", {"negative_slope": 0.1}), ("threshold", {"threshold": 0.5}),
]:
    add(name, lambda: layers.ReLU(**options), kinks)
add("kinks", lambda: layers.LeakyReLU(), kinks)
add("slope", lambda: layers.LeakyReLU(negative_slope=0.05), normal((2, 3, 2)))
add("plain", lambda: layers.ELU(), kinks)
add("alpha", lambda: layers.ELU(alpha=0.5), normal((2, 3, 2)))
add("plain", lambda: layers.PReLU(), normal((3, 5)))
add("kinks", lambda: layers.PReLU(), kinks)
add("fresh", lambda: layers.PReLU(), normal((2, 3)), weights=None)
add("image", lambda: layers.PReLU(), normal((2, 3, 2, 2)))
add("shared_1_2", lambda: layers.PReLU(shared_axes=[1, 2]), normal((2, 3, 2, 2)))
add("shared_3", lambda: layers.PReLU(shared_axes=[3]), normal((2, 3, 2, 2)))
add("shared_1", lambda: layers.PReLU(shared_axes=1), normal((2, 3, 4)))
add("shared_all", lambda: layers.PReLU(shared_axes=[1, 2]), normal((2, 3, 4)))
add("plain", lambda: layers.Softmax(), normal((2, 5)))
add("list_of_one", lambda: layers.Softmax(axis=[2]), normal((2, 3, 4)))
add("two_axes", lambda: layers.Softmax(axis=[1, 2]), normal((2, 3, 2, 2)))
add("two_axes_apart", lambda: layers.Softmax(axis=[1, -1]), normal((2, 3, 2, 2)))
add("all_axes", lambda: layers.Softmax(axis=(1, 2, 3)), normal((2, 3, 2, 2)))
add("axis_minus_2", lambda: layers.Softmax(axis=-2), normal((2, 3, 2, 2)))
for activation in ["mish", "celu", "hard_silu", "log_softmax", "sparsemax"]:
    add(f"activation_{activation}", lambda: layers.Dense(4, activation=activation), normal((3, 5)))
add("activation_leaky", lambda: layers.Dense(4, activation=layers.LeakyReLU(0.1)), normal((3, 5)))
add("activation_relu_with_maximum", lambda: layers.Dense(4, activation=layers.ReLU(max_value=0.5)), normal((3, 5)))
add("glu", lambda: layers.Dense(4, activation="glu"), normal((3, 5)))
add("glu_rank_3", lambda: layers.Dense(6, activation="glu"), normal((2, 2, 3)))
add("glu", lambda: layers.Conv2D(4, 2, activation="glu"), normal((2, 3, 4, 2)))
add("glu", lambda: layers.Activation("glu"), normal((2, 3, 4)))

# Configs: the defaults, and others.
configs = []
ARGUMENTS = [
    ("Dense", [4], {}),
    ("Dense", [3], dict(
        activation="gelu", use_bias=False, kernel_initializer="he_normal", bias_initializer=keras.initializers.Constant(0.5),
        kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.5), activity_regularizer="l1",
        kernel_constraint=keras.constraints.MaxNorm(1.5, axis=0), bias_constraint="non_neg",
    )),
    ("Dense", [4], dict(activation=layers.LeakyReLU(0.1))),
    ("Dense", [4], dict(activation=layers.ReLU(max_value=6.0, threshold=0.5))),
    ("Dense", [4], dict(activation=layers.ELU(alpha=0.5))),
    ("Conv2D", [4, 3], {}),
    ("Conv2D", [4, (3, 2)], dict(
        strides=(2, 1), padding="same", groups=2, activation="swish", activity_regularizer="l2", kernel_initializer="orthogonal",
    )),
    ("Conv2D", [4, 2], dict(dilation_rate=2, kernel_regularizer="l1", kernel_constraint="unit_norm")),
    ("MaxPooling2D", [], {}),
    ("MaxPooling2D", [(3, 2)], dict(strides=1, padding="same")),
    ("BatchNormalization", [], {}),
    ("BatchNormalization", [], dict(
        axis=1, momentum=0.5, epsilon=0.1, center=False, scale=False, beta_initializer="random_normal",
        gamma_initializer=keras.initializers.Constant(2.0), moving_mean_initializer="ones", gamma_regularizer="l2",
        beta_constraint="non_neg",
    )),
    ("Dropout", [0.5], {}),
    ("Dropout", [0.25], dict(noise_shape=(None, 1, None), seed=7)),
    ("Flatten", [], {}),
    ("Reshape", [[2, 3]], {}),
    ("Reshape", [[2, -1, 3]], {}),
    ("Activation", ["relu"], {}),
    ("Activation", ["hard_swish"], {}),
    ("Activation", [layers.LeakyReLU(0.1)], {}),
    ("ReLU", [], {}),
    ("ReLU", [], dict(max_value=6.0, negative_slope=0.1, threshold=0.5)),
    ("LeakyReLU", [], {}),
    ("LeakyReLU", [], dict(negative_slope=0.05)),
    ("PReLU", [], {}),
    ("PReLU", [], dict(
        alpha_initializer=keras.initializers.Constant(0.25), alpha_regularizer="l2", alpha_constraint="non_neg",
        shared_axes=[1, 2],
    )),
    ("ELU", [], {}),
    ("ELU", [], dict(alpha=0.5)),
    ("Softmax", [], {}),
    ("Softmax", [], dict(axis=1)),
    ("Softmax", [], dict(axis=[1, 2])),
    ("ActivityRegularization", [], {}),
    ("ActivityRegularization", [0.5, 0.25], {}),
    ("InputLayer", [[3]], {}),
    ("InputLayer", [[28, 28, 1]], {}),
]
for class_name, positional, named in ARGUMENTS:
    layer = getattr(layers, class_name)(*positional, **named)
    serialized = keras.saving.serialize_keras_object(layer)
    # An activation that is a layer has a place of its own here, with a name that Keras counts.
    configs.append({"class_name": class_name, "serialized": serialized})

write("layers", {"configs": configs, "cases": cases})
