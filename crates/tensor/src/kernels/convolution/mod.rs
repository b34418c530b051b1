//! The convolution of one image with few filters, without a matrix of patches: the values under the window are read
//! where they lie, and the filters fill the vectors of the processor.

mod forward;
mod image_gradient;
mod kernel_gradient;
mod tiles;

use forward::Forward;
use image_gradient::ImageGradient;
use kernel_gradient::KernelGradient;
use tiles::{Pack, WIDEST, with_vectors_for};

use crate::{Scalar, Shape, TensorError};

/// A window that slides over an image without padding, and the filters that see what lies under it.
///
/// # Shapes
/// - image `(height, width, channels)`
/// - kernel `(kernel height, kernel width, channels, filters)`
/// - output `(rows, columns, filters)`, with as many rows and columns as the window has places
///
/// ```
/// use cornu_tensor::kernels::Convolution;
///
/// // A window of 1 × 2 and one filter on images of 1 × 3 and one channel.
/// let convolution = Convolution::new([1, 3, 1], [1, 2], [1, 1], 1)?;
/// let mut packed = vec![0.0; convolution.packed_len()];
/// convolution.pack(&[1.0, 10.0], &mut packed)?;
/// let mut output = [0.0; 2];
/// convolution.forward(&[1.0, 2.0, 3.0], &packed, &mut output)?;
/// assert_eq!(output, [21.0, 32.0]);
///
/// let mut gradient = [0.0; 2];
/// convolution.add_kernel_gradient(&[1.0, 2.0, 3.0], &[1.0, 1.0], &mut gradient)?;
/// assert_eq!(gradient, [3.0, 5.0]);
///
/// let mut packed = vec![0.0; convolution.packed_transposed_len()];
/// convolution.pack_transposed(&[1.0, 10.0], &mut packed)?;
/// let mut gradient = [0.0; 3];
/// convolution.add_image_gradient(&[1.0, 2.0], &packed, &mut gradient)?;
/// assert_eq!(gradient, [1.0, 12.0, 20.0]);
/// # Ok::<(), cornu_tensor::TensorError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    image: [usize; 3],
    kernel: [usize; 2],
    strides: [usize; 2],
    filters: usize,
}

impl Convolution {
    /// Height, width and channels of an image; height and width of the window, and its steps down and across; the number
    /// of filters.
    ///
    /// # Errors
    /// [`TensorError::Shape`] if one of them is 0 or the window is larger than the image, [`TensorError::TooLarge`] if a
    /// kernel of this shape cannot be.
    pub fn new(
        image: [usize; 3],
        kernel: [usize; 2],
        strides: [usize; 2],
        filters: usize,
    ) -> Result<Self, TensorError> {
        let fits = kernel[0] <= image[0] && kernel[1] <= image[1];
        let shape = Shape::new(&[kernel[0], kernel[1], image[2], filters.saturating_add(WIDEST)])?;
        if !fits || filters == 0 || shape.size() == 0 || strides.contains(&0) || Shape::new(&image)?.size() == 0 {
            let expected = format!("a window that fits images of shape {}, and no 0 anywhere", Shape::from(image));
            let received = [kernel[0], kernel[1], strides[0], strides[1], filters].into();
            return Err(TensorError::Shape { op: "convolution", expected, received });
        }
        Ok(Self { image, kernel, strides, filters })
    }

    /// Height, width and channels of an image.
    #[must_use]
    pub fn image(&self) -> [usize; 3] {
        self.image
    }

