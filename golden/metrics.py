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


def states(metric):
    return sum(v.numpy().size for v in metric.variables)


def add(name, metric, updates, config=None, class_name=None):
    """Each update is (y_true, y_pred, sample_weight), or (values, sample_weight) for a Mean or a Sum."""
    steps = []
    for *arguments, weight in updates:
        metric.update_state(*arguments, sample_weight=weight)
        keys = ["values"] if len(arguments) == 1 else ["y_true", "y_pred"]
        result = np.asarray(metric.result())
        steps.append({
            **{key: tensor(a) for key, a in zip(keys, arguments)},
            "sample_weight": tensor(weight),
            # Those of hundreds of thresholds would fill megabytes.
            "variables": tensors(v.numpy() for v in metric.variables) if states(metric) <= 40 else None,
            "result": tensor(result) if result.ndim else number(result),
        })
    metric.reset_state()
    after = np.asarray(metric.result())
    cases.append({
        "name": name,
        "class_name": class_name or type(metric).__name__,
        "config": config or {},
        "variables": [v.name for v in metric.variables],
        "updates": steps,
        "result_after_reset": tensor(after) if after.ndim else number(after),
    })


def make(metric_class, updates, name="updates", **config):
    """A case of the class with these arguments."""
    add(name, metric_class(**config), updates, config)


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

# RootMeanSquaredError, correlations: one number over all values, or one a row.
REGRESSION = [
    (uniform((4, 3)), uniform((4, 3)), None), (uniform((4, 3)), uniform((4, 3)), f32([1, 0.5, 0, 2])),
    (uniform((5,)), uniform((5, 1)), None), (uniform((5, 1)), uniform((5,)), f32([1, 2, 0, 0.5, 1])),
    (uniform((2, 3, 4)), uniform((2, 3, 4)), None), (uniform((2, 3, 4)), uniform((2, 3, 4)), f32([[1, 0, 2], [3, 1, 0]])),
    (f32([[0, 0, 0], [1e6, -1e6, 0]]), f32([[0, 0, 0], [-1e6, 1e6, 1]]), None),
]
make(metrics.RootMeanSquaredError, REGRESSION)
make(metrics.Sum, [
    (f32([1, 3, 5, 7]), None), (f32([1, 3, 5, 7]), f32([1, 1, 0, 0])), (f32(2.5), None), (uniform((2, 3)), f32([1, 0.5])),
    (uniform((2, 3)), f32([[1, 2, 0], [3, 0.5, 1]])), (f32([-1e6, 0]), None),
])
WIDE = [REGRESSION[i] for i in [0, 1, 4, 5]] + [(f32([[1, 2, 4], [0, 1, 0]]), f32([[2, 4, 8], [0, -1, 0]]), None)]
CONSTANT = [(f32([[1, 2, 4], [2, 2, 2]]), f32([[2, 4, 7], [1, 2, 3]]), None)]
LINES = {
    -1: WIDE, 1: [WIDE[2], (*WIDE[3][:2], f32([1, 3]))],
    0: [(uniform((5, 3)), uniform((5, 3)), None), (uniform((5, 3)), uniform((5, 3)), f32([1, 0, 2]))],
    (1, 2): [(uniform((2, 3, 2)), uniform((2, 3, 2)), None), (uniform((2, 3, 2)), uniform((2, 3, 2)), f32([1, 0.5]))],
}
for correlation in [metrics.PearsonCorrelation, metrics.ConcordanceCorrelation]:
    for axis, updates in LINES.items():
        make(correlation, updates, "axis", axis=axis)
    make(correlation, CONSTANT, "constant_rows")

# The means of losses, with edges: 0, large, labels of one class.
POSITIVE = [
    (uniform((4, 3), 0.1, 3), uniform((4, 3), 0.1, 3), None),
    (uniform((4, 3), 0.1, 3), uniform((4, 3), 0.1, 3), f32([1, 0.5, 0, 2])),
    (uniform((5,), 0.1, 3), uniform((5, 1), 0.1, 3), None), (uniform((2, 3, 4), 0.1, 3), uniform((2, 3, 4), 0.1, 3), f32([1, 3])),
    (f32([[1, 1], [2, 1]]), f32([[0, 1], [1, 0]]), None), (f32([[1e3, 1]]), f32([[2e3, 1e4]]), None),
]
SIGNS = [
    (f32([[1, -1, 1], [-1, -1, 1]]), uniform((2, 3)), None), (binary((4, 3)), uniform((4, 3)), f32([1, 0.5, 0, 2])),
    (binary((5,)), uniform((5, 1)), None), (f32([[1, 1], [1, 1]]), uniform((2, 2)), None),
    (f32([[0, 0], [0, 0]]), uniform((2, 2)), None), (f32([[1, -1]]), f32([[1e4, 1e4]]), None),
]
for metric_class in [metrics.MeanAbsolutePercentageError, metrics.MeanSquaredLogarithmicError]:
    make(metric_class, POSITIVE)
