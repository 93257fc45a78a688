//! One layer: attention and feed-forward, each with a residual connection and a layer norm.

use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Tensor, activation};

use super::attention::Attention;
use super::dropout::{Dropout, Site};
use super::positions::Sequence;
use crate::Device;
use crate::config::{EncoderConfig, Norm};

#[derive(Module, Debug)]
pub(super) struct Layer {
    attention: Attention,
    attention_norm: LayerNorm,
    inner: Linear,
    outer: Linear,
    feed_forward_norm: LayerNorm,
    norm_before: bool,
    /// From 0 at the input to 1 for the last layer.
    depth: f32,
}

impl Layer {
    /// The layer at `index`, counted from 0.
    pub(super) fn new(config: &EncoderConfig, index: usize, device: &Device) -> Self {
        Self {
            attention: Attention::new(config, device),
            attention_norm: LayerNormConfig::new(config.width).init(device),
            inner: LinearConfig::new(config.width, config.feed_forward).init(device),
            outer: LinearConfig::new(config.feed_forward, config.width).init(device),
            feed_forward_norm: LayerNormConfig::new(config.width).init(device),
            norm_before: config.norm == Norm::Before,
            depth: (index + 1) as f32 / config.layers as f32,
        }
    }

    /// `[batch, sequence, width]` → the same; `index` counts layers from 0.
    pub(super) fn forward(
        &self,
        x: Tensor<3>,
        sequence: &Sequence,
        padding: Option<Tensor<4>>,
        dropout: &Dropout,
        index: usize,
    ) -> Tensor<3> {
        let attend = |x| {
            let attended =
                self.attention.forward(x, sequence, padding, dropout, Site::attention(index));
            let attended = dropout.apply(attended, sequence, Site::attended(index));
            dropout.apply_to_branch(attended, sequence, Site::attended(index), self.depth)
        };
        let feed_forward = |x| {
            let inner = activation::gelu(self.inner.forward(x));
            let inner = dropout.apply(inner, sequence, Site::inner(index));
            let fed = dropout.apply(self.outer.forward(inner), sequence, Site::fed_forward(index));
            dropout.apply_to_branch(fed, sequence, Site::fed_forward(index), self.depth)
        };
        if self.norm_before {
            let x = x.clone() + attend(self.attention_norm.forward(x));
            x.clone() + feed_forward(self.feed_forward_norm.forward(x))
        } else {
            let x = self.attention_norm.forward(x.clone() + attend(x));
            self.feed_forward_norm.forward(x.clone() + feed_forward(x))
        }
    }
}
