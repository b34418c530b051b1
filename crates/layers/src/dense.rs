//! The fully connected layer.

use cornu_config::{Config, Value};
use cornu_tensor::kernels::{Matrix, MatrixMut, product, sum_rows};
use cornu_tensor::threads::{Rows, over_chunks};
use cornu_tensor::{Scalar, Shape};

use crate::activations::Linear;
use crate::affine::add_shares;
use crate::arguments::fixed;
use crate::registry::{LAYER_ARGUMENTS, MODULE};
use crate::{
    ActivationApart, Backward, Forward, KernelArguments, KernelOptions, Layer, LayerError, WeightSpec, single,
};

/// `activation(x · kernel + bias)` (`keras.layers.Dense`).
///
/// All of Keras's arguments for kernel, bias and activation are in [`KernelArguments`].
///
/// # Shapes
/// - input `(batch, …, inputs)`, output `(batch, …, units)`
/// - kernel `(inputs, units)`, bias `(units,)`
/// - with the activation `glu` the output has `units / 2` values in place of `units`
///
/// ```
/// use cornu_layers::{Built, Dense, KernelArguments};
/// use cornu_tensor::Tensor;
///
/// let dense = Dense::new(2).kernel_initializer("ones").bias_initializer(Tensor::from([0.5, -0.5]));
/// let dense = Built::<f64>::new(dense, &[[3].into()], 0)?;
/// assert_eq!(dense.call(&Tensor::from([[1.0, 2.0, 3.0]]))?, Tensor::from([[6.5, 5.5]]));
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dense<T> {
    units: usize,
    options: KernelOptions<T>,
}

impl<T: Scalar> Dense<T> {
    /// A layer with this number of outputs.
    #[must_use]
    pub fn new(units: usize) -> Self {
        Self { units, options: KernelOptions::default() }
    }

    /// The number of outputs.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units
    }

    /// From Keras's arguments.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and the error of what cannot be made.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let mut dense = Self::new(arguments.required("units")?);
        dense.options.read(&mut arguments)?;
        fixed(&mut arguments, "Dense", "quantization_config", &Value::Null)?;
        arguments.finish()?;
        Ok(dense)
    }
}

impl<T: Scalar> KernelArguments<T> for Dense<T> {
    fn kernel_options(&mut self) -> &mut KernelOptions<T> {
        &mut self.options
    }
}

/// Kernels of more values than this are split themselves; with smaller ones the rows are.
const SMALL_KERNEL: usize = 1 << 15;

/// Values of a chunk's inputs and outputs, about as many as stay near a core.
const CHUNK: usize = 1 << 14;

/// The rows that run through all of a pass together: all, if the kernel is large.
fn chunk(rows: usize, inputs: usize, units: usize) -> usize {
    let kernel = inputs * units;
    if kernel > SMALL_KERNEL {
        return rows.max(1);
    }
    // A chunk's share of the kernel's gradient costs little beside its products.
    (CHUNK / (inputs + units)).max(kernel / 16).max(128)
}

/// The number of inputs of one row.
fn inputs(input: Shape) -> Result<usize, LayerError> {
    match input.dims() {
        [.., inputs] if input.size() > 0 => Ok(*inputs),
        _ => Err(LayerError::Input {
            layer: "Dense",
            expected: "at least one dimension, none of them 0".to_owned(),
            received: input,
        }),
    }
}

