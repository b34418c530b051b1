"""golden/lbfgs.json: minima of small networks in float64, by SciPy's L-BFGS-B.

Keras on JAX computes some functions (tanh, for one) in float32 whatever the type. So the losses are written out in JAX here, and
compared with Keras's where they begin.

A network with a hidden layer has several minima, and which one is found depends on every step. So it begins near one of them.
"""

import os

os.environ["JAX_ENABLE_X64"] = "1"

from common import rounded, tensor, write

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from keras import Input, Sequential, losses, regularizers
from keras.layers import BatchNormalization, Dense
from scipy.optimize import minimize

OPTIONS = {"maxcor": 10, "ftol": 0.0, "gtol": 1e-7, "maxiter": 15000, "maxfun": 15000}
FACTOR = 0.002
L2 = regularizers.L2(FACTOR)
BOTH = {"kernel_regularizer": L2, "bias_regularizer": L2}
RUNS = []


def run(loss, y, forward, weighted=False):
    def register(make):
        RUNS.append((make, loss, y, forward, weighted))
        return make

    return register


def curve(x):
    return np.sin(3 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]


def sign(x):
    return (x[:, :1] * x[:, 1:2] > 0.1).astype("float64")


def third(x):
    return np.digitize(x[:, 0] + 0.5 * x[:, 1], [-0.3, 0.4]).astype("float64")


def squares(*weights):
    return FACTOR * sum(jnp.sum(w * w) for w in weights)


def forward_line(x, w, fixed):
    return x @ w[0] + w[1], 0.0


def forward_penalized(x, w, fixed):
    return x @ w[0] + w[1], squares(*w)


def forward_tanh(x, w, fixed):
    return jnp.tanh(x @ w[0] + w[1]) @ w[2] + w[3], squares(*w)


def forward_active(x, w, fixed):
    hidden = jnp.tanh(x @ w[0] + w[1])
    return hidden @ w[2] + w[3], squares(*w) + squares(hidden) / len(x)


def forward_frozen(x, w, fixed):
    return jnp.tanh(x @ fixed[0] + fixed[1]) @ w[0] + w[1], squares(*w)


def forward_normalized(x, w, fixed):
    kernel, bias, gamma, beta, last, last_bias = w
    hidden = jnp.tanh(x @ kernel + bias)
    mean, variance = jnp.mean(hidden, 0), jnp.var(hidden, 0)
    hidden = (hidden - mean) / jnp.sqrt(variance + 0.001) * gamma + beta
    return hidden @ last + last_bias, squares(*w)


def each_loss(loss, y, out):
    """One loss a sample, of the logits where there is a crossentropy."""
    match loss:
        case "mean_squared_error":
            return jnp.mean((out - y) ** 2, 1)
        case "sparse_categorical_crossentropy":
            return jax.nn.logsumexp(out, 1) - jnp.take_along_axis(out, y.astype(int)[:, None], 1)[:, 0]
        case "binary_crossentropy":
            return jnp.mean(jax.nn.softplus(out) - y * out, 1)


@run("mean_squared_error", curve, forward_line)
def line():
    return Sequential([Input((3,)), Dense(1)])


@run("sparse_categorical_crossentropy", third, forward_penalized)
def softmax():
    return Sequential([Input((3,)), Dense(3, activation="softmax", **BOTH)])


@run("mean_squared_error", curve, forward_tanh, weighted=True)
def tanh():
    return Sequential([Input((3,)), Dense(6, activation="tanh", **BOTH), Dense(1, **BOTH)])


@run("binary_crossentropy", sign, forward_active)
def sigmoid():
    hidden = Dense(5, activation="tanh", activity_regularizer=L2, **BOTH)
    return Sequential([Input((3,)), hidden, Dense(1, activation="sigmoid", **BOTH)])


@run("mean_squared_error", curve, forward_frozen)
def frozen():
    first = Dense(6, activation="tanh", **BOTH)
    first.trainable = False
    return Sequential([Input((3,)), first, Dense(1, **BOTH)])


@run("mean_squared_error", curve, forward_normalized)
def batch_normalization():
    normalization = BatchNormalization(gamma_regularizer=L2, beta_regularizer=L2)
    return Sequential([Input((3,)), Dense(4, activation="tanh", **BOTH), normalization, Dense(1, **BOTH)])


def entry(make, loss, y, forward, weighted):
    rng = np.random.default_rng(sum(map(ord, make.__name__)))

    def exact(array):
        return rounded(array).astype("float64").round(3)

    x = exact(rng.uniform(-1, 1, (24, 3)))
    y = exact(y(x))
    sample_weight = exact(rng.uniform(0.5, 1.5, len(x))) if weighted else None
    model = make()
    for variable in model.weights:
        if "moving" not in variable.name:
            variable.assign(exact(rng.uniform(-0.8, 0.8, variable.shape)))
    values = {id(v): np.asarray(v).astype("float64").round(3) for v in model.weights}
    fixed = [values[id(v)] for v in model.non_trainable_variables if id(v) in values]
    first = [values[id(v)] for v in model.trainable_variables]
    ends = np.cumsum([w.size for w in first])

    def objective(flat):
        weights = [part.reshape(w.shape) for part, w in zip(jnp.split(flat, ends[:-1]), first)]
        out, penalties = forward(x, weights, fixed)
        each = each_loss(loss, y, out)
        return jnp.mean(each if sample_weight is None else each * sample_weight) + penalties

    value_and_grad = jax.jit(jax.value_and_grad(objective))

    def fun(flat):
        value, gradient = value_and_grad(jnp.asarray(flat))
        return float(value), np.asarray(gradient)

    start = np.concatenate([w.ravel() for w in first])
    if len(first) > 2:
        start = minimize(fun, start, jac=True, method="L-BFGS-B", options=OPTIONS).x
        start = exact(start + rng.uniform(-0.1, 0.1, start.shape))
        for variable, part, w in zip(model.trainable_variables, np.split(start, ends[:-1]), first):
            values[id(variable)] = part.reshape(w.shape)
            variable.assign(values[id(variable)])
    before, _ = fun(start)
    kept = [jnp.asarray(v) for v in model.trainable_variables], [jnp.asarray(v) for v in model.non_trainable_variables]
    out, _, penalties = model.stateless_call(*kept, x.astype("float32"), training=True, return_losses=True)
    as_keras = losses.get({"class_name": CLASSES[loss], "config": {}})(y, out, sample_weight) + sum(penalties)
    assert abs(float(as_keras) - before) < 1e-6, (make.__name__, float(as_keras), before)

    found = minimize(fun, start, jac=True, method="L-BFGS-B", options=OPTIONS)
    print(make.__name__, found.message, found.nit, found.nfev, found.fun, np.abs(found.jac).max())
    assert np.abs(found.jac).max() <= 1e-6
    return {
        "name": make.__name__, "loss": loss, "x": tensor(x), "y": tensor(y), "sample_weight": tensor(sample_weight),
        "weights_before": [tensor(values[id(v)]) for v in model.weights], "loss_before": before,
        "loss_after": found.fun, "iterations": found.nit, "evaluations": found.nfev,
    }


CLASSES = {
    "mean_squared_error": "MeanSquaredError",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
}

if __name__ == "__main__":
    write("lbfgs", {"scipy": scipy.__version__, "runs": [entry(*r) for r in RUNS]})
