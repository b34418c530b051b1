//! The vectors of a processor, for both number types: what pulp offers, under one name.

#![cfg_attr(
    feature = "simd",
    expect(unsafe_code, reason = "pulp takes raw pointers for parts of vectors; Part checks that they are there")
)]

#[cfg(feature = "simd")]
use pulp::{MemMask, Simd};

/// A number type whose values lie in vectors of a processor.
///
/// All names begin with `simd`: they are names of every `Scalar`.
#[cfg(feature = "simd")]
pub trait Vectors: Copy + Default + Send + Sync + 'static {
    /// A vector.
    type SimdOf<S: Simd>: Copy;

    /// The values of a vector.
    fn simd_lanes<S: Simd>() -> usize;

    /// One value in all places.
    fn simd_broadcast<S: Simd>(simd: S, value: Self) -> Self::SimdOf<S>;

    /// `a + b`
    fn simd_sum<S: Simd>(simd: S, a: Self::SimdOf<S>, b: Self::SimdOf<S>) -> Self::SimdOf<S>;

    /// The sum of the values of a vector.
    fn simd_total<S: Simd>(simd: S, vector: Self::SimdOf<S>) -> Self;

    /// `a·b + c`, rounded once where the processor can.
    fn simd_multiply_add<S: Simd>(
        simd: S,
        a: Self::SimdOf<S>,
        b: Self::SimdOf<S>,
        c: Self::SimdOf<S>,
    ) -> Self::SimdOf<S>;

    /// The vectors at the beginning of a slice.
    fn simd_vectors<S: Simd>(values: &[Self]) -> &[Self::SimdOf<S>];

    /// The vectors at the beginning of a slice, to write to.
    fn simd_vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [Self::SimdOf<S>];

    /// Reads a vector.
    ///
    /// # Safety
    /// So many values are there.
    unsafe fn simd_read<S: Simd>(simd: S, from: *const Self) -> Self::SimdOf<S>;

    /// Which values of a vector are meant.
    type SimdMask<S: Simd>: Copy;

    /// The first values of a vector, `count` of them.
    fn simd_first<S: Simd>(simd: S, count: usize) -> Self::SimdMask<S>;

    /// Reads the values that are meant; the others are 0.
    ///
    /// # Safety
    /// The values that are meant are there.
    unsafe fn simd_load<S: Simd>(simd: S, mask: Self::SimdMask<S>, from: *const Self) -> Self::SimdOf<S>;

    /// Writes the values that are meant.
    ///
    /// # Safety
    /// There is room for the values that are meant.
    unsafe fn simd_store<S: Simd>(simd: S, mask: Self::SimdMask<S>, to: *mut Self, vector: Self::SimdOf<S>);
}

/// The first values of a vector, no more of them than it has.
#[cfg(feature = "simd")]
#[derive(Clone, Copy)]
pub(crate) struct Part<T: Vectors, S: Simd> {
    simd: S,
    mask: T::SimdMask<S>,
    count: usize,
}

#[cfg(feature = "simd")]
impl<T: Vectors, S: Simd> Part<T, S> {
    /// The first `count` values, all if there are fewer in a vector.
    #[inline(always)]
    pub(crate) fn new(simd: S, count: usize) -> Self {
        let count = count.min(T::simd_lanes::<S>());
        Self { simd, mask: T::simd_first(simd, count), count }
    }

    /// The part in a vector, the rest 0.
    #[inline(always)]
    pub(crate) fn load(self, values: &[T]) -> T::SimdOf<S> {
        let values = &values[..self.count];
        // SAFETY: the slice holds `count` values, and the mask means no other.
        unsafe { T::simd_load(self.simd, self.mask, values.as_ptr()) }
    }

