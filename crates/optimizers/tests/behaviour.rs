//! Minima that the optimizers find, and what they refuse.

use cornu_optimizers::{
    Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Common, Ftrl, Lamb, Lion, LossScaleOptimizer, Muon, Nadam,
    Optimizer, OptimizerArguments, OptimizerError, OptimizerState, RMSprop, SGD, ScheduleFreeAdamW, StateValue, Step,
    Variable, get, names,
};
use cornu_tensor::{Shape, Tensor};
use cornu_testkit::assert_close;

/// `steps` steps from `start`; the gradient is that of a function of two numbers.
fn descend(
    optimizer: &dyn Optimizer<f64>,
    start: [f64; 2],
    gradient: fn([f64; 2]) -> [f64; 2],
    steps: u64,
) -> Result<[f64; 2], OptimizerError> {
    let mut w = start;
    let mut state = OptimizerState::new(optimizer, [("w", &Tensor::from(start))]);
    for _ in 0..steps {
        let mut gradient = gradient(w);
        state.apply(optimizer, &mut [(&mut w, &mut gradient)])?;
    }
    Ok(w)
}

/// Of Rosenbrock's `(1 − x)² + 100(y − x²)²`, whose minimum lies at (1, 1) at the end of a curved valley.
fn rosenbrock([x, y]: [f64; 2]) -> [f64; 2] {
    [-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)]
}

/// Of the ill-conditioned `(x − 3)²/2 + 50(y + 2)²`.
fn quadratic([x, y]: [f64; 2]) -> [f64; 2] {
    [x - 3.0, 100.0 * (y + 2.0)]
}

#[test]
fn rosenbrock_is_solved() -> Result<(), OptimizerError> {
    let start = [-1.2, 1.0];
    let solvers: [Box<dyn Optimizer<f64>>; 4] = [
        Box::new(SGD::new(5e-4)?.momentum(0.9)?),
        Box::new(SGD::new(5e-4)?.momentum(0.9)?.nesterov(true)),
        Box::new(Adam::new(0.02)?),
        Box::new(Adam::new(0.02)?.amsgrad(true)),
    ];
    for solver in solvers {
        assert_close(&descend(&*solver, start, rosenbrock, 20_000)?, &[1.0, 1.0], 1e-3);
    }
    Ok(())
}

#[test]
fn quadratics_are_solved() -> Result<(), OptimizerError> {
    let solvers: [(Box<dyn Optimizer<f64>>, f64); 13] = [
        (Box::new(SGD::new(0.015)?), 1e-9),
        (Box::new(SGD::new(0.01)?.momentum(0.9)?), 1e-9),
        // RMSprop ends up stepping to and fro by about its learning rate.
        (Box::new(RMSprop::new(0.002)?), 5e-3),
        (Box::new(RMSprop::new(0.002)?.centered(true).momentum(0.5)?), 2e-2),
        (Box::new(Adam::new(0.05)?), 1e-6),
        (Box::new(AdamW::new(0.05)?.weight_decay(0.0)?), 1e-5),
        (Box::new(Adamax::new(0.1)?), 1e-5),
        (Box::new(Nadam::new(0.05)?), 1e-5),
        (Box::new(Adagrad::new(1.0)?), 1e-5),
        (Box::new(Adadelta::new(10.0)?), 1e-3),
        (Box::new(Ftrl::new(1.0)?), 1e-3),
        (Box::new(ScheduleFreeAdamW::new(0.1)?), 1e-2),
        (Box::new(LossScaleOptimizer::new(Adam::new(0.05)?)?.dynamic_growth_steps(100)?), 1e-5),
    ];
    for (solver, tolerance) in solvers {
        assert_close(&descend(&*solver, [0.0, 0.0], quadratic, 5_000)?, &[3.0, -2.0], tolerance);
    }
    Ok(())
}

