//! Attention of all heads over packed items, without ever holding all weights.
//!
//! For each item and head, a block of queries at a time: S = Q·Kᵀ/√h + bias, P = softmax S,
//! O = (m ⊙ P)·V. Only log Σ exp S of each row is kept; the way back computes S and P again
//! (Dao 2022). Padded cells are no rows here and cost nothing.

use rayon::prelude::*;

use super::mask::{Mask, row_seed};
use super::memory::{LINE, Shared, first, first_lines, unwritten};
use super::packing::{PackedItem, Packing, Selection};
use super::product::{Into, Matrix, Packed, Products};
use super::rotation::{Rotation, Turn};
use super::softmax::{self, RowMask, Run};

/// Queries whose scores are computed together: few enough that their scores stay in the cache.
const QUERIES: usize = 96;

/// What attention needs to know besides its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attention<'a> {
    pub(super) packing: &'a Packing,
    /// The rows that ask.
    pub(super) queries: &'a Selection,
    pub(super) heads: usize,
    pub(super) width: usize,
    /// The bias table `[heads, entries]`; empty where items have no biases.
    pub(super) table: &'a [f32],
    pub(super) rotation: Option<&'a Rotation>,
    /// Dropout of the weights, and its site.
    pub(super) mask: Mask,
    pub(super) site: u64,
    pub(super) products: Products,
}

/// Gradients of what went into [`Attention::forward`].
pub(super) struct Gradients {
    pub(super) queries: Vec<f32>,
    pub(super) keys_values: Vec<f32>,
    pub(super) table: Vec<f32>,
}

/// One head of one item.
struct Task<'a> {
    attention: Attention<'a>,
    item: usize,
    head: usize,
}

/// Memory that a thread uses for one task after another.
#[derive(Default)]
struct Scratch {
    keys: Vec<f32>,
    queries: Vec<f32>,
    scores: Vec<f32>,
    attended: Vec<f32>,
    attended_gradient: Vec<f32>,
    weights_gradient: Vec<f32>,
    queries_gradient: Vec<f32>,
    keys_gradient: Vec<f32>,
    values_gradient: Vec<f32>,
    packed_keys: Packed,
    packed_keys_transposed: Packed,
    packed_values: Packed,
    packed_queries: Packed,
    packed_gradient: Packed,
}

/// How far apart rows of scores begin: whole lines of the cache, and an odd number of them, so that
/// the columns of a block, which the way back reads, do not compete for the same lines.
fn score_stride(keys: usize) -> usize {
    (keys.div_ceil(LINE) | 1) * LINE
}

impl<'a> Attention<'a> {
    fn head_width(&self) -> usize {
        self.width / self.heads
    }

    fn entries(&self) -> usize {
        self.table.len() / self.heads
    }

    fn scale(&self) -> f32 {
        1.0 / (self.head_width() as f32).sqrt()
    }

    fn tasks(self) -> impl IndexedParallelIterator<Item = Task<'a>> {
        let count = self.packing.items().len() * self.heads;
        (0..count).into_par_iter().map(move |task| Task {
            attention: self,
            item: task / self.heads,
            head: task % self.heads,
        })
    }

    /// What is attended to, `[queries, width]`, and log Σ exp of the scores, `[heads, queries]`,
    /// from queries `[queries, width]` and keys beside values `[rows, 2 · width]`.
    pub(super) fn forward(self, queries: &[f32], keys_values: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let rows = self.queries.len();
        let mut attended = unwritten(rows * self.width);
        let mut log_totals = unwritten(rows * self.heads);
        let out = Shared::new(&mut attended, self.width);
        let totals = Shared::new(&mut log_totals, rows.max(1));
        self.tasks().for_each_init(Scratch::default, |scratch, task| {
            task.forward(scratch, queries, keys_values, &out, &totals);
        });
        (attended, log_totals)
    }

    /// The way back from the gradient of what was attended to.
    pub(super) fn backward(
        self,
        queries: &[f32],
        keys_values: &[f32],
        (attended, log_totals): (&[f32], &[f32]),
        gradient: &[f32],
    ) -> Gradients {
        let entries = self.entries();
        let items = self.packing.items().len();
        let mut query_gradients = unwritten(queries.len());
        let mut key_value_gradients = unwritten(keys_values.len());
        // Each task has a table of its own, so that sums do not depend on the threads.
        let mut tables = vec![0.0; items * self.heads * entries];
        {
            let query_out = Shared::new(&mut query_gradients, self.width);
            let key_value_out = Shared::new(&mut key_value_gradients, 2 * self.width);
            let table_out = Shared::new(&mut tables, entries);
            self.tasks().for_each_init(Scratch::default, |scratch, task| {
                let saved = (attended, log_totals);
                let out = (&query_out, &key_value_out, &table_out);
                task.backward(scratch, queries, keys_values, saved, gradient, out);
            });
        }
        let mut table = vec![0.0; self.heads * entries];
        if entries > 0 {
            super::residual::add_rows(&mut table, &tables);
        }
        Gradients { queries: query_gradients, keys_values: key_value_gradients, table }
    }
}

