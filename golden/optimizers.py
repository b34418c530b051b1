"""golden/optimizers.json: two variables over fifty given gradients, every ten steps or at the end."""

import copy

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
    # Arguments of their own.
    ("adadelta_all", "Adadelta", {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-4}),
    ("adafactor_all", "Adafactor", {
        "learning_rate": 0.05, "beta_2_decay": -0.6, "epsilon_1": 1e-6, "epsilon_2": 0.01, "clip_threshold": 0.5,
    }),
    ("adafactor_absolute", "Adafactor", {"learning_rate": 0.5, "relative_step": False}),
    ("adagrad_all", "Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    ("adamax_all", "Adamax", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("adamw_all", "AdamW", {
        "learning_rate": 0.01, "weight_decay": 0.1, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3, "amsgrad": True,
    }),
    ("ftrl_all", "Ftrl", {
        "learning_rate": 0.1, "learning_rate_power": -0.7, "initial_accumulator_value": 0.2,
        "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.1,
        "l2_shrinkage_regularization_strength": 0.01, "beta": 0.3,
    }),
    ("ftrl_constant_rate", "Ftrl", {"learning_rate": 0.1, "learning_rate_power": 0.0}),
    ("lamb_all", "Lamb", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("lion_all", "Lion", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95}),
    ("muon_all", "Muon", {
        "learning_rate": 0.01, "adam_beta_1": 0.8, "adam_beta_2": 0.95, "adam_weight_decay": 0.1, "epsilon": 1e-3,
        "weight_decay": None, "muon_a": 3.0, "muon_b": -4.0, "muon_c": 1.5, "adam_lr_ratio": 0.5, "momentum": 0.8,
        "ns_steps": 3, "nesterov": False, "rms_rate": None,
    }),
    ("muon_excluded", "Muon", {"learning_rate": 0.01, "exclude_layers": ["ker"], "adam_weight_decay": None}),
    ("nadam_all", "Nadam", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("schedule_free_adamw_all", "ScheduleFreeAdamW", {
        "learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3, "warmup_steps": 10,
    }),
    # Both ways from group to group: averages, accumulators, and slots of more than one group.
    ("adam_everything", "Adam", {
        "learning_rate": 0.01, "amsgrad": True, "weight_decay": 0.1, "global_clipnorm": 1.0, "use_ema": True,
        "ema_momentum": 0.9, "ema_overwrite_frequency": 4, "loss_scale_factor": 8.0, "gradient_accumulation_steps": 3,
    }),
    ("rmsprop_everything", "RMSprop", {
        "learning_rate": 0.01, "momentum": 0.5, "centered": True, "epsilon": 1e-3, "weight_decay": 0.1, "clipnorm": 1.0,
        "use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 4, "loss_scale_factor": 8.0,
        "gradient_accumulation_steps": 3,
    }),
]

# Each argument of the base class with every optimizer.
RATES = {
    "SGD": 0.05, "RMSprop": 0.005, "Adam": 0.01, "Adadelta": 1.0, "Adafactor": 0.05, "Adagrad": 0.05, "AdamW": 0.01,
    "Adamax": 0.01, "Ftrl": 0.1, "Lamb": 0.01, "Lion": 0.01, "Muon": 0.01, "Nadam": 0.01, "ScheduleFreeAdamW": 0.01,
}
OPTIONS = {
    "defaults": None,
    "weight_decay": {"weight_decay": 0.1},
    "excluded": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "global_clipnorm": {"global_clipnorm": 1.0},
    "clipvalue": {"clipvalue": 0.5},
    "use_ema": {"use_ema": True, "ema_momentum": 0.9},
    "ema_overwrite_frequency": {"use_ema": True, "ema_overwrite_frequency": 7},
    "gradient_accumulation_steps": {"gradient_accumulation_steps": 4},
    "loss_scale_factor": {"loss_scale_factor": 16.0},
    "schedule": {"learning_rate": {
        "module": "keras.optimizers.schedules", "class_name": "PolynomialDecay", "registered_name": None,
        "config": {"initial_learning_rate": 0.05, "decay_steps": 30, "end_learning_rate": 0.002},
    }},
}


def keras_object(class_name, config):
    """What a Keras file says of an optimizer, made into one."""
    config = {"module": "keras.optimizers", "class_name": class_name, "config": config, "registered_name": None}
    return keras.saving.deserialize_keras_object(copy.deepcopy(config))


def scaled(inner, config):
    """The config of a LossScaleOptimizer."""
    inner = {"module": "keras.optimizers", "class_name": inner[0], "config": inner[1], "registered_name": None}
    return {"inner_optimizer": inner, **config}