#[test]
fn late_steps_are_finite() -> Result<(), OptimizerError> {
    let adam = Adam::new(0.1)?;
    for iteration in [1 << 24, 1 << 53, u64::MAX] {
        let (mut w, mut slots) = ([1.0_f32], [Tensor::zeros([1]), Tensor::zeros([1])]);
        adam.step(adam.at(iteration), &mut w, &[1.0], &mut slots)?;
        assert!(w[0] < 1.0 && w[0].is_finite());
    }
    Ok(())
}

#[test]
fn arguments_out_of_range_are_refused() {
    let errors = [
        (
            SGD::new(-0.1).err(),
            "SGD: expected `learning_rate` to be a finite number, 0 or more. Received: learning_rate=-0.1",
        ),
        (
            SGD::default().momentum(1.5).err(),
            "SGD: expected `momentum` to be a number from 0 to 1. Received: momentum=1.5",
        ),
        (
            RMSprop::new(f64::INFINITY).err(),
            "RMSprop: expected `learning_rate` to be a finite number, 0 or more. Received: learning_rate=inf",
        ),
        (RMSprop::default().rho(1.0).err(), "RMSprop: expected `rho` to be 0 or more and less than 1. Received: rho=1"),
        (
            RMSprop::default().momentum(-1.0).err(),
            "RMSprop: expected `momentum` to be a number from 0 to 1. Received: momentum=-1",
        ),
        (
            RMSprop::default().epsilon(-1.0).err(),
            "RMSprop: expected `epsilon` to be a finite number, 0 or more. Received: epsilon=-1",
        ),
        (
            Adam::new(f64::NAN).err(),
            "Adam: expected `learning_rate` to be a finite number, 0 or more. Received: learning_rate=NaN",
        ),
        (
            Adam::default().beta_1(1.0).err(),
            "Adam: expected `beta_1` to be 0 or more and less than 1. Received: beta_1=1",
        ),
        (
            Adam::default().beta_2(-0.1).err(),
            "Adam: expected `beta_2` to be 0 or more and less than 1. Received: beta_2=-0.1",
        ),
        (
            Adam::default().epsilon(f64::NAN).err(),
            "Adam: expected `epsilon` to be a finite number, 0 or more. Received: epsilon=NaN",
        ),
        (
            AdamW::default().beta_1(-1.0).err(),
            "AdamW: expected `beta_1` to be 0 or more and less than 1. Received: beta_1=-1",
        ),
        (
            Adamax::new(-1.0).err(),
            "Adamax: expected `learning_rate` to be a finite number, 0 or more. Received: learning_rate=-1",
        ),
        (
            Lion::default().beta_1(0.0).err(),
            "Lion: expected `beta_1` to be above 0 and no more than 1. Received: beta_1=0",
        ),
        (
            Ftrl::default().learning_rate_power(0.5).err(),
            "Ftrl: expected `learning_rate_power` to be a finite number, 0 or less. Received: learning_rate_power=0.5",
        ),
        (
            Adafactor::default().clip_threshold(0.0).err(),
            "Adafactor: expected `clip_threshold` to be a finite number above 0. Received: clip_threshold=0",
        ),
        (
            LossScaleOptimizer::<f32>::new("adam").and_then(|made| made.dynamic_growth_steps(0)).err(),
            "LossScaleOptimizer: expected `dynamic_growth_steps` to be a whole number, 1 or more. Received: \
             dynamic_growth_steps=0",
        ),
        (
            Adam::default().weight_decay(-0.1).err(),
            "Adam: expected `weight_decay` to be a finite number, 0 or more. Received: weight_decay=-0.1",
        ),
        (
            Adam::default().clipnorm(f64::NAN).err(),
            "Adam: expected `clipnorm` to be a finite number, 0 or more. Received: clipnorm=NaN",
        ),
        (
            Adam::default().clipnorm(1.0).and_then(|adam| adam.clipvalue(2.0)).err(),
            "Adam: expected `clipvalue` to be the only one of `clipnorm`, `clipvalue` and `global_clipnorm`. Received: \
             clipvalue=2, after clipnorm",
        ),
        (
            Adam::default().ema_momentum(1.5).err(),
            "Adam: expected `ema_momentum` to be a number from 0 to 1. Received: ema_momentum=1.5",
        ),
        (
            Adam::default().ema_overwrite_frequency(0).err(),
            "Adam: expected `ema_overwrite_frequency` to be a whole number, 1 or more. Received: ema_overwrite_frequency=0",
        ),
        (
            Adam::default().gradient_accumulation_steps(1).err(),
            "Adam: expected `gradient_accumulation_steps` to be a whole number, 2 or more. Received: \
             gradient_accumulation_steps=1",
        ),
        (
            Adam::default().loss_scale_factor(0.0).err(),
            "Adam: expected `loss_scale_factor` to be a finite number above 0. Received: loss_scale_factor=0",
        ),
    ];
    for (error, message) in errors {
        assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(message));
    }
}

