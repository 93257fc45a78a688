//! Predictions as plain arrays.

use std::path::Path;
use std::sync::LazyLock;

use grid::{Keys, Resolution, Token, Vocabulary};

use crate::checkpoint::{self, CheckpointError, Reading};
use crate::fused::softmax;
use crate::parameters::floats;
use crate::{Batch, Device, Dropout, Encoder, Item};

/// Probabilities of the harmony tokens for some cells of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities {
    /// The cells, in ascending order.
    cells: Vec<usize>,
    /// `[cells, vocabulary]`
    values: Vec<f32>,
}

impl Probabilities {
    /// The cells that were asked.
    pub fn cells(&self) -> &[usize] {
        &self.cells
    }

    /// The probabilities of all tokens for a cell; those that cannot be chosen have none.
    ///
    /// # Panics
    /// If the cell was not asked.
    pub fn of(&self, cell: usize) -> &[f32] {
        let Ok(row) = self.cells.binary_search(&cell) else { panic!("cell {cell} was not asked") };
        &self.values[row * Vocabulary::SIZE..(row + 1) * Vocabulary::SIZE]
    }

    /// Classifier-free guidance (Ho 2022) of the same item: ℓ_u + weight · (ℓ_c − ℓ_u) of the
    /// log-probabilities ℓ_c with the melody, these, and ℓ_u without it. 1 changes nothing; more
    /// follows the melody more closely.
    ///
    /// # Panics
    /// If `without_melody` is of other cells.
    #[must_use]
    pub fn guided(&self, without_melody: &Self, weight: f32) -> Self {
        assert_eq!(self.cells, without_melody.cells, "other cells");
        // What cannot be chosen stays so.
        let log = |probability: f32| match probability {
            0.0 => f32::NEG_INFINITY,
            _ => probability.ln(),
        };
        let mut values: Vec<f32> = (self.values.iter().zip(&without_melody.values))
            .map(|(with, without)| {
                let without = log(without.max(f32::MIN_POSITIVE));
                if *with > 0.0 { without + weight * (log(*with) - without) } else { log(*with) }
            })
            .collect();
        for cell in values.chunks_mut(Vocabulary::SIZE) {
            let highest = cell.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            cell.iter_mut().for_each(|value| *value = (*value - highest).exp());
            let sum: f32 = cell.iter().sum();
            cell.iter_mut().for_each(|value| *value /= sum);
        }
        Self { cells: self.cells.clone(), values }
    }
}

/// A trained encoder that answers in plain arrays.
#[derive(Debug)]
pub struct Predictor {
    encoder: Encoder,
    reading: Reading,
}

impl Predictor {
    /// Loads what `cantus train` exported.
    ///
    /// # Errors
    /// As [`load`](crate::load).
    pub fn load(folder: &Path, device: &Device) -> Result<Self, CheckpointError> {
        let (encoder, reading) = checkpoint::load(folder, device)?;
        Ok(Self { encoder, reading })
    }

    /// From the contents of `config.json` and `model.safetensors`.
    ///
    /// # Errors
    /// As [`load`](crate::load), naming the shipped model.
    pub fn from_bytes(
        config: &[u8],
        weights: &[u8],
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let (encoder, reading) =
            checkpoint::from_bytes(Path::new("the shipped model"), config, weights, device)?;
        Ok(Self { encoder, reading })
    }

    /// A predictor for an encoder at hand.
    pub fn new(encoder: Encoder, reading: impl Into<Reading>) -> Self {
        Self { encoder, reading: reading.into() }
    }

    /// The grid it was trained on.
    pub fn resolution(&self) -> Resolution {
        self.reading.resolution
    }

    /// The keys it was trained in, into which pieces are moved before it reads them.
    pub fn keys(&self) -> Keys {
        self.reading.keys
    }

    /// The encoder itself, to be measured.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Probabilities for every cell of every item.
    pub fn predict(&self, items: &[Item]) -> Vec<Probabilities> {
        let all: Vec<Vec<usize>> =
            items.iter().map(|item| (0..item.cells.len()).collect()).collect();
        self.predict_cells(items, &all)
    }

    /// Probabilities for some cells of every item, in ascending order: the last layer is computed
    /// for these alone. Items that are the same and asked the same are computed once.
    ///
    /// # Panics
    /// If there are not as many lists of cells as items, or a cell lies beyond its item.
    pub fn predict_cells(&self, items: &[Item], cells: &[Vec<usize>]) -> Vec<Probabilities> {
        assert_eq!(items.len(), cells.len(), "cells for other items");
        let asked: Vec<(&Item, &Vec<usize>)> = items.iter().zip(cells).collect();
        let first_alike = |index: usize| asked.iter().position(|other| *other == asked[index]);
        let alike: Vec<usize> =
            (0..asked.len()).map(|index| first_alike(index).unwrap_or(index)).collect();
        let mut found: Vec<Option<Probabilities>> = vec![None; asked.len()];
        let different: Vec<usize> =
            (0..asked.len()).filter(|index| alike[*index] == *index).collect();
        let computed =
            self.compute(&different.iter().map(|index| asked[*index]).collect::<Vec<_>>());
        for (index, probabilities) in different.into_iter().zip(computed) {
            found[index] = Some(probabilities);
        }
        alike.into_iter().filter_map(|index| found[index].clone()).collect()
    }

