//! From a batch to the embedded sequence.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::{Int, Tensor, TensorData};

use super::Encoder;
use super::positions::{learned_rows, shared_sinusoids, whole_sinusoids};
use crate::Device;
use crate::config::{EncoderConfig, Norm, Positions, StageConditioning};
use crate::input::{BARS, Batch, CONDITION, EDGES, PLACES};

/// Embeds where in the metre a cell stands; melody and harmony share it.
#[derive(Module, Debug)]
pub(super) struct Metric {
    place: Embedding,
    bar: Embedding,
    edges: Embedding,
}

impl Metric {
    pub(super) fn new(width: usize, device: &Device) -> Self {
        let table = |rows| EmbeddingConfig::new(rows, width).init(device);
        Self { place: table(PLACES), bar: table(BARS), edges: table(EDGES) }
    }

    /// `[batch, slots, width]`
    fn forward(&self, batch: &Batch, device: &Device) -> Tensor<3> {
        let [place, bar, edges] = [&batch.metric[0], &batch.metric[1], &batch.metric[2]]
            .map(|rows| indices(rows, [batch.size, batch.slots], device));
        self.place.forward(place) + self.bar.forward(bar) + self.edges.forward(edges)
    }
}

/// Tells every position the stage of the curriculum.
#[derive(Module, Debug)]
pub(super) struct Stage {
    embedding: Embedding,
    projection: Linear,
}

impl Stage {
    /// None where the configuration asks for none.
    pub(super) fn new(config: &EncoderConfig, device: &Device) -> Option<Self> {
        let StageConditioning::Embedding { stages, width, .. } = config.stage else { return None };
        Some(Self {
            embedding: EmbeddingConfig::new(stages, width).init(device),
            projection: LinearConfig::new(config.width + width, config.width).init(device),
        })
    }

    /// `[batch, sequence, width]` → the same.
    fn forward(&self, x: Tensor<3>, batch: &Batch) -> Tensor<3> {
        let [size, length, _] = x.dims();
        let stages = self.embedding.forward(indices(&batch.stages, [size, 1], &x.device()));
        self.projection.forward(Tensor::cat(vec![x, stages.repeat_dim(1, length)], 2))
    }
}

fn indices(rows: &[i32], shape: [usize; 2], device: &Device) -> Tensor<2, Int> {
    Tensor::from_data(TensorData::new(rows.to_vec(), shape), device)
}

impl Encoder {
    /// `[batch, 1 + 2·slots, width]`
    pub(super) fn embed(&self, batch: &Batch) -> Tensor<3> {
        let device = self.device();
        let config = self.config();
        let (size, slots, width) = (batch.size, batch.slots, config.width);
        let condition = TensorData::new(batch.condition.clone(), [size, CONDITION]);
        let condition = self.condition.forward(Tensor::<2>::from_data(condition, &device));
        let melody = TensorData::new(batch.melody.clone(), [size, slots, config.melody_inputs()]);
        let mut melody = self.melody.forward(Tensor::from_data(melody, &device));
        let mut harmony = self.harmony.forward(indices(&batch.harmony, [size, slots], &device));
        if let Some(metric) = &self.metric {
            let metric = metric.forward(batch, &device);
            melody = melody + metric.clone();
            harmony = harmony + metric;
        }
        let condition = condition.reshape([size, 1, width]);
        let sequence = Tensor::cat(vec![condition, melody, harmony], 1);
        let sequence = match config.positions {
            Positions::Relative { .. } | Positions::Rotary | Positions::Learned { .. } => sequence,
            Positions::SharedSinusoidal => sequence + shared_sinusoids(slots, width, &device),
            Positions::Sinusoidal => sequence + whole_sinusoids(batch, width, &device),
        };
        let sequence = match &self.positions {
            Some(table) => {
                let rows = learned_rows(slots, config);
                let length = rows.len();
                sequence + table.forward(indices(&rows, [1, length], &device))
            }
            None => sequence,
        };
        let sequence = match &self.stage {
            Some(stage) => stage.forward(sequence, batch),
            None => sequence,
        };
        match config.norm {
            Norm::Before => sequence,
            Norm::After => self.norm.forward(sequence),
        }
    }
}
