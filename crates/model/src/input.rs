//! Batches of items as plain arrays.

use grid::{Cell, CellMeter, KEYS, Token, Vocabulary};

use crate::config::{EncoderConfig, MelodyFeatures, StageConditioning};
use crate::item::{Item, Melody};

/// Rows of the table that embeds the place in the bar.
pub(crate) const PLACES: usize = 64;
/// Rows of the table that embeds the bar index: bars count modulo this, and the pickup is the
/// last one of such a round.
pub(crate) const BARS: usize = 16;
/// Rows of the table that embeds the edges of the song: neither, first bar, last bar, both.
pub(crate) const EDGES: usize = 4;
/// Numbers of the condition: the time signature, then the share of masked cells.
pub(crate) const CONDITION: usize = 17;
/// Row of the harmony table that stands for a bar cell.
const BAR_TOKEN: i32 = Vocabulary::SIZE as i32;

/// Items side by side, padded to the longest.
///
/// Inside, each half of the sequence is a row of **slots**: the cells and, with
/// [`EncoderConfig::bars`], the bar cells between them. Outside, everything counts by cells.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Items.
    pub size: usize,
    /// Cells of the longest item.
    pub cells: usize,
    /// Cells of each item.
    pub lengths: Vec<usize>,
    /// Slots of the longest item.
    pub(crate) slots: usize,
    /// Slots of each item.
    pub(crate) slot_lengths: Vec<usize>,
    /// The slot of every cell, as rows of `[size · slots]`: `[size, cells]`, anything for
    /// padding. `None` where each cell is its own slot.
    pub(crate) slots_of_cells: Option<Vec<i32>>,
    /// `[size, slots, inputs]`
    pub(crate) melody: Vec<f32>,
    /// `[size, slots]`
    pub(crate) harmony: Vec<i32>,
    /// `[size, CONDITION]`
    pub(crate) condition: Vec<f32>,
    /// `[size, slots]` each: place in bar, bar index, edges.
    pub(crate) metric: [Vec<i32>; 3],
    /// `[size]`: rows of the stage table.
    pub(crate) stages: Vec<i32>,
    /// Seed of each item.
    pub(crate) seeds: Vec<u64>,
}

impl Batch {
    /// Packs items for an encoder. Padded cells are silent, hold [`Token::PAD`] and are not
    /// attended to.
    ///
    /// # Panics
    /// If an item is longer than [`EncoderConfig::longest_item`]: pieces are cut before.
    pub fn new<'a>(items: impl IntoIterator<Item = &'a Item>, config: &EncoderConfig) -> Self {
        let items: Vec<&Item> = items.into_iter().collect();
        let lengths: Vec<usize> = items.iter().map(|item| item.cells.len()).collect();
        let cells = lengths.iter().copied().max().unwrap_or(0);
        if let Some(longest) = config.longest_item() {
            assert!(cells <= longest, "an item of {cells} cells for an encoder of {longest}");
        }
        let rows: Vec<Vec<Slot>> =
            items.iter().map(|item| slots(&item.cells, config.bars)).collect();
        let slot_lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
        let slots = slot_lengths.iter().copied().max().unwrap_or(0);
        let (size, width) = (items.len(), config.melody_inputs());
        let mut batch = Self {
            size,
            cells,
            lengths,
            slots,
            slot_lengths,
            slots_of_cells: config.bars.then(|| vec![0; size * cells]),
            melody: vec![0.0; size * slots * width],
            harmony: vec![i32::from(Token::PAD.0); size * slots],
            condition: items.iter().flat_map(|item| condition(item, config)).collect(),
            metric: [(); 3].map(|()| vec![0; size * slots]),
            stages: items.iter().map(|item| item.stage_row(&config.stage) as i32).collect(),
            seeds: items.iter().map(|item| item.seed).collect(),
        };
        for (row, (item, row_slots)) in items.iter().zip(&rows).enumerate() {
            for (column, slot) in row_slots.iter().enumerate() {
                let at = row * slots + column;
                let inputs = &mut batch.melody[at * width..(at + 1) * width];
                let cell = match *slot {
                    Slot::Bar { before } => {
                        inputs[config.melody.size()] = 1.0;
                        batch.harmony[at] = BAR_TOKEN;
                        before
                    }
                    Slot::Cell(cell) => {
                        match item.melody {
                            Melody::Shown => {
                                melody_features(&item.cells[cell], config.melody, inputs);
                            }
                            Melody::Hidden if config.guidance => inputs[width - 1] = 1.0,
                            Melody::Hidden => {}
                        }
                        batch.harmony[at] = i32::from(item.harmony[cell].0);
                        if let Some(slots_of_cells) = &mut batch.slots_of_cells {
                            slots_of_cells[row * cells + cell] = at as i32;
                        }
                        cell
                    }
                };
                let indices = metric_indices(item.cells[cell].meter());
                for (table, index) in batch.metric.iter_mut().zip(indices) {
                    table[at] = index;
                }
            }
        }
        batch
    }

    /// All cells that are no padding, as rows of the flattened `[items · cells]`.
    pub fn rows(&self) -> Vec<i32> {
        let of_item = |(item, length): (usize, &usize)| {
            let start = (item * self.cells) as i32;
            start..start + *length as i32
        };
        self.lengths.iter().enumerate().flat_map(of_item).collect()
    }

    /// The slots of cells, from rows of `[items · cells]` to rows of `[items · slots]`.
    pub(crate) fn slot_rows(&self, rows: &[i32]) -> Vec<i32> {
        match &self.slots_of_cells {
            Some(slots) => rows.iter().map(|row| slots[*row as usize]).collect(),
            None => rows.to_vec(),
        }
    }
}

