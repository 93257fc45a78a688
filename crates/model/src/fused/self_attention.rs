//! The attention sublayer: F(x) = Attention(x·W + b)·Wₒ, with norm and residual connection.
//!
//! Keys and values come from all rows, queries from those selected: the last layer is computed
//! only for the rows that are read.

use std::sync::Arc;

use rayon::prelude::*;

use super::attention::Attention;
use super::kept::Kept;
use super::memory::{first, unwritten};
use super::norm::{self, Affine, Moments};
use super::packing::{Packing, Selection};
use super::product::{Into, Matrix, Packed, Products};
use super::residual;
use super::rotation::Rotation;
use super::sublayer::{
    AffineGradient, Dropping, Joint, block_rows, block_size, norm_backward, normalise,
    sum_gradient, total,
};
use crate::config::Norm;

/// The weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights<'a> {
    /// Of the norm, `[width]` each.
    pub(crate) affine: Affine<'a>,
    /// W, queries beside keys beside values: `[width, 3 · width]`.
    pub(crate) projection: &'a [f32],
    /// b, `[3 · width]`.
    pub(crate) projection_bias: &'a [f32],
    /// Biases of the scores, `[heads, entries]`; empty where items have none.
    pub(crate) table: &'a [f32],
    /// Wₒ, `[width, width]`.
    pub(crate) output: &'a [f32],
    /// `[width]`
    pub(crate) output_bias: &'a [f32],
}

/// What it needs to know besides its numbers.
#[derive(Clone, Debug)]
pub(crate) struct SelfAttention {
    pub(crate) packing: Arc<Packing>,
    /// The rows that the result is wanted for.
    pub(crate) selection: Arc<Selection>,
    pub(crate) heads: usize,
    pub(crate) rotation: Option<Arc<Rotation>>,
    /// Dropout of the attention weights.
    pub(crate) weights: Dropping,
    pub(crate) joint: Joint,
    pub(crate) products: Products,
    /// Arranged weights of queries, of keys beside values, and of the output, if they are kept
    /// from pass to pass.
    pub(crate) kept: Option<Kept<3>>,
}

/// What the way back needs.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    /// `[selected, width]`
    queries: Vec<f32>,
    /// `[rows, 2 · width]`
    keys_values: Vec<f32>,
    /// `[selected, width]`
    attended: Vec<f32>,
    /// `[heads, selected]`
    log_totals: Vec<f32>,
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
    pub(crate) projection: Vec<f32>,
    pub(crate) projection_bias: Vec<f32>,
    pub(crate) table: Vec<f32>,
    pub(crate) output: Vec<f32>,
    pub(crate) output_bias: Vec<f32>,
}

impl SelfAttention {
    fn attention<'a>(&'a self, weights: Weights<'a>) -> Attention<'a> {
        Attention {
            packing: &self.packing,
            queries: &self.selection,
            heads: self.heads,
            width: weights.output_bias.len(),
            table: weights.table,
            rotation: self.rotation.as_deref(),
            mask: self.weights.mask,
            site: self.weights.site,
            products: self.products,
        }
    }

    /// `x·W + b` for rows `[.., width]` of x, block by block in parallel.
    fn project(&self, x: &[f32], width: usize, weights: &Packed, bias: &[f32]) -> Vec<f32> {
        let rows = x.len() / width;
        let block = self.products.block_size(rows);
        let mut out = unwritten(rows * bias.len());
        let blocks = out.par_chunks_mut(block * bias.len()).zip(x.par_chunks(block * width));
        blocks.for_each(|(out, x)| {
            self.products.multiply(Matrix::new(x, width), weights, out, Into::Place);
            residual::add_bias(out, bias);
        });
        out
    }

    /// The selected ones of rows `[rows, width]`.
    fn selected(&self, x: &[f32], width: usize) -> Vec<f32> {
        let mut out = unwritten(self.selection.len() * width);
        self.selection.gather(0..self.selection.len(), x, width, &mut out);
        out
    }

