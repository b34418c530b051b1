"""golden/models.json: small Sequential models, trained for twenty steps on one batch.

Each function below is one case; its name is the case's name. The Rust tests build the same models by hand.
"""

import inspect

from common import f32, numbers, rounded, tensor, tensors, write

import keras
import numpy as np
from keras import Input, Sequential, constraints, initializers, layers, optimizers, regularizers
from keras.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Reshape

STEPS = 20
CASES = []


def rng(seed):
    return np.random.default_rng(seed)


def classes(seed, n=12, features=4, count=3, noise=0.6):
    """Points around `count` centres, and their labels 0..count."""
    r = rng(seed)
    y = np.arange(n) % count
    centres = r.normal(0, 1, (count, features))
    return rounded(centres[y] + noise * r.normal(0, 1, (n, features)), 2), y.astype("int32")


def one_hot(y, count=3):
    return np.eye(count, dtype="float32")[y]


def curve(seed, n=12, features=3):
    """A smooth function of several numbers."""
    x = rounded(rng(seed).uniform(-1, 1, (n, features)), 2)
    return x, rounded(np.sin(2 * x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3])


def images(seed, n=8, side=6, channels=1):
    """Horizontal stripes (0) and vertical stripes (1), with noise."""
    r = rng(seed)
    y = np.arange(n) % 2
    stripes = np.where(np.arange(side) % 3 == 0, 1.0, -0.5)
    x = np.stack([np.tile(stripes[None, :] if k else stripes[:, None], (1, side) if k == 0 else (side, 1)) for k in y])
    return rounded(x[..., None] + 0.5 * r.normal(0, 1, (n, side, side, channels)), 2), y.astype("int32")


SPARSE = ("SparseCategoricalCrossentropy", {})
CATEGORICAL = ("CategoricalCrossentropy", {})
BINARY = ("BinaryCrossentropy", {})
SQUARED = ("MeanSquaredError", {})
SGD = ("SGD", {"learning_rate": 0.1})
ADAM = ("Adam", {"learning_rate": 0.01})


def case(data, loss, optimizer=SGD, metrics=(), steps=STEPS, name=None, **extra):
    """Registers a function that makes a model. `extra`: sample_weight or class_weight."""

    def register(make):
        CASES.append(dict(
            make=make, name=name or make.__name__, data=data, loss=loss, optimizer=optimizer, metrics=list(metrics),
            steps=steps, extra=extra,
        ))
        return make

    return register


# ---- the lesson ----

PETALS = (
    f32([[1.4], [1.3], [1.5], [1.7], [1.4], [4.7], [4.5], [4.9], [4.0], [4.6]]),
    np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], "int32"),
)


@case(PETALS, SPARSE, ADAM, ["accuracy"])
def lesson():
    return Sequential([
        Input((1,)),
        Dense(4, activation="relu", use_bias=True, bias_initializer="zeros"),
        Dense(2, activation="softmax"),
    ])


@case(PETALS, SPARSE, ("SGD", {"learning_rate": 0.01}), ["accuracy"])
def lesson_sgd():
    return Sequential([
        Input((1,)),
        Dense(4, activation="relu", use_bias=True, bias_initializer="zeros"),
        Dense(2, activation="softmax"),
    ])


@case(PETALS, SPARSE, ADAM, ["accuracy"])
def lesson_without_input_shape():
    return Sequential([Dense(4, activation="relu"), Dense(2, activation="softmax")])


# ---- initializers ----

KERNEL_INITIALIZERS = {
    "zeros": initializers.Zeros,
    "ones": initializers.Ones,
    "constant": lambda: initializers.Constant(0.3),
    "identity": initializers.Identity,
    "orthogonal": lambda: initializers.Orthogonal(seed=1),
    "random_normal": lambda: initializers.RandomNormal(stddev=0.5, seed=1),
    "random_uniform": lambda: initializers.RandomUniform(-0.5, 0.5, seed=1),
    "truncated_normal": lambda: initializers.TruncatedNormal(stddev=0.5, seed=1),
    "variance_scaling": lambda: initializers.VarianceScaling(2.0, "fan_avg", "uniform", seed=1),
    "glorot_uniform": lambda: initializers.GlorotUniform(seed=1),
    "glorot_normal": lambda: initializers.GlorotNormal(seed=1),
    "he_uniform": lambda: initializers.HeUniform(seed=1),
    "he_normal": lambda: initializers.HeNormal(seed=1),
    "lecun_uniform": lambda: initializers.LecunUniform(seed=1),
    "lecun_normal": lambda: initializers.LecunNormal(seed=1),
}


