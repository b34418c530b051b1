"""golden/keras_files: files as current Keras writes them, and what Keras makes of them.

Needs keras 3.15.1, jax 0.10.2, h5py 3.16 and numpy 2.4. The older versions are in keras_files_old.py.
"""

import os
import random

os.environ.setdefault("KERAS_BACKEND", "jax")

import h5py
import jax
import keras
import numpy as np
from keras import layers as L
from keras import losses, metrics, optimizers
from keras.optimizers import schedules
from keras.src.legacy.saving import legacy_h5_format
from keras.src.saving import saving_lib
from keras_files_common import (
    Files, advanced_activations, batch_normalization, curve, draw, dropout, lenet, lesson, nested, one,
    penalties, petals, pictures, points, predict, rounded, seed,
)

FILES = Files(keras, {
    "backend": "jax", "jax": jax.__version__, "h5py": h5py.__version__, "numpy": np.__version__,
}, f"keras-{keras.__version__}")


def inputs(shape, n=3, digits=2):
    return rounded(np.random.default_rng(21).normal(0, 1, (n, *shape)), digits)


def fresh(make, value=1):
    """Each model is the first of its session: its names have no numbers of others."""
    keras.backend.clear_session()
    seed(keras, value)
    return make(keras) if callable(make) else make


# ---- layers, not compiled ----


def convolutions(keras):
    return keras.Sequential([
        keras.Input((7, 6, 2)),
        L.Conv2D(4, (3, 2), strides=(2, 1), padding="same", activation=L.LeakyReLU(0.4), groups=2),
        L.BatchNormalization(),
        L.MaxPooling2D((2, 1), strides=(1, 2), padding="same"),
        L.Conv2D(2, 2, dilation_rate=(1, 2), use_bias=False, kernel_initializer=keras.initializers.LecunNormal(seed=2)),
        L.Flatten(),
    ])


def plain():
    for make, x in [
        (lesson, petals()[0]), (convolutions, inputs((7, 6, 2), 2, 1)),
        (advanced_activations, inputs((2, 3))),
    ]:
        FILES.whole(f"{make.__name__}.keras", draw(fresh(make), 2), x)


# ---- forms of a file ----


def copy_h5(source, target, change, **options):
    """Writes an HDF5 file anew, with other options for its data."""
    with h5py.File(FILES.path(source)) as old, h5py.File(FILES.path(target), "w", **options) as new:

        def visit(group, into):
            for key, value in group.attrs.items():
                into.attrs[key] = value
            for key, item in group.items():
                if isinstance(item, h5py.Group):
                    visit(item, into.create_group(key))
                    continue
                made = change(into, key, item)
                for name, value in item.attrs.items():
                    made.attrs[name] = value

        visit(old, new)


def packed(into, key, item):
    options = dict(compression="gzip", shuffle=True, chunks=True) if item.shape else {}
    return into.create_dataset(key, data=item[()], **options)


def same(into, key, item):
    return into.create_dataset(key, data=item[()])


def legacy_weights(model, path):
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)


def load_legacy_weights(model, path):
    with h5py.File(path) as file:
        legacy_h5_format.load_weights_from_hdf5_group(file, model)