    /// `[rows, width]` → `[selected, width]`.
    pub(crate) fn forward(&self, x: &[f32], weights: Weights) -> (Vec<f32>, Saved) {
        let width = weights.output_bias.len();
        assert_eq!(x.len(), self.packing.rows() * width, "other rows than those packed");
        let before = self.joint.norm == Norm::Before;
        let (normal, moments) =
            if before { normalise(x, weights.affine) } else { Default::default() };
        let input = if before { &normal } else { x };
        let (query_weights, key_value_weights) = split_projection(weights.projection, width);
        let (query_bias, key_value_bias) = weights.projection_bias.split_at(width);
        let arranged =
            |index, weights| Kept::get(self.kept.as_ref(), index, || self.products.packed(weights));
        let query_weights = arranged(0, query_weights);
        let key_value_weights = arranged(1, key_value_weights);
        let keys_values = self.project(input, width, &key_value_weights, key_value_bias);
        let queries = if self.selection.is_all() {
            self.project(input, width, &query_weights, query_bias)
        } else {
            self.project(&self.selected(input, width), width, &query_weights, query_bias)
        };
        drop(normal);
        let (attended, log_totals) = self.attention(weights).forward(&queries, &keys_values);
        let output = arranged(2, Matrix::new(weights.output, width));
        let mut y = unwritten(attended.len());
        let branches = self.joint.of(&self.packing, &self.selection);
        let block = self.products.block_size(self.selection.len());
        y.par_chunks_mut(block * width)
            .zip(attended.par_chunks(block * width))
            .enumerate()
            .for_each_init(Vec::new, |scratch, (index, (y, attended))| {
                let rows = block_rows(index, block, y.len() / width);
                self.products.multiply(Matrix::new(attended, width), &output, y, Into::Place);
                let x = if self.selection.is_all() {
                    &x[rows.start * width..rows.end * width]
                } else {
                    let gathered = first(scratch, y.len());
                    self.selection.gather(rows.clone(), x, width, gathered);
                    gathered
                };
                residual::forward(x, y, weights.output_bias, branches.part(rows));
            });
        let sums = Vec::new();
        let mut saved = Saved { queries, keys_values, attended, log_totals, moments, sums };
        if !before {
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
        let width = weights.output_bias.len();
        let before = self.joint.norm == Norm::Before;
        let gamma = weights.affine.gamma;
        let moments = (saved.sums.as_slice(), saved.moments.as_slice());
        let (gradient, after) = sum_gradient(&self.joint, gradient, moments, gamma);
        // Through the residual connection and the output.
        let branches = self.joint.of(&self.packing, &self.selection);
        let mut z_gradient = unwritten(gradient.len());
        let mut attended_gradient = unwritten(gradient.len());
        let output = self.products.packed(Matrix::new(weights.output, width).transposed());
        let block = self.products.block_size(self.selection.len());
        let mut partials = vec![0.0; self.selection.len().div_ceil(block) * width];
        z_gradient
            .par_chunks_mut(block * width)
            .zip(attended_gradient.par_chunks_mut(block * width))
            .zip(gradient.par_chunks(block * width))
            .zip(partials.par_chunks_mut(width))
            .enumerate()
            .for_each(|(index, (((z_gradient, attended_gradient), gradient), bias))| {
                let rows = block_rows(index, block, gradient.len() / width);
                residual::backward(gradient, branches.part(rows), z_gradient, bias);
                let z_gradient = Matrix::new(z_gradient, width);
                self.products.multiply(z_gradient, &output, attended_gradient, Into::Place);
            });
        let output_bias = total(&partials, width);
        let mut output = unwritten(weights.output.len());
        let attended = Matrix::new(&saved.attended, width).transposed();
        let z = Matrix::new(&z_gradient, width);
        self.products.multiply_by_all(attended, z, &mut output);
        drop(z_gradient);
        // Through attention.
        let attention = self.attention(weights).backward(
            &saved.queries,
            &saved.keys_values,
            (&saved.attended, &saved.log_totals),
            &attended_gradient,
        );
        drop(attended_gradient);
        // Through the projection.
        let normal = before.then(|| self.normal(x, weights.affine, &saved.moments));
        let input = normal.as_deref().unwrap_or(x);
        let (projection, projection_bias) =
            self.projection_gradients(input, width, &attention.queries, &attention.keys_values);
        let mut x_gradient =
            self.input_gradient(weights, &attention.queries, &attention.keys_values);
        let affine =
            after.unwrap_or_else(|| norm_backward(x, gamma, &saved.moments, &mut x_gradient));
        self.selection.scatter_add(&gradient, width, &mut x_gradient);
        Gradients {
            x: x_gradient,
            affine,
            projection,
            projection_bias,
            table: attention.table,
            output,
            output_bias,
        }
    }

    /// The normalised input once more.
    fn normal(&self, x: &[f32], affine: Affine, moments: &[Moments]) -> Vec<f32> {
        let width = affine.gamma.len();
        let mut normal = unwritten(x.len());
        let block = block_size(moments.len());
        normal
            .par_chunks_mut(block * width)
            .zip(x.par_chunks(block * width))
            .zip(moments.par_chunks(block))
            .for_each(|((normal, x), moments)| norm::normalise_again(x, affine, normal, moments));
        normal
    }

    /// dW = inputᵀ·[dQ, dK, dV] and db, from the gradients of queries, and of keys beside values.
    fn projection_gradients(
        &self,
        input: &[f32],
        width: usize,
        queries: &[f32],
        keys_values: &[f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let product = |input: &[f32], gradient: &[f32], columns: usize| {
            let mut out = unwritten(width * columns);
            let input = Matrix::new(input, width).transposed();
            self.products.multiply_by_all(input, Matrix::new(gradient, columns), &mut out);
            out
        };
        let of_queries = if self.selection.is_all() {
            product(input, queries, width)
        } else {
            product(&self.selected(input, width), queries, width)
        };
        let of_keys_values = product(input, keys_values, 2 * width);
        let mut projection = unwritten(3 * width * width);
        let rows = of_queries.par_chunks(width).zip(of_keys_values.par_chunks(2 * width));
        projection.par_chunks_mut(3 * width).zip(rows).for_each(|(out, (query, rest))| {
            let (of_query, of_rest) = out.split_at_mut(width);
            of_query.copy_from_slice(query);
            of_rest.copy_from_slice(rest);
        });
        let sum = |gradient: &[f32], columns: usize| {
            let rows = gradient.len() / columns;
            let block = block_size(rows);
            let mut partials = vec![0.0; rows.div_ceil(block) * columns];
            partials
                .par_chunks_mut(columns)
                .zip(gradient.par_chunks(block * columns))
                .for_each(|(partial, gradient)| residual::add_rows(partial, gradient));
            total(&partials, columns)
        };
        (projection, [sum(queries, width), sum(keys_values, 2 * width)].concat())
    }

    /// [dQ, dK, dV]·Wᵀ, `[rows, width]`.
    fn input_gradient(&self, weights: Weights, queries: &[f32], keys_values: &[f32]) -> Vec<f32> {
        let width = weights.output_bias.len();
        let (query_weights, key_value_weights) = split_projection(weights.projection, width);
        let query_weights = self.products.packed(query_weights.transposed());
        let key_value_weights = self.products.packed(key_value_weights.transposed());
        let all = self.selection.is_all();
        let mut out = unwritten(keys_values.len() / 2);
        let block = self.products.block_size(self.packing.rows());
        out.par_chunks_mut(block * width)
            .zip(keys_values.par_chunks(block * 2 * width))
            .enumerate()
            .for_each(|(index, (out, keys_values))| {
                let rows = block_rows(index, block, out.len() / width);
                let keys_values = Matrix::new(keys_values, 2 * width);
                self.products.multiply(keys_values, &key_value_weights, out, Into::Place);
                if all {
                    let queries = &queries[rows.start * width..rows.end * width];
                    let queries = Matrix::new(queries, width);
                    self.products.multiply(queries, &query_weights, out, Into::Sum);
                }
            });
        if !all {
            let mut selected = unwritten(queries.len());
            let block = self.products.block_size(queries.len() / width) * width;
            let blocks = selected.par_chunks_mut(block).zip(queries.par_chunks(block));
            blocks.for_each(|(selected, queries)| {
                let queries = Matrix::new(queries, width);
                self.products.multiply(queries, &query_weights, selected, Into::Place);
            });
            self.selection.scatter_add(&selected, width, &mut out);
        }
        out
    }
}

/// The columns of the projection that make queries, and those that make keys and values.
fn split_projection(projection: &[f32], width: usize) -> (Matrix<'_>, Matrix<'_>) {
    let queries = Matrix::strided(projection, width, width, 3 * width);
    (queries, Matrix::strided(&projection[width..], width, 2 * width, 3 * width))
}

#[cfg(test)]
mod tests;
