//! Predictions as plain arrays.

use std::path::Path;

use burn::tensor::activation;
use grid::{Resolution, Token, Vocabulary};

use crate::checkpoint::{self, CheckpointError, choosable};
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
}

/// A trained encoder that answers in plain arrays.
#[derive(Debug)]
pub struct Predictor {
    encoder: Encoder,
    resolution: Resolution,
}

impl Predictor {
    /// Loads what `cantus train` exported.
    ///
    /// # Errors
    /// As [`load`](crate::load).
    pub fn load(folder: &Path, device: &Device) -> Result<Self, CheckpointError> {
        let (encoder, resolution) = checkpoint::load(folder, device)?;
        Ok(Self { encoder, resolution })
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
        let (encoder, resolution) =
            checkpoint::from_bytes(Path::new("the shipped model"), config, weights, device)?;
        Ok(Self { encoder, resolution })
    }

    /// A predictor for an encoder at hand.
    pub fn new(encoder: Encoder, resolution: Resolution) -> Self {
        Self { encoder, resolution }
    }

    /// The grid it was trained on.
    pub fn resolution(&self) -> Resolution {
        self.resolution
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
        let batch = Batch::new(items, self.encoder.config().melody);
        let hidden = self.encoder.forward(&batch, &Dropout::OFF);
        let logits = self.encoder.logits(hidden);
        let values = floats(activation::softmax(logits, 2).into_data());
        values
            .chunks(batch.cells * Vocabulary::SIZE)
            .zip(&batch.lengths)
            .map(|(values, length)| choosable_only(&values[..length * Vocabulary::SIZE]))
            .collect()
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
