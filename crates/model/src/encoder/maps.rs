//! What the attention heads look at, as plain arrays.

use super::Encoder;
use super::dropout::Dropout;
use super::positions::Sequence;
use crate::input::{Slot, slots};
use crate::parameters::floats;
use crate::{Batch, Item};

/// What stands at a position of the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SequencePlace {
    /// The time signature and how much is hidden.
    Condition,
    /// A bar cell in either half, before this cell of the item.
    Bar(usize),
    /// The melody of a cell of the item, from 0.
    Melody(usize),
    /// The harmony of a cell of the item, from 0.
    Harmony(usize),
}

/// The attention weights of one item, from every layer and head. Padding is cut off.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionMaps {
    layers: usize,
    heads: usize,
    places: Vec<SequencePlace>,
    /// `[layers, heads, queries, keys]`
    weights: Vec<f32>,
}

impl AttentionMaps {
    /// Maps of `weights` `[layers, heads, queries, keys]` over `places`; `None` where they are not
    /// that many.
    pub fn new(
        layers: usize,
        heads: usize,
        places: Vec<SequencePlace>,
        weights: Vec<f32>,
    ) -> Option<Self> {
        let expected = layers * heads * places.len() * places.len();
        (weights.len() == expected).then_some(Self { layers, heads, places, weights })
    }

    /// How many layers there are.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// How many heads a layer has.
    pub fn heads(&self) -> usize {
        self.heads
    }

    /// What stands at each position.
    pub fn places(&self) -> &[SequencePlace] {
        &self.places
    }

    /// Where the weights of `head` in `layer` from position `query` go, both counted from 0: a
    /// number for each position, 1 together. Empty beyond the last of any.
    pub fn row(&self, layer: usize, head: usize, query: usize) -> &[f32] {
        let positions = self.places.len();
        if layer >= self.layers || head >= self.heads || query >= positions {
            return &[];
        }
        let start = ((layer * self.heads + head) * positions + query) * positions;
        self.weights.get(start..start + positions).unwrap_or_default()
    }
}

impl Encoder {
    /// The attention weights of every layer and head for each item, dropout off, computed with
    /// burn's own operations.
    ///
    /// Memory: layers · heads · (1 + 2 · slots)² numbers an item, of the longest item's slots.
    ///
    /// # Panics
    /// As [`Batch::new`].
    pub fn attention(&self, items: &[Item]) -> Vec<AttentionMaps> {
        if items.is_empty() {
            return Vec::new();
        }
        let batch = Batch::new(items, self.config());
        let sequence = Sequence::new(&batch);
        let padding = sequence.padding_bias(&self.device());
        let mut hidden = self.embed(&batch);
        let mut layers = Vec::with_capacity(self.layers.len());
        for (index, layer) in self.layers.iter().enumerate() {
            let weights = layer.attention_weights(hidden.clone(), &sequence, padding.clone());
            layers.push(floats(weights.into_data()));
            // The weights of the last layer do not depend on what it adds.
            if index + 1 < self.layers.len() {
                hidden = layer.forward(hidden, &sequence, padding.clone(), &Dropout::OFF, index);
            }
        }
        let maps = |(index, item): (usize, &Item)| {
            let slots = slots(&item.cells, self.config().bars);
            without_padding(&layers, self.config().heads, batch.slots, index, &slots)
        };
        items.iter().enumerate().map(maps).collect()
    }
}

/// The maps of the item at `item` with these slots, of a batch padded to `padded` slots.
fn without_padding(
    layers: &[Vec<f32>],
    heads: usize,
    padded: usize,
    item: usize,
    slots: &[Slot],
) -> AttentionMaps {
    let half = |first: usize, place: fn(usize) -> SequencePlace| {
        slots.iter().enumerate().map(move |(index, slot)| match *slot {
            Slot::Bar { before } => (first + index, SequencePlace::Bar(before)),
            Slot::Cell(cell) => (first + index, place(cell)),
        })
    };
    let (melody, harmony) =
        (half(1, SequencePlace::Melody), half(1 + padded, SequencePlace::Harmony));
    let (positions, places): (Vec<usize>, Vec<SequencePlace>) =
        [(0, SequencePlace::Condition)].into_iter().chain(melody).chain(harmony).unzip();
    let length = 1 + 2 * padded;
    let mut weights = Vec::with_capacity(layers.len() * heads * places.len() * places.len());
    for layer in layers {
        for head in 0..heads {
            for query in &positions {
                let start = ((item * heads + head) * length + query) * length;
                weights.extend(positions.iter().map(|key| layer[start + key]));
            }
        }
    }
    AttentionMaps { layers: layers.len(), heads, places, weights }
}

