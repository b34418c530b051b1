//! Fashion-MNIST: 70,000 pictures of clothes, 28 by 28 pixels, in ten classes (Xiao, Rasul and Vollgraf, 2017).
//!
//! Keras's `keras.datasets.fashion_mnist`. The data is Zalando's, under the
//! [MIT licence](https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE).

use cornu_tensor::Scalar;

use crate::cache::Remote;
use crate::pictures::Pictures;
use crate::{Cache, Dataset, DatasetError};

/// The brightest pixel; the ground is 0. `scaled(1.0 / WHITE)` brings the pixels between 0 and 1.
pub const WHITE: f64 = 255.0;

const URL: &str = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";

const SET: Pictures = Pictures {
    folder: "fashion-mnist",
    files: [
        Remote {
            name: "train-images-idx3-ubyte.gz",
            url: URL,
            bytes: 26_421_880,
            sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        },
        Remote {
            name: "train-labels-idx1-ubyte.gz",
            url: URL,
            bytes: 29_515,
            sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        },
        Remote {
            name: "t10k-images-idx3-ubyte.gz",
            url: URL,
            bytes: 4_422_102,
            sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        },
        Remote {
            name: "t10k-labels-idx1-ubyte.gz",
            url: URL,
            bytes: 5_148,
            sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    ],
    class_names: [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ],
};

/// The training and the test samples, from Keras's cache folder ([`Cache::keras`]): features `(60000, 28, 28)` and
/// `(10000, 28, 28)` from 0 to [`WHITE`], as in the files.
///
/// ```no_run
/// use cornu_datasets::fashion_mnist;
///
/// let (train, test) = fashion_mnist::load::<f32>()?;
/// let (train, test) = (train.scaled(1.0 / fashion_mnist::WHITE), test.scaled(1.0 / fashion_mnist::WHITE));
/// assert_eq!(train.class_name(0), Some("Ankle boot"));
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
/// folder `fashion-mnist`, where Keras keeps them. With the feature `download`, what is missing is downloaded there.
///
/// # Errors
/// [`DatasetError::Missing`], [`DatasetError::Download`] or [`DatasetError::Checksum`] for a file that is not there;
/// [`DatasetError::File`], with the file and what is wrong in it, for one that is broken. Remove it, and it is looked
/// for anew.
pub fn load_from<T: Scalar>(cache: &Cache) -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
    SET.load(cache)
}
