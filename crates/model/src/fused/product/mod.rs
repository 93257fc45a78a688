//! Products of matrices.
//!
//! On processors with AVX-512 they are our own ([`vectors`]): the right factor is packed once for
//! all products it takes part in, weights for a whole pass and keys for all queries of a head, and
//! factors may be bfloat16. Elsewhere the `gemm` crate computes them, with bfloat16 as numbers
//! rounded before; it also says what a library reaches. Each element of a product is summed in one
//! order, whatever the number of threads and whichever rows are computed with it.

mod library;
mod matrix;
#[cfg(target_arch = "x86_64")]
mod vectors;

pub(super) use library::ceiling;
pub(super) use matrix::Matrix;

use super::sublayer::{block_size, block_size_up_to};
use crate::Precision;

/// What a product does with what stands in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    /// It takes its place.
    Place,
    /// It is added.
    Sum,
}

/// How products are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Products {
    precision: Precision,
    engine: Engine,
}

/// Who computes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    /// The `gemm` crate.
    Library,
    /// Our own kernels for AVX-512, and its bfloat16 instructions where these are asked.
    #[cfg(target_arch = "x86_64")]
    Vectors,
}

/// The right factor of products, arranged for them.
#[derive(Debug, Default)]
pub(super) struct Packed {
    rows: usize,
    columns: usize,
    /// Row by row, for the library.
    plain: Vec<f32>,
    /// In panels, for our own kernels.
    #[cfg(target_arch = "x86_64")]
    panels: vectors::Panels,
}

impl Products {
    /// The fastest way that the processor has.
    pub(crate) fn new(precision: Precision) -> Self {
        #[cfg(target_arch = "x86_64")]
        if vectors::are_there(precision) {
            return Self { precision, engine: Engine::Vectors };
        }
        Self { precision, engine: Engine::Library }
    }

    /// The way of processors without vectors for it.
    #[cfg(test)]
    pub(super) fn by_library(precision: Precision) -> Self {
        Self { precision, engine: Engine::Library }
    }

    /// How many of `rows` rows of a left factor a thread takes at once.
    pub(super) fn block_size(self, rows: usize) -> usize {
        match self.engine {
            // It arranges the right factor anew for every block.
            Engine::Library => block_size_up_to(rows, library::BLOCK),
            #[cfg(target_arch = "x86_64")]
            Engine::Vectors => block_size(rows),
        }
    }

    /// A right factor, arranged by all threads.
    pub(super) fn packed(self, b: Matrix) -> Packed {
        let mut packed = Packed { rows: b.rows(), columns: b.columns(), ..Packed::default() };
        match self.engine {
            Engine::Library => library::arrange(b, self.precision, &mut packed.plain),
            #[cfg(target_arch = "x86_64")]
            Engine::Vectors => packed.panels.fill_by_all(b, self.precision),
        }
        packed
    }

    /// Arranges another right factor in the memory of one that is not needed any more.
    pub(super) fn pack(self, b: Matrix, packed: &mut Packed) {
        (packed.rows, packed.columns) = (b.rows(), b.columns());
        match self.engine {
            Engine::Library => library::arrange(b, self.precision, &mut packed.plain),
            #[cfg(target_arch = "x86_64")]
            Engine::Vectors => packed.panels.fill(b, self.precision),
        }
    }

    /// `out = a·b` or `out += a·b` on this thread, where `out` is `[a.rows, b.columns]` without
    /// gaps and `b` was packed in the same way.
    pub(super) fn multiply(self, a: Matrix, b: &Packed, out: &mut [f32], into: Into) {
        self.multiply_spaced(a, b, (out, b.columns), into);
    }

    /// The same where the rows of `out` begin a stride apart; what stands between them is left as
    /// it is.
    pub(super) fn multiply_spaced(
        self,
        a: Matrix,
        b: &Packed,
        (out, stride): (&mut [f32], usize),
        into: Into,
    ) {
        assert_eq!(a.columns(), b.rows, "matrices that do not fit each other");
        assert!(stride >= b.columns && out.len() == a.rows() * stride, "a result of another size");
        match self.engine {
            Engine::Library => {
                let b = Matrix::strided(&b.plain, b.rows, b.columns, b.columns);
                library::multiply_rounded(a, b, (out, stride), into, self.precision);
            }
            #[cfg(target_arch = "x86_64")]
            Engine::Vectors => b.panels.multiply(a, self.precision, (out, stride), into),
        }
    }

    /// `out = a·b` by all threads, for factors that are used once.
    pub(super) fn multiply_by_all(self, a: Matrix, b: Matrix, out: &mut [f32]) {
        assert_eq!(a.columns(), b.rows(), "matrices that do not fit each other");
        assert_eq!(out.len(), a.rows() * b.columns(), "a result of another size");
        match self.engine {
            Engine::Library => library::multiply_by_all(a, b, self.precision, out),
            #[cfg(target_arch = "x86_64")]
            Engine::Vectors => vectors::multiply_by_all(a, b, self.precision, out),
        }
    }
}

#[cfg(test)]
mod tests;
