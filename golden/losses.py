"""golden/losses.json: values and gradients of the losses."""

import itertools

from common import f32, rounded, tensor, write

import jax
import keras
import numpy as np
from keras.src.losses import ALL_OBJECTS_DICT

rng = np.random.default_rng(1)

REDUCTIONS = ["sum_over_batch_size", "sum", "mean_with_sample_weight", "none"]


def uniform(shape, low, high, digits=3):
    return rounded(rng.uniform(low, high, shape), digits)


def probabilities(shape):
    p = rng.dirichlet(np.ones(shape[-1]) * 1.5, shape[:-1])
    return rounded(p, 4)


def one_hot(labels, classes):
    return np.eye(classes, dtype="float32")[labels]


# Each entry: name, y_true, y_pred, sample_weight.
tie = uniform((4, 3), -2, 2)
real = [
    ("one_output", uniform((5, 1), -2, 2), uniform((5, 1), -2, 2), f32([1, 0.5, 0, 2, 3])),
    ("matrix", tie, tie + f32([[0, 1, -1], [0, 0, 0], [0.5, 0, 0.25], [-2, 3, 0]]), f32([1, 0.5, 0, 2])),
    ("sequence", uniform((2, 3, 4), -2, 2), uniform((2, 3, 4), -2, 2), f32([[1, 2, 0.5], [0, 1, 3]])),
    ("sequence_column_weight", uniform((2, 3, 4), -2, 2), uniform((2, 3, 4), -2, 2), f32([[1.5], [0.5]])),
    ("labels_of_lower_rank", uniform((5,), -2, 2), uniform((5, 1), -2, 2), f32([1, 0.5, 0, 2, 3])),
    ("labels_of_higher_rank", uniform((5, 1), -2, 2), uniform((5,), -2, 2), None),
    ("squeezed_prediction", uniform((2, 3), -2, 2), uniform((2, 3, 1), -2, 2), f32([2, 0.5])),
    ("large", f32([[1e4], [-3e3], [0]]), f32([[-1e4], [3e3], [1e-6]]), f32([[1], [2], [3]])),
    ("all_weights_zero", uniform((3, 2), -2, 2), uniform((3, 2), -2, 2), f32([0, 0, 0])),
]


def binary(shape):
    return rng.integers(0, 2, shape).astype("float32")


def binary_data(from_logits):
    pred = (lambda s: uniform(s, -4, 4)) if from_logits else (lambda s: uniform(s, 0.02, 0.98))
    edge = [[0, 100], [-100, 30], [-30, 1e-3], [0, 0]] if from_logits else [[0, 1], [1, 0], [1e-3, 0.5], [0.5, 1e-8]]
    return [
        ("one_output", binary((5, 1)), pred((5, 1)), f32([1, 0.5, 0, 2, 3])),
        ("matrix", binary((4, 3)), pred((4, 3)), f32([1, 0.5, 0, 2])),
        ("sequence", binary((2, 3, 4)), pred((2, 3, 4)), f32([[1, 2, 0.5], [0, 1, 3]])),
        ("labels_of_lower_rank", binary((5,)), pred((5, 1)), f32([1, 0.5, 0, 2, 3])),
        ("soft_labels", uniform((3, 2), 0, 1), pred((3, 2)), None),
        ("edges_0", f32([[0, 0], [0, 0], [0, 1], [0, 1]]), f32(edge), None),
        ("edges_1", f32([[1, 1], [1, 1], [1, 0], [1, 0]]), f32(edge), f32([1, 2, 3, 4])),
    ]


EDGE_LOGITS = [[100, 0, -100], [0, 0, 0], [30, -30, 30], [1e-3, 0, 0], [-100, -100, 100]]
EDGE_PROBABILITIES = [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0], [0.2, 0.2, 0.2], [3, 1, 0]]


