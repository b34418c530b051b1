"""golden/regularizers.json: penalties, their gradients, configs and names of the regularizers."""

from common import f32, rounded, tensor, write

import jax
import keras
import numpy as np
from keras import layers, regularizers

rng = np.random.default_rng(31)


def uniform(shape, low=-2, high=2):
    return rounded(rng.uniform(low, high, shape))


MATRICES = [
    ("matrix", uniform((4, 3))),
    ("wide", uniform((2, 5))),
    ("zeros", f32([[0, 0], [0, 0], [0, 0]])),
    ("one_row", uniform((1, 4))),
    ("one_column", uniform((4, 1))),
    ("ties", f32([[1, 1, -1], [1, 1, -1], [0.5, 0.5, 0.5]])),
    ("orthogonal", f32([[2, 0, 0], [0, -3, 0], [0, 0, 0.5]])),
    ("zero_row_and_column", f32([[1, 0, 2], [0, 0, 0], [-1, 0, 3]])),
    ("large", f32([[1e4, -3e3], [2e4, 5e3], [-1e3, 1e-3]])),
    ("small", f32([[1e-8, -2e-8], [3e-8, 1e-8]])),
]
ANY = [
    ("scalar", f32(-1.5)),
    ("vector", uniform((5,))),
    ("negative_zero", f32([0.0, -0.0, 1, -1])),
    ("kernel", uniform((2, 2, 3, 2))),
    *MATRICES,
]
WHAT = [
    ("L1", {}, ANY),
    ("L1", {"l1": 0.3}, ANY),
    ("L2", {}, ANY),
    ("L2", {"l2": 0.3}, ANY),
    ("L1L2", {}, ANY),
    ("L1L2", {"l1": 0.2}, ANY),
    ("L1L2", {"l2": 0.3}, ANY),
    ("L1L2", {"l1": 0.2, "l2": 0.3}, ANY),
    ("OrthogonalRegularizer", {}, MATRICES),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}, MATRICES),
    ("OrthogonalRegularizer", {"factor": 2.0, "mode": "rows"}, MATRICES),
    ("OrthogonalRegularizer", {"factor": 0.0}, MATRICES),
]

cases = []
for class_name, config, data in WHAT:
    regularizer = getattr(regularizers, class_name)(**config)
    for name, x in data:
        penalty, gradient = jax.value_and_grad(lambda x: regularizer(x))(jax.numpy.asarray(x))
        cases.append({
            "name": name, "class_name": class_name, "config": config, "x": tensor(x), "penalty": tensor(penalty),
            "gradient": tensor(gradient),
        })


def added(layer, x):
    """What the layer adds to the loss for this input, and the gradient of that with respect to the input."""

    def loss(x):
        with keras.StatelessScope(state_mapping=[], collect_losses=True) as scope:
            layer(x)
        (added,) = scope.losses
        return added

    return jax.value_and_grad(loss)(jax.numpy.asarray(x))


BATCHES = [
    ("batch", uniform((4, 3))),
    ("one_sample", uniform((1, 3))),
    ("sequence", uniform((3, 2, 2))),
    ("zeros", f32([[0, 0], [0, 0], [0, 0]])),
    ("large", f32([[1e4, -3e3], [2e4, 5e3], [-1e3, 1e-3]])),
]
activity = []
for class_name, config in [
    ("L1", {"l1": 0.3}), ("L2", {"l2": 0.3}), ("L1L2", {"l1": 0.2, "l2": 0.3}), ("OrthogonalRegularizer", {"factor": 0.5}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]:
    for name, x in BATCHES:
        if class_name == "OrthogonalRegularizer" and x.ndim != 2:
            continue
        layer = layers.Activation("linear", activity_regularizer=getattr(regularizers, class_name)(**config))
        penalty, gradient = added(layer, x)
        activity.append({
            "name": name, "class_name": class_name, "config": config, "x": tensor(x), "penalty": tensor(penalty),
            "gradient": tensor(gradient),
        })

of_layer = []
for config in [{"l1": 0.2}, {"l2": 0.3}, {"l1": 0.2, "l2": 0.3}, {}]:
    for name, x in BATCHES:
        keras.utils.clear_session()
        layer = layers.ActivityRegularization(**config)
        penalty, gradient = added(layer, x)
        assert np.array_equal(layer(x), x)
        of_layer.append({
            "name": name, "config": config, "x": tensor(x), "penalty": tensor(penalty), "gradient": tensor(gradient),
        })

configs = []
for class_name, arguments in [
    ("L1", {"l1": 0.3}), ("L1", {"l1": None}), ("L2", {"l2": 0.3}), ("L1L2", {"l1": 0.2}), ("L1L2", {"l1": 0.2, "l2": 0.3}),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}),
]:
    for given in [{}, arguments]:
        serialized = keras.saving.serialize_keras_object(getattr(regularizers, class_name)(**given))
        case = {"class_name": class_name, "arguments": given, "serialized": serialized}
        if case not in configs:
            configs.append(case)

names = []
for name in [
    "l1", "l2", "l1l2", "l1_l2", "L1", "L2", "L1L2", "orthogonal_regularizer", "OrthogonalRegularizer", "orthogonal", "L3",
]:
    try:
        names.append({"name": name, "class_name": type(regularizers.get(name)).__name__})
    except ValueError:
        names.append({"name": name, "class_name": None})

refused = []
for class_name, arguments in [
    ("L1", {"l1": -0.1}), ("L2", {"l2": -0.1}), ("L1L2", {"l1": -0.1}), ("L1L2", {"l2": -0.1}), ("L2", {"l2": "much"}),
    ("OrthogonalRegularizer", {"factor": -1.0}), ("OrthogonalRegularizer", {"mode": "cols"}),
]:
    try:
        getattr(regularizers, class_name)(**arguments)
    except ValueError as error:
        refused.append({"class_name": class_name, "arguments": arguments, "message": str(error)})

write("regularizers", {
    "configs": configs, "names": names, "refused": refused, "cases": cases, "activity": activity, "layers": of_layer,
})