make(metrics.Poisson, [u for u in POSITIVE if u[0].shape == u[1].shape])  # Keras would broadcast others here and below.
make(metrics.LogCoshError, [u for u in REGRESSION if np.abs(u[0]).max() < 10] + [(f32([[0, 0]]), f32([[50, -80]]), None)])
for metric_class in [metrics.Hinge, metrics.SquaredHinge]:
    make(metric_class, [u for u in SIGNS if u[0].shape == u[1].shape])
make(metrics.CategoricalHinge, [
    (one_hot([0, 2, 1, 1], 3), uniform((4, 3)), None), (one_hot([0, 2, 1, 1], 3), uniform((4, 3)), f32([1, 0.5, 0, 2])),
    (one_hot([1, 1], 3), uniform((2, 3)), None), (one_hot([[0, 1], [2, 0]], 3), uniform((2, 2, 3)), f32([1, 3])),
    (one_hot([0], 2), f32([[-1e4, 1e4]]), None),
])
make(metrics.KLDivergence, [
    (probabilities((4, 3)), probabilities((4, 3)), None), (probabilities((4, 3)), probabilities((4, 3)), f32([1, 0.5, 0, 2])),
    (probabilities((2, 3, 4)), probabilities((2, 3, 4)), f32([1, 3])), (one_hot([0, 1], 3), one_hot([0, 2], 3), None),
    (f32([[0.5, 0.5]]), f32([[0.5, 0.5]]), None),
])
for axis, updates in {-1: REGRESSION, 1: LINES[1], 0: LINES[0]}.items():
    make(metrics.CosineSimilarity, updates, "axis", axis=axis)
make(metrics.CosineSimilarity, [(f32([[0, 0], [1, 1]]), f32([[1, 1], [-1, -1]]), None)], "zeros")
for fn, kwargs in [(losses.huber, {"delta": 0.5}), (losses.log_cosh, {})]:
    add("function", metrics.MeanMetricWrapper(fn, **kwargs), WIDE, {"fn": fn.__name__, **kwargs})
add("ignore_class", metrics.SparseCategoricalCrossentropy(ignore_class=0), [
    (np.array([0, 2, 1, 0]), probabilities((4, 3)), None), (np.array([0, 2, 1, 0]), probabilities((4, 3)), f32([1, 2, 0.5, 3])),
], {"ignore_class": 0})
make(metrics.CategoricalCrossentropy, [
    (np.moveaxis(one_hot([[0, 2], [1, 1]], 3), -1, 1), np.moveaxis(probabilities((2, 2, 3)), -1, 1), None),
], axis=1)

# Top-k: ties, and what is not a number.
NAN = float("nan")
TIES = f32([[1, 1, 1, 0], [0, 1, 1, 1], [3, NAN, 1, 2], [NAN, NAN, 0, 1]])
for k in [1, 2, 3, 5]:
    make(metrics.TopKCategoricalAccuracy, [
        (one_hot([0, 1, 3, 2], 4), probabilities((4, 4)), None),
        (one_hot([0, 1, 3, 2], 4), probabilities((4, 4)), f32([1, 0.5, 0, 2])),
        (one_hot([2, 0, 1, 2], 4), TIES, None), (one_hot([[0, 1], [2, 0]], 3), uniform((2, 2, 3)), f32([1, 3])),
        (one_hot([1, 1, 1], 4), uniform((3, 4), -1e6, 1e6), None),
    ], k=k)
    make(metrics.SparseTopKCategoricalAccuracy, [
        (np.array([0, 1, 3, 2]), probabilities((4, 4)), None),
        (np.array([[0], [1], [3], [2]]), probabilities((4, 4)), f32([1, 0.5, 0, 2])),
        (np.array([2, 0, 1, 2]), TIES, None), (np.array([[0, 1], [2, 0]]), uniform((2, 2, 3)), f32([1, 3])),
        (np.array([1, 7, 1]), uniform((3, 4)), None),
    ], k=k)
