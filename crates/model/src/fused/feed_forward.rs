//! The feed-forward sublayer: F(x) = D(GELU(x·W₁ + b₁))·W₂, with norm and residual connection.
//!
//! A block of rows goes the whole way before the next one, while it is in the cache. Kept for the
//! way back are x·W₁ and the moments of the norm; the rest is computed again.

use std::sync::Arc;

use rayon::prelude::*;

use super::kept::Kept;
use super::memory::{first, unwritten};
use super::norm::{self, Affine, Moments};
use super::packing::{Packing, Selection};
use super::product::{Into, Matrix, Products};
use super::sublayer::{
    AffineGradient, Dropping, Joint, block_rows, normalise, sum_gradient, total,
};
use super::{activation, residual};
use crate::config::Norm;

/// The weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights<'a> {
    /// Of the norm, `[width]` each.
    pub(crate) affine: Affine<'a>,
    /// W₁, `[width, inner]`.
    pub(crate) inner: &'a [f32],
    /// b₁, `[inner]`.
    pub(crate) inner_bias: &'a [f32],
    /// W₂, `[inner, width]`.
    pub(crate) outer: &'a [f32],
    /// b₂, `[width]`.
    pub(crate) outer_bias: &'a [f32],
}

/// What it needs to know besides its numbers.
#[derive(Clone, Debug)]
pub(crate) struct FeedForward {
    pub(crate) packing: Arc<Packing>,
    /// Which rows of the packing its rows are.
    pub(crate) selection: Arc<Selection>,
    /// Dropout of the inner activations.
    pub(crate) inner: Dropping,
    pub(crate) joint: Joint,
    pub(crate) products: Products,
    /// Arranged W₁ and W₂, if they are kept from pass to pass.
    pub(crate) kept: Option<Kept<2>>,
}

/// What the way back needs.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    /// x·W₁, `[rows, inner]`.
    inner: Vec<f32>,
    /// Of the norm's input.
    moments: Vec<Moments>,
    /// The norm's input where it comes after; otherwise that is x.
    sums: Vec<f32>,
}

/// Gradients of all inputs, shaped as these.
#[derive(Debug)]
pub(crate) struct Gradients {
    pub(crate) x: Vec<f32>,
    pub(crate) affine: AffineGradient,
    pub(crate) inner: Vec<f32>,
    pub(crate) inner_bias: Vec<f32>,
    pub(crate) outer: Vec<f32>,
    pub(crate) outer_bias: Vec<f32>,
}

impl FeedForward {
    /// `[rows, width]` → the same.
    pub(crate) fn forward(&self, x: &[f32], weights: Weights) -> (Vec<f32>, Saved) {
        let (width, inner) = (weights.outer_bias.len(), weights.inner_bias.len());
        let rows = self.selection.len();
        let block = self.products.block_size(rows);
        assert_eq!(x.len(), rows * width, "other rows than those selected");
        let seeds = self.selection.seeds(&self.packing, self.inner.site);
        let branches = self.joint.of(&self.packing, &self.selection);
        let arranged = |index, weights: &[f32], columns| {
            let arrange = || self.products.packed(Matrix::new(weights, columns));
            Kept::get(self.kept.as_ref(), index, arrange)
        };
        let inner_weights = arranged(0, weights.inner, inner);
        let outer_weights = arranged(1, weights.outer, width);
        let mut before_activation = unwritten(rows * inner);
        let mut moments = vec![Moments::default(); rows];
        let mut y = unwritten(rows * width);
        y.par_chunks_mut(block * width)
            .zip(x.par_chunks(block * width))
            .zip(before_activation.par_chunks_mut(block * inner))
            .zip(moments.par_chunks_mut(block))
            .enumerate()
            .for_each_init(<(Vec<f32>, Vec<f32>)>::default, |scratch, (index, numbers)| {
                let (((y, x), before_activation), moments) = numbers;
                let rows = block_rows(index, block, moments.len());
                let input = match self.joint.norm {
                    Norm::Before => {
                        let normal = first(&mut scratch.0, x.len());
                        norm::normalise(x, weights.affine, normal, moments);
                        normal
                    }
                    Norm::After => x,
                };
                let input = Matrix::new(input, width);
                self.products.multiply(input, &inner_weights, before_activation, Into::Place);
                let activated = first(&mut scratch.1, before_activation.len());
                let (bias, seeds) = (weights.inner_bias, &seeds[rows.clone()]);
                activation::forward(before_activation, bias, self.inner.mask, seeds, activated);
                let activated = Matrix::new(activated, inner);
                self.products.multiply(activated, &outer_weights, y, Into::Place);
                residual::forward(x, y, weights.outer_bias, branches.part(rows));
            });
        let mut saved = Saved { inner: before_activation, moments, sums: Vec::new() };
        if self.joint.norm == Norm::After {
            saved.sums = y;
            (y, saved.moments) = normalise(&saved.sums, weights.affine);
        }
        (y, saved)
    }

