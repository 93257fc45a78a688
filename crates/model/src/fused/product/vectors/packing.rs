//! From matrices to words: panels of right factors and strips of left ones.

use std::arch::x86_64::*;
use std::mem::MaybeUninit;

use super::kernel::{COLUMNS, LANES, ROW, ROWS};
use super::word::{BFloat16, Single, Word};
use super::{LINES, Line};
use crate::Precision;
use crate::fused::product::Matrix;

/// Writes up to `COLUMNS` columns of a right factor into a panel, [`LINES`] lines for each word.
pub(super) fn fill_panel(b: Matrix, precision: Precision, panel: &mut [Line]) {
    assert!(b.columns() <= COLUMNS);
    // SAFETY: only products that are there reach this place.
    unsafe {
        match precision {
            Precision::Single => single_panel(b, panel),
            Precision::BFloat16 => bfloat16_panel(b, panel),
        }
    }
}

#[target_feature(enable = "avx512f")]
fn single_panel(b: Matrix, panel: &mut [Line]) {
    // SAFETY: the processor has what a word needs, as it has what this function needs.
    unsafe { panel_of::<Single>(b, panel) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
fn bfloat16_panel(b: Matrix, panel: &mut [Line]) {
    // SAFETY: as above.
    unsafe { panel_of::<BFloat16>(b, panel) }
}

/// # Safety
/// As for [`Word`].
#[inline(always)]
#[allow(clippy::needless_range_loop)] // Iterators would be functions that know of no vectors.
unsafe fn panel_of<W: Word>(b: Matrix, panel: &mut [Line]) {
    let words = b.rows().div_ceil(W::NUMBERS);
    assert_eq!(panel.len(), words * LINES, "a panel of another depth");
    let out = panel.as_mut_ptr();
    if b.column_stride() == 1 {
        for word in 0..words {
            // SAFETY: the rows and columns are there, and the panel has this word's lines.
            unsafe {
                let row = b.first().add(word * W::NUMBERS * b.row_stride());
                let has_next = word * W::NUMBERS + 1 < b.rows();
                for line in 0..LINES {
                    let columns = b.columns().saturating_sub(line * LANES);
                    let row = row.wrapping_add(line * LANES);
                    let next = has_next.then(|| row.wrapping_add(b.row_stride()));
                    let words = W::across(row, next, columns);
                    _mm512_store_si512(out.add(word * LINES + line).cast(), words);
                }
            }
        }
    } else {
        assert_eq!(b.row_stride(), 1, "one of the strides is 1");
        for line in 0..LINES {
            for start in (0..words).step_by(LANES) {
                let count = b.rows() - start * W::NUMBERS;
                // SAFETY: the columns are there, and as many of their numbers as are counted, and
                // the panel has these words' lines.
                unsafe {
                    let mut square = [_mm512_setzero_si512(); LANES];
                    for lane in 0..LANES.min(b.columns().saturating_sub(line * LANES)) {
                        let column = line * LANES + lane;
                        let first = column * b.column_stride() + start * W::NUMBERS;
                        square[lane] = W::along(b.first().add(first), count);
                    }
                    let columns = transposed(square);
                    for word in start..words.min(start + LANES) {
                        let out = out.add(word * LINES + line);
                        _mm512_store_si512(out.cast(), columns[word - start]);
                    }
                }
            }
        }
    }
}

/// Writes rows of a left factor into a strip: row by row, [`ROW`] words apart, or where its numbers
/// stand the other way, [`ROWS`] words for each place of the inner dimension.
pub(super) fn fill_strip(
    a: Matrix,
    precision: Precision,
    strip: &mut MaybeUninit<[u32; ROWS * ROW]>,
) {
    // SAFETY: only products that are there reach this place.
    unsafe {
        match precision {
            Precision::Single => single_strip(a, strip),
            Precision::BFloat16 => bfloat16_strip(a, strip),
        }
    }
}

#[target_feature(enable = "avx512f")]
fn single_strip(a: Matrix, strip: &mut MaybeUninit<[u32; ROWS * ROW]>) {
    // SAFETY: the processor has what a word needs, as it has what this function needs.
    unsafe { strip_of::<Single>(a, strip) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
fn bfloat16_strip(a: Matrix, strip: &mut MaybeUninit<[u32; ROWS * ROW]>) {
    // SAFETY: as above.
    unsafe { strip_of::<BFloat16>(a, strip) }
}

/// # Safety
/// As for [`Word`].
#[inline(always)]
unsafe fn strip_of<W: Word>(a: Matrix, strip: &mut MaybeUninit<[u32; ROWS * ROW]>) {
    let words = a.columns().div_ceil(W::NUMBERS);
    assert!(a.rows() <= ROWS && words.next_multiple_of(LANES) <= ROW, "more than a strip holds");
    let out: *mut u32 = strip.as_mut_ptr().cast();
    if a.column_stride() == 1 {
        for row in 0..a.rows() {
            for start in (0..words).step_by(LANES) {
                let first = start * W::NUMBERS;
                // SAFETY: the row has as many numbers as are counted, and the strip has room for
                // whole vectors.
                unsafe {
                    let numbers = a.first().add(row * a.row_stride() + first);
                    let words = W::along(numbers, a.columns() - first);
                    _mm512_storeu_si512(out.add(row * ROW + start).cast(), words);
                }
            }
        }
    } else {
        assert_eq!(a.row_stride(), 1, "one of the strides is 1");
        for word in 0..words {
            // SAFETY: the rows are there; what a vector writes beyond them is written over with the
            // next word, and the strip has room behind the last.
            unsafe {
                let numbers = a.first().add(word * W::NUMBERS * a.column_stride());
                let has_next = word * W::NUMBERS + 1 < a.columns();
                let next = has_next.then(|| numbers.add(a.column_stride()));
                let words = W::across(numbers, next, a.rows());
                _mm512_storeu_si512(out.add(word * ROWS).cast(), words);
            }
        }
    }
}

/// The transpose of a square of words: first in pairs of words, then of pairs, then of quarters of
/// vectors.
///
/// # Safety
/// As for [`Word`].
#[inline(always)]
unsafe fn transposed(rows: [__m512i; LANES]) -> [__m512i; LANES] {
    // SAFETY: the processor has AVX-512 by the contract.
    unsafe {
        let mut pairs = rows;
        for i in (0..LANES).step_by(2) {
            pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
            pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
        }
        // Quarter q of number 4i + j: column 4q + j of rows 4i to 4i + 3.
        let mut fours = pairs;
        for i in (0..LANES).step_by(4) {
            fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
            fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
            fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
            fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
        }
        let mut columns = fours;
        for j in 0..4 {
            // Quarters 0 and 2, and 1 and 3, of the upper and of the lower eight rows.
            let upper_even = _mm512_shuffle_i32x4::<0x88>(fours[j], fours[4 + j]);
            let upper_odd = _mm512_shuffle_i32x4::<0xDD>(fours[j], fours[4 + j]);
            let lower_even = _mm512_shuffle_i32x4::<0x88>(fours[8 + j], fours[12 + j]);
            let lower_odd = _mm512_shuffle_i32x4::<0xDD>(fours[8 + j], fours[12 + j]);
            columns[j] = _mm512_shuffle_i32x4::<0x88>(upper_even, lower_even);
            columns[4 + j] = _mm512_shuffle_i32x4::<0x88>(upper_odd, lower_odd);
            columns[8 + j] = _mm512_shuffle_i32x4::<0xDD>(upper_even, lower_even);
            columns[12 + j] = _mm512_shuffle_i32x4::<0xDD>(upper_odd, lower_odd);
        }
        columns
    }
}
