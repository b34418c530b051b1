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


def add(loss_class, arguments, data, reductions=REDUCTIONS):
    for (name, y_true, y_pred, weight), reduction in itertools.product(data, reductions):
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

def signs(shape):
    return 2 * binary(shape) - 1


hinges = [
    ("one_output", binary((5, 1)), uniform((5, 1), -2, 2), f32([1, 0.5, 0, 2, 3])),
    ("signs", signs((4, 3)), uniform((4, 3), -2, 2), f32([1, 0.5, 0, 2])),
    ("sequence", binary((2, 3, 4)), uniform((2, 3, 4), -2, 2), f32([[1, 2, 0.5], [0, 1, 3]])),
    ("labels_of_lower_rank", binary((5,)), uniform((5, 1), -2, 2), None),
    ("zeros_among_signs", f32([[0, 1, -1], [0, 0, 1]]), uniform((2, 3), -2, 2), None),
    ("one_class", f32([[1, 1], [1, 1]]), f32([[1, 1.5], [0, -1]]), None),
    ("edges", f32([[1, -1], [1, 1], [-1, -1]]), f32([[1, -1], [0, 1e4], [1e4, -1e4]]), f32([1, 2, 3])),
]

class_scores = [
    ("matrix", one_hot([0, 2, 1, 1], 3), uniform((4, 3), -2, 2), f32([1, 0.5, 0, 2])),
    ("sequence", one_hot([[0, 3, 1], [2, 2, 0]], 4), uniform((2, 3, 4), -2, 2), f32([[1, 2, 0.5], [0, 1, 3]])),
    ("soft_labels", probabilities((3, 5)), uniform((3, 5), -2, 2), None),
    ("one_class", one_hot([1, 1, 1], 2), uniform((3, 2), -2, 2), None),
    ("ties", one_hot([0, 0, 1, 1], 3), f32([[1, 0, 0], [1, 0.5, 0.5], [0, 0, 0], [-1, -1, -1]]), None),
    ("edges", one_hot([0, 2, 1], 3), f32([[1e4, 0, 0], [1e4, 0, -1e4], [-1e4, -1e4, 1]]), f32([1, 2, 3])),
]

distributions = [
    ("matrix", probabilities((4, 3)), probabilities((4, 3)), f32([1, 0.5, 0, 2])),
    ("one_output", binary((5, 1)), uniform((5, 1), 0.02, 0.98), f32([1, 0.5, 0, 2, 3])),
    ("sequence", probabilities((2, 3, 4)), probabilities((2, 3, 4)), f32([[1, 2, 0.5], [0, 1, 3]])),
    ("one_hot", one_hot([0, 2, 1], 3), probabilities((3, 3)), None),
    ("one_class", one_hot([1, 1], 2), probabilities((2, 2)), None),
    ("equal", probabilities((1, 4)).repeat(2, 0), probabilities((1, 4)).repeat(2, 0), None),
    ("edges", f32([[0, 1], [0, 1], [1, 0], [0.5, 3]]), f32([[0, 1], [1, 0], [1, 0], [2, -1]]), f32([1, 2, 3, 4])),
]

positive = [
    ("one_output", uniform((5, 1), 0, 4), uniform((5, 1), 0.1, 4), f32([1, 0.5, 0, 2, 3])),
    ("counts", rng.integers(0, 5, (4, 3)).astype("float32"), uniform((4, 3), 0.1, 5), f32([1, 0.5, 0, 2])),
    ("sequence", uniform((2, 3, 4), 0, 2), uniform((2, 3, 4), 0.1, 2), f32([[1, 2, 0.5], [0, 1, 3]])),
    ("labels_of_lower_rank", uniform((5,), 0, 2), uniform((5, 1), 0.1, 2), None),
    ("equal", f32([[1, 2, 3]]), f32([[1, 2, 3]]), None),
    ("zeros", f32([[0, 0], [1, 0]]), f32([[0, 1], [1e-3, 1e-8]]), None),
    ("large", f32([[1e4], [0], [3]]), f32([[3], [1e4], [1e6]]), f32([1, 2, 3])),
]

