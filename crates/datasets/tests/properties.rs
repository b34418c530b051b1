//! Laws that any data set keeps when parts of it are taken, and what parsers do with any bytes.

use cornu_datasets::{Dataset, DatasetError, digits, iris};
use cornu_tensor::Tensor;
use proptest::collection::vec;
use proptest::prelude::*;

const CLASSES: [&str; 4] = ["a", "b", "c", "d"];
const FEATURES: [&str; 3] = ["x", "y", "z"];

/// Up to 60 samples of up to four classes. Every value differs from all others, so that it tells its sample.
fn dataset() -> impl Strategy<Value = Dataset<f64>> {
    vec(0..CLASSES.len(), 0..60).prop_filter_map("numbers that agree", |labels| {
        let features = Tensor::from_fn([labels.len(), FEATURES.len()], |i| i as f64);
        Dataset::new(features, labels, &CLASSES, &FEATURES).ok()
    })
}

/// The samples of a part, known by their first feature.
fn samples(data: &Dataset<f64>) -> Vec<usize> {
    data.features().as_slice().chunks(FEATURES.len()).map(|row| row[0] as usize / FEATURES.len()).collect()
}

fn count(data: &Dataset<f64>, class: usize) -> usize {
    data.labels().iter().filter(|&&label| label == class).count()
}

proptest! {
    #[test]
    fn a_split_takes_every_sample_once(data in dataset(), fraction in 0.0..=1.0, seed: u64) {
        let (train, validation) = data.split(fraction, seed)?;
        let mut all = [samples(&train), samples(&validation)].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..data.len()).collect::<Vec<_>>());
        for part in [&train, &validation] {
            for (sample, &label) in samples(part).into_iter().zip(part.labels()) {
                prop_assert_eq!(label, data.labels()[sample]);
            }
        }
        for class in 0..CLASSES.len() {
            let expected = (fraction * count(&data, class) as f64).round() as usize;
            prop_assert_eq!(count(&validation, class), expected);
        }
    }

    #[test]
    fn one_seed_one_split(data in dataset(), fraction in 0.0..=1.0, seed: u64) {
        prop_assert_eq!(data.split(fraction, seed)?, data.split(fraction, seed)?);
    }

    #[test]
    fn classes_are_counted_anew(data in dataset(), names in Just(CLASSES.to_vec()).prop_shuffle(), take in 0..=4_usize) {
        let names = &names[..take];
        let part = data.with_classes(names)?;
        prop_assert_eq!(part.class_names(), names);
        let kept: Vec<usize> =
            (0..data.len()).filter(|&i| data.class_name(i).is_some_and(|name| names.contains(&name))).collect();
        prop_assert_eq!(samples(&part), &kept[..]);
        for (i, sample) in kept.into_iter().enumerate() {
            prop_assert_eq!(part.class_name(i), data.class_name(sample));
        }
    }

    #[test]
    fn features_by_name(data in dataset(), columns in vec(0..FEATURES.len(), 0..5)) {
        let names: Vec<&str> = columns.iter().map(|&column| FEATURES[column]).collect();
        let part = data.with_features(&names)?;
        prop_assert_eq!(part.features().shape(), [data.len(), columns.len()].into());
        prop_assert_eq!(part.feature_names(), &names[..]);
        prop_assert_eq!(part.labels(), data.labels());
        for sample in 0..data.len() {
            for (i, &column) in columns.iter().enumerate() {
                prop_assert_eq!(part.features().get(&[sample, i]), data.features().get(&[sample, column]));
            }
        }
    }

    #[test]
    fn one_hot_names_the_class(data in dataset()) {
        for (row, &label) in data.one_hot().as_slice().chunks(CLASSES.len()).zip(data.labels()) {
            prop_assert_eq!(row.iter().sum::<f64>(), 1.0);
            prop_assert_eq!(row[label], 1.0);
        }
    }

    #[test]
    fn any_bytes_parse_or_are_refused(bytes in vec(any::<u8>(), 0..200), text in "[0-9a,.\"\n -]{0,200}") {
        let _ = iris::parse::<f32>(&bytes);
        let _ = digits::parse::<f32>(&bytes);
        if let Ok(data) = iris::parse::<f32>(text.as_bytes()) {
            prop_assert_eq!(data.features().shape(), [data.len(), 4].into());
        }
    }

    #[test]
    fn a_changed_byte_of_iris_is_iris_or_an_error(at in 0..2734_usize, byte: u8) {
        let mut bytes = include_bytes!("../data/iris.csv").to_vec();
        bytes[at] = byte;
        if let Ok(data) = iris::parse::<f32>(&bytes) {
            prop_assert_eq!(data.len(), 150);
            prop_assert!(data.features().is_finite());
        }
    }
}

#[test]
fn what_does_not_exist_is_named() -> Result<(), DatasetError> {
    let iris = iris::load::<f32>()?;
    let message = |part: Result<_, DatasetError>| part.map(|_: Dataset<f32>| ()).unwrap_err().to_string();
    assert_eq!(
        message(iris.with_classes(&["setosa", "rose"])),
        "unknown class. Expected one of: setosa, versicolor, virginica. Received: \"rose\""
    );
    assert!(message(iris.with_features(&["petals"])).ends_with("petal width (cm). Received: \"petals\""));
    assert_eq!(message(iris.with_samples(&[150])), "expected rows within 0..150. Received: 150..151");
    assert!(message(iris.with_samples(&[usize::MAX])).contains("expected rows within"));
    for fraction in [-0.1, 1.1, f64::NAN] {
        let expected = format!("expected `fraction` to be a number from 0 to 1. Received: fraction={fraction}");
        assert_eq!(message(iris.split(fraction, 0).map(|(train, _)| train)), expected);
    }
    assert!(message(iris.with_sample_shape([2, 3])).ends_with("Received: 600 values"));
    Ok(())
}