impl<T: Scalar> Layer<T> for Dense<T> {
    fn class_name(&self) -> &'static str {
        "Dense"
    }

    fn output_shape(&self, shapes: &[Shape]) -> Result<Shape, LayerError> {
        self.options.check()?;
        if self.units == 0 {
            let (argument, expected) = ("units", "1 or more".to_owned());
            return Err(LayerError::Argument { component: "Dense", argument, expected, received: "0".to_owned() });
        }
        let input = single("Dense", shapes)?;
        inputs(input)?;
        let width = self.options.output_width("Dense", "units", self.units)?;
        self.options.checked_output(input.with_last(width)?)
    }

    fn weights(&self, shapes: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let inputs = inputs(single("Dense", shapes)?)?;
        self.options.weights(Shape::new(&[inputs, self.units])?, self.units)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let (kernel, bias) = self.options.split("Dense", pass.weights)?;
        let (inputs, units) = (kernel.shape().batch(), self.units);
        let rows = pass.output.shape().rows();
        let x = pass.inputs[0].as_slice();
        Matrix::new(x, rows, inputs)?;
        let [before, _, wide] = pass.scratch.lists(3, 0).0 else { return Ok(()) };
        let output = self.options.room(pass.output.as_mut_slice(), wide);
        let before = self.options.before(before, output.len(), pass.mode);
        let parts = (Rows::new(output, units), before.map(|before| Rows::new(before, units)));
        over_chunks(rows, chunk(rows, inputs, units), rows * inputs * units, parts, &|rows, (output, before)| {
            let (output, x) = (output.into_slice(), &x[rows.start * inputs..rows.end * inputs]);
            let (x, kernel) = (Matrix::new(x, rows.len(), inputs)?, Matrix::new(kernel.as_slice(), inputs, units)?);
            product(MatrixMut::new(output, rows.len(), units)?, T::zero(), x, kernel)?;
            self.options.finish(output, units, bias, before.map(Rows::into_slice));
            Ok::<(), LayerError>(())
        })?;
        self.options.narrow(wide, pass.output.as_mut_slice(), units);
        self.options.penalize(pass.output.view(), pass.scratch);
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (kernel, _) = self.options.split("Dense", pass.weights)?;
        let (inputs, units) = (kernel.shape().batch(), self.units);
        let (rows, x) = (pass.output.shape().rows(), pass.inputs[0].as_slice());
        Matrix::new(x, rows, inputs)?;
        let [before, memory, wide] = pass.scratch.lists(3, 0).0 else { return Ok(()) };
        let kept = self.options.kept("Dense", pass.output, before)?;
        self.options.undo_penalty(pass.output, pass.output_gradient.as_mut_slice());
        let chunk = chunk(rows, inputs, units);
        let input_gradient =
            pass.input_gradients[0].as_mut().map(|gradient| Rows::new(gradient.as_mut_slice(), inputs));
        let output_gradient = self.options.widen(pass.output_gradient.as_mut_slice(), wide, units);
        let gradients = (Rows::new(output_gradient, units), input_gradient);
        let learning = if pass.trainable { pass.weight_gradients } else { &mut [] };
        add_shares(learning, memory, (rows.div_ceil(chunk), chunk), |shares| {
            let parts = (gradients, shares);
            over_chunks(rows, chunk, 2 * rows * inputs * units, parts, &|rows, ((gradient, below), share)| {
                let gradient = gradient.into_slice();
                self.options.undo(&kept[rows.start * units..rows.end * units], gradient, units);
                let g = Matrix::new(gradient, rows.len(), units)?;
                if pass.trainable {
                    let (kernel_share, bias_share) = (share.0.into_slice(), share.1.into_slice());
                    let x = Matrix::new(&x[rows.start * inputs..], rows.len(), inputs)?.transposed();
                    product(MatrixMut::new(kernel_share, inputs, units)?, T::zero(), x, g)?;
                    sum_rows(bias_share, T::zero(), gradient);
                }
                if let Some(below) = below {
                    let kernel = Matrix::new(kernel.as_slice(), inputs, units)?.transposed();
                    product(MatrixMut::new(below.into_slice(), rows.len(), inputs)?, T::zero(), g, kernel)?;
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
        let config = Config::new(MODULE, "Dense").with("units", self.units);
        let config = self.options.write(config)?.with("quantization_config", Value::Null);
        // Keras writes it only where there is one.
        match &self.options.activity_regularizer {
            Some(regularizer) => Some(config.with("activity_regularizer", regularizer.get_config()?)),
            None => Some(config),
        }
    }
}
