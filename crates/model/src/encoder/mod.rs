//! The encoder: `[condition, melody cells, harmony cells]` → a prediction for each harmony cell.

mod attention;
mod dropout;
mod embed;
mod head;
mod initial;
mod layer;
mod maps;
mod packed;
mod positions;
mod rotary;

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Int, Tensor, TensorData};
use grid::Vocabulary;

pub use dropout::Dropout;
pub(crate) use head::outputs;
pub use maps::{AttentionMaps, SequencePlace};

use crate::config::{ConfigError, EncoderConfig, Norm};
use crate::device::is_processor;
use crate::input::{Batch, CONDITION};
use crate::{Device, Precision};
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
    #[module(skip)]
    operations: Operations,
    #[module(skip)]
    precision: Precision,
}

/// Which operations the layers are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operations {
    /// Fused ones where the device has them.
    Fused,
    /// burn's own.
    Plain,
}

impl Encoder {
    /// An encoder with initial weights drawn from `seed`.
    ///
    /// # Errors
    /// If the configuration is none an encoder can have.
    pub fn new(config: &EncoderConfig, seed: u64, device: &Device) -> Result<Self, ConfigError> {
        let encoder = Self::without_values(config, device)?;
        let values = initial::values(&encoder.layout(), config, seed);
        Ok(encoder.with_values(&values))
    }

    /// An encoder that is to be given values; until then each parameter would draw its own.
    pub(crate) fn without_values(
        config: &EncoderConfig,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let width = config.width;
        // A bar cell has a row of its own.
        let tokens = Vocabulary::SIZE + usize::from(config.bars);
        Ok(Self {
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
            operations: Operations::Fused,
            precision: Precision::default(),
        })
    }

    /// What it was built from.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// The device its weights are on.
    pub fn device(&self) -> Device {
        self.head.weight.device()
    }

    /// The same encoder with burn's own operations also where there are fused ones: what these are
    /// compared to.
    #[must_use]
    pub fn with_plain_operations(self) -> Self {
        Self { operations: Operations::Plain, ..self }
    }

    /// The same encoder with the products of its layers computed in this precision.
    ///
    /// # Errors
    /// If its device has no such products.
    pub fn with_precision(self, precision: Precision) -> Result<Self, ConfigError> {
        if precision != Precision::Single && !is_processor(&self.device()) {
            return Err(ConfigError::Precision(precision));
        }
        Ok(Self { precision, ..self }.without_arranged_weights())
    }

    /// Lets go of weights that were arranged for products, because they or their precision change.
    pub(crate) fn without_arranged_weights(mut self) -> Self {
        self.layers.iter_mut().for_each(Layer::let_go);
        self
    }

    /// Logits of some cells, named as rows of the flattened `[items · cells]` in ascending order:
    /// `[rows, vocabulary]`.
    ///
    /// # Panics
    /// If a row is out of order or names padding.
    pub fn logits(&self, batch: &Batch, rows: &[i32], dropout: &Dropout) -> Tensor<2> {
        // On a thread of the pool, which hands work on without waking another one for each part.
        rayon::scope(|_| {
            let outputs = self.head.forward(self.hidden(batch, rows, dropout));
            head::logits(self.config.head, outputs)
        })
    }

    /// What the encoder makes of some cells, before the head: `[rows, width]`.
    fn hidden(&self, batch: &Batch, rows: &[i32], dropout: &Dropout) -> Tensor<2> {
        let hidden = match self.operations {
            Operations::Fused if is_processor(&self.device()) => {
                self.hidden_packed(batch, rows, dropout)
            }
            _ => select_rows(self.forward(batch, dropout), &batch.slot_rows(rows)),
        };
        match self.config().norm {
            Norm::Before => self.norm.forward(hidden),
            Norm::After => hidden,
        }
    }

    /// What the layers make of every harmony slot, with burn's own operations:
    /// `[batch, slots, width]`.
    fn forward(&self, batch: &Batch, dropout: &Dropout) -> Tensor<3> {
        let sequence = Sequence::new(batch);
        let mut hidden = dropout.apply(self.embed(batch), &sequence, Site::INPUT);
        let padding = sequence.padding_bias(&self.device());
        for (index, layer) in self.layers.iter().enumerate() {
            hidden = layer.forward(hidden, &sequence, padding.clone(), dropout, index);
        }
        hidden.narrow(1, 1 + batch.slots, batch.slots)
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