regions = [
    ("one_output", binary((5, 1)), uniform((5, 1), 0, 1), f32([1, 0.5, 0, 2, 3])),
    ("matrix", binary((4, 3)), uniform((4, 3), 0, 1), f32([1, 0.5, 0, 2])),
    ("images", binary((2, 2, 3, 1)), uniform((2, 2, 3, 1), 0, 1), None),
    ("labels_of_lower_rank", binary((5,)), uniform((5, 1), 0, 1), None),
    ("nothing_and_nothing", np.zeros((2, 3), "float32"), np.zeros((2, 3), "float32"), None),
    ("nothing_there", np.zeros((2, 3), "float32"), uniform((2, 3), 0, 1), None),
    ("one_class", np.ones((2, 3), "float32"), np.ones((2, 3), "float32"), f32([1, 2])),
    ("large", f32([[1, 0], [1, 1]]), f32([[1e4, 1e4], [-3, 1e3]]), None),
]

lengths = rounded(rng.normal(size=(6, 4)), 2)
embeddings = rounded(lengths / np.linalg.norm(lengths, axis=1, keepdims=True), 3)
circles = [
    ("pairs", np.array([0, 1, 0, 2, 1, 0]), embeddings, f32([1, 0.5, 0, 2, 3, 1])),
    ("label_column", np.array([[0], [1], [1], [0], [1], [0]]), embeddings, None),
    ("one_class", np.array([1, 1, 1, 1, 1, 1]), embeddings, None),
    ("no_two_alike", np.array([0, 1, 2, 3, 4, 5]), embeddings, None),
    ("exact", np.array([0, 0, 1]), f32([[1, 0], [0.5, 0.75], [0, 1]]), None),
    ("edges", np.array([0, 0, 1, 1]), f32([[1, 0], [1, 0], [0, 0], [-1, 0]]), f32([1, 2, 3, 4])),
]

ctc = [
    ("labels", np.array([[1, 2, 0], [3, 0, 0]]), uniform((2, 5, 4), -2, 2), f32([1, 2])),
    ("repeated", np.array([[1, 1], [2, 2], [1, 2]]), uniform((3, 4, 3), -2, 2), f32([1, 0, 2])),
    ("no_labels", np.array([[0, 0]]), uniform((1, 3, 3), -2, 2), None),
    ("no_room_to_spare", np.array([[1, 2, 1]]), uniform((1, 3, 3), -2, 2), None),
    ("blank_between", np.array([[1, 0, 2, 0], [1, 0, 0, 2]]), uniform((2, 5, 3), -2, 2), None),
    ("equal_logits", np.array([[1, 2], [1, 0]]), np.zeros((2, 4, 3), "float32"), None),
    ("large", np.array([[1, 2]]), f32([[[0, 30, -30], [50, 0, 0], [0, 0, 50], [-30, 0, 30]]]), None),
    ("longer", np.array([[1, 2, 3, 3, 2, 1, 4, 0]]), uniform((1, 16, 5), -1, 1), None),
]

class_numbers = [
    ("labels", np.array([0, 2, 1, 1]), probabilities((4, 3)), f32([1, 0.5, 0, 2])),
    ("sequence", np.array([[0, 3, 1], [2, 2, 0]]), probabilities((2, 3, 4)), f32([[1, 2, 0.5], [0, 1, 3]])),
    ("float_labels", f32([1, 0, 4]), probabilities((3, 5)), None),
    ("one_class", np.array([1, 1]), probabilities((2, 2)), None),
    ("edges", np.array([0, 1, 0]), f32([[1, 0], [0, 1], [1e-6, 3]]), f32([1, 2, 3])),
]

L = keras.losses
for loss_class, data in [
    (L.MeanAbsolutePercentageError, real),
    (L.MeanSquaredLogarithmicError, positive),
    (L.Huber, real),
    (L.LogCosh, real),
    (L.CosineSimilarity, real),
    (L.Hinge, hinges),
    (L.SquaredHinge, hinges),
    (L.CategoricalHinge, class_scores),
    (L.KLDivergence, distributions),
    (L.Poisson, positive),
    (L.CategoricalGeneralizedCrossEntropy, class_numbers),
    (L.Circle, circles),
    (L.CTC, ctc),
]:
    add(loss_class, {}, data, ["sum_over_batch_size", "none"])
add(L.Huber, {"delta": 0.5}, real[:3], ["sum_over_batch_size"])
add(L.CategoricalGeneralizedCrossEntropy, {"q": 0.7}, class_numbers[:1], ["mean_with_sample_weight"])
add(L.Circle, {"gamma": 2.0, "margin": 0.25}, circles, ["sum", "mean_with_sample_weight"])
add(L.Circle, {"gamma": 3.0, "remove_diagonal": False}, circles, ["sum_over_batch_size"])

