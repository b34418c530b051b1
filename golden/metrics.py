"""golden/metrics.json: the results of metrics after each of several updates."""

from common import f32, number, rounded, tensor, tensors, write

import keras
import numpy as np
from keras import losses, metrics
from keras.src.trainers.compile_utils import get_loss, get_metric

rng = np.random.default_rng(2)
cases = []


def uniform(shape, low=-2.0, high=2.0):
    return rounded(rng.uniform(low, high, shape))


def probabilities(shape):
    return rounded(rng.dirichlet(np.ones(shape[-1]) * 1.5, shape[:-1]), 4)


def binary(shape):
    return rng.integers(0, 2, shape).astype("float32")


def one_hot(labels, classes):
    return np.eye(classes, dtype="float32")[labels]


def add(name, metric, updates, config=None, class_name=None):
    """Each update is (y_true, y_pred, sample_weight), or (values, sample_weight) for a Mean."""
    steps = []
    for *arguments, weight in updates:
        metric.update_state(*arguments, sample_weight=weight)
        keys = ["values"] if len(arguments) == 1 else ["y_true", "y_pred"]
        steps.append({
            **{key: tensor(a) for key, a in zip(keys, arguments)},
            "sample_weight": tensor(weight),
            "variables": tensors(v.numpy() for v in metric.variables),
            "result": number(metric.result()),
        })
    metric.reset_state()
    cases.append({
        "name": name,
        "class_name": class_name or type(metric).__name__,
        "config": config or {},
        "updates": steps,
        "result_after_reset": number(metric.result()),
    })


# Mean: the values have any shape; without a weight the mean of each sample counts once.
add("vectors", metrics.Mean(), [
    (f32([1, 3, 5, 7]), None), (f32([2, 4]), f32([1, 0])), (f32([-1.5]), f32([3])), (f32(0.25), None),
    (f32(2.5), f32(4)), (f32([1, 2]), f32([0, 0])),
])
add("matrices", metrics.Mean(), [
    (uniform((4, 3)), None), (uniform((2, 3)), f32([1, 0.5])), (uniform((2, 3)), f32([[1, 2, 0], [3, 0.5, 1]])),
    (uniform((3, 1)), f32([1, 2, 3])), (uniform((2, 3, 2)), f32([2, 1])), (uniform((2, 3)), f32([[1], [2]])),
])
add("all_weights_zero", metrics.Mean(), [(f32([1, 2]), f32([0, 0]))])

# Accuracy: equal values.
labels = lambda shape, classes=3: rng.integers(0, classes, shape).astype("float32")
add("vectors", metrics.Accuracy(), [
    (f32([1, 2, 3, 4]), f32([0, 2, 3, 4]), None), (f32([1, 2, 3, 4]), f32([0, 2, 3, 4]), f32([1, 1, 0, 0])),
    (f32([[1], [2]]), f32([1, 0]), None), (f32([1, 1]), f32([[1], [0]]), f32([0.5, 2])),
])
add("matrices", metrics.Accuracy(), [
    (labels((4, 3)), labels((4, 3)), None), (labels((4, 3)), labels((4, 3)), f32([1, 2, 0.5, 0])),
    (labels((2, 3)), labels((2, 3)), f32([[1, 2, 3], [0, 1, 0.5]])),
])

# BinaryAccuracy: 1 where the prediction is above the threshold.
for threshold in [0.5, 0.25]:
    add(f"threshold_{threshold}", metrics.BinaryAccuracy(threshold=threshold), [
        (binary((5, 1)), uniform((5, 1), 0, 1), None), (binary((5,)), uniform((5, 1), 0, 1), f32([1, 2, 0, 0.5, 1])),
        (f32([[1], [0], [1], [0]]), f32([[0.5], [0.5], [0.25], [0.25]]), None),
        (binary((3, 4)), uniform((3, 4), 0, 1), None), (binary((3, 4)), uniform((3, 4), 0, 1), f32([1, 0.5, 3])),
        (binary((5,)), uniform((5,), 0, 1), None),
    ], {"threshold": threshold})

add("with_ties", metrics.CategoricalAccuracy(), [
    (one_hot([0, 1, 2, 2], 3), probabilities((4, 3)), None),
    (one_hot([0, 1, 2, 2], 3), probabilities((4, 3)), f32([1, 0.5, 0, 2])),
    (one_hot([0, 1, 2, 1], 3), f32([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.3, 0.35, 0.35], [0.3, 0.35, 0.35]]), None),
    (f32([[0.5, 0.5, 0], [0, 0.2, 0.2]]), f32([[1, 2, 3], [1, 9, 3]]), None),
])
add("sequence", metrics.CategoricalAccuracy(), [
    (one_hot([[0, 1, 2], [2, 0, 1]], 3), probabilities((2, 3, 3)), None),
    (one_hot([[0, 1, 2], [2, 0, 1]], 3), probabilities((2, 3, 3)), f32([1, 3])),
    (one_hot([[0, 1, 2], [2, 0, 1]], 3), probabilities((2, 3, 3)), f32([[1, 0, 2], [3, 0.5, 1]])),
])
add("with_ties", metrics.SparseCategoricalAccuracy(), [
    (np.array([0, 1, 2, 2]), probabilities((4, 3)), None),
    (np.array([0, 1, 2, 2]), probabilities((4, 3)), f32([1, 0.5, 0, 2])),
    (np.array([[0], [1], [2], [2]]), probabilities((4, 3)), f32([1, 0.5, 0, 2])),
    (f32([0, 1, 2, 1]), f32([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.3, 0.35, 0.35], [0.3, 0.35, 0.35]]), None),
])
add("sequence", metrics.SparseCategoricalAccuracy(), [
    (np.array([[0, 1, 2], [2, 0, 1]]), probabilities((2, 3, 3)), None),
    (np.array([[0, 1, 2], [2, 0, 1]]), probabilities((2, 3, 3)), f32([1, 3])),
    (np.array([[[0], [1], [2]], [[2], [0], [1]]]), probabilities((2, 3, 3)), None),
])