make(metrics.SparseTopKCategoricalAccuracy, [
    (np.array([2, 1, 0]), f32([[1, 0, 3], [1, 2, 3], [5, 0, 4]]), None),
    (np.array([2, 1, 0]), f32([[2, 0, 3], [4, 2, 1], [5, 0, 4]]), f32([1, 2, 0.5])),
], "from_sorted_ids", k=2, from_sorted_ids=True)

# Confusion at thresholds: ties with a threshold, one class alone, nothing right, what is not a number, beyond 0 and 1.
BINARY = [
    (f32([0, 1, 1, 1]), f32([1, 0, 1, 1]), None), (binary((6, 1)), uniform((6, 1), 0, 1), f32([1, 2, 0, 0.5, 1, 0.25])),
    (binary((6,)), uniform((6, 1), 0, 1), None), (f32([0, 1, 0, 1, 0, 1]), f32([0, 0, 0.5, 0.5, 1, 1]), None),
    (binary((3, 4)), uniform((3, 4), 0, 1), None), (binary((3, 4)), uniform((3, 4), 0, 1), f32([1, 0.5, 3])),
    (binary((3, 4)), uniform((3, 4), 0, 1), uniform((3, 4), 0, 2)), (f32([1, 1, 1]), f32([0.2, 0.6, 0.9]), None),
    (f32([0, 0, 0]), f32([0.2, 0.6, 0.9]), None), (f32([0, 1]), f32([NAN, NAN]), None), (f32([0, 1]), f32([-3, 4]), None),
    (f32([0.5, 2]), f32([0.7, 0.7]), None), (binary((2, 3, 2)), uniform((2, 3, 2), 0, 1), None),
]
ONE_CLASS = {"ones": [(f32([1, 1, 1]), f32([0.2, 0.6, 0.9]), None)], "zeros": [(f32([0, 0, 0]), f32([0.2, 0.6, 0.9]), None)],
             "no_weight": [(f32([0, 1]), f32([0.2, 0.6]), f32([0, 0]))]}
THRESHOLDS = [None, 0.3, [0.25], [0.75, 0.1], [0.0, 0.5, 1.0], [0.2, 0.4, 0.9, 0.4]]
COUNTS = [metrics.TruePositives, metrics.TrueNegatives, metrics.FalsePositives, metrics.FalseNegatives]
for metric_class in COUNTS:
    for thresholds in [None, [0.75, 0.1], [0.0, 0.5, 1.0]]:
        make(metric_class, BINARY[:4] + BINARY[6:], thresholds=thresholds)
for metric_class in [metrics.Precision, metrics.Recall]:
    for thresholds in THRESHOLDS:
        make(metric_class, BINARY, thresholds=thresholds)
    MATRICES = BINARY[4:6] + [(binary((5, 3)), TIES[[0, 1, 1, 0, 0], :3], None), (binary((4, 5)), uniform((4, 5)), None)]
    for selection in [{"top_k": 2}, {"top_k": 2, "thresholds": 0.5}, {"class_id": 1}, {"top_k": 1, "class_id": 2}]:
        make(metric_class, MATRICES, "selection", **selection)
    for name, updates in ONE_CLASS.items():
        make(metric_class, updates, name)
AT = [
    (metrics.SensitivityAtSpecificity, "specificity"), (metrics.SpecificityAtSensitivity, "sensitivity"),
    (metrics.PrecisionAtRecall, "recall"), (metrics.RecallAtPrecision, "precision"),
]
for metric_class, argument in AT:
    for value, extra in [(0.5, {}), (0.8, {"num_thresholds": 10}), (1.0, {}), (0.0, {"num_thresholds": 1}), (0.7, {"num_thresholds": 2})]:
        make(metric_class, BINARY, **{argument: value, **extra})
    make(metric_class, BINARY[4:6], "class", **{argument: 0.6, "class_id": 1})
    for name, updates in ONE_CLASS.items():
        make(metric_class, updates, name, **{argument: 0.5})
METHODS = ["interpolation", "minoring", "majoring"]
for curve in ["ROC", "PR", "PRGAIN"]:
    for method in METHODS:
        make(metrics.AUC, BINARY, curve=curve, summation_method=method)
        make(metrics.AUC, BINARY[:8], "thresholds", curve=curve, summation_method=method, thresholds=[0.7, 0.2, 0.45])
    for name, updates in ONE_CLASS.items():
        make(metrics.AUC, updates, name, curve=curve)
    make(metrics.AUC, BINARY[4:7], "multi_label", curve=curve, multi_label=True)
