//! Minima that the optimizers find, and what they refuse.

use cornu_optimizers::{Adam, Optimizer, OptimizerError, RMSprop, SGD};
use cornu_tensor::Tensor;
use cornu_testkit::assert_close;

/// `steps` steps from `start`; the gradient is that of a function of two numbers.
fn descend(
    optimizer: &dyn Optimizer<f64>,
    start: [f64; 2],
    gradient: fn([f64; 2]) -> [f64; 2],
    steps: u64,
) -> Result<[f64; 2], OptimizerError> {
    let mut w = start;
    let mut slots = vec![Tensor::zeros([2]); optimizer.slots().len()];
    for iteration in 0..steps {
        let gradient = gradient(w);
        optimizer.step(iteration, &mut w, &gradient, &mut slots)?;
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
    let solvers: [(Box<dyn Optimizer<f64>>, f64); 5] = [
        (Box::new(SGD::new(0.015)?), 1e-9),
        (Box::new(SGD::new(0.01)?.momentum(0.9)?), 1e-9),
        // RMSprop ends up stepping to and fro by about its learning rate.
        (Box::new(RMSprop::new(0.002)?), 5e-3),
        (Box::new(RMSprop::new(0.002)?.centered(true).momentum(0.5)?), 2e-2),
        (Box::new(Adam::new(0.05)?), 1e-6),
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
        adam.step(iteration, &mut w, &[1.0], &mut slots)?;
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
    ];
    for (error, message) in errors {
        assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(message));
    }
}

#[test]
fn a_bad_learning_rate_leaves_the_old() {
    let optimizers: [Box<dyn Optimizer<f32>>; 3] =
        [Box::new(SGD::default()), Box::new(RMSprop::default()), Box::new(Adam::default())];
    for mut optimizer in optimizers {
        let rate = optimizer.learning_rate();
        assert!(matches!(optimizer.set_learning_rate(-1.0), Err(OptimizerError::Argument { .. })));
        assert_eq!(optimizer.learning_rate(), rate);
    }
}

#[test]
fn lengths_must_agree_and_nothing_moves() {
    let adam = Adam::default();
    let mut w = [1.0_f64, 2.0];
    let slot = |len: usize| Tensor::full([len], 0.5);
    let mut refused = |gradient: &[f64], mut slots: Vec<Tensor<f64>>| {
        let before = slots.clone();
        let error = adam.step(0, &mut w, gradient, &mut slots).unwrap_err();
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
