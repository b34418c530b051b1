//! A matrix of values, and its cells as coloured squares.

use super::colour::{SIDE, class, ink, step};
use super::text::{num, put, short, xy};

/// More cells a side than this are drawn as means of blocks.
const MOST: usize = 160;

/// A matrix, row by row.
pub(super) struct Grid {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) values: Vec<f64>,
}

impl Grid {
    /// A matrix filled from a function of row and column.
    pub(super) fn new(rows: usize, cols: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..rows).flat_map(|r| (0..cols).map(move |c| (r, c))).map(|(r, c)| value(r, c)).collect();
        Self { rows, cols, values }
    }

    /// The value in a cell.
    pub(super) fn at(&self, row: usize, col: usize) -> f64 {
        self.values.get(row * self.cols + col).copied().unwrap_or(f64::NAN)
    }

    /// Rows and columns exchanged.
    pub(super) fn transposed(&self) -> Self {
        Self::new(self.cols, self.rows, |r, c| self.at(c, r))
    }

    /// A matrix small enough to draw: the means of equal blocks where this one is too large.
    pub(super) fn reduced(self) -> Self {
        let (tall, wide) = (self.rows.div_ceil(MOST), self.cols.div_ceil(MOST));
        if tall <= 1 && wide <= 1 {
            return self;
        }
        Self::new(self.rows.div_ceil(tall.max(1)), self.cols.div_ceil(wide.max(1)), |r, c| {
            let rows = r * tall..((r + 1) * tall).min(self.rows);
            let block = rows.flat_map(|i| (c * wide..((c + 1) * wide).min(self.cols)).map(move |j| (i, j)));
            let (sum, n) = block.fold((0.0, 0.0), |(sum, n), (i, j)| (sum + self.at(i, j), n + 1.0));
            sum / n
        })
    }

    /// The cells as squares of one unit, one path for each colour, runs of one colour joined.
    pub(super) fn cells(&self, limit: f64) -> String {
        let mut paths = vec![String::new(); 2 * SIDE + 2];
        let steps: Vec<Option<usize>> = self.values.iter().map(|&value| step(value, limit)).collect();
        for row in 0..self.rows {
            let mut col = 0;
            for run in steps[row * self.cols..(row + 1) * self.cols].chunk_by(|a, b| a == b) {
                let path = &mut paths[run[0].unwrap_or(2 * SIDE + 1)];
                put!(*path, "M{col} {row}h{0}v1h-{0}z", run.len());
                col += run.len();
            }
        }
        let mut out = String::new();
        for (i, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            put!(out, "<path class=\"{}\" d=\"{path}\"/>", class((i <= 2 * SIDE).then_some(i)));
        }
        out
    }

    /// The cells as rectangles of a given size with their values written inside.
    pub(super) fn written(&self, limit: f64, width: f64, height: f64) -> String {
        let mut out = String::new();
        for row in 0..self.rows {
            for col in 0..self.cols {
                let value = self.at(row, col);
                let step = step(value, limit);
                let (x, y) = (col as f64 * width, row as f64 * height);
                let ink = ink(step);
                put!(out, "<g><title>row {row}, column {col}: {}</title>", num(value));
                put!(
                    out,
                    "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"/>",
                    class(step),
                    xy(x + 1.0),
                    xy(y + 1.0),
                    xy(width - 2.0),
                    xy(height - 2.0)
                );
                let (x, y) = (xy(x + width / 2.0), xy(y + height / 2.0 + 4.2));
                put!(out, "<text class=\"mid {ink}\" x=\"{x}\" y=\"{y}\">{}</text></g>", short(value));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_colour_are_joined() {
        let grid = Grid::new(2, 3, |r, _| r as f64);
        let cells = grid.cells(1.0);
        assert!(cells.contains("<path class=\"c10\" d=\"M0 0h3v1h-3z\"/>"));
        assert!(cells.contains("<path class=\"c20\" d=\"M0 1h3v1h-3z\"/>"));
    }

    #[test]
    fn missing_numbers_have_their_own_class() {
        assert!(Grid::new(1, 1, |_, _| f64::NAN).cells(1.0).contains("\"cx\""));
    }

    #[test]
    fn large_matrices_are_reduced_to_means() {
        let small = Grid::new(320, 5, |r, _| if r < 2 { 3.0 } else { 0.0 }).reduced();
        assert_eq!((small.rows, small.cols), (160, 5));
        assert_eq!(small.at(0, 0), 3.0);
        assert_eq!(small.transposed().at(0, 1), 0.0);
    }
}
