//! Products by the `gemm` crate, which knows many processors.

use gemm::Parallelism;
use rayon::prelude::*;

use super::{Into, Matrix};
use crate::Precision;
use crate::fused::memory::make_unwritten;
use crate::precision::rounded;

/// Rows of a left factor that are worth to be multiplied at once.
pub(super) const BLOCK: usize = 1024;
/// Numbers on a side of the squares that a matrix is transposed by: those that share lines of the
/// cache go together.
const SQUARE: usize = 16;

/// A matrix row by row without gaps, rounded where that is asked: a product that reads every row of
/// weights for every block of rows is faster by a third when they stand side by side.
pub(super) fn arrange(matrix: Matrix, precision: Precision, out: &mut Vec<f32>) {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    make_unwritten(out, rows * columns);
    out.par_chunks_mut((SQUARE * columns).max(1)).enumerate().for_each(|(band, out)| {
        let first = band * SQUARE;
        for start in (0..columns).step_by(SQUARE) {
            let columns_of_square = start..(start + SQUARE).min(columns);
            for (row, out) in out.chunks_exact_mut(columns).enumerate() {
                for column in columns_of_square.clone() {
                    out[column] = matrix.at(first + row, column);
                }
            }
        }
        if precision == Precision::BFloat16 {
            out.iter_mut().for_each(|number| *number = rounded(*number));
        }
    });
}

/// `out = a·b` or `out += a·b` on this thread; `b` is rounded, and the rows of `out` begin a stride
/// apart.
pub(super) fn multiply_rounded(
    a: Matrix,
    b: Matrix,
    out: (&mut [f32], usize),
    into: Into,
    precision: Precision,
) {
    let rounded = Rounded::new(a, precision);
    multiply(rounded.matrix(), b, out, into, Parallelism::None);
}

/// `out = a·b` by all threads.
pub(super) fn multiply_by_all(a: Matrix, b: Matrix, precision: Precision, out: &mut [f32]) {
    let (a, b) = (Rounded::new(a, precision), Rounded::new(b, precision));
    let out = (out, b.matrix().columns());
    multiply(a.matrix(), b.matrix(), out, Into::Place, Parallelism::Rayon(0));
}

/// `out = a·b` in f32 by all threads: what a library reaches on this processor.
pub(in crate::fused) fn ceiling(a: Matrix, b: Matrix, out: &mut [f32]) {
    multiply(a, b, (out, b.columns()), Into::Place, Parallelism::Rayon(0));
}

/// A matrix with its numbers rounded where that is asked.
struct Rounded<'a> {
    matrix: Matrix<'a>,
    /// None where they are those of the matrix.
    numbers: Vec<f32>,
}

impl<'a> Rounded<'a> {
    fn new(matrix: Matrix<'a>, precision: Precision) -> Self {
        let mut numbers = Vec::new();
        if precision == Precision::BFloat16 {
            arrange(matrix, precision, &mut numbers);
        }
        Self { matrix, numbers }
    }

    fn matrix(&self) -> Matrix<'_> {
        let (rows, columns) = (self.matrix.rows(), self.matrix.columns());
        if self.numbers.is_empty() {
            self.matrix
        } else {
            Matrix::strided(&self.numbers, rows, columns, columns)
        }
    }
}

fn multiply(
    a: Matrix,
    b: Matrix,
    (out, stride): (&mut [f32], usize),
    into: Into,
    parallelism: Parallelism,
) {
    assert_eq!(a.columns(), b.rows(), "matrices that do not fit each other");
    assert!(stride >= b.columns() && out.len() == a.rows() * stride, "a result of another size");
    let add = into == Into::Sum;
    let strides = |m: Matrix| (m.column_stride() as isize, m.row_stride() as isize);
    let ((a_columns, a_rows), (b_columns, b_rows)) = (strides(a), strides(b));
    // SAFETY: a `Matrix` lies within its slice by its construction, `out` is as long as asserted
    // and borrowed for writing, so that it overlaps neither.
    unsafe {
        gemm::gemm(
            a.rows(),
            b.columns(),
            a.columns(),
            out.as_mut_ptr(),
            1,
            stride as isize,
            add,
            a.first(),
            a_columns,
            a_rows,
            b.first(),
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