def kernel_initializer(name):
    @case(classes(10), SPARSE, SGD, ["accuracy"], name=f"kernel_initializer_{name}")
    def make():
        return Sequential([
            Input((4,)),
            Dense(6, activation="tanh", kernel_initializer=KERNEL_INITIALIZERS[name]()),
            Dense(3, activation="softmax"),
        ])


for name in KERNEL_INITIALIZERS:
    kernel_initializer(name)


@case(classes(11), SPARSE)
def bias_initializers():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", bias_initializer=initializers.RandomNormal(stddev=0.5)),
        Dense(4, activation="tanh", bias_initializer="glorot_uniform"),
        Dense(3, activation="softmax", bias_initializer=initializers.Constant(0.25)),
    ])


@case(images(12), SPARSE)
def conv_initializers():
    return Sequential([
        Input((6, 6, 1)),
        Conv2D(3, 3, activation="tanh", kernel_initializer="he_normal", bias_initializer="ones"),
        Conv2D(2, 2, activation="tanh", kernel_initializer="orthogonal"),
        Flatten(),
        Dense(2, activation="softmax", kernel_initializer="lecun_uniform"),
    ])


# ---- activations ----

def hidden_activation(name):
    @case(classes(20), SPARSE, ("SGD", {"learning_rate": 0.05}), ["accuracy"], name=f"activation_{name}")
    def make():
        return Sequential([Input((4,)), Dense(6, activation=name), Dense(3, activation="softmax")])


for name in [
    "linear", "relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "gelu", "silu", "leaky_relu",
    "exponential",
]:
    hidden_activation(name)


@case(classes(21), SPARSE)
def activation_layers():
    return Sequential([
        Input((4,)), Dense(6), Activation("tanh"), Dense(5), layers.LeakyReLU(negative_slope=0.1), Dense(3),
        Activation("softmax"),
    ])


# ---- losses ----

@case(curve(30), SQUARED, SGD, ["mae"])
def regression_mse():
    return Sequential([Input((3,)), Dense(8, activation="tanh"), Dense(1)])


@case(curve(31), ("MeanAbsoluteError", {}), ("SGD", {"learning_rate": 0.02}), ["mse"])
def regression_mae():
    return Sequential([Input((3,)), Dense(8, activation="tanh"), Dense(1)])


@case((curve(32)[0], curve(32)[1][:, 0]), SQUARED, ADAM, ["mse", "mae"])
def regression_labels_of_lower_rank():
    return Sequential([Input((3,)), Dense(8, activation="relu"), Dense(1)])


BINARY_DATA = classes(33, count=2)


@case((BINARY_DATA[0], f32(BINARY_DATA[1])[:, None]), BINARY, SGD, ["accuracy"])
def binary_crossentropy():
    return Sequential([Input((4,)), Dense(5, activation="relu"), Dense(1, activation="sigmoid")])


@case((BINARY_DATA[0], f32(BINARY_DATA[1])), BINARY, SGD, ["accuracy"])
def binary_crossentropy_labels_of_lower_rank():
    return Sequential([Input((4,)), Dense(5, activation="relu"), Dense(1, activation="sigmoid")])


@case((BINARY_DATA[0], f32(BINARY_DATA[1])[:, None]), ("BinaryCrossentropy", {"from_logits": True}))
def binary_crossentropy_from_logits():
    return Sequential([Input((4,)), Dense(5, activation="relu"), Dense(1)])


@case((BINARY_DATA[0], f32(BINARY_DATA[1])[:, None]), ("BinaryCrossentropy", {"label_smoothing": 0.1}))
def binary_crossentropy_label_smoothing():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(1, activation="sigmoid")])


@case((BINARY_DATA[0], rounded(rng(34).integers(0, 2, (12, 3)))), BINARY, SGD, ["binary_accuracy"])
def binary_crossentropy_three_outputs():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="sigmoid")])


@case((classes(35)[0], one_hot(classes(35)[1])), CATEGORICAL, SGD, ["accuracy"])
def categorical_crossentropy():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@case((classes(36)[0], one_hot(classes(36)[1])), ("CategoricalCrossentropy", {"from_logits": True}), SGD, ["accuracy"])
def categorical_crossentropy_from_logits():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3)])


@case((classes(37)[0], one_hot(classes(37)[1])), ("CategoricalCrossentropy", {"label_smoothing": 0.1}))
def categorical_crossentropy_label_smoothing():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@case(
    (classes(38)[0], one_hot(classes(38)[1])),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
)
def categorical_crossentropy_from_logits_label_smoothing():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3)])


