//! The convolution of one image with few filters, without a matrix of patches: the values under the window are read
//! where they lie, and the filters fill the vectors of the processor.

use pulp::{Arch, Simd, WithSimd};

use super::vectors::Part;
use crate::Scalar;

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
/// let convolution = Convolution { image: [1, 3, 1], kernel: [1, 2], strides: [1, 1], filters: 1 };
/// let mut packed = vec![0.0; convolution.packed_len()];
/// convolution.pack(&[1.0, 10.0], &mut packed);
/// let mut output = [0.0; 2];
/// convolution.forward(&[1.0, 2.0, 3.0], &packed, &mut output);
/// assert_eq!(output, [21.0, 32.0]);
///
/// let mut gradient = [0.0; 2];
/// convolution.add_kernel_gradient(&[1.0, 2.0, 3.0], &[1.0, 1.0], &mut gradient);
/// assert_eq!(gradient, [3.0, 5.0]);
///
/// let mut packed = vec![0.0; convolution.packed_transposed_len()];
/// convolution.pack_transposed(&[1.0, 10.0], &mut packed);
/// let mut gradient = [0.0; 3];
/// convolution.add_image_gradient(&[1.0, 2.0], &packed, &mut gradient);
/// assert_eq!(gradient, [1.0, 12.0, 20.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Height, width and channels of an image.
    pub image: [usize; 3],
    /// Height and width of the window, no larger than the image.
    pub kernel: [usize; 2],
    /// The steps of the window down and across, 1 or more.
    pub strides: [usize; 2],
    /// The filters.
    pub filters: usize,
}

/// Runs a routine on rows of this width with the vectors of the processor at hand: with those of 32 bytes where they
/// suffice, of which two are worked on in the time of one of 64.
fn dispatch<T, R: WithSimd>(width: usize, routine: R) -> R::Output {
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
    let lanes = T::lanes::<S>();
    (lanes, if width > lanes { 2 } else { 1 })
}

/// The widest panel on any processor.
const WIDEST: usize = 2 * 16;