for config in [{"num_thresholds": 2}, {"num_thresholds": 7}, {"thresholds": [0.25, 0.5, 0.75]}, {"thresholds": [0.6]}]:
    make(metrics.AUC, BINARY, "num_thresholds", **config)
make(metrics.AUC, [(t, uniform(t.shape, -4, 4), w) for t, _, w in BINARY], "logits", from_logits=True)
WEIGHTS = [0.5, 0.0, 2.0, 1.0]
for config in [{"label_weights": WEIGHTS}, {"label_weights": WEIGHTS, "multi_label": True, "num_labels": 4},
               {"label_weights": WEIGHTS, "multi_label": True, "thresholds": [0.3, 0.4], "curve": "PR"},
               {"label_weights": WEIGHTS, "thresholds": [0.3, 0.4], "summation_method": "majoring"}]:
    make(metrics.AUC, BINARY[4:7], "labels", **config)
many = rng.uniform(0, 1, 400)
make(metrics.AUC, [
    ((rng.uniform(0, 1, 400) < many).astype("float32"), rounded(many), None),
    ((rng.uniform(0, 1, 400) < many).astype("float32"), rounded(many), rounded(rng.uniform(0, 2, 400), 2)),
], "many")

# F-scores: ties, a row of zeros, what is not a number, labels that are no whole numbers.
ONES = [
    (binary((4, 3)), uniform((4, 3), 0, 1), None), (binary((4, 3)), uniform((4, 3), 0, 1), f32([1, 0.5, 0, 2])),
    (one_hot([0, 2, 1], 3), f32([[0.5, 0.5, 0.2], [0, 0, 0], [0.3, NAN, 0.4]]), None),
    (f32([[1, 1, 1], [1, 1, 1]]), uniform((2, 3), 0, 1), None), (f32([[0, 0, 0]]), uniform((1, 3), 0, 1), None),
    (uniform((3, 3), 0, 1), uniform((3, 3), 0, 1), None), (f32([[1, 0, 1]]), f32([[-1e6, 1e6, 0.3]]), None),
]
for average in [None, "micro", "macro", "weighted"]:
    for threshold in [None, 0.3]:
        make(metrics.F1Score, ONES, average=average, threshold=threshold)
        make(metrics.FBetaScore, ONES, average=average, threshold=threshold, beta=2.5)
    make(metrics.F1Score, ONES[4:5], "nothing", average=average)

# IoU: numbers that are no class, weights that are no whole numbers.
CLASSES = [
    (labels((6,), 3), labels((6,), 3), None), (labels((6,), 3), labels((6,), 3), f32([1, 0.5, 0, 2, 1.75, 3])),
    (labels((2, 3), 3), labels((2, 3), 3), f32([[1, 2, 3], [0, 1, 0.5]])), (labels((5, 1), 3), labels((5,), 3), None),
    (f32([-1, 3, 0, 255, 1]), f32([0, 1, -2, 1, 1]), None), (f32([1, 1, 1]), f32([1, 1, 1]), None),
    (f32([0.9, 1.2]), f32([0.2, 1.9]), None),
]
for extra in [{}, {"dtype": "float32"}, {"ignore_class": 1}, {"ignore_class": 255}]:
    make(metrics.MeanIoU, CLASSES, num_classes=3, **extra)
    make(metrics.IoU, CLASSES, num_classes=3, target_class_ids=[0, 2], **extra)
make(metrics.IoU, CLASSES[5:6], "one_class", num_classes=3, target_class_ids=[0])
HOT = [
    (one_hot([0, 2, 1, 1], 3), probabilities((4, 3)), None), (one_hot([0, 2, 1, 1], 3), probabilities((4, 3)), f32([1, 2.5, 0, 2])),
    (one_hot([[0, 1], [2, 0]], 3), probabilities((2, 2, 3)), f32([[1, 3], [0, 2]])), (one_hot([1, 1], 3), f32([[1, 1, 0], [0, 0, 0]]), None),
    (one_hot([3, 0], 4), one_hot([0, 3], 4), None),
]
for extra in [{}, {"dtype": "float32", "ignore_class": 0}]:
    make(metrics.OneHotMeanIoU, HOT, num_classes=3, **extra)
    make(metrics.OneHotIoU, HOT, num_classes=3, target_class_ids=[0, 1], **extra)
