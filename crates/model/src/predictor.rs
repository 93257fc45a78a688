//! Predictions as plain arrays.

use std::path::Path;

use burn::tensor::activation;
use grid::{Keys, Resolution, Token, Vocabulary};

use crate::checkpoint::{self, CheckpointError, Reading, choosable};
use crate::parameters::floats;
use crate::{Batch, Device, Dropout, Encoder, Item};

/// Probabilities of the harmony tokens for every cell of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Probabilities {
    /// `[cells, vocabulary]`
    values: Vec<f32>,
}

impl Probabilities {
    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.values.len() / Vocabulary::SIZE
    }

    /// The probabilities of all tokens for a cell; those that cannot be chosen have none.
    pub fn of(&self, cell: usize) -> &[f32] {
        &self.values[cell * Vocabulary::SIZE..(cell + 1) * Vocabulary::SIZE]
    }

    /// Classifier-free guidance (Ho 2022) of the same item: ℓ_u + weight · (ℓ_c − ℓ_u) of the
    /// log-probabilities ℓ_c with the melody, these, and ℓ_u without it. 1 changes nothing; more
    /// follows the melody more closely.
    ///
    /// # Panics
    /// If `without_melody` is of another number of cells.
    #[must_use]
    pub fn guided(&self, without_melody: &Self, weight: f32) -> Self {
        assert_eq!(self.values.len(), without_melody.values.len(), "another item");
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
        Self { values }
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
        if items.is_empty() {
            return Vec::new();
        }
        let batch = Batch::new(items, self.encoder.config());
        let logits = self.encoder.logits(&batch, &batch.rows(), &Dropout::OFF);
        let values = floats(activation::softmax(logits, 1).into_data());
        let mut rest = values.as_slice();
        let mut next = |length: &usize| {
            let (values, others) = rest.split_at(length * Vocabulary::SIZE);
            rest = others;
            choosable_only(values)
        };
        batch.lengths.iter().map(&mut next).collect()
    }
}

/// The probabilities with those of tokens that cannot be chosen shared out among the others.
fn choosable_only(values: &[f32]) -> Probabilities {
    let mut values = values.to_vec();
    for cell in values.chunks_mut(Vocabulary::SIZE) {
        for (index, value) in cell.iter_mut().enumerate() {
            if !choosable(Token(index as u16)) {
                *value = 0.0;
            }
        }
        let sum: f32 = cell.iter().sum();
        if sum > 0.0 {
            cell.iter_mut().for_each(|value| *value /= sum);
        }
    }
    Probabilities { values }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probabilities(first: [f32; 3]) -> Probabilities {
        let mut values = vec![0.0; Vocabulary::SIZE];
        values[6..9].copy_from_slice(&first);
        Probabilities { values }
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
}