def categorical_data(from_logits):
    pred = (lambda s: uniform(s, -4, 4)) if from_logits else probabilities
    edge = EDGE_LOGITS if from_logits else EDGE_PROBABILITIES
    return [
        ("matrix", one_hot([0, 2, 1, 1], 3), pred((4, 3)), f32([1, 0.5, 0, 2])),
        ("sequence", one_hot([[0, 3, 1], [2, 2, 0]], 4), pred((2, 3, 4)), f32([[1, 2, 0.5], [0, 1, 3]])),
        ("soft_labels", probabilities((3, 5)), pred((3, 5)), None),
        ("edges", one_hot([0, 0, 1, 2, 2], 3), f32(edge), f32([1, 2, 3, 4, 5])),
    ]


def sparse_data(from_logits):
    pred = (lambda s: uniform(s, -4, 4)) if from_logits else probabilities
    edge = EDGE_LOGITS if from_logits else EDGE_PROBABILITIES
    return [
        ("labels", np.array([0, 2, 1, 1]), pred((4, 3)), f32([1, 0.5, 0, 2])),
        ("label_column", np.array([[0], [2], [1], [1]]), pred((4, 3)), f32([1, 0.5, 0, 2])),
        ("sequence", np.array([[0, 3, 1], [2, 2, 0]]), pred((2, 3, 4)), f32([[1, 2, 0.5], [0, 1, 3]])),
        ("sequence_column", np.array([[[0], [3]], [[1], [2]]]), pred((2, 2, 4)), None),
        ("float_labels", f32([1, 0, 4]), pred((3, 5)), None),
        ("edges", np.array([0, 0, 1, 2, 2]), f32(edge), f32([1, 2, 3, 4, 5])),
    ]


cases = []


def add(loss_class, arguments, data):
    for (name, y_true, y_pred, weight), reduction in itertools.product(data, REDUCTIONS):
        for w in [None] if weight is None else [None, weight]:
            loss = loss_class(reduction=reduction, **arguments)

            def total(p):
                return keras.ops.sum(loss(y_true, p, sample_weight=w))

            cases.append({
                "name": name,
                "class_name": loss_class.__name__,
                "config": {**arguments, "reduction": reduction},
                "y_true": tensor(y_true),
                "y_pred": tensor(y_pred),
                "sample_weight": tensor(w),
                "value": tensor(loss(y_true, y_pred, sample_weight=w)),
                "gradient": tensor(jax.grad(total)(y_pred)),
            })


add(keras.losses.MeanSquaredError, {}, real)
add(keras.losses.MeanAbsoluteError, {}, real)
for from_logits in [False, True]:
    for label_smoothing in [0.0, 0.1]:
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing}
        add(keras.losses.BinaryCrossentropy, arguments, binary_data(from_logits))
        add(keras.losses.CategoricalCrossentropy, arguments, categorical_data(from_logits))
    add(keras.losses.SparseCategoricalCrossentropy, {"from_logits": from_logits}, sparse_data(from_logits))

# Every class with its defaults, and with other arguments.
CONFIGS = [
    (keras.losses.MeanSquaredError, {"reduction": "sum", "name": "mine"}),
    (keras.losses.MeanAbsoluteError, {"reduction": "mean_with_sample_weight"}),
    (keras.losses.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1, "axis": 1}),
    (keras.losses.CategoricalCrossentropy, {"from_logits": True, "label_smoothing": 0.2, "axis": -2, "reduction": "none"}),
    (keras.losses.SparseCategoricalCrossentropy, {"from_logits": True, "ignore_class": -1, "reduction": "mean"}),
]

configs = [
    {
        "class_name": c.__name__,
        "config": c(**arguments).get_config(),
        "serialized": keras.losses.serialize(c(**arguments)),
    }
    for c, other in CONFIGS
    for arguments in [{}, other]
]


def class_of(name):
    """The class that computes what keras.losses.get(name) gives."""
    function = keras.losses.get(name)
    if not hasattr(function, "__name__"):
        return type(function).__name__
    found = [c.__name__ for c, _ in CONFIGS if c().fn is function]
    return found[0] if found else None


names = [
    {"name": name, "class_name": class_of(name)}
    for name in sorted(ALL_OBJECTS_DICT)
    if name not in ["Loss", "LossFunctionWrapper"]
    and class_of(name) in [c.__name__ for c, _ in CONFIGS]
]

write("losses", {"configs": configs, "names": names, "cases": cases})