HALF = [(t, labels(t.shape[:-1], 3), w) for t, _, w in HOT]
make(metrics.OneHotMeanIoU, HALF, "sparse", num_classes=3, sparse_y_pred=True)
make(metrics.OneHotIoU, HALF, "sparse", num_classes=3, target_class_ids=[2], sparse_y_pred=True)
make(metrics.MeanIoU, [(p, t, w) for t, p, w in HALF], "sparse", num_classes=3, sparse_y_pred=False)
make(metrics.MeanIoU, HALF, "sparse", num_classes=3, sparse_y_true=False)
FLAT = [(t, p, w if w is None or w.size == t.size else np.repeat(w, t.size // w.size)) for t, p, w in BINARY]
for ids, threshold in [([0, 1], 0.5), ([0], 0.3), ([1], 0.75)]:
    make(metrics.BinaryIoU, FLAT, target_class_ids=ids, threshold=threshold)
    make(metrics.BinaryIoU, FLAT[:8], target_class_ids=ids, threshold=threshold, dtype="float32")

COLUMNS = [
    (uniform((5, 3)), uniform((5, 3)), None), (uniform((5, 3)), uniform((5, 3)), f32([1, 0.5, 0, 2, 1])),
    (uniform((5, 3)), uniform((5, 3)), uniform((5, 3), 0, 2)), (uniform((1, 3)), uniform((1, 3)), None),
    (uniform((2, 3), -100, 100), uniform((2, 3), -100, 100), None),
]
for aggregation in ["uniform_average", "variance_weighted_average", None]:
    for regressors in [0, 2]:
        make(metrics.R2Score, COLUMNS, class_aggregation=aggregation, num_regressors=regressors)
make(metrics.R2Score, [(uniform((4,)), uniform((4, 1)), None), (f32([[1], [1]]), f32([[1], [2]]), None)], "column", num_regressors=4)
make(metrics.R2Score, [(f32([[2], [2]]), f32([[1], [2]]), None)], "constant")
make(metrics.R2Score, [(f32([[2], [2]]), f32([[2], [2]]), None)], "constant_and_right")

# Functions of keras.metrics.
ROWS = f32([[1, 0, 1], [0, 1, 1]]), f32([[0.3, 0.2, 0.9], [0.25, 0.1, 0.6]])
HOT_ROWS = f32([[1, 0, 0], [0, 0, 1]]), ROWS[1]
NUMBERS = f32([0, 2]), ROWS[1]
for fn, (y_true, y_pred), kwargs in [
    (metrics.binary_accuracy, ROWS, {}), (metrics.binary_accuracy, ROWS, {"threshold": 0.25}),
    (metrics.categorical_accuracy, HOT_ROWS, {}), (metrics.sparse_categorical_accuracy, NUMBERS, {}),
    (metrics.top_k_categorical_accuracy, HOT_ROWS, {"k": 2}), (metrics.sparse_top_k_categorical_accuracy, NUMBERS, {"k": 1}),
    (metrics.pearson_correlation, ROWS, {}), (metrics.concordance_correlation, ROWS, {"axis": 0}),
]:
    weight = None if kwargs.get("axis") == 0 else f32([0.5, 2])
    add("function", metrics.MeanMetricWrapper(fn, **kwargs), [(y_true, y_pred, weight)], {"fn": fn.__name__, **kwargs})


def config_of(metric, short=None):
    """What Keras writes of it, with the name that a first one has."""
    config = keras.saving.serialize_keras_object(metric)["config"]
    if short:
        config["name"] = short
    return {"class_name": type(metric).__name__, "config": config}


configs = []
for metric_class in [
    metrics.Mean, metrics.Sum, metrics.Accuracy, metrics.CategoricalAccuracy, metrics.SparseCategoricalAccuracy,
    metrics.MeanSquaredError, metrics.RootMeanSquaredError, metrics.MeanAbsoluteError, metrics.MeanAbsolutePercentageError,
    metrics.MeanSquaredLogarithmicError, metrics.CosineSimilarity, metrics.LogCoshError, metrics.Hinge, metrics.SquaredHinge,
    metrics.CategoricalHinge, metrics.KLDivergence, metrics.Poisson,
]:
    configs += [config_of(metric_class()), config_of(metric_class(name="own"))]
for metric_class, argument in AT:
    short = keras.src.utils.naming.to_snake_case(metric_class.__name__)
    configs += [
        config_of(metric_class(0.5), short), config_of(metric_class(0.25, num_thresholds=10, class_id=1, name="own")),
    ]
for metric_class, config in [
    (metrics.BinaryAccuracy, {"threshold": 0.25}), (metrics.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1}),
    (metrics.CategoricalCrossentropy, {"from_logits": True, "label_smoothing": 0.1, "axis": 1}),
    (metrics.SparseCategoricalCrossentropy, {"from_logits": True, "ignore_class": 255}),
    (metrics.TopKCategoricalAccuracy, {"k": 3}), (metrics.SparseTopKCategoricalAccuracy, {"k": 3, "from_sorted_ids": True}),
    *[(c, {"thresholds": t}) for c in COUNTS for t in [0.25, [0.1, 0.5]]],
    *[(c, {"thresholds": [0.5], "top_k": 2, "class_id": 1}) for c in [metrics.Precision, metrics.Recall]],
    (metrics.AUC, {"num_thresholds": 10, "curve": "PR", "summation_method": "minoring", "from_logits": True}),
    (metrics.AUC, {"multi_label": True, "num_labels": 2, "label_weights": [0.5, 2.0]}),
    (metrics.AUC, {"thresholds": [0.25, 0.75], "curve": "PRGAIN", "summation_method": "majoring"}),
    (metrics.F1Score, {"average": "macro", "threshold": 0.25}),
    (metrics.FBetaScore, {"average": "micro", "threshold": 0.25, "beta": 0.5}),
    (metrics.BinaryIoU, {"target_class_ids": [1], "threshold": 0.25, "dtype": "float32"}),
    (metrics.R2Score, {"class_aggregation": None, "num_regressors": 2}),
    (metrics.R2Score, {"class_aggregation": "variance_weighted_average"}),
    (metrics.PearsonCorrelation, {"axis": 1}), (metrics.ConcordanceCorrelation, {"axis": 0}),
]:
    short = {"F1Score": "f1_score", "FBetaScore": "fbeta_score"}.get(metric_class.__name__)
    short = short or keras.src.utils.naming.to_snake_case(metric_class.__name__)
    configs += [config_of(metric_class(), short), config_of(metric_class(name="own", **config))]
for metric_class, config, other in [
    (metrics.IoU, {"num_classes": 3, "target_class_ids": [0, 2]}, {"sparse_y_true": False, "sparse_y_pred": False}),
    (metrics.MeanIoU, {"num_classes": 3}, {"ignore_class": 255, "sparse_y_pred": False, "dtype": "float32"}),
    (metrics.OneHotIoU, {"num_classes": 3, "target_class_ids": [1]}, {"ignore_class": 0, "sparse_y_pred": True}),
    (metrics.OneHotMeanIoU, {"num_classes": 3}, {"ignore_class": 0, "sparse_y_pred": True}),
]:
    short = keras.src.utils.naming.to_snake_case(metric_class.__name__)
    configs += [config_of(metric_class(**config), short), config_of(metric_class(**config, **other, name="own"))]
for fn, kwargs in [
    (losses.huber, {"delta": 0.5}), (losses.mean_squared_error, {}), (losses.log_cosh, {}),
    (metrics.binary_accuracy, {"threshold": 0.25}),
]:
    configs.append(config_of(metrics.MeanMetricWrapper(fn, name="own", **kwargs)))

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
    "sparse_categorical_crossentropy", "MeanSquaredError", "SparseCategoricalAccuracy", "auc", "AUC", "precision", "recall",
    "true_positives", "true_negatives", "false_positives", "false_negatives", "f1_score", "f_beta_score", "binary_io_u",
    "r2_score", "cosine_similarity", "log_cosh_error", "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson",
    "mape", "MAPE", "msle", "MSLE", "root_mean_squared_error", "pearson_correlation", "concordance_correlation",
    "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "BCE", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "F1Score", "BinaryIoU",
]:
    metric = get_metric(text, np.zeros((8, 3), "float32"), np.zeros((8, 3), "float32"))
    names.append({"metric": text, "class_name": type(metric).__name__, "name": metric.name})

# Texts that are no metric, whatever the shapes.
refused = []
for text in ["crossentropy", "ce", "huber", "logcosh", "fbeta_score", "iou", "kld"]:
    try:
        get_metric(text, np.zeros((8, 3), "float32"), np.zeros((8, 3), "float32"))
    except ValueError:
        refused.append(text)

write("metrics", {"refused": refused, "configs": configs, "resolution": resolution, "names": names, "cases": cases})
