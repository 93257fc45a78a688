//! The encoder: `[condition, melody cells, harmony cells]` → a prediction for each harmony cell.

mod attention;
mod dropout;
mod initial;
mod layer;
mod positions;

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Int, Tensor, TensorData};
use grid::Vocabulary;

pub use dropout::Dropout;

use crate::config::{ConfigError, EncoderConfig, Norm, Positions, StageConditioning};
use crate::input::{BARS, Batch, CONDITION, EDGES, PLACES};
use crate::{Device, Parameters};
use dropout::Site;
use layer::Layer;
use positions::{Sequence, sinusoids};

/// The bidirectional Transformer encoder.
///
/// Sequence length is 1 + 2·cells: the condition, the melody cells, the harmony cells.
#[derive(Module, Debug)]
pub struct Encoder {
    condition: Linear,
    melody: Linear,
    harmony: Embedding,
    metric: Option<Metric>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    head: Linear,
    #[module(skip)]
    config: EncoderConfig,
}

/// Embeds where in the metre a cell stands; melody and harmony share it.
#[derive(Module, Debug)]
struct Metric {
    place: Embedding,
    bar: Embedding,
    edges: Embedding,
}

impl Metric {
    fn new(width: usize, device: &Device) -> Self {
        let table = |rows| EmbeddingConfig::new(rows, width).init(device);
        Self { place: table(PLACES), bar: table(BARS), edges: table(EDGES) }
    }

    /// `[batch, cells, width]`
    fn forward(&self, batch: &Batch, device: &Device) -> Tensor<3> {
        let [place, bar, edges] =
            [&batch.metric[0], &batch.metric[1], &batch.metric[2]].map(|indices| {
                Tensor::<2, Int>::from_data(
                    TensorData::new(indices.clone(), [batch.size, batch.cells]),
                    device,
                )
            });
        self.place.forward(place) + self.bar.forward(bar) + self.edges.forward(edges)
    }
}

impl Encoder {
    /// An encoder with initial weights drawn from `seed`.
    ///
    /// # Errors
    /// If the configuration is none an encoder can have.
    pub fn new(config: &EncoderConfig, seed: u64, device: &Device) -> Result<Self, ConfigError> {
        config.check()?;
        let width = config.width;
        let encoder = Self {
            condition: LinearConfig::new(CONDITION, width).init(device),
            melody: LinearConfig::new(config.melody.size(), width).init(device),
            harmony: EmbeddingConfig::new(Vocabulary::SIZE, width).init(device),
            metric: config.metric.then(|| Metric::new(width, device)),
            layers: (0..config.layers).map(|_| Layer::new(config, device)).collect(),
            norm: LayerNormConfig::new(width).init(device),
            head: LinearConfig::new(width, Vocabulary::SIZE).init(device),
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
        let harmony = hidden.narrow(1, 1 + batch.cells, batch.cells);
        match self.config().norm {
            Norm::Before => self.norm.forward(harmony),
            Norm::After => harmony,
        }
    }

    /// Logits of all cells: `[batch, cells, vocabulary]`.
    pub fn logits(&self, hidden: Tensor<3>) -> Tensor<3> {
        self.head.forward(hidden)
    }

    /// Logits of some rows of the flattened `[batch · cells]`: `[rows, vocabulary]`.
    pub fn logits_of_rows(&self, hidden: Tensor<3>, rows: &[i32]) -> Tensor<2> {
        let [batch, cells, width] = hidden.dims();
        let rows = Tensor::<1, Int>::from_data(
            TensorData::new(rows.to_vec(), [rows.len()]),
            &hidden.device(),
        );
        self.head.forward(hidden.reshape([batch * cells, width]).select(0, rows))
    }

    /// `[batch, 1 + 2·cells, width]`
    fn embed(&self, batch: &Batch) -> Tensor<3> {
        let device = self.device();
        let (size, cells, width) = (batch.size, batch.cells, self.config().width);
        let mut condition = batch.condition.clone();
        if self.config().stage == StageConditioning::None {
            condition.chunks_mut(CONDITION).for_each(|row| row[CONDITION - 1] = 0.0);
        }
        let condition =
            Tensor::<2>::from_data(TensorData::new(condition, [size, CONDITION]), &device);
        let features = self.config().melody.size();
        let melody = TensorData::new(batch.melody.clone(), [size, cells, features]);
        let harmony = TensorData::new(batch.harmony.clone(), [size, cells]);
        let mut melody = self.melody.forward(Tensor::from_data(melody, &device));
        let mut harmony = self.harmony.forward(Tensor::<2, Int>::from_data(harmony, &device));
        if let Some(metric) = &self.metric {
            let metric = metric.forward(batch, &device);
            melody = melody + metric.clone();
            harmony = harmony + metric;
        }
        let condition = self.condition.forward(condition).reshape([size, 1, width]);
        let sequence = Tensor::cat(vec![condition, melody, harmony], 1);
        let sequence = match self.config().positions {
            Positions::Relative { .. } => sequence,
            Positions::SharedSinusoidal => sequence + sinusoids(cells, width, true, &device),
            Positions::Sinusoidal => sequence + sinusoids(cells, width, false, &device),
        };
        match self.config().norm {
            Norm::Before => sequence,
            Norm::After => self.norm.forward(sequence),
        }
    }
}

#[cfg(test)]
mod tests;
