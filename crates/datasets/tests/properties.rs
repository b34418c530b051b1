//! Laws that any data set keeps when parts of it are taken, and what parsers do with any bytes.

use cornu_datasets::csv::{self, Options};
use cornu_datasets::{Dataset, DatasetError, cifar10, digits, idx, iris, normalize, to_categorical};
use cornu_tensor::{Shape, Tensor};
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

/// A tensor of up to four dimensions, of any finite values.
fn array() -> impl Strategy<Value = Tensor<f64>> {
    vec(0..5_usize, 0..=4).prop_flat_map(|dims| {
        let values = vec(proptest::num::f64::NORMAL | proptest::num::f64::ZERO, dims.iter().product::<usize>());
        values.prop_filter_map("a shape", move |values| Tensor::new(Shape::new(&dims).ok()?, values).ok())
    })
}

/// An IDX file of doubles.
fn idx_file(x: &Tensor<f64>) -> Vec<u8> {
    let mut file = vec![0, 0, 14, x.shape().rank() as u8];
    file.extend(x.shape().dims().iter().flat_map(|&dim| (dim as u32).to_be_bytes()));
    file.extend(x.as_slice().iter().flat_map(|value| value.to_be_bytes()));
    file
}

/// A file of comma-separated values: the class where it is asked for, texts in quotation marks.
fn csv_file(data: &Dataset<f64>, label: usize, delimiter: char) -> String {
    let line = |mut fields: Vec<String>, class: &str| {
        fields.insert(label, format!("\"{class}\""));
        fields.join(&delimiter.to_string()) + "\n"
    };
    let mut text = line(data.feature_names().to_vec(), "kind");
    for (row, &class) in data.features().as_slice().chunks(FEATURES.len()).zip(data.labels()) {
        text += &line(row.iter().map(f64::to_string).collect(), &data.class_names()[class]);
    }
    text
}