#[test]
fn a_bad_learning_rate_leaves_the_old() -> Result<(), OptimizerError> {
    for name in names() {
        let mut optimizer = get::<f32>(name)?;
        let rate = optimizer.learning_rate();
        assert!(matches!(optimizer.set_learning_rate(-1.0), Err(OptimizerError::Argument { .. })));
        assert_eq!(optimizer.learning_rate(), rate);
    }
    Ok(())
}

#[test]
fn lengths_must_agree_and_nothing_moves() {
    let adam = Adam::default();
    let mut w = [1.0_f64, 2.0];
    let slot = |len: usize| Tensor::full([len], 0.5);
    let mut refused = |gradient: &[f64], mut slots: Vec<Tensor<f64>>| {
        let before = slots.clone();
        let error = adam.step(adam.at(0), &mut w, gradient, &mut slots).unwrap_err();
        assert_eq!((slots, w), (before, [1.0, 2.0]));
        error.to_string()
    };
    assert_eq!(
        refused(&[1.0], vec![slot(2), slot(2)]),
        "adam: expected a gradient of 2 values, as the variable has. Received: 1 values"
    );
    assert_eq!(
        refused(&[1.0, 1.0], vec![slot(2)]),
        "adam: expected 2 slots, [\"momentum\", \"velocity\"]. Received: 1 slots"
    );
    assert_eq!(
        refused(&[1.0, 1.0], vec![slot(2), slot(2), slot(2)]),
        "adam: expected 2 slots, [\"momentum\", \"velocity\"]. Received: 3 slots"
    );
    assert_eq!(
        refused(&[1.0, 1.0], vec![slot(2), slot(3)]),
        "adam: expected the slot \"velocity\" to hold 2 values, as the variable does. Received: 3 values"
    );
}

/// Slots of another number or size are an error of every optimizer, whatever they are, and nothing moves.
#[test]
fn every_optimizer_looks_at_its_slots() -> Result<(), OptimizerError> {
    for optimizer in [Box::new(Lamb::default()) as Box<dyn Optimizer<f64>>, Box::new(SGD::default().momentum(0.5)?)]
        .into_iter()
        .chain(names().into_iter().map(get).collect::<Result<Vec<_>, _>>()?)
    {
        for shape in [Shape::from([6]), Shape::from([2, 3])] {
            let variable = Variable::new("w", shape);
            let begin: Vec<Tensor<f64>> = optimizer.slots(&variable).iter().map(|slot| slot.begin(&[1.0; 6])).collect();
            let refused = |mut slots: Vec<Tensor<f64>>| {
                let (mut w, before) = ([1.0; 6], slots.clone());
                let error = optimizer.step(optimizer.at(0), &mut w, &[1.0; 6], &mut slots);
                assert!(error.is_err(), "{} takes {before:?}", optimizer.name());
                assert_eq!((w, slots), ([1.0; 6], before));
            };
            if begin.is_empty() {
                refused(vec![Tensor::zeros([6])]);
                continue;
            }
            refused(Vec::new());
            for index in 0..begin.len() {
                let mut slots = begin.clone();
                slots[index] = Tensor::zeros([7, 1]);
                refused(slots);
            }
            refused([begin.clone(), begin].concat().into_iter().chain([Tensor::zeros([6])]).collect());
        }
    }
    Ok(())
}

