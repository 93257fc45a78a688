//! The innermost product: a strip of rows by a panel of columns, with the sums in registers.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::word::{BFloat16, Single, Word, lanes};
use super::{Line, numbers_in_word, packing};
use crate::Precision;
use crate::fused::product::Matrix;

/// Words in a vector.
pub(super) const LANES: usize = 16;
/// Rows of a strip. With two vectors of columns, sums take up 24 of 32 registers.
pub(super) const ROWS: usize = 12;
/// Columns of a panel.
pub(super) const COLUMNS: usize = 2 * LANES;
/// Words of the inner dimension that are gone through at once: a strip of them stays in the
/// nearest cache.
pub(super) const DEPTH: usize = 256;
/// Words from one row of a strip to the next, more than there are so that rows do not compete for
/// the same lines of the cache.
pub(super) const ROW: usize = DEPTH + LANES;

/// Where the product of a strip and a panel goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tile {
    /// Its first number.
    pub(super) first: *mut f32,
    /// How far apart its rows begin.
    pub(super) stride: usize,
    /// How many columns it has, up to those of a panel.
    pub(super) columns: usize,
    /// Whether the product is added to what stands there.
    pub(super) add: bool,
}

/// In which order the words of a strip stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// A row after another, `ROW` apart.
    ByRows,
    /// For each place of the inner dimension the words of all `ROWS` rows.
    ByWords,
}

/// Up to `ROWS` rows of a left factor over up to `DEPTH` words.
pub(super) struct Strip {
    words: MaybeUninit<[u32; ROWS * ROW]>,
    rows: usize,
    depth: usize,
    order: Order,
    precision: Precision,
}

impl Strip {
    /// One of no rows.
    pub(super) const EMPTY: Self = Self {
        words: MaybeUninit::uninit(),
        rows: 0,
        depth: 0,
        order: Order::ByRows,
        precision: Precision::Single,
    };

    /// Reads rows of a left factor, in the order in which they stand.
    pub(super) fn fill(&mut self, a: Matrix, precision: Precision) {
        assert!(a.rows() <= ROWS, "more rows than a strip has");
        (self.rows, self.depth) = (a.rows(), a.columns().div_ceil(numbers_in_word(precision)));
        self.precision = precision;
        self.order = if a.column_stride() == 1 { Order::ByRows } else { Order::ByWords };
        packing::fill_strip(a, precision, &mut self.words);
    }

    /// Multiplies it by a panel of as many words.
    ///
    /// # Safety
    /// The tile has this strip's rows, and nobody else touches it.
    pub(super) unsafe fn multiply(&self, panel: &[Line], tile: Tile) {
        assert_eq!(panel.len() * LANES, self.depth * COLUMNS, "a panel of another depth");
        if self.rows == 0 {
            return;
        }
        let kernels = match self.precision {
            Precision::Single => kernels::<Single>(self.order, tile.columns),
            Precision::BFloat16 => kernels::<BFloat16>(self.order, tile.columns),
        };
        // SAFETY: `fill` has written all words that are read, strip and panel are as deep as each
        // other, and the tile is writable by this function's contract. A strip of this precision
        // is filled only where the processor has the instructions.
        unsafe {
            kernels[self.rows - 1](
                self.depth,
                self.words.as_ptr().cast(),
                panel.as_ptr().cast(),
                tile,
            );
        }
    }
}

type Kernel = unsafe fn(usize, *const u32, *const u32, Tile);

/// The kernels for one row and more.
fn kernels<W: Word>(order: Order, columns: usize) -> &'static [Kernel; ROWS] {
    match (order, columns > LANES) {
        (Order::ByRows, true) => const { &by_height::<W, 2, ROW, 1>() },
        (Order::ByRows, false) => const { &by_height::<W, 1, ROW, 1>() },
        (Order::ByWords, true) => const { &by_height::<W, 2, 1, ROWS>() },
        (Order::ByWords, false) => const { &by_height::<W, 1, 1, ROWS>() },
    }
}

const fn by_height<W: Word, const VECTORS: usize, const ROW: usize, const STEP: usize>()
-> [Kernel; ROWS] {
    [
        W::multiply::<1, VECTORS, ROW, STEP>,
        W::multiply::<2, VECTORS, ROW, STEP>,
        W::multiply::<3, VECTORS, ROW, STEP>,
        W::multiply::<4, VECTORS, ROW, STEP>,
        W::multiply::<5, VECTORS, ROW, STEP>,
        W::multiply::<6, VECTORS, ROW, STEP>,
        W::multiply::<7, VECTORS, ROW, STEP>,
        W::multiply::<8, VECTORS, ROW, STEP>,
        W::multiply::<9, VECTORS, ROW, STEP>,
        W::multiply::<10, VECTORS, ROW, STEP>,
        W::multiply::<11, VECTORS, ROW, STEP>,
        W::multiply::<12, VECTORS, ROW, STEP>,
    ]
}

/// `tile = strip · panel`, or added to it: `HEIGHT` rows and `VECTORS` vectors of columns. Word k of
/// row r of the strip stands at r·`ROW` + k·`STEP`.
///
/// # Safety
/// Strip and panel have `words` words, the tile can be written, and this is inlined into a function
/// compiled for a processor that has what the word needs.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // Iterators would be functions that know of no vectors.
pub(super) unsafe fn multiply<
    W: Word,
    const HEIGHT: usize,
    const VECTORS: usize,
    const ROW: usize,
    const STEP: usize,
>(
    words: usize,
    strip: *const u32,
    panel: *const u32,
    tile: Tile,
) {
    // SAFETY: by this function's contract.
    unsafe {
        let mut sums = [[_mm512_setzero_ps(); VECTORS]; HEIGHT];
        for word in 0..words {
            let mut right = [_mm512_setzero_si512(); VECTORS];
            for vector in 0..VECTORS {
                let from = panel.add(word * COLUMNS + vector * LANES);
                right[vector] = _mm512_load_si512(from.cast());
            }
            for row in 0..HEIGHT {
                let left = _mm512_set1_epi32(*strip.add(row * ROW + word * STEP) as i32);
                for vector in 0..VECTORS {
                    sums[row][vector] = W::multiply_add(sums[row][vector], left, right[vector]);
                }
            }
        }
        let last = lanes(tile.columns - (VECTORS - 1) * LANES);
        for row in 0..HEIGHT {
            for vector in 0..VECTORS {
                let out = tile.first.add(row * tile.stride + vector * LANES);
                if vector + 1 < VECTORS || last == __mmask16::MAX {
                    let before = if tile.add { _mm512_loadu_ps(out) } else { _mm512_setzero_ps() };
                    _mm512_storeu_ps(out, _mm512_add_ps(before, sums[row][vector]));
                } else {
                    let before = _mm512_maskz_loadu_ps(if tile.add { last } else { 0 }, out);
                    _mm512_mask_storeu_ps(out, last, _mm512_add_ps(before, sums[row][vector]));
                }
            }
        }
    }
}