    /// Writes the part of a vector.
    #[inline(always)]
    pub(crate) fn store(self, values: &mut [T], vector: T::SimdOf<S>) {
        let values = &mut values[..self.count];
        // SAFETY: the slice holds `count` values, and the mask means no other.
        unsafe { T::simd_store(self.simd, self.mask, values.as_mut_ptr(), vector) }
    }

    /// Writes the whole vector where there is room for it, the part otherwise.
    #[inline(always)]
    pub(crate) fn store_whole(self, values: &mut [T], vector: T::SimdOf<S>) {
        match values.get_mut(..T::simd_lanes::<S>()).map(T::simd_vectors_mut::<S>) {
            Some([whole, ..]) => *whole = vector,
            _ => self.store(values, vector),
        }
    }

    /// Adds the part of a vector.
    #[inline(always)]
    pub(crate) fn add(self, values: &mut [T], vector: T::SimdOf<S>) {
        self.store(values, T::simd_sum(self.simd, self.load(values), vector));
    }
}

/// Pieces of a slice, equally long, read side by side: the first value of each, the second of each …
#[cfg(feature = "simd")]
#[derive(Clone, Copy)]
pub(crate) struct Pieces<'a, T, const M: usize> {
    pieces: [&'a [T]; M],
    len: usize,
}

#[cfg(feature = "simd")]
impl<'a, T: Vectors, const M: usize> Pieces<'a, T, M> {
    /// `M` pieces of `len` values, a step apart; those beyond `count` are the first again.
    #[inline(always)]
    pub(crate) fn new(values: &'a [T], step: usize, len: usize, count: usize) -> Self {
        let mut pieces = [&values[..len]; M];
        for i in 1..M {
            if i < count {
                pieces[i] = &values[i * step..][..len];
            }
        }
        Self { pieces, len }
    }

    /// `sums[i] += Σₜ pieces[i][t] · columns[t]`
    #[inline(always)]
    pub(crate) fn add_products<S: Simd, const P: usize>(
        self,
        simd: S,
        columns: &[T::SimdOf<S>],
        sums: &mut [[T::SimdOf<S>; P]; M],
    ) {
        let mut local = *sums;
        let (columns, _) = columns.as_chunks::<P>();
        for (t, column) in columns.iter().enumerate().take(self.len) {
            #[expect(clippy::needless_range_loop, reason = "iterators over both are a tenth slower here")]
            for i in 0..M {
                // SAFETY: `t < len`, and every piece has `len` values. (Looked at each time, the lengths cost as much as
                // the products.)
                let value = T::simd_broadcast(simd, unsafe { *self.pieces[i].get_unchecked(t) });
                for p in 0..P {
                    local[i][p] = T::simd_multiply_add(simd, value, column[p], local[i][p]);
                }
            }
        }
        *sums = local;
    }
}

/// Without the feature `simd` nothing is asked of a number type.
#[cfg(not(feature = "simd"))]
pub trait Vectors {}

#[cfg(not(feature = "simd"))]
impl Vectors for f32 {}

#[cfg(not(feature = "simd"))]
impl Vectors for f64 {}

#[cfg(feature = "simd")]
impl Vectors for f32 {
    type SimdOf<S: Simd> = S::f32s;

    #[inline(always)]
    fn simd_lanes<S: Simd>() -> usize {
        S::F32_LANES
    }

    #[inline(always)]
    fn simd_broadcast<S: Simd>(simd: S, value: Self) -> S::f32s {
        simd.splat_f32s(value)
    }

    #[inline(always)]
    fn simd_sum<S: Simd>(simd: S, a: S::f32s, b: S::f32s) -> S::f32s {
        simd.add_f32s(a, b)
    }

    #[inline(always)]
    fn simd_total<S: Simd>(simd: S, vector: S::f32s) -> Self {
        simd.reduce_sum_f32s(vector)
    }

