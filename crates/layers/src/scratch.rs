//! The memory in which one use of a layer works.

use cornu_tensor::{Scalar, Shape, Tensor};

/// The memory in which one use of a layer works: its own tensors, positions, and the memory of the layers
/// inside it.
///
/// It grows at the first pass and is used again by the following ones, so that a steady pass allocates
/// nothing. What a layer's forward pass writes in training is there in its backward pass. A layer that is
/// used twice in one graph has two of them.
#[derive(Debug, Clone)]
pub struct Scratch<T> {
    tensors: Vec<Tensor<T>>,
    positions: Vec<u32>,
    inner: Vec<Scratch<T>>,
    loss: T,
    /// The samples of the last training pass of a layer on its own.
    pub(crate) samples: Option<usize>,
}

impl<T: Scalar> Default for Scratch<T> {
    fn default() -> Self {
        Self { tensors: Vec::new(), positions: Vec::new(), inner: Vec::new(), loss: T::zero(), samples: None }
    }
}

impl<T: Scalar> Scratch<T> {
    /// The layer's first tensors, in these shapes. Their values stay from pass to pass as long as the shapes do.
    ///
    /// ```
    /// use cornu_layers::Scratch;
    ///
    /// let mut scratch = Scratch::<f32>::default();
    /// let [mask, mean] = scratch.tensors([[2, 3].into(), [3].into()]);
    /// mask.as_mut_slice().fill(1.0);
    /// mean.as_mut_slice().fill(0.5);
    /// assert_eq!(scratch.tensor(1).map(|t| t.as_slice()), Some(&[0.5; 3][..]));
    /// ```
    pub fn tensors<const N: usize>(&mut self, shapes: [Shape; N]) -> [&mut Tensor<T>; N] {
        self.parts(shapes, 0).0
    }

    /// One of the layer's tensors as the last pass left it.
    #[must_use]
    pub fn tensor(&self, index: usize) -> Option<&Tensor<T>> {
        self.tensors.get(index)
    }

    /// The layer's positions, such as those of a pooling's maxima, `len` of them.
    pub fn positions(&mut self, len: usize) -> &mut [u32] {
        self.positions.resize(len, 0);
        &mut self.positions
    }

    /// The memory of the first `count` layers inside this one.
    pub fn inner(&mut self, count: usize) -> &mut [Scratch<T>] {
        self.lists(0, count).1
    }

    /// The memory of the layers inside this one as the last pass left it.
    #[must_use]
    pub fn inner_used(&self) -> &[Scratch<T>] {
        &self.inner
    }

    /// Own tensors and the memory of inner layers together, for a layer that runs others.
    pub fn parts<const N: usize>(&mut self, shapes: [Shape; N], count: usize) -> ([&mut Tensor<T>; N], &mut [Self]) {
        let (tensors, inner) = self.lists(N, count);
        for (tensor, shape) in tensors.iter_mut().zip(shapes) {
            tensor.resize(shape);
        }
        match tensors.first_chunk_mut::<N>() {
            Some(tensors) => (tensors.each_mut(), inner),
            None => unreachable!("there are {N} tensors"),
        }
    }

    /// As many own tensors, in whatever shapes they are, and the memory of as many inner layers.
    pub fn lists(&mut self, tensors: usize, inner: usize) -> (&mut [Tensor<T>], &mut [Self]) {
        if self.tensors.len() < tensors {
            self.tensors.resize_with(tensors, Tensor::default);
        }
        if self.inner.len() < inner {
            self.inner.resize_with(inner, Self::default);
        }
        (&mut self.tensors[..tensors], &mut self.inner[..inner])
    }

    /// Adds to the loss, as Keras's `add_loss`: a penalty on this pass's outputs.
    pub fn add_loss(&mut self, loss: T) {
        self.loss += loss;
    }

    /// What this pass added to the loss, with the layers inside; it is then zero again.
    pub fn take_loss(&mut self) -> T {
        let own = std::mem::replace(&mut self.loss, T::zero());
        self.inner.iter_mut().fold(own, |sum, inner| sum + inner.take_loss())
    }
}
