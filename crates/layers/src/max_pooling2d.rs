//! The largest value of each window of an image.

use cornu_tensor::{Scalar, Shape, View, threads};

use crate::arguments::keep_error;
use crate::window::{Geometry, Window};
use crate::{Backward, Forward, IntoPadding, Layer, LayerError, Mode, Padding, Size2D, single};

/// The largest value of each window of an image, channel by channel (`keras.layers.MaxPooling2D`, channels
/// last).
///
/// Padding is never the largest; a NaN under the window gives NaN. The gradient goes to the place of the
/// largest value, to the first of them if there are several.
///
/// # Shapes
/// Input `(batch, height, width, channels)`, output `(batch, rows, columns, channels)`; [`Padding`] says how
/// many rows and columns.
///
/// ```
/// use cornu_layers::{Built, MaxPooling2D};
/// use cornu_tensor::Tensor;
///
/// let pooling = Built::<f32>::new(MaxPooling2D::new(2), &[[2, 4, 1].into()], 0)?;
/// let image = Tensor::new([1, 2, 4, 1], vec![1.0, 2.0, 5.0, 0.0, 3.0, 4.0, 0.0, 0.0])?;
/// assert_eq!(pooling.call(&image)?.as_slice(), [4.0, 5.0]);
/// # Ok::<(), cornu_layers::LayerError>(())
/// ```
#[derive(Debug, Clone)]
pub struct MaxPooling2D {
    pool_size: Size2D,
    strides: Option<Size2D>,
    padding: Padding,
    /// The first argument that could not be understood; it is reported when the layer is built.
    error: Option<LayerError>,
}

impl MaxPooling2D {
    /// A window of this size. Keras's default is 2, that of [`MaxPooling2D::default`].
    #[must_use]
    pub fn new(pool_size: impl Into<Size2D>) -> Self {
        Self { pool_size: pool_size.into(), strides: None, padding: Padding::Valid, error: None }
    }

    /// The steps of the window; its own size by default.
    #[must_use]
    pub fn strides(self, strides: impl Into<Size2D>) -> Self {
        Self { strides: Some(strides.into()), ..self }
    }

    /// What happens at the edges: `"valid"` (the default) or `"same"`.
    #[must_use]
    pub fn padding(mut self, padding: impl IntoPadding) -> Self {
        if let Some(padding) = keep_error(&mut self.error, padding.into_padding()) {
            self.padding = padding;
        }
        self
    }

    /// The window over an input of this shape, if all arguments are right for it.
    fn geometry(&self, input: Shape) -> Result<Geometry, LayerError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let (size, strides) = (self.pool_size, self.strides.unwrap_or(self.pool_size));
        let window = Window { size, strides, dilation: Size2D::from(1), padding: self.padding };
        window.over("MaxPooling2D", "pool_size", input)
    }
}

impl Default for MaxPooling2D {
    fn default() -> Self {
        Self::new(2)
    }
}

/// Where the window at a place begins to see the image, then every other point that it sees there.
fn points(geometry: &Geometry, place: usize) -> (usize, impl Iterator<Item = usize> + use<'_>) {
    let Geometry { rows, columns, .. } = geometry;
    let (sample, row, column) = geometry.place(place);
    let point = move |(down, across): (usize, usize)| {
        geometry.offset(sample, rows.position(row, down), columns.position(column, across))
    };
    let (down, across) = (rows.taps(row), columns.taps(column));
    let first = point((down.start, across.start));
    (first, down.flat_map(move |down| across.clone().map(move |across| (down, across))).skip(1).map(point))
}

/// Whether a value takes the place of the largest so far. NaN does, and nothing takes its place.
fn exceeds<T: Scalar>(value: T, largest: T) -> bool {
    value > largest || value.partial_cmp(&value).is_none()
}

/// The largest values alone.
fn pool<T: Scalar>(geometry: &Geometry, input: View<'_, T>, output: &mut [T]) {
    let (input, channels) = (input.as_slice(), geometry.channels);
    threads::over_rows((output, &mut []), (channels, 0), &|start, (output, _): (&mut [T], &mut [()])| {
        for (place, largest) in (start..).zip(output.chunks_exact_mut(channels)) {
            let (first, others) = points(geometry, place);
            largest.copy_from_slice(&input[first..][..channels]);
            for point in others {
                for (largest, &value) in largest.iter_mut().zip(&input[point..][..channels]) {
                    *largest = if exceeds(value, *largest) { value } else { *largest };
                }
            }
        }
    });
}

