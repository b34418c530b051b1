"""PyTorch, JAX and Keras on the workloads of PERFORMANCE.md: one JSON line a figure, in seconds.

    pip install torch jax keras numpy
    python peers.py [--peer torch|jax|keras] [WORKLOAD ...]

Two threads, float32, the median of seven blocks after a warm-up, as in cornu-peers.
"""

import argparse
import json
import os
import time

THREADS = 2
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
os.environ.setdefault("XLA_FLAGS", f"--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads={THREADS}")

import numpy as np

BLOCKS, LEAST = 7, 0.3
RNG = np.random.default_rng(1)


def timed(workload, peer, per, units, call):
    """Times calls of `units` units each and prints the line."""
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            call()
        took = time.perf_counter() - start
        if took >= LEAST / 4:
            break
        calls *= 4
    calls = max(1, int(LEAST / (took / calls)))
    seconds = []
    for _ in range(BLOCKS):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        seconds.append((time.perf_counter() - start) / (calls * units))
    seconds.sort()
    line = {"workload": workload, "peer": peer, "per": per, "min": seconds[0], "median": seconds[BLOCKS // 2]}
    print(json.dumps(line), flush=True)


DENSE = {  # inputs, layers of (units, activation), classes, batch
    "seed": (1, [(4, "relu"), (2, None)], 2, 10),
    "mlp": (784, [(512, "relu"), (512, "relu"), (10, None)], 10, 128),
    "wide": (1024, [(4096, "relu"), (4096, "relu"), (1000, None)], 1000, 256),
}


def data(name, batch=None):
    if name == "lenet":
        batch = batch or 256
        return RNG.random((batch, 28, 28, 1), np.float32), np.arange(batch) % 10
    inputs, _, classes, size = DENSE[name]
    batch = batch or size
    return RNG.random((batch, inputs), np.float32), np.arange(batch) % classes


def exponentials():
    x = RNG.uniform(-1, 1, (10_000, 4)).astype(np.float32)
    term = np.tile(np.eye(2, dtype=np.float32), (10_000, 1, 1))
    y = term.copy()
    for k in range(1, 20):
        term = term @ x.reshape(-1, 2, 2) / k
        y += term
    return x, y.reshape(-1, 4)


# ---------------------------------------------------------------- PyTorch


def torch_model(name):
    import torch
    from torch import nn

    if name == "lenet":
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )
    if name == "expm":
        return nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 4))
    inputs, layers, _, _ = DENSE[name]
    parts = []
    for units, activation in layers:
        parts.append(nn.Linear(inputs, units))
        if activation:
            parts.append(nn.ReLU())
        inputs = units
    return nn.Sequential(*parts)


