//! The convolution of one image with few filters, without a matrix of patches: the values under the window are read
//! where they lie, and the filters fill the vectors of the processor.

use pulp::{Arch, Simd, WithSimd};

use super::vectors::Part;
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

/// Runs a routine on rows of this width with the vectors of the processor at hand: with those of 32 bytes where they
/// suffice, of which two are worked on in the time of one of 64.
fn with_vectors_for<T, R: WithSimd>(width: usize, routine: R) -> R::Output {
    #[cfg(target_arch = "x86_64")]
    if width * size_of::<T>() <= 32
        && let Some(simd) = pulp::x86::V3::try_new()
    {
        return Simd::vectorize(simd, routine);
    }
    let _ = width;
    Arch::new().dispatch(routine)
}

/// Values of a vector, and vectors side by side in a tile: as many as the filters need, two at most.
fn panel<T: Scalar, S: Simd>(width: usize) -> (usize, usize) {
    let lanes = T::simd_lanes::<S>();
    (lanes, if width > lanes { 2 } else { 1 })
}

/// The places that the gradient of a kernel is summed over at once.
const SUM: usize = 256;

/// The widest panel on any processor.
const WIDEST: usize = 2 * 16;

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

/// A matrix in panels of columns, one after the other; the last is filled up with zeros.
struct Pack<'a, T> {
    kernel: &'a [T],
    rows: usize,
    width: usize,
    /// From row to row and from column to column in the kernel.
    strides: [usize; 2],
    packed: &'a mut [T],
}

impl<T: Scalar> WithSimd for Pack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let (lanes, count) = panel::<T, S>(self.width);
        let wide = lanes * count;
        for (panel, packed) in self.packed.chunks_exact_mut(self.rows * wide).enumerate() {
            let Some(columns) = self.width.checked_sub(panel * wide).filter(|&columns| columns > 0) else { return };
            for (row, packed) in packed.chunks_exact_mut(wide).enumerate() {
                for (lane, value) in packed.iter_mut().enumerate() {
                    let at = row * self.strides[0] + (panel * wide + lane) * self.strides[1];
                    *value = if lane < columns { self.kernel[at] } else { T::zero() };
                }
            }
        }
    }
}

/// `sums[i] += Σₜ rows[i][t] · columns[t]`, all rows equally long.
#[inline(always)]
fn add_products<T: Scalar, S: Simd, const M: usize, const P: usize>(
    simd: S,
    rows: [&[T]; M],
    columns: &[T::SimdOf<S>],
    sums: &mut [[T::SimdOf<S>; P]; M],
) {
    let mut local = *sums;
    let (columns, _) = columns.as_chunks::<P>();
    for (t, column) in columns.iter().enumerate() {
        for i in 0..M {
            let value = T::simd_broadcast(simd, rows[i][t]);
            for p in 0..P {
                local[i][p] = T::simd_multiply_add(simd, value, column[p], local[i][p]);
            }
        }
    }
    *sums = local;
}

/// `M` pieces of equal length, a step apart; those beyond `count` are the first again.
#[inline(always)]
fn pieces<T, const M: usize>(values: &[T], step: usize, len: usize, count: usize) -> [&[T]; M] {
    std::array::from_fn(|i| &values[if i < count { i * step } else { 0 }..][..len])
}

/// The vectors of a panel that begins at `start` in rows of `width` values: the last of them in part, or not at all.
#[inline(always)]
fn parts<T: Scalar, S: Simd, const P: usize>(simd: S, width: usize, start: usize) -> [Part<T, S>; P] {
    std::array::from_fn(|p| Part::new(simd, width.saturating_sub(start + p * T::simd_lanes::<S>())))
}

struct Forward<'a, T> {
    of: &'a Convolution,
    image: &'a [T],
    packed: &'a [T],
    output: &'a mut [T],
}

impl<T: Scalar> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel::<T, S>(self.of.filters) {
            (_, 1) => self.run::<S, 7, 1>(simd),
            _ => self.run::<S, 5, 2>(simd),
        }
    }
}

impl<T: Scalar> Forward<'_, T> {
    /// Tiles of `M` places by `P` vectors of filters.
    #[inline(always)]
    fn run<S: Simd, const M: usize, const P: usize>(self, simd: S) {
        let Self { of, image, packed, output } = self;
        let ([rows, columns], lanes) = (of.places(), T::simd_lanes::<S>());
        let (taps, piece, channels) = (of.taps(), of.piece(), of.image[2]);
        let step = of.strides[1] * channels;
        for (panel, kernel) in (0..of.filters).step_by(P * lanes).zip(packed.chunks_exact(taps * P * lanes)) {
            let (kernel, parts) = (T::simd_vectors::<S>(kernel), parts::<T, S, P>(simd, of.filters, panel));
            for row in 0..rows {
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; M];
                    for (down, kernel) in kernel.chunks_exact(piece * P).enumerate() {
                        let start = (row * of.strides[0] + down) * of.line() + column * step;
                        let pieces = pieces::<T, M>(&image[start..], step, piece, count);
                        add_products(simd, pieces, kernel, &mut sums);
                    }
                    let output = &mut output[(row * columns + column) * of.filters..][..count * of.filters];
                    for (output, sums) in output.chunks_exact_mut(of.filters).zip(sums) {
                        for p in 0..P {
                            parts[p].store(output.get_mut(panel + p * lanes..).unwrap_or_default(), sums[p]);
                        }
                    }
                }
            }
        }
    }
}

