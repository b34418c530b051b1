"""What keras_files.py and keras_files_old.py share: models, data, and the index of the files.

It runs under Keras 2 and 3, on any backend. `use(keras)` says which Keras.
"""

import json
import os
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent / "keras_files"
INDEX = ROOT / "index.json"
EPOCHS, BATCH = 3, 4


class Files:
    """The files of one Keras: those it wrote, in a folder of their own, and what the index says of them."""

    def __init__(self, keras, versions, folder):
        self.keras, self.versions, self.folder = keras, versions, folder
        self.entries = []
        self.batch = BATCH
        self.load_h5 = None
        (ROOT / self.folder).mkdir(parents=True, exist_ok=True)
        for old in sorted((ROOT / self.folder).rglob("*"), reverse=True):
            old.rmdir() if old.is_dir() else old.unlink()

    def path(self, file):
        return str(ROOT / self.folder / file)

    def load(self, file, **arguments):
        return self.keras.models.load_model(self.path(file), **arguments)

    def whole(self, file, model, x, save=None, load=None, **extra):
        """Writes a model that is not compiled. The predictions are those of what was written."""
        (save or (lambda m, path: m.save(path)))(model, self.path(file))
        loaded = load(self.path(file)) if load else self.load(file, compile=False)
        prediction = predict(model, x)
        close(predict(loaded, x), prediction, 1e-6, file)
        return self.add(file, model, x, prediction, **extra)

    def weights(self, file, model, x, config_of, save=None, load=None, **extra):
        """Writes the weights alone. `config_of` is a file with the same layers."""
        (save or (lambda m, path: m.save_weights(path)))(model, self.path(file))
        fresh = self.load(config_of, compile=False)
        fresh.set_weights([np.full_like(w, 0.25) for w in fresh.get_weights()])
        (load or (lambda m, path: m.load_weights(path)))(fresh, self.path(file))
        return self.add(file, fresh, x, predict(fresh, x), config_of=f"{self.folder}/{config_of}", **extra)

    def trained(self, file, model, data, optimizer, loss, metrics=(), save=None, goes_on=True, trains=True,
                twice=True, format=None, **compile_):
        """Compiles, trains for two epochs, writes; then goes on from the file, as the model itself would."""
        x, y = data
        seed(self.keras, 7)
        given = lambda: dict(loss=loss, metrics=list(metrics() if callable(metrics) else metrics), **compile_)
        model.compile(optimizer=optimizer, **given())
        if trains:
            model.fit(x, y, epochs=2, batch_size=self.batch, shuffle=False, verbose=0)
        (save or (lambda m, path: m.save(path)))(model, self.path(file))
        entry = self.add(file, model, x, predict(model, x), compiled=True, format=format)
        own = self.load_h5 if file.endswith(".h5") else None
        load = own and (lambda: own(file, model.optimizer, **given()))
        return self.goes_on(entry, data, same_as=model if twice else None, load=load) if goes_on else entry

    def goes_on(self, entry, data, same_as=None, load=None, by=None):
        """What further training from the file gives: `continued`, and the state of the optimizer before it."""
        file = entry["file"].split("/", 1)[1]
        load = load or (lambda: self.load(file))
        x, y = data
        loaded = load()
        optimizer = state_of(loaded)
        history, weights = fit(loaded, x, y, self.batch)
        if same_as is not None:
            # What is in the file is all that training needs.
            own, own_weights = fit(same_as, x, y, self.batch)
            assert list(own) == list(history), (file, own, history)
            for name in own:
                close(history[name], own[name], 2e-6, f"{file} {name}")
            [close(a, b, 2e-6, file) for a, b in zip(weights, own_weights)]
        # Rounding elsewhere does not show.
        shaken = load()
        noise = np.random.default_rng(0)
        near = x * (1 + noise.uniform(-2e-7, 2e-7, x.shape)).astype("float32")
        _, other = fit(shaken, near, y, self.batch)
        far = max(float(np.abs(a - b).max() / max(1, np.abs(a).max())) for a, b in zip(weights, other))
        if far > 3e-6:
            print(f"  {file}: sensitive, {far:.1e}")
        entry["y"] = tensor(y)
        entry["optimizer"] = optimizer
        entry["continued"] = {
            "by": by or self.folder,
            "arguments": {"epochs": EPOCHS, "batch_size": self.batch, "shuffle": False},
            "history": {name: [number(v) for v in values] for name, values in history.items()},
            "weights": [tensor(w) for w in weights],
        }
        return entry

    def add(self, file, model, x, prediction, compiled=False, config_of=None, note=None, format=None):
        entry = {
            "file": f"{self.folder}/{file}",
            "format": format or form(self.path(file)),
            "compiled": compiled,
            "config_of": config_of,
            "note": note,
            "layers": [type(layer).__name__ for layer in model.layers],
            "weights": [{"name": name_of(w), **tensor(v)} for w, v in zip(model.weights, model.get_weights())],
            "x": tensor(x),
            "prediction": tensor(prediction),
        }
        self.entries.append(entry)
        print(entry["file"], entry["format"], size(self.path(file)))
        return entry

    def index(self):
        """Takes the entries into the index, in place of those of the same folder."""
        old = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else {"versions": {}, "files": []}
        versions = {**old["versions"], self.folder: self.versions}
        files = [e for e in old["files"] if not e["file"].startswith(self.folder + "/")] + self.entries
        # Newest first, as the folders sort by name; within a folder as they were written.
        order = sorted(versions, key=lambda f: [int(p) for p in f.split("-")[1].split(".")[:3]], reverse=True)
        files.sort(key=lambda e: order.index(e["file"].split("/")[0]))
        lines = ",\n".join("  " + dumps(e) for e in files)
        heads = ",\n".join(f"  {dumps(f)}: {dumps(versions[f])}" for f in order)
        INDEX.write_text(f'{{\n"versions": {{\n{heads}\n}},\n"files": [\n{lines}\n]\n}}\n', encoding="utf-8")
        json.loads(INDEX.read_text(encoding="utf-8"))
        print(len(files), "files,", sum(size(p) for p in ROOT.rglob("*")), "bytes with the index")