SCALED = [
    ("loss_scale_optimizer", "LossScaleOptimizer", scaled(("SGD", {"learning_rate": 0.05}), {})),
    ("loss_scale_optimizer_grows", "LossScaleOptimizer", scaled(
        ("Adam", {"learning_rate": 0.01, "global_clipnorm": 1.0}), {"initial_scale": 4.0, "dynamic_growth_steps": 5},
    )),
    ("loss_scale_optimizer_accumulates", "LossScaleOptimizer", scaled(
        ("RMSprop", {"learning_rate": 0.01, "gradient_accumulation_steps": 3, "use_ema": True}),
        {"initial_scale": 4.0, "dynamic_growth_steps": 20},
    )),
]
OVERFLOWS = (4, 17, 18, 40)  # steps at which a gradient is not finite


def slots(optimizer):
    return [
        {
            "name": v.name, "path": v.path, "shape": list(v.shape), "dtype": str(v.dtype),
            "values": [number(x) for x in np.asarray(v.numpy()).ravel()],
        }
        for v in optimizer.variables
    ]


def run(name, class_name, config, initial, gradients, every, overflows=(), excluded=()):
    optimizer = keras_object(class_name, config)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=list(excluded))
    names = ["kernel", "bias", "other"]
    variables = [keras.Variable(v, name=n) for v, n in zip(initial, names)]
    optimizer.build(variables)
    after = []
    for step, pair in enumerate(gradients, 1):
        pair = [keras.ops.convert_to_tensor(g) for g in pair]
        if step in overflows:
            pair[0] = pair[0] * float("inf")  # 0 becomes NaN
        if class_name == "LossScaleOptimizer":  # on JAX, it goes this way alone
            state = [v.value for v in optimizer.variables], [v.value for v in variables]
            moved, state = optimizer.stateless_apply(state[0], pair, state[1])
            for v, value in zip([*variables, *optimizer.variables], [*moved, *state]):
                v.assign(value)
        else:
            optimizer.apply(pair, variables)
        if step % every == 0 or (every == EVERY and step == 1):
            after.append({"step": step, "variables": tensors(v.numpy() for v in variables)})
    case = {"name": name, "class_name": class_name, "config": config}
    if excluded:
        case["excluded"] = list(excluded)
    if overflows:
        case["overflows"] = list(overflows)
    case |= {"after": after, "slots": slots(optimizer)}
    if config.get("use_ema"):
        optimizer.finalize_variable_values(variables)
        case["finalized"] = tensors(v.numpy() for v in variables)
    return case


cases = [run(*case, initial, gradients, EVERY) for case in OPTIMIZERS]
for class_name, rate in RATES.items():
    for option, arguments in OPTIONS.items():
        config = {} if arguments is None else {"learning_rate": rate, **arguments}
        excluded = ["bias"] if option == "excluded" else ()
        cases.append(run(f"{class_name}_{option}", class_name, config, initial, gradients, STEPS, excluded=excluded))
for case in SCALED:
    cases.append(run(*case, initial, gradients, EVERY, overflows=OVERFLOWS))

# Other shapes, for the optimizers that see them: a wide matrix, a stack of matrices, a scalar.
others = [rounded(rng.uniform(-1, 1, s)) for s in [(2, 5), (2, 3, 2), ()]]
other_gradients = [[rounded(rng.normal(0.1, 1, v.shape)) for v in others] for _ in range(10)]
other_cases = [
    run(f"{class_name}_other_shapes", class_name, {"learning_rate": rate}, others, other_gradients, 10)
    for class_name, rate in RATES.items()
]

ALL = list(RATES)
keras.utils.clear_session()
configs = [{"class_name": c, "config": getattr(optimizers, c)().get_config()} for c in ALL]
keras.utils.clear_session()
for name, class_name, config in OPTIMIZERS[-24:] + SCALED:
    configs.append({"class_name": class_name, "config": keras_object(class_name, config).get_config()})
for class_name in ALL:
    for option in ["schedule", "ema_overwrite_frequency"]:
        config = {"name": "mine", "learning_rate": RATES[class_name], **OPTIONS[option]}
        configs.append({"class_name": class_name, "config": keras_object(class_name, config).get_config()})
names = []
for class_name in [*ALL, "LossScaleOptimizer"]:
    for name in [class_name.lower(), class_name]:
        try:
            names.append({"name": name, "class_name": type(optimizers.get(name)).__name__})
        except (ValueError, TypeError, KeyError):
            names.append({"name": name, "class_name": None})
write("optimizers", {
    "configs": configs,
    "names": names,
    "initial": tensors(initial),
    "gradients": [tensors(pair) for pair in gradients],
    "cases": cases,
    "other_initial": tensors(others),
    "other_gradients": [tensors(pair) for pair in other_gradients],
    "other_cases": other_cases,
})