struct KernelGradient<'a, T> {
    of: &'a Convolution,
    image: &'a [T],
    gradient: &'a [T],
    into: &'a mut [T],
}

impl<T: Scalar> WithSimd for KernelGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel::<T, S>(self.of.filters) {
            (_, 1) => self.run::<S, 13, 1>(simd),
            _ => self.run::<S, 6, 2>(simd),
        }
    }
}

impl<T: Scalar> KernelGradient<'_, T> {
    /// Tiles of `Q` values under the window by `P` vectors of filters, summed over all places.
    #[inline(always)]
    fn run<S: Simd, const Q: usize, const P: usize>(self, simd: S) {
        let Self { of, image, gradient, into } = self;
        let ([rows, columns], lanes, filters) = (of.places(), T::simd_lanes::<S>(), of.filters);
        let (taps, piece, step) = (of.taps(), of.piece(), of.strides[1] * of.image[2]);
        let block = (SUM / columns.max(1)).max(1);
        for first in (0..taps).step_by(Q) {
            let count = Q.min(taps - first);
            // Where each value lies from the window's corner on; those beyond `count` are the corner again.
            let offsets: [usize; Q] = std::array::from_fn(|i| match first + i {
                tap if tap < taps => tap / piece * of.line() + tap % piece,
                _ => 0,
            });
            for panel in (0..filters).step_by(P * lanes) {
                let parts = parts::<T, S, P>(simd, filters, panel);
                // Summed on their own for some rows each: shorter sums round less.
                for start in (0..rows).step_by(block) {
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; Q];
                    for row in start..(start + block).min(rows) {
                        let image = &image[row * of.strides[0] * of.line()..];
                        let gradient = &gradient[row * columns * filters + panel..];
                        for column in 0..columns {
                            let (image, gradient) = (&image[column * step..], &gradient[column * filters..]);
                            let vectors: [T::SimdOf<S>; P] =
                                std::array::from_fn(|p| parts[p].load(gradient.get(p * lanes..).unwrap_or_default()));
                            for i in 0..Q {
                                let value = T::simd_broadcast(simd, image[offsets[i]]);
                                for p in 0..P {
                                    sums[i][p] = T::simd_multiply_add(simd, value, vectors[p], sums[i][p]);
                                }
                            }
                        }
                    }
                    let into = into[first * filters..].chunks_exact_mut(filters).take(count);
                    for (into, sums) in into.zip(sums) {
                        for p in 0..P {
                            parts[p].add(into.get_mut(panel + p * lanes..).unwrap_or_default(), sums[p]);
                        }
                    }
                }
            }
        }
    }
}

struct ImageGradient<'a, T> {
    of: &'a Convolution,
    gradient: &'a [T],
    packed: &'a [T],
    into: &'a mut [T],
}

impl<T: Scalar> WithSimd for ImageGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match panel::<T, S>(self.of.piece()) {
            (_, 1) => self.run::<S, 7, 1>(simd),
            _ => self.run::<S, 5, 2>(simd),
        }
    }
}

impl<T: Scalar> ImageGradient<'_, T> {
    /// Row by row of the image: tiles of `M` places by `P` vectors of a window's row, summed over the places above that
    /// see the row, and over their filters.
    #[inline(always)]
    fn run<S: Simd, const M: usize, const P: usize>(self, simd: S) {
        let Self { of, gradient, packed, into } = self;
        let ([rows, columns], lanes, filters) = (of.places(), T::simd_lanes::<S>(), of.filters);
        let (piece, step) = (of.piece(), of.strides[1] * of.image[2]);
        let (kernel_row, panel_len) = (filters * piece.next_multiple_of(WIDEST), filters * P * lanes);
        for (line, into) in into.chunks_exact_mut(of.line()).enumerate() {
            for (panel, start) in (0..piece).step_by(P * lanes).enumerate() {
                let parts = parts::<T, S, P>(simd, piece, start);
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::simd_broadcast(simd, T::zero()); P]; M];
                    for down in 0..of.kernel[0].min(line + 1) {
                        let above = line - down;
                        let place = above / of.strides[0];
                        if place >= rows || !above.is_multiple_of(of.strides[0]) {
                            continue;
                        }
                        let places = &gradient[(place * columns + column) * filters..];
                        let kernel = &packed[down * kernel_row + panel * panel_len..][..panel_len];
                        let places = pieces::<T, M>(places, filters, filters, count);
                        // Each on its own first: shorter sums round less.
                        let mut row = [[T::simd_broadcast(simd, T::zero()); P]; M];
                        add_products(simd, places, T::simd_vectors::<S>(kernel), &mut row);
                        for i in 0..M {
                            for p in 0..P {
                                sums[i][p] = T::simd_sum(simd, sums[i][p], row[i][p]);
                            }
                        }
                    }
                    for (i, sums) in sums.into_iter().enumerate().take(count) {
                        let into = &mut into[(column + i) * step..][..piece];
                        for p in 0..P {
                            parts[p].add(into.get_mut(start + p * lanes..).unwrap_or_default(), sums[p]);
                        }
                    }
                }
            }
        }
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
