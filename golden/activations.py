"""golden/activations.json: outputs and gradients of the activations."""

from common import f32, rounded, tensor, write

import jax
import keras
import numpy as np
from keras import activations

rng = np.random.default_rng(4)
other_rng = np.random.default_rng(40)
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

# The ends of all pieces.
kinks = f32([[-0.5, 0.5, 1, -1], [3, -3, 6, 0], [0.25, 2, -2, -6], [1.5, 1.5, 1.5, 1.5], [0, 0, 0, 0], [-1, -1, 3, 3]])

ACTIVATIONS = [
    ("linear", {}), ("relu", {}), ("sigmoid", {}), ("tanh", {}), ("softmax", {}), ("softplus", {}), ("softsign", {}),
    ("elu", {}), ("elu", {"alpha": 0.5}), ("selu", {}), ("gelu", {"approximate": False}),
    ("gelu", {"approximate": True}), ("silu", {}), ("leaky_relu", {}), ("leaky_relu", {"negative_slope": 0.3}),
    ("exponential", {}), ("relu6", {}), ("hard_sigmoid", {}), ("hard_silu", {}), ("mish", {}), ("log_softmax", {}),
    ("relu", {"negative_slope": 0.1}), ("relu", {"max_value": 6.0}), ("relu", {"max_value": 3.0}),
    ("relu", {"threshold": 0.5}), ("relu", {"negative_slope": 0.1, "max_value": 6.0}),
    ("relu", {"negative_slope": 0.25, "max_value": 2.0, "threshold": 1.0}),
    ("relu", {"max_value": 6.0, "threshold": 1.0}), ("relu", {"negative_slope": 0.5, "threshold": 0.5}),
    ("relu", {"max_value": 0.0}), ("celu", {}), ("celu", {"alpha": 0.5}), ("celu", {"alpha": -2.0}), ("glu", {}),
    ("hard_shrink", {}), ("hard_shrink", {"threshold": 1.0}), ("hard_shrink", {"threshold": 0.0}),
    ("hard_tanh", {}), ("log_sigmoid", {}), ("soft_shrink", {}), ("soft_shrink", {"threshold": 1.0}),
    ("sparse_plus", {}), ("sparse_sigmoid", {}), ("sparsemax", {}), ("squareplus", {}), ("squareplus", {"b": 1.0}),
    ("tanh_shrink", {}), ("threshold", {"threshold": 0.5, "default_value": 0.25}),
    ("threshold", {"threshold": -1.0, "default_value": -2.0}),
]

# Those that see whole rows.
ROWS_ALONE = ("softmax", "log_softmax", "glu", "sparsemax")

cases = []
for name, config in ACTIVATIONS:
    function = getattr(activations, name)
    for what, x in [("matrix", matrix), ("large", large), ("sequence", sequence), ("kinks", kinks)]:
        if what == "sequence" and name not in ROWS_ALONE:
            continue
        if name == "glu":
            x = x[..., :4]
        output, pull = jax.vjp(lambda v: function(v, **config), jax.numpy.asarray(x))
        upstream = rounded((other_rng if what == "kinks" else rng).normal(0, 1, output.shape))
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

# What a file has of an activation with arguments: a layer.
configs = []
for class_name, arguments in [
    ("ReLU", {}), ("ReLU", {"max_value": 6.0, "negative_slope": 0.1, "threshold": 0.5}), ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.05}), ("ELU", {"alpha": 0.5}), ("Softmax", {}),
]:
    keras.utils.clear_session()
    layer = getattr(keras.layers, class_name)(**arguments)
    serialized = activations.serialize(layer)
    outputs = activations.get(serialized)(matrix)
    configs.append({"serialized": serialized, "x": tensor(matrix), "output": tensor(outputs)})

write("activations", {"names": names, "layers": configs, "cases": cases})