@case(classes(39), ("SparseCategoricalCrossentropy", {"from_logits": True}), SGD, ["accuracy"])
def sparse_crossentropy_from_logits():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3)])


@case((classes(40)[0], classes(40)[1][:, None]), SPARSE, SGD, ["accuracy"])
def sparse_crossentropy_label_column():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@case((rounded(rng(41).normal(0, 1, (8, 3, 4)), 2), rng(42).integers(0, 3, (8, 3))), SPARSE, SGD, ["accuracy"])
def sequence_of_classes():
    return Sequential([Input((3, 4)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@case(curve(43), ("MeanSquaredError", {"reduction": "sum"}), ("SGD", {"learning_rate": 0.005}))
def reduction_sum():
    return Sequential([Input((3,)), Dense(6, activation="tanh"), Dense(1)])


# ---- optimizers ----

OPTIMIZERS = {
    "sgd_momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.005}),
    "rmsprop_momentum_centered": ("RMSprop", {
        "learning_rate": 0.002, "momentum": 0.5, "centered": True, "epsilon": 1e-4,
    }),
    "adam_default": ("Adam", {}),
    "adam_amsgrad": ("Adam", {"learning_rate": 0.01, "amsgrad": True}),
    "adam_betas": ("Adam", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4}),
    "sgd_clipnorm": ("SGD", {"learning_rate": 0.2, "clipnorm": 0.1}),
    "sgd_clipvalue": ("SGD", {"learning_rate": 0.2, "clipvalue": 0.05}),
    "sgd_global_clipnorm": ("SGD", {"learning_rate": 0.2, "global_clipnorm": 0.1}),
    "adam_weight_decay": ("Adam", {"learning_rate": 0.01, "weight_decay": 0.1}),
}


def optimizer(name):
    @case(classes(50), SPARSE, OPTIMIZERS[name], ["accuracy"], name=f"optimizer_{name}")
    def make():
        return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


for name in OPTIMIZERS:
    optimizer(name)


# ---- batch normalization and dropout ----

@case(classes(60), SPARSE, SGD, ["accuracy"])
def batch_normalization_dense():
    return Sequential([
        Input((4,)), Dense(5), BatchNormalization(), Activation("tanh"), Dense(3, activation="softmax"),
    ])


@case(images(61), SPARSE)
def batch_normalization_conv():
    return Sequential([
        Input((6, 6, 1)), Conv2D(3, 3, use_bias=False), BatchNormalization(momentum=0.9), Activation("tanh"),
        Flatten(), Dense(2, activation="softmax"),
    ])


@case(classes(62), SPARSE, ADAM)
def batch_normalization_options():
    return Sequential([
        Input((4,)), BatchNormalization(center=False, scale=False, momentum=0.5), Dense(5, activation="tanh"),
        BatchNormalization(epsilon=0.01, scale=False), Dense(3, activation="softmax"),
    ])


@case(classes(63), SPARSE)
def batch_normalization_frozen():
    model = Sequential([
        Input((4,)), Dense(5), BatchNormalization(), Activation("tanh"), Dense(3, activation="softmax"),
    ])
    model.layers[1].set_weights([
        f32([1, 2, 0.5, 1, 1.5]), f32([0, 0.5, -0.5, 0, 0]), f32([0.1, -0.2, 0.3, 0, 0]), f32([1, 2, 0.5, 1, 3]),
    ])
    model.layers[1].trainable = False
    return model


@case(classes(64), SPARSE, steps=0)
def dropout_predicts():
    return Sequential([
        Input((4,)), Dropout(0.2), Dense(5, activation="tanh"), Dropout(0.5), Dense(3, activation="softmax"),
    ])


@case(classes(65), SPARSE)
def dropout_rate_0():
    return Sequential([
        Input((4,)), Dropout(0.0), Dense(5, activation="tanh"), Dropout(0.0), Dense(3, activation="softmax"),
    ])


# ---- images ----

@case(images(70), SPARSE, ADAM, ["accuracy"])
def conv_pool_flatten_dense():
    return Sequential([
        Input((6, 6, 1)), Conv2D(3, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(4, activation="relu"),
        Dense(2, activation="softmax"),
    ])


@case(images(71), SPARSE)
def conv_same_strides():
    return Sequential([
        Input((6, 6, 1)), Conv2D(2, (3, 2), strides=(2, 1), padding="same", activation="tanh"),
        MaxPooling2D((2, 3), strides=(1, 2), padding="same"), Flatten(), Dense(2, activation="softmax"),
    ])


@case(images(72, channels=2), SPARSE)
def conv_groups_dilation():
    return Sequential([
        Input((6, 6, 2)), Conv2D(4, 2, dilation_rate=2, activation="tanh"), Conv2D(4, 2, groups=2, activation="tanh"),
        Flatten(), Dense(2, activation="softmax"),
    ])


@case((images(73)[0].reshape(8, 36), images(73)[1]), SPARSE)
def reshape_conv():
    return Sequential([
        Input((36,)), Reshape((6, -1, 1)), Conv2D(2, 3, activation="tanh"), Reshape((-1,)),
        Dense(2, activation="softmax"),
    ])


# ---- bias, regularizers, constraints ----

@case(classes(80), SPARSE)
def without_bias():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", use_bias=False), Dense(3, activation="softmax", use_bias=False),
    ])


@case(classes(81), SPARSE)
def regularizer_l1():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", kernel_regularizer="l1"), Dense(3, activation="softmax"),
    ])


