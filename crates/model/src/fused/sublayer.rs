//! What both sublayers of a layer share: where the norm stands, and the way into the residual
//! stream.
//!
//! With the norm before, y = x + s·m·(F(LN x) + b); with the norm after, y = LN(x + s·m·(F(x) + b)).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::mask::Mask;
use super::memory::unwritten;
use super::norm::{self, Affine, Moments};
use super::packing::{Packing, Selection};
use super::residual::{self, Branch};
use crate::config::Norm;

/// Blocks that the rows are cut into where they are neither few nor many.
const BLOCKS: usize = 16;
/// Rows that blocks are multiples of: those that a product takes at once.
const STRIP: usize = 12;
/// Fewer rows are not worth a block: a product of few rows reads its weights for little.
const FEWEST: usize = 2 * STRIP;
/// With more rows, what a block makes of them leaves the cache before it is read again.
const MOST: usize = 8 * STRIP;

/// How many of `rows` a thread takes at once. Sums over rows are taken block by block, and so
/// blocks depend on the rows alone, not on the threads.
pub(super) fn block_size(rows: usize) -> usize {
    block_size_up_to(rows, MOST)
}

/// The same where as many as `most` rows are worth to be taken at once.
pub(super) fn block_size_up_to(rows: usize, most: usize) -> usize {
    rows.div_ceil(BLOCKS).clamp(FEWEST, most).next_multiple_of(STRIP)
}

/// Dropout at a site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropping {
    pub(crate) mask: Mask,
    /// Sets this place in the encoder apart from others.
    pub(crate) site: u64,
}

/// How a sublayer joins the residual stream.
#[derive(Clone, Debug)]
pub(crate) struct Joint {
    /// Where the norm stands.
    pub(crate) norm: Norm,
    /// Dropout m of the sublayer's result.
    pub(crate) dropping: Dropping,
    /// The scale s of each item, 1 where there is none.
    pub(crate) scales: Option<Arc<[f32]>>,
}

impl Joint {
    /// For these rows.
    pub(super) fn of(&self, packing: &Packing, selection: &Selection) -> Branches {
        Branches {
            mask: self.dropping.mask,
            seeds: selection.seeds(packing, self.dropping.site),
            scales: self.scales.as_ref().map(|scales| selection.of_items(packing, scales)),
        }
    }
}

/// Masks and scales of all rows.
pub(super) struct Branches {
    mask: Mask,
    seeds: Vec<u32>,
    scales: Option<Vec<f32>>,
}

impl Branches {
    /// Those of a stretch of rows.
    pub(super) fn part(&self, rows: Range<usize>) -> Branch<'_> {
        Branch {
            mask: self.mask,
            seeds: &self.seeds[rows.clone()],
            scales: self.scales.as_ref().map(|scales| &scales[rows]),
        }
    }
}

/// The rows of block `index` of blocks of `block` rows, in which there are `count`.
pub(super) fn block_rows(index: usize, block: usize, count: usize) -> Range<usize> {
    index * block..index * block + count
}

/// The sum of rows `[blocks, width]`.
pub(super) fn total(partials: &[f32], width: usize) -> Vec<f32> {
    let mut sum = vec![0.0; width];
    residual::add_rows(&mut sum, partials);
    sum
}

/// Normalises rows in parallel, with their moments.
pub(super) fn normalise(x: &[f32], affine: Affine) -> (Vec<f32>, Vec<Moments>) {
    let width = affine.gamma.len();
    let mut y = unwritten(x.len());
    let rows = x.len() / width;
    let mut moments = vec![Moments::default(); rows];
    let block = block_size(rows);
    y.par_chunks_mut(block * width)
        .zip(x.par_chunks(block * width))
        .zip(moments.par_chunks_mut(block))
        .for_each(|((y, x), moments)| norm::normalise(x, affine, y, moments));
    (y, moments)
}

/// Gradients of γ and β.
#[derive(Debug)]
pub(crate) struct AffineGradient {
    pub(crate) gamma: Vec<f32>,
    pub(crate) beta: Vec<f32>,
}

impl AffineGradient {
    /// From γ beside β, `[2 · width]`.
    pub(super) fn split(both: &[f32]) -> Self {
        let (gamma, beta) = both.split_at(both.len() / 2);
        Self { gamma: gamma.to_vec(), beta: beta.to_vec() }
    }
}

/// The way back through a norm in parallel: the gradient of x takes the place of that of y.
pub(super) fn norm_backward(
    x: &[f32],
    gamma: &[f32],
    moments: &[Moments],
    gradient: &mut [f32],
) -> AffineGradient {
    let width = gamma.len();
    let block = block_size(moments.len());
    let mut partials = vec![0.0; moments.len().div_ceil(block) * 2 * width];
    gradient
        .par_chunks_mut(block * width)
        .zip(x.par_chunks(block * width))
        .zip(moments.par_chunks(block))
        .zip(partials.par_chunks_mut(2 * width))
        .for_each(|(((gradient, x), moments), partial)| {
            let (gamma_gradient, beta_gradient) = partial.split_at_mut(width);
            norm::backward(x, gamma, moments, gradient, gamma_gradient, beta_gradient);
        });
    AffineGradient::split(&total(&partials, 2 * width))
}

/// The gradient of the sum in the residual stream: that of y itself, or with the norm after it
/// what comes back through the norm, with the gradients of γ and β.
pub(super) fn sum_gradient<'a>(
    joint: &Joint,
    gradient: &'a [f32],
    (sums, moments): (&[f32], &[Moments]),
    gamma: &[f32],
) -> (Cow<'a, [f32]>, Option<AffineGradient>) {
    match joint.norm {
        Norm::Before => (Cow::Borrowed(gradient), None),
        Norm::After => {
            let mut gradient = gradient.to_vec();
            let affine = norm_backward(sums, gamma, moments, &mut gradient);
            (Cow::Owned(gradient), Some(affine))
        }
    }
}