/// What stands at a place of either half of the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A bar line.
    Bar {
        /// The cell that begins the bar.
        before: usize,
    },
    /// A cell.
    Cell(usize),
}

/// The slots of an item: its cells, each that begins a full bar after a bar line if asked for.
pub(crate) fn slots(cells: &[Cell], bars: bool) -> Vec<Slot> {
    cells
        .iter()
        .enumerate()
        .flat_map(|(index, cell)| {
            let bar = (bars && cell.starts_bar()).then_some(Slot::Bar { before: index });
            bar.into_iter().chain([Slot::Cell(index)])
        })
        .collect()
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

/// What the encoder is told of the whole item, zero where it is not told: the time signature of
/// the first cell as published (a one-hot numerator from 2 to 15 in 14 numbers, then two for the
/// denominators 8 and 4), and the share of masked cells.
fn condition(item: &Item, config: &EncoderConfig) -> [f32; CONDITION] {
    let mut condition = [0.0; CONDITION];
    let meter = item.cells.first().map(Cell::meter).filter(|_| config.time_signature);
    if let Some(meter) = meter {
        condition[usize::from(meter.numerator.saturating_sub(2)).min(13)] = 1.0;
        condition[if meter.denominator == 8 { 14 } else { 15 }] = 1.0;
    }
    if config.stage == StageConditioning::MaskingShare {
        condition[16] = item.masking_share();
    }
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
    use crate::Positions;

    fn item(cells: usize, meter: CellMeter) -> Item {
        let shown = |i| if i % 2 == 0 { Token::MASK } else { Token(9) };
        Item::new(vec![Cell::new(Token::NO_CHORD, meter); cells], (0..cells).map(shown).collect())
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

    /// A pickup of one cell and `cells` cells in bars of two.
    fn in_bars(cells: u16) -> Item {
        let meter = |cell: u16| CellMeter { bar: cell / 2, place: cell % 2, ..pickup() };
        let meters = [pickup()].into_iter().chain((0..cells).map(meter));
        let cells: Vec<_> = meters.map(|meter| Cell::new(Token::NO_CHORD, meter)).collect();
        let harmony = (0..cells.len()).map(|cell| Token(10 + cell as u16)).collect();
        Item::new(cells, harmony)
    }

    #[test]
    fn shorter_items_are_padded() {
        let items = [item(2, pickup()), item(4, pickup())];
        let batch = Batch::new(&items, &EncoderConfig::default());
        assert_eq!((batch.size, batch.cells, batch.slots), (2, 4, 4));
        let pad = i32::from(Token::PAD.0);
        assert_eq!(batch.harmony, [5, 9, pad, pad, 5, 9, 5, 9]);
        assert_eq!(batch.melody.len(), 2 * 4 * 24);
    }

    #[test]
    fn bar_cells_stand_before_full_bars_in_both_halves() {
        let config = EncoderConfig { bars: true, ..EncoderConfig::default() };
        let batch = Batch::new(&[in_bars(3), in_bars(1)], &config);
        assert_eq!((batch.cells, batch.slots), (4, 6));
        assert_eq!((&batch.lengths[..], &batch.slot_lengths[..]), (&[4, 2][..], &[6, 3][..]));
        let (bar, pad) = (BAR_TOKEN, i32::from(Token::PAD.0));
        assert_eq!(batch.harmony, [10, bar, 11, 12, bar, 13, 10, bar, 11, pad, pad, pad]);
        assert_eq!(batch.slots_of_cells, Some(vec![0, 2, 3, 5, 6, 8, 0, 0]));
        let bits: Vec<f32> = batch.melody.chunks(25).map(|inputs| inputs[24]).collect();
        assert_eq!(bits, [0., 1., 0., 0., 1., 0., 0., 1., 0., 0., 0., 0.]);
        // A bar cell is where its bar begins.
        assert_eq!(batch.metric[1][..6], [15, 0, 0, 0, 1, 1]);
    }

    #[test]
    fn a_hidden_melody_is_one_bit_and_bars_stay() {
        let config = EncoderConfig { bars: true, guidance: true, ..EncoderConfig::default() };
        let mut item = in_bars(2);
        item.cells.iter_mut().for_each(|cell| cell.add_note(60, 1.0, true));
        let batch = Batch::new(&[item.without_melody()], &config);
        let marks: Vec<_> = batch.melody.chunks(26).map(|cell| (cell[24], cell[25])).collect();
        assert_eq!(marks, [(0., 1.), (1., 0.), (0., 1.), (0., 1.)]);
        assert_eq!(batch.melody.iter().sum::<f32>(), 4.0);
    }

    #[test]
    fn the_condition_tells_what_is_asked_for() {
        let set = |config: &EncoderConfig| -> Vec<usize> {
            let condition = condition(&item(4, pickup()), config);
            (0..CONDITION).filter(|i| condition[*i] > 0.0).collect()
        };
        let base = EncoderConfig::default();
        assert_eq!(set(&base), [4, 14]);
        let share = EncoderConfig { stage: StageConditioning::MaskingShare, ..base.clone() };
        assert_eq!(set(&share), [4, 14, 16]);
        assert_eq!(condition(&item(4, pickup()), &share)[16], 0.5);
        assert_eq!(set(&EncoderConfig { time_signature: false, ..base }), [0; 0]);
    }

    #[test]
    fn the_pickup_is_the_last_bar_of_a_round() {
        assert_eq!(metric_indices(pickup()), [5, BARS as i32 - 1, 1]);
    }

    #[test]
    #[should_panic(expected = "an item of 4 cells for an encoder of 3")]
    fn an_item_longer_than_the_table_is_no_item_for_it() {
        let positions = Positions::Learned { cells: 3 };
        Batch::new(&[item(4, pickup())], &EncoderConfig { positions, ..EncoderConfig::default() });
    }
}
