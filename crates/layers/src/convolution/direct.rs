//! The convolution with few filters: no patches are gathered.

use std::ops::Range;

use cornu_tensor::kernels::Convolution;
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, TensorError};

use super::Convolve;
use super::patches::Patches;
use crate::window::Axis;

/// With more filters than this, patches and one large product are as fast.
const FILTERS: usize = 32;

/// A convolution of images one at a time, each with its padding around it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Direct {
    of: Convolution,
    /// Height, width and channels of an image without its padding.
    image: [usize; 3],
    /// The padding above and to the left.
    before: [usize; 2],
    /// Values of one image's output.
    output: usize,
}

impl Direct {
    /// The convolution, if it is one of those that are faster this way.
    pub(crate) fn new(patches: &Patches, filters: usize) -> Option<Self> {
        let geometry = &patches.geometry;
        let (rows, columns) = (geometry.rows, geometry.columns);
        let is_plain = patches.groups == 1 && rows.dilation == 1 && columns.dilation == 1;
        if filters > FILTERS || !is_plain || patches.is_image() {
            return None;
        }
        let padded = |axis: Axis| (axis.before + axis.input).max((axis.output - 1) * axis.stride + axis.size);
        let image = [padded(rows), padded(columns), geometry.channels];
        // What cannot be (an image with all its padding larger than memory) is left to the other way.
        let of = Convolution::new(image, [rows.size, columns.size], [rows.stride, columns.stride], filters).ok()?;
        Some(Self {
            of,
            image: [rows.input, columns.input, geometry.channels],
            before: [rows.before, columns.before],
            output: geometry.places() * filters,
        })
    }

    /// Values of an image.
    fn input(&self) -> usize {
        self.image.iter().product()
    }

    /// Values of an image with its padding; none, if there is no padding.
    fn padded_len(&self) -> usize {
        if self.image == self.of.image() { 0 } else { self.of.image().iter().product() }
    }

    /// Where the rows of an image lie: in the image with its padding, and without it.
    fn rows(&self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<> {
        let Self { of, image: [height, width, channels], before, .. } = *self;
        let line = width * channels;
        (0..height).map(move |row| {
            let start = ((row + before[0]) * of.image()[1] + before[1]) * channels;
            (start..start + line, row * line..(row + 1) * line)
        })
    }

    /// The image with its padding, for which `padded` has room; what is around the image there is zero.
    fn pad<'a, T: Scalar>(&self, image: &'a [T], padded: &'a mut [T]) -> &'a [T] {
        if padded.is_empty() {
            return image;
        }
        for (to, from) in self.rows() {
            padded[to].copy_from_slice(&image[from]);
        }
        padded
    }
}

impl<T: Scalar> Convolve<T> for Direct {
    fn forward(&self, images: &[T], kernel: &[T], output: &mut [T]) -> Result<(), TensorError> {
        let (packed, padded) = (self.of.packed_len(), self.padded_len());
        with_memory(packed + padded, |memory| {
            let (packed, padded) = memory.split_at_mut(packed);
            self.of.pack(kernel, packed)?;
            padded.fill(T::zero());
            for (image, output) in images.chunks_exact(self.input()).zip(output.chunks_exact_mut(self.output)) {
                self.of.forward(self.pad(image, padded), packed, output)?;
            }
            Ok(())
        })
    }

    fn add_kernel_gradient(&self, images: &[T], gradient: &[T], into: &mut [T]) -> Result<(), TensorError> {
        with_memory(self.padded_len(), |padded| {
            padded.fill(T::zero());
            for (image, gradient) in images.chunks_exact(self.input()).zip(gradient.chunks_exact(self.output)) {
                self.of.add_kernel_gradient(self.pad(image, padded), gradient, into)?;
            }
            Ok(())
        })
    }

    fn image_gradient(&self, gradient: &[T], kernel: &[T], images: &mut [T]) -> Result<(), TensorError> {
        let (packed, padded) = (self.of.packed_transposed_len(), self.padded_len());
        with_memory(packed + padded, |memory| {
            let (packed, padded) = memory.split_at_mut(packed);
            self.of.pack_transposed(kernel, packed)?;
            images.fill(T::zero());
            for (image, gradient) in images.chunks_exact_mut(self.input()).zip(gradient.chunks_exact(self.output)) {
                if padded.is_empty() {
                    self.of.add_image_gradient(gradient, packed, image)?;
                    continue;
                }
                padded.fill(T::zero());
                self.of.add_image_gradient(gradient, packed, padded)?;
                for (from, to) in self.rows() {
                    image[to].copy_from_slice(&padded[from]);
                }
            }
            Ok(())
        })
    }
}
