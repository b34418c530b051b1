//! Laws that the initializers keep for any shape, seed and argument.

use std::fmt::Debug;
use std::sync::Arc;

use cornu_initializers::config::Config;
use cornu_initializers::{
    Constant, Distribution, Fans, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, Initializer,
    InitializerError, IntoInitializer, LecunNormal, LecunUniform, Mode, Ones, Orthogonal, RandomNormal, RandomUniform,
    STFT, Scaling, Side, TruncatedNormal, VarianceScaling, Window, Zeros, compute_fans, from_config, get, names,
    random,
};
use cornu_tensor::{Scalar, Shape, Tensor, threads};
use cornu_testkit::assert_close;
use cornu_testkit::strategies::finite;
use proptest::collection::vec;
use proptest::prelude::*;
use rand::Rng;

/// Shapes of any rank, with empty ones among them.
fn any_shape() -> impl Strategy<Value = Shape> {
    vec(0_usize..6, 0..=5).prop_filter_map("a shape", |dims| Shape::new(&dims).ok())
}

/// Every initializer that fills any shape at random; with a seed of its own, if there is one.
fn random_ones<T: Scalar>(seed: Option<u64>) -> Vec<Arc<dyn Initializer<T>>> {
    let scaling = |distribution| VarianceScaling::new(1.0, Mode::FanAvg, distribution);
    let mut all: Vec<Arc<dyn Initializer<T>>> = Vec::new();
    match seed {
        None => {
            all.extend(scaling(Distribution::UntruncatedNormal).map(|i| Arc::new(i) as Arc<dyn Initializer<T>>));
            all.push(Arc::new(RandomNormal::default()));
            all.push(Arc::new(RandomUniform::default()));
            all.push(Arc::new(TruncatedNormal::default()));
            all.push(Arc::new(GlorotNormal::new()));
            all.push(Arc::new(GlorotUniform::new()));
            all.push(Arc::new(HeNormal::new()));
            all.push(Arc::new(HeUniform::new()));
            all.push(Arc::new(LecunNormal::new()));
            all.push(Arc::new(LecunUniform::new()));
        }
        Some(seed) => {
            let scaling = scaling(Distribution::UntruncatedNormal).map(|i| i.with_seed(seed));
            all.extend(scaling.map(|i| Arc::new(i) as Arc<dyn Initializer<T>>));
            all.push(Arc::new(RandomNormal::default().with_seed(seed)));
            all.push(Arc::new(RandomUniform::default().with_seed(seed)));
            all.push(Arc::new(TruncatedNormal::default().with_seed(seed)));
            all.push(Arc::new(GlorotNormal::new().with_seed(seed)));
            all.push(Arc::new(GlorotUniform::new().with_seed(seed)));
            all.push(Arc::new(HeNormal::new().with_seed(seed)));
            all.push(Arc::new(HeUniform::new().with_seed(seed)));
            all.push(Arc::new(LecunNormal::new().with_seed(seed)));
            all.push(Arc::new(LecunUniform::new().with_seed(seed)));
        }
    }
    all
}

fn draw<T: Scalar>(initializer: &dyn Initializer<T>, shape: Shape, seed: u64) -> Result<Tensor<T>, InitializerError> {
    initializer.init(shape, &mut random::generator(seed))
}