@case(classes(82), SPARSE)
def regularizer_l2():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", kernel_regularizer=regularizers.L2(0.05)),
        Dense(3, activation="softmax", bias_regularizer="l2"),
    ])


@case(classes(83), SPARSE, SGD, ["accuracy"])
def regularizer_l1_l2():
    return Sequential([
        Input((4,)),
        Dense(
            5, activation="tanh", bias_initializer=initializers.Constant(0.2),
            kernel_regularizer=regularizers.L1L2(l1=0.01, l2=0.02), bias_regularizer=regularizers.L1L2(l1=0.03, l2=0.01),
        ),
        Dense(3, activation="softmax"),
    ])


@case(classes(84), SPARSE)
def regularizer_activity():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", activity_regularizer=regularizers.L2(0.1)),
        Dense(4, activation="tanh", activity_regularizer=regularizers.L1(0.02)), Dense(3, activation="softmax"),
    ])


@case(images(85), SPARSE)
def regularizer_conv():
    return Sequential([
        Input((6, 6, 1)),
        Conv2D(2, 3, activation="tanh", kernel_regularizer=regularizers.L2(0.05), activity_regularizer=regularizers.L2(0.01)),
        Flatten(), Dense(2, activation="softmax"),
    ])


@case(classes(86), SPARSE)
def constraint_max_norm():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", kernel_constraint=constraints.MaxNorm(0.8)),
        Dense(3, activation="softmax", kernel_constraint="max_norm"),
    ])


@case(classes(87), SPARSE)
def constraint_non_neg():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", kernel_constraint="non_neg", bias_constraint="non_neg"),
        Dense(3, activation="softmax"),
    ])


@case(classes(88), SPARSE)
def constraint_unit_norm():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", kernel_constraint="unit_norm"),
        Dense(3, activation="softmax", kernel_constraint=constraints.UnitNorm(axis=1)),
    ])


@case(classes(89), SPARSE, ADAM)
def constraint_min_max_norm():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", kernel_constraint=constraints.MinMaxNorm(0.5, 0.9, rate=0.8)),
        Dense(3, activation="softmax", kernel_constraint=constraints.MinMaxNorm(1.5, 2.0, axis=1)),
    ])


@case(images(90), SPARSE)
def constraint_conv():
    return Sequential([
        Input((6, 6, 1)), Conv2D(2, 3, activation="tanh", kernel_constraint=constraints.MaxNorm(0.7, axis=[0, 1, 2])),
        Flatten(), Dense(2, activation="softmax"),
    ])


# ---- frozen, weighted, nested ----

@case(classes(100), SPARSE, ADAM)
def frozen_dense():
    return Sequential([
        Input((4,)), Dense(5, activation="tanh", trainable=False), Dense(4, activation="tanh"),
        Dense(3, activation="softmax"),
    ])


@case(classes(101), SPARSE, SGD, ["accuracy"], sample_weight=f32([1, 0.5, 2, 0, 1, 3, 1, 1, 0.25, 1, 2, 1]))
def sample_weight():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@case(curve(102), SQUARED, SGD, ["mae"], sample_weight=f32([1, 0.5, 2, 0, 1, 3, 1, 1, 0.25, 1, 2, 1]))
def sample_weight_regression():
    return Sequential([Input((3,)), Dense(6, activation="tanh"), Dense(1)])


@case(
    curve(103), ("MeanSquaredError", {"reduction": "mean_with_sample_weight"}), SGD,
    sample_weight=f32([1, 0.5, 2, 0, 1, 3, 1, 1, 0.25, 1, 2, 1]),
)
def sample_weight_mean():
    return Sequential([Input((3,)), Dense(6, activation="tanh"), Dense(1)])


