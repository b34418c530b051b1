//! Laws of the activations.

use std::collections::HashMap;
use std::sync::Arc;

use cornu_initializers::Constant;
use cornu_layers::activations::{
    Activation, Celu, Elu, Gelu, GeneralRelu, HardShrink, LeakyRelu, SoftShrink, Squareplus, Threshold, get, names,
};
use cornu_layers::{Built, LeakyReLU, PReLU, Softmax};
use cornu_tensor::{Scalar, Tensor};
use cornu_testkit::strategies::shape;
use cornu_testkit::{assert_close, numeric_gradient};
use proptest::prelude::*;

/// Every activation by name, and some with arguments.
fn all<T: Scalar>() -> Vec<Arc<dyn Activation<T>>> {
    let with_arguments: [Arc<dyn Activation<T>>; 9] = [
        Arc::new(Celu::new(-0.7).unwrap()),
        Arc::new(Elu::new(-0.5)),
        Arc::new(Gelu::new(true)),
        Arc::new(GeneralRelu::new(0.3, Some(2.0), 0.5).unwrap()),
        Arc::new(HardShrink::new(1.0).unwrap()),
        Arc::new(LeakyRelu::new(0.0).unwrap()),
        Arc::new(SoftShrink::new(0.0).unwrap()),
        Arc::new(Squareplus::new(0.25).unwrap()),
        Arc::new(Threshold::new(0.5, 0.25)),
    ];
    names().into_iter().map(|name| get(name).unwrap()).chain(with_arguments).collect()
}

/// Whether the function neither jumps nor bends near this row: there the slope is not that of either side.
fn is_smooth(activation: &dyn Activation<f64>, row: &[f64]) -> bool {
    const KINKS: [f64; 12] = [-6.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0];
    if activation.name() == "sparsemax" {
        // In pieces linear in the whole row: on one piece the gradient is the same everywhere.
        let gradient = |step: f64| {
            let moved: Vec<f64> = row.iter().zip(1..).map(|(x, i)| x + step * f64::from(i)).collect();
            backward(activation, &moved, &vec![1.0; row.len()])
        };
        return gradient(1e-4) == gradient(0.0) && gradient(-1e-4) == gradient(0.0);
    }
    row.iter().all(|x| KINKS.iter().all(|kink| (x - kink).abs() > 1e-4))
}

/// `f(x)` of one row.
fn apply<T: Scalar>(activation: &dyn Activation<T>, row: &[T]) -> Vec<T> {
    let mut row = row.to_vec();
    let width = row.len();
    activation.apply(&mut row, width);
    row.truncate(if activation.halves() { width / 2 } else { width });
    row
}

/// The gradient of `Σ upstream·f(x)`; of the upstream of a halved row, the second half means nothing.
fn backward(activation: &dyn Activation<f64>, x: &[f64], upstream: &[f64]) -> Vec<f64> {
    let (mut y, mut gradient) = (x.to_vec(), upstream.to_vec());
    activation.apply(&mut y, x.len());
    let from = if activation.needs_input() { x } else { &y };
    activation.backward(from, &mut gradient, x.len());
    gradient
}

/// Rows of an even width.
fn rows(most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-8.0..8.0_f64, 1..most)
        .prop_map(|row| row.iter().flat_map(|&x| [x, -0.37 * x + 0.11]).collect())
}

/// Those that take value by value.
fn each<T: Scalar>() -> impl Iterator<Item = Arc<dyn Activation<T>>> {
    let by_row = ["softmax", "log_softmax", "sparsemax", "glu"];
    all().into_iter().filter(move |activation| !by_row.contains(&activation.name()))
}

