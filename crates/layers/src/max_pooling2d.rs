//! The largest value of each window of an image.

use cornu_config::Config;
use cornu_tensor::kernels::{Routine, dispatch};
use cornu_tensor::threads::{Rows, over_chunks};
use cornu_tensor::{Scalar, Shape};

use crate::arguments::{fixed, keep_error};
use crate::registry::{CHANNELS_LAST, LAYER_ARGUMENTS, MODULE};
use crate::window::{Geometry, Seen, Window};
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

    /// From Keras's arguments. Channels are last; a file with the channels first is refused.
    ///
    /// # Errors
    /// [`LayerError::Config`] for arguments that it does not have, and the error of what cannot be made.
    pub fn from_config(config: &Config) -> Result<Self, LayerError> {
        let mut arguments = config.arguments();
        arguments.skip(&LAYER_ARGUMENTS);
        let pool_size = Size2D::read(&mut arguments, "pool_size")?.unwrap_or(Size2D::from(2));
        let strides = Size2D::read(&mut arguments, "strides")?;
        let padding = arguments.or("padding", "valid".to_owned())?.parse()?;
        fixed(&mut arguments, "MaxPooling2D", "data_format", &CHANNELS_LAST.into())?;
        arguments.finish()?;
        Ok(Self { pool_size, strides, padding, error: None })
    }

    /// The window over an input of this shape, if all arguments are right for it.
    fn geometry(&self, input: Shape) -> Result<Geometry, LayerError> {
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        let (size, strides) = (self.pool_size, self.strides.unwrap_or(self.pool_size));
        let window = Window { size, strides, dilation: Size2D::from(1), padding: self.padding };
        let geometry = window.over("MaxPooling2D", "pool_size", input)?;
        if u32::try_from(geometry.input_len()).is_err() {
            let expected = "images of fewer than 2³² values".to_owned();
            return Err(LayerError::Input { layer: "MaxPooling2D", expected, received: input });
        }
        Ok(geometry)
    }
}

impl Default for MaxPooling2D {
    fn default() -> Self {
        Self::new(2)
    }
}

/// Whether a value takes the place of the largest so far. NaN does, and nothing takes its place.
#[inline(always)]
#[expect(clippy::neg_cmp_op_on_partial_ord, clippy::eq_op, reason = "NaN is neither larger nor smaller, nor itself")]
fn exceeds<T: Scalar>(value: T, largest: T) -> bool {
    !(value <= largest) && largest == largest
}

/// Samples of a chunk, of about as many values as a core's first cache takes.
fn chunk(geometry: &Geometry) -> usize {
    ((1 << 13) / geometry.input_len()).max(1)
}

/// The largest values under the windows of some images. `positions` takes the distance of each from the first value
/// that its window sees, or is empty.
struct Pool<'a, T> {
    geometry: &'a Geometry,
    images: &'a [T],
    output: &'a mut [T],
    positions: &'a mut [u32],
}

/// The largest value that a window sees in each of `N` channels from this one on, and its distance from the first; none
/// if so many channels are not there.
#[inline(always)]
fn largest<T: Scalar, const N: usize>(
    geometry: &Geometry,
    images: &[T],
    seen: Seen,
    channel: usize,
) -> Option<([T; N], [u32; N])> {
    let at = |distance: usize| images.get(seen.first + channel + distance..)?.first_chunk::<N>();
    let (mut largest, mut positions) = (*at(0)?, [0; N]);
    for down in 0..seen.down {
        for across in usize::from(down == 0)..seen.across {
            let distance = (down * geometry.columns.input + across) * geometry.channels;
            let values = at(distance)?;
            for i in 0..N {
                let takes = exceeds(values[i], largest[i]);
                largest[i] = if takes { values[i] } else { largest[i] };
                positions[i] = if takes { distance as u32 } else { positions[i] };
            }
        }
    }
    Some((largest, positions))
}

