//! The convolution of images.

use std::ops::Range;

use cornu_tensor::kernels::{Matrix, MatrixMut, product, sum_rows};
use cornu_tensor::{Scalar, Shape, TensorError};

use crate::activations::Linear;
use crate::patches::Patches;
use crate::window::Window;
use crate::{
    ActivationApart, Backward, Forward, IntoPadding, KernelArguments, KernelOptions, Layer, LayerError, Padding,
    Size2D, WeightSpec, single,
};

/// A kernel that slides over an image (`keras.layers.Conv2D`, channels last):
/// `output[r, c, f] = activation(Σ input[r·s + i·d, c·s + j·d, k] · kernel[i, j, k, f] + bias[f])`
/// with strides `s` and dilation rate `d`. As in Keras the kernel is not mirrored.
///
/// All of Keras's arguments for kernel, bias and activation are in [`KernelArguments`]. An argument that is
/// wrong is reported when the layer is built.
///
/// # Shapes
/// - input `(batch, height, width, channels)`, output `(batch, rows, columns, filters)`; [`Padding`] says how
///   many rows and columns
/// - kernel `(kernel height, kernel width, channels / groups, filters)`, bias `(filters,)`
///
/// ```
/// use cornu_layers::{Built, Conv2D, KernelArguments};
/// use cornu_tensor::Tensor;
///
/// let conv = Conv2D::<f32>::new(8, 3).strides(2).padding("same").activation("relu");
/// let conv = Built::new(conv, &[[28, 28, 1].into()], 0)?;
/// assert_eq!(conv.kernel().map(|k| k.shape()), Some([3, 3, 1, 8].into()));
/// assert_eq!(conv.call(&Tensor::zeros([10, 28, 28, 1]))?.shape(), [10, 14, 14, 8].into());
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Conv2D<T> {
    filters: usize,
    window: Window,
    groups: usize,
    options: KernelOptions<T>,
}

impl<T: Scalar> Conv2D<T> {
    /// A layer with this number of output channels and a kernel of this size.
    #[must_use]
    pub fn new(filters: usize, kernel_size: impl Into<Size2D>) -> Self {
        let window = Window {
            size: kernel_size.into(),
            strides: Size2D::from(1),
            dilation: Size2D::from(1),
            padding: Padding::Valid,
        };
        Self { filters, window, groups: 1, options: KernelOptions::default() }
    }

    /// The steps of the kernel; 1 by default.
    #[must_use]
    pub fn strides(mut self, strides: impl Into<Size2D>) -> Self {
        self.window.strides = strides.into();
        self
    }

    /// What happens at the edges: `"valid"` (the default) or `"same"`.
    #[must_use]
    pub fn padding(mut self, padding: impl IntoPadding) -> Self {
        if let Some(padding) = self.options.take(padding.into_padding()) {
            self.window.padding = padding;
        }
        self
    }

    /// The distance between the inputs that the kernel sees; 1 by default. As in Keras, only one of strides
    /// and dilation rate can be more than 1.
    #[must_use]
    pub fn dilation_rate(mut self, dilation_rate: impl Into<Size2D>) -> Self {
        self.window.dilation = dilation_rate.into();
        self
    }

    /// Cuts channels and filters into so many groups, each convolved on its own; 1 by default.
    #[must_use]
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// The patches of an input of this shape, if all arguments are right for it.
    fn patches(&self, input: Shape) -> Result<Patches, LayerError> {
        self.options.check()?;
        let bad = |argument, expected: String, received: String| {
            Err(LayerError::Argument { component: "Conv2D", argument, expected, received })
        };
        let Window { strides, dilation, .. } = self.window;
        if self.filters == 0 {
            return bad("filters", "1 or more".to_owned(), "0".to_owned());
        }
        if self.groups == 0 || !self.filters.is_multiple_of(self.groups) {
            let expected = format!("a number that divides filters={}", self.filters);
            return bad("groups", expected, self.groups.to_string());
        }
        if strides.height.max(strides.width) > 1 && dilation.height.max(dilation.width) > 1 {
            return bad("dilation_rate", format!("1 together with strides={strides}"), dilation.to_string());
        }
        let geometry = self.window.over("Conv2D", "kernel_size", input)?;
        if !geometry.channels.is_multiple_of(self.groups) {
            let expected = format!("a number that divides the {} channels of the input", geometry.channels);
            return bad("groups", expected, self.groups.to_string());
        }
        Ok(Patches { geometry, groups: self.groups })
    }
}

