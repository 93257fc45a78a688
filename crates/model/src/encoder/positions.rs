//! Places in the sequence `[condition, melody cells, harmony cells]`.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Int, Tensor, TensorData};

use crate::{Batch, Device};

/// What attention and dropout know of a batch's sequence.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// Cells of the longest item.
    pub(super) cells: usize,
    /// Seed of each item.
    pub(super) seeds: Vec<u64>,
    /// Logical place of each position: the same however far the batch is padded.
    pub(super) places: Vec<u32>,
    lengths: Vec<usize>,
}

impl Sequence {
    pub(super) fn new(batch: &Batch) -> Self {
        let cells = batch.cells as u32;
        let melody = (0..cells).map(|cell| 1 + 2 * cell);
        let harmony = (0..cells).map(|cell| 2 + 2 * cell);
        Self {
            cells: batch.cells,
            seeds: batch.seeds.clone(),
            places: [0].into_iter().chain(melody).chain(harmony).collect(),
            lengths: batch.lengths.clone(),
        }
    }

    /// Positions in all.
    pub(super) fn len(&self) -> usize {
        1 + 2 * self.cells
    }

    /// What is added to attention scores so that padded cells are not attended to:
    /// `[batch, 1, 1, sequence]`, or `None` where nothing is padded.
    pub(super) fn padding_bias(&self, device: &Device) -> Option<Tensor<4>> {
        if self.lengths.iter().all(|length| *length == self.cells) {
            return None;
        }
        // Finite, so that softmax stays finite; exp(−10⁹) is zero.
        const HIDDEN: f32 = -1e9;
        let mut bias = Vec::with_capacity(self.lengths.len() * self.len());
        for length in &self.lengths {
            let half = (0..self.cells).map(|cell| if cell < *length { 0.0 } else { HIDDEN });
            bias.push(0.0);
            bias.extend(half.clone().chain(half));
        }
        let shape = [self.lengths.len(), 1, 1, self.len()];
        Some(Tensor::from_data(TensorData::new(bias, shape), device))
    }
}

/// Which halves of the sequence two positions are in, and how far apart.
///
/// Rows of the table: for each of the four pairs melody/harmony → melody/harmony the offsets
/// −reach to reach, then condition → any cell, any cell → condition, condition → itself.
fn bias_row(query: usize, key: usize, cells: usize, reach: usize) -> usize {
    let segment = |position: usize| (position > cells, (position - 1) % cells);
    let offsets = 2 * reach + 1;
    match (query, key) {
        (0, 0) => 4 * offsets + 2,
        (0, _) => 4 * offsets,
        (_, 0) => 4 * offsets + 1,
        _ => {
            let ((query_harmony, query), (key_harmony, key)) = (segment(query), segment(key));
            let pair = 2 * usize::from(query_harmony) + usize::from(key_harmony);
            let offset = (key as i64 - query as i64).clamp(-(reach as i64), reach as i64);
            pair * offsets + (offset + reach as i64) as usize
        }
    }
}

/// A learned attention bias per head × segment pair × offset.
#[derive(Module, Debug)]
pub(super) struct RelativeBias {
    /// `[heads, 4 · (2 · reach + 1) + 3]`
    pub(super) relative: Param<Tensor<2>>,
    reach: usize,
}

impl RelativeBias {
    pub(super) fn new(heads: usize, reach: usize, device: &Device) -> Self {
        Self { relative: Initializer::Zeros.init([heads, rows(reach)], device), reach }
    }

    /// `[1, heads, sequence, sequence]`
    pub(super) fn forward(&self, sequence: &Sequence) -> Tensor<4> {
        let (length, heads) = (sequence.len(), self.relative.dims()[0]);
        let indices: Vec<i32> = (0..length * length)
            .map(|i| bias_row(i / length, i % length, sequence.cells, self.reach) as i32)
            .collect();
        let indices = Tensor::<1, Int>::from_data(
            TensorData::new(indices, [length * length]),
            &self.relative.device(),
        );
        self.relative.val().select(1, indices).reshape([1, heads, length, length])
    }
}

/// Rows of a bias table.
const fn rows(reach: usize) -> usize {
    4 * (2 * reach + 1) + 3
}

/// Initial biases of one head: `−slope · |offset|` in every segment pair.
pub(super) fn initial_bias(reach: usize, slope: f32) -> Vec<f32> {
    let distances = (0..=2 * reach).map(|row| -slope * (row as f32 - reach as f32).abs());
    let mut bias: Vec<f32> = distances.clone().cycle().take(4 * (2 * reach + 1)).collect();
    bias.resize(rows(reach), 0.0);
    bias
}

/// Fixed sinusoids (Vaswani 2017), `[1, 1 + 2·cells, width]`; `shared` gives a melody cell and
/// the harmony cell over it the same ones.
pub(super) fn sinusoids(cells: usize, width: usize, shared: bool, device: &Device) -> Tensor<3> {
    let length = 1 + 2 * cells;
    let mut table = Vec::with_capacity(length * width);
    for position in 0..length {
        let place = if shared && position > cells { position - cells } else { position };
        for feature in 0..width {
            let rate = 10_000f64.powf(-((feature / 2 * 2) as f64) / width as f64);
            let angle = place as f64 * rate;
            table.push(if feature % 2 == 0 { angle.sin() } else { angle.cos() } as f32);
        }
    }
    Tensor::from_data(TensorData::new(table, [1, length, width]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_melody_cell_under_a_harmony_cell_is_at_offset_zero() {
        let (cells, reach) = (5, 3);
        // Harmony cell 2 is at position 8, melody cell 2 at position 3.
        assert_eq!(bias_row(8, 3, cells, reach), 2 * 7 + 3);
        assert_eq!(bias_row(3, 8, cells, reach), 7 + 3);
        assert_eq!(bias_row(8, 8, cells, reach), 3 * 7 + 3);
    }

    #[test]
    fn far_offsets_share_a_row_and_the_condition_has_its_own() {
        assert_eq!(bias_row(1, 5, 5, 3), bias_row(1, 4, 5, 3));
        let condition = [bias_row(0, 4, 5, 3), bias_row(4, 0, 5, 3), bias_row(0, 0, 5, 3)];
        assert_eq!(condition, [28, 29, 30]);
        assert_eq!(rows(3), 31);
    }

    #[test]
    fn steep_heads_start_with_their_slope() {
        let bias = initial_bias(2, 0.5);
        assert_eq!(bias[..5], [-1.0, -0.5, 0.0, -0.5, -1.0]);
        assert_eq!(bias[20..], [0.0; 3]);
    }
}
