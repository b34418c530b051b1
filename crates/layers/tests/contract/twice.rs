//! One layer used twice in a small graph: two scratches, and its gradients added up.

use cornu_layers::{Built, Dense, KernelArguments, Mode, Scratch};
use cornu_tensor::Tensor;
use cornu_testkit::{assert_close, numeric_gradient};

use crate::check::random_tensor;
use crate::user_layers::add;

const MODE: Mode = Mode::Training { seed: 0, step: 0, trainable: true };

/// The sum of `upstream · dense(dense(x))`.
fn loss(dense: &Built<f64>, x: &Tensor<f64>, upstream: &Tensor<f64>) -> f64 {
    let hidden = dense.call(x).unwrap();
    let output = dense.call(&hidden).unwrap();
    output.as_slice().iter().zip(upstream.as_slice()).map(|(y, u)| y * u).sum()
}

#[test]
fn gradients_add_up() {
    // Softplus needs its input on the way back, so that each use must find its own.
    let layer = Dense::new(3).activation("softplus").bias_initializer("random_normal");
    let dense = Built::<f64>::new(layer, &[[3].into()], 5).unwrap();
    let (x, upstream) = (random_tensor::<f64>([4, 3], 1), random_tensor([4, 3], 2));

    let (mut first, mut second) = (Scratch::default(), Scratch::default());
    let hidden = dense.call_all(&[x.view()], MODE, &mut first).unwrap();
    let output = dense.call_all(&[hidden.view()], MODE, &mut second).unwrap();
    let above = dense.gradients(&[hidden.view()], &output, &upstream, &mut second).unwrap();
    let below = dense.gradients(&[x.view()], &hidden, &above.inputs[0], &mut first).unwrap();
    let mut gradients = above.weights.clone();
    for (sum, other) in gradients.iter_mut().zip(&below.weights) {
        add(sum.as_mut_slice(), other);
    }

    let numeric =
        numeric_gradient(|x| loss(&dense, &Tensor::new([4, 3], x.to_vec()).unwrap(), &upstream), x.as_slice());
    assert_close(below.inputs[0].as_slice(), &numeric, 1e-7);
    for (i, gradient) in gradients.iter().enumerate() {
        let (mut values, mut moved) = (dense.get_weights(), dense.clone());
        let start = values[i].clone();
        let numeric = numeric_gradient(
            |w| {
                values[i].as_mut_slice().copy_from_slice(w);
                moved.set_weights(&values).unwrap();
                loss(&moved, &x, &upstream)
            },
            start.as_slice(),
        );
        assert_close(gradient.as_slice(), &numeric, 1e-7);
    }
}