# ---- the JSON form, as in common.py, which needs JAX ----


def number(value):
    value = np.float32(value)
    if not np.isfinite(value):
        return "nan" if np.isnan(value) else "inf" if value > 0 else "-inf"
    return float(str(value))


def tensor(array):
    array = np.asarray(array)
    whole = array.dtype == bool or np.issubdtype(array.dtype, np.integer)
    return {"shape": list(array.shape), "values": [int(v) if whole else number(v) for v in array.ravel()]}


def dumps(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


# ---- small helps ----


def seed(keras, value):
    keras.utils.set_random_seed(value)


def rounded(array, digits=2):
    return np.round(np.asarray(array, dtype="float64"), digits).astype("float32")


def predict(model, x):
    return np.asarray(model.predict(x, verbose=0), dtype="float32")


def fit(model, x, y, batch):
    history = model.fit(x, y, epochs=EPOCHS, batch_size=batch, shuffle=False, verbose=0).history
    return history, [np.asarray(w, dtype="float32") for w in model.get_weights()]


def name_of(variable):
    return getattr(variable, "path", None) or variable.name


def state_of(model):
    """The optimizer's variables as the file gave them, in Keras's order."""
    optimizer = model.optimizer
    variables = getattr(optimizer, "variables", None)
    variables = variables() if callable(variables) and not isinstance(variables, (list, tuple)) else variables
    rate = (getattr(optimizer, "inner_optimizer", None) or optimizer).learning_rate
    return {
        "class_name": type(optimizer).__name__,
        "learning_rate": number(np.asarray(rate(optimizer.iterations) if callable(rate) else rate)),
        "variables": [{"name": name_of(v), **tensor(np.asarray(v))} for v in variables],
    }


def close(a, b, bound, what):
    a, b = np.asarray(a, dtype="float64"), np.asarray(b, dtype="float64")
    assert a.shape == b.shape, (what, a.shape, b.shape)
    far = float((np.abs(a - b) / np.maximum(1, np.abs(b))).max()) if a.size else 0.0
    assert far <= bound or os.environ.get("LOOSE"), f"{what}: off by {far}"


def size(path):
    path = Path(path)
    return path.stat().st_size if path.is_file() else 0


def form(path):
    """What a file is, by its name; `format` says what the name does not."""
    for ending, name in [(".weights.h5", "weights.h5"), (".weights.json", "weights.json"), (".h5", "h5")]:
        if path.endswith(ending):
            return name
    return "keras"


def draw(model, value):
    """Weights that are neither zeros nor ones, short in decimals; variances and scales are positive."""
    rng = np.random.default_rng(value)
    weights = []
    for variable, old in zip(model.weights, model.get_weights()):
        positive = any(part in name_of(variable) for part in ("variance", "gamma"))
        new = rng.uniform(0.5, 1.5, old.shape) if positive else rng.normal(0, 0.6, old.shape)
        weights.append(rounded(new))
    model.set_weights(weights)
    return model


# ---- data ----


def petals():
    x = np.array([[1.4], [1.3], [1.5], [1.7], [1.4], [4.7], [4.5], [4.9], [4.0], [4.6]], "float32")
    return x, np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], "int32")


