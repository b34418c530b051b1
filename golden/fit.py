"""golden/fit.json: whole runs of fit and evaluate, the text of summary, and what fit prints."""

import contextlib
import inspect
import io
import os

os.environ["COLUMNS"] = "80"  # the width that summary wraps at

from common import f32, number, numbers, rounded, tensor, tensors, write
from models import classes, curve, images, one_hot

import keras
import numpy as np
from keras import Input, Sequential, regularizers
from keras.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D

RUNS = []


def fit_case(data, loss, optimizer, metrics=(), **arguments):
    def register(make):
        RUNS.append(dict(make=make, data=data, loss=loss, optimizer=optimizer, metrics=list(metrics), arguments=arguments))
        return make

    return register


SPARSE = ("SparseCategoricalCrossentropy", {})
SGD = ("SGD", {"learning_rate": 0.05})
WEIGHTS = rounded(np.random.default_rng(1).uniform(0, 2, 18), 2)


def split(data, at):
    return tuple(a[:at] for a in data), tuple(a[at:] for a in data)


@fit_case(classes(200, n=18), SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4)
def short_last_batch():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(classes(201, n=18), SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4, validation_split=0.25)
def validation_split():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


TRAIN, VALIDATION = split(classes(202, n=24), 17)


@fit_case(TRAIN, SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4, validation_data=VALIDATION)
def validation_data():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(
    TRAIN, SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4, validation_batch_size=3,
    validation_data=(*VALIDATION, f32([1, 0.5, 2, 0, 1, 3, 1])),
)
def validation_data_with_weights():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(TRAIN, SPARSE, SGD, ["accuracy"], epochs=4, batch_size=4, validation_data=VALIDATION, validation_freq=2)
def validation_freq():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(
    classes(203, n=18), SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4, validation_split=0.25,
    class_weight={0: 1.0, 1: 2.0, 2: 0.5},
)
def class_weight():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(
    (classes(204, n=18)[0], one_hot(classes(204, n=18)[1])), ("CategoricalCrossentropy", {}), SGD, ["accuracy"], epochs=3,
    batch_size=4, class_weight={0: 1.0, 2: 3.0},
)
def class_weight_one_hot():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(
    classes(205, n=18), SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4, validation_split=0.25, sample_weight=WEIGHTS,
)
def sample_weight():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


@fit_case(classes(206, n=18), SPARSE, SGD, ["accuracy"], epochs=3, batch_size=4, validation_split=0.25)
def regularizer():
    return Sequential([
        Input((4,)),
        Dense(5, activation="tanh", kernel_regularizer=regularizers.L2(0.05), activity_regularizer=regularizers.L1(0.01)),
        Dense(3, activation="softmax"),
    ])


@fit_case(classes(207, n=18), SPARSE, SGD, ["accuracy"], epochs=3, batch_size=5, validation_split=0.25)
def batch_normalization():
    return Sequential([
        Input((4,)), Dense(5), BatchNormalization(momentum=0.8), Activation("tanh"), Dense(3, activation="softmax"),
    ])


@fit_case(curve(208, n=40), ("MeanSquaredError", {}), ("Adam", {"learning_rate": 0.01}), ["mae"], epochs=3)
def default_batch_size():
    return Sequential([Input((3,)), Dense(6, activation="tanh"), Dense(1)])


@fit_case(
    (classes(209, n=18, count=2)[0], f32(classes(209, n=18, count=2)[1])), ("BinaryCrossentropy", {}),
    ("RMSprop", {"learning_rate": 0.005}), ["accuracy", "mse"], epochs=3, batch_size=4, validation_split=0.25,
)
def binary():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(1, activation="sigmoid")])


@fit_case(images(210, n=10), SPARSE, SGD, ["accuracy"], epochs=2, batch_size=4, validation_split=0.2)
def convolution():
    return Sequential([
        Input((6, 6, 1)), Conv2D(3, 3, activation="relu"), MaxPooling2D(), Flatten(), Dense(2, activation="softmax"),
    ])


@fit_case(classes(211, n=18), SPARSE, SGD, ["accuracy"], epochs=3, initial_epoch=1, batch_size=4)
def initial_epoch():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


def compiled(run):
    keras.utils.clear_session()
    keras.utils.set_random_seed(11)
    model = run["make"]()
    (loss_class, loss_config), (optimizer_class, optimizer_config) = run["loss"], run["optimizer"]
    model.compile(
        loss=getattr(keras.losses, loss_class)(**loss_config),
        optimizer=getattr(keras.optimizers, optimizer_class)(**optimizer_config),
        metrics=run["metrics"],
    )
    return model


def shown(name, value):
    """An argument of fit in JSON."""
    if name == "sample_weight":
        return tensor(value)
    if name == "validation_data":
        return tensors(value)
    if name == "class_weight":
        return {str(k): v for k, v in value.items()}
    return value


