//! Products with vectors of 512 bits, after Goto and van de Geijn (2008): the right factor stands in
//! panels of columns, a strip of rows of the left one in the nearest cache, and a tile of the result
//! in registers.
//!
//! Factors are held as words of 32 bits along the inner dimension: one f32, or two bfloat16, of
//! which an instruction multiplies and sums both.

mod kernel;
mod packing;
mod word;

use bytemuck::AnyBitPattern;
use rayon::prelude::*;

use super::{Into, Matrix};
use crate::Precision;
use crate::fused::memory::{Shared, make_unwritten};
use kernel::{COLUMNS, DEPTH, ROWS, Strip, Tile};
use word::{BFloat16, Single, Word};

/// Panels that all strips meet before the next panels: with `DEPTH` words they take up half of a
/// second-level cache of 1 MiB.
const GROUP: usize = 16;
/// Strips that are read at once where there are several groups of panels.
const STRIPS: usize = 8;
/// Rows of a tile that a thread takes at most of a product of which all threads do a part: more
/// than the widths that are common, so that their other factor is arranged once.
const TILE_ROWS: usize = 44 * ROWS;

/// Whether the processor has what products of this precision need.
pub(super) fn are_there(precision: Precision) -> bool {
    let words = is_x86_feature_detected!("avx512f");
    match precision {
        Precision::Single => words,
        Precision::BFloat16 => {
            words && is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512bf16")
        }
    }
}

/// Numbers that stand in a word.
fn numbers_in_word(precision: Precision) -> usize {
    match precision {
        Precision::Single => Single::NUMBERS,
        Precision::BFloat16 => BFloat16::NUMBERS,
    }
}

/// Sixteen words of a panel: those of sixteen columns.
#[derive(Clone, Copy, Debug, AnyBitPattern)]
#[repr(C, align(64))]
struct Line([u32; kernel::LANES]);

/// Lines for a word of all columns of a panel.
const LINES: usize = COLUMNS / kernel::LANES;

/// A right factor `[inner, columns]`: for every stretch of `DEPTH` words of the inner dimension
/// panels of `COLUMNS` columns, word by word. What is missing in the last word and the last panel
/// is zero.
#[derive(Debug, Default)]
pub(super) struct Panels {
    lines: Vec<Line>,
    inner: usize,
    columns: usize,
}

impl Panels {
    /// Arranges a factor on this thread.
    pub(super) fn fill(&mut self, b: Matrix, precision: Precision) {
        self.resize(b, precision);
        let stretch = DEPTH * numbers_in_word(precision);
        let mut lines = self.lines.as_mut_slice();
        for start in (0..self.inner).step_by(stretch) {
            let inner = start..(start + stretch).min(self.inner);
            let count = inner.len().div_ceil(numbers_in_word(precision)) * LINES;
            for first in (0..self.columns).step_by(COLUMNS) {
                let panel = lines.split_off_mut(..count).unwrap_or_default();
                let columns = first..(first + COLUMNS).min(self.columns);
                packing::fill_panel(b.part(inner.clone(), columns), precision, panel);
            }
        }
    }

    /// Arranges a factor by all threads.
    pub(super) fn fill_by_all(&mut self, b: Matrix, precision: Precision) {
        self.resize(b, precision);
        let (all_inner, all_columns) = (self.inner, self.columns);
        let stretch = DEPTH * numbers_in_word(precision);
        let in_stretch = DEPTH * LINES * all_columns.div_ceil(COLUMNS).max(1);
        self.lines.par_chunks_mut(in_stretch).enumerate().for_each(|(index, lines)| {
            let inner = index * stretch..((index + 1) * stretch).min(all_inner);
            let count = inner.len().div_ceil(numbers_in_word(precision)) * LINES;
            lines.par_chunks_mut(count).enumerate().for_each(|(index, panel)| {
                let columns = index * COLUMNS..((index + 1) * COLUMNS).min(all_columns);
                packing::fill_panel(b.part(inner.clone(), columns), precision, panel);
            });
        });
    }

    /// Makes room for a factor, whose words are all to be written.
    fn resize(&mut self, b: Matrix, precision: Precision) {
        (self.inner, self.columns) = (b.rows(), b.columns());
        let words = self.inner.div_ceil(numbers_in_word(precision));
        let lines = words * LINES * self.columns.div_ceil(COLUMNS);
        make_unwritten(&mut self.lines, lines);
    }