def points(features=3, count=3, n=10):
    rng = np.random.default_rng(11)
    y = np.arange(n) % count
    return rounded(rng.normal(0, 1, (count, features))[y] + 0.6 * rng.normal(0, 1, (n, features))), y.astype("int32")


def curve(features=3, n=10):
    x = rounded(np.random.default_rng(12).uniform(-1, 1, (n, features)))
    return x, rounded(np.sin(2 * x[:, :1]) + 0.5 * x[:, 1:2])


def pictures(side=6, channels=1, count=2, n=6):
    rng = np.random.default_rng(13)
    x = rounded(rng.normal(0, 1, (n, side, side, channels)), 1)
    y = np.arange(n) % count
    x[y == 0, : side // 2] += 1
    return x, y.astype("int32")


# ---- models that every Keras can make ----


def lesson(keras, name=None):
    L = keras.layers
    return keras.Sequential([
        keras.Input((1,)),
        L.Dense(4, activation="relu", use_bias=True, bias_initializer="zeros"),
        L.Dense(2, activation="softmax"),
    ], name=name)


def one(keras, units=3, activation="softmax", features=3):
    return keras.Sequential([keras.Input((features,)), keras.layers.Dense(units, activation=activation)])


def lenet(keras):
    L = keras.layers
    return keras.Sequential([
        keras.Input((6, 6, 1)),
        L.Conv2D(2, 3, activation="tanh"),
        L.MaxPooling2D(),
        L.Conv2D(3, (2, 2), padding="same", activation="relu"),
        L.Flatten(),
        L.Dense(2, activation="softmax"),
    ])


def batch_normalization(keras):
    L = keras.layers
    return keras.Sequential([
        keras.Input((3,)),
        L.Dense(4, use_bias=False),
        L.BatchNormalization(momentum=0.9, epsilon=1e-2),
        L.Activation("tanh"),
        L.Reshape((2, -1)),
        L.Flatten(),
        L.Dense(3, activation="softmax"),
    ])


def dropout(keras):
    L = keras.layers
    return keras.Sequential([
        keras.Input((3,)),
        L.Dropout(0.25),
        L.ActivityRegularization(l1=0.01, l2=0.02),
        L.Dropout(0.5, noise_shape=[None, 1], seed=3),
        L.Dense(3, activation="softmax"),
    ])


def advanced_activations(keras):
    L = keras.layers
    return keras.Sequential([
        keras.Input((2, 3)),
        L.Dense(4),
        L.PReLU(shared_axes=[1]),
        L.ELU(0.7),
        L.LeakyReLU(0.2),
        L.ReLU(max_value=4.0, negative_slope=0.1, threshold=0.05),
        L.Softmax(axis=-1),
    ])


def nested(keras):
    L = keras.layers
    kept = L.Dense(2, name="same", trainable=False)
    features = keras.Sequential([
        keras.Input((3,)),
        L.Dense(3, activation="tanh"),
        keras.Sequential([keras.Input((3,)), kept, L.BatchNormalization()], name="inner"),
    ], name="features")
    return keras.Sequential([
        keras.Input((3,)), features, L.Dense(3, activation="softmax", name="same"),
    ], name="whole")


def penalties(keras):
    L, R, C = keras.layers, keras.regularizers, keras.constraints
    return keras.Sequential([
        keras.Input((3,)),
        L.Dense(
            4, activation="tanh", kernel_regularizer=R.L1L2(0.01, 0.02), bias_regularizer="l2",
            activity_regularizer=R.L2(0.01), kernel_constraint=C.MaxNorm(1.0), bias_constraint="non_neg",
            kernel_initializer=keras.initializers.HeNormal(seed=5), bias_initializer="ones",
        ),
        L.Dense(3, activation="softmax", kernel_constraint=C.UnitNorm(axis=0)),
    ])