    /// The places of the window: rows and columns of the output.
    #[must_use]
    pub fn places(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.image[axis] - self.kernel[axis]) / self.strides[axis] + 1)
    }

    /// The values of an image, a kernel and an output.
    fn sizes(&self) -> [usize; 3] {
        let [rows, columns] = self.places();
        [self.image.iter().product(), self.taps() * self.filters, rows * columns * self.filters]
    }

    /// The values in one row of the window: neighbours in memory.
    fn piece(&self) -> usize {
        self.kernel[1] * self.image[2]
    }

    /// The values in one row of the image.
    fn line(&self) -> usize {
        self.image[1] * self.image[2]
    }

    /// The values under the window.
    fn taps(&self) -> usize {
        self.kernel[0] * self.piece()
    }

    /// The room that [`Convolution::pack`] needs.
    #[must_use]
    pub fn packed_len(&self) -> usize {
        self.taps() * self.filters.next_multiple_of(WIDEST)
    }

    /// The room that [`Convolution::pack_transposed`] needs.
    #[must_use]
    pub fn packed_transposed_len(&self) -> usize {
        self.kernel[0] * self.filters * self.piece().next_multiple_of(WIDEST)
    }

    /// Lays out a kernel as [`Convolution::forward`] reads it.
    ///
    /// # Errors
    /// [`TensorError::Shape`] for a kernel or a room of another length.
    pub fn pack<T: Scalar>(&self, kernel: &[T], packed: &mut [T]) -> Result<(), TensorError> {
        check([(kernel.len(), self.sizes()[1]), (packed.len(), self.packed_len())])?;
        let (rows, width) = (self.taps(), self.filters);
        with_vectors_for::<T, _>(width, Pack { kernel, rows, width, strides: [width, 1], packed });
        Ok(())
    }

    /// Lays out a kernel as [`Convolution::add_image_gradient`] reads it.
    ///
    /// # Errors
    /// As [`Convolution::pack`].
    pub fn pack_transposed<T: Scalar>(&self, kernel: &[T], packed: &mut [T]) -> Result<(), TensorError> {
        check([(kernel.len(), self.sizes()[1]), (packed.len(), self.packed_transposed_len())])?;
        let (rows, width, strides) = (self.filters, self.piece(), [1, self.filters]);
        let parts =
            kernel.chunks_exact(width * rows).zip(packed.chunks_exact_mut(rows * width.next_multiple_of(WIDEST)));
        for (kernel, packed) in parts {
            with_vectors_for::<T, _>(width, Pack { kernel, rows, width, strides, packed });
        }
        Ok(())
    }

    /// The output for an image.
    ///
    /// # Errors
    /// [`TensorError::Shape`] for an image, a packed kernel or an output of another length.
    pub fn forward<T: Scalar>(&self, image: &[T], packed: &[T], output: &mut [T]) -> Result<(), TensorError> {
        let [images, _, outputs] = self.sizes();
        check([(image.len(), images), (packed.len(), self.packed_len()), (output.len(), outputs)])?;
        with_vectors_for::<T, _>(self.filters, Forward { of: self, image, packed, output });
        Ok(())
    }

    /// Adds the gradient with respect to the kernel, from that with respect to the output.
    ///
    /// # Errors
    /// [`TensorError::Shape`] for an image, a gradient or a kernel of another length.
    pub fn add_kernel_gradient<T: Scalar>(
        &self,
        image: &[T],
        gradient: &[T],
        into: &mut [T],
    ) -> Result<(), TensorError> {
        let [images, kernels, outputs] = self.sizes();
        check([(image.len(), images), (gradient.len(), outputs), (into.len(), kernels)])?;
        with_vectors_for::<T, _>(self.filters, KernelGradient { of: self, image, gradient, into });
        Ok(())
    }

    /// Adds the gradient with respect to the image, from that with respect to the output.
    ///
    /// # Errors
    /// [`TensorError::Shape`] for a gradient, a packed kernel or an image of another length.
    pub fn add_image_gradient<T: Scalar>(
        &self,
        gradient: &[T],
        packed: &[T],
        into: &mut [T],
    ) -> Result<(), TensorError> {
        let [images, _, outputs] = self.sizes();
        check([(gradient.len(), outputs), (packed.len(), self.packed_transposed_len()), (into.len(), images)])?;
        with_vectors_for::<T, _>(self.piece(), ImageGradient { of: self, gradient, packed, into });
        Ok(())
    }
}

