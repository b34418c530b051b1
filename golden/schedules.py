"""golden/schedules.json: the learning rates of every schedule, and their configs."""

from common import number, write

from keras.optimizers import schedules

SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
    ("ExponentialDecay", {"initial_learning_rate": 0.5, "decay_steps": 100_000, "decay_rate": 1.5, "name": "grows"}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [0.1, 0.05, 0.01]}),
    ("PiecewiseConstantDecay", {"boundaries": [5], "values": [1.0, 0.5], "name": "once"}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10}),
    ("PolynomialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0.01, "power": 0.5, "cycle": True,
    }),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.0, "power": 2.0}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1}),
    ("CosineDecay", {
        "initial_learning_rate": 0.0, "decay_steps": 20, "alpha": 0.1, "warmup_target": 0.1, "warmup_steps": 10,
    }),
    ("CosineDecay", {"initial_learning_rate": 0.2, "decay_steps": 10, "warmup_target": 0.1, "warmup_steps": 0}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10}),
    ("CosineDecayRestarts", {
        "initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1,
    }),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 1.5, "m_mul": 0.9}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 3.0}),
]
STEPS = [0, 1, 4, 5, 6, 9, 10, 11, 15, 19, 20, 21, 25, 29, 30, 31, 40, 70, 100, 130, 150, 1000, 100_000]
REFUSED = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.5}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 0}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 0}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 0}),
    ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [0.1, 0.05]}),
]

cases = []
for class_name, config in SCHEDULES:
    schedule = getattr(schedules, class_name)(**config)
    cases.append({
        "class_name": class_name,
        "config": config,
        "get_config": schedule.get_config(),
        "rates": [number(schedule(step)) for step in STEPS],
    })
refused = []
for class_name, config in REFUSED:
    try:
        getattr(schedules, class_name)(**config)
    except ValueError as error:
        refused.append({"class_name": class_name, "config": config, "message": str(error)})
assert len(refused) == len(REFUSED)
write("schedules", {"steps": STEPS, "cases": cases, "refused": refused})