@case(classes(104), SPARSE, SGD, ["accuracy"], class_weight={0: 1.0, 1: 2.5, 2: 0.5})
def class_weight():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@case(classes(105), SPARSE, ADAM)
def nested():
    inner = Sequential([Input((4,)), Dense(5, activation="tanh"), BatchNormalization()])
    return Sequential([Input((4,)), inner, Dense(4, activation="tanh"), Dense(3, activation="softmax")])


@case(classes(106), SPARSE, ADAM)
def nested_twice_frozen():
    innermost = Sequential([Input((5,)), Dense(5, activation="tanh"), Dense(4, activation="tanh")])
    inner = Sequential([Input((4,)), Dense(5, activation="tanh"), innermost])
    innermost.trainable = False
    return Sequential([Input((4,)), inner, Dense(3, activation="softmax")])


@case(classes(107, n=16, features=6), SPARSE, ADAM, ["accuracy", "sparse_categorical_crossentropy"])
def deep():
    return Sequential([
        Input((6,)), Dense(8, activation="relu"), Dense(7, activation="elu"), Dense(6, activation="selu"),
        Dense(5, activation="gelu"), Dense(4, activation="silu"), Dense(3, activation="softmax"),
    ])


def run(c, initial=None):
    """Trains one case. `initial`: weights to begin with, instead of those the initializers give."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    x, y = c["data"]
    model = c["make"]()
    if not model.built:
        model.build((None, *x.shape[1:]))
    if initial is not None:
        model.set_weights(initial)
    loss_class, loss_config = c["loss"]
    optimizer_class, optimizer_config = c["optimizer"]
    model.compile(
        loss=getattr(keras.losses, loss_class)(**loss_config),
        optimizer=getattr(optimizers, optimizer_class)(**optimizer_config),
        metrics=c["metrics"],
    )
    before = model.get_weights()
    prediction_before = model.predict_on_batch(x)
    if "class_weight" in c["extra"]:
        # One batch an epoch: an epoch is a step.
        history = model.fit(x, y, batch_size=len(x), epochs=c["steps"], shuffle=False, verbose=0, **c["extra"]).history
        logs = [{name: values[i] for name, values in history.items()} for i in range(c["steps"])]
    else:
        logs = [model.train_on_batch(x, y, return_dict=True, **c["extra"]) for _ in range(c["steps"])]
    return dict(
        model=model, before=before, prediction_before=prediction_before, logs=logs, after=model.get_weights(),
        prediction_after=model.predict_on_batch(x),
        evaluation=model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True),
    )


def entry(c):
    r = run(c)
    model = r["model"]
    trainable = {id(w) for w in model.trainable_weights}
    (x, y), (loss_class, loss_config), (optimizer_class, optimizer_config) = c["data"], c["loss"], c["optimizer"]
    return {
        "name": c["name"],
        "source": inspect.getsource(c["make"]),
        "config": model.get_config(),
        "loss": {"class_name": loss_class, "config": loss_config},
        "optimizer": {"class_name": optimizer_class, "config": optimizer_config},
        "metrics": c["metrics"],
        "x": tensor(x),
        "y": tensor(y),
        "sample_weight": tensor(c["extra"].get("sample_weight")),
        "class_weight": {str(k): v for k, v in c["extra"]["class_weight"].items()} if "class_weight" in c["extra"] else None,
        "weights": [
            {"path": w.path, "trainable": id(w) in trainable, "shape": list(w.shape)} for w in model.weights
        ],
        "weights_before": tensors(r["before"]),
        "prediction_before": tensor(r["prediction_before"]),
        "steps": [numbers(log) for log in r["logs"]],
        "weights_after": tensors(r["after"]),
        "prediction_after": tensor(r["prediction_after"]),
        "evaluation_after": numbers(r["evaluation"]),
        "optimizer_variables": [
            {"path": v.path, **tensor(v.numpy())} for v in model.optimizer.variables
        ],
    }


def main():
    entries = []
    for c in CASES:
        e = entry(c)
        values = [v for t in (e["prediction_before"], e["prediction_after"]) for v in t["values"]]
        if "crossentropy" in c["loss"][0] and not c["loss"][1].get("from_logits"):
            assert 1e-4 < min(values) and max(values) < 1 - 1e-4, (c["name"], min(values), max(values))
        entries.append(e)
    write("models", {"cases": entries})


if __name__ == "__main__":
    main()
