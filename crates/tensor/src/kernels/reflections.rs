//! Householder reflections, eight at once: the parts of an orthogonal matrix.
//!
//! The reflection of a vector `x` is `H = I − v·vᵀ` with `v = (x + σ‖x‖e₁) / √(‖x‖² + ‖x‖|x₁|)`, where σ is the sign of
//! x₁: it maps `x` to `−σ‖x‖e₁`, and no digits are lost. Eight of them in a row are
//! `H₁…H₈ = I − V·T·Vᵀ`, the vectors v being the columns of V, T an upper triangular 8×8 matrix with
//! `T[..j, j] = −T[..j, ..j]·(V[.., ..j]ᵀ·vⱼ)` and ones on its diagonal: so a matrix is read once for eight reflections.
//! Source: R. Schreiber and C. Van Loan, 1989, "A storage-efficient WY representation for products of Householder
//! transformations", SIAM J. Sci. Stat. Comput. 10.
//!
//! As in [`passes`](super::run), no operation is fused with another and every sum has one order: the bits do not
//! depend on the kind of processor.

use super::{Routine, dispatch};

/// Eight values beside each other, in a cache line of their own.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(align(64))]
pub struct Line(pub [f64; Line::WIDTH]);

impl Line {
    /// The values of a line.
    pub const WIDTH: usize = 8;
}

/// Eight Householder reflections as one orthogonal matrix, `H₁·H₂·…·H₈`.
///
/// ```
/// use cornu_tensor::kernels::{Line, Reflections};
///
/// // The first is that of (3, 4), the others do nothing.
/// let column = |a| Line([a, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
/// let reflections = Reflections::new(vec![column(3.0), column(4.0)]);
/// let mut x = [column(3.0), column(4.0)];
/// Reflections::apply(&[reflections], &mut x);
/// assert!((x[0].0[0] + 5.0).abs() < 1e-15 && x[1].0[0].abs() < 1e-15);
/// ```
///
/// The default is the identity.
#[derive(Debug, Clone, Default)]
pub struct Reflections {
    /// V, a row a line.
    v: Vec<Line>,
    t: Square,
    signs: [f64; Line::WIDTH],
}

/// An 8×8 matrix, or eight sums of lines.
type Square = [[f64; Line::WIDTH]; Line::WIDTH];

impl Reflections {
    /// The reflections of eight vectors, each of which is a column of the lines and begins a line lower than the one
    /// before: what stands above is 0. The reflection of a vector of zeros, or of no value, is the identity.
    #[must_use]
    pub fn new(vectors: Vec<Line>) -> Self {
        let (mut v, mut signs) = (vectors, [1.0; Line::WIDTH]);
        let mut squares = [0.0; Line::WIDTH];
        for line in &v {
            for (sum, x) in squares.iter_mut().zip(line.0) {
                *sum += x * x;
            }
        }
        let mut scales = [0.0; Line::WIDTH];
        for (j, (line, square)) in v.iter_mut().zip(squares).enumerate().take(Line::WIDTH) {
            let (first, norm) = (&mut line.0[j], square.sqrt());
            signs[j] = -1_f64.copysign(*first);
            if norm > 0.0 {
                scales[j] = 1.0 / (square + norm * first.abs()).sqrt();
                *first -= signs[j] * norm;
            }
        }
        for line in &mut v {
            for (x, scale) in line.0.iter_mut().zip(scales) {
                *x *= scale;
            }
        }
        let gram = dispatch(Gram(&v));
        let mut t = Square::default();
        for (i, row) in t.iter_mut().enumerate() {
            row[i] = 1.0;
            for j in i + 1..Line::WIDTH {
                row[j] = -(i..j).map(|k| row[k] * gram[k][j]).sum::<f64>();
            }
        }
        Self { v, t, signs }
    }

    /// The signs of the values to which the vectors are mapped: −1 where a vector began with a positive value.
    #[must_use]
    pub fn signs(&self) -> [f64; Line::WIDTH] {
        self.signs
    }

    /// Multiplies eight columns by all these orthogonal matrices, from the left: by the last first. A line holds a row of
    /// the columns. Each group begins eight lines lower than the one before.
    pub fn apply(groups: &[Self], columns: &mut [Line]) {
        dispatch(Apply { groups, x: columns });
    }

    /// `T·sums`
    #[inline(always)]
    fn t_times(&self, sums: &Square) -> Square {
        let mut y = Square::default();
        for (i, (y, t)) in y.iter_mut().zip(&self.t).enumerate() {
            for (sums, t) in sums.iter().zip(t).skip(i) {
                for (y, sum) in y.iter_mut().zip(sums) {
                    *y += t * sum;
                }
            }
        }
        y
    }
}

/// `Vᵀ·X`: each sum in the order of the lines.
#[inline(always)]
fn products(v: &[Line], x: &[Line]) -> Square {
    let mut sums = Square::default();
    for (v, x) in v.iter().zip(x) {
        add_products(&mut sums, v, x);
    }
    sums
}

/// `sums += v·xᵀ`
#[inline(always)]
fn add_products(sums: &mut Square, v: &Line, x: &Line) {
    for (sums, v) in sums.iter_mut().zip(v.0) {
        for (sum, x) in sums.iter_mut().zip(x.0) {
            *sum += v * x;
        }
    }
}

