"""golden/constraints.json: what the constraints make of a weight, their configs and names."""

from common import f32, rounded, tensor, write

import keras
import numpy as np
from keras import constraints

rng = np.random.default_rng(37)


def uniform(shape, low=-2, high=2):
    return rounded(rng.uniform(low, high, shape))


VECTORS = [
    ("bias", uniform((5,))),
    ("zero_bias", f32([0, 0, 0])),
    ("one_value", f32([-3])),
]
MATRICES = [
    ("matrix", uniform((4, 3))),
    ("zeros", f32([[0, 0], [0, 0]])),
    ("one_row", uniform((1, 4))),
    ("one_column", uniform((4, 1))),
    ("ties", f32([[1, 1, -1], [1, 1, -1], [-0.0, 0.0, 0.5]])),
    ("exactly_two", f32([[2, 0, 1.2], [0, -2, -1.6]])),
    ("large", f32([[1e10, -3e3], [2e4, 5e3]])),
    ("small", f32([[1e-8, -2e-8], [3e-8, 1e-8]])),
]
KERNELS = [("kernel", uniform((2, 2, 3, 2))), ("one_pixel", uniform((1, 1, 3, 2)))]
AXES = [
    (VECTORS, [0, -1, [0], [-1], None]),
    (MATRICES, [0, 1, -1, [0, 1], [0, -1], [], None]),
    (KERNELS, [0, 2, -1, [0, 1, 2], [-2, 0], None]),
]
cases = []


def add(class_name, config, name, w):
    value = getattr(constraints, class_name)(**config)(w)
    cases.append({"name": name, "class_name": class_name, "config": config, "w": tensor(w), "value": tensor(value)})


for data, axes in AXES:
    for name, w in data:
        add("NonNeg", {}, name, w)
        add("MaxNorm", {}, name, w)
        add("MinMaxNorm", {}, name, w)
        for axis in axes:
            add("UnitNorm", {"axis": axis}, name, w)
            add("MaxNorm", {"max_value": 0.8, "axis": axis}, name, w)
            add("MinMaxNorm", {"min_value": 0.5, "max_value": 0.9, "rate": 0.8, "axis": axis}, name, w)
for name, w in MATRICES:
    add("MaxNorm", {"max_value": 0.0}, name, w)
    add("MinMaxNorm", {"min_value": 1.5, "max_value": 1.5, "rate": 1.0, "axis": 1}, name, w)
    add("MinMaxNorm", {"min_value": 0.5, "max_value": 0.9, "rate": 0.0}, name, w)

configs = []
for class_name, arguments in [
    ("MaxNorm", {"max_value": 0.8, "axis": [0, 1, 2]}),
    ("MaxNorm", {"max_value": 3.5, "axis": -1}),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 0.9, "rate": 0.8, "axis": [1]}),
    ("NonNeg", {}),
    ("UnitNorm", {"axis": None}),
    ("UnitNorm", {"axis": [-1, 0]}),
]:
    for given in [{}, arguments]:
        serialized = keras.saving.serialize_keras_object(getattr(constraints, class_name)(**given))
        case = {"class_name": class_name, "arguments": given, "serialized": serialized}
        if case not in configs:
            configs.append(case)

names = []
for name in [
    "max_norm", "min_max_norm", "non_neg", "unit_norm", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "maxnorm", "nonneg",
    "unitnorm",
]:
    try:
        names.append({"name": name, "class_name": type(constraints.get(name)).__name__})
    except ValueError:
        names.append({"name": name, "class_name": None})

write("constraints", {"configs": configs, "names": names, "cases": cases})
