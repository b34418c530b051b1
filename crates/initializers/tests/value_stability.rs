//! One seed gives the same values in every release: the first values of every random initializer, bit for bit.
//!
//! A change here changes the networks of everybody who set a seed. Do not adapt the numbers; mend the code.

use cornu_initializers::{
    Distribution, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Initializer, InitializerError, LecunNormal,
    LecunUniform, Mode, Orthogonal, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling, random,
};
use cornu_tensor::Tensor;
use rand::Rng;

/// The values of a `(2, 3)` kernel under seed 42.
fn values(initializer: &dyn Initializer<f32>) -> Result<Vec<f32>, InitializerError> {
    Ok(initializer.init([2, 3].into(), &mut random::generator(42))?.into_vec())
}

/// Six values around the end of the first block, under seed 42.
fn around_a_block(initializer: &dyn Initializer<f32>) -> Result<Vec<f32>, InitializerError> {
    let kernel = initializer.init([2, 2100].into(), &mut random::generator(42))?;
    Ok(kernel.as_slice()[random::BLOCK - 3..random::BLOCK + 3].to_vec())
}

#[test]
fn generator_and_streams() {
    let mut rng = random::generator(42);
    assert_eq!([rng.next_u64(), rng.next_u64()], [15021278609987233951, 5881210131331364753]);
    assert_eq!(
        [random::derive(42, 0), random::derive(42, 1), random::derive(0, 0)],
        [18036798128018490698, 5633703751026856003, 3069472533636442495]
    );
}

#[test]
fn first_values() -> Result<(), InitializerError> {
    let scaling = |distribution| VarianceScaling::new(1.5, Mode::FanOut, distribution);
    assert_eq!(
        values(&RandomNormal::default())?,
        [0.03353777, -0.008001851, -0.029049654, 0.032761045, 0.08321153, -0.0015020879]
    );
    assert_eq!(
        values(&RandomUniform::default())?,
        [0.025657585, -0.0066840407, -0.01420835, 0.03498507, 0.033131618, -0.0009826767]
    );
    assert_eq!(
        values(&TruncatedNormal::default())?,
        [0.03353777, -0.008001851, -0.029049654, 0.032761045, 0.08321153, -0.0015020879]
    );
    assert_eq!(
        values(&scaling(Distribution::TruncatedNormal)?)?,
        [0.5392018, -0.12864934, -0.46704426, 0.526714, 1.337829, -0.02414974]
    );
    assert_eq!(
        values(&scaling(Distribution::UntruncatedNormal)?)?,
        [0.4742957, -0.11316326, -0.41082412, 0.46331117, 1.1767888, -0.02124273]
    );
    assert_eq!(
        values(&scaling(Distribution::Uniform)?)?,
        [0.6284799, -0.1637249, -0.3480321, 0.8569557, 0.81155556, -0.024070565]
    );
    assert_eq!(
        values(&GlorotNormal::new())?,
        [0.48227674, -0.115067475, -0.4177371, 0.47110733, 1.1965907, -0.021600183]
    );
    assert_eq!(values(&GlorotUniform::new())?, [0.5621295, -0.14644, -0.31128934, 0.7664845, 0.7258774, -0.021529367]);
    assert_eq!(values(&HeNormal::new())?, [0.7625465, -0.18193765, -0.66050035, 0.7448861, 1.891976, -0.034152888]);
    assert_eq!(values(&HeUniform::new())?, [0.8888048, -0.23154196, -0.49219167, 1.2119184, 1.147713, -0.03404092]);
    assert_eq!(values(&LecunNormal::new())?, [0.5392018, -0.12864934, -0.46704426, 0.526714, 1.337829, -0.02414974]);
    assert_eq!(values(&LecunUniform::new())?, [0.6284799, -0.1637249, -0.3480321, 0.8569557, 0.81155556, -0.024070565]);
    assert_eq!(
        values(&Orthogonal::default())?,
        [0.743872, -0.17748205, -0.64432496, 0.019835837, -0.95780545, 0.28673205]
    );
    Ok(())
}

#[test]
fn values_of_an_own_seed() -> Result<(), InitializerError> {
    assert_eq!(
        values(&RandomNormal::default().with_seed(42))?,
        [0.084114954, 0.06778518, 0.011091641, 0.027927166, -0.041446652, 0.021776624]
    );
    assert_eq!(
        values(&RandomUniform::default().with_seed(42))?,
        [0.04857104, 0.039475147, 0.009375311, 0.014804933, -0.03503316, 0.01273569]
    );
    assert_eq!(
        values(&TruncatedNormal::default().with_seed(42))?,
        [0.084114954, 0.06778518, 0.011091641, 0.027927166, -0.041446652, 0.021776624]
    );
    assert_eq!(
        values(&GlorotUniform::new().with_seed(42))?,
        [1.0641382, 0.86485714, 0.20540278, 0.32435983, -0.7675381, 0.279025]
    );
    assert_eq!(
        values(&Orthogonal::default().with_seed(42))?,
        [0.77456474, 0.62419355, 0.10213636, -0.30521697, 0.5103047, -0.8040098]
    );
    Ok(())
}

#[test]
fn over_the_end_of_a_block() -> Result<(), InitializerError> {
    assert_eq!(
        around_a_block(&RandomNormal::default())?,
        [-0.0039853137, -0.057935175, 0.047447864, -0.09925087, 0.030535901, -0.05540424]
    );
    assert_eq!(
        around_a_block(&RandomUniform::default())?,
        [-0.022577813, -0.0322418, 0.015021851, -0.033823606, 0.023122206, -0.032540064]
    );
    assert_eq!(
        around_a_block(&TruncatedNormal::default())?,
        [-0.056403954, -0.06797054, 0.045007695, -0.09925087, 0.030535901, -0.05540424]
    );
    assert_eq!(
        around_a_block(&GlorotUniform::new())?,
        [-0.024125213, -0.034451533, 0.016051393, -0.03614175, 0.024706915, -0.03477024]
    );
    assert_eq!(
        around_a_block(&HeNormal::new())?,
        [-1.2824537, -1.5454422, 1.0233375, -2.2566614, 0.6942931, -1.2597231]
    );
    Ok(())
}

/// The last six values of a matrix of more than eight reflections.
#[test]
fn over_the_end_of_a_group() -> Result<(), InitializerError> {
    let matrix: Tensor<f64> = Orthogonal::default().init([20, 11].into(), &mut random::generator(42))?;
    assert_eq!(
        matrix.as_slice()[matrix.len() - 6..],
        [
            -0.3007733650540271,
            0.1993558195156163,
            -0.1568348878549471,
            -0.498075685974906,
            0.3343478046875211,
            -0.021295609440397857
        ]
    );
    Ok(())
}