/// `VᵀV`
struct Gram<'a>(&'a [Line]);

impl Routine for Gram<'_> {
    type Output = Square;

    #[inline(always)]
    fn run(self) -> Square {
        products(self.0, self.0)
    }
}

/// `X ← X − V·(T·(Vᵀ·X))` for each group, from the last to the first.
///
/// While the lines are written for a group, the products with the next one are summed: so a line is read once a group.
struct Apply<'a> {
    groups: &'a [Reflections],
    x: &'a mut [Line],
}

impl Routine for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (groups, len) = (self.groups, self.x.len());
        let top = |index: usize| (index * Line::WIDTH).min(len);
        let Some(last) = groups.last() else { return };
        let mut sums = products(&last.v, &self.x[top(groups.len() - 1)..]);
        for (index, group) in groups.iter().enumerate().rev() {
            let y = group.t_times(&sums);
            // After the first group there is none; it stands in for the next, and the sums are not used.
            let next = index.saturating_sub(1);
            let (above, x) = self.x.split_at_mut(top(index));
            let above = &above[top(next)..];
            let (v_above, v_next) = groups[next].v.split_at(above.len().min(groups[next].v.len()));
            sums = products(v_above, above);
            for ((x, v), v_next) in x.iter_mut().zip(&group.v).zip(v_next) {
                for (y, v) in y.iter().zip(v.0) {
                    for (x, y) in x.0.iter_mut().zip(y) {
                        *x -= v * y;
                    }
                }
                add_products(&mut sums, v_next, x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Vectors of the lengths `len`, `len − 1`, …, in groups.
    fn groups(len: usize, count: usize, values: &[f64]) -> Vec<Vec<Line>> {
        let value =
            |k: usize, row: usize| if k < count && row >= k { values[(31 * k + row) % values.len()] } else { 0.0 };
        let group = |top| (top..len).map(|row| Line(std::array::from_fn(|j| value(top + j, row)))).collect();
        (0..count).step_by(Line::WIDTH).map(group).collect()
    }

    /// `x − 2v(v·x)/(v·v)`, where v is the reflected vector less its image.
    fn reflect(vector: &[f64], x: &mut [f64]) {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut v = vector.to_vec();
        v[0] += dot(vector, vector).sqrt().copysign(v[0]);
        let square = dot(&v, &v);
        if square > 0.0 {
            let factor = 2.0 * dot(&v, x) / square;
            x.iter_mut().zip(v).for_each(|(x, v)| *x -= factor * v);
        }
    }

    proptest! {
        #[test]
        fn as_one_reflection_after_the_other(
            len in 1_usize..60,
            part in 0.0..=1.0,
            values in prop::collection::vec(-9.0..9.0, 257),
        ) {
            let count = (part * len as f64) as usize;
            let vectors = groups(len, count, &values);
            let mut x: Vec<Line> =
                (0..len).map(|i| Line(std::array::from_fn(|j| values[(i * 7 + j * 67) % values.len()]))).collect();
            let mut expected = x.clone();
            for k in (0..count).rev() {
                let vector: Vec<f64> =
                    vectors[k / 8][k % 8..].iter().map(|line| line.0[k % 8]).collect();
                for j in 0..Line::WIDTH {
                    let mut column: Vec<f64> = expected[k..].iter().map(|line| line.0[j]).collect();
                    reflect(&vector, &mut column);
                    expected[k..].iter_mut().zip(column).for_each(|(line, value)| line.0[j] = value);
                }
            }
            let groups: Vec<Reflections> = vectors.into_iter().map(Reflections::new).collect();
            // The same bits from the code for any processor.
            let mut plain = x.clone();
            Apply { groups: &groups, x: &mut plain }.run();
            Reflections::apply(&groups, &mut x);
            prop_assert_eq!(&x, &plain);
            for (line, expected) in x.iter().zip(&expected) {
                for (value, expected) in line.0.iter().zip(expected.0) {
                    prop_assert!((value - expected).abs() < 1e-11);
                }
            }
        }

        #[test]
        fn a_vector_comes_onto_its_axis(vector in prop::collection::vec(-9.0..9.0, 1..30)) {
            let column = |value: &f64| Line(std::array::from_fn(|j| if j == 0 { *value } else { 0.0 }));
            let mut x: Vec<Line> = vector.iter().map(column).collect();
            let reflections = Reflections::new(x.clone());
            let sign = reflections.signs()[0];
            Reflections::apply(&[reflections], &mut x);
            let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
            prop_assert!((x[0].0[0] - sign * norm).abs() < 1e-13 * norm);
            prop_assert!(x[1..].iter().all(|line| line.0[0].abs() < 1e-13 * norm));
            prop_assert!(sign * vector[0] <= 0.0);
        }
    }

    #[test]
    fn lengths_that_do_not_fit() {
        let group = Reflections::new(vec![Line([1.0; Line::WIDTH]); 3]);
        for len in [0, 1, 5, 12, 40] {
            let mut x = vec![Line::default(); len];
            Reflections::apply(&[group.clone(), Reflections::default(), group.clone()], &mut x);
            assert_eq!(x, vec![Line::default(); len]);
        }
        Reflections::apply(&[], &mut [Line::default()]);
    }
}
