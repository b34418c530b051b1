//! MNIST: 70,000 handwritten digits, as pictures of 28 by 28 pixels (LeCun, Cortes and Burges, 1998).
//!
//! Keras's `keras.datasets.mnist`. Yann LeCun and Corinna Cortes hold the copyright; the data is under
//! [CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/). A copy of 1,797 smaller digits is inside this
//! crate: [`crate::digits`].

use cornu_tensor::Scalar;

use crate::cache::Remote;
use crate::pictures::Pictures;
use crate::{Cache, Dataset, DatasetError};

/// The brightest pixel, the middle of a stroke; the ground is 0. `scaled(1.0 / WHITE)` brings the pixels between 0
/// and 1.
pub const WHITE: f64 = 255.0;

const URL: &str = "https://storage.googleapis.com/cvdf-datasets/mnist";

const SET: Pictures = Pictures {
    folder: "mnist",
    files: [
        Remote {
            name: "train-images-idx3-ubyte.gz",
            url: URL,
            bytes: 9_912_422,
            sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        },
        Remote {
            name: "train-labels-idx1-ubyte.gz",
            url: URL,
            bytes: 28_881,
            sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        },
        Remote {
            name: "t10k-images-idx3-ubyte.gz",
            url: URL,
            bytes: 1_648_877,
            sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        },
        Remote {
            name: "t10k-labels-idx1-ubyte.gz",
            url: URL,
            bytes: 4_542,
            sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
    ],
    class_names: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
};

/// The training and the test samples, from Keras's cache folder ([`Cache::keras`]): features `(60000, 28, 28)` and
/// `(10000, 28, 28)` from 0 to [`WHITE`], as in the files.
///
/// ```no_run
/// use cornu_datasets::mnist;
///
/// let (train, test) = mnist::load::<f32>()?;
/// let (train, test) = (train.scaled(1.0 / mnist::WHITE), test.scaled(1.0 / mnist::WHITE));
/// let images = train.with_sample_shape([28, 28, 1])?; // one channel, for a Conv2D
/// assert_eq!(images.class_name(0), Some("5"));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::NoHome`], or as [`load_from`].
pub fn load<T: Scalar>() -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    load_from(&Cache::keras()?)
}

/// The training and the test samples, from this folder: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each packed (`.gz`) or not, in the folder itself or in its
/// folder `mnist`. With the feature `npy`, Keras's own file `mnist.npz` will do in their place. With the feature
/// `download`, what is missing is downloaded into the folder `mnist`.
///
/// ```no_run
/// use cornu_datasets::{Cache, mnist};
///
/// let (train, test) = mnist::load_from::<f32>(&Cache::new("data"))?;
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
///
/// # Errors
/// [`DatasetError::Missing`], [`DatasetError::Download`] or [`DatasetError::Checksum`] for a file that is not there;
/// [`DatasetError::File`], with the file and what is wrong in it, for one that is broken. Remove it, and it is looked
/// for anew.
pub fn load_from<T: Scalar>(cache: &Cache) -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    #[cfg(feature = "npy")]
    if let (true, Some(path)) = (SET.find(cache).contains(&None), cache.find(SET.folder, &["mnist.npz"])) {
        return from_npz(&path);
    }
    SET.load(cache)
}

/// Keras's own file: the arrays `x_train`, `y_train`, `x_test` and `y_test`.
#[cfg(feature = "npy")]
fn from_npz<T: Scalar>(path: &std::path::Path) -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    use crate::input::of_file;
    use crate::pictures::{MOST, SIDE};

    let mut file = crate::npz::Npz::open(path)?;
    let mut part = |pictures: &str, labels: &str, most: usize| {
        let (x, y) = (file.array::<T>(pictures)?, file.array::<T>(labels)?);
        let (shape, labels) = (x.shape(), crate::to_categorical::classes(&y));
        match (shape.dims(), labels) {
            (&[count, SIDE, SIDE], Some(labels)) if count <= most => {
                SET.dataset(x, labels).map_err(|error| of_file(path, error))
            }
            _ => {
                let expected = format!("at most {most} pictures of {SIDE} by {SIDE} pixels and their classes");
                let received = format!("shapes {shape} and {}", y.shape());
                Err(of_file(path, DatasetError::Format { format: "npz", expected, received }))
            }
        }
    };
    Ok((part("x_train", "y_train", MOST[0])?, part("x_test", "y_test", MOST[1])?))
}