impl<'a> Task<'a> {
    fn item(&self) -> &'a PackedItem {
        &self.attention.packing.items()[self.item]
    }

    /// The numbers of this head in every row of `[rows, stride]` that `rows` names, from a column
    /// on, one after another.
    fn gather(
        &self,
        x: &[f32],
        rows: std::ops::Range<usize>,
        (stride, column): (usize, usize),
        out: &mut [f32],
    ) {
        let width = self.attention.head_width();
        let column = column + self.head * width;
        for (out, row) in out.chunks_exact_mut(width).zip(rows) {
            let start = row * stride + column;
            out.copy_from_slice(&x[start..start + width]);
        }
    }

    /// Turns rows of queries or keys whose packed rows are given.
    fn turn(&self, x: &mut [f32], rows: impl Iterator<Item = usize>, turn: Turn) {
        if let Some(rotation) = self.attention.rotation {
            for (row, index) in x.chunks_exact_mut(self.attention.head_width()).zip(rows) {
                rotation.turn(row, self.attention.packing.place(index), turn);
            }
        }
    }

    /// Keys and values of this head, `[keys, head width]`; turned keys are written to `turned`.
    fn keys_and_values<'k>(
        &self,
        keys_values: &'k [f32],
        turned: &'k mut Vec<f32>,
    ) -> (Matrix<'k>, Matrix<'k>) {
        let (rows, width) = (self.attention.packing.rows_of(self.item), self.attention.width);
        let head_width = self.attention.head_width();
        let of_head = |column: usize| {
            let start = rows.start * 2 * width + column + self.head * head_width;
            Matrix::strided(&keys_values[start..], rows.len(), head_width, 2 * width)
        };
        let values = of_head(width);
        if self.attention.rotation.is_none() {
            return (of_head(0), values);
        }
        let keys = first(turned, rows.len() * head_width);
        self.gather(keys_values, rows.clone(), (2 * width, 0), keys);
        self.turn(keys, rows, Turn::Forward);
        (Matrix::new(keys, head_width), values)
    }

    /// The queries of a block, turned and divided by √h.
    fn gather_queries(&self, queries: &[f32], block: std::ops::Range<usize>, out: &mut [f32]) {
        self.gather(queries, block.clone(), (self.attention.width, 0), out);
        self.turn(out, self.attention.queries.rows()[block].iter().copied(), Turn::Forward);
        let scale = self.attention.scale();
        out.iter_mut().for_each(|value| *value *= scale);
    }

    /// What softmax needs to know of a query.
    fn row(&self, query: usize) -> (&'a [Run], RowMask<'a>) {
        let (packing, item) = (self.attention.packing, self.item());
        let row = self.attention.queries.rows()[query];
        let position = row - packing.rows_of(self.item).start;
        let runs = item.biases.as_ref().map_or(&[][..], |biases| biases.of_query(position));
        let site = self.attention.site | (self.head as u64 + 1) << 32;
        let seed = row_seed(item.seed, site, u64::from(item.places[position]));
        (runs, RowMask { mask: self.attention.mask, seed, places: &item.places })
    }

    fn table(&self) -> &'a [f32] {
        let entries = self.attention.entries();
        &self.attention.table[self.head * entries..(self.head + 1) * entries]
    }

    /// The queries of the item in blocks.
    fn blocks(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let all = self.attention.queries.of_item(self.item);
        let end = all.end;
        all.step_by(QUERIES).map(move |start| start..(start + QUERIES).min(end))
    }

    fn forward(
        &self,
        scratch: &mut Scratch,
        queries: &[f32],
        keys_values: &[f32],
        out: &Shared,
        totals: &Shared,
    ) {
        let width = self.attention.head_width();
        let count = self.attention.packing.rows_of(self.item).len();
        let stride = score_stride(count);
        let products = self.attention.products;
        let (keys, values) = self.keys_and_values(keys_values, &mut scratch.keys);
        let (packed_keys, packed_values) =
            (&mut scratch.packed_keys_transposed, &mut scratch.packed_values);
        products.pack(keys.transposed(), packed_keys);
        products.pack(values, packed_values);
        for block in self.blocks() {
            let rows = block.len();
            let query = first(&mut scratch.queries, rows * width);
            let scores = first_lines(&mut scratch.scores, rows * stride);
            let attended = first(&mut scratch.attended, rows * width);
            self.gather_queries(queries, block.clone(), query);
            let query = Matrix::new(query, width);
            products.multiply_spaced(query, packed_keys, (&mut *scores, stride), Into::Place);
            for (scores, query) in scores.chunks_exact_mut(stride).zip(block.clone()) {
                let (runs, dropped) = self.row(query);
                let scores = &mut scores[..count];
                let log_total = softmax::forward(scores, runs, self.table(), dropped);
                // SAFETY: a query belongs to one item, and the row to this task's head.
                unsafe { totals.part(self.head, query, 1)[0] = log_total };
            }
            let weights = Matrix::strided(scores, rows, count, stride);
            products.multiply(weights, packed_values, attended, Into::Place);
            for (attended, query) in attended.chunks_exact(width).zip(block) {
                // SAFETY: a query belongs to one item, and the columns to this task's head.
                let out = unsafe { out.part(query, self.head * width, width) };
                out.copy_from_slice(attended);
            }
        }
    }

    fn backward(
        &self,
        scratch: &mut Scratch,
        queries: &[f32],
        keys_values: &[f32],
        (attended, log_totals): (&[f32], &[f32]),
        gradient: &[f32],
        (query_out, key_value_out, table_out): (&Shared, &Shared, &Shared),
    ) {
        let (width, all_width) = (self.attention.head_width(), self.attention.width);
        let total_queries = self.attention.queries.len();
        let entries = self.attention.entries();
        let item_rows = self.attention.packing.rows_of(self.item);
        let count = item_rows.len();
        let stride = score_stride(count);
        let products = self.attention.products;
        let (keys, values) = self.keys_and_values(keys_values, &mut scratch.keys);
        products.pack(keys, &mut scratch.packed_keys);
        products.pack(keys.transposed(), &mut scratch.packed_keys_transposed);
        products.pack(values.transposed(), &mut scratch.packed_values);
        let keys_gradient = first(&mut scratch.keys_gradient, count * width);
        let values_gradient = first(&mut scratch.values_gradient, count * width);
        keys_gradient.fill(0.0);
        values_gradient.fill(0.0);
        // SAFETY: the row is this task's own.
        let table_gradient =
            unsafe { table_out.part(self.item * self.attention.heads + self.head, 0, entries) };
        for block in self.blocks() {
            let rows = block.len();
            let query = first(&mut scratch.queries, rows * width);
            let scores = first_lines(&mut scratch.scores, rows * stride);
            let out = first(&mut scratch.attended, rows * width);
            let out_gradient = first(&mut scratch.attended_gradient, rows * width);
            let weights_gradient = first_lines(&mut scratch.weights_gradient, rows * stride);
            let query_gradient = first(&mut scratch.queries_gradient, rows * width);
            self.gather_queries(queries, block.clone(), query);
            self.gather(attended, block.clone(), (all_width, 0), out);
            self.gather(gradient, block.clone(), (all_width, 0), out_gradient);
            let gradients = Matrix::new(out_gradient, width);
            let query = Matrix::new(query, width);
            let (keys, values) = (&scratch.packed_keys_transposed, &scratch.packed_values);
            products.multiply_spaced(query, keys, (&mut *scores, stride), Into::Place);
            let out_of_values = (&mut *weights_gradient, stride);
            products.multiply_spaced(gradients, values, out_of_values, Into::Place);
            let numbers = scores
                .chunks_exact_mut(stride)
                .zip(weights_gradient.chunks_exact_mut(stride))
                .zip(out.chunks_exact(width).zip(out_gradient.chunks_exact(width)));
            for (((scores, weights), (out, out_gradient)), query) in numbers.zip(block.clone()) {
                let (runs, dropped) = self.row(query);
                // Σ over keys of weight · its gradient = Σ over the head of O · dO.
                let along = softmax::dot(out, out_gradient);
                let sums = (log_totals[self.head * total_queries + query], along);
                let table = self.table();
                let (scores, weights) = (&mut scores[..count], &mut weights[..count]);
                softmax::backward(scores, weights, runs, table, dropped, sums, table_gradient);
            }
            let weights = Matrix::strided(scores, rows, count, stride).transposed();
            products.pack(gradients, &mut scratch.packed_gradient);
            products.multiply(weights, &scratch.packed_gradient, values_gradient, Into::Sum);
            let score_gradients = Matrix::strided(weights_gradient, rows, count, stride);
            products.pack(query, &mut scratch.packed_queries);
            let transposed = score_gradients.transposed();
            products.multiply(transposed, &scratch.packed_queries, keys_gradient, Into::Sum);
            products.multiply(score_gradients, &scratch.packed_keys, query_gradient, Into::Place);
            let query_rows = self.attention.queries.rows()[block.clone()].iter().copied();
            self.turn(query_gradient, query_rows, Turn::Back);
            for (gradient, query) in query_gradient.chunks_exact(width).zip(block) {
                // SAFETY: a query belongs to one item, and the columns to this task's head.
                let out = unsafe { query_out.part(query, self.head * width, width) };
                softmax::scaled(gradient, self.attention.scale(), out);
            }
        }
        self.turn(keys_gradient, item_rows.clone(), Turn::Back);
        let gradients = keys_gradient.chunks_exact(width).zip(values_gradient.chunks_exact(width));
        for ((keys, values), row) in gradients.zip(item_rows) {
            // SAFETY: the row is this item's, and the columns are this task's head's.
            let out = unsafe { key_value_out.part(row, self.head * width, width) };
            out.copy_from_slice(keys);
            // SAFETY: likewise, in the half of the values.
            let out = unsafe { key_value_out.part(row, all_width + self.head * width, width) };
            out.copy_from_slice(values);
        }
    }
}
