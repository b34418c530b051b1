"""golden/optimizers.json: two variables over fifty given gradients, every ten steps."""

from common import f32, number, rounded, tensors, write

import keras
import numpy as np
from keras import optimizers

SHAPES = [(3, 2), (4,)]
STEPS, EVERY = 50, 10

rng = np.random.default_rng(3)
initial = [rounded(rng.uniform(-1, 1, s)) for s in SHAPES]
gradients = []
for step in range(STEPS):
    pair = [rounded(rng.normal(0.1, 1, s)) for s in SHAPES]
    if step in (0, 7, 8, 9):
        pair[1] = f32(np.zeros(4))
    if step in (3, 30):
        pair = [f32(np.zeros(s)) for s in SHAPES]
    if step in (12, 13):
        pair[0] = pair[0] * f32(100)
    if step == 20:
        pair[1] = pair[1] * f32(1e-4)
    pair[0][2, 1] = 0  # never moves
    gradients.append(pair)

OPTIMIZERS = [
    ("sgd", "SGD", {}),
    ("sgd_learning_rate", "SGD", {"learning_rate": 0.1}),
    ("sgd_momentum", "SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    ("sgd_nesterov", "SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    ("rmsprop", "RMSprop", {}),
    ("rmsprop_momentum", "RMSprop", {"learning_rate": 0.005, "momentum": 0.9}),
    ("rmsprop_centered", "RMSprop", {"learning_rate": 0.005, "centered": True}),
    ("rmsprop_all", "RMSprop", {
        "learning_rate": 0.005, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "centered": True,
    }),
    ("adam", "Adam", {}),
    ("adam_learning_rate", "Adam", {"learning_rate": 0.05}),
    ("adam_amsgrad", "Adam", {"learning_rate": 0.01, "amsgrad": True}),
    ("adam_betas", "Adam", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    # What every optimizer has.
    ("sgd_weight_decay", "SGD", {"learning_rate": 0.05, "weight_decay": 0.1}),
    ("adam_weight_decay", "Adam", {"learning_rate": 0.01, "weight_decay": 0.1}),
    ("sgd_clipvalue", "SGD", {"learning_rate": 0.05, "clipvalue": 0.5}),
    ("sgd_clipnorm", "SGD", {"learning_rate": 0.05, "clipnorm": 1.0}),
    ("sgd_global_clipnorm", "SGD", {"learning_rate": 0.05, "global_clipnorm": 1.0}),
    ("adam_clipnorm", "Adam", {"learning_rate": 0.01, "clipnorm": 0.5}),
]

cases = []
for name, class_name, config in OPTIMIZERS:
    optimizer = getattr(optimizers, class_name)(**config)
    variables = [keras.Variable(v, name=n) for v, n in zip(initial, ["kernel", "bias"])]
    optimizer.build(variables)
    after = []
    for step, pair in enumerate(gradients, 1):
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in pair], variables)
        if step % EVERY == 0 or step == 1:
            after.append({"step": step, "variables": tensors(v.numpy() for v in variables)})
    cases.append({
        "name": name,
        "class_name": class_name,
        "config": config,
        "after": after,
        "slots": [
            {
                "name": v.name, "path": v.path, "shape": list(v.shape), "dtype": str(v.dtype),
                "values": [number(x) for x in np.asarray(v.numpy()).ravel()],
            }
            for v in optimizer.variables
        ],
    })

keras.utils.clear_session()
configs = [
    {"class_name": c, "config": getattr(optimizers, c)().get_config()} for c in ["SGD", "RMSprop", "Adam"]
]
names = [
    {"name": n, "class_name": type(optimizers.get(n)).__name__} for n in ["sgd", "SGD", "rmsprop", "RMSprop", "adam", "Adam"]
]
write("optimizers", {
    "configs": configs,
    "names": names,
    "initial": tensors(initial),
    "gradients": [tensors(pair) for pair in gradients],
    "cases": cases,
})
