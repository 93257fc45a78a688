//! Matrices that are read.

use std::ops::Range;

/// A matrix to read: a slice with two strides, of which one is 1, so that transposes and parts
/// cost nothing.
#[derive(Clone, Copy, Debug)]
pub(in crate::fused) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `[rows, columns]`, row by row, where a row begins `stride` numbers after the one before.
    pub(in crate::fused) fn strided(
        values: &'a [f32],
        rows: usize,
        columns: usize,
        stride: usize,
    ) -> Self {
        assert!(columns <= stride && (rows == 0 || (rows - 1) * stride + columns <= values.len()));
        Self { values, rows, columns, row_stride: stride, column_stride: 1 }
    }

    /// `[.., columns]`, row by row without gaps.
    pub(in crate::fused) fn new(values: &'a [f32], columns: usize) -> Self {
        assert!(columns > 0 && values.len().is_multiple_of(columns));
        Self::strided(values, values.len() / columns, columns, columns)
    }

    /// The same matrix with rows and columns exchanged.
    pub(in crate::fused) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// Some rows and columns of it.
    pub(super) fn part(self, rows: Range<usize>, columns: Range<usize>) -> Self {
        assert!(rows.end <= self.rows && columns.end <= self.columns, "a part outside the matrix");
        let start = rows.start * self.row_stride + columns.start * self.column_stride;
        Self {
            values: self.values.get(start..).unwrap_or_default(),
            rows: rows.len(),
            columns: columns.len(),
            ..self
        }
    }

    pub(super) fn rows(self) -> usize {
        self.rows
    }

    pub(super) fn columns(self) -> usize {
        self.columns
    }

    /// How far apart the numbers of a column stand.
    pub(super) fn row_stride(self) -> usize {
        self.row_stride
    }

    /// How far apart the numbers of a row stand.
    pub(super) fn column_stride(self) -> usize {
        self.column_stride
    }

    /// Where its first number stands; those of every row and column are within the slice by its
    /// construction.
    pub(super) fn first(self) -> *const f32 {
        self.values.as_ptr()
    }

    /// The number at a place.
    pub(super) fn at(self, row: usize, column: usize) -> f32 {
        self.values[row * self.row_stride + column * self.column_stride]
    }
}