impl<T: Scalar> Pool<'_, T> {
    /// Pools `N` channels from this one on; false if so many are not there.
    #[inline(always)]
    fn block<const N: usize>(&mut self, seen: Seen, at: usize, channel: usize) -> bool {
        let output = self.output.get_mut(at + channel..).and_then(<[T]>::first_chunk_mut::<N>);
        let largest = largest::<T, N>(self.geometry, self.images, seen, channel);
        let (Some(output), Some((largest, positions))) = (output, largest) else { return false };
        *output = largest;
        if let Some(place) = self.positions.get_mut(at + channel..).and_then(<[u32]>::first_chunk_mut::<N>) {
            *place = positions;
        }
        true
    }
}

impl<T: Scalar> Routine for Pool<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let (geometry, channels) = (self.geometry, self.geometry.channels);
        let samples = self.images.len() / geometry.input_len();
        for (place, seen) in geometry.windows(samples).enumerate() {
            let mut channel = 0;
            while channel < channels {
                // Eight channels at once, where there are eight values: what hangs over is overwritten by the next window.
                if self.block::<8>(seen, place * channels, channel) {
                    channel += 8;
                } else {
                    self.block::<1>(seen, place * channels, channel);
                    channel += 1;
                }
            }
        }
    }
}

impl<T: Scalar> Layer<T> for MaxPooling2D {
    fn class_name(&self) -> &'static str {
        "MaxPooling2D"
    }

    fn output_shape(&self, inputs: &[Shape]) -> Result<Shape, LayerError> {
        let geometry = self.geometry(single("MaxPooling2D", inputs)?)?;
        geometry.output(geometry.channels)
    }

    fn may_fail(&self) -> bool {
        false
    }

    fn forward(&self, mut pass: Forward<'_, T>) -> Result<(), LayerError> {
        let input = pass.inputs[0];
        let geometry = self.geometry(input.shape().sample())?;
        let (images, output) = (input.as_slice(), pass.output.as_mut_slice());
        let kept = if pass.mode == Mode::Inference { 0 } else { output.len() };
        let positions = pass.scratch.positions(kept);
        let (inputs, outputs) = (geometry.input_len(), geometry.places() * geometry.channels);
        let parts = (Rows::new(output, outputs), Rows::new(positions, outputs));
        over_chunks(input.shape().batch(), chunk(&geometry), images.len(), parts, &|samples, (output, positions)| {
            dispatch(Pool {
                geometry: &geometry,
                images: &images[samples.start * inputs..samples.end * inputs],
                output: output.into_slice(),
                positions: positions.into_slice(),
            });
            Ok(())
        })
    }

    fn backward(&self, mut pass: Backward<'_, T>) -> Result<(), LayerError> {
        let Some(input_gradient) = &mut pass.input_gradients[0] else { return Ok(()) };
        let geometry = self.geometry(input_gradient.shape().sample())?;
        let (samples, images) = (input_gradient.shape().batch(), input_gradient.as_mut_slice());
        let gradient = pass.output_gradient.as_mut_slice();
        let positions = pass.scratch.positions(gradient.len());
        let (inputs, channels) = (geometry.input_len(), geometry.channels);
        let outputs = geometry.places() * channels;
        let parts = (Rows::new(images, inputs), Rows::new(gradient, outputs), Rows::new(positions, outputs));
        let work = samples * inputs;
        over_chunks(samples, chunk(&geometry), work, parts, &|samples, (images, gradient, positions)| {
            let images = images.into_slice();
            images.fill(T::zero());
            let (gradient, positions) = (gradient.into_slice(), positions.into_slice());
            let rows = gradient.chunks_exact(channels).zip(positions.chunks_exact(channels));
            for (seen, (gradient, positions)) in geometry.windows(samples.len()).zip(rows) {
                for (channel, (&g, &position)) in gradient.iter().zip(positions).enumerate() {
                    // A scratch that another layer used may name places that are not there.
                    if let Some(place) = images.get_mut(seen.first + channel + position as usize) {
                        *place += g;
                    }
                }
            }
            Ok(())
        })
    }

    fn get_config(&self) -> Option<Config> {
        let config = Config::new(MODULE, "MaxPooling2D")
            .with("pool_size", self.pool_size)
            .with("strides", self.strides.unwrap_or(self.pool_size))
            .with("padding", self.padding.to_string())
            .with("data_format", CHANNELS_LAST);
        self.error.is_none().then_some(config)
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
        assert_eq!(pooled([1.0, f32::NAN, 3.0, f32::NAN]).1, 1);
    }
}
