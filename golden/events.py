"""golden/events.json: what Keras's callback TensorBoard writes, and the bytes of TensorBoard's own writer.

Needs the package tensorboard beside Keras, and no TensorFlow: the module tensorflow.summary, which the callback calls, is
stood in for by one that notes the calls, with its rules for the default writer and `record_if`.
"""

import contextlib
import io
import os
import sys
import tempfile
import types

from common import f32, number, rounded, tensor, tensors, write

import keras
import numpy as np
from keras import Input, Sequential
from keras.layers import Dense
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.record_writer import RecordWriter

N = 12
R = np.random.default_rng(11)
X = rounded(R.normal(size=(N, 3)), 2)
Y = rounded(X @ f32([[1.0], [-2.0], [0.5]]) + R.normal(scale=0.1, size=(N, 1)), 2)
VX = rounded(R.normal(size=(6, 3)), 2)
VY = rounded(VX @ f32([[1.0], [-2.0], [0.5]]), 2)
EPOCHS = 4
# Times differ from run to run.
TIMES = ("epoch_steps_per_second", "batch_steps_per_second")

RUNS = [
    ({}, {}),
    ({"histogram_freq": 1}, {}),
    ({"histogram_freq": 3, "update_freq": "batch"}, {}),
    ({"update_freq": 2}, {}),
    ({"update_freq": 1}, {"initial_epoch": 2}),
    ({}, {"validated": False}),
    ({"write_steps_per_second": True, "update_freq": "batch"}, {"decay": 0.5}),
]


class Notes:
    """tensorflow.summary, as far as the callback calls it."""

    def __init__(self):
        self.calls, self.writers, self.rules = [], [], [lambda: True]

    def module(self):
        module = types.ModuleType("tensorflow.summary")
        module.create_file_writer = self.create
        module.record_if = self.record_if
        module.scalar = lambda name, value, step: self.note(name, float(value), step)
        module.histogram = lambda name, data, step: self.note(name, np.asarray(data.value), step)
        return module

    def create(self, folder):
        @contextlib.contextmanager
        def as_default(step=None):
            self.writers.append(os.path.basename(folder))
            yield
            self.writers.pop()

        nothing = lambda: None
        return types.SimpleNamespace(as_default=as_default, flush=nothing, close=nothing)

    @contextlib.contextmanager
    def record_if(self, rule):
        self.rules.append(rule)
        yield
        self.rules.pop()

    def note(self, name, value, step):
        if self.writers and self.rules[-1]():
            self.calls.append((self.writers[-1], name, int(step), value))


def buckets(values):
    proto = histogram_pb("h", values).value[0].tensor
    return np.frombuffer(proto.tensor_content, dtype="<f8").reshape(-1, 3).tolist() if proto.tensor_content else None


def run(arguments, extra):
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    notes = Notes()
    summary = notes.module()
    tensorflow = types.ModuleType("tensorflow")
    tensorflow.summary = summary
    sys.modules["tensorflow"], sys.modules["tensorflow.summary"] = tensorflow, summary
    try:
        model = Sequential([Input((3,)), Dense(2, activation="tanh"), Dense(1)])
        rate = 0.1
        if "decay" in extra:
            rate = keras.optimizers.schedules.ExponentialDecay(0.1, 3, extra["decay"])
        model.compile(keras.optimizers.SGD(rate), "mse", metrics=["mae"])
        before = model.get_weights()
        validation = {"validation_data": (VX, VY)} if extra.get("validated", True) else {}
        with tempfile.TemporaryDirectory() as folder:
            callback = keras.callbacks.TensorBoard(folder, write_graph=False, **arguments)
            model.fit(
                X, Y, batch_size=4, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[callback],
                initial_epoch=extra.get("initial_epoch", 0), **validation,
            )
    finally:
        del sys.modules["tensorflow"], sys.modules["tensorflow.summary"]
    return {
        "arguments": arguments, "extra": extra, "weights_before": tensors(before),
        "scalars": [
            [folder, name, step, None if name in TIMES else number(value)]
            for folder, name, step, value in notes.calls if isinstance(value, float)
        ],
        "histograms": [
            [folder, name, step, buckets(value)]
            for folder, name, step, value in notes.calls if not isinstance(value, float)
        ],
    }


def record(event):
    class Kept(io.BytesIO):
        def close(self):
            pass

    file = Kept()
    RecordWriter(file).write(event.SerializeToString())
    return file.getvalue().hex()


def records():
    wall_time = 1700000000.25
    yield {"wall_time": wall_time, "record": record(event_pb2.Event(wall_time=wall_time, file_version="brain.Event:2"))}
    scalars = [("epoch_loss", 0, 0.1), ("batch_loss", 1, 0.0), ("größe", 300, -1.5e30), ("x" * 200, 2**40, 1e-45)]
    for tag, step, value in scalars:
        event = event_pb2.Event(wall_time=wall_time, step=step, summary=scalar_pb(tag, value))
        yield {"wall_time": wall_time, "tag": tag, "step": step, "value": value, "record": record(event)}
    for step, values in [(0, [1.0, 2.0, 3.0]), (7, [0.5]), (2**33, [-0.25, 1.0, 0.1])]:
        event = event_pb2.Event(wall_time=wall_time, step=step, summary=histogram_pb("dense/kernel/histogram", values))
        yield {
            "wall_time": wall_time, "tag": "dense/kernel/histogram", "step": step, "values": values,
            "record": record(event),
        }


def histograms():
    cases = {
        "normal": rounded(R.normal(size=60)), "uniform": rounded(R.uniform(-0.05, 0.05, size=40), 6),
        "integers": range(31), "more_integers": [*range(-15, 46), 45], "one": [0.1], "equal": [-2.5] * 4,
        "two": [0.0, 1e-8], "zeros": [0.0, -0.0, 0.0], "large": [-1e300, 1e300, 2.0], "tiny": [1e-300, 3e-300, 0.0],
        "neighbours": [1.0, float(np.nextafter(1.0, 2.0))],
    }
    for name, values in cases.items():
        values = [float(value) for value in values]
        yield {"name": name, "values": values, "buckets": buckets(values)}


write("events", {
    "x": tensor(X), "y": tensor(Y), "vx": tensor(VX), "vy": tensor(VY), "epochs": EPOCHS,
    "runs": [run(*entry) for entry in RUNS], "records": list(records()), "histograms": list(histograms()),
})
