//! Reports to test with: one like a true run, one full of values that should not be there.

use super::samples_net::{Net, flowers};
use super::{Array, Choice, Curve, Digits, Lesson, Mistake, Report, Training, render};

/// Elements without an end tag.
const VOID: [&str; 1] = ["meta"];

/// Every opened tag is closed in order.
pub(super) fn assert_balanced(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else { panic!("a tag without an end: {piece}") };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('!') || tag.ends_with('/') || VOID.contains(&name.as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "closing </{name}>");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

/// Every coordinate in the pictures is a finite number.
pub(super) fn assert_drawable(html: &str) {
    for name in
        ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "viewBox", "transform"]
    {
        for rest in html.split(&format!(" {name}=\"")).skip(1) {
            let value = rest.split('"').next().unwrap();
            let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
            let broken = words.any(|word| ["nan", "inf"].contains(&word.to_lowercase().as_str()));
            assert!(!broken, "{name}=\"{value}\"");
        }
    }
}

/// A number between -1 and 1 that looks random.
fn noise(i: usize, salt: usize) -> f64 {
    let mut bits =
        (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (salt as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((bits >> 40) as f64 / (1_u64 << 23) as f64) - 1.0
}

/// An array filled from a function of the flat index.
fn array(path: &str, shape: &[usize], tile: Option<(usize, usize)>, value: impl Fn(usize) -> f64) -> Array {
    let values = (0..shape.iter().product()).map(|i| value(i) as f32).collect();
    Array { path: path.to_string(), shape: shape.to_vec(), values, tile }
}

/// The lesson, truly trained.
fn lesson() -> Lesson {
    let samples = flowers();
    let mut net = Net::new(true, |_| 0.0);
    let mut paths = vec![net.arrays()];
    let mut epochs = Vec::new();
    for _ in 0..150 {
        epochs.push(net.epoch(&samples));
        paths.push(net.arrays());
    }
    let training = Training { before: paths[0].clone(), after: net.arrays(), curves: Net::curves(&epochs) };
    let summary = "Model: \"sequential\"\n\
        ┏━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┓\n\
        ┃ Layer (type)            ┃ Output Shape      ┃ Param # ┃\n\
        ┡━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━┩\n\
        │ dense (Dense)           │ (None, 4)         │       8 │\n\
        ├─────────────────────────┼───────────────────┼─────────┤\n\
        │ dense_1 (Dense)         │ (None, 2)         │      10 │\n\
        └─────────────────────────┴───────────────────┴─────────┘\n \
        Total params: 18 (72.00 B)\n";
    Lesson { summary: summary.to_string(), training, paths, samples, boundary: net.boundary() }
}

/// Six choices, truly trained.
fn choices() -> Vec<Choice> {
    let biases = |net: &Net| net.arrays().into_iter().filter(|array| array.path.ends_with("bias")).collect();
    let choice = |name: &str, biased: bool, bias: &dyn Fn(usize) -> f64| {
        let mut net = Net::new(biased, bias);
        let before = biases(&net);
        let epochs: Vec<(f64, f64)> = (0..150).map(|_| net.epoch(&flowers())).collect();
        let (loss, accuracy) = epochs[149];
        let loss_curve = epochs.iter().map(|epoch| epoch.0).collect();
        Choice { name: name.to_string(), before, after: biases(&net), loss, accuracy, loss_curve }
    };
    vec![
        choice("bias_initializer=zeros", true, &|_| 0.0),
        choice("bias_initializer=ones", true, &|_| 1.0),
        choice("bias_initializer=constant(-1)", true, &|_| -1.0),
        choice("bias_initializer=random_normal", true, &|i| noise(i, 11) * 0.1),
        choice("bias_initializer=random_uniform", true, &|i| noise(i, 12) * 0.05),
        choice("use_bias=false", false, &|_| 0.0),
    ]
}

/// A network with a convolution and with units that look at pixels, and a formula for what it learned.
fn digits() -> Digits {
    // A stroke at some place and angle: what a unit that reads digits comes to look like.
    let stroke = |pixel: usize, unit: usize| {
        let (x, y) = ((pixel % 8) as f64 - 3.5, (pixel / 8) as f64 - 3.5);
        let angle = unit as f64 * 0.7;
        let across = x * angle.cos() + y * angle.sin() - noise(unit, 9) * 2.0;
        (1.0 - across * across * 0.5) * (-(x * x + y * y) / 18.0 - across * across * 0.18).exp()
    };
    let arrays = |trained: f64| {
        vec![
            array("conv2d/kernel", &[3, 3, 1, 8], None, |i| {
                let (pixel, f) = (i / 8, i % 8);
                let (x, y, a) = ((pixel % 3) as f64 - 1.0, (pixel / 3) as f64 - 1.0, (f as f64) * 0.79);
                noise(i, 1) * 0.26 + trained * (x * a.cos() + y * a.sin()) * 0.5
            }),
            array("conv2d/bias", &[8], None, |i| trained * noise(i, 2) * 0.2),
            array("dense/kernel", &[64, 32], Some((8, 8)), |i| {
                noise(i, 3) * 0.2 + trained * 0.55 * stroke(i / 32, i % 32)
            }),
            array("dense/bias", &[32], None, |i| trained * noise(i, 4) * 0.15),
            array("dense_1/kernel", &[32, 10], None, |i| noise(i, 5) * (0.35 + trained * 0.45)),
            array("dense_1/bias", &[10], None, |i| trained * noise(i, 6) * 0.12),
        ]
    };
    let curve = |name: &str, from: f64, to: f64, pace: f64, rough: f64| Curve {
        name: name.to_string(),
        values: (0..30)
            .map(|i| to + (from - to) * (-(f64::from(i)) / pace).exp() + noise(i as usize, 7) * rough)
            .collect(),
    };
    let confusion = (0..10)
        .map(|r| {
            (0..10)
                .map(|c| if r == c { 33 - r % 4 } else { usize::from(noise(r * 10 + c, 8) > 0.82) * (1 + c % 3) })
                .collect()
        })
        .collect();
    let shape =
        |i: usize| move |p: usize| ((stroke(p, i) + stroke(p, i + 3)).clamp(0.0, 1.0) * 16.0).round() as f32 / 16.0;
    let mistake =
        |i: usize| Mistake { pixels: (0..64).map(shape(i)).collect(), truth: i % 10, predicted: (i * 3 + 1) % 10 };
    Digits {
        summary: "Model: \"sequential_1\"\n\
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┓\n\
            ┃ Layer (type)            ┃ Output Shape      ┃ Param # ┃\n\
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━┩\n\
            │ dense (Dense)           │ (None, 32)        │   2,080 │\n\
            ├─────────────────────────┼───────────────────┼─────────┤\n\
            │ dense_1 (Dense)         │ (None, 10)        │     330 │\n\
            └─────────────────────────┴───────────────────┴─────────┘\n \
            Total params: 2,410 (9.41 KB)\n"
            .to_string(),
        training: Training {
            before: arrays(0.0),
            after: arrays(1.0),
            curves: vec![
                curve("loss", 2.3, 0.03, 4.0, 0.005),
                curve("accuracy", 0.2, 0.995, 3.0, 0.002),
                curve("val_loss", 2.2, 0.16, 4.0, 0.02),
                curve("val_accuracy", 0.3, 0.955, 3.0, 0.006),
            ],
        },
        accuracy: 0.9556,
        confusion,
        mistakes: (0..16).map(mistake).collect(),
        train_samples: 1437,
        validation_samples: 360,
    }
}

/// A report like that of a true run.
pub(super) fn full() -> Report {
    Report {
        seed: 42,
        version: "0.1.0".to_string(),
        lesson: Some(lesson()),
        choices: Some(choices()),
        digits: Some(digits()),
    }
}

/// A report in which every number is `value`, no shape fits and every text is hostile.
pub(super) fn hostile(value: f32) -> Report {
    let text = "<script>alert('\"&')</script>\u{0}".to_string();
    let wide = f64::from(value);
    let odd = |shape: &[usize], n: usize, tile| Array {
        path: text.clone(),
        shape: shape.to_vec(),
        values: vec![value; n],
        tile,
    };
    let arrays = vec![
        odd(&[2, 2], 4, None),
        Array { path: "short".to_string(), ..odd(&[9, 9], 5, Some((3, 3))) },
        Array { path: "empty".to_string(), ..odd(&[0], 0, None) },
        Array { path: "scalar".to_string(), ..odd(&[], 1, None) },
        Array { path: "pixels".to_string(), ..odd(&[4, 3], 12, Some((2, 2))) },
        Array { path: "filters".to_string(), ..odd(&[2, 2, 2, 2], 16, None) },
        Array { path: "long".to_string(), ..odd(&[400], 400, None) },
    ];
    let curves =
        vec![Curve { name: text.clone(), values: vec![wide; 3] }, Curve { name: "loss".to_string(), values: vec![] }];
    let training = Training { before: arrays.clone(), after: arrays[..3].to_vec(), curves };
    let choice = Choice {
        name: text.clone(),
        before: arrays.clone(),
        after: vec![],
        loss: wide,
        accuracy: wide,
        loss_curve: vec![wide],
    };
    Report {
        seed: u64::MAX,
        version: text.clone(),
        lesson: Some(Lesson {
            summary: text.clone(),
            training: training.clone(),
            paths: vec![arrays.clone(), vec![], arrays],
            samples: vec![(value, 0), (1.0, 1), (value, usize::MAX)],
            boundary: vec![(value, value), (1.0, 0.2), (2.0, value), (0.0, 0.9)],
        }),
        choices: Some(vec![choice, Choice::default()]),
        digits: Some(Digits {
            summary: text,
            training,
            accuracy: wide,
            confusion: vec![vec![usize::MAX; 3], vec![], vec![0]],
            mistakes: vec![Mistake { pixels: vec![value; 7], truth: usize::MAX, predicted: 0 }, Mistake::default()],
            train_samples: usize::MAX,
            validation_samples: 0,
        }),
    }
}

/// Writes the sample report, to be looked at: `cargo test -p cornu-demo -- --ignored sample`.
#[test]
#[ignore = "writes a file"]
fn sample_report_is_written() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or(folder, Into::into);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("report-sample.html"), render(&full())).unwrap();
}
