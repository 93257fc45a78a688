//! The encoder: `[condition, melody cells, harmony cells]` → a prediction for each harmony cell.

mod attention;
mod dropout;
mod embed;
mod head;
mod initial;
mod layer;
mod positions;
mod rotary;

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Int, Tensor, TensorData};
use grid::Vocabulary;

pub use dropout::Dropout;

use crate::config::{ConfigError, EncoderConfig, Norm};
use crate::input::{Batch, CONDITION};
use crate::{Device, Parameters};
use dropout::Site;
use embed::{Metric, Stage};
use layer::Layer;
use positions::Sequence;

/// The bidirectional Transformer encoder.
///
/// Sequence length is 1 + 2·slots: the condition, the melody, the harmony. A slot is a cell, or a
/// bar cell where these are interleaved.
#[derive(Module, Debug)]
pub struct Encoder {
    condition: Linear,
    melody: Linear,
    harmony: Embedding,
    metric: Option<Metric>,
    positions: Option<Embedding>,
    stage: Option<Stage>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    head: Linear,
    #[module(skip)]
    config: EncoderConfig,
}

impl Encoder {
    /// An encoder with initial weights drawn from `seed`.
    ///
    /// # Errors
    /// If the configuration is none an encoder can have.
    pub fn new(config: &EncoderConfig, seed: u64, device: &Device) -> Result<Self, ConfigError> {
        config.check()?;
        let width = config.width;
        // A bar cell has a row of its own.
        let tokens = Vocabulary::SIZE + usize::from(config.bars);
        let encoder = Self {
            condition: LinearConfig::new(CONDITION, width).init(device),
            melody: LinearConfig::new(config.melody_inputs(), width).init(device),
            harmony: EmbeddingConfig::new(tokens, width).init(device),
            metric: config.metric.then(|| Metric::new(width, device)),
            positions: positions::learned_table(config)
                .map(|rows| EmbeddingConfig::new(rows, width).init(device)),
            stage: Stage::new(config, device),
            layers: (0..config.layers).map(|index| Layer::new(config, index, device)).collect(),
            norm: LayerNormConfig::new(width).init(device),
            head: LinearConfig::new(width, head::outputs(config.head)).init(device),
            config: config.clone(),
        };
        let Parameters { layout, .. } = encoder.parameters();
        let values = initial::values(&layout, config, seed);
        Ok(encoder.with_values(&values))
    }

    /// What it was built from.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// The device its weights are on.
    pub fn device(&self) -> Device {
        self.head.weight.device()
    }

    /// What the encoder makes of every harmony cell, before the head: `[batch, cells, width]`.
    pub fn forward(&self, batch: &Batch, dropout: &Dropout) -> Tensor<3> {
        let sequence = Sequence::new(batch);
        let mut hidden = dropout.apply(self.embed(batch), &sequence, Site::INPUT);
        let padding = sequence.padding_bias(&self.device());
        for (index, layer) in self.layers.iter().enumerate() {
            hidden = layer.forward(hidden, &sequence, padding.clone(), dropout, index);
        }
        let harmony = hidden.narrow(1, 1 + batch.slots, batch.slots);
        let harmony = match &batch.slots_of_cells {
            Some(rows) => {
                select_rows(harmony, rows).reshape([batch.size, batch.cells, self.config.width])
            }
            None => harmony,
        };
        match self.config().norm {
            Norm::Before => self.norm.forward(harmony),
            Norm::After => harmony,
        }
    }

    /// Logits of all cells: `[batch, cells, vocabulary]`.
    pub fn logits(&self, hidden: Tensor<3>) -> Tensor<3> {
        let outputs = self.head.forward(hidden);
        let [batch, cells, width] = outputs.dims();
        head::logits(self.config.head, outputs.reshape([batch * cells, width])).reshape([
            batch,
            cells,
            Vocabulary::SIZE,
        ])
    }

    /// Logits of some rows of the flattened `[batch · cells]`: `[rows, vocabulary]`.
    pub fn logits_of_rows(&self, hidden: Tensor<3>, rows: &[i32]) -> Tensor<2> {
        head::logits(self.config.head, self.head.forward(select_rows(hidden, rows)))
    }
}

/// Some rows of `[batch, places, width]`, flattened to `[batch · places, width]`.
fn select_rows(x: Tensor<3>, rows: &[i32]) -> Tensor<2> {
    let [batch, places, width] = x.dims();
    let rows = TensorData::new(rows.to_vec(), [rows.len()]);
    let rows = Tensor::<1, Int>::from_data(rows, &x.device());
    x.reshape([batch * places, width]).select(0, rows)
}

#[cfg(test)]
mod tests;
