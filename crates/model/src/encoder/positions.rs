//! Places in the sequence `[condition, melody slots, harmony slots]`.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Int, Tensor, TensorData};

use crate::config::{EncoderConfig, Positions};
use crate::fused::packing::BiasRuns;
use crate::fused::softmax::Run;
use crate::{Batch, Device};

/// What attention and dropout know of a batch's sequence.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    /// Slots of the longest item: its cells, and its bar cells where these are interleaved.
    pub(super) slots: usize,
    /// Seed of each item.
    pub(super) seeds: Vec<u64>,
    /// Logical place of each position: the same however far the batch is padded.
    pub(super) places: Vec<u32>,
    lengths: Vec<usize>,
}

impl Sequence {
    pub(super) fn new(batch: &Batch) -> Self {
        let slots = batch.slots as u32;
        let melody = (0..slots).map(|slot| 1 + 2 * slot);
        let harmony = (0..slots).map(|slot| 2 + 2 * slot);
        Self {
            slots: batch.slots,
            seeds: batch.seeds.clone(),
            places: [0].into_iter().chain(melody).chain(harmony).collect(),
            lengths: batch.slot_lengths.clone(),
        }
    }

    /// The condition alone, for items of these seeds.
    #[cfg(test)]
    pub(super) fn of_seeds(seeds: Vec<u64>) -> Self {
        Self { slots: 0, lengths: vec![0; seeds.len()], seeds, places: vec![0] }
    }

    /// Positions in all.
    pub(super) fn len(&self) -> usize {
        1 + 2 * self.slots
    }