def forms():
    x = petals()[0]
    FILES.whole("nested.h5", draw(fresh(nested), 2), points()[0])
    model = draw(fresh(lesson), 3)
    FILES.weights("lesson.weights.h5", model, x, "lesson.keras")
    legacy = dict(config_of="lesson.keras", load=load_legacy_weights, format="h5 weights")
    FILES.weights("lesson_weights.h5", model, x, save=legacy_weights, **legacy)

    def other(source, change, **options):
        return lambda _, path: copy_h5(source, os.path.basename(path), change, **options)

    FILES.weights("lesson_weights_gzip.h5", model, x, save=other("lesson_weights.h5", packed), note=(
        "lesson_weights.h5 again, compressed with gzip and shuffled"), **legacy)
    FILES.weights("lesson_latest.weights.h5", model, x, "lesson.keras", save=other(
        "lesson.weights.h5", same, libver="latest"), note="lesson.weights.h5 again, in the newest layout of HDF5")

    # Half precision as Keras writes it: a model of that dtype. Read into a model of float32.
    for dtype in ("float16", "bfloat16"):
        half = fresh(lambda k: k.Sequential([
            k.Input((1,)), L.Dense(4, activation="relu", dtype=dtype), L.Dense(2, activation="softmax", dtype=dtype),
        ]))
        half.set_weights(model.get_weights())
        FILES.weights(f"lesson_{dtype}.weights.h5", half, x, "lesson.keras")
    mixed = fresh(lambda k: k.Sequential([
        k.Input((1,)), L.Dense(4, activation="relu", dtype="mixed_bfloat16"), L.Dense(2, activation="softmax"),
    ]))
    mixed.set_weights(model.get_weights())
    mixed.save(FILES.path("lesson_mixed.keras"))
    note = "the first layer is of mixed_bfloat16 (weights in float32); the prediction is that of float32"
    FILES.add("lesson_mixed.keras", model, x, predict(model, x), note=note)

    FILES.whole("lesson_folder", model, x, save=lambda m, path: m.save(path, zipped=False), format="folder",
                note="a folder in place of a zip (zipped=False)")

    # The writer of NumPy's files pickles a dict for each layer, which Keras itself no longer reads.
    saving_lib.save_model(model, FILES.path("lesson_npz.keras"), weights_format="npz")
    note = "weights in model.weights.npz, one pickled dict a layer; Keras 3.15.1 does not read them"
    FILES.add("lesson_npz.keras", model, x, predict(model, x), note=note)

    # Lists of names longer than the limit are split. With the limit of Keras that takes 64 kB; here it is lower.
    limit = legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT
    legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = 70
    long = fresh(lambda k: k.Sequential([k.Input((2,))] + [
        L.Dense(2, activation="tanh", name=f"a_layer_with_a_long_name_{i:015}") for i in range(2)]))
    FILES.whole("long_names.h5", draw(long, 2), inputs((2,)), note=(
        "layer_names and weight_names split at 70 bytes, where Keras does at 64,512"))
    legacy_h5_format.HDF5_OBJECT_HEADER_LIMIT = limit


# ---- compiled and trained ----


def load_h5(file, optimizer, **compile_):
    """A compiled legacy file with the state of its optimizer.

    Keras 3.15.1 builds the optimizer with no variables when it loads such a file, leaves its state out and, on JAX,
    cannot train; nor does it know a loss by the name "mse" there. Here the optimizer is built with the variables of the
    model.
    """
    model = FILES.load(file, compile=False)
    model.compile(optimizer=optimizers.deserialize(optimizers.serialize(optimizer)), **compile_)
    model.optimizer.build(model.trainable_variables)
    with h5py.File(FILES.path(file)) as f:
        model.optimizer.set_weights(legacy_h5_format.load_optimizer_weights_from_hdf5_group(f))
    return model


FILES.load_h5 = load_h5

SPARSE = "sparse_categorical_crossentropy"


def optimizers_():
    O = optimizers
    cosine = schedules.CosineDecay(0.01, 12, alpha=0.1, warmup_target=0.05, warmup_steps=4)
    step = schedules.ExponentialDecay(0.05, 3, 0.8, staircase=True)
    for name, optimizer in [
        ("sgd_momentum", O.SGD(0.1, momentum=0.9, nesterov=True)),
        ("rmsprop", O.RMSprop(0.01, momentum=0.5, centered=True)),
        ("adamw", O.AdamW(0.02, weight_decay=0.05)),
        ("adam_cosine", O.Adam(cosine)),
        ("adam_exponential", O.Adam(step)),
        ("adam_clipnorm", O.Adam(0.02, clipnorm=0.1)),
        ("adam_ema", O.Adam(0.02, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=5)),
        ("adam_weight_decay", O.Adam(0.02, weight_decay=0.1, clipvalue=0.05)),
        ("adam_accumulation", O.Adam(0.02, amsgrad=True, gradient_accumulation_steps=4)),
    ]:
        model = fresh(one)
        # Keras on JAX cannot go on with a model of averages after its own fit; with the file it can.
        FILES.trained(f"optimizer_{name}.keras", model, points(), optimizer, SPARSE, twice="ema" not in name)