    /// From the gradient of the result those of all inputs.
    pub(crate) fn backward(
        &self,
        x: &[f32],
        weights: Weights,
        saved: Saved,
        gradient: &[f32],
    ) -> Gradients {
        let (width, inner) = (weights.outer_bias.len(), weights.inner_bias.len());
        let rows = self.selection.len();
        let block = self.products.block_size(rows);
        let seeds = self.selection.seeds(&self.packing, self.inner.site);
        let branches = self.joint.of(&self.packing, &self.selection);
        let Saved { inner: mut before_activation, moments, sums } = saved;
        let gamma = weights.affine.gamma;
        let (gradient, after) = sum_gradient(&self.joint, gradient, (&sums, &moments), gamma);
        let before = self.joint.norm == Norm::Before;
        let mut normal = if before { unwritten(x.len()) } else { Vec::new() };
        let mut x_gradient = unwritten(x.len());
        let mut z_gradient = unwritten(x.len());
        let mut activated = unwritten(rows * inner);
        let outer = self.products.packed(Matrix::new(weights.outer, width).transposed());
        let inner_weights = self.products.packed(Matrix::new(weights.inner, inner).transposed());
        // Of b₁, b₂, γ and β.
        let biases = inner + 3 * width;
        let mut partials = vec![0.0; rows.div_ceil(block) * biases];
        x_gradient
            .par_chunks_mut(block * width)
            .zip(z_gradient.par_chunks_mut(block * width))
            .zip(before_activation.par_chunks_mut(block * inner))
            .zip(activated.par_chunks_mut(block * inner))
            .zip(partials.par_chunks_mut(biases))
            .enumerate()
            .for_each(|(index, numbers)| {
                let ((((x_gradient, z_gradient), before_activation), activated), partial) = numbers;
                let rows = block_rows(index, block, x_gradient.len() / width);
                let (inner_bias, partial) = partial.split_at_mut(inner);
                let gradient = &gradient[rows.start * width..rows.end * width];
                let branch = branches.part(rows.clone());
                residual::backward(gradient, branch, z_gradient, &mut partial[..width]);
                let z_gradient = Matrix::new(z_gradient, width);
                self.products.multiply(z_gradient, &outer, activated, Into::Place);
                let (bias, mask) = (weights.inner_bias, self.inner.mask);
                let seeds = &seeds[rows.clone()];
                activation::backward(before_activation, bias, mask, seeds, activated, inner_bias);
                let inner_gradient = Matrix::new(before_activation, inner);
                self.products.multiply(inner_gradient, &inner_weights, x_gradient, Into::Place);
                if before {
                    let x = &x[rows.start * width..rows.end * width];
                    let (_, affine) = partial.split_at_mut(width);
                    let (gamma_gradient, beta_gradient) = affine.split_at_mut(width);
                    let moments = &moments[rows];
                    norm::backward(x, gamma, moments, x_gradient, gamma_gradient, beta_gradient);
                }
                residual::add(x_gradient, gradient);
            });
        if before {
            normal
                .par_chunks_mut(block * width)
                .zip(x.par_chunks(block * width))
                .zip(moments.par_chunks(block))
                .for_each(|((normal, x), moments)| {
                    norm::normalise_again(x, weights.affine, normal, moments);
                });
        }
        let input = Matrix::new(if before { &normal } else { x }, width).transposed();
        let mut inner_gradient = unwritten(weights.inner.len());
        let before_activation = Matrix::new(&before_activation, inner);
        self.products.multiply_by_all(input, before_activation, &mut inner_gradient);
        let mut outer_gradient = unwritten(weights.outer.len());
        let activated = Matrix::new(&activated, inner).transposed();
        let z_gradient = Matrix::new(&z_gradient, width);
        self.products.multiply_by_all(activated, z_gradient, &mut outer_gradient);
        let sums = total(&partials, biases);
        let (inner_bias, sums) = sums.split_at(inner);
        let (outer_bias, affine) = sums.split_at(width);
        Gradients {
            x: x_gradient,
            affine: after.unwrap_or_else(|| AffineGradient::split(affine)),
            inner: inner_gradient,
            inner_bias: inner_bias.to_vec(),
            outer: outer_gradient,
            outer_bias: outer_bias.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask::Mask;
    use super::super::packing::PackedItem;
    use super::super::testing::{Numbers, difference, differences_agree, ways_of_products_agree};
    use super::*;
    use crate::Precision;

    const WIDTH: usize = 12;
    const INNER: usize = 20;

    fn weights(inputs: &[Vec<f32>]) -> Weights<'_> {
        Weights {
            affine: Affine { gamma: &inputs[1], beta: &inputs[2] },
            inner: &inputs[3],
            inner_bias: &inputs[4],
            outer: &inputs[5],
            outer_bias: &inputs[6],
        }
    }

    fn feed_forward(norm: Norm, rate: f32) -> FeedForward {
        let item = |seed, rows: u32| PackedItem {
            seed,
            places: (0..rows).collect::<Vec<_>>().into(),
            biases: None,
        };
        let packing = Arc::new(Packing::new(vec![item(1, 4), item(2, 3)]));
        let dropping = |site| Dropping { mask: Mask::new(rate), site };
        FeedForward {
            selection: Arc::new(Selection::all(&packing)),
            packing,
            inner: dropping(3),
            joint: Joint { norm, dropping: dropping(4), scales: Some([1.0, 0.5].into()) },
            products: Products::new(Precision::Single),
            kept: None,
        }
    }

    fn inputs(rows: usize) -> Vec<Vec<f32>> {
        let mut numbers = Numbers::new(6);
        let counts = [rows * WIDTH, WIDTH, WIDTH, WIDTH * INNER, INNER, INNER * WIDTH, WIDTH];
        counts.into_iter().map(|count| numbers.take(count)).collect()
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let inputs = inputs(7);
        let outputs = Numbers::new(7).take(7 * WIDTH);
        for norm in [Norm::Before, Norm::After] {
            for rate in [0.0, 0.3] {
                let sublayer = feed_forward(norm, rate);
                let run = |inputs: &[Vec<f32>]| sublayer.forward(&inputs[0], weights(inputs)).0;
                let (_, saved) = sublayer.forward(&inputs[0], weights(&inputs));
                let g = sublayer.backward(&inputs[0], weights(&inputs), saved, &outputs);
                let gradients = [
                    g.x,
                    g.affine.gamma,
                    g.affine.beta,
                    g.inner,
                    g.inner_bias,
                    g.outer,
                    g.outer_bias,
                ];
                differences_agree(&inputs, &gradients, &outputs, run);
            }
        }
    }

    #[test]
    fn every_way_of_products_gives_the_same_within_its_precision() {
        let (inputs, outputs) = (inputs(7), Numbers::new(9).take(7 * WIDTH));
        let with = |products| {
            let sublayer = FeedForward { products, ..feed_forward(Norm::Before, 0.3) };
            let (y, saved) = sublayer.forward(&inputs[0], weights(&inputs));
            let g = sublayer.backward(&inputs[0], weights(&inputs), saved, &outputs);
            [y, g.x, g.affine.gamma, g.inner, g.inner_bias, g.outer, g.outer_bias]
        };
        ways_of_products_agree(with);
    }

    #[test]
    fn the_result_does_not_depend_on_the_threads() {
        for precision in [Precision::Single, Precision::BFloat16] {
            does_not_depend_on_the_threads(Products::new(precision));
        }
    }

    fn does_not_depend_on_the_threads(products: Products) {
        let rows = 397;
        let mut sublayer = FeedForward { products, ..feed_forward(Norm::Before, 0.2) };
        let places: Vec<u32> = (0..rows).collect();
        let item = PackedItem { seed: 5, places: places.into(), biases: None };
        sublayer.packing = Arc::new(Packing::new(vec![item]));
        sublayer.selection = Arc::new(Selection::all(&sublayer.packing));
        sublayer.joint.scales = None;
        let inputs = inputs(rows as usize);
        let outputs = Numbers::new(8).take(rows as usize * WIDTH);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads").install(|| {
                let (y, saved) = sublayer.forward(&inputs[0], weights(&inputs));
                let g = sublayer.backward(&inputs[0], weights(&inputs), saved, &outputs);
                [y, g.x, g.inner, g.inner_bias, g.outer, g.affine.gamma]
            })
        };
        assert_eq!(with(1), with(3));
        assert!(difference(&with(1)[0], &inputs[0]) > 0.1);
    }
}
