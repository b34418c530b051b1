"""golden/initializers.json: fans, limits and deviations, exact values and default configs of the initializers."""

import itertools
import math

from common import tensor, write

import keras
import numpy as np
from keras import initializers
from keras.src.initializers.random_initializers import compute_fans

SHAPES = [(), (1,), (7,), (1, 1), (7, 3), (3, 7), (5, 4, 3), (3, 3, 4, 8), (1, 1, 1, 1), (2, 3, 2, 3, 4)]
PRESETS = ["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal"]
# Standard deviation of a standard normal distribution cut at two deviations.
CUT = 0.87962566103423978

fans = []
for shape in SHAPES:
    fan_in, fan_out = compute_fans(shape)
    fans.append({"shape": list(shape), "fan_in": fan_in, "fan_out": fan_out})

# With axes: products of dimensions. With one of the two alone, nothing changes.
SHAPES_AND_AXES = [
    ((8, 4, 16), [0], [1, 2]),
    ((8, 4, 16), [0, 1], [2]),
    ((8, 4, 16), [-3], [-2, -1]),
    ((8, 4, 16), [], [0, 1, 2]),
    ((7, 3), [1], [0]),
    ((7, 3), [0, 0], [-1, 1]),
    ((5, 0, 3), [0, 1], [2]),
    ((2, 3, 2, 3, 4), [4, 0], [1, 3]),
    ((8, 4, 16), [0], None),
    ((8, 4, 16), None, [1, 2]),
]
fans_along = []
for shape, input_axes, output_axes in SHAPES_AND_AXES:
    fan_in, fan_out = compute_fans(shape, input_axes, output_axes)
    axes = {"input_axes": input_axes, "output_axes": output_axes}
    fans_along.append({"shape": list(shape), **axes, "fan_in": fan_in, "fan_out": fan_out})


def law(initializer, shape):
    """The distribution of the values: the formula of the documentation, in float64."""
    if isinstance(initializer, initializers.VarianceScaling):
        fan_in, fan_out = compute_fans(shape, initializer.input_axes, initializer.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[initializer.mode]
        variance = initializer.scale / max(1.0, n)
        if initializer.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return {"kind": "uniform", "low": -limit, "high": limit}
        if initializer.distribution == "truncated_normal":
            return {"kind": "truncated_normal", "mean": 0.0, "stddev": math.sqrt(variance) / CUT}
        return {"kind": "normal", "mean": 0.0, "stddev": math.sqrt(variance)}
    if isinstance(initializer, initializers.RandomUniform):
        return {"kind": "uniform", "low": initializer.minval, "high": initializer.maxval}
    kind = "truncated_normal" if isinstance(initializer, initializers.TruncatedNormal) else "normal"
    return {"kind": kind, "mean": initializer.mean, "stddev": initializer.stddev}


def confirm(make, shape, expected):
    """Draws about 40 000 values from Keras and compares their range, mean and deviation with the law."""
    draws = math.ceil(40_000 / max(1, math.prod(shape)))
    draws = min(draws, 300)
    values = np.concatenate([np.ravel(make(seed)(shape)) for seed in range(draws)]).astype("float64")
    n = len(values)
    if expected["kind"] == "uniform":
        low, high = expected["low"], expected["high"]
        assert values.min() >= np.float32(low) and values.max() <= np.float32(high)
        mean, stddev, spread = (low + high) / 2, (high - low) / math.sqrt(12), 0.9
    else:
        mean, stddev, spread = expected["mean"], expected["stddev"], math.sqrt(2)
        if expected["kind"] == "truncated_normal":
            assert np.abs(values - mean).max() <= 2 * stddev * (1 + 1e-6)
            stddev, spread = stddev * CUT, 1.2
    # Five standard errors of the mean, and of the deviation.
    assert abs(values.mean() - mean) < 5 * stddev / math.sqrt(n), (make(0), shape)
    assert abs(values.std() - stddev) < 5 * stddev * spread / math.sqrt(2 * n) + stddev / n, (make(0), shape)


laws = []


def add_law(class_name, config, shapes):
    make = lambda seed: getattr(initializers, class_name)(**config, seed=seed)
    for shape in shapes:
        expected = law(make(0), shape)
        confirm(make, shape, expected)
        laws.append({"class_name": class_name, "config": config, "shape": list(shape), "law": expected})


for class_name, config in [
    ("RandomNormal", {}),
    ("RandomNormal", {"mean": 0.5, "stddev": 2.0}),
    ("RandomUniform", {}),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.0}),
    ("TruncatedNormal", {}),
    ("TruncatedNormal", {"mean": 0.5, "stddev": 2.0}),
]:
    add_law(class_name, config, [(), (7, 3), (3, 3, 4, 8)])
for class_name in PRESETS:
    add_law(class_name, {}, SHAPES)
for scale, mode, distribution in itertools.product(
    [0.5, 1.0, 2.0], ["fan_in", "fan_out", "fan_avg"], ["truncated_normal", "untruncated_normal", "uniform"]
):
    config = {"scale": scale, "mode": mode, "distribution": distribution}
    add_law("VarianceScaling", config, [(), (7,), (7, 3), (5, 4, 3), (3, 3, 4, 8)])
AXES = {"input_axes": [0], "output_axes": [1, -1]}
for class_name in [*PRESETS, "VarianceScaling"]:
    add_law(class_name, AXES, [(5, 4, 3), (3, 3, 4, 8)])
    add_law(class_name, {"input_axes": [0]}, [(5, 4, 3)])
add_law("VarianceScaling", {"scale": 2.0, "mode": "fan_out", "distribution": "uniform", **AXES}, [(5, 4, 3)])