def compiled():
    adam = lambda rate=0.01: optimizers.Adam(rate)
    FILES.trained("lesson_adam.keras", fresh(lesson), petals(), adam(), SPARSE, ["accuracy"])
    FILES.trained("lesson_adam.h5", fresh(lesson), petals(), adam(), SPARSE, ["accuracy"])
    FILES.trained("untrained.keras", fresh(one), points(), "adam", SPARSE, ["accuracy"], trains=False)
    cosine = schedules.CosineDecay(0.05, 12)
    FILES.trained("cosine.h5", fresh(one), points(), optimizers.Adam(cosine), SPARSE, ["accuracy"])
    trained_weights()
    sgd = lambda: optimizers.SGD(0.1, momentum=0.9)
    FILES.trained("lenet_sgd.keras", fresh(lenet), pictures(), sgd(), SPARSE, ["accuracy"])
    FILES.trained("batch_normalization_sgd.keras", fresh(batch_normalization), points(), sgd(), SPARSE, ["accuracy"])
    FILES.trained("nested_sgd.keras", fresh(nested), points(), sgd(), SPARSE, ["accuracy"])
    FILES.trained("penalties_adam.keras", fresh(penalties), points(), adam(), SPARSE, ["accuracy"])
    FILES.trained("dropout_sgd.keras", fresh(dropout), points(), sgd(), SPARSE, goes_on=False)

    x, y = points()
    hot = np.eye(3, dtype="float32")[y]
    loss = losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, reduction="sum", name="smooth")
    watched = lambda: [metrics.CategoricalAccuracy(name="hit"), metrics.TopKCategoricalAccuracy(k=2), "mse"]
    FILES.trained("objects.keras", fresh(lambda k: one(k, 3, None)), (x, hot), adam(), loss, watched, loss_weights=0.5,
                  weighted_metrics=["accuracy"])
    two = (petals()[0], petals()[1].astype("float32")[:, None])
    binary = fresh(lambda k: one(k, 1, "sigmoid", 1))
    watched = lambda: ["accuracy", metrics.AUC(num_thresholds=20), metrics.Precision(0.4), "Recall"]
    FILES.trained("binary.keras", binary, two, adam(), losses.BinaryCrossentropy(), watched)
    line = fresh(lambda k: one(k, 1, "tanh"))
    FILES.trained("regression.h5", line, curve(), "rmsprop", "mse", ["mae", metrics.RootMeanSquaredError()])


def trained_weights():
    """Weights with the state of an optimizer, alone and in shards; the compiled model is that of lesson_adam.keras."""
    model = FILES.load("lesson_adam.keras")
    x, y = petals()
    model.fit(x, y, epochs=1, batch_size=4, shuffle=False, verbose=0)
    shard = 120 / 1024**3
    for file, arguments in [("lesson_adam.weights.h5", {}), ("lesson_adam.weights.json", {"max_shard_size": shard})]:
        model.save_weights(FILES.path(file), **arguments)

        def load(file=file):
            fresh_one = FILES.load("lesson_adam.keras")
            fresh_one.load_weights(FILES.path(file))
            return fresh_one

        loaded = load()
        config_of = f"{FILES.folder}/lesson_adam.keras"
        entry = FILES.add(file, loaded, x, predict(loaded, x), True, config_of)
        FILES.goes_on(entry, (x, y), load=load)


# ---- random models ----


