//! The convolution of images.

use cornu_config::{Config, Value};
use cornu_tensor::kernels::sum_rows;
use cornu_tensor::threads::{Rows, over_chunks};
use cornu_tensor::{Scalar, Shape};

use crate::activations::Linear;
use crate::affine::add_shares;
use crate::arguments::fixed;
use crate::convolution::{Method, Patches, Sizes};
use crate::learned::written;
use crate::registry::{CHANNELS_LAST, LAYER_ARGUMENTS, MODULE};
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
/// - with the activation `glu` the output has `filters / 2` channels in place of `filters`
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

    /// From Keras's arguments. Channels are last; a file with the channels first is refused.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and the error of what cannot be made.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let size = Size2D::read(&mut arguments, "kernel_size")?;
        let mut conv = Self::new(arguments.required("filters")?, size.unwrap_or(Size2D::from(0)));
        if size.is_none() {
            arguments.required::<Value>("kernel_size")?;
        }
        let one = Size2D::from(1);
        conv.window.strides = Size2D::read(&mut arguments, "strides")?.unwrap_or(one);
        conv.window.dilation = Size2D::read(&mut arguments, "dilation_rate")?.unwrap_or(one);
        conv.window.padding = arguments.or("padding", "valid".to_owned())?.parse()?;
        conv.groups = arguments.or("groups", 1)?;
        conv.options.read(&mut arguments)?;
        fixed(&mut arguments, "Conv2D", "data_format", &CHANNELS_LAST.into())?;
        arguments.finish()?;
        Ok(conv)
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

impl<T: Scalar> Layer<T> for Conv2D<T> {
    fn class_name(&self) -> &'static str {
        "Conv2D"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let patches = self.patches(single("Conv2D", inputs)?)?;
        let filters = self.options.output_width("Conv2D", "filters", self.filters)?;
        self.options.checked_output(patches.geometry.output(filters)?)
    }

    fn weights(&self, inputs: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let channels = self.patches(single("Conv2D", inputs)?)?.geometry.channels;
        let Size2D { height, width } = self.window.size;
        let kernel = Shape::new(&[height, width, channels / self.groups, self.filters])?;
        self.options.weights(kernel, self.filters)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let (kernel, bias) = self.options.split("Conv2D", pass.weights)?;
        let input = pass.inputs[0];
        let patches = self.patches(input.shape().sample())?;
        let (sizes, method) = (Sizes::new(&patches, input, self.filters), Method::new(patches, self.filters));
        let method = method.as_dyn::<T>();
        let images = input.as_slice();
        let [before, _, wide] = pass.scratch.lists(3, 0).0 else { return Ok(()) };
        let output = self.options.room(pass.output.as_mut_slice(), wide);
        let before = self.options.before(before, output.len(), pass.mode);
        let parts = (Rows::new(output, sizes.output), before.map(|before| Rows::new(before, sizes.output)));
        over_chunks(input.shape().batch(), sizes.forward, sizes.work, parts, &|samples, (output, before)| {
            let output = output.into_slice();
            method.forward(sizes.images(images, &samples), kernel.as_slice(), output)?;
            self.options.finish(output, self.filters, bias, before.map(Rows::into_slice));
            Ok::<(), LayerError>(())
        })?;
        self.options.narrow(wide, pass.output.as_mut_slice(), self.filters);
        self.options.penalize(pass.output.view(), pass.scratch);
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (kernel, _) = self.options.split("Conv2D", pass.weights)?;
        let input = pass.inputs[0];
        let (samples, patches) = (input.shape().batch(), self.patches(input.shape().sample())?);
        let (sizes, method) = (Sizes::new(&patches, input, self.filters), Method::new(patches, self.filters));
        let method = method.as_dyn::<T>();
        let images = input.as_slice();
        let [before, memory, wide] = pass.scratch.lists(3, 0).0 else { return Ok(()) };
        let kept = self.options.kept("Conv2D", pass.output, before)?;
        self.options.undo_penalty(pass.output, pass.output_gradient.as_mut_slice());
        let below = pass.input_gradients[0].as_mut().map(|gradient| Rows::new(gradient.as_mut_slice(), sizes.input));
        let output_gradient = self.options.widen(pass.output_gradient.as_mut_slice(), wide, self.filters);
        let gradients = (Rows::new(output_gradient, sizes.output), below);
        let learning = if pass.trainable { pass.weight_gradients } else { &mut [] };
        add_shares(learning, memory, (samples.div_ceil(sizes.backward), sizes.backward), |shares| {
            let (parts, work) = ((gradients, shares), sizes.work.saturating_mul(2));
            over_chunks(samples, sizes.backward, work, parts, &|chunk, ((gradient, below), share)| {
                let part = chunk.start * sizes.output..chunk.end * sizes.output;
                let gradient = gradient.into_slice();
                self.options.undo(&kept[part], gradient, self.filters);
                if pass.trainable {
                    let (kernel_share, bias_share) = (share.0.into_slice(), share.1.into_slice());
                    sum_rows(bias_share, T::zero(), gradient);
                    kernel_share.fill(T::zero());
                    method.add_kernel_gradient(sizes.images(images, &chunk), gradient, kernel_share)?;
                }
                if let Some(below) = below {
                    method.image_gradient(gradient, kernel.as_slice(), below.into_slice())?;
                }
                Ok(())
            })
        })
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        self.options
            .activation_apart()
            .map(|activation| -> ActivationApart<T> { (Box::new(self.clone().activation(Linear)), activation) })
    }

    fn get_config(&self) -> Option<Config> {
        let Window { size, strides, dilation, padding } = self.window;
        let activity = written(self.options.activity_regularizer.as_ref(), |own| own.get_config())?;
        let config = Config::new(MODULE, "Conv2D")
            .with("filters", self.filters)
            .with("kernel_size", size)
            .with("strides", strides)
            .with("padding", padding.to_string())
            .with("data_format", CHANNELS_LAST)
            .with("dilation_rate", dilation)
            .with("groups", self.groups)
            .with("activity_regularizer", activity);
        self.options.write(config)
    }
}