    /// `out = a·b` or `out += a·b`, where the rows of `out` begin a stride apart.
    pub(super) fn multiply(
        &self,
        a: Matrix,
        precision: Precision,
        (out, stride): (&mut [f32], usize),
        into: Into,
    ) {
        assert_eq!(a.columns(), self.inner, "matrices that do not fit each other");
        assert!(out.len() >= a.rows() * stride && stride >= self.columns);
        // SAFETY: `out` has the rows and columns of the product.
        unsafe { self.multiply_strided(a, precision, (out.as_mut_ptr(), stride), into) }
    }

    /// The same where the result lies among other numbers.
    ///
    /// # Safety
    /// `a` has as many columns as these panels have rows, and for each of its rows the result has
    /// this factor's columns, which nobody else touches.
    unsafe fn multiply_strided(
        &self,
        a: Matrix,
        precision: Precision,
        (out, stride): (*mut f32, usize),
        into: Into,
    ) {
        if self.inner == 0 && into == Into::Place {
            for row in 0..a.rows() {
                // SAFETY: the result has this row by this function's contract.
                unsafe { out.add(row * stride).write_bytes(0, self.columns) };
            }
        }
        let mut strips = [const { Strip::EMPTY }; STRIPS];
        let panels = self.columns.div_ceil(COLUMNS);
        // Where all panels are one group, a strip stays in the nearest cache while it meets them.
        let at_once = if panels > GROUP { STRIPS } else { 1 };
        let stretch = DEPTH * numbers_in_word(precision);
        for start in (0..self.inner).step_by(stretch) {
            let inner = start..(start + stretch).min(self.inner);
            let words = inner.len().div_ceil(numbers_in_word(precision));
            // All stretches before this one are whole.
            let lines = &self.lines[start / stretch * DEPTH * panels * LINES..];
            for first in (0..a.rows()).step_by(at_once * ROWS) {
                let rows = first..(first + at_once * ROWS).min(a.rows());
                let strips = &mut strips[..rows.len().div_ceil(ROWS)];
                for (strip, row) in strips.iter_mut().zip(rows.clone().step_by(ROWS)) {
                    let rows = row..(row + ROWS).min(rows.end);
                    strip.fill(a.part(rows, inner.clone()), precision);
                }
                for group in (0..panels).step_by(GROUP) {
                    for (strip, row) in strips.iter().zip(rows.clone().step_by(ROWS)) {
                        for panel in group..(group + GROUP).min(panels) {
                            let column = panel * COLUMNS;
                            let tile = Tile {
                                // SAFETY: within the result by this function's contract.
                                first: unsafe { out.add(row * stride + column) },
                                stride,
                                columns: (self.columns - column).min(COLUMNS),
                                add: into == Into::Sum || start > 0,
                            };
                            let panel = &lines[panel * words * LINES..][..words * LINES];
                            // SAFETY: the tile lies within the result by this function's contract.
                            unsafe { strip.multiply(panel, tile) };
                        }
                    }
                }
            }
        }
    }
}

/// `out = a·b` by all threads, each of which arranges what it needs of `b` for its tile.
pub(super) fn multiply_by_all(a: Matrix, b: Matrix, precision: Precision, out: &mut [f32]) {
    let (rows, columns) = (a.rows(), b.columns());
    assert_eq!((a.columns(), out.len()), (b.rows(), rows * columns));
    if out.is_empty() {
        return;
    }
    let across = columns.div_ceil(GROUP * COLUMNS);
    // A few for each thread, so that none waits long for another.
    let wanted = (2 * rayon::current_num_threads()).div_ceil(across);
    let height = rows.div_ceil(wanted).clamp(1, TILE_ROWS).next_multiple_of(ROWS);
    let stretch = DEPTH * numbers_in_word(precision);
    let out = Shared::new(out, columns);
    let tiles = rows.div_ceil(height) * across;
    (0..tiles).into_par_iter().for_each_init(Panels::default, |panels, tile| {
        let first = (tile / across * height, tile % across * GROUP * COLUMNS);
        let rows = first.0..(first.0 + height).min(rows);
        let of_tile = first.1..(first.1 + GROUP * COLUMNS).min(columns);
        // An inner dimension of nothing still leaves zeros.
        for start in (0..a.columns().max(1)).step_by(stretch) {
            let inner = start..(start + stretch).min(a.columns());
            panels.fill(b.part(inner.clone(), of_tile.clone()), precision);
            let into = if start == 0 { Into::Place } else { Into::Sum };
            // SAFETY: the tile lies within the result, and no other tile overlaps it.
            unsafe {
                let tile = (out.tile(rows.start, of_tile.start), columns);
                panels.multiply_strided(a.part(rows.clone(), inner), precision, tile, into);
            }
        }
    });
}