def fit_entry(run):
    model = compiled(run)
    x, y = run["data"]
    before = model.get_weights()
    history = model.fit(x, y, shuffle=False, verbose=0, **run["arguments"])
    evaluation = model.evaluate(x, y, batch_size=4, verbose=0, return_dict=True)
    weight = rounded(np.linspace(0, 2, len(x)), 2)
    weighted = model.evaluate(x, y, batch_size=4, sample_weight=weight, verbose=0, return_dict=True)
    return {
        "name": run["make"].__name__,
        "source": inspect.getsource(run["make"]),
        "config": model.get_config(),
        "loss": {"class_name": run["loss"][0], "config": run["loss"][1]},
        "optimizer": {"class_name": run["optimizer"][0], "config": run["optimizer"][1]},
        "metrics": run["metrics"],
        "arguments": {name: shown(name, value) for name, value in run["arguments"].items()},
        "x": tensor(x),
        "y": tensor(y),
        "weights_before": tensors(before),
        "epoch": history.epoch,
        "history_keys": list(history.history),
        "history": {name: [number(v) for v in values] for name, values in history.history.items()},
        "params": {k: v for k, v in history.params.items()},
        "weights_after": tensors(model.get_weights()),
        "prediction": tensor(model.predict(x, batch_size=4, verbose=0)),
        "evaluate": {"batch_size": 4, "result": numbers(evaluation)},
        "evaluate_weighted": {"batch_size": 4, "sample_weight": tensor(weight), "result": numbers(weighted)},
    }


# ---- summary ----

def built():
    return Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])


def unbuilt():
    return Sequential([Dense(5, activation="tanh"), Dropout(0.5), Dense(3, activation="softmax")])


def compiled_and_trained():
    model = Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = classes(220)
    model.fit(x, y, verbose=0)
    return model


def trained_with_sgd_momentum():
    model = Sequential([Input((1,)), Dense(1)], name="line")
    model.compile(keras.optimizers.SGD(momentum=0.9), "mse")
    model.fit(f32([[1], [2]]), f32([[1], [2]]), verbose=0)
    return model


def compiled_not_trained():
    model = Sequential([Input((4,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def non_trainable_weights():
    return Sequential([
        Input((28, 28, 1)), Conv2D(32, 3), BatchNormalization(), Activation("relu"), MaxPooling2D(), Flatten(),
        Dense(128, activation="relu", trainable=False), Dropout(0.5), Dense(10, activation="softmax"),
    ])


def long_names():
    return Sequential([
        Input((4,)), Dense(5, name="a_layer_whose_name_is_much_too_long_for_its_column"), Dense(1000000, name="wide"),
        Dense(3, name="short"),
    ], name="a_model_whose_name_is_long_as_well_and_goes_on_and_on_until_the_line_is_full_and_more")


def nested():
    inner = Sequential([Input((4,)), Dense(5), BatchNormalization()], name="inner")
    return Sequential([Input((4,)), inner, Dense(3, activation="softmax")])


def empty():
    return Sequential()


def summary_entry(make, **arguments):
    keras.utils.clear_session()
    keras.utils.set_random_seed(11)
    model = make()
    lines = []
    model.summary(print_fn=lambda text, line_break=True: lines.append(text), **arguments)
    return {"name": make.__name__, "source": inspect.getsource(make), "arguments": arguments, "text": "\n".join(lines)}


# ---- what fit prints ----

def printed(make_run, call, **arguments):
    """The text that a method of a compiled model prints; times are as they came."""
    model = compiled(make_run)
    x, y = make_run["data"]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        if call == "predict":
            model.predict(x, **arguments)
        elif call == "evaluate":
            model.evaluate(x, y, **arguments)
        else:
            model.fit(x, y, shuffle=False, **arguments)
    return {"run": make_run["make"].__name__, "call": call, "arguments": arguments, "text": output.getvalue()}


def main():
    by_name = {run["make"].__name__: run for run in RUNS}
    run, plain = by_name["validation_split"], by_name["default_batch_size"]
    prints = [
        printed(run, "fit", verbose=verbose, epochs=epochs, batch_size=4, **more)
        for verbose in [1, 2]
        for epochs in [1, 2]
        for more in [{}, {"validation_split": 0.25}]
    ]
    prints += [printed(plain, "fit", verbose=verbose, epochs=1) for verbose in [1, 2]]
    prints += [printed(run, "fit", verbose=verbose, epochs=1, batch_size=1) for verbose in [1, 2]]
    prints += [printed(run, call, verbose=verbose, batch_size=4) for call in ["evaluate", "predict"] for verbose in [1, 2]]
    summaries = [
        summary_entry(make)
        for make in [
            built, unbuilt, compiled_and_trained, trained_with_sgd_momentum, compiled_not_trained, non_trainable_weights,
            long_names, nested, empty,
        ]
    ]
    summaries += [
        summary_entry(nested, expand_nested=True), summary_entry(non_trainable_weights, show_trainable=True),
        summary_entry(built, line_length=60),
    ]
    write("fit", {"runs": [fit_entry(r) for r in RUNS], "summaries": summaries, "printed": prints})


if __name__ == "__main__":
    main()