/// The largest values, and where in the input each of them lies.
fn pool_with_positions<T: Scalar>(geometry: &Geometry, input: View<'_, T>, output: &mut [T], positions: &mut [usize]) {
    let (input, channels) = (input.as_slice(), geometry.channels);
    threads::over_rows((output, positions), (channels, channels), &|start, (output, positions)| {
        let places = output.chunks_exact_mut(channels).zip(positions.chunks_exact_mut(channels));
        for (place, (largest, positions)) in (start..).zip(places) {
            let (first, others) = points(geometry, place);
            largest.copy_from_slice(&input[first..][..channels]);
            positions.iter_mut().enumerate().for_each(|(channel, position)| *position = first + channel);
            for point in others {
                let values = &input[point..][..channels];
                for (channel, (largest, position)) in largest.iter_mut().zip(positions.iter_mut()).enumerate() {
                    let takes = exceeds(values[channel], *largest);
                    *largest = if takes { values[channel] } else { *largest };
                    *position = if takes { point + channel } else { *position };
                }
            }
        }
    });
}

impl<T: Scalar> Layer<T> for MaxPooling2D {
    fn class_name(&self) -> &'static str {
        "MaxPooling2D"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let geometry = self.geometry(single("MaxPooling2D", inputs)?)?;
        geometry.output(geometry.channels)
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let input = pass.inputs[0];
        let geometry = self.geometry(input.shape().sample())?;
        let output = pass.output.as_mut_slice();
        if pass.mode == Mode::Inference {
            pool(&geometry, input, output);
        } else {
            let positions = pass.scratch.positions(output.len());
            pool_with_positions(&geometry, input, output, positions);
        }
        Ok(())
    }

    fn backward(&self, pass: Backward<'_, T>) -> Result<(), LayerError> {
        let Some(input_gradient) = &mut pass.input_gradients[0] else { return Ok(()) };
        let (into, gradient) = (input_gradient.as_mut_slice(), pass.output_gradient.as_slice());
        into.fill(T::zero());
        for (&position, &gradient) in pass.scratch.positions(gradient.len()).iter().zip(gradient) {
            // A scratch that another layer used may name places that are not there.
            if let Some(place) = into.get_mut(position) {
                *place += gradient;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cornu_tensor::Tensor;

    use super::*;
    use crate::{Built, Scratch};

    /// The pooled value of a 2×2 image, and the place that the gradient goes to.
    fn pooled(values: [f32; 4]) -> (f32, usize) {
        let pooling = Built::new(MaxPooling2D::default(), &[[2, 2, 1].into()], 0).unwrap();
        let image = Tensor::new([1, 2, 2, 1], values.to_vec()).unwrap();
        let mut scratch = Scratch::default();
        let mode = Mode::Training { seed: 0, step: 0, trainable: true };
        let output = pooling.call_all(&[image.view()], mode, &mut scratch).unwrap();
        let inference = pooling.call(&image).unwrap();
        assert_eq!(inference.as_slice()[0].to_bits(), output.as_slice()[0].to_bits());
        let one = Tensor::full(output.shape(), 1.0);
        let gradients = pooling.gradients(&[image.view()], &output, &one, &mut scratch).unwrap();
        (output.as_slice()[0], gradients.inputs[0].as_slice().iter().position(|&g| g == 1.0).unwrap())
    }

    #[test]
    fn the_first_largest_gets_the_gradient() {
        assert_eq!(pooled([1.0, 3.0, 3.0, 2.0]), (3.0, 1));
        assert_eq!(pooled([f32::NEG_INFINITY; 4]), (f32::NEG_INFINITY, 0));
        assert_eq!(pooled([-0.0, 0.0, 0.0, -0.0]).1, 0);
    }

    #[test]
    fn nan_stays() {
        for at in 0..4 {
            let mut values = [1.0, 4.0, 3.0, 2.0];
            values[at] = f32::NAN;
            let (value, position) = pooled(values);
            assert!(value.is_nan());
            assert_eq!(position, at);
        }
    }
}
