//! Pieces as the encoder reads them: items, and batches of items as plain arrays.

use grid::{Cell, CellMeter, KEYS, Token};

use crate::config::MelodyFeatures;

/// One piece for the encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The cells; their own harmony is not read.
    pub cells: Vec<Cell>,
    /// What the encoder sees of the harmony: a token, or [`Token::MASK`]. As many as cells.
    pub harmony: Vec<Token>,
    /// Seed of the item's own random stream, for dropout.
    pub seed: u64,
}

impl Item {
    /// The share of its cells that are masked.
    pub fn masking_share(&self) -> f32 {
        let masked = self.harmony.iter().filter(|token| **token == Token::MASK).count();
        masked as f32 / self.harmony.len().max(1) as f32
    }
}

/// Rows of the table that embeds the place in the bar.
pub(crate) const PLACES: usize = 64;
/// Rows of the table that embeds the bar index: bars count modulo this, and the pickup is the
/// last one of such a round.
pub(crate) const BARS: usize = 16;
/// Rows of the table that embeds the edges of the song: neither, first bar, last bar, both.
pub(crate) const EDGES: usize = 4;
/// Numbers of the time-signature condition.
pub(crate) const CONDITION: usize = 17;

/// Items side by side, padded to the longest.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Items.
    pub size: usize,
    /// Cells of the longest item.
    pub cells: usize,
    /// Cells of each item.
    pub lengths: Vec<usize>,
    /// `[size, cells, features]`
    pub(crate) melody: Vec<f32>,
    /// `[size, cells]`
    pub(crate) harmony: Vec<i32>,
    /// `[size, CONDITION]`
    pub(crate) condition: Vec<f32>,
    /// `[size, cells]` each: place in bar, bar index, edges.
    pub(crate) metric: [Vec<i32>; 3],
    /// Seed of each item.
    pub(crate) seeds: Vec<u64>,
}

impl Batch {
    /// Packs items. Padded cells are silent, hold [`Token::PAD`] and are not attended to.
    pub fn new<'a>(items: impl IntoIterator<Item = &'a Item>, features: MelodyFeatures) -> Self {
        let items: Vec<&Item> = items.into_iter().collect();
        let cells = items.iter().map(|item| item.cells.len()).max().unwrap_or(0);
        let (size, width) = (items.len(), features.size());
        let mut batch = Self {
            size,
            cells,
            lengths: items.iter().map(|item| item.cells.len()).collect(),
            melody: vec![0.0; size * cells * width],
            harmony: vec![i32::from(Token::PAD.0); size * cells],
            condition: Vec::with_capacity(size * CONDITION),
            metric: [(); 3].map(|()| vec![0; size * cells]),
            seeds: items.iter().map(|item| item.seed).collect(),
        };
        for (row, item) in items.iter().enumerate() {
            batch.condition.extend(condition(item));
            for (column, (cell, token)) in item.cells.iter().zip(&item.harmony).enumerate() {
                let at = row * cells + column;
                melody_features(cell, features, &mut batch.melody[at * width..(at + 1) * width]);
                batch.harmony[at] = i32::from(token.0);
                for (table, index) in batch.metric.iter_mut().zip(metric_indices(cell.meter())) {
                    table[at] = index;
                }
            }
        }
        batch
    }
}

/// Writes the features of one cell.
fn melody_features(cell: &Cell, features: MelodyFeatures, out: &mut [f32]) {
    out[..12].copy_from_slice(&cell.shares());
    if features.size() > 12 {
        for (class, slot) in out[12..24].iter_mut().enumerate() {
            *slot = f32::from(cell.onsets() >> class & 1);
        }
    }
    if features.size() > 24 {
        for key in (0..KEYS).filter(|key| cell.has_key(*key)) {
            out[24 + key] = 1.0;
        }
    }
}

/// The time signature of the first cell as published (a one-hot numerator from 2 to 15 in 14
/// numbers, then two for the denominators 8 and 4), and the share of masked cells.
fn condition(item: &Item) -> [f32; CONDITION] {
    let mut condition = [0.0; CONDITION];
    if let Some(meter) = item.cells.first().map(Cell::meter) {
        condition[usize::from(meter.numerator.saturating_sub(2)).min(13)] = 1.0;
        condition[if meter.denominator == 8 { 14 } else { 15 }] = 1.0;
    }
    condition[16] = item.masking_share();
    condition
}

/// Rows of the metric tables for a cell.
fn metric_indices(meter: CellMeter) -> [i32; 3] {
    // 2¹⁶ is a multiple of the tables' size, so the pickup (the last index) wraps to the last row.
    let place = usize::from(meter.place).min(PLACES - 1);
    let bar = usize::from(meter.bar) % BARS;
    let edges = usize::from(meter.first_bar) + 2 * usize::from(meter.last_bar);
    [place, bar, edges].map(|index| index as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(cells: usize, meter: CellMeter) -> Item {
        Item {
            cells: vec![Cell::new(Token::NO_CHORD, meter); cells],
            harmony: (0..cells).map(|i| if i % 2 == 0 { Token::MASK } else { Token(9) }).collect(),
            seed: 1,
        }
    }

    fn pickup() -> CellMeter {
        CellMeter {
            bar: CellMeter::PICKUP,
            place: 5,
            cells_in_bar: 6,
            cells_per_pulse: 3,
            numerator: 6,
            denominator: 8,
            first_bar: true,
            last_bar: false,
        }
    }

    #[test]
    fn shorter_items_are_padded() {
        let batch = Batch::new([&item(2, pickup()), &item(4, pickup())], MelodyFeatures::Onsets);
        assert_eq!((batch.size, batch.cells), (2, 4));
        let pad = i32::from(Token::PAD.0);
        assert_eq!(batch.harmony, [5, 9, pad, pad, 5, 9, 5, 9]);
        assert_eq!(batch.melody.len(), 2 * 4 * 24);
    }

    #[test]
    fn the_condition_is_the_published_one_and_the_masking_share() {
        let condition = condition(&item(4, pickup()));
        let set: Vec<_> = (0..CONDITION).filter(|i| condition[*i] > 0.0).collect();
        assert_eq!(set, [4, 14, 16]);
        assert_eq!(condition[16], 0.5);
    }

    #[test]
    fn the_pickup_is_the_last_bar_of_a_round() {
        assert_eq!(metric_indices(pickup()), [5, BARS as i32 - 1, 1]);
    }
}
