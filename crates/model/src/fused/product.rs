//! Products of matrices.

use gemm::Parallelism;
use rayon::prelude::*;

use super::memory::unwritten;

/// A matrix to read: a slice with two strides, so that transposes and column ranges cost nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `[rows, columns]`, row by row, where a row begins `stride` numbers after the one before.
    pub(super) fn strided(values: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(columns <= stride && (rows == 0 || (rows - 1) * stride + columns <= values.len()));
        Self { values, rows, columns, row_stride: stride, column_stride: 1 }
    }

    /// `[.., columns]`, row by row without gaps.
    pub(super) fn new(values: &'a [f32], columns: usize) -> Self {
        assert!(columns > 0 && values.len().is_multiple_of(columns));
        Self::strided(values, values.len() / columns, columns, columns)
    }

    /// The same matrix with rows and columns exchanged.
    pub(super) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// Numbers on a side of the squares that a matrix is transposed by: those that share cache lines
/// go together.
const SQUARE: usize = 16;

/// The transpose of a matrix, written out: a product that reads every row of weights for every
/// block of rows is faster by a third when they stand side by side.
pub(super) fn transpose(matrix: Matrix) -> Vec<f32> {
    let (rows, columns) = (matrix.rows, matrix.columns);
    let mut out = unwritten(rows * columns);
    out.par_chunks_mut(SQUARE * rows).enumerate().for_each(|(band, out)| {
        let first = band * SQUARE;
        for start in (0..rows).step_by(SQUARE) {
            for row in start..(start + SQUARE).min(rows) {
                let from = row * matrix.row_stride + first * matrix.column_stride;
                for (column, out) in out.chunks_exact_mut(rows).enumerate() {
                    out[row] = matrix.values[from + column * matrix.column_stride];
                }
            }
        }
    });
    out
}

/// What a product does with what stands in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    /// It takes its place.
    Place,
    /// It is added.
    Sum,
}

/// Who computes a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Threads {
    /// The thread that asks: there are other products for the others.
    This,
    /// All threads of the pool. Which of them computes what does not change the result.
    All,
}

/// `out = a·b` or `out += a·b`, where `out` is `[a.rows, b.columns]` without gaps.
pub(super) fn multiply(a: Matrix, b: Matrix, out: &mut [f32], into: Into, threads: Threads) {
    assert_eq!(a.columns, b.rows, "matrices that do not fit each other");
    assert_eq!(out.len(), a.rows * b.columns, "a result of another size");
    let add = into == Into::Sum;
    let parallelism = match threads {
        Threads::This => Parallelism::None,
        Threads::All => Parallelism::Rayon(0),
    };
    let strides = |matrix: &Matrix| (matrix.column_stride as isize, matrix.row_stride as isize);
    let ((a_columns, a_rows), (b_columns, b_rows)) = (strides(&a), strides(&b));
    // SAFETY: a `Matrix` lies within its slice by its construction, `out` is as long as asserted
    // and borrowed for writing, so that it overlaps neither.
    unsafe {
        gemm::gemm(
            a.rows,
            b.columns,
            a.columns,
            out.as_mut_ptr(),
            1,
            b.columns as isize,
            add,
            a.values.as_ptr(),
            a_columns,
            a_rows,
            b.values.as_ptr(),
            b_columns,
            b_rows,
            f32::from(u8::from(add)),
            1.0,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 37 + seed * 11) % 23) as f32 * 0.1 - 1.0).collect()
    }

    #[test]
    fn products_of_transposes_and_column_ranges_are_those_of_the_definition() {
        let (rows, inner, columns) = (5, 7, 6);
        let (left, right) = (numbers(inner * rows, 1), numbers(inner * 10, 2));
        let a = Matrix::new(&left, rows).transposed();
        let b = Matrix::strided(&right[3..], inner, columns, 10);
        let mut out = vec![1.0; rows * columns];
        for (into, threads) in [(Into::Place, Threads::This), (Into::Sum, Threads::All)] {
            multiply(a, b, &mut out, into, threads);
        }
        for row in 0..rows {
            for column in 0..columns {
                let once: f32 =
                    (0..inner).map(|k| left[k * rows + row] * right[3 + k * 10 + column]).sum();
                assert!((out[row * columns + column] - 2.0 * once).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_written_transpose_is_the_transpose() {
        let (rows, columns, stride) = (37, 21, 30);
        let values = numbers(rows * stride, 3);
        let out = transpose(Matrix::strided(&values, rows, columns, stride));
        for row in 0..rows {
            for column in 0..columns {
                assert_eq!(out[column * rows + row], values[row * stride + column]);
            }
        }
    }

    #[test]
    #[should_panic(expected = "do not fit")]
    fn matrices_that_do_not_fit_are_refused() {
        let values = [0.0; 6];
        let (a, b) = (Matrix::new(&values, 2), Matrix::new(&values, 2));
        multiply(a, b, &mut [0.0; 6], Into::Place, Threads::This);
    }
}
