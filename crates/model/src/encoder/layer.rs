//! One layer: attention and feed-forward, each with a residual connection and a layer norm.

use std::sync::Arc;

use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Tensor, activation};

use super::attention::Attention;
use super::dropout::{Dropout, Site};
use super::packed::{Packed, affine, linear};
use super::positions::Sequence;
use crate::Device;
use crate::config::{EncoderConfig, Norm};
use crate::fused::feed_forward::FeedForward;
use crate::fused::kept::Kept;
use crate::fused::operations;
use crate::fused::packing::Selection;
use crate::fused::sublayer::Joint;

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
    #[module(skip)]
    kept: Kept<2>,
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
            kept: Kept::default(),
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

    /// The same over packed rows with fused operations, for the selected rows alone:
    /// `[rows, width]` → `[selected, width]`.
    pub(super) fn forward_packed(
        &self,
        x: Tensor<2>,
        packed: &Packed,
        selection: &Arc<Selection>,
        dropout: &Dropout,
        index: usize,
    ) -> Tensor<2> {
        let joint = |site| Joint {
            norm: if self.norm_before { Norm::Before } else { Norm::After },
            dropping: dropout.at(site),
            scales: dropout.branch_scales(&packed.seeds, site, self.depth).map(Into::into),
        };
        let x = self.attention.forward_packed(
            x,
            affine(&self.attention_norm),
            packed,
            selection,
            dropout.at(Site::attention(index)),
            joint(Site::attended(index)),
        );
        let sublayer = FeedForward {
            packing: packed.packing.clone(),
            selection: selection.clone(),
            inner: dropout.at(Site::inner(index)),
            joint: joint(Site::fed_forward(index)),
            products: packed.products,
            kept: packed.keeping.then(|| self.kept.clone()),
        };
        let norm = affine(&self.feed_forward_norm);
        operations::feed_forward(x, norm, linear(&self.inner), linear(&self.outer), sublayer)
    }

    /// The attention weights that [`forward`](Self::forward) puts on `x`:
    /// `[batch, heads, queries, keys]`.
    pub(super) fn attention_weights(
        &self,
        x: Tensor<3>,
        sequence: &Sequence,
        padding: Option<Tensor<4>>,
    ) -> Tensor<4> {
        let x = if self.norm_before { self.attention_norm.forward(x) } else { x };
        self.attention.weights(x, sequence, padding).0
    }

    /// Lets go of weights that were arranged for products, because they or their precision change.
    pub(super) fn let_go(&mut self) {
        self.attention.let_go();
        self.kept = Kept::default();
    }

    /// Its attention.
    pub(super) fn attention(&self) -> &Attention {
        &self.attention
    }
}