proptest! {
    #[test]
    fn the_shape_is_the_shape_asked_for(shape in any_shape(), seed: u64) {
        for name in names() {
            match draw(&*get::<f32>(name)?, shape, seed) {
                Ok(tensor) => {
                    prop_assert_eq!(tensor.shape(), shape);
                    // A short window and one frequency are NaN in Keras too.
                    prop_assert!(name == "stft" || tensor.is_finite());
                }
                Err(error) => {
                    let refused = match name {
                        "identity" => shape.rank() != 2,
                        "orthogonal" => shape.rank() < 2,
                        "stft" => shape.rank() != 3 || shape.dims()[1] != 1,
                        _ => false,
                    };
                    prop_assert!(refused);
                    let end = format!("Received: shape={shape} of rank {}", shape.rank());
                    prop_assert!(error.to_string().ends_with(&end));
                }
            }
        }
    }

    #[test]
    fn one_seed_one_tensor(shape in any_shape(), seed: u64) {
        for initializer in random_ones::<f64>(None) {
            let first = draw(&*initializer, shape, seed)?;
            prop_assert_eq!(&first, &draw(&*initializer, shape, seed)?);
            if !first.is_empty() {
                prop_assert_ne!(&first, &draw(&*initializer, shape, seed.wrapping_add(1))?);
            }
        }
    }

    #[test]
    fn a_generator_goes_on(shape in any_shape(), seed: u64) {
        let mut rng = random::generator(seed);
        for initializer in random_ones::<f64>(None) {
            let (first, second) = (initializer.init(shape, &mut rng)?, initializer.init(shape, &mut rng)?);
            prop_assert!(first != second || first.is_empty());
        }
    }

    #[test]
    fn an_own_seed_leaves_the_generator_alone(shape in any_shape(), own: u64, seed: u64) {
        let mut rng = random::generator(seed);
        for (initializer, other) in random_ones::<f64>(Some(own)).iter().zip(random_ones(Some(own.wrapping_add(1)))) {
            let tensor = initializer.init(shape, &mut rng)?;
            prop_assert_eq!(&tensor, &draw(&**initializer, shape, seed.wrapping_add(1))?);
            prop_assert!(tensor.is_empty() || tensor != other.init(shape, &mut rng)?);
        }
        prop_assert_eq!(rng.next_u64(), random::generator(seed).next_u64());
    }

    #[test]
    fn a_longer_tensor_begins_the_same(short in 0_usize..9000, more in 0_usize..9000, seed: u64) {
        let normal = RandomNormal::default();
        let (short, long) = (draw::<f32>(&normal, [short].into(), seed)?, draw::<f32>(&normal, [short + more].into(), seed)?);
        prop_assert_eq!(short.as_slice(), &long.as_slice()[..short.len()]);
    }

    #[test]
    fn single_precision_is_double_precision_rounded(shape in any_shape(), seed: u64) {
        for (single, double) in random_ones::<f32>(None).iter().zip(random_ones::<f64>(None)) {
            prop_assert_eq!(draw(&**single, shape, seed)?, draw(&*double, shape, seed)?.cast());
        }
        if shape.rank() >= 2 {
            let orthogonal = Orthogonal::default();
            prop_assert_eq!(draw::<f32>(&orthogonal, shape, seed)?, draw::<f64>(&orthogonal, shape, seed)?.cast());
        }
    }

    #[test]
    fn the_same_bits_on_any_number_of_threads(len in 0_usize..100_000, rows in 0_usize..200, columns in 0_usize..200, seed: u64) {
        let mut all = Vec::new();
        for limit in [1, 2, 3, 0] {
            threads::set_threads(limit);
            let normal = draw::<f32>(&TruncatedNormal::default(), [len].into(), seed)?;
            all.push((normal, draw::<f64>(&Orthogonal::default(), [rows, columns].into(), seed)?));
        }
        threads::set_threads(0);
        prop_assert!(all.iter().all(|one| one == &all[0]));
    }

    #[test]
    fn orthogonal_is_orthonormal_times_gain(
        outer in vec(1_usize..5, 1..=3),
        columns in 1_usize..70,
        gain in -3.0..3.0,
        seed: u64,
    ) {
        let shape = Shape::new(&[outer, vec![columns]].concat())?;
        let tensor = draw::<f64>(&Orthogonal::new(gain)?, shape, seed)?;
        let matrix = tensor.columns().transpose();
        let square = if matrix.nrows() < matrix.ncols() {
            &matrix * matrix.transpose()
        } else {
            matrix.transpose() * &matrix
        };
        let square = Tensor::from_dmatrix(&square);
        let expected = draw(&Identity::new(gain * gain), square.shape(), 0)?;
        assert_close(square.as_slice(), expected.as_slice(), 1e-12);
    }

    #[test]
    fn identity_has_gain_on_the_diagonal(rows in 0_usize..9, columns in 0_usize..9, gain in finite()) {
        let tensor = draw::<f64>(&Identity::new(gain), [rows, columns].into(), 0)?;
        for row in 0..rows {
            for column in 0..columns {
                let expected = if row == column { gain } else { 0.0 };
                prop_assert_eq!(tensor.get(&[row, column]), Some(&expected));
            }
        }
    }

    #[test]
    fn one_value_everywhere(shape in any_shape(), value in finite()) {
        prop_assert!(draw::<f64>(&Constant::new(value), shape, 0)?.as_slice().iter().all(|&v| v == value));
        prop_assert!(draw::<f32>(&Zeros, shape, 0)?.as_slice().iter().all(|&v| v == 0.0));
        prop_assert!(draw::<f32>(&Ones, shape, 0)?.as_slice().iter().all(|&v| v == 1.0));
    }

    #[test]
    fn a_kernel_of_one_pixel_has_the_fans_of_a_matrix(inputs in 0_usize..99, outputs in 0_usize..99, rank in 2..=8_usize) {
        let shape = Shape::new(&[vec![1; rank - 2], vec![inputs, outputs]].concat())?;
        let fans = compute_fans(shape);
        prop_assert_eq!((fans.fan_in, fans.fan_out), (inputs, outputs));
    }

    #[test]
    fn fans_along_axes(shape in any_shape(), seed: u64) {
        // Each axis is one of the inputs, one of the outputs, or neither; counted from the front or from the end.
        let (mut axes, mut expected) = ([Vec::new(), Vec::new(), Vec::new()], [1, 1, 1]);
        for (axis, &dim) in shape.dims().iter().enumerate() {
            let (kind, back) = ((seed >> (3 * axis)) as usize % 3, (seed >> (40 + axis)) & 1 == 1);
            axes[kind].push(axis as isize - if back { shape.rank() as isize } else { 0 });
            expected[kind] *= dim;
        }
        let fans = Fans::along(shape, axes[0].iter().copied(), axes[1].iter().copied())?;
        prop_assert_eq!([fans.fan_in, fans.fan_out], [expected[0], expected[1]]);
        let scaling = VarianceScaling::new(2.0, Mode::FanOut, Distribution::Uniform)?;
        let both = scaling.input_axes(&axes[0])?.output_axes(&axes[1])?;
        prop_assert_eq!(both.variance(shape)?, 2.0 / (fans.fan_out as f64).max(1.0));
        prop_assert_eq!(scaling.input_axes(&axes[0])?.variance(shape)?, scaling.variance(shape)?);

        let beyond = shape.rank() as isize;
        for axis in [beyond, -1 - beyond, isize::MIN, isize::MAX] {
            let message = Fans::along(shape, [axis], []).map_err(|error| error.to_string());
            let end = format!("a shape with the axis {axis}. Received: shape={shape} of rank {beyond}");
            prop_assert!(message.unwrap_err().ends_with(&end));
        }
        prop_assert!(draw::<f32>(&both.output_axes(&[7])?, shape, 0).is_err());
    }

    #[test]
    fn real_and_imaginary_waves_lie_on_a_circle(frame in 1_usize..40, frequencies in 2_usize..20) {
        let shape = [frame, 1, frequencies].into();
        let side = |side| draw::<f64>(&STFT::new().window(None).side(side), shape, 0);
        let (real, imaginary) = (side(Side::Real)?, side(Side::Imag)?);
        for (i, (x, y)) in real.as_slice().iter().zip(imaginary.as_slice()).enumerate() {
            prop_assert!((x.hypot(*y) - 1.0).abs() < 1e-12);
            let (time, frequency) = (i / frequencies, i % frequencies);
            let turn = -(time as f64) * frequency as f64 / (frequencies as f64 - 1.0) * std::f64::consts::PI;
            prop_assert!((x - turn.cos()).abs() < 1e-11 && (y - turn.sin()).abs() < 1e-11);
        }
    }

    #[test]
    fn a_scaled_window_has_norm_one(frame in 3_usize..40, periodic: bool, which in 0_usize..10) {
        let names = ["hann", "hamming", "blackman", "nuttall", "blackmanharris", "flattop", "boxcar", "bartlett", "triang",
                     "cosine"];
        let stft = STFT::new().window(names[which].parse::<Window>()?).periodic(periodic);
        // At the frequency 0 every wave is 1.
        let column = |stft: &STFT| -> Result<Vec<f64>, InitializerError> {
            Ok(draw::<f64>(stft, [frame, 1, 2].into(), 0)?.as_slice().iter().step_by(2).copied().collect())
        };
        let density: f64 = column(&stft)?.iter().map(|w| w * w).sum();
        let spectrum: f64 = column(&stft.clone().scaling(Scaling::Spectrum))?.iter().map(|w| w.abs()).sum();
        prop_assert!((density - 1.0).abs() < 1e-12 && (spectrum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn arguments_out_of_range_are_named(bad in prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -1e300..0.0]) {
        let scaling = VarianceScaling::new(bad, Mode::FanIn, Distribution::Uniform);
        refused("scale", bad, scaling)?;
        refused("stddev", bad, RandomNormal::new(0.0, bad))?;
        refused("stddev", bad, TruncatedNormal::new(0.0, bad))?;
        refused("maxval", bad, RandomUniform::new(0.0, bad))?;
        if !bad.is_finite() {
            refused("mean", bad, RandomNormal::new(bad, 1.0))?;
            refused("mean", bad, TruncatedNormal::new(bad, 1.0))?;
            refused("minval", bad, RandomUniform::new(bad, 1.0))?;
            refused("gain", bad, Orthogonal::new(bad))?;
        }
    }

    #[test]
    fn unknown_names_are_named(name in "[a-z_]{0,20}") {
        prop_assume!(!names().contains(&name.as_str()) && !ALIASES.iter().any(|(alias, _)| *alias == name));
        let message = IntoInitializer::<f32>::into_initializer(name.as_str()).unwrap_err().to_string();
        let end = format!("Received: {name:?}");
        prop_assert!(message.ends_with(&end));
        let mode = name.parse::<Mode>().map_err(|error| error.to_string());
        prop_assert_eq!(mode, Err(format!(
            "VarianceScaling: expected `mode` to be one of fan_in, fan_out, fan_avg. Received: mode={name}"
        )));
    }
}

/// The error names the argument and ends with its value.
fn refused<I: Debug>(argument: &str, value: f64, result: Result<I, InitializerError>) -> Result<(), TestCaseError> {
    let message = result.map_or_else(|error| error.to_string(), |accepted| format!("{accepted:?}"));
    prop_assert!(message.ends_with(&format!("Received: {argument}={value}")), "{}", message);
    Ok(())
}

/// Keras's other names.
const ALIASES: [(&str, &str); 23] = [
    ("STFT", "stft"),
    ("STFTInitializer", "stft"),
    ("zero", "zeros"),
    ("one", "ones"),
    ("normal", "random_normal"),
    ("uniform", "random_uniform"),
    ("OrthogonalInitializer", "orthogonal"),
    ("IdentityInitializer", "identity"),
    ("Zeros", "zeros"),
    ("Ones", "ones"),
    ("Constant", "constant"),
    ("RandomNormal", "random_normal"),
    ("RandomUniform", "random_uniform"),
    ("TruncatedNormal", "truncated_normal"),
    ("VarianceScaling", "variance_scaling"),
    ("GlorotNormal", "glorot_normal"),
    ("GlorotUniform", "glorot_uniform"),
    ("HeNormal", "he_normal"),
    ("HeUniform", "he_uniform"),
    ("LecunNormal", "lecun_normal"),
    ("LecunUniform", "lecun_uniform"),
    ("Orthogonal", "orthogonal"),
    ("Identity", "identity"),
];

#[test]
fn every_name_is_one_initializer() -> Result<(), InitializerError> {
    let shown = |name| get::<f32>(name).map(|initializer| format!("{initializer:?}"));
    let all = names().iter().map(|name| shown(name)).collect::<Result<Vec<_>, _>>()?;
    for (i, first) in all.iter().enumerate() {
        assert!(!all[..i].contains(first), "{first} has two names");
    }
    for (alias, name) in ALIASES {
        assert_eq!(shown(alias)?, shown(name)?);
    }
    Ok(())
}

#[test]
fn limits_too_far_apart() {
    let error = RandomUniform::new(f64::MIN, f64::MAX).unwrap_err().to_string();
    assert!(error.ends_with(&format!("Received: maxval={}", f64::MAX)));
}

#[test]
fn fans_of_an_empty_kernel() -> Result<(), InitializerError> {
    let huge = 1 << 40;
    let fans = compute_fans([huge, 0, huge].into());
    assert_eq!((fans.fan_in, fans.fan_out), (0, usize::MAX));
    assert!(draw::<f32>(&GlorotUniform::new(), [huge, 0, huge].into(), 0)?.is_empty());
    Ok(())
}

/// What no file can carry, and what a file must not say.
#[test]
fn configs() -> Result<(), InitializerError> {
    assert_eq!(Initializer::<f32>::get_config(&Tensor::<f32>::full([2], f32::INFINITY)), None);
    assert_eq!(Initializer::<f32>::get_config(&Constant::new(f64::NAN)), None);
    assert_eq!(Initializer::<f32>::get_config(&Identity::new(f64::INFINITY)), None);
    assert_eq!(Initializer::<f32>::get_config(&STFT::new().window(Window::Values(vec![f64::NAN]))), None);

    // Keras writes a generator of seeds as an object; it gives other values at every call.
    let generator = Config::new("keras.random", "SeedGenerator").with("seed", 3).with("name", "seed_generator");
    for class in ["RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "HeNormal", "Orthogonal"] {
        let made = from_config::<f32>(&Config::new("keras.initializers", class).with("seed", generator.clone()))?;
        assert_eq!(made.get_config(), from_config::<f32>(&Config::new("keras.initializers", class))?.get_config());
    }
    assert!(from_config::<f32>(&Config::new("keras.initializers", "HeNormal").with("seed", "x")).is_err());

    // Keras writes no gain, and reads it.
    let identity = Config::new("keras.initializers", "Identity").with("gain", 2.0);
    assert_eq!(from_config::<f32>(&identity)?.get_config(), Some(identity));

    let refused = |config: Config| from_config::<f32>(&config).unwrap_err().to_string();
    let keras = |class_name| Config::new("keras.initializers", class_name);
    for (config, end) in [
        (keras("Xavier"), "Received: \"Xavier\""),
        (keras("Zeros").with("value", 1), "Received: value=1"),
        (keras("Constant").with("value", "much"), "Received: \"much\""),
        (keras("RandomNormal").with("stddev", -1.0), "Received: stddev=-1"),
        (keras("VarianceScaling").with("scale", 0.0), "Received: scale=0"),
        (keras("VarianceScaling").with("mode", "fan"), "Received: mode=fan"),
        (keras("GlorotUniform").with("scale", 1.0), "Received: scale=1.0"),
        (keras("HeNormal").with("input_axes", vec![9]), "Received: input_axes=[9]"),
        (keras("HeNormal").with("seed", -1), "Received: -1"),
        (keras("STFT").with("window", "hat"), "Received: window=hat"),
        (keras("STFT").with("window", true), "Received: true"),
        (keras("STFT").with("side", "left"), "Received: side=left"),
        (keras("STFT").with("scaling", "all"), "Received: scaling=all"),
    ] {
        let message = refused(config);
        assert!(message.ends_with(end), "{message}");
    }
    Ok(())
}
