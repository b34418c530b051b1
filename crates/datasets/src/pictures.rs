//! Data sets of small pictures in ten classes, kept as four IDX files: MNIST and those of its form.

use std::path::{Path, PathBuf};

use cornu_tensor::{Scalar, Shape, Tensor};

use crate::cache::Remote;
use crate::input::of_file;
use crate::{Cache, Dataset, DatasetError, idx};

/// The pixels of a row, and the rows of a picture.
pub(crate) const SIDE: usize = 28;
/// The most pictures: for training, for the test.
pub(crate) const MOST: [usize; 2] = [60_000, 10_000];

/// A data set of four files.
pub(crate) struct Pictures {
    /// The folder under the cache folder.
    pub(crate) folder: &'static str,
    /// Training pictures and their classes, test pictures and their classes. The names end with `.gz`.
    pub(crate) files: [Remote; 4],
    /// The names of the classes.
    pub(crate) class_names: [&'static str; 10],
}

impl Pictures {
    /// The four files, where they are in the cache folder.
    pub(crate) fn find(&self, cache: &Cache) -> [Option<PathBuf>; 4] {
        self.files.each_ref().map(|remote| {
            let unpacked = remote.name.trim_end_matches(".gz");
            cache.find(self.folder, &[remote.name, unpacked])
        })
    }

    /// Training and test samples.
    pub(crate) fn load<T: Scalar>(&self, cache: &Cache) -> Result<(Dataset<T>, Dataset<T>), DatasetError> {
        let mut paths = Vec::with_capacity(self.files.len());
        for (found, remote) in self.find(cache).into_iter().zip(&self.files) {
            paths.push(found.map_or_else(|| cache.fetch(self.folder, remote), Ok)?);
        }
        match &paths[..] {
            [train, train_labels, test, test_labels] => {
                Ok((self.samples(train, train_labels, MOST[0])?, self.samples(test, test_labels, MOST[1])?))
            }
            _ => Err(DatasetError::Empty),
        }
    }

    fn samples<T: Scalar>(&self, pictures: &Path, labels: &Path, most: usize) -> Result<Dataset<T>, DatasetError> {
        let is_picture = |shape: Shape| matches!(*shape.dims(), [count, SIDE, SIDE] if count <= most);
        let (shape, pixels) = idx::read_bytes(pictures, &format!("(at most {most}, {SIDE}, {SIDE})"), is_picture)?;
        let count = shape.batch();
        let (_, classes) =
            idx::read_bytes(labels, &format!("({count},), one class a picture"), |shape| shape.dims() == [count])?;
        let values = pixels.into_iter().map(|pixel| T::of(pixel.into())).collect();
        let classes = classes.into_iter().map(usize::from).collect();
        self.dataset(Tensor::new(shape, values)?, classes).map_err(|error| of_file(labels, error))
    }

    /// The data set of these pictures.
    pub(crate) fn dataset<T: Scalar>(
        &self,
        pictures: Tensor<T>,
        classes: Vec<usize>,
    ) -> Result<Dataset<T>, DatasetError> {
        let names: Vec<String> = (0..SIDE * SIDE).map(|i| format!("pixel_{}_{}", i / SIDE, i % SIDE)).collect();
        Dataset::new(pictures, classes, &self.class_names, &names)
    }
}