def run_torch(workload):
    import torch

    torch.set_num_threads(THREADS)
    tensor = lambda x: torch.from_numpy(x if x.ndim < 4 else np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    if workload == "matrix_exponential" or workload.endswith("_train"):
        name = "expm" if workload == "matrix_exponential" else workload[:-6]
        x, y = exponentials() if name == "expm" else data(name)
        x, y, model = tensor(x), torch.from_numpy(y), torch_model(name)
        loss = torch.nn.MSELoss() if name == "expm" else torch.nn.CrossEntropyLoss()
        adam = torch.optim.Adam(model.parameters(), fused=True)

        def step():
            adam.zero_grad(set_to_none=True)
            loss(model(x), y).backward()
            adam.step()

        per, units = ("epoch", 1) if name == "expm" else ("sample", len(x))
        return timed(workload, "torch", per, units, step)
    if workload.endswith("predict1") or workload.endswith("_predict"):
        name = workload.split("_")[0]
        one = workload.endswith("1")
        x = tensor(data(name, 1 if one else 10_000)[0])
        model = torch_model(name).eval()

        def predict():
            with torch.inference_mode():
                model(x).softmax(-1)

        return timed(workload, "torch", "call" if one else "sample", len(x), predict)
    w = torch.empty(1024, 1024)
    fill = {
        "init_GlorotUniform": lambda: torch.nn.init.xavier_uniform_(w),
        "init_TruncatedNormal": lambda: torch.nn.init.trunc_normal_(w, std=0.05, a=-0.1, b=0.1),
        "init_Orthogonal": lambda: torch.nn.init.orthogonal_(w),
    }[workload]
    orthogonal = workload == "init_Orthogonal"
    timed(workload, "torch", "call" if orthogonal else "value", 1 if orthogonal else w.numel(), fill)


# ---------------------------------------------------------------- JAX


def jax_forward(name):
    import jax
    import jax.numpy as jnp

    keys = iter(jax.random.split(jax.random.key(1), 16))
    glorot = jax.nn.initializers.glorot_uniform()
    dense = lambda i, o: (glorot(next(keys), (i, o)), jnp.zeros(o))
    if name == "lenet":
        conv = lambda h, i, o: (glorot(next(keys), (h, h, i, o)), jnp.zeros(o))
        params = [conv(5, 1, 6), conv(5, 6, 16), dense(400, 120), dense(120, 84), dense(84, 10)]

        def forward(params, x):
            for (w, b), padding in zip(params[:2], ("SAME", "VALID")):
                x = jax.lax.conv_general_dilated(x, w, (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))
                x = jax.nn.relu(x + b)
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            x = x.reshape(len(x), -1)
            for w, b in params[2:-1]:
                x = jax.nn.relu(x @ w + b)
            w, b = params[-1]
            return x @ w + b

        return params, forward
    if name == "expm":
        sizes, act = [4, 32, 16, 4], jnp.tanh
    else:
        inputs, layers, _, _ = DENSE[name]
        sizes, act = [inputs] + [units for units, _ in layers], jax.nn.relu
    params = [dense(i, o) for i, o in zip(sizes, sizes[1:])]

    def forward(params, x):
        for w, b in params[:-1]:
            x = act(x @ w + b)
        w, b = params[-1]
        return x @ w + b

    return params, forward


def run_jax(workload):
    import jax
    import jax.numpy as jnp

    if workload == "matrix_exponential" or workload.endswith("_train"):
        name = "expm" if workload == "matrix_exponential" else workload[:-6]
        x, y = exponentials() if name == "expm" else data(name)
        x, y = jnp.asarray(x), jnp.asarray(y)
        params, forward = jax_forward(name)
        zeros = jax.tree.map(jnp.zeros_like, params)
        state = [params, zeros, zeros, jnp.float32(0)]

        def loss(params):
            out = forward(params, x)
            if name == "expm":
                return jnp.mean((out - y) ** 2)
            return -jnp.mean(jax.nn.log_softmax(out)[jnp.arange(len(y)), y])

        def step(params, m, v, t):
            value, grads = jax.value_and_grad(loss)(params)
            t = t + 1
            m = jax.tree.map(lambda m, g: m + (g - m) * 0.1, m, grads)
            v = jax.tree.map(lambda v, g: v + (g * g - v) * 0.001, v, grads)
            alpha = 0.001 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            params = jax.tree.map(lambda p, m, v: p - alpha * m / (jnp.sqrt(v) + 1e-7), params, m, v)
            return [params, m, v, t], value

        jitted = jax.jit(step, donate_argnums=(0, 1, 2, 3))

        def call():
            state[:], value = jitted(*state)
            value.block_until_ready()

        zeros = jax.tree.map(jnp.zeros_like, params)
        state = [params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.float32(0)]
        per, units = ("epoch", 1) if name == "expm" else ("sample", len(x))
        return timed(workload, "jax", per, units, call)
    if workload.endswith("predict1") or workload.endswith("_predict"):
        name = workload.split("_")[0]
        one = workload.endswith("1")
        x = jnp.asarray(data(name, 1 if one else 10_000)[0])
        params, forward = jax_forward(name)
        jitted = jax.jit(lambda params, x: jax.nn.softmax(forward(params, x)))
        return timed(
            workload, "jax", "call" if one else "sample", len(x), lambda: jitted(params, x).block_until_ready()
        )
    if workload == "init_Orthogonal":
        init = jax.jit(lambda key: jax.nn.initializers.orthogonal()(key, (1024, 1024)))
        return timed(workload, "jax", "call", 1, lambda: init(jax.random.key(1)).block_until_ready())
    kinds = {
        "init_GlorotUniform": jax.nn.initializers.glorot_uniform(),
        "init_TruncatedNormal": jax.nn.initializers.truncated_normal(0.05),
    }
    init = jax.jit(lambda key: kinds[workload](key, (1024, 1024)))
    timed(workload, "jax", "value", 1024 * 1024, lambda: init(jax.random.key(1)).block_until_ready())


# ---------------------------------------------------------------- Keras


def keras_model(name):
    import keras
    from keras import layers as L

    if name == "lenet":
        return keras.Sequential([
            L.Input((28, 28, 1)), L.Conv2D(6, 5, padding="same", activation="relu"), L.MaxPooling2D(2),
            L.Conv2D(16, 5, activation="relu"), L.MaxPooling2D(2), L.Flatten(), L.Dense(120, activation="relu"),
            L.Dense(84, activation="relu"), L.Dense(10, activation="softmax"),
        ])
    if name == "expm":
        return keras.Sequential([L.Input((4,)), L.Dense(32, activation="tanh"), L.Dense(16, activation="tanh"), L.Dense(4)])
    inputs, layers, _, _ = DENSE[name]
    last = len(layers) - 1
    dense = [L.Dense(u, activation="softmax" if i == last else a) for i, (u, a) in enumerate(layers)]
    return keras.Sequential([L.Input((inputs,)), *dense])


def run_keras(workload):
    import keras

    if workload == "matrix_exponential" or workload.endswith("_train"):
        name = "expm" if workload == "matrix_exponential" else workload[:-6]
        x, y = exponentials() if name == "expm" else data(name)
        model = keras_model(name)
        model.compile("adam", "mse" if name == "expm" else "sparse_categorical_crossentropy")
        # Many batches in one call of fit, as Keras is used.
        times = max(1, 2048 // len(x))
        xs, ys = np.concatenate([x] * times), np.concatenate([y] * times)
        per, units = ("epoch", 1) if name == "expm" else ("sample", len(xs))
        return timed(
            workload, "keras", per, units, lambda: model.fit(xs, ys, batch_size=len(x), verbose=0, shuffle=False)
        )
    if workload.endswith("predict1") or workload.endswith("_predict"):
        name = workload.split("_")[0]
        one = workload.endswith("1")
        x = data(name, 1 if one else 10_000)[0]
        model = keras_model(name)
        return timed(
            workload, "keras", "call" if one else "sample", len(x), lambda: model.predict(x, batch_size=1024, verbose=0)
        )
    initializer = getattr(keras.initializers, workload[5:])()
    orthogonal = workload == "init_Orthogonal"
    timed(
        workload, "keras", "call" if orthogonal else "value", 1 if orthogonal else 1024 * 1024,
        lambda: np.asarray(initializer((1024, 1024))),
    )


WORKLOADS = [
    "seed_train", "mlp_train", "wide_train", "lenet_train", "seed_predict1", "mlp_predict1", "mlp_predict",
    "lenet_predict1", "init_GlorotUniform", "init_TruncatedNormal", "init_Orthogonal", "matrix_exponential",
]
PEERS = {"torch": run_torch, "jax": run_jax, "keras": run_keras}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", choices=PEERS, action="append")
    parser.add_argument("workloads", nargs="*")
    args = parser.parse_args()
    for workload in args.workloads or WORKLOADS:
        for peer in args.peer or PEERS:
            PEERS[peer](workload)
