"""The JSON form of the golden files, shared by the scripts of this folder.

Import this module before keras: it chooses the backend.
"""

import json
import math
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import keras
import numpy as np

FOLDER = Path(__file__).parent


def number(value):
    """A float32 as the shortest number that gives it back; nan and the infinities as text."""
    value = np.float32(value)
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(str(value))


def tensor(array):
    """{"shape": [..], "values": [..]}, row-major; None stays None."""
    if array is None:
        return None
    array = np.asarray(array)
    if array.dtype == bool or np.issubdtype(array.dtype, np.integer):
        values = [int(v) for v in array.ravel()]
    else:
        values = [number(v) for v in array.ravel()]
    return {"shape": list(array.shape), "values": values}


def tensors(arrays):
    return [tensor(a) for a in arrays]


def numbers(logs):
    """The logs of a training step or an epoch: name -> number."""
    return {name: number(value) for name, value in logs.items()}


def f32(values):
    return np.asarray(values, dtype="float32")


def rounded(array, digits=3):
    """Short decimal fractions: the files stay small and the inputs readable."""
    return np.round(np.asarray(array, dtype="float64"), digits).astype("float32")


def write(name, content):
    """Writes NAME.json, one entry of a list a line, and reads it back."""
    content = plain({"keras": keras.__version__, "jax": jax.__version__, **content})
    parts = []
    for key, value in content.items():
        if isinstance(value, list):
            lines = ",\n".join("  " + dumps(entry) for entry in value)
            parts.append(f'"{key}": [\n{lines}\n]')
        else:
            parts.append(f'"{key}": {dumps(value)}')
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    back = json.loads(path.read_text(encoding="utf-8"))
    assert back == content, f"{path} does not read back"
    check(back)
    sizes = {key: len(value) for key, value in back.items() if isinstance(value, (list, dict))}
    print(f"{path.name}: {path.stat().st_size} bytes, {sizes}")


def plain(value):
    """Tuples as lists, as JSON gives them back."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def dumps(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def check(value):
    """Every tensor holds as many values as its shape says."""
    if isinstance(value, dict):
        if set(value) == {"shape", "values"}:
            assert math.prod(value["shape"]) == len(value["values"]), value
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            check(inner)