for metric_class in [metrics.MeanSquaredError, metrics.MeanAbsoluteError]:
    add("updates", metric_class(), [
        (uniform((4, 3)), uniform((4, 3)), None), (uniform((4, 3)), uniform((4, 3)), f32([1, 0.5, 0, 2])),
        (uniform((5,)), uniform((5, 1)), None), (uniform((5, 1)), uniform((5,)), f32([1, 2, 0, 0.5, 1])),
        (uniform((2, 3, 4)), uniform((2, 3, 4)), None), (uniform((2, 3, 4)), uniform((2, 3, 4)), f32([1, 3])),
    ])

for from_logits in [False, True]:
    for smoothing in [0, 0.1]:
        pred = (lambda s: uniform(s, -4, 4)) if from_logits else (lambda s: uniform(s, 0.02, 0.98))
        config = {"from_logits": from_logits, "label_smoothing": smoothing}
        add("updates", metrics.BinaryCrossentropy(**config), [
            (binary((4, 1)), pred((4, 1)), None), (binary((4, 1)), pred((4, 1)), f32([1, 0.5, 0, 2])),
            (binary((3, 4)), pred((3, 4)), None), (binary((3, 4)), pred((3, 4)), f32([1, 0.5, 3])),
        ], config)
        pred = (lambda s: uniform(s, -4, 4)) if from_logits else probabilities
        add("updates", metrics.CategoricalCrossentropy(**config), [
            (one_hot([0, 2, 1, 1], 3), pred((4, 3)), None),
            (one_hot([0, 2, 1, 1], 3), pred((4, 3)), f32([1, 0.5, 0, 2])),
            (one_hot([[0, 3, 1], [2, 2, 0]], 4), pred((2, 3, 4)), f32([1, 3])),
        ], config)
    config = {"from_logits": from_logits}
    add("updates", metrics.SparseCategoricalCrossentropy(**config), [
        (np.array([0, 2, 1, 1]), pred((4, 3)), None), (np.array([0, 2, 1, 1]), pred((4, 3)), f32([1, 0.5, 0, 2])),
        (np.array([[0], [2], [1], [1]]), pred((4, 3)), None),
        (np.array([[0, 3, 1], [2, 2, 0]]), pred((2, 3, 4)), f32([1, 3])),
    ], config)

for fn in [losses.mean_squared_error, losses.mean_absolute_error]:
    add("wrapper", metrics.MeanMetricWrapper(fn, name="wrapped"), [
        (uniform((4, 3)), uniform((4, 3)), None), (uniform((4, 3)), uniform((4, 3)), f32([1, 0.5, 0, 2])),
        (uniform((2, 3, 4)), uniform((2, 3, 4)), f32([[1, 0, 2], [0.5, 1, 1]])),
    ], {"fn": fn.__name__})

configs = [
    {"class_name": c.__name__, "config": c().get_config()}
    for c in [
        metrics.Mean, metrics.Accuracy, metrics.BinaryAccuracy, metrics.CategoricalAccuracy,
        metrics.SparseCategoricalAccuracy, metrics.MeanSquaredError, metrics.MeanAbsoluteError,
        metrics.BinaryCrossentropy, metrics.CategoricalCrossentropy, metrics.SparseCategoricalCrossentropy,
    ]
]

# What compile(metrics=[..]) and compile(loss=..) make of a text, given the shapes of label and output.
SHAPES = [
    ((8,), (8, 1)), ((8, 1), (8, 1)), ((8,), (8, 3)), ((8, 1), (8, 3)), ((8, 3), (8, 3)), ((8, 2), (8, 2)),
    ((8, 5), (8, 5, 4)), ((8, 5, 1), (8, 5, 4)), ((8, 5, 4), (8, 5, 4)), ((8, 5), (8, 5, 1)), ((8,), (8,)),
]
resolution = []
for y_true, y_pred in SHAPES:
    a, b = np.zeros(y_true, "float32"), np.zeros(y_pred, "float32")
    for text in ["accuracy", "acc"]:
        metric = get_metric(text, a, b)
        resolution.append({
            "metric": text, "y_true": list(y_true), "y_pred": list(y_pred),
            "class_name": type(metric).__name__, "name": metric.name,
        })
    for text in ["crossentropy", "ce"]:
        resolution.append({
            "loss": text, "y_true": list(y_true), "y_pred": list(y_pred),
            "function": get_loss(text, a, b).fn.__name__,
        })

# Names that need no shapes, and the name under which the result stands in the logs.
names = []
for text in [
    "mse", "MSE", "mean_squared_error", "mae", "MAE", "mean_absolute_error", "binary_accuracy", "BinaryAccuracy",
    "categorical_accuracy", "sparse_categorical_accuracy", "binary_crossentropy", "bce", "categorical_crossentropy",
    "sparse_categorical_crossentropy", "MeanSquaredError", "SparseCategoricalAccuracy",
]:
    metric = get_metric(text, np.zeros((8, 3), "float32"), np.zeros((8, 3), "float32"))
    names.append({"metric": text, "class_name": type(metric).__name__, "name": metric.name})

write("metrics", {"configs": configs, "resolution": resolution, "names": names, "cases": cases})
