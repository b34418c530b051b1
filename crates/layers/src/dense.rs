//! The fully connected layer.

use cornu_tensor::kernels::{Matrix, MatrixMut, product, sum_rows};
use cornu_tensor::{Scalar, Shape};

use crate::activations::Linear;
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
}

impl<T: Scalar> KernelArguments<T> for Dense<T> {
    fn kernel_options(&mut self) -> &mut KernelOptions<T> {
        &mut self.options
    }
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
        Ok(input.with_last(self.units)?)
    }

    fn weights(&self, shapes: &[Shape]) -> Result<Vec<WeightSpec<T>>, LayerError> {
        let inputs = inputs(single("Dense", shapes)?)?;
        self.options.weights(Shape::new(&[inputs, self.units])?, self.units)
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let (kernel, bias) = self.options.split("Dense", pass.weights)?;
        let (inputs, units) = (kernel.shape().batch(), self.units);
        let rows = pass.output.shape().rows();
        let x = Matrix::new(pass.inputs[0].as_slice(), rows, inputs)?;
        let output = pass.output.as_mut_slice();
        product(MatrixMut::new(output, rows, units)?, T::zero(), x, Matrix::new(kernel.as_slice(), inputs, units)?)?;
        self.options.finish(&mut pass.output, bias, pass.mode, pass.scratch);
        Ok(())
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let (kernel, bias) = self.options.split("Dense", pass.weights)?;
        let (inputs, units) = (kernel.shape().batch(), self.units);
        let rows = pass.output.shape().rows();
        self.options.undo(pass.output, pass.output_gradient.as_mut_slice(), pass.scratch);
        let gradient = pass.output_gradient.as_slice();
        let g = Matrix::new(gradient, rows, units)?;
        let x = Matrix::new(pass.inputs[0].as_slice(), rows, inputs)?;
        let kernel_gradient = pass.weight_gradients[0].as_mut_slice();
        product(MatrixMut::new(kernel_gradient, inputs, units)?, T::zero(), x.transposed(), g)?;
        if bias.is_some() {
            sum_rows(pass.weight_gradients[1].as_mut_slice(), T::zero(), gradient);
        }
        if let Some(input_gradient) = &mut pass.input_gradients[0] {
            let kernel = Matrix::new(kernel.as_slice(), inputs, units)?.transposed();
            product(MatrixMut::new(input_gradient.as_mut_slice(), rows, inputs)?, T::zero(), g, kernel)?;
        }
        Ok(())
    }

    fn without_activation(&self) -> Option<ActivationApart<T>> {
        self.options
            .activation_apart()
            .map(|activation| -> ActivationApart<T> { (Box::new(self.clone().activation(Linear)), activation) })
    }
}
