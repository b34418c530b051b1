//! The output of a product, which threads write to at the same time: each to columns or rows of its own.

#![expect(unsafe_code, reason = "the columns of one thread lie between those of another")]

use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use super::product::MatrixMut;

/// A matrix to write to, or some of its columns and rows.
#[derive(Debug)]
pub(super) struct Output<'a, T> {
    start: *mut T,
    rows: usize,
    columns: usize,
    row_stride: usize,
    values: PhantomData<&'a mut [T]>,
}

// SAFETY: it stands for values that are borrowed mutably, and no two stand for the same.
unsafe impl<T: Send> Send for Output<'_, T> {}

impl<'a, T> Output<'a, T> {
    /// The whole matrix, which has a row and a column.
    #[inline]
    pub(super) fn new(matrix: MatrixMut<'a, T>) -> Self {
        let MatrixMut { values, rows, columns, row_stride } = matrix;
        Self { start: values.as_mut_ptr(), rows, columns, row_stride, values: PhantomData }
    }

    #[inline(always)]
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    #[inline(always)]
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Some values of a row.
    #[inline(always)]
    pub(super) fn row(&mut self, row: usize, columns: Range<usize>) -> &mut [T] {
        assert!(row < self.rows && columns.start <= columns.end && columns.end <= self.columns);
        // SAFETY: a `MatrixMut` holds the values of each of its rows and columns, rows do not overlap, and this part of it
        // has those that were asserted to itself.
        unsafe { slice::from_raw_parts_mut(self.start.add(row * self.row_stride + columns.start), columns.len()) }
    }

    /// The first `columns` columns, and the rest; there are more than so many.
    pub(super) fn split_columns(self, columns: usize) -> (Self, Self) {
        let columns = columns.min(self.columns);
        // SAFETY: at most one past the last value of the first row.
        let start = unsafe { self.start.add(columns) };
        (Self { columns, ..self }, Self { start, columns: self.columns - columns, ..self })
    }

    /// The first `rows` rows, and the rest; there are more than so many.
    pub(super) fn split_rows(self, rows: usize) -> (Self, Self) {
        let rows = rows.min(self.rows.saturating_sub(1));
        // SAFETY: the beginning of a row that there is.
        let start = unsafe { self.start.add(rows * self.row_stride) };
        (Self { rows, ..self }, Self { start, rows: self.rows - rows, ..self })
    }
}
