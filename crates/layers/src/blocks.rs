//! How a convolution is cut into pieces: chunks of samples for the threads, in them blocks of patches that stay in a
//! core's cache, and in those the groups of channels.

use std::ops::Range;

use cornu_tensor::kernels::{Matrix, MatrixMut};
use cornu_tensor::{Scalar, TensorError, View};

use crate::patches::Patches;

/// The most chunks of a batch.
const CHUNKS: usize = 16;
/// Values that the chunks' shares of the kernel's gradient take together at most.
const SHARES: usize = 1 << 20;
/// The fewest multiply-adds of a chunk.
const LEAST_WORK: usize = 1 << 16;

/// The sizes of a convolution of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Values of one sample's input and output.
    pub(crate) input: usize,
    pub(crate) output: usize,
    /// Samples that run through all of a pass together.
    pub(crate) chunk: usize,
    /// Multiply-adds of the whole batch.
    pub(crate) work: usize,
}

impl Sizes {
    pub(crate) fn new<T>(patches: &Patches, input: View<'_, T>, filters: usize) -> Self {
        let (samples, places) = (input.shape().batch(), patches.geometry.places());
        let kernel = patches.group_len() * filters;
        let each = places * kernel;
        let chunks = (SHARES / kernel).clamp(1, CHUNKS);
        let chunk = samples.div_ceil(chunks).max(LEAST_WORK / each.max(1)).max(1);
        Self { input: input.shape().sample().size(), output: places * filters, chunk, work: samples * each }
    }

    /// The images of some samples.
    pub(crate) fn images<'a, T>(&self, images: &'a [T], samples: &Range<usize>) -> &'a [T] {
        &images[samples.start * self.input..samples.end * self.input]
    }
}

/// A block of patches in the images of a chunk.
#[derive(Debug, Clone)]
pub(crate) struct Block<'p> {
    patches: &'p Patches,
    lines: Range<usize>,
    filters: usize,
}

impl<'p> Block<'p> {
    pub(crate) fn new(patches: &'p Patches, lines: Range<usize>, filters: usize) -> Self {
        Self { patches, lines, filters }
    }

    /// The place of the first patch.
    fn start(&self) -> usize {
        self.lines.start * self.patches.geometry.columns.output
    }

    /// The patches as rows, gathered if they are not the images themselves.
    pub(crate) fn gather<'a, T: Scalar>(&self, images: &'a [T], gathered: &'a mut [T]) -> &'a [T] {
        if self.patches.is_image() {
            return &images[self.start() * self.patches.len()..];
        }
        self.patches.gather(images, self.lines.clone(), gathered);
        gathered
    }

    /// Where the gradient of the patches goes: into that of the images, or to be scattered from `gathered`.
    pub(crate) fn patches_of<'a, T>(&self, images: &'a mut [T], gathered: &'a mut [T]) -> &'a mut [T] {
        if self.patches.is_image() { &mut images[self.start() * self.patches.len()..] } else { gathered }
    }

    /// Adds the gradient of the patches to that of the images, if it is not there already.
    pub(crate) fn scatter<T: Scalar>(&self, images: &mut [T], gathered: &[T]) {
        if !self.patches.is_image() {
            self.patches.scatter(images, self.lines.clone(), gathered);
        }
    }

    /// The outputs from the first patch on.
    pub(crate) fn output<'a, T>(&self, output: &'a [T]) -> &'a [T] {
        &output[self.start() * self.filters..]
    }

    /// As [`Block::output`], to write to.
    pub(crate) fn output_mut<'a, T>(&self, output: &'a mut [T]) -> &'a mut [T] {
        &mut output[self.start() * self.filters..]
    }

    /// The groups of channels.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Group> + use<> {
        let Patches { geometry, groups } = *self.patches;
        let (inputs, filters) = (self.patches.group_len(), self.filters);
        let rows = self.lines.len() * geometry.columns.output;
        (0..groups).map(move |index| Group {
            index,
            rows,
            inputs,
            all_inputs: inputs * groups,
            filters: filters / groups,
            all_filters: filters,
        })
    }
}

/// The matrices of one group of channels, for a block of patches.
#[derive(Debug)]
pub(crate) struct Group {
    index: usize,
    /// Patches in the block.
    rows: usize,
    /// Values of a patch, in this group and in all.
    inputs: usize,
    all_inputs: usize,
    /// Filters, in this group and in all.
    filters: usize,
    all_filters: usize,
}

impl Group {
    /// `(patches, values of a patch)`.
    pub(crate) fn patches<'a, T>(&self, values: &'a [T]) -> Result<Matrix<'a, T>, TensorError> {
        Matrix::strided(&values[self.index * self.inputs..], self.rows, self.inputs, self.all_inputs)
    }

    /// As [`Group::patches`], to write to.
    pub(crate) fn patches_mut<'a, T>(&self, values: &'a mut [T]) -> Result<MatrixMut<'a, T>, TensorError> {
        MatrixMut::strided(&mut values[self.index * self.inputs..], self.rows, self.inputs, self.all_inputs)
    }

    /// `(patches, filters)`.
    pub(crate) fn output<'a, T>(&self, values: &'a [T]) -> Result<Matrix<'a, T>, TensorError> {
        Matrix::strided(&values[self.index * self.filters..], self.rows, self.filters, self.all_filters)
    }

    /// As [`Group::output`], to write to.
    pub(crate) fn output_mut<'a, T>(&self, values: &'a mut [T]) -> Result<MatrixMut<'a, T>, TensorError> {
        MatrixMut::strided(&mut values[self.index * self.filters..], self.rows, self.filters, self.all_filters)
    }

    /// `(values of a patch, filters)`.
    pub(crate) fn kernel<'a, T>(&self, values: &'a [T]) -> Result<Matrix<'a, T>, TensorError> {
        Matrix::strided(&values[self.index * self.filters..], self.inputs, self.filters, self.all_filters)
    }

    /// As [`Group::kernel`], to write to.
    pub(crate) fn kernel_mut<'a, T>(&self, values: &'a mut [T]) -> Result<MatrixMut<'a, T>, TensorError> {
        MatrixMut::strided(&mut values[self.index * self.filters..], self.inputs, self.filters, self.all_filters)
    }
}