impl<T: Scalar> KernelArguments<T> for Conv2D<T> {
    fn kernel_options(&mut self) -> &mut KernelOptions<T> {
        &mut self.options
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
    /// The groups of a block.
    fn all(patches: Patches, block: &Range<usize>, filters: usize) -> impl Iterator<Item = Self> + use<> {
        let rows = block.len();
        (0..patches.groups).map(move |index| Self {
            index,
            rows,
            inputs: patches.group_len(),
            all_inputs: patches.len(),
            filters: filters / patches.groups,
            all_filters: filters,
        })
    }

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

impl<T: Scalar> Layer<T> for Conv2D<T> {
    fn class_name(&self) -> &'static str {
        "Conv2D"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        self.patches(single("Conv2D", inputs)?)?.geometry.output(self.filters)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let channels = self.patches(single("Conv2D", inputs)?)?.geometry.channels;
        let Size2D { height, width } = self.window.size;
        let kernel = Shape::new(&[height, width, channels / self.groups, self.filters])?;
        self.options.weights(kernel, self.filters)
    }

    /// Patches are gathered, and multiplied with the kernel, block by block: the memory for them stays small
    /// whatever the batch.
    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let (kernel, bias) = self.options.split("Conv2D", pass.weights)?;
        let (input, filters) = (pass.inputs[0], self.filters);
        let patches = self.patches(input.shape().sample())?;
        let samples = input.shape().batch();
        let images = input.as_slice();
        let output = pass.output.as_mut_slice();
        // The first tensor is that of `KernelOptions::finish`.
        let gathered = &mut pass.scratch.lists(2, 0).0[1];
        if !patches.is_image() {
            gathered.resize([patches.block_rows(samples), patches.len()]);
        }
        for block in patches.blocks(samples) {
            let rows = if patches.is_image() {
                &images[block.start * patches.len()..]
            } else {
                patches.gather(images, block.clone(), gathered.as_mut_slice());
                gathered.as_slice()
            };
            let output = &mut output[block.start * filters..];
            for group in Group::all(patches, &block, filters) {
                let (rows, kernel) = (group.patches(rows)?, group.kernel(kernel.as_slice())?);
                product(group.output_mut(output)?, T::zero(), rows, kernel)?;
            }
        }
        self.options.finish(&mut pass.output, bias, pass.mode, pass.scratch);
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (kernel, bias) = self.options.split("Conv2D", pass.weights)?;
        let (input, filters) = (pass.inputs[0], self.filters);
        let patches = self.patches(input.shape().sample())?;
        let samples = input.shape().batch();
        let images = input.as_slice();
        self.options.undo(pass.output, pass.output_gradient.as_mut_slice(), pass.scratch);
        let gradient = pass.output_gradient.as_slice();
        if bias.is_some() {
            sum_rows(pass.weight_gradients[1].as_mut_slice(), T::zero(), gradient);
        }
        let kernel_gradient = pass.weight_gradients[0].as_mut_slice();
        kernel_gradient.fill(T::zero());
        let mut input_gradient = pass.input_gradients[0].as_mut().map(|gradient| gradient.as_mut_slice());
        if let Some(input_gradient) = &mut input_gradient {
            input_gradient.fill(T::zero());
        }
        let gathered = &mut pass.scratch.lists(2, 0).0[1];
        if !patches.is_image() {
            gathered.resize([patches.block_rows(samples), patches.len()]);
        }
        for block in patches.blocks(samples) {
            let gradient = &gradient[block.start * filters..];
            let start = block.start * patches.len();
            let rows = if patches.is_image() {
                &images[start..]
            } else {
                patches.gather(images, block.clone(), gathered.as_mut_slice());
                gathered.as_slice()
            };
            for group in Group::all(patches, &block, filters) {
                let (rows, gradient) = (group.patches(rows)?.transposed(), group.output(gradient)?);
                product(group.kernel_mut(kernel_gradient)?, T::one(), rows, gradient)?;
            }
            let Some(input_gradient) = &mut input_gradient else { continue };
            let rows = if patches.is_image() { &mut input_gradient[start..] } else { gathered.as_mut_slice() };
            for group in Group::all(patches, &block, filters) {
                let (gradient, kernel) = (group.output(gradient)?, group.kernel(kernel.as_slice())?.transposed());
                product(group.patches_mut(rows)?, T::zero(), gradient, kernel)?;
            }
            if !patches.is_image() {
                patches.scatter(input_gradient, block, gathered.as_slice());
            }
        }
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        self.options
            .activation_apart()
            .map(|activation| -> ActivationApart<T> { (Box::new(self.clone().activation(Linear)), activation) })
    }
}