#[test]
fn a_state_is_for_its_variables() -> Result<(), OptimizerError> {
    let adam = Adam::default().clipnorm(1.0)?;
    let mut state = OptimizerState::new(&adam, [("w", &Tensor::<f32>::zeros([2]))]);
    let none = state.apply(&adam, &mut []).unwrap_err().to_string();
    assert_eq!(none, "adam: expected one of 1 variables, which the state was made for. Received: number 0");
    let (mut w, mut gradient) = ([0.0; 2], [0.0; 2]);
    assert!(state.begin(&adam).step(1, &mut w, &mut gradient).is_err());
    assert!(state.begin(&Adam::default()).step(1, &mut w, &mut gradient).is_err());
    assert!(state.begin(&adam).see(1, &mut gradient).is_err());
    assert!(OptimizerState::default().begin(&adam).step(0, &mut w, &mut gradient).is_err());
    assert_eq!((state.iteration(), state.len(), state.is_empty(), state.is_built()), (0, 1, false, true));
    Ok(())
}

#[test]
fn what_does_not_fit_a_state_changes_nothing() -> Result<(), OptimizerError> {
    let mut adam = Adam::default();
    let tensor = Tensor::<f64>::full([2], 3.0);
    let mut state = OptimizerState::new(&adam, [("w", &tensor)]);
    let (iteration, rate, slot) = (StateValue::Integer(5), StateValue::Number(0.5), StateValue::Tensor(&tensor));
    let wrong = Tensor::full([2, 1], 1.0);
    let refused: [(&[StateValue<'_, f64>], &str); 6] = [
        (
            &[StateValue::Integer(u64::MAX), rate, slot, slot],
            "adam: expected `iteration` of its state to be a whole number from 0 to 9223372036854775807. Received: \
             18446744073709551615",
        ),
        (&[iteration, rate, slot], "adam: expected 4 values, one for each variable of its state. Received: 3"),
        (
            &[iteration, rate, slot, StateValue::Tensor(&wrong)],
            "adam: expected `w_velocity` of its state to be of shape (2,). Received: a tensor of shape (2, 1)",
        ),
        (&[iteration, rate, slot, rate], "adam: expected `w_velocity` of its state to be of shape (2,). Received: 0.5"),
        (
            &[rate, rate, slot, slot],
            "adam: expected `iteration` of its state to be a whole number from 0 to 9223372036854775807. Received: 0.5",
        ),
        (
            &[iteration, StateValue::Number(f64::NAN), slot, slot],
            "adam: expected `learning_rate` of its state to be a finite number, 0 or more. Received: NaN",
        ),
    ];
    for (values, message) in refused {
        assert_eq!(state.restore(&mut adam, |_| true, values).unwrap_err().to_string(), message);
        assert_eq!((state.iteration(), Optimizer::<f64>::learning_rate(&adam)), (0, 0.001));
        assert_eq!(state.variables(&adam, |_| true)[2].value, StateValue::Tensor(&Tensor::zeros([2])));
    }
    // A number may come as a tensor.
    let five = Tensor::full([], 5.0);
    state.restore(&mut adam, |_| true, &[StateValue::Tensor(&five), rate, slot, slot])?;
    assert_eq!((state.iteration(), Optimizer::<f64>::learning_rate(&adam)), (5, 0.5));
    assert_eq!(state.variables(&adam, |_| true)[2].value, slot);
    Ok(())
}

#[test]
fn nan_stays_nan_and_nothing_panics() -> Result<(), OptimizerError> {
    for name in names() {
        let optimizer = get::<f32>(name)?;
        let mut state = OptimizerState::new(optimizer.as_ref(), [("w", &Tensor::zeros([2, 2]))]);
        let mut w = [0.5; 4];
        for _ in 0..3 {
            state.apply(optimizer.as_ref(), &mut [(&mut w, &mut [f32::NAN, 1.0, f32::INFINITY, 0.0])])?;
        }
        assert!(w[0].is_nan(), "{name}");
    }
    let muon = Muon::default();
    let mut state = OptimizerState::new(&muon, [("w", &Tensor::<f64>::zeros([0, 3]))]);
    state.apply(&muon, &mut [(&mut [], &mut [])])
}

#[test]
fn embeddings_and_what_is_excluded_move_as_with_adam() -> Result<(), OptimizerError> {
    let slots = |muon: &Muon, path: &str| Optimizer::<f32>::slots(muon, &Variable::new(path, [2, 3])).len();
    let muon = Muon::new(0.1)?.exclude_layers(["head"]);
    assert_eq!(["dense/kernel", "Embedding/embeddings", "head/kernel"].map(|path| slots(&muon, path)), [1, 2, 2]);
    let all = muon.exclude_embeddings(false).exclude_layers([""; 0]);
    assert_eq!(["dense/kernel", "Embedding/embeddings", "head/kernel"].map(|path| slots(&all, path)), [1, 1, 1]);
    let decay = |path: &str, shape: usize| {
        let muon = Muon::default().weight_decay(0.5)?.exclude_from_weight_decay(["gamma"]);
        let muon = muon.exclude_paths_from_weight_decay(["a/kernel"]);
        let variable = Variable::new(path, Shape::new(if shape == 2 { &[2, 3] } else { &[2] })?);
        Ok::<_, OptimizerError>(Optimizer::<f32>::weight_decay_of(&muon, &variable))
    };
    assert_eq!([decay("b/kernel", 2)?, decay("b/bias", 1)?], [Some(0.5), Some(0.004)]);
    assert_eq!([decay("a/kernel", 2)?, decay("b/gamma", 1)?], [None, None]);
    Ok(())
}

/// One's own optimizer, that gives no other rate than its own.
#[derive(Debug, Clone)]
struct Stubborn(SGD);

impl OptimizerArguments for Stubborn {
    fn common(&self) -> &Common {
        self.0.common()
    }
    fn common_mut(&mut self) -> &mut Common {
        self.0.common_mut()
    }
}

impl Optimizer<f64> for Stubborn {
    fn name(&self) -> &str {
        "stubborn"
    }
    fn step(&self, _: Step<f64>, _: &mut [f64], _: &[f64], _: &mut [Tensor<f64>]) -> Result<(), OptimizerError> {
        Ok(())
    }
    fn at(&self, iteration: u64) -> Step<f64> {
        Step { iteration, learning_rate: 7.0 }
    }
    fn learning_rate(&self) -> f64 {
        7.0
    }
    fn set_learning_rate(&mut self, _rate: f64) -> Result<(), OptimizerError> {
        Ok(())
    }
}

#[test]
fn a_boxed_optimizer_is_the_same() -> Result<(), OptimizerError> {
    let mut boxed: Box<dyn Optimizer<f64>> = Box::new(Stubborn(SGD::new(0.5)?));
    // As whatever is generic over optimizers sees the box.
    fn rates(optimizer: &mut impl Optimizer<f64>) -> Result<[f64; 2], OptimizerError> {
        optimizer.set_learning_rate(0.25)?;
        Ok([optimizer.learning_rate(), optimizer.at(3).learning_rate])
    }
    assert_eq!(rates(&mut boxed)?, [7.0, 7.0]);
    assert_eq!(boxed.common().learning_rate().at(0), 0.5);
    Ok(())
}