proptest! {
    #[test]
    fn the_gradient_is_the_slope(row in rows(6), seed in 1..50_u32) {
        // Not so far out that an exponential hides the other values.
        let row: Vec<f64> = row.iter().map(|x| x / 2.0).collect();
        let upstream: Vec<f64> = (0..row.len()).map(|i| f64::from(seed) / 17.0 - i as f64).collect();
        for activation in all::<f64>().into_iter().filter(|activation| is_smooth(activation.as_ref(), &row)) {
            let loss = |x: &[f64]| apply(activation.as_ref(), x).iter().zip(&upstream).map(|(y, u)| y * u).sum();
            let numeric = numeric_gradient(loss, &row);
            println!("{activation:?}"); // shown if the test fails
            assert_close(&backward(activation.as_ref(), &row, &upstream), &numeric, 1e-6);
        }
    }

    #[test]
    fn rows_do_not_see_each_other(row in rows(5), count in 1_usize..20) {
        let width = row.len();
        let values: Vec<f64> = (0..count * width).map(|i| row[i % width] + (i / width) as f64 / 3.0).collect();
        for activation in all::<f64>() {
            let kept = if activation.halves() { width / 2 } else { width };
            let mut together = values.clone();
            activation.apply(&mut together, width);
            let (from, mut gradient) = (if activation.needs_input() { &values } else { &together }, values.clone());
            activation.backward(from, &mut gradient, width);
            for (i, row) in values.chunks_exact(width).enumerate() {
                // The bits do not depend on what else is there, but for what vectors sum in another order.
                prop_assert_eq!(&apply(activation.as_ref(), row), &together[i * width..][..kept]);
                assert_close(&backward(activation.as_ref(), row, row), &gradient[i * width..][..width], 1e-14);
            }
        }
    }

    #[test]
    fn f32_is_f64_rounded(row in rows(40)) {
        for (exact, rough) in all::<f64>().into_iter().zip(all::<f32>()) {
            // 1/1024 keeps what is compared with a threshold the same in both.
            let row: Vec<f64> = row.iter().map(|x| (x * 1024.0).round() / 1024.0).collect();
            let rough = apply(rough.as_ref(), &row.iter().map(|&x| x as f32).collect::<Vec<_>>());
            let rough: Vec<f64> = rough.iter().map(|&y| f64::from(y)).collect();
            println!("{exact:?}"); // shown if the test fails
            let exact = apply(exact.as_ref(), &row);
            assert_close(&rough, &exact, if row.len() > 20 { 2e-4 } else { 1e-5 });
        }
    }

    #[test]
    fn nan_stays_nan(row in rows(40), at in 0_usize..80) {
        let at = at % row.len();
        for activation in each::<f64>() {
            let mut with_nan = row.clone();
            with_nan[at] = f64::NAN;
            let (y, expected) = (apply(activation.as_ref(), &with_nan), apply(activation.as_ref(), &row));
            for (i, (y, expected)) in y.iter().zip(&expected).enumerate() {
                prop_assert!(if i == at { y.is_nan() } else { y == expected }, "{activation:?}");
            }
        }
        for activation in each::<f32>() {
            prop_assert!(apply(activation.as_ref(), &[f32::NAN; 70]).iter().all(|y| y.is_nan()), "{activation:?}");
        }
        for name in ["softmax", "log_softmax"] {
            prop_assert!(apply(get(name)?.as_ref(), &[1.0, f64::NAN, 2.0]).iter().all(|y: &f64| y.is_nan()));
        }
        let sparsemax = apply(get::<f64>("sparsemax")?.as_ref(), &[1.0, f64::NAN, 3.0]);
        prop_assert!(sparsemax[1].is_nan() && sparsemax[2] == 1.0);
    }

    #[test]
    fn monotone_odd_and_within_bounds(a in -50.0..50.0_f64, b in -50.0..50.0_f64) {
        let call = |name: &str, x: f64| get::<f64>(name).map(|f| apply(f.as_ref(), &[x])[0]);
        let (low, high) = (a.min(b), a.max(b));
        for name in [
            "linear", "relu", "sigmoid", "tanh", "softplus", "softsign", "elu", "selu", "leaky_relu", "exponential",
            "celu", "hard_shrink", "hard_sigmoid", "hard_tanh", "log_sigmoid", "relu6", "soft_shrink", "sparse_plus",
            "sparse_sigmoid", "squareplus", "tanh_shrink",
        ] {
            prop_assert!(call(name, low)? <= call(name, high)? + 1e-14, "{name}");
        }
        for name in ["linear", "tanh", "softsign", "hard_shrink", "hard_tanh", "soft_shrink", "tanh_shrink"] {
            prop_assert_eq!(call(name, -a)?, -call(name, a)?, "{}", name);
        }
        for name in ["sigmoid", "hard_sigmoid", "sparse_sigmoid"] {
            let y = call(name, a)?;
            prop_assert!((0.0..=1.0).contains(&y) && (y + call(name, -a)? - 1.0).abs() < 1e-15, "{name}");
        }
        for name in ["tanh", "softsign", "hard_tanh"] {
            prop_assert!(call(name, a)?.abs() <= 1.0, "{name}");
        }
        prop_assert!((0.0..=6.0).contains(&call("relu6", a)?));
        prop_assert!(call("softplus", a)? >= a.max(0.0) && call("squareplus", a)? >= a.max(0.0));
        prop_assert!(call("log_sigmoid", a)? <= a.min(0.0));
        prop_assert!(call("sparse_plus", a)? >= a.max(0.0));
        prop_assert!((call("softplus", a)? - call("softplus", -a)? - a).abs() < 1e-12);
        prop_assert!((call("sparse_plus", a)? - call("sparse_plus", -a)? - a).abs() < 1e-12);
        for (name, least) in [("silu", -0.2785), ("gelu", -0.1701), ("mish", -0.3089), ("hard_silu", -0.375)] {
            prop_assert!(call(name, a)? >= least, "{name}");
        }
    }

    #[test]
    fn log_softmax_is_the_logarithm_of_softmax(row in rows(20), shift in -1e3..1e3_f64) {
        let [softmax, log] = [get::<f64>("softmax")?, get("log_softmax")?];
        let y = apply(log.as_ref(), &row);
        let p: Vec<f64> = y.iter().map(|y| y.exp()).collect();
        assert_close(&p, &apply(softmax.as_ref(), &row), 1e-13);
        let shifted: Vec<f64> = row.iter().map(|x| x + shift).collect();
        assert_close(&apply(log.as_ref(), &shifted), &y, 1e-11);
    }

    #[test]
    fn a_gate_between_0_and_1(row in rows(20)) {
        let y = apply(get::<f64>("glu")?.as_ref(), &row);
        prop_assert!(y.iter().zip(&row).all(|(y, a)| y.abs() <= a.abs() && y * a >= 0.0));
        let open: Vec<f64> = row.iter().copied().chain(row.iter().map(|_| 800.0)).collect();
        prop_assert_eq!(apply(get("glu")?.as_ref(), &open), row);
    }

    #[test]
    fn of_sparsemax_one_value_far_above_takes_all(row in rows(20)) {
        let mut row = row;
        row[0] = 10.0 + row.iter().copied().fold(0.0, f64::max);
        let y = apply(get("sparsemax")?.as_ref(), &row);
        prop_assert!((y[0] - 1.0).abs() < 1e-12 && y[1..].iter().all(|&y| y == 0.0));
    }

    #[test]
    fn softmax_sums_to_1_along_any_axes(shape in shape(4, 4), chosen in 1_u8.., scale in 0.1..30.0_f64) {
        let axes: Vec<isize> = (1..).take(shape.rank()).filter(|axis| chosen >> axis & 1 == 1).collect();
        prop_assume!(!axes.is_empty());
        let layer = Built::<f64>::new(Softmax::new().axis(axes.clone()), &[shape], 0)?;
        let x = Tensor::from_fn(shape.with_batch(2)?, |i| scale * (i as f64 * 0.7).sin());
        let mut sums = HashMap::<Vec<usize>, f64>::new();
        for (index, &p) in layer.call(&x)?.as_slice().iter().enumerate() {
            let (mut rest, batch) = (index, x.shape());
            let place = batch.dims().iter().enumerate().rev().map(|(axis, dim)| {
                let at = rest % dim;
                rest /= dim;
                if axes.contains(&(axis as isize)) { 0 } else { at }
            });
            *sums.entry(place.collect()).or_default() += p;
            prop_assert!((0.0..=1.0).contains(&p));
        }
        prop_assert!(sums.values().all(|sum| (sum - 1.0).abs() < 1e-13));
    }

    #[test]
    fn prelu_with_one_alpha_is_leaky_relu(shape in shape(3, 4), alpha in 0.0..2.0_f64, shared: u8) {
        let axes: Vec<usize> = (1..=shape.rank()).filter(|axis| shared >> axis & 1 == 1).collect();
        let prelu = PReLU::new().alpha_initializer(Constant::new(alpha)).shared_axes(axes);
        let (prelu, leaky) = (Built::<f64>::new(prelu, &[shape], 0)?, LeakyReLU::new().negative_slope(alpha));
        let x = Tensor::from_fn(shape.with_batch(3)?, |i| (i as f64 * 0.7).sin());
        prop_assert_eq!(prelu.call(&x)?, Built::new(leaky, &[shape], 0)?.call(&x)?);
    }
}