proptest! {
    #[test]
    fn what_is_written_as_idx_is_read(x in array()) {
        let file = idx_file(&x);
        prop_assert_eq!(idx::parse::<f64>(&file)?, x);
    }

    #[test]
    fn a_part_of_an_idx_file_is_refused(x in array(), cut: prop::sample::Index, more: u8) {
        let mut file = idx_file(&x);
        prop_assert!(idx::parse::<f64>(&file[..cut.index(file.len())]).is_err());
        file.push(more);
        prop_assert!(idx::parse::<f64>(&file).is_err());
    }

    #[test]
    fn any_bytes_are_an_array_or_are_refused(bytes in vec(any::<u8>(), 0..200), kind in 8..15_u8, rank in 0..10_u8) {
        let _ = idx::parse::<f32>(&bytes);
        let _ = cifar10::parse::<f32>(&bytes);
        let _ = idx::parse::<f32>(&[&[0, 0, kind, rank], &bytes[..]].concat());
    }

    #[test]
    fn what_is_written_as_csv_is_read(
        data in dataset().prop_filter("a sample", |data| !data.is_empty()),
        label in 0..=FEATURES.len(),
        delimiter in prop::sample::select(vec![',', ';', '\t']),
    ) {
        let text = csv_file(&data, label, delimiter);
        let options = Options::new().with_delimiter(delimiter as u8).with_classes(&CLASSES);
        prop_assert_eq!(&csv::parse(text.as_bytes(), &options.clone().with_label("kind"))?, &data);
        prop_assert_eq!(&csv::parse(text.as_bytes(), &options.clone().with_label(label))?, &data);
        // Without the first line: the same numbers and classes.
        let (_, lines) = text.split_once('\n').unwrap();
        let bare = csv::parse::<f64>(lines.as_bytes(), &options.with_label(label).with_header(false))?;
        prop_assert_eq!(bare.features(), data.features());
        prop_assert_eq!(bare.labels(), data.labels());
    }

    #[test]
    fn any_text_is_a_table_or_is_refused(text in "[0-9a,.;\"\n -]{0,200}", header: bool, label in 0..4_usize, delimiter in prop_oneof![Just(b','), any::<u8>()]) {
        let options = Options::new().with_header(header).with_delimiter(delimiter);
        if let Ok(data) = csv::parse::<f32>(text.as_bytes(), &options.clone().with_label(label)) {
            prop_assert!(data.features().is_finite());
            let class = |sample| text.contains(data.class_name(sample).unwrap_or("?"));
            prop_assert!(text.contains('"') || (0..data.len()).all(class));
        }
        if let Ok(table) = csv::parse_table::<f32>(text.as_bytes(), &options) {
            prop_assert_eq!(table.values().shape().last_dim(), table.names().len());
        }
    }

    #[test]
    fn categories_are_the_one_hot_classes(data in dataset()) {
        prop_assert_eq!(to_categorical(&data.targets(), CLASSES.len())?, data.one_hot());
    }

    #[test]
    fn normalized_vectors_have_length_one(rows in vec(vec(-1e3..1e3_f64, 3), 1..6), order in 0.5..8.0_f64) {
        let x = Tensor::from_rows(&rows)?;
        let y = normalize(&x, -1, order)?;
        for row in y.as_slice().chunks(3) {
            let norm = row.iter().map(|value| value.abs().powf(order)).sum::<f64>().powf(1.0 / order);
            prop_assert!((norm - 1.0).abs() < 1e-9 || row.iter().all(|&value| value == 0.0));
        }
        // A factor does not matter; and an axis counts from either end.
        let twice = normalize(&Tensor::from_fn(x.shape(), |i| 2.0 * x.as_slice()[i]), 1, order)?;
        for (a, b) in twice.as_slice().iter().zip(y.as_slice()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }
}

#[cfg(feature = "npy")]
proptest! {
    #[test]
    fn what_is_written_for_numpy_is_read(x in array(), y in array()) {
        use cornu_datasets::npz::{self, Npz};
        use cornu_datasets::npy;

        prop_assert_eq!(&npy::parse::<f64>(&npy::to_bytes(&x)?)?, &x);
        let single = x.cast::<f32>();
        prop_assert_eq!(&npy::parse::<f32>(&npy::to_bytes(&single)?)?, &single);
        let mut file = Npz::new(std::io::Cursor::new(npz::to_bytes(&[("x", &x), ("y", &y)])?))?;
        prop_assert_eq!(file.array::<f64>("x")?, x);
        prop_assert_eq!(file.array::<f64>("y")?, y);
    }

    #[test]
    fn a_changed_byte_for_numpy_is_an_array_or_an_error(x in array(), at: prop::sample::Index, byte: u8) {
        use cornu_datasets::npz::{self, Npz};
        use cornu_datasets::npy;

        let mut file = npy::to_bytes(&x)?;
        let at_file = at.index(file.len());
        file[at_file] = byte;
        let _ = npy::parse::<f32>(&file);

        let mut file = npz::to_bytes(&[("x", &x)])?;
        let at_file = at.index(file.len());
        file[at_file] = byte;
        if let Ok(mut file) = Npz::new(std::io::Cursor::new(file)) {
            for name in file.names() {
                let _ = file.array::<f32>(&name);
            }
        }
    }

    #[test]
    fn any_header_is_one_or_is_refused(text in "[{}()'a-z0-9,: <|fiuTF_\\[\\]]{0,120}", wide: bool) {
        use cornu_datasets::npy;

        let length = text.len() as u32;
        let magic = if wide { [&b"\x93NUMPY\x02\0"[..], &length.to_le_bytes()].concat() }
            else { [&b"\x93NUMPY\x01\0"[..], &(length as u16).to_le_bytes()].concat() };
        let _ = npy::parse::<f32>(&[&magic[..], text.as_bytes(), &[0; 40]].concat());
    }
}

#[test]
fn lines_of_another_form_are_named() {
    let message = |text: &str, options: &Options| csv::parse::<f32>(text.as_bytes(), options).unwrap_err().to_string();
    let options = Options::new();
    assert_eq!(message("", &options), "expected at least one row. Received: none");
    assert_eq!(message("a,b\n", &options), "expected at least one row. Received: none");
    assert_eq!(message("a,b\n1,x\n1\n", &options), "line 3: expected 2 fields. Received: 1");
    assert_eq!(message("a,b\n1,x\n\n,y\n", &options), "line 4, column 1: expected a finite number. Received: \"\"");
    assert_eq!(message("a,b\n1,\n", &options), "line 2, column 2: expected one of: any name. Received: \"\"");
    let given = options.clone().with_classes(&["x", "y"]);
    assert_eq!(message("a,b\n1,x\n1,z\n", &given), "line 3, column 2: expected one of: x, y. Received: \"z\"");
    assert_eq!(
        message("a,b\n1,x\n", &options.clone().with_label("c")),
        "unknown column. Expected one of: a, b. Received: \"c\""
    );
    assert_eq!(
        message("a,b\n1,x\n", &options.with_label(2)),
        "expected `label` to be less than 2, the number of columns. Received: label=2"
    );
}

#[test]
fn marks_and_line_ends_of_other_systems_do_not_matter() -> Result<(), DatasetError> {
    let unix = csv::parse::<f32>(b"a,b\n1,x\n2,y\n", &Options::new())?;
    assert_eq!(csv::parse::<f32>("\u{feff}a,b\r\n1, x\r\n2 ,y".as_bytes(), &Options::new())?, unix);
    Ok(())
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