    /// What is added to attention scores so that padding is not attended to:
    /// `[batch, 1, 1, sequence]`, or `None` where nothing is padded.
    pub(super) fn padding_bias(&self, device: &Device) -> Option<Tensor<4>> {
        if self.lengths.iter().all(|length| *length == self.slots) {
            return None;
        }
        // Finite, so that softmax stays finite; exp(−10⁹) is zero.
        const HIDDEN: f32 = -1e9;
        let mut bias = Vec::with_capacity(self.lengths.len() * self.len());
        for length in &self.lengths {
            let half = (0..self.slots).map(|slot| if slot < *length { 0.0 } else { HIDDEN });
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
/// −reach to reach, then condition → any slot, any slot → condition, condition → itself.
fn bias_row(query: usize, key: usize, slots: usize, reach: usize) -> usize {
    let segment = |position: usize| (position > slots, (position - 1) % slots);
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
            .map(|i| bias_row(i / length, i % length, sequence.slots, self.reach) as i32)
            .collect();
        let indices = Tensor::<1, Int>::from_data(
            TensorData::new(indices, [length * length]),
            &self.relative.device(),
        );
        self.relative.val().select(1, indices).reshape([1, heads, length, length])
    }

    /// Where in the table the biases of an item of so many slots stand.
    pub(super) fn runs(&self, slots: usize) -> BiasRuns {
        let mut runs = BiasRuns::default();
        for query in 0..=2 * slots {
            runs.push(bias_runs(query, slots, self.reach));
        }
        runs
    }
}

/// The rows of [`bias_row`] for all keys of a query: offsets within reach stand one after another,
/// those beyond it share a row.
fn bias_runs(query: usize, slots: usize, reach: usize) -> Vec<Run> {
    let run = |start: usize, count: usize, entry: usize, moving: bool| Run {
        start: start as u32,
        count: count as u32,
        entry: entry as u32,
        moving,
    };
    let row = |key| bias_row(query, key, slots, reach);
    let mut runs = vec![run(0, 1, row(0), false)];
    if slots == 0 {
        return runs;
    }
    if query == 0 {
        runs.push(run(1, 2 * slots, row(1), false));
        return runs;
    }
    let slot = (query - 1) % slots;
    let (near, far) = (slot.saturating_sub(reach), (slot + reach + 1).min(slots));
    for half in [1, 1 + slots] {
        runs.push(run(half, near, row(half), false));
        runs.push(run(half + near, far - near, row(half + near), true));
        runs.push(run(half + far, slots - far, row(half + slots - 1), false));
    }
    runs
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

/// Slots that each half of a learned table has room for: with bar cells, one before every cell.
const fn learned_slots(cells: usize, bars: bool) -> usize {
    if bars { 2 * cells } else { cells }
}

/// Rows of the learned table, if there is one: the condition, the melody, the harmony.
pub(super) fn learned_table(config: &EncoderConfig) -> Option<usize> {
    match config.positions {
        Positions::Learned { cells } => Some(1 + 2 * learned_slots(cells, config.bars)),
        _ => None,
    }
}

/// The row of the learned table for every position of a sequence of twice `slots`. The harmony
/// begins at the same row however short the items are.
pub(super) fn learned_rows(slots: usize, config: &EncoderConfig) -> Vec<i32> {
    let half = learned_table(config).map_or(slots, |rows| rows / 2);
    let rows = [0].into_iter().chain(1..=slots).chain(half + 1..=half + slots);
    rows.map(|row| row as i32).collect()
}

/// Fixed sinusoids for places shared by a melody slot and the harmony slot over it:
/// `[1, 1 + 2·slots, width]`.
pub(super) fn shared_sinusoids(slots: usize, width: usize, device: &Device) -> Tensor<3> {
    let places = [0].into_iter().chain(1..=slots).chain(1..=slots);
    Tensor::from_data(TensorData::new(sinusoids(places, width), [1, 1 + 2 * slots, width]), device)
}

/// Fixed sinusoids for places over the whole sequence of each item, however far it is padded:
/// `[batch, 1 + 2·slots, width]`.
pub(super) fn whole_sinusoids(batch: &Batch, width: usize, device: &Device) -> Tensor<3> {
    let slots = batch.slots;
    let places = batch
        .slot_lengths
        .iter()
        .flat_map(|length| [0].into_iter().chain(1..=slots).chain(length + 1..=length + slots));
    let shape = [batch.size, 1 + 2 * slots, width];
    Tensor::from_data(TensorData::new(sinusoids(places, width), shape), device)
}

/// A row of `width` sinusoids for each place (Vaswani 2017).
fn sinusoids(places: impl Iterator<Item = usize>, width: usize) -> Vec<f32> {
    let row = |place: usize| {
        (0..width).map(move |feature| {
            let rate = 10_000f64.powf(-((feature / 2 * 2) as f64) / width as f64);
            let angle = place as f64 * rate;
            if feature.is_multiple_of(2) { angle.sin() as f32 } else { angle.cos() as f32 }
        })
    };
    places.flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_melody_cell_under_a_harmony_cell_is_at_offset_zero() {
        let (slots, reach) = (5, 3);
        // Harmony cell 2 is at position 8, melody cell 2 at position 3.
        assert_eq!(bias_row(8, 3, slots, reach), 2 * 7 + 3);
        assert_eq!(bias_row(3, 8, slots, reach), 7 + 3);
        assert_eq!(bias_row(8, 8, slots, reach), 3 * 7 + 3);
    }

    #[test]
    fn far_offsets_share_a_row_and_the_condition_has_its_own() {
        assert_eq!(bias_row(1, 5, 5, 3), bias_row(1, 4, 5, 3));
        let condition = [bias_row(0, 4, 5, 3), bias_row(4, 0, 5, 3), bias_row(0, 0, 5, 3)];
        assert_eq!(condition, [28, 29, 30]);
        assert_eq!(rows(3), 31);
    }

    #[test]
    fn runs_name_the_same_rows() {
        for (slots, reach) in [(0, 2), (1, 2), (5, 3), (6, 1), (4, 9)] {
            for query in 0..=2 * slots {
                let rows: Vec<usize> = bias_runs(query, slots, reach)
                    .iter()
                    .flat_map(|run| {
                        let step = u32::from(run.moving);
                        (0..run.count).map(move |index| (run.entry + index * step) as usize)
                    })
                    .collect();
                let expected: Vec<usize> =
                    (0..=2 * slots).map(|key| bias_row(query, key, slots, reach)).collect();
                assert_eq!(rows, expected, "query {query} of {slots} slots");
            }
        }
    }

    #[test]
    fn the_learned_table_is_the_published_one_and_has_room_for_bars() {
        let positions = Positions::Learned { cells: 256 };
        let config = EncoderConfig { positions, ..EncoderConfig::default() };
        assert_eq!(learned_table(&config), Some(513));
        assert_eq!(learned_rows(2, &config), [0, 1, 2, 257, 258]);
        let with_bars = EncoderConfig { bars: true, ..config };
        assert_eq!(learned_table(&with_bars), Some(1025));
        assert_eq!(learned_rows(512, &with_bars).last(), Some(&1024));
    }

    #[test]
    fn steep_heads_start_with_their_slope() {
        let bias = initial_bias(2, 0.5);
        assert_eq!(bias[..5], [-1.0, -0.5, 0.0, -0.5, -1.0]);
        assert_eq!(bias[20..], [0.0; 3]);
    }
}
