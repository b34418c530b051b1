//! The data sets that are read from files of a folder. The files are written here, and small.

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

use std::fs;
use std::io::Write;
use std::path::Path;

use cornu_datasets::{Cache, Dataset, DatasetError, cifar10, fashion_mnist, idx, mnist};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn std::error::Error>>;
type Pair = (Dataset<f32>, Dataset<f32>);

const NAMES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An IDX file of bytes.
fn idx_file(dims: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, dims.len() as u8];
    file.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
    file.extend(values);
    file
}

fn pictures(count: u32) -> Vec<u8> {
    let values: Vec<u8> = (0..count * 28 * 28).map(|i| (i % 251) as u8).collect();
    idx_file(&[count, 28, 28], &values)
}

fn labels(count: u32) -> Vec<u8> {
    idx_file(&[count], &(0..count).map(|i| (i % 10) as u8).collect::<Vec<_>>())
}

/// The four files, packed or not.
fn write_four(folder: &Path, packed: bool) {
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in NAMES.iter().zip([pictures(12), labels(12), pictures(3), labels(3)]) {
        let (name, bytes) = if packed { (format!("{name}.gz"), gzip(&bytes)) } else { ((*name).to_owned(), bytes) };
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// A folder, and a cache of it that stays away from the network.
fn folder() -> (TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path());
    #[cfg(feature = "download")]
    let cache = cache.offline();
    (folder, cache)
}

fn message(loaded: Result<Pair, DatasetError>, folder: &TempDir) -> String {
    loaded.unwrap_err().to_string().replace(&folder.path().display().to_string(), "FOLDER")
}

fn check(loaded: Result<Pair, DatasetError>) -> Outcome {
    let (train, test) = loaded?;
    assert_eq!(train.features().shape(), [12, 28, 28].into());
    assert_eq!(train.labels(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    for (i, &pixel) in train.features().as_slice().iter().enumerate() {
        assert_eq!(pixel, (i % 251) as f32);
    }
    assert_eq!(train.feature_names()[29], "pixel_1_1");
    assert_eq!((test.len(), test.labels()), (3, &[0, 1, 2][..]));
    Ok(())
}

#[test]
fn packed_or_not_in_the_folder_or_under_it() -> Outcome {
    for packed in [true, false] {
        let (folder, cache) = folder();
        write_four(folder.path(), packed);
        check(mnist::load_from(&cache))?;
        check(fashion_mnist::load_from(&cache))?;

        let (folder, cache) = self::folder();
        write_four(&folder.path().join("fashion-mnist"), packed);
        check(fashion_mnist::load_from(&cache))?;
        let (train, _) = fashion_mnist::load_from::<f64>(&cache)?;
        assert_eq!(train.class_name(9), Some("Ankle boot"));
        // Another set's folder is not this one's.
        mnist::load_from::<f32>(&cache).unwrap_err();
    }
    Ok(())
}

#[test]
fn what_is_missing_and_where_to_get_it() {
    let (folder, cache) = folder();
    let expected = "expected `train-images-idx3-ubyte.gz` in FOLDER/mnist. Get it from \
                    https://storage.googleapis.com/cvdf-datasets/mnist/train-images-idx3-ubyte.gz and put it there, or \
                    let Cornu do that: feature `download`, not offline. Received: no such file";
    assert_eq!(message(mnist::load_from(&cache), &folder).replace('\\', "/"), expected);
    write_four(folder.path(), true);
    fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte.gz")).unwrap();
    assert!(message(mnist::load_from(&cache), &folder).starts_with("expected `t10k-labels-idx1-ubyte.gz` in FOLDER"));
    let archive = message(cifar10::load_from(&cache), &folder);
    assert!(archive.starts_with("expected `cifar-10-binary.tar.gz` in FOLDER. Get it from https://"), "{archive}");
}

#[test]
fn a_broken_file_is_named() {
    let cases: [(usize, Vec<u8>, &str); 8] = [
        (
            0,
            pictures(12)[..100].to_vec(),
            "IDX: expected 9408 bytes of values of shape (12, 28, 28). Received: 84 bytes",
        ),
        (0, gzip(&pictures(12))[..60].to_vec(), "expected a whole gzip file. Received: "),
        (0, gzip(&pictures(11)), "IDX: expected u8 of shape (11,), one class a picture. Received: u8 of shape (12,)"),
        (1, labels(11), "IDX: expected u8 of shape (12,), one class a picture. Received: u8 of shape (11,)"),
        (
            1,
            idx_file(&[12], &[10; 12]),
            "expected `labels` to be less than 10, the number of classes. Received: labels=10",
        ),
        (
            2,
            idx_file(&[3, 27, 28], &[0; 3 * 27 * 28]),
            "IDX: expected u8 of shape (at most 10000, 28, 28). Received: u8 of shape (3, 27, 28)",
        ),
        (
            2,
            idx_file(&[10_001, 28, 28], &[]),
            "IDX: expected u8 of shape (at most 10000, 28, 28). Received: u8 of shape (10001, 28, 28)",
        ),
        (3, b"<html>".to_vec(), "IDX: expected 0, 0, a type"),
    ];
    for (file, bytes, expected) in cases {
        let (folder, cache) = folder();
        write_four(folder.path(), false);
        fs::write(folder.path().join(NAMES[file]), bytes).unwrap();
        let message = message(mnist::load_from(&cache), &folder).replace('\\', "/");
        // The number of classes does not fit the pictures: the file of classes is named.
        let named = if expected.contains("one class a picture") { 1 } else { file };
        assert!(message.starts_with(&format!("FOLDER/{}: {expected}", NAMES[named])), "{message}");
    }
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one() {
    // 30 MB of zeros after a header that promises three pictures: what is too much is not unpacked.
    let bomb = gzip(&idx_file(&[3, 28, 28], &vec![0; 30_000_000]));
    assert!(bomb.len() < 200_000);
    let (folder, cache) = folder();
    write_four(folder.path(), true);
    let path = folder.path().join("t10k-images-idx3-ubyte.gz");
    fs::write(&path, &bomb).unwrap();
    let expected = "IDX: expected the end of the file after its values. Received: more bytes";
    assert!(message(mnist::load_from(&cache), &folder).ends_with(expected));
    assert!(idx::read::<f32>(&path).unwrap_err().to_string().ends_with(expected));
}

#[test]
fn a_file_that_cannot_be_opened() {
    let message = idx::read::<f32>("no such file").unwrap_err().to_string();
    assert!(message.starts_with("expected to open no such file. Received: "), "{message}");
}

/// Two pictures of this batch.
fn batch(number: u8) -> Vec<u8> {
    (0..2)
        .flat_map(|i| [&[number + i][..], &[number; 1024], &[number + 10; 1024], &[number + 20; 1024]].concat())
        .collect()
}

const BATCHES: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];

/// A packed archive of these files, the last first: the order does not matter.
fn archive(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, bytes) in files.iter().rev() {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("cifar-10-batches-bin/{name}"), &bytes[..]).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

fn six() -> Vec<(&'static str, Vec<u8>)> {
    BATCHES.iter().zip(1..).map(|(&name, number)| (name, batch(number))).collect()
}

fn check_cifar(loaded: Result<Pair, DatasetError>) -> Outcome {
    let (train, test) = loaded?;
    assert_eq!(train.features().shape(), [10, 32, 32, 3].into());
    assert_eq!(train.labels(), [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
    assert_eq!(train.features().as_slice()[..3], [1.0, 11.0, 21.0]);
    assert_eq!(train.features().as_slice()[10 * 3072 - 3..], [5.0, 15.0, 25.0]);
    assert_eq!((test.labels(), test.class_name(0)), (&[6, 7][..], Some("frog")));
    Ok(())
}

#[test]
fn cifar_from_files_and_from_the_archive() -> Outcome {
    let (folder, cache) = folder();
    fs::write(folder.path().join("cifar-10-binary.tar.gz"), archive(&six()))?;
    check_cifar(cifar10::load_from(&cache))?;
    for under in ["", "cifar-10-batches-bin"] {
        let (folder, cache) = self::folder();
        fs::create_dir_all(folder.path().join(under))?;
        for (name, bytes) in six() {
            fs::write(folder.path().join(under).join(name), bytes)?;
        }
        check_cifar(cifar10::load_from(&cache))?;
        fs::write(folder.path().join(under).join(BATCHES[3]), [0; 3072])?;
        let message = message(cifar10::load_from(&cache), &folder);
        assert!(message.ends_with("data_batch_4.bin: CIFAR-10: expected records of 3073 bytes. Received: 3072 bytes"));
    }
    Ok(())
}

#[test]
fn archives_that_are_broken() {
    let whole = archive(&six());
    let mut short = six();
    short[1].1.pop();
    let mut long = six();
    long[5].1 = vec![0; 10_001 * 3073];
    let named = "FOLDER/cifar-10-binary.tar.gz: ";
    for (bytes, expected) in [
        (
            archive(&six()[..5]),
            "CIFAR-10: expected `cifar-10-batches-bin/test_batch.bin` in the archive. Received: no such file",
        ),
        (archive(&short), "data_batch_2.bin: CIFAR-10: expected records of 3073 bytes. Received: 6145 bytes"),
        (archive(&long), "test_batch.bin: CIFAR-10: expected at most 30730000 bytes. Received: more bytes"),
        (whole[..whole.len() / 2].to_vec(), "CIFAR-10: expected a whole archive (tar.gz). Received: "),
        (whole[..whole.len() - 8].to_vec(), "CIFAR-10: expected a whole archive (tar.gz). Received: "),
        (b"<html>not found</html>".to_vec(), "CIFAR-10: expected "),
        (gzip(b""), "CIFAR-10: expected `cifar-10-batches-bin/data_batch_1.bin` in the archive."),
    ] {
        let (folder, cache) = folder();
        fs::write(folder.path().join("cifar-10-binary.tar.gz"), bytes).unwrap();
        let message = message(cifar10::load_from(&cache), &folder).replace('\\', "/");
        assert!(message.starts_with(&format!("{named}{expected}")), "{message}");
    }
}

#[cfg(feature = "npy")]
#[test]
fn the_file_of_keras() -> Outcome {
    use cornu_datasets::npz;
    use cornu_datasets::tensor::Tensor;

    let (folder, cache) = folder();
    let path = folder.path().join("mnist.npz");
    let x = |count: usize| Tensor::<f32>::from_fn([count, 28, 28], |i| (i % 251) as f32);
    let y = |count: usize| Tensor::<f32>::from_fn([count], |i| (i % 10) as f32);
    npz::write(&path, &[("x_test", &x(3)), ("x_train", &x(12)), ("y_train", &y(12)), ("y_test", &y(3))])?;
    check(mnist::load_from(&cache))?;

    npz::write(&path, &[("x_test", &x(3)), ("x_train", &x(12)), ("y_train", &y(12))])?;
    let missing = message(mnist::load_from(&cache), &folder);
    assert!(missing.ends_with("unknown array. Expected one of: x_test, x_train, y_train. Received: \"y_test\""));
    npz::write(&path, &[("x_test", &x(3)), ("x_train", &x(12)), ("y_train", &y(11)), ("y_test", &y(3))])?;
    let fewer = message(mnist::load_from(&cache), &folder);
    assert!(fewer.ends_with("mnist.npz: expected `labels` to be 12 classes, one a sample. Received: labels=11"));
    npz::write(&path, &[("x_train", &y(12)), ("y_train", &x(12))])?;
    let other = message(mnist::load_from(&cache), &folder);
    assert!(other.ends_with("Received: shapes (12,) and (12, 28, 28)"), "{other}");

    // The four files are preferred where all are there.
    write_four(folder.path(), true);
    check(mnist::load_from(&cache))?;
    Ok(())
}

#[cfg(feature = "download")]
mod network {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A server that has one file under every name, and stops after so many answers.
    fn server(bytes: Vec<u8>, answers: usize) -> (String, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/mirror/", listener.local_addr().unwrap());
        let requests = thread::spawn(move || {
            let mut first_lines = Vec::new();
            for _ in 0..answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
                first_lines.push(lines.next().unwrap());
                while !lines.next().unwrap().is_empty() {}
                write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", bytes.len())
                    .unwrap();
                stream.write_all(&bytes).unwrap();
            }
            first_lines
        });
        (url, requests)
    }

    #[test]
    fn what_is_not_the_published_file_is_not_kept() -> Outcome {
        let folder = tempfile::tempdir()?;
        let (url, requests) = server(gzip(&pictures(12)), 1);
        let cache = Cache::new(folder.path()).with_url(&url).with_progress(false);
        let message = message(mnist::load_from(&cache), &folder);
        let sha256 = "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609";
        let expected =
            format!("{url}train-images-idx3-ubyte.gz: expected 9912422 bytes with SHA-256 {sha256}. Received: ");
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(requests.join().unwrap(), ["GET /mirror/train-images-idx3-ubyte.gz HTTP/1.1"]);
        assert_eq!(fs::read_dir(folder.path().join("mnist"))?.count(), 0);
        Ok(())
    }

    #[test]
    fn what_is_there_is_not_downloaded() -> Outcome {
        let folder = tempfile::tempdir()?;
        write_four(&folder.path().join("mnist"), true);
        // Nobody listens there.
        check(mnist::load_from(&Cache::new(folder.path()).with_url("http://127.0.0.1:9/")))
    }

    #[test]
    fn without_a_network() -> Outcome {
        let folder = tempfile::tempdir()?;
        let cache = Cache::new(folder.path()).with_url("http://127.0.0.1:9").with_progress(false);
        let message = message(cifar10::load_from(&cache), &folder);
        let expected = "expected `cifar-10-binary.tar.gz` in FOLDER, or to download it. Without a network, get it from \
                        http://127.0.0.1:9/cifar-10-binary.tar.gz elsewhere and put it there. Received: ";
        assert!(message.starts_with(expected), "{message}");
        Ok(())
    }
}