    #[inline(always)]
    fn simd_multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
        simd.mul_add_e_f32s(a, b, c)
    }

    #[inline(always)]
    fn simd_vectors<S: Simd>(values: &[Self]) -> &[S::f32s] {
        S::as_simd_f32s(values).0
    }

    #[inline(always)]
    fn simd_vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [S::f32s] {
        S::as_mut_simd_f32s(values).0
    }

    #[inline(always)]
    unsafe fn simd_read<S: Simd>(_simd: S, from: *const Self) -> S::f32s {
        // SAFETY: as promised by the caller; a vector of pulp's is so many values and nothing else.
        unsafe { from.cast::<S::f32s>().read_unaligned() }
    }

    type SimdMask<S: Simd> = MemMask<S::m32s>;

    #[inline(always)]
    fn simd_first<S: Simd>(simd: S, count: usize) -> Self::SimdMask<S> {
        // Made anew from the mask alone: pulp's own calls a function for each load and store.
        MemMask::new(simd.mask_between_m32s(0, count as u32).mask())
    }

    #[inline(always)]
    unsafe fn simd_load<S: Simd>(simd: S, mask: Self::SimdMask<S>, from: *const Self) -> S::f32s {
        // SAFETY: as promised by the caller.
        unsafe { simd.mask_load_ptr_f32s(mask, from) }
    }

    #[inline(always)]
    unsafe fn simd_store<S: Simd>(simd: S, mask: Self::SimdMask<S>, to: *mut Self, vector: S::f32s) {
        // SAFETY: as promised by the caller.
        unsafe { simd.mask_store_ptr_f32s(mask, to, vector) }
    }
}

#[cfg(feature = "simd")]
impl Vectors for f64 {
    type SimdOf<S: Simd> = S::f64s;

    #[inline(always)]
    fn simd_lanes<S: Simd>() -> usize {
        S::F64_LANES
    }

    #[inline(always)]
    fn simd_broadcast<S: Simd>(simd: S, value: Self) -> S::f64s {
        simd.splat_f64s(value)
    }

    #[inline(always)]
    fn simd_sum<S: Simd>(simd: S, a: S::f64s, b: S::f64s) -> S::f64s {
        simd.add_f64s(a, b)
    }

    #[inline(always)]
    fn simd_total<S: Simd>(simd: S, vector: S::f64s) -> Self {
        simd.reduce_sum_f64s(vector)
    }

    #[inline(always)]
    fn simd_multiply_add<S: Simd>(simd: S, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
        simd.mul_add_e_f64s(a, b, c)
    }

    #[inline(always)]
    fn simd_vectors<S: Simd>(values: &[Self]) -> &[S::f64s] {
        S::as_simd_f64s(values).0
    }

    #[inline(always)]
    fn simd_vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [S::f64s] {
        S::as_mut_simd_f64s(values).0
    }

    #[inline(always)]
    unsafe fn simd_read<S: Simd>(_simd: S, from: *const Self) -> S::f64s {
        // SAFETY: as promised by the caller; a vector of pulp's is so many values and nothing else.
        unsafe { from.cast::<S::f64s>().read_unaligned() }
    }

    type SimdMask<S: Simd> = MemMask<S::m64s>;

    #[inline(always)]
    fn simd_first<S: Simd>(simd: S, count: usize) -> Self::SimdMask<S> {
        // Made anew from the mask alone: pulp's own calls a function for each load and store.
        MemMask::new(simd.mask_between_m64s(0, count as u64).mask())
    }

    #[inline(always)]
    unsafe fn simd_load<S: Simd>(simd: S, mask: Self::SimdMask<S>, from: *const Self) -> S::f64s {
        // SAFETY: as promised by the caller.
        unsafe { simd.mask_load_ptr_f64s(mask, from) }
    }

    #[inline(always)]
    unsafe fn simd_store<S: Simd>(simd: S, mask: Self::SimdMask<S>, to: *mut Self, vector: S::f64s) {
        // SAFETY: as promised by the caller.
        unsafe { simd.mask_store_ptr_f64s(mask, to, vector) }
    }
}
