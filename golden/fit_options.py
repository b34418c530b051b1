"""golden/fit_options.json: fit with steps, with a list of validation epochs, with weighted metrics, from arrays and generators."""

import tempfile
from pathlib import Path

import numpy as np
from common import f32, number, rounded, tensor, tensors, write
from models import classes, one_hot

import keras
from keras import Input, Sequential, regularizers
from keras.layers import Dense

SPARSE = ("SparseCategoricalCrossentropy", {})
DATA = classes(300, n=18)
HOT = (DATA[0], one_hot(DATA[1]))
VALIDATION = classes(301, n=11)
WEIGHTS = rounded(np.random.default_rng(3).uniform(0, 2, 18), 2)
VALIDATION_WEIGHTS = rounded(np.random.default_rng(4).uniform(0, 2, 11), 2)
CLASS_WEIGHT = {0: 1.0, 1: 2.0, 2: 0.5}

# name, data, loss, what compile is given, what fit is given, whether the data comes from a generator
RUNS = [
    ("steps_within_a_pass", DATA, SPARSE, {"metrics": ["accuracy"]}, {"epochs": 7, "batch_size": 4, "steps_per_epoch": 2}, False),
    ("steps_that_divide", DATA, SPARSE, {"metrics": ["accuracy"]}, {"epochs": 5, "batch_size": 3, "steps_per_epoch": 2}, False),
    ("steps_beyond_a_pass", DATA, SPARSE, {"metrics": ["accuracy"]}, {"epochs": 3, "batch_size": 4, "steps_per_epoch": 7}, False),
    ("steps_say_the_batch_size", DATA, SPARSE, {"metrics": ["accuracy"]}, {"epochs": 3, "steps_per_epoch": 4}, False),
    (
        "validation_steps", DATA, SPARSE, {"metrics": ["accuracy"]},
        {"epochs": 3, "batch_size": 4, "validation_data": VALIDATION, "validation_steps": 2}, False,
    ),
    (
        "validation_steps_say_the_batch_size", DATA, SPARSE, {"metrics": ["accuracy"]},
        {"epochs": 2, "validation_data": VALIDATION, "validation_steps": 3}, False,
    ),
    (
        "validation_steps_beyond_the_end", DATA, SPARSE, {"metrics": ["accuracy"]},
        {"epochs": 2, "batch_size": 4, "validation_data": VALIDATION, "validation_steps": 9}, False,
    ),
    (
        "validation_epochs", DATA, SPARSE, {"metrics": ["accuracy"]},
        {"epochs": 6, "batch_size": 4, "validation_data": VALIDATION, "validation_freq": [1, 2, 5]}, False,
    ),
    (
        "weighted_metrics", DATA, SPARSE, {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        {
            "epochs": 3, "batch_size": 4, "sample_weight": WEIGHTS,
            "validation_data": (*VALIDATION, VALIDATION_WEIGHTS),
        }, False,
    ),
    (
        "weighted_metrics_without_weights", DATA, SPARSE, {"weighted_metrics": ["accuracy"]},
        {"epochs": 2, "batch_size": 4, "validation_data": VALIDATION}, False,
    ),
    (
        "weighted_by_class", DATA, SPARSE, {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        {"epochs": 3, "batch_size": 4, "class_weight": CLASS_WEIGHT, "validation_data": VALIDATION}, False,
    ),
    (
        "regularized", DATA, SPARSE, {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        {"epochs": 3, "batch_size": 4, "steps_per_epoch": 3, "sample_weight": WEIGHTS, "validation_data": VALIDATION}, False,
    ),
    (
        "weighted_metrics_validated_later", DATA, SPARSE, {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        {"epochs": 3, "batch_size": 4, "validation_data": VALIDATION, "validation_freq": [2]}, False,
    ),
    ("f1_score", HOT, ("CategoricalCrossentropy", {}), {"metrics": ["f1_score"]}, {"epochs": 3, "batch_size": 4}, False),
    ("dice", HOT, ("Dice", {}), {}, {"epochs": 3, "batch_size": 4, "sample_weight": WEIGHTS}, False),
    ("tversky", HOT, ("Tversky", {}), {}, {"epochs": 3, "batch_size": 4, "class_weight": CLASS_WEIGHT}, False),
    ("generator", DATA, SPARSE, {"metrics": ["accuracy"]}, {"epochs": 4, "steps_per_epoch": 3}, True),
    (
        "generator_regularized", DATA, SPARSE, {"metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
        {"epochs": 3, "steps_per_epoch": 5, "sample_weight": WEIGHTS, "validation_data": VALIDATION, "validation_steps": 2}, True,
    ),
]


def model_of(name):
    regularizer = regularizers.L2(0.05) if "regularized" in name else None
    return Sequential([Input((4,)), Dense(5, activation="tanh", kernel_regularizer=regularizer), Dense(3, activation="softmax")])


def endless(arrays, size):
    """The batches of the arrays, the short last one included, again and again."""
    while True:
        for start in range(0, len(arrays[0]), size):
            yield tuple(a[start : start + size] for a in arrays)


def shown(value):
    if isinstance(value, np.ndarray):
        return tensor(value)
    if isinstance(value, tuple):
        return tensors(value)
    if isinstance(value, dict):
        return {str(k): v for k, v in value.items()}
    return value


def values(numbers):
    """One number an epoch, or one list."""
    return [[number(v) for v in np.ravel(n)] if np.ndim(n) else number(n) for n in numbers]


def entry(run):
    name, (x, y), (loss_class, loss_config), compiled, arguments, from_generator = run
    keras.utils.clear_session()
    keras.utils.set_random_seed(12)
    model = model_of(name)
    model.compile(
        loss=getattr(keras.losses, loss_class)(**loss_config), optimizer=keras.optimizers.SGD(0.05),
        **{key: list(value) for key, value in compiled.items()},
    )
    before = model.get_weights()
    table = Path(tempfile.mkdtemp()) / "log.csv"
    options = dict(arguments) | {"callbacks": [keras.callbacks.CSVLogger(table)]}
    if from_generator:
        # The first batches are not used up by the building of the metrics.
        model.test_on_batch(x[:4], y[:4], sample_weight=f32(np.ones(4)) if "sample_weight" in options else None)
        weights = options.pop("sample_weight", None)
        arrays = (x, y) if weights is None else (x, y, weights)
        history = model.fit(endless(arrays, 4), verbose=0, **options)
    else:
        history = model.fit(x, y, shuffle=False, verbose=0, **options)
    return {
        "name": name,
        "from_generator": from_generator,
        "loss": {"class_name": loss_class, "config": loss_config},
        "compile": compiled,
        "arguments": {key: shown(value) for key, value in arguments.items()},
        "x": tensor(x),
        "y": tensor(y),
        "weights_before": tensors(before),
        "epoch": history.epoch,
        "history_keys": list(history.history),
        "csv_header": table.read_text().splitlines()[0],
        "history": {key: values(numbers) for key, numbers in history.history.items()},
        "weights_after": tensors(model.get_weights()),
    }


# ---- when callbacks are called ----

HOOKS = [
    f"{of}_{when}" for of in ["train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch"]
    for when in ["begin", "end"]
]


def diary():
    """A callback, and the list of its calls: the hook, the epoch or batch, the names in the logs."""
    calls = []

    def noting(hook):
        def note(self, *arguments, logs=None):
            number = [argument for argument in arguments if isinstance(argument, int)]
            logs = logs or next((argument for argument in arguments if isinstance(argument, dict)), {})
            names = ": " + " ".join(logs) if logs else ""
            calls.append(" ".join([hook, *map(str, number)]) + names)

        return note

    return type("Diary", (keras.callbacks.Callback,), {f"on_{hook}": noting(hook) for hook in HOOKS})(), calls


def calls(method):
    """The calls of a method of a line with a metric that is weighted too."""
    x, (callback, noted) = f32(np.ones((5, 1))), diary()
    model = Sequential([Input((1,)), Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"], weighted_metrics=["mae"])
    arguments = {"batch_size": 2, "verbose": 0, "callbacks": [callback]}
    if method == "fit":
        model.fit(x, x, epochs=2, validation_data=(x[:3], x[:3]), validation_freq=2, **arguments)
    elif method == "evaluate":
        model.evaluate(x, x, **arguments)
    else:
        model.predict(x, **arguments)
    return noted


def main():
    runs = [entry(run) for run in RUNS]
    write("fit_options", {"runs": runs, "calls": {method: calls(method) for method in ["fit", "evaluate", "predict"]}})


if __name__ == "__main__":
    main()
