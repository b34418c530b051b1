//! How a convolution is computed: the threads take chunks of samples, and in each the images are convolved directly, or
//! by patches and matrix products.

mod direct;
mod gathered;
mod patches;

use std::ops::Range;

use cornu_tensor::{Scalar, TensorError, View};
use direct::Direct;
use gathered::Gathered;
pub(crate) use patches::Patches;

/// The most chunks of a batch on the way forward.
const CHUNKS: usize = 64;
/// The most chunks on the way back, where each has a share of the kernel's gradient.
const BACKWARD_CHUNKS: usize = 16;
/// Values that the chunks' shares of the kernel's gradient take together at most.
const SHARES: usize = 1 << 22;
/// The fewest multiply-adds of a chunk.
const LEAST_WORK: usize = 1 << 21;

/// The sizes of a convolution of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Values of one sample's input and output.
    pub(crate) input: usize,
    pub(crate) output: usize,
    /// Samples that run through all of a forward pass together.
    pub(crate) forward: usize,
    /// As many in a backward pass.
    pub(crate) backward: usize,
    /// Multiply-adds of the whole batch.
    pub(crate) work: usize,
}

impl Sizes {
    pub(crate) fn new<T>(patches: &Patches, input: View<'_, T>, filters: usize) -> Self {
        let (samples, places) = (input.shape().batch(), patches.geometry.places());
        let kernel = patches.group_len() * filters;
        let each = places.saturating_mul(kernel);
        let chunk = |chunks: usize| samples.div_ceil(chunks).max(LEAST_WORK / each.max(1)).max(1);
        let (forward, backward) = (chunk(CHUNKS), chunk((SHARES / kernel).clamp(1, BACKWARD_CHUNKS)));
        let (input, output) = (input.shape().sample().size(), places * filters);
        Self { input, output, forward, backward, work: samples.saturating_mul(each) }
    }

    /// The images of some samples.
    pub(crate) fn images<'a, T>(&self, images: &'a [T], samples: &Range<usize>) -> &'a [T] {
        &images[samples.start * self.input..samples.end * self.input]
    }
}

/// A way to convolve the images of a chunk.
pub(crate) trait Convolve<T>: Sync {
    /// The outputs of some images.
    fn forward(&self, images: &[T], kernel: &[T], output: &mut [T]) -> Result<(), TensorError>;

    /// Adds the gradient of the kernel for some images.
    fn add_kernel_gradient(&self, images: &[T], gradient: &[T], into: &mut [T]) -> Result<(), TensorError>;

    /// Writes the gradient of some images.
    fn image_gradient(&self, gradient: &[T], kernel: &[T], images: &mut [T]) -> Result<(), TensorError>;
}

/// One of the two ways that there are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Method {
    /// Value by value where they lie, for few filters.
    Direct(Direct),
    /// By patches and matrix products.
    Gathered(Gathered),
}

impl Method {
    /// The faster of the two.
    pub(crate) fn new(patches: Patches, filters: usize) -> Self {
        Direct::new(&patches, filters).map_or_else(|| Self::Gathered(Gathered::new(patches, filters)), Self::Direct)
    }

    /// What they have in common.
    pub(crate) fn as_dyn<T: Scalar>(&self) -> &dyn Convolve<T> {
        match self {
            Self::Direct(direct) => direct,
            Self::Gathered(gathered) => gathered,
        }
    }
}
