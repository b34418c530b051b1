"""golden/callbacks.json: whole runs of fit with Keras's callbacks, and how Python writes numbers."""

import os
import tempfile
from pathlib import Path

from common import f32, number, rounded, tensor, tensors, write

import keras
import numpy as np
from keras import Input, Sequential, callbacks
from keras.layers import Dense

N = 12
R = np.random.default_rng(7)
X = rounded(R.normal(size=(N, 3)), 2)
Y = rounded(X @ f32([[1.0], [-2.0], [0.5]]) + R.normal(scale=0.1, size=(N, 1)), 2)
VX = rounded(R.normal(size=(6, 3)), 2)
VY = rounded(VX @ f32([[1.0], [-2.0], [0.5]]), 2)

# What the callbacks watch: set in the logs by a callback before them.
WATCHED = [5.0, 4.0, 3.0, 3.00005, 3.4, 3.3, 3.2, 2.0, 2.5, 2.6, 2.7, 2.8]
MIN = {"monitor": "watched", "mode": "min"}
RUNS = [
    *(("ReduceLROnPlateau", {**MIN, **config}, {}) for config in (
        {"patience": 1}, {"patience": 2, "factor": 0.5}, {"patience": 0, "factor": 0.5, "cooldown": 2},
        {"patience": 1, "factor": 0.5, "min_lr": 0.02}, {"patience": 1, "factor": 0.5, "cooldown": 1, "min_lr": 0.03},
        {"patience": 1, "factor": 0.5, "min_delta": 1.0}, {"patience": 2, "factor": 0.0},
    )),
    ("ReduceLROnPlateau", {"monitor": "watched", "mode": "max", "patience": 2, "factor": 0.5}, {}),
    ("ReduceLROnPlateau", {"patience": 1, "factor": 0.3, "min_delta": 0.3}, {}),
    ("LearningRateScheduler", {}, {}),
    *(("EarlyStopping", {**MIN, **config}, {}) for config in (
        {}, {"patience": 2}, {"patience": 4, "restore_best_weights": True}, {"patience": 3, "min_delta": 0.5},
        {"patience": 3, "baseline": 2.5}, {"patience": 2, "start_from_epoch": 4, "restore_best_weights": True},
    )),
    ("EarlyStopping", {"monitor": "watched", "mode": "max", "patience": 3, "restore_best_weights": True}, {}),
    ("TerminateOnNaN", {}, {"nan_from": 5}),
    ("SwapEMAWeights", {}, {"use_ema": True}),
    ("SwapEMAWeights", {"swap_on_epoch": True}, {"use_ema": True}),
    ("CSVLogger", {}, {}),
    ("CSVLogger", {"separator": ";"}, {"validated": False}),
    ("CSVLogger", {"append": True}, {"text": "epoch,loss\r\n"}),
    *(("ModelCheckpoint", config, {}) for config in (
        {"filepath": "{epoch:02d}-{watched:.2f}.keras"},
        {"filepath": "best-{epoch}.keras", **MIN, "save_best_only": True},
        {"filepath": "best-{epoch}.keras", **MIN, "save_best_only": True, "initial_value_threshold": 2.9},
        {"filepath": "max-{epoch:3d}.keras", "monitor": "watched", "mode": "max", "save_best_only": True},
        {"filepath": "{epoch}-{batch:03d}.keras", "save_freq": 2},
        {"filepath": "{epoch}-{batch}.keras", "save_freq": 7},
    )),
]
EPOCHS = len(WATCHED)


class Watched(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["watched"] = WATCHED[epoch]


def entry(name, config, extra, folder):
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    model = Sequential([Input((3,)), Dense(2, activation="tanh"), Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, use_ema=extra.get("use_ema", False), ema_momentum=0.9), "mse")
    before = model.get_weights()
    y = Y.copy()
    if "nan_from" in extra:
        y[extra["nan_from"]:] = np.nan
    given = dict(config)
    if name == "LearningRateScheduler":
        given["schedule"] = lambda epoch, rate: rate if epoch < 3 else rate * 0.5
    if name == "CSVLogger":
        given["filename"] = str(folder / "log.csv")
        if "text" in extra:
            Path(given["filename"]).write_bytes(extra["text"].encode())
    if name == "ModelCheckpoint":
        given["filepath"] = str(folder / given["filepath"])
    callback = getattr(callbacks, name)(**given)
    validation = {"validation_data": (VX, VY)} if extra.get("validated", True) else {}
    # `watched` is left out of the CSV file: nothing but float32 numbers of the network.
    before_it = [] if name == "CSVLogger" else [Watched()]
    history = model.fit(
        X, y, batch_size=4, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[*before_it, callback], **validation,
    )
    result = {
        "class_name": name, "config": config, "extra": extra, "weights_before": tensors(before), "y": tensor(y),
        "history_keys": list(history.history),
        "history": {key: [number(v) for v in values] for key, values in history.history.items()},
        "weights_after": tensors(model.get_weights()),
    }
    if name == "CSVLogger":
        result["text"] = (folder / "log.csv").read_bytes().decode()
    if name == "ModelCheckpoint":
        result["files"] = sorted(path.name for path in folder.iterdir())
    if name == "EarlyStopping":
        result["stopped_epoch"], result["best_epoch"] = callback.stopped_epoch, callback.best_epoch
    return result


FLOATS = [0.0, -0.0, 1.0, 0.1, 1e-4, 9.999e-5, 1e-5, 1.5e-7, 123456789.0, 1e15, 1e16, 1.5e300, -2.5e-120, 1 / 3]
SPECS = ["", "d", "02d", "5d", ".2f", "08.3f", "f", ".0f", ".3e", "e", "12.1e", "7", "07"]


def formats():
    for spec in SPECS:
        for value in [0, 7, 123, 0.5, -1.25, 123.456, 1e-5]:
            try:
                yield {"spec": spec, "value": value, "is_count": isinstance(value, int), "text": format(value, spec)}
            except ValueError:
                yield {"spec": spec, "value": value, "is_count": False, "text": None}


def main():
    runs = []
    for name, config, extra in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            runs.append(entry(name, config, extra, Path(folder)))
    write("callbacks", {
        "watched": WATCHED, "x": tensor(X), "validation": tensors([VX, VY]), "runs": runs,
        "floats": [{"value": value, "repr": repr(value)} for value in FLOATS], "formats": list(formats()),
    })


if __name__ == "__main__":
    main()