values = []
for class_name, config, shapes in [
    ("Zeros", {}, SHAPES),
    ("Ones", {}, SHAPES),
    ("Constant", {"value": 0.3}, SHAPES),
    ("Constant", {"value": [0.5, -1.0, 2.0]}, [(3,), (7, 3), (2, 1, 3)]),
    ("Constant", {"value": [[0.5], [-1.0]]}, [(2, 1), (2, 3), (4, 2, 2)]),
    ("Identity", {}, [(1, 1), (3, 3), (7, 3), (3, 7)]),
    ("Identity", {"gain": 2.0}, [(1, 1), (3, 3), (7, 3), (3, 7)]),
]:
    for shape in shapes:
        value = getattr(initializers, class_name)(**config)(shape)
        values.append({"class_name": class_name, "config": config, "value": tensor(value)})

# Orthogonal: the flattened matrix (all but the last dimension, last) has orthonormal columns, or rows if they are
# fewer, times the gain; no sign is preferred. One drawn example each.
orthogonal = []
for gain, shape in itertools.product([1.0, 2.0], [(1, 1), (7, 3), (3, 7), (4, 4), (5, 4, 3), (3, 3, 4, 8)]):
    value = np.asarray(initializers.Orthogonal(gain=gain, seed=1)(shape))
    matrix = value.reshape(-1, shape[-1])
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    assert np.allclose(product, gain**2 * np.eye(len(product)), atol=1e-5)
    orthogonal.append({"gain": gain, "value": tensor(value)})

# Shapes that Keras refuses.
refused = []
for class_name, shape in itertools.product(["Orthogonal", "Identity"], [(), (7,), (5, 4, 3)]):
    try:
        getattr(initializers, class_name)()(shape)
    except ValueError as error:
        refused.append({"class_name": class_name, "shape": list(shape), "message": str(error)})

# Kernels of a short-time Fourier transform: the first with all arguments in all ways, the others by default.
WINDOWS = [
    "hann", "hamming", "blackman", "nuttall", "blackmanharris", "flattop", "boxcar", "bartlett", "triang", "cosine",
]
stft = []


def add_stft(config, shape):
    value = initializers.STFT(**config)(shape)
    stft.append({"config": config, "value": tensor(value)})


for side, scaling, periodic in itertools.product(["real", "imag"], [None, "density", "spectrum"], [False, True]):
    add_stft({"side": side, "scaling": scaling, "periodic": periodic}, (6, 1, 4))
for window, periodic, length in itertools.product(WINDOWS, [False, True], [7, 8]):
    add_stft({"window": window, "periodic": periodic}, (length, 1, 2))
add_stft({"window": None}, (5, 1, 3))
add_stft({"window": None, "side": "imag"}, (5, 1, 3))
add_stft({"window": [0.5, -1.0, 2.0, 0.25], "side": "imag"}, (4, 1, 3))
add_stft({"window": [0.5, -1.0, 2.0, 0.25], "scaling": "spectrum"}, (4, 1, 3))
add_stft({}, (1, 1, 1))
add_stft({}, (2, 1, 1))
add_stft({"window": "boxcar"}, (3, 1, 1))
add_stft({}, (64, 1, 3))

# Every class, by default and with all of its arguments.
SEEDED = {"seed": 7}
AXES = {"input_axes": [0], "output_axes": [1, -1]}
configs = []
for class_name, arguments in [
    ("Zeros", {}),
    ("Ones", {}),
    ("Constant", {"value": 0.3}),
    ("Constant", {"value": [[0.5, -1.0], [2.0, 0.25]]}),
    ("Identity", {"gain": -2.5}),
    ("Orthogonal", {"gain": 0.7, **SEEDED}),
    ("RandomNormal", {"mean": 0.5, "stddev": 2.0, **SEEDED}),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.25, **SEEDED}),
    ("TruncatedNormal", {"mean": 0.5, "stddev": 2.0, **SEEDED}),
    ("VarianceScaling", {"scale": 0.1, "mode": "fan_avg", "distribution": "untruncated_normal", **SEEDED, **AXES}),
    ("VarianceScaling", {"distribution": "NORMAL", "input_axes": [0]}),
    ("STFT", {"side": "imag", "window": "hamming", "scaling": "spectrum", "periodic": True}),
    ("STFT", {"window": None, "scaling": None}),
    ("STFT", {"window": [0.5, -1.0]}),
    *[(name, {**SEEDED, **AXES}) for name in PRESETS],
]:
    for given in [{}, arguments]:
        initializer = getattr(initializers, class_name)(**given)
        serialized = keras.saving.serialize_keras_object(initializer)
        case = {"class_name": class_name, "arguments": given, "serialized": serialized}
        if case not in configs:
            configs.append(case)

# The texts that keras.initializers.get knows.
names = []
for name in [
    "zeros", "ones", "constant", "identity", "orthogonal", "random_normal", "random_uniform", "truncated_normal",
    "variance_scaling", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
    "lecun_normal", "zero", "one", "normal", "uniform", "Zeros", "GlorotUniform", "IdentityInitializer",
    "OrthogonalInitializer", "LecunNormal", "stft", "STFT", "STFTInitializer",
]:
    try:
        names.append({"name": name, "class_name": type(initializers.get(name)).__name__})
    except (ValueError, KeyError):  # "constant": Keras asks for its value
        names.append({"name": name, "class_name": None})

write("initializers", {
    "fans": fans, "fans_along": fans_along, "laws": laws, "values": values, "orthogonal": orthogonal, "refused": refused,
    "configs": configs, "names": names, "stft": stft,
})
