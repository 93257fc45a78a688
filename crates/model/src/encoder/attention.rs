//! Multi-head self-attention.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Tensor, activation};

use super::dropout::{Dropout, Site};
use super::positions::{RelativeBias, Sequence};
use super::rotary::Rotation;
use crate::Device;
use crate::config::{EncoderConfig, Positions};

/// softmax(Q·Kᵀ/√d + bias)·V over all positions of an item (Vaswani 2017; the bias after
/// Raffel 2020).
#[derive(Module, Debug)]
pub(super) struct Attention {
    queries_keys_values: Linear,
    output: Linear,
    bias: Option<RelativeBias>,
    heads: usize,
    rotary: bool,
}

impl Attention {
    pub(super) fn new(config: &EncoderConfig, device: &Device) -> Self {
        let bias = match config.positions {
            Positions::Relative { reach } => Some(RelativeBias::new(config.heads, reach, device)),
            _ => None,
        };
        Self {
            queries_keys_values: LinearConfig::new(config.width, 3 * config.width).init(device),
            output: LinearConfig::new(config.width, config.width).init(device),
            bias,
            heads: config.heads,
            rotary: config.positions == Positions::Rotary,
        }
    }

    /// `[batch, sequence, width]` → the same.
    pub(super) fn forward(
        &self,
        x: Tensor<3>,
        sequence: &Sequence,
        padding: Option<Tensor<4>>,
        dropout: &Dropout,
        site: Site,
    ) -> Tensor<3> {
        let [batch, length, width] = x.dims();
        let head_width = width / self.heads;
        let projected = self
            .queries_keys_values
            .forward(x)
            .reshape([batch, length, 3 * self.heads, head_width])
            .swap_dims(1, 2); // [batch, 3 · heads, length, head width]
        let mut queries = projected.clone().narrow(1, 0, self.heads);
        let mut keys = projected.clone().narrow(1, self.heads, self.heads);
        let values = projected.narrow(1, 2 * self.heads, self.heads);
        if self.rotary {
            let rotation = Rotation::new(sequence.slots, head_width, &queries.device());
            (queries, keys) = (rotation.turn(queries), rotation.turn(keys));
        }
        let scale = (head_width as f64).sqrt();
        let mut scores = queries.div_scalar(scale).matmul(keys.transpose());
        if let Some(bias) = &self.bias {
            scores = scores + bias.forward(sequence);
        }
        if let Some(padding) = padding {
            scores = scores + padding;
        }
        let weights = activation::softmax(scores, 3); // [batch, heads, queries, keys]
        let weights = dropout.apply_to_weights(weights, sequence, site);
        let attended = weights.matmul(values).swap_dims(1, 2).reshape([batch, length, width]);
        self.output.forward(attended)
    }
}