/// Whether slices have the lengths that are expected.
fn check<const N: usize>(lengths: [(usize, usize); N]) -> Result<(), TensorError> {
    match lengths.into_iter().find(|(len, expected)| len != expected) {
        None => Ok(()),
        Some((len, expected)) => Err(TensorError::Shape {
            op: "convolution",
            expected: format!("{expected} values"),
            received: [len].into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(len: usize, seed: u64) -> Vec<f64> {
        (0..len as u64).map(|i| ((i * 7919 + seed * 104_729) % 1000) as f64 / 500.0 - 1.0).collect()
    }

    fn convolutions() -> impl Strategy<Value = Convolution> {
        let sizes = ((1_usize..6, 0_usize..12), (1_usize..6, 0_usize..12), 1_usize..8, 1_usize..40);
        (sizes, 1_usize..4, 1_usize..4).prop_map(|(((h, more), (w, wider), channels, filters), down, across)| {
            Convolution::new([h + more, w + wider, channels], [h, w], [down, across], filters).unwrap()
        })
    }

    /// Calls `f` for each product of the sum that a convolution is: places in the image, the kernel and the output.
    fn products(of: &Convolution, mut f: impl FnMut(usize, usize, usize)) {
        let ([rows, columns], [_, width, channels]) = (of.places(), of.image);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            for (i, j) in (0..of.kernel[0]).flat_map(|i| (0..of.kernel[1]).map(move |j| (i, j))) {
                for (k, filter) in (0..channels).flat_map(|k| (0..of.filters).map(move |filter| (k, filter))) {
                    let (y, x) = (row * of.strides[0] + i, column * of.strides[1] + j);
                    f(
                        (y * width + x) * channels + k,
                        ((i * of.kernel[1] + j) * channels + k) * of.filters + filter,
                        (row * columns + column) * of.filters + filter,
                    );
                }
            }
        }
    }

    fn check<T: Scalar>(of: &Convolution, tolerance: f64) -> Result<(), TestCaseError> {
        let [rows, columns] = of.places();
        let image = values(of.image.iter().product(), 1);
        let kernel = values(of.taps() * of.filters, 2);
        let gradient = values(rows * columns * of.filters, 3);
        let mut output = vec![0.0; gradient.len()];
        let (mut kernel_gradient, mut image_gradient) = (values(kernel.len(), 4), values(image.len(), 5));
        let typed = |values: &[f64]| values.iter().map(|&value| T::of(value)).collect::<Vec<T>>();
        let (typed_image, typed_kernel, typed_gradient) = (typed(&image), typed(&kernel), typed(&gradient));
        let mut found = [vec![T::zero(); output.len()], typed(&kernel_gradient), typed(&image_gradient)];

        let mut packed = vec![T::zero(); of.packed_len()];
        of.pack(&typed_kernel, &mut packed)?;
        of.forward(&typed_image, &packed, &mut found[0])?;
        of.add_kernel_gradient(&typed_image, &typed_gradient, &mut found[1])?;
        let mut packed = vec![T::zero(); of.packed_transposed_len()];
        of.pack_transposed(&typed_kernel, &mut packed)?;
        of.add_image_gradient(&typed_gradient, &packed, &mut found[2])?;

        products(of, |x, w, y| {
            output[y] += image[x] * kernel[w];
            kernel_gradient[w] += image[x] * gradient[y];
            image_gradient[x] += kernel[w] * gradient[y];
        });
        for (which, (found, expected)) in found.iter().zip([output, kernel_gradient, image_gradient]).enumerate() {
            for (found, expected) in found.iter().zip(expected) {
                prop_assert!((found.to_f64() - expected).abs() < tolerance, "{which} {of:?}: {found} {expected}");
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn as_the_sum_of_products(of in convolutions()) {
            check::<f64>(&of, 1e-12)?;
            check::<f32>(&of, 1e-3)?;
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        for (image, kernel, strides, filters) in [
            ([2, 2, 1], [3, 1], [1, 1], 1),
            ([2, 2, 0], [1, 1], [1, 1], 1),
            ([2, 2, 1], [0, 1], [1, 1], 1),
            ([2, 2, 1], [1, 1], [1, 0], 1),
            ([2, 2, 1], [1, 1], [1, 1], 0),
            ([2, 2, 1], [1, 1], [1, 1], usize::MAX),
        ] {
            assert!(Convolution::new(image, kernel, strides, filters).is_err());
        }
        let of = Convolution::new([2, 2, 1], [1, 1], [1, 1], 1).unwrap();
        assert!(of.pack(&[1.0_f32; 2], &mut [0.0; 32]).is_err());
        assert!(of.forward(&[1.0_f32; 4], &[0.0; 31], &mut [0.0; 4]).is_err());
        assert!(of.add_kernel_gradient(&[1.0_f32; 4], &[0.0; 4], &mut []).is_err());
        assert!(of.add_image_gradient(&[1.0_f32; 3], &[0.0; 32], &mut [0.0; 4]).is_err());
    }
}