def random_model(r):
    """A Sequential of one or two layers on a vector or an image, and a classifier or a regression at its end."""
    image = r.random() < 0.3
    shape = (r.randint(3, 5), r.randint(3, 5), r.randint(1, 2)) if image else (r.randint(1, 5),)
    activation = lambda: r.choice(["relu", "tanh", "sigmoid", "elu", "softplus", "silu", "gelu", None])
    bias = lambda: r.random() < 0.8
    anywhere = [
        lambda: L.BatchNormalization(momentum=r.choice([0.9, 0.99]), epsilon=r.choice([1e-3, 1e-2])),
        lambda: L.Activation(r.choice(["tanh", "selu", "softsign", "mish"])),
        lambda: L.LeakyReLU(round(r.uniform(0.05, 0.4), 2)),
        lambda: L.PReLU(), lambda: L.ELU(), lambda: L.ReLU(), lambda: L.Dropout(0.3),
    ]
    on_image = [
        lambda: L.Conv2D(r.randint(1, 3), r.randint(1, 2), padding=r.choice(["same", "valid"]), activation=activation(),
                         use_bias=bias()),
        lambda: L.MaxPooling2D(2, strides=1, padding=r.choice(["same", "valid"])),
    ]
    on_vector = [lambda: L.Dense(r.randint(1, 4), activation=activation(), use_bias=bias())]
    hidden = [r.choice((on_image if image else on_vector) * 3 + anywhere)() for _ in range(r.randint(1, 2))]
    if r.random() < 0.2:
        hidden = [keras.Sequential(hidden, name="block")]
    classes = r.choice([0, 2, 3])
    end = [L.Dense(classes, activation="softmax")] if classes else [L.Dense(1)]
    return keras.Sequential([keras.Input(shape)] + hidden + ([L.Flatten()] if image else []) + end), shape, classes


def randoms():
    """Most are trained, each with an optimizer that has no file of its own."""
    O = optimizers
    sgd = O.SGD(schedules.PiecewiseConstantDecay([2, 4], [0.2, 0.1, 0.02]), momentum=0.5, global_clipnorm=0.5)
    scaled = O.LossScaleOptimizer(O.SGD(0.1, momentum=0.9), initial_scale=64.0, dynamic_growth_steps=4)
    trained_with = [
        None, O.Adadelta(1.0), O.Adagrad(0.1), O.Adamax(0.02), O.Ftrl(0.1), None, O.Lion(0.01), O.Lamb(0.02), sgd,
        O.Adafactor(0.05), None, O.Nadam(0.02), O.Muon(0.02), O.ScheduleFreeAdamW(0.02), scaled,
    ]
    r = random.Random(4)
    for i, optimizer in enumerate(trained_with):
        while True:  # until it fits
            keras.backend.clear_session()
            seed(keras, i)
            try:
                model, shape, classes = random_model(r)
            except ValueError:
                continue  # a window larger than its image
            flat = [layer for m in model.layers for layer in getattr(m, "layers", [m])]
            drops = any(isinstance(layer, L.Dropout) for layer in flat)
            # A bias before a normalization has a gradient of rounding errors, which most optimizers blow up.
            normalizes = any(isinstance(layer, L.BatchNormalization) for layer in flat)
            blows = normalizes and optimizer not in (None, sgd, scaled)
            # A group in an HDF5 file takes a kilobyte, and there are two for every layer.
            if len(flat) <= 3 and not blows and not (drops and optimizer):
                break
        x = rounded(np.random.default_rng(i).normal(0, 1, (4 if len(shape) == 3 else 6, *shape)), 1)
        name = f"random_{i:02}" + r.choice([".keras", ".keras", ".h5"])
        if optimizer is None:
            FILES.whole(name, draw(model, i), x)
            continue
        y = np.arange(len(x)) % classes if classes else rounded(x.reshape(len(x), -1).sum(1, keepdims=True) / 4)
        loss, watched = (SPARSE, ["accuracy"]) if classes else ("mse", ["mae"])
        FILES.trained(name, model, (x, y), optimizer, loss, watched)


if __name__ == "__main__":
    plain()
    forms()
    optimizers_()
    compiled()
    randoms()
    FILES.index()
