"""golden/penalties.json: whole runs of fit with every regularizer and every constraint on kernels, biases and outputs."""

from fit import SGD, SPARSE, fit_entry
from models import classes, images
from common import write

from keras import Input, Sequential, constraints, regularizers
from keras.layers import ActivityRegularization, BatchNormalization, Conv2D, Dense, Flatten

RUNS = []


def run(data, optimizer=SGD, epochs=4, **arguments):
    arguments = {"epochs": epochs, "batch_size": 6, **arguments}

    def register(make):
        RUNS.append(dict(
            make=make, data=data, loss=SPARSE, optimizer=optimizer, metrics=["accuracy"], arguments=arguments,
        ))
        return make

    return register


@run(classes(400, n=18))
def l1():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_regularizer="l1", bias_regularizer=regularizers.L1(0.02)),
        Dense(3, activation="softmax", kernel_regularizer=regularizers.L1(0.05)),
    ])


@run(classes(401, n=18), validation_split=0.25)
def l2():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_regularizer=regularizers.L2(0.05), bias_regularizer="l2"),
        Dense(3, activation="softmax", bias_regularizer=regularizers.L2(0.3)),
    ])


@run(classes(402, n=18))
def l1_l2():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_regularizer=regularizers.L1L2(0.01, 0.02), bias_regularizer="l1l2"),
        Dense(3, activation="softmax", bias_regularizer=regularizers.L1L2(l2=0.3)),
    ])


@run(classes(403, n=18), validation_split=0.25)
def orthogonal():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_regularizer=regularizers.OrthogonalRegularizer(0.5)),
        Dense(4, activation="tanh", kernel_regularizer=regularizers.OrthogonalRegularizer(0.8, mode="columns")),
        Dense(3, activation="softmax", kernel_regularizer="orthogonal_regularizer"),
    ])


@run(classes(404, n=18))
def max_norm():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_constraint=constraints.MaxNorm(0.8), bias_constraint=constraints.MaxNorm(0.01)),
        Dense(3, activation="softmax", kernel_constraint=constraints.MaxNorm(0.9, axis=-1), bias_constraint="max_norm"),
    ])


@run(classes(405, n=18))
def min_max_norm():
    return Sequential([
        Input((4,)),
        Dense(
            5, activation="tanh", kernel_constraint=constraints.MinMaxNorm(0.5, 0.9, rate=0.5),
            bias_constraint=constraints.MinMaxNorm(0.1, 0.2),
        ),
        Dense(3, activation="softmax", kernel_constraint=constraints.MinMaxNorm(1.5, 2.0, axis=[0, 1])),
    ])


@run(classes(406, n=18))
def non_neg():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_constraint="non_neg", bias_constraint=constraints.NonNeg()),
        Dense(3, activation="softmax", kernel_constraint="non_neg"),
    ])


@run(classes(407, n=18))
def unit_norm():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_constraint="unit_norm", bias_constraint=constraints.UnitNorm(axis=-1)),
        Dense(3, activation="softmax", kernel_constraint=constraints.UnitNorm(axis=None)),
    ])


@run(images(408, n=12))
def convolution():
    return Sequential([
        Input((6, 6, 1)),
        Conv2D(
            3, 3, activation="tanh", kernel_regularizer=regularizers.L2(0.05), bias_regularizer=regularizers.L1(0.02),
            kernel_constraint=constraints.MaxNorm(0.7, axis=[0, 1, 2]), bias_constraint=constraints.NonNeg(),
        ),
        Conv2D(
            2, 2, activation="tanh", kernel_regularizer=regularizers.L1L2(0.01, 0.02),
            activity_regularizer=regularizers.L1(0.01), kernel_constraint=constraints.UnitNorm(axis=[0, 1, -2]),
        ),
        Flatten(),
        Dense(2, activation="softmax"),
    ])


@run(classes(409, n=18), validation_split=0.25)
def batch_normalization():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh"),
        BatchNormalization(
            momentum=0.8, gamma_regularizer=regularizers.L1(0.1), beta_regularizer=regularizers.L2(0.2),
            gamma_constraint=constraints.MinMaxNorm(0.5, 1.5), beta_constraint=constraints.NonNeg(),
        ),
        Dense(3, activation="softmax"),
    ])


@run(classes(410, n=18))
def activity():
    return Sequential([
        Input((4,)),
        ActivityRegularization(l1=0.5),
        Dense(5, activation="tanh", activity_regularizer=regularizers.L1L2(0.02, 0.03)),
        ActivityRegularization(l1=0.01, l2=0.02),
        Dense(4, activation="tanh", activity_regularizer=regularizers.OrthogonalRegularizer(0.5)),
        Dense(3, activation="softmax", activity_regularizer=regularizers.OrthogonalRegularizer(0.5, mode="columns")),
    ])


@run(classes(411, n=18), optimizer=("Adam", {"learning_rate": 0.02}))
def all_together():
    return Sequential([
        Input((4,)),
        Dense(
            5, activation="tanh", kernel_regularizer=regularizers.OrthogonalRegularizer(0.3), bias_regularizer="l2",
            activity_regularizer="l1", kernel_constraint=constraints.MaxNorm(1.1), bias_constraint="non_neg",
        ),
        Dense(
            3, activation="softmax", kernel_regularizer=regularizers.L1(0.02), kernel_constraint="unit_norm",
            bias_constraint=constraints.MinMaxNorm(0.05, 0.1, rate=0.7),
        ),
    ])


if __name__ == "__main__":
    write("penalties", {"runs": [fit_entry(entry) for entry in RUNS]})