impl Convolution {
    /// The places of the window: rows and columns of the output.
    #[must_use]
    pub fn places(&self) -> [usize; 2] {
        let along = |axis: usize| match self.image[axis].checked_sub(self.kernel[axis]) {
            Some(room) => room / self.strides[axis].max(1) + 1,
            None => 0,
        };
        [along(0), along(1)]
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
    pub fn pack<T: Scalar>(&self, kernel: &[T], packed: &mut [T]) {
        let (rows, width) = (self.taps(), self.filters);
        dispatch::<T, _>(width, Pack { kernel, rows, width, strides: [width, 1], packed });
    }

    /// Lays out a kernel as [`Convolution::add_image_gradient`] reads it.
    pub fn pack_transposed<T: Scalar>(&self, kernel: &[T], packed: &mut [T]) {
        let (rows, width, strides) = (self.filters, self.piece(), [1, self.filters]);
        let parts =
            kernel.chunks_exact(width * rows).zip(packed.chunks_exact_mut(rows * width.next_multiple_of(WIDEST)));
        for (kernel, packed) in parts {
            dispatch::<T, _>(width, Pack { kernel, rows, width, strides, packed });
        }
    }

    /// The output for an image.
    pub fn forward<T: Scalar>(&self, image: &[T], packed: &[T], output: &mut [T]) {
        dispatch::<T, _>(self.filters, Forward { of: self, image, packed, output });
    }

    /// Adds the gradient with respect to the kernel, from that with respect to the output.
    pub fn add_kernel_gradient<T: Scalar>(&self, image: &[T], gradient: &[T], into: &mut [T]) {
        dispatch::<T, _>(self.filters, KernelGradient { of: self, image, gradient, into });
    }

    /// Adds the gradient with respect to the image, from that with respect to the output.
    pub fn add_image_gradient<T: Scalar>(&self, gradient: &[T], packed: &[T], into: &mut [T]) {
        dispatch::<T, _>(self.piece(), ImageGradient { of: self, gradient, packed, into });
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
    columns: &[T::Of<S>],
    sums: &mut [[T::Of<S>; P]; M],
) {
    let mut local = *sums;
    let (columns, _) = columns.as_chunks::<P>();
    for (t, column) in columns.iter().enumerate() {
        for i in 0..M {
            let value = T::broadcast(simd, rows[i][t]);
            for p in 0..P {
                local[i][p] = T::multiply_add(simd, value, column[p], local[i][p]);
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
    std::array::from_fn(|p| Part::new(simd, width.saturating_sub(start + p * T::lanes::<S>())))
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
        let ([rows, columns], lanes) = (of.places(), T::lanes::<S>());
        let (taps, piece, channels) = (of.taps(), of.piece(), of.image[2]);
        let step = of.strides[1] * channels;
        for (panel, kernel) in (0..of.filters).step_by(P * lanes).zip(packed.chunks_exact(taps * P * lanes)) {
            let (kernel, parts) = (T::vectors::<S>(kernel), parts::<T, S, P>(simd, of.filters, panel));
            for row in 0..rows {
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::broadcast(simd, T::zero()); P]; M];
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
        let ([rows, columns], lanes, filters) = (of.places(), T::lanes::<S>(), of.filters);
        let (taps, piece, step) = (of.taps(), of.piece(), of.strides[1] * of.image[2]);
        for first in (0..taps).step_by(Q) {
            let count = Q.min(taps - first);
            // Where each value lies from the window's corner on; those beyond `count` are the corner again.
            let offsets: [usize; Q] = std::array::from_fn(|i| match first + i {
                tap if tap < taps => tap / piece * of.line() + tap % piece,
                _ => 0,
            });
            for panel in (0..filters).step_by(P * lanes) {
                let parts = parts::<T, S, P>(simd, filters, panel);
                let mut sums = [[T::broadcast(simd, T::zero()); P]; Q];
                for row in 0..rows {
                    let image = &image[row * of.strides[0] * of.line()..];
                    let gradient = &gradient[row * columns * filters + panel..];
                    for column in 0..columns {
                        let (image, gradient) = (&image[column * step..], &gradient[column * filters..]);
                        let vectors: [T::Of<S>; P] =
                            std::array::from_fn(|p| parts[p].load(gradient.get(p * lanes..).unwrap_or_default()));
                        for i in 0..Q {
                            let value = T::broadcast(simd, image[offsets[i]]);
                            for p in 0..P {
                                sums[i][p] = T::multiply_add(simd, value, vectors[p], sums[i][p]);
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
        let ([rows, columns], lanes, filters) = (of.places(), T::lanes::<S>(), of.filters);
        let (piece, step) = (of.piece(), of.strides[1] * of.image[2]);
        let (kernel_row, panel_len) = (filters * piece.next_multiple_of(WIDEST), filters * P * lanes);
        for (line, into) in into.chunks_exact_mut(of.line()).enumerate() {
            for (panel, start) in (0..piece).step_by(P * lanes).enumerate() {
                let parts = parts::<T, S, P>(simd, piece, start);
                for column in (0..columns).step_by(M) {
                    let count = M.min(columns - column);
                    let mut sums = [[T::broadcast(simd, T::zero()); P]; M];
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
                        let mut row = [[T::broadcast(simd, T::zero()); P]; M];
                        add_products(simd, places, T::vectors::<S>(kernel), &mut row);
                        for i in 0..M {
                            for p in 0..P {
                                sums[i][p] = T::sum(simd, sums[i][p], row[i][p]);
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
            Convolution { image: [h + more, w + wider, channels], kernel: [h, w], strides: [down, across], filters }
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
        of.pack(&typed_kernel, &mut packed);
        of.forward(&typed_image, &packed, &mut found[0]);
        of.add_kernel_gradient(&typed_image, &typed_gradient, &mut found[1]);
        let mut packed = vec![T::zero(); of.packed_transposed_len()];
        of.pack_transposed(&typed_kernel, &mut packed);
        of.add_image_gradient(&typed_gradient, &packed, &mut found[2]);

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
}
