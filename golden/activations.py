"""golden/activations.json: outputs and gradients of the activations."""

from common import f32, rounded, tensor, write

import jax
import keras
import numpy as np
from keras import activations

rng = np.random.default_rng(4)
ROWS = [
    [0, -0.0, 1, -1, 0.5],
    [-3, -2.5, 2.5, 3, 6],
    [1e-6, -1e-6, 1e-3, -1e-3, 1e-30],
    [2, 2, 2, -2, -2],
    [20, -20, 10, -10, 15],
    [-0.25, 0.75, 1.25, -1.75, 4],
]
LARGE = [[100, -100, 88, -88, 50], [100, 100, 100, 0, 0], [-100, -100, -100, -50, -88]]
matrix = f32(ROWS)
large = f32(LARGE)
sequence = rounded(rng.normal(0, 2, (2, 3, 4)))

ACTIVATIONS = [
    ("linear", {}), ("relu", {}), ("sigmoid", {}), ("tanh", {}), ("softmax", {}), ("softplus", {}), ("softsign", {}),
    ("elu", {}), ("elu", {"alpha": 0.5}), ("selu", {}), ("gelu", {"approximate": False}),
    ("gelu", {"approximate": True}), ("silu", {}), ("leaky_relu", {}), ("leaky_relu", {"negative_slope": 0.3}),
    ("exponential", {}), ("relu6", {}), ("hard_sigmoid", {}), ("hard_silu", {}), ("mish", {}), ("log_softmax", {}),
]

cases = []
for name, config in ACTIVATIONS:
    function = getattr(activations, name)
    for what, x in [("matrix", matrix), ("large", large), ("sequence", sequence)]:
        if what == "sequence" and name not in ("softmax", "log_softmax"):
            continue
        upstream = rounded(rng.normal(0, 1, x.shape))
        output, pull = jax.vjp(lambda v: function(v, **config), jax.numpy.asarray(x))
        (gradient,) = pull(jax.numpy.asarray(upstream))
        cases.append({
            "name": name,
            "config": config,
            "input": what,
            "x": tensor(x),
            "output": tensor(output),
            "upstream": tensor(upstream),
            "gradient": tensor(gradient),
        })

# The texts that keras.activations.get knows.
names = []
for name in [
    "linear", "relu", "sigmoid", "tanh", "softmax", "softplus", "softsign", "elu", "selu", "gelu", "silu", "swish",
    "leaky_relu", "exponential", "relu6", "hard_sigmoid", "hard_silu", "hard_swish", "mish", "log_softmax", "celu",
    "glu", "hard_shrink", "hard_tanh", "log_sigmoid", "soft_shrink", "sparse_plus", "sparsemax", "squareplus",
    "tanh_shrink", "threshold", "sparse_sigmoid",
]:
    function = activations.get(name)
    names.append({"name": name, "function": function.__name__, "serialized": activations.serialize(function)})
assert activations.get(None) is activations.linear

write("activations", {"names": names, "cases": cases})