BALANCED = {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "label_smoothing": 0.1}
for from_logits in [False, True]:
    for arguments in [{}, BALANCED]:
        arguments = {"from_logits": from_logits, **arguments}
        add(L.BinaryFocalCrossentropy, arguments, binary_data(from_logits), ["sum_over_batch_size"])
    for arguments in [{}, {"alpha": 1.5, "gamma": 1.5, "label_smoothing": 0.1}]:
        arguments = {"from_logits": from_logits, **arguments}
        add(L.CategoricalFocalCrossentropy, arguments, categorical_data(from_logits), ["sum_over_batch_size"])
    arguments = {"from_logits": from_logits, "alpha": [0.25, 0.5, 0.75], "gamma": 0.0}
    add(L.CategoricalFocalCrossentropy, arguments, categorical_data(from_logits)[:1], ["none"])

    # Classes or features that do not lie along the last dimension.
    cube = [("cube", one_hot([[0, 3, 1], [2, 2, 0]], 4), uniform((2, 3, 4), 0.05, 0.95), None)]
    for axis in [0, 1, -2]:
        arguments = {"from_logits": from_logits, "label_smoothing": 0.1, "axis": axis}
        for loss_class in [
            L.BinaryCrossentropy,
            L.CategoricalCrossentropy,
            L.BinaryFocalCrossentropy,
            L.CategoricalFocalCrossentropy,
        ]:
            add(loss_class, arguments, cube, ["none"])
for axis in [0, 1, -2]:
    add(L.CosineSimilarity, {"axis": axis}, [real[2][:3] + (None,)], ["none", "sum"])

add(L.Dice, {}, regions, ["sum_over_batch_size"])
add(L.Dice, {}, regions[:2], ["sum", "mean_with_sample_weight"])
add(L.Tversky, {}, regions, ["sum_over_batch_size"])
for axis in [(1, 2, 3), (0, 2), 0, -1]:
    add(L.Dice, {"axis": axis}, regions[2:3], ["sum_over_batch_size", "none"])
    add(L.Tversky, {"alpha": 0.3, "beta": 0.9, "axis": axis}, regions[2:3], ["sum_over_batch_size", "none"])
add(L.Dice, {"axis": 1}, regions[:2], ["sum_over_batch_size"])

# Every class with its defaults, and with other arguments.
CONFIGS = [
    (keras.losses.MeanSquaredError, {"reduction": "sum", "name": "mine"}),
    (keras.losses.MeanAbsoluteError, {"reduction": "mean_with_sample_weight"}),
    (keras.losses.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1, "axis": 1}),
    (keras.losses.CategoricalCrossentropy, {"from_logits": True, "label_smoothing": 0.2, "axis": -2, "reduction": "none"}),
    (keras.losses.SparseCategoricalCrossentropy, {"from_logits": True, "ignore_class": -1, "reduction": "mean"}),
    (L.MeanAbsolutePercentageError, {"reduction": "sum"}),
    (L.MeanSquaredLogarithmicError, {"reduction": "sum"}),
    (L.Huber, {"delta": 0.5, "name": "mine"}),
    (L.LogCosh, {"reduction": "mean"}),
    (L.CosineSimilarity, {"axis": 1, "reduction": "sum"}),
    (L.BinaryFocalCrossentropy, {**BALANCED, "from_logits": True, "axis": 1}),
    (L.CategoricalFocalCrossentropy, {"alpha": [0.1, 0.9], "gamma": 1.0, "from_logits": True, "label_smoothing": 0.1}),
    (L.CategoricalGeneralizedCrossEntropy, {"q": 0.25, "reduction": "sum"}),
    (L.KLDivergence, {"name": "divergence"}),
    (L.Poisson, {"reduction": "none"}),
    (L.Hinge, {"reduction": "sum"}),
    (L.SquaredHinge, {"reduction": "sum"}),
    (L.CategoricalHinge, {"reduction": "sum"}),
    (L.Dice, {"axis": [1, 2], "name": "mine"}),
    (L.Dice, {"axis": -1}),
    (L.Tversky, {"alpha": 0.25, "beta": 1.5, "axis": [1, 2, 3]}),
    (L.Circle, {"gamma": 2.5, "margin": 0.25, "remove_diagonal": False}),
    (L.CTC, {"reduction": "mean_with_sample_weight"}),
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
    [found] = {c.__name__ for c, _ in CONFIGS if c().fn is function}
    return found


names = [
    {"name": name, "class_name": class_of(name)}
    for name in sorted(ALL_OBJECTS_DICT)
    if name not in ["Loss", "LossFunctionWrapper"]
]

write("losses", {"configs": configs, "names": names, "cases": cases})
