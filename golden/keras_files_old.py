"""golden/keras_files: files as older Keras writes them, and what that Keras makes of them.

    python keras_files_old.py              # under the Keras that is installed
    python keras_files_old.py tf_keras     # under tf_keras
    python keras_files_old.py check        # current Keras (keras_files.py names it) reads all that the others wrote

Each run writes the folder of its version and its part of the index. The environments, all with Python 3.11:

    keras-2.12.0     tensorflow-cpu==2.12.1 numpy==1.24.3
    keras-2.13.1     tensorflow-cpu==2.13.1 numpy==1.24.3
    keras-2.15.0     tensorflow-cpu==2.15.1 "numpy<2"
    tf_keras-2.21.0  tensorflow-cpu==2.21.0 tf_keras==2.21.0
    keras-3.0.5      keras==3.0.5 jax==0.4.26 jaxlib==0.4.26 "numpy<2" "h5py<3.12" ml_dtypes==0.4.0 packaging
    keras-3.3.3      keras==3.3.3 and the rest as for 3.0.5, with optree
    keras-3.6.0      keras==3.6.0 and the rest as for 3.3.3
    keras-3.10.0     keras==3.10.0 jax==0.6.2 h5py==3.14.0
"""

import importlib
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import numpy as np
from keras_files_common import (
    INDEX, ROOT, Files, advanced_activations, batch_normalization, close, curve, draw, fit, lenet, lesson,
    nested, one, petals, pictures, points, predict, seed,
)

WORD = sys.argv[1] if len(sys.argv) > 1 else "keras"
SPARSE = "sparse_categorical_crossentropy"


def installed():
    """The Keras, its version, and what it stands on."""
    keras = importlib.import_module(WORD)
    version = keras.__version__
    backend = "tensorflow" if version < "3" else keras.backend.backend()
    module = importlib.import_module(backend)
    if WORD == "keras" and version < "3":
        # Keras 2 gives its older optimizers under its own name, and the newer ones in TensorFlow.
        keras = module.keras
    own = {"h5py": h5py.__version__, "numpy": np.__version__}
    return keras, version, {"backend": backend, backend: module.__version__, **own}


class Old:
    """The files of one older Keras."""

    def __init__(self, keras, version, versions):
        self.keras, self.files = keras, Files(keras, versions, f"{WORD}-{version}")
        self.version = tuple(int(part) for part in version.split(".")[:2])

    def fresh(self, make):
        self.keras.backend.clear_session()
        seed(self.keras, 1)
        return make(self.keras)

    def adam(self):
        return self.keras.optimizers.Adam(0.01)

    def lesson_adam(self, file="lesson_adam.keras", **extra):
        self.files.trained(file, self.fresh(lesson), petals(), self.adam(), SPARSE, ["accuracy"], **extra)

    def one_adam(self):
        self.files.trained("one_adam.keras", self.fresh(one), points(), self.adam(), SPARSE, ["accuracy"])

    def whole(self, file, make, x):
        self.files.whole(file, draw(self.fresh(make), 2), x)

    def run(self):
        if self.version[0] == 3:
            self.three_zero() if self.version == (3, 0) else self.one_adam()
        elif self.version == (2, 12):
            self.two_twelve()
        elif self.version == (2, 13):
            self.lesson_adam()
            self.whole("nested.keras", nested, points()[0])
        elif self.version == (2, 15):
            self.two_fifteen()
        else:
            self.one_adam()
            sgd = self.keras.optimizers.SGD(0.1, momentum=0.9)
            self.files.trained("sgd.h5", self.fresh(one), points(), sgd, SPARSE, ["accuracy"])
        self.files.index()

    def three_zero(self):
        """dtypes as texts; no names in the weights; NumPy's files as another form of the weights."""
        from keras.src.saving import saving_lib

        # Its history has the mean loss of the batches, however many samples they have: here all have as many.
        self.files.batch = 5
        self.lesson_adam()
        model = draw(self.fresh(lesson), 3)
        x = petals()[0]
        saving_lib.save_model(model, self.files.path("lesson_npz.keras"), weights_format="npz")
        note = "weights in model.weights.npz, one pickled dict a layer"
        self.files.add("lesson_npz.keras", model, x, predict(model, x), note=note)
        self.whole("advanced_activations.keras", advanced_activations, np.round(
            np.random.default_rng(21).normal(0, 1, (3, 2, 3)), 2).astype("float32"))
        self.whole("lesson.h5", lesson, x)

    def two_twelve(self):
        """`.keras` is HDF5 unless asked for, then a zip; legacy and new optimizers; two forms of weights."""
        zipped = lambda m, path: m.save(path, save_format="keras_v3")
        self.lesson_adam("lesson_adam.keras", format="h5")
        self.lesson_adam("lesson_adam_v3.keras", save=zipped)
        legacy = self.keras.optimizers.legacy.Adam(0.01)
        note = "an optimizer as Keras had them before 2.11"
        entry = self.files.trained("one_legacy_adam.h5", self.fresh(one), points(), legacy, SPARSE, ["accuracy"])
        entry["note"] = note
        x = points()[0]
        self.files.whole("nested.keras", draw(self.fresh(nested), 2), x, save=zipped)
        self.whole("batch_normalization.h5", batch_normalization, x)
        model = draw(self.fresh(lesson), 3)
        self.files.weights("lesson.weights.h5", model, petals()[0], "lesson_adam_v3.keras")
        self.files.weights("lesson_weights.h5", model, petals()[0], "lesson_adam_v3.keras", format="h5 weights")

    def two_fifteen(self):
        O = self.keras.optimizers
        sgd = O.SGD(0.1, momentum=0.9)
        self.files.trained("lenet_sgd.h5", self.fresh(lenet), pictures(), sgd, SPARSE, ["accuracy"])
        step = O.schedules.ExponentialDecay(0.05, 3, 0.8, staircase=True)
        line = self.fresh(lambda k: one(k, 1, "tanh"))
        self.files.trained("regression.keras", line, curve(), O.Adam(step), "mse", ["mae"])


def check():
    """What current Keras makes of the files of the others."""
    import json

    import keras

    current = f"keras-{keras.__version__}"
    data = {"petals": petals(), "points": points(), "curve": curve(), "pictures": pictures()}
    for entry in json.loads(INDEX.read_text(encoding="utf-8"))["files"]:
        if entry["file"].startswith(current):
            continue
        keras.backend.clear_session()
        x = np.array(entry["x"]["values"], "float32").reshape(entry["x"]["shape"])
        expected = np.array(entry["prediction"]["values"]).reshape(entry["prediction"]["shape"])
        try:
            whole = str(ROOT / (entry["config_of"] or entry["file"]))
            model = keras.models.load_model(whole, compile=entry["compiled"])
            model.load_weights(str(ROOT / entry["file"])) if entry["config_of"] else None
            close(predict(model, x), expected, 1e-6, "prediction")
            said = "the same prediction"
            if "continued" in entry:
                y = next(d[1] for d in data.values() if d[0].shape == x.shape and np.array_equal(d[0], x))
                history, weights = fit(model, x, y, entry["continued"]["arguments"]["batch_size"])
                for name, values in entry["continued"]["history"].items():
                    close(history[name], values, 1e-5, name)
                for now, then in zip(weights, entry["continued"]["weights"]):
                    close(now.ravel(), then["values"], 1e-5, "weights")
                said += ", goes on as it did"
        except Exception as error:  # whatever Keras says is the answer
            said = f"{type(error).__name__}: {str(error).strip()[:150]!r}"
        print(f"{entry['file']}: {said}")


if WORD == "check":
    check()
else:
    Old(*installed()).run()
