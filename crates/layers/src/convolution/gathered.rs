//! The convolution as products of matrices: blocks of patches that stay in a core's cache, and in them the groups of
//! channels.

use std::ops::Range;

use cornu_tensor::kernels::{Matrix, MatrixMut, product};
use cornu_tensor::threads::with_memory;
use cornu_tensor::{Scalar, TensorError};

use super::Convolve;
use super::patches::Patches;

/// A convolution by patches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gathered {
    patches: Patches,
    filters: usize,
}

impl Gathered {
    pub(crate) fn new(patches: Patches, filters: usize) -> Self {
        Self { patches, filters }
    }

    /// The blocks of so many images.
    fn blocks(&self, images: usize) -> impl Iterator<Item = Block<'_>> {
        self.patches.blocks(images).map(|lines| Block { patches: &self.patches, lines, filters: self.filters })
    }

    /// How many images these are.
    fn count<T>(&self, images: &[T]) -> usize {
        images.len() / self.patches.geometry.input_len()
    }
}

impl<T: Scalar> Convolve<T> for Gathered {
    fn forward(&self, images: &[T], kernel: &[T], output: &mut [T]) -> Result<(), TensorError> {
        let count = self.count(images);
        with_memory(self.patches.block_len(count), |memory| {
            for block in self.blocks(count) {
                let rows = block.gather(images, memory);
                for group in block.groups() {
                    let output = group.output_mut(block.output_mut(output))?;
                    product(output, T::zero(), group.patches(rows)?, group.kernel(kernel)?)?;
                }
            }
            Ok(())
        })
    }

    fn add_kernel_gradient(&self, images: &[T], gradient: &[T], into: &mut [T]) -> Result<(), TensorError> {
        let count = self.count(images);
        with_memory(self.patches.block_len(count), |memory| {
            for block in self.blocks(count) {
                let rows = block.gather(images, memory);
                for group in block.groups() {
                    let gradient = group.output(block.output(gradient))?;
                    product(group.kernel_mut(into)?, T::one(), group.patches(rows)?.transposed(), gradient)?;
                }
            }
            Ok(())
        })
    }

    fn image_gradient(&self, gradient: &[T], kernel: &[T], images: &mut [T]) -> Result<(), TensorError> {
        images.fill(T::zero());
        let count = self.count(images);
        with_memory(self.patches.block_len(count), |memory| {
            for block in self.blocks(count) {
                let rows = block.patches_of(images, memory);
                for group in block.groups() {
                    let gradient = group.output(block.output(gradient))?;
                    product(group.patches_mut(rows)?, T::zero(), gradient, group.kernel(kernel)?.transposed())?;
                }
                block.scatter(images, memory);
            }
            Ok(())
        })
    }
}

/// A block of patches in the images of a chunk.
struct Block<'p> {
    patches: &'p Patches,
    lines: Range<usize>,
    filters: usize,
}

impl Block<'_> {
    /// The place of the first patch.
    fn start(&self) -> usize {
        self.lines.start * self.patches.geometry.columns.output
    }

    /// The patches as rows, gathered if they are not the images themselves.
    fn gather<'a, T: Scalar>(&self, images: &'a [T], gathered: &'a mut [T]) -> &'a [T] {
        if self.patches.is_image() {
            return &images[self.start() * self.patches.len()..];
        }
        self.patches.gather(images, self.lines.clone(), gathered);
        gathered
    }

    /// Where the gradient of the patches goes: into that of the images, or to be scattered from `gathered`.
    fn patches_of<'a, T>(&self, images: &'a mut [T], gathered: &'a mut [T]) -> &'a mut [T] {
        if self.patches.is_image() { &mut images[self.start() * self.patches.len()..] } else { gathered }
    }

    /// Adds the gradient of the patches to that of the images, if it is not there already.
    fn scatter<T: Scalar>(&self, images: &mut [T], gathered: &[T]) {
        if !self.patches.is_image() {
            self.patches.scatter(images, self.lines.clone(), gathered);
        }
    }

    /// The outputs from the first patch on.
    fn output<'a, T>(&self, output: &'a [T]) -> &'a [T] {
        &output[self.start() * self.filters..]
    }

    /// As [`Block::output`], to write to.
    fn output_mut<'a, T>(&self, output: &'a mut [T]) -> &'a mut [T] {
        &mut output[self.start() * self.filters..]
    }

    /// The groups of channels.
    fn groups(&self) -> impl Iterator<Item = Group> + use<> {
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
struct Group {
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
    fn patches<'a, T>(&self, values: &'a [T]) -> Result<Matrix<'a, T>, TensorError> {
        Matrix::strided(&values[self.index * self.inputs..], self.rows, self.inputs, self.all_inputs)
    }

    /// As [`Group::patches`], to write to.
    fn patches_mut<'a, T>(&self, values: &'a mut [T]) -> Result<MatrixMut<'a, T>, TensorError> {
        MatrixMut::strided(&mut values[self.index * self.inputs..], self.rows, self.inputs, self.all_inputs)
    }

    /// `(patches, filters)`.
    fn output<'a, T>(&self, values: &'a [T]) -> Result<Matrix<'a, T>, TensorError> {
        Matrix::strided(&values[self.index * self.filters..], self.rows, self.filters, self.all_filters)
    }

    /// As [`Group::output`], to write to.
    fn output_mut<'a, T>(&self, values: &'a mut [T]) -> Result<MatrixMut<'a, T>, TensorError> {
        MatrixMut::strided(&mut values[self.index * self.filters..], self.rows, self.filters, self.all_filters)
    }

    /// `(values of a patch, filters)`.
    fn kernel<'a, T>(&self, values: &'a [T]) -> Result<Matrix<'a, T>, TensorError> {
        Matrix::strided(&values[self.index * self.filters..], self.inputs, self.filters, self.all_filters)
    }

    /// As [`Group::kernel`], to write to.
    fn kernel_mut<'a, T>(&self, values: &'a mut [T]) -> Result<MatrixMut<'a, T>, TensorError> {
        MatrixMut::strided(&mut values[self.index * self.filters..], self.inputs, self.filters, self.all_filters)
    }
}
