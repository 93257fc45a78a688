//! Multi-head self-attention.

use std::sync::Arc;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Tensor, activation};

use super::dropout::{Dropout, Site};
use super::packed::{Packed, linear};
use super::positions::{RelativeBias, Sequence};
use super::rotary::{self, Rotation};
use crate::Device;
use crate::config::{EncoderConfig, Positions};
use crate::fused::kept::Kept;
use crate::fused::operations::{self, AffineTensors};
use crate::fused::packing::{BiasRuns, Selection};
use crate::fused::rotation as fused;
use crate::fused::self_attention::SelfAttention;
use crate::fused::sublayer::{Dropping, Joint};

/// softmax(Q·Kᵀ/√d + bias)·V over all positions of an item (Vaswani 2017; the bias after
/// Raffel 2020).
#[derive(Module, Debug)]
pub(super) struct Attention {
    queries_keys_values: Linear,
    output: Linear,
    bias: Option<RelativeBias>,
    heads: usize,
    rotary: bool,
    #[module(skip)]
    kept: Kept<3>,
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
            kept: Kept::default(),
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
        let (weights, values) = self.weights(x, sequence, padding);
        let weights = dropout.apply_to_weights(weights, sequence, site);
        let attended = weights.matmul(values).swap_dims(1, 2).reshape([batch, length, width]);
        self.output.forward(attended)
    }

    /// The weights `[batch, heads, queries, keys]`, and the values that they weigh
    /// `[batch, heads, keys, head width]`.
    pub(super) fn weights(
        &self,
        x: Tensor<3>,
        sequence: &Sequence,
        padding: Option<Tensor<4>>,
    ) -> (Tensor<4>, Tensor<4>) {
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
        (activation::softmax(scores, 3), values)
    }

    /// The whole sublayer, with its norm and residual connection, over packed rows:
    /// `[rows, width]` → `[selected, width]`.
    pub(super) fn forward_packed(
        &self,
        x: Tensor<2>,
        norm: AffineTensors,
        packed: &Packed,
        selection: &Arc<Selection>,
        weights: Dropping,
        joint: Joint,
    ) -> Tensor<2> {
        let table = match &self.bias {
            Some(bias) => bias.relative.val(),
            // A number for each head that no run names.
            None => Tensor::zeros([self.heads, 1], &x.device()),
        };
        let sublayer = SelfAttention {
            packing: packed.packing.clone(),
            selection: selection.clone(),
            heads: self.heads,
            rotation: packed.rotation.clone(),
            weights,
            joint,
            products: packed.products,
            kept: packed.keeping.then(|| self.kept.clone()),
        };
        let (projection, output) = (linear(&self.queries_keys_values), linear(&self.output));
        operations::self_attention(x, norm, projection, table, output, sublayer)
    }

    /// Lets go of weights that were arranged for products, because they or their precision change.
    pub(super) fn let_go(&mut self) {
        self.kept = Kept::default();
    }

    /// Where the biases of an item of so many slots stand in the table, if there is one.
    pub(super) fn bias_runs(&self, slots: usize) -> Option<BiasRuns> {
        self.bias.as_ref().map(|bias| bias.runs(slots))
    }

    /// The rotation of an item of at most so many slots, if positions are rotary.
    pub(super) fn rotation(&self, slots: usize) -> Option<fused::Rotation> {
        let [_, width] = self.output.weight.dims();
        let head_width = width / self.heads;
        self.rotary.then(|| {
            let [cosines, sines] = rotary::tables(0..=slots, head_width);
            fused::Rotation::new(cosines, sines, head_width)
        })
    }
}