    fn compute(&self, asked: &[(&Item, &Vec<usize>)]) -> Vec<Probabilities> {
        if asked.iter().all(|(_, cells)| cells.is_empty()) {
            let none = Probabilities { cells: Vec::new(), values: Vec::new() };
            return vec![none; asked.len()];
        }
        let batch = Batch::new(asked.iter().map(|(item, _)| *item), self.encoder.config());
        let rows: Vec<i32> = asked
            .iter()
            .enumerate()
            .flat_map(|(item, (_, cells))| {
                let start = item * batch.cells;
                cells.iter().map(move |cell| (start + cell) as i32)
            })
            .collect();
        let logits = self.encoder.logits(&batch, &rows, &Dropout::OFF);
        let mut values = floats(logits.into_data());
        // On the processor in any case: burn computes exponentials on one thread, number by number.
        softmax::choose(&mut values, choosable());
        let mut rest = values.as_slice();
        asked
            .iter()
            .map(|(_, cells)| {
                let (values, others) = rest.split_at(cells.len() * Vocabulary::SIZE);
                rest = others;
                Probabilities { cells: cells.to_vec(), values: values.to_vec() }
            })
            .collect()
    }
}

/// Which tokens a prediction may choose: 0 for chords and no chord; −∞ for all others, among them
/// the empty quality, which is a second major.
fn choosable() -> &'static [f32] {
    static CHOOSABLE: LazyLock<Vec<f32>> = LazyLock::new(|| {
        let may = |token: Token| {
            let parts = Vocabulary::parts(token);
            token.is_harmony()
                && parts.is_none_or(|(_, quality)| !grid::QUALITIES[quality].name.is_empty())
        };
        let tokens = (0..Vocabulary::SIZE as u16).map(Token);
        tokens.map(|token| if may(token) { 0.0 } else { f32::NEG_INFINITY }).collect()
    });
    &CHOOSABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::tests::item;

    fn probabilities(first: [f32; 3]) -> Probabilities {
        let mut values = vec![0.0; Vocabulary::SIZE];
        values[6..9].copy_from_slice(&first);
        Probabilities { cells: vec![0], values }
    }

    #[test]
    fn guidance_moves_away_from_what_is_likely_without_the_melody() {
        let (with, without) = (probabilities([0.6, 0.4, 0.0]), probabilities([0.8, 0.1, 0.1]));
        let guided = |weight| with.guided(&without, weight).of(0)[6..9].to_vec();
        // p_c² / p_u, normalised: 0.45 and 1.6.
        for (found, expected) in guided(2.0).iter().zip([0.45 / 2.05, 1.6 / 2.05, 0.0]) {
            assert!((found - expected).abs() < 1e-6, "{:?}", guided(2.0));
        }
        for (found, expected) in guided(1.0).iter().zip([0.6, 0.4, 0.0]) {
            assert!((found - expected).abs() < 1e-6, "{:?}", guided(1.0));
        }
        let sum: f32 = with.guided(&without, 3.0).of(0).iter().sum();
        assert!((sum - 1.0).abs() < 1e-6);
    }

    #[test]
    fn some_cells_are_told_what_all_are_told_and_alike_items_alike() {
        let cpu = crate::device("cpu").expect("a processor");
        let config = crate::Size::TwoByTwo.config();
        let encoder = Encoder::new(&config, 1, &cpu).expect("valid");
        let predictor = Predictor::new(encoder, Resolution::Beat);
        let items = [item(0, 5), item(0, 3), item(0, 5)];
        let all = predictor.predict(&items);
        assert_eq!(all[0], all[2]);
        let asked = [vec![1, 4], vec![], vec![0]];
        for ((some, all), asked) in
            predictor.predict_cells(&items, &asked).iter().zip(&all).zip(asked)
        {
            assert_eq!(some.cells(), asked);
            for cell in asked {
                let sum: f32 = some.of(cell).iter().sum();
                assert!((sum - 1.0).abs() < 1e-5, "{sum}");
                for (one, other) in some.of(cell).iter().zip(all.of(cell)) {
                    assert!((one - other).abs() < 1e-6);
                }
            }
        }
        assert_eq!(all[0].of(0)[Token::MASK.index()], 0.0);
    }
}
