"""golden/datasets.json: keras.utils.to_categorical and normalize, and files that NumPy writes."""

import io

from common import f32, rounded, tensor, write

import keras
import numpy as np

rng = np.random.default_rng(7)

categorical = [
    ("vector", f32([0, 2, 1, 2]), None),
    ("more_classes", f32([0, 2, 1, 2]), 5),
    ("zero_classes", f32([0, 2, 1, 2]), 0),
    ("column", f32([[1], [0], [3]]), None),
    ("matrix", f32([[1, 0], [2, 2], [0, 1]]), None),
    ("sequence_of_one", f32([[[1], [0]], [[2], [2]]]), 4),
    ("one", f32([3]), None),
    ("scalar", np.float32(2), None),
]

zeros = f32([[3, 4, 0], [0, 0, 0], [-1, 2, -2], [1e-12, 0, 0]])
cube = rounded(rng.uniform(-2, 2, (2, 3, 4)), 3)
normal = [("zeros", zeros, -1, order) for order in [2, 1, 3, 0.5, 0, np.inf, -np.inf]]
normal += [("vector", f32([3, 4]), -1, 2), ("large", f32([[1e18, -1e18], [1, 1e6]]), -1, 2)]
normal += [("cube", cube, axis, order) for axis in [-1, 1, 2, -2] for order in [2, 1, np.inf]]
# With axis 0 Keras divides a NumPy array along the last one; a tensor of the backend it divides as it should.
normal += [("cube", keras.ops.convert_to_tensor(cube), 0, 2), ("zeros", keras.ops.convert_to_tensor(zeros[[0, 2]]), 0, 2)]


def number(value):
    return {np.inf: "inf", -np.inf: "-inf"}.get(value, value)


def saved(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    return file.getvalue().hex()


def array(dtype, shape):
    kind = np.dtype(dtype).kind
    size = int(np.prod(shape))
    if kind == "f":
        return rounded(rng.uniform(-2, 2, shape), 3).astype(dtype)
    if kind == "b":
        return (np.arange(size) % 3 == 0).reshape(shape)
    low = 0 if kind == "u" else -100
    return rng.integers(low, 100, shape).astype(dtype)


kinds = ["<f4", ">f4", "<f8", ">f8", "i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "u1", "<u2", ">u2", "<u4", "<u8", ">u8", "?"]
arrays = [(kind, array(kind, (2, 3))) for kind in kinds]
arrays += [("<f4", array("<f4", shape)) for shape in [(), (0,), (5,), (2, 0, 3), (2, 1, 3, 2)]]
arrays += [("<f4", np.asfortranarray(array("<f4", shape))) for shape in [(2, 3), (4, 2, 3)]]
arrays += [(">i2", np.asfortranarray(array(">i2", (3, 2, 2))))]


def numbers(x):
    return tensor(np.ascontiguousarray(x).reshape(x.shape).astype("float32"))


parts = {"x": array("<f4", (3, 2)), "y": array("u1", (3,))}

write(
    "datasets",
    {
        "to_categorical": [
            {"name": name, "x": tensor(x), "num_classes": count, "value": tensor(keras.utils.to_categorical(x, count))}
            for name, x, count in categorical
        ],
        "normalize": [
            {"name": name, "x": tensor(np.asarray(x)), "axis": axis, "order": number(order),
             "value": tensor(np.asarray(keras.utils.normalize(x, axis, order)))}
            for name, x, axis, order in normal
        ],
        "npy": [
            {"dtype": kind, "fortran_order": x.ndim > 1 and not x.flags.c_contiguous, "file": saved(np.save, x),
             "value": numbers(x)}
            for kind, x in arrays
        ],
        "npz": [
            {"name": name, "file": saved(save, **parts), "arrays": {key: numbers(x) for key, x in parts.items()}}
            for name, save in [("savez", np.savez), ("savez_compressed", np.savez_compressed)]
        ],
        "refused": [
            {"name": "objects", "file": saved(np.save, np.array([None, 1], dtype=object))},
            {"name": "complex", "file": saved(np.save, np.array([1j]))},
            {"name": "text", "file": saved(np.save, np.array(["a"]))},
            {"name": "record", "file": saved(np.save, np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]))},
        ],
    },
)
