//! Words of 32 bits that factors are made of: what precisions differ in.

use std::arch::x86_64::*;

use super::kernel::{self, LANES, Tile};

/// A word: one or two numbers that follow each other along the inner dimension of a product.
///
/// # Safety
/// Everything here is for processors that [`are_there`](super::are_there) says yes of, with
/// pointers to as many numbers as are said to be there. Whoever calls it is, or is inlined into, a
/// function that is compiled for such processors.
pub(super) trait Word {
    /// How many numbers stand in a word.
    const NUMBERS: usize;

    /// Sixteen words of numbers that stand side by side, the first `count` of them; zeros follow.
    unsafe fn along(numbers: *const f32, count: usize) -> __m512i;

    /// Sixteen words, each of numbers that stand under each other: in `count` columns of a row and
    /// of the next one, if there is one. Zeros follow.
    unsafe fn across(row: *const f32, next: Option<*const f32>, count: usize) -> __m512i;

    /// `sums + a·b`, word by word.
    unsafe fn multiply_add(sums: __m512, a: __m512i, b: __m512i) -> __m512;

    /// [`kernel::multiply`] compiled for such processors.
    unsafe fn multiply<
        const HEIGHT: usize,
        const VECTORS: usize,
        const ROW: usize,
        const STEP: usize,
    >(
        words: usize,
        strip: *const u32,
        panel: *const u32,
        tile: Tile,
    );
}

/// A lane for each of the first `count` columns.
#[inline(always)]
pub(super) fn lanes(count: usize) -> __mmask16 {
    if count < LANES { (1 << count) - 1 } else { __mmask16::MAX }
}

/// One f32.
pub(super) enum Single {}

impl Word for Single {
    const NUMBERS: usize = 1;

    #[inline(always)]
    unsafe fn along(numbers: *const f32, count: usize) -> __m512i {
        // SAFETY: lanes without a number are not read.
        unsafe { _mm512_castps_si512(_mm512_maskz_loadu_ps(lanes(count), numbers)) }
    }

    #[inline(always)]
    unsafe fn across(row: *const f32, _: Option<*const f32>, count: usize) -> __m512i {
        // SAFETY: as for this function.
        unsafe { Self::along(row, count) }
    }

    #[inline(always)]
    unsafe fn multiply_add(sums: __m512, a: __m512i, b: __m512i) -> __m512 {
        // SAFETY: the processor has it by the trait's contract.
        unsafe { _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sums) }
    }

    #[target_feature(enable = "avx512f")]
    unsafe fn multiply<
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
        // SAFETY: as for this function.
        unsafe {
            kernel::multiply::<Self, HEIGHT, VECTORS, ROW, STEP>(words, strip, panel, tile);
        }
    }
}

/// Two bfloat16, the first in the lower half.
pub(super) enum BFloat16 {}

impl Word for BFloat16 {
    const NUMBERS: usize = 2;

    #[inline(always)]
    unsafe fn along(numbers: *const f32, count: usize) -> __m512i {
        let rest = count.saturating_sub(LANES);
        // SAFETY: lanes without a number are not read.
        unsafe {
            let first = _mm512_maskz_loadu_ps(lanes(count), numbers);
            let second = _mm512_maskz_loadu_ps(lanes(rest), numbers.wrapping_add(LANES));
            rounded(second, first)
        }
    }

    #[inline(always)]
    unsafe fn across(row: *const f32, next: Option<*const f32>, count: usize) -> __m512i {
        // Numbers of two rows in turn.
        const TURNS: [u16; 32] = {
            let mut turns = [0; 32];
            let mut index = 0;
            while index < 32 {
                turns[index] = (index / 2 + index % 2 * 16) as u16;
                index += 1;
            }
            turns
        };
        // SAFETY: lanes without a number are not read.
        unsafe {
            let first = _mm512_maskz_loadu_ps(lanes(count), row);
            let second = match next {
                Some(next) => _mm512_maskz_loadu_ps(lanes(count), next),
                None => _mm512_setzero_ps(),
            };
            let turns = _mm512_loadu_si512(TURNS.as_ptr().cast());
            _mm512_permutexvar_epi16(turns, rounded(second, first))
        }
    }

    #[inline(always)]
    unsafe fn multiply_add(sums: __m512, a: __m512i, b: __m512i) -> __m512 {
        // SAFETY: the processor has it by the trait's contract, and both are vectors of bits.
        unsafe {
            let [a, b] = [a, b].map(|v| std::mem::transmute::<__m512i, __m512bh>(v));
            _mm512_dpbf16_ps(sums, a, b)
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    unsafe fn multiply<
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
        // SAFETY: as for this function.
        unsafe {
            kernel::multiply::<Self, HEIGHT, VECTORS, ROW, STEP>(words, strip, panel, tile);
        }
    }
}

/// Thirty-two numbers rounded, those of `first` in the lower half.
#[inline(always)]
unsafe fn rounded(second: __m512, first: __m512) -> __m512i {
    // SAFETY: the processor has it by the contract of its callers; both are vectors of bits.
    unsafe { std::mem::transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(second, first)) }
}