#[cfg(test)]
mod tests {
    use crate::config::EncoderConfig;
    use crate::encoder::tests::{encoder, item, largest_difference, small};

    use super::*;

    /// All rows of the maps, one after the other.
    fn rows(maps: &AttentionMaps) -> Vec<&[f32]> {
        let positions = maps.places().len();
        (0..maps.layers() * maps.heads() * positions)
            .map(|i| {
                let (layer, rest) =
                    (i / (maps.heads() * positions), i % (maps.heads() * positions));
                maps.row(layer, rest / positions, rest % positions)
            })
            .collect()
    }

    #[test]
    fn every_row_is_a_distribution_over_the_positions_of_the_item() {
        let encoder = encoder(&small());
        for (maps, cells) in encoder.attention(&[item(6, 1), item(11, 2)]).iter().zip([6, 11]) {
            assert_eq!((maps.layers(), maps.heads(), maps.places().len()), (2, 4, 1 + 2 * cells));
            assert_eq!(maps.places()[0], SequencePlace::Condition);
            assert_eq!(maps.places()[cells], SequencePlace::Melody(cells - 1));
            assert_eq!(maps.places()[cells + 1], SequencePlace::Harmony(0));
            for row in rows(maps) {
                assert_eq!(row.len(), 1 + 2 * cells);
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
        }
        assert_eq!(encoder.attention(&[]), []);
    }

    #[test]
    fn bar_cells_are_named_in_both_halves() {
        let encoder = encoder(&EncoderConfig { bars: true, ..small() });
        let maps = encoder.attention(&[item(6, 1)]).remove(0);
        use SequencePlace::{Bar, Condition, Harmony, Melody};
        let half = |place: fn(usize) -> SequencePlace| {
            [Bar(0), place(0), place(1), place(2), place(3), Bar(4), place(4), place(5)]
        };
        let places = [&[Condition][..], &half(Melody), &half(Harmony)].concat();
        assert_eq!(maps.places(), places);
        assert!(rows(&maps).iter().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
    }

    #[test]
    fn padding_changes_nothing() {
        let encoder = encoder(&small());
        let (short, long) = (item(6, 1), item(11, 2));
        let alone = encoder.attention(std::slice::from_ref(&short)).remove(0);
        let together = encoder.attention(&[long, short]).remove(1);
        assert_eq!(alone.places(), together.places());
        assert!(largest_difference(&alone.weights, &together.weights) < 1e-5);
    }

    #[test]
    fn a_bias_towards_the_melody_beneath_is_seen_there() {
        let config = EncoderConfig { layers: 1, heads: 2, ..small() };
        let encoder = encoder(&config);
        let mut parameters = encoder.parameters();
        for parameter in &parameters.layout.parameters {
            let values = &mut parameters.values[parameter.range.clone()];
            if parameter.name.contains("queries_keys_values") {
                values.fill(0.0);
            } else if parameter.name.ends_with("bias.relative") {
                values.fill(0.0);
                // Head 0, harmony → melody, offset 0, with a reach of 8: e^ln 9 = 9 times as much.
                values[2 * 17 + 8] = 9f32.ln();
            }
        }
        let encoder = encoder.with_values(&parameters.values);
        let maps = encoder.attention(&[item(5, 1)]).remove(0);
        // Harmony cell 2 stands at 8, melody cell 2 at 3; ten others have 1 each.
        assert!((maps.row(0, 0, 8)[3] - 9.0 / 19.0).abs() < 1e-6);
        assert!((maps.row(0, 0, 8)[4] - 1.0 / 19.0).abs() < 1e-6);
        assert!((maps.row(0, 1, 8)[3] - 1.0 / 11.0).abs() < 1e-6);
        assert_eq!(maps.row(0, 2, 8), &[] as &[f32], "there is no third head");
    }

    #[test]
    fn maps_of_another_size_are_refused() {
        let places = vec![SequencePlace::Condition, SequencePlace::Melody(0)];
        assert!(AttentionMaps::new(1, 1, places.clone(), vec![0.5; 4]).is_some());
        assert_eq!(AttentionMaps::new(1, 2, places, vec![0.5; 4]), None);
    }
}
