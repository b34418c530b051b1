//! The lesson's network in plain loops, trained with Adam, so that the sample report shows a true training.

use super::{Array, Curve};

/// The petal lengths of fifty flowers of each class, from the quantiles of a logistic distribution.
pub(super) fn flowers() -> Vec<(f32, usize)> {
    let one = |kind: usize, middle: f64, spread: f64| {
        (0..50).map(move |i| {
            let share = (f64::from(i) + 0.5) / 50.0;
            let length = middle + spread * (share / (1.0 - share)).ln();
            ((length * 10.0).round() as f32 / 10.0, kind)
        })
    };
    one(0, 4.26, 0.26).chain(one(1, 5.55, 0.3)).collect()
}

/// The network 1–4–2: kernel (4), bias (4), kernel (4 × 2), bias (2), one after the other.
pub(super) struct Net {
    weights: [f64; 18],
    means: [f64; 18],
    squares: [f64; 18],
    steps: i32,
    biased: bool,
}

impl Net {
    /// A network whose biases start with the values of a function.
    pub(super) fn new(biased: bool, bias: impl Fn(usize) -> f64) -> Self {
        let kernels = [0.62, -0.48, 0.35, 0.81, 0.7, -0.2, -0.5, 0.4, 0.3, -0.8, -0.35, 0.55];
        let weights = std::array::from_fn(|i| match i {
            0..4 => kernels[i],
            8..16 => kernels[i - 4],
            _ if biased => bias(i),
            _ => 0.0,
        });
        Self { weights, means: [0.0; 18], squares: [0.0; 18], steps: 0, biased }
    }

    /// The hidden units and the probability of class 1.
    fn forward(&self, x: f64) -> ([f64; 4], f64) {
        let w = &self.weights;
        let hidden = std::array::from_fn(|j| (w[j] * x + w[4 + j]).max(0.0));
        let logit = |k: usize| w[16 + k] + (0..4).map(|j| hidden[j] * w[8 + 2 * j + k]).sum::<f64>();
        (hidden, 1.0 / (1.0 + (logit(0) - logit(1)).exp()))
    }

    /// The probability of virginica over all lengths.
    pub(super) fn boundary(&self) -> Vec<(f32, f32)> {
        (0..=120).map(|i| 3.0 + f64::from(i) * 0.035).map(|x| (x as f32, self.forward(x).1 as f32)).collect()
    }

    /// One epoch of ten batches. Returns the loss and the accuracy before it.
    pub(super) fn epoch(&mut self, flowers: &[(f32, usize)]) -> (f64, f64) {
        let (mut loss, mut right) = (0.0, 0.0);
        for batch in 0..10 {
            let mut slope = [0.0; 18];
            for &(length, kind) in flowers.iter().skip(batch).step_by(10) {
                let (x, truth) = (f64::from(length), kind as f64);
                let (hidden, p) = self.forward(x);
                loss -= if kind == 1 { p } else { 1.0 - p }.max(1e-9).ln() / flowers.len() as f64;
                right += f64::from(u8::from((p >= 0.5) == (kind == 1))) / flowers.len() as f64;
                let delta = [truth - p, p - truth];
                for k in 0..2 {
                    slope[16 + k] += delta[k] / 10.0;
                    for j in 0..4 {
                        slope[8 + 2 * j + k] += delta[k] * hidden[j] / 10.0;
                        if hidden[j] > 0.0 {
                            let back = delta[k] * self.weights[8 + 2 * j + k] / 10.0;
                            slope[j] += back * x;
                            slope[4 + j] += back;
                        }
                    }
                }
            }
            self.step(slope);
        }
        (loss, right)
    }

    /// One step of Adam.
    fn step(&mut self, slope: [f64; 18]) {
        self.steps += 1;
        for (i, slope) in slope.into_iter().enumerate() {
            if !self.biased && matches!(i, 4..8 | 16..) {
                continue;
            }
            self.means[i] = 0.9 * self.means[i] + 0.1 * slope;
            self.squares[i] = 0.999 * self.squares[i] + 0.001 * slope * slope;
            let mean = self.means[i] / (1.0 - 0.9_f64.powi(self.steps));
            let square = self.squares[i] / (1.0 - 0.999_f64.powi(self.steps));
            self.weights[i] -= 0.01 * mean / (square.sqrt() + 1e-7);
        }
    }

    /// All arrays, in Keras's order.
    pub(super) fn arrays(&self) -> Vec<Array> {
        let array = |path: &str, shape: &[usize], at: std::ops::Range<usize>| Array {
            path: path.to_string(),
            shape: shape.to_vec(),
            values: self.weights[at].iter().map(|&w| w as f32).collect(),
            tile: None,
        };
        let kernels = [array("dense/kernel", &[1, 4], 0..4), array("dense_1/kernel", &[4, 2], 8..16)];
        let biases = [array("dense/bias", &[4], 4..8), array("dense_1/bias", &[2], 16..18)];
        let [first, second] = kernels;
        if !self.biased {
            return vec![first, second];
        }
        let [b1, b2] = biases;
        vec![first, b1, second, b2]
    }

    /// The curves of the pairs that [`epoch`](Self::epoch) gave.
    pub(super) fn curves(epochs: &[(f64, f64)]) -> Vec<Curve> {
        let curve = |name: &str, values: Vec<f64>| Curve { name: name.to_string(), values };
        vec![
            curve("loss", epochs.iter().map(|epoch| epoch.0).collect()),
            curve("accuracy", epochs.iter().map(|epoch| epoch.1).collect()),
        ]
    }
}
