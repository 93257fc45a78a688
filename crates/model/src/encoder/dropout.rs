//! Dropout whose masks depend on the item, the place and the seed alone, never on the batch.

use burn::tensor::{Tensor, TensorData};

use super::positions::Sequence;
use crate::EncoderConfig;
use crate::fused::mask::{Mask, row_seed};
use crate::fused::sublayer::Dropping;

/// Where in the encoder something is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Site(u64);

impl Site {
    /// The embedded sequence.
    pub(super) const INPUT: Self = Self(0);

    /// The attention weights of a layer.
    pub(super) const fn attention(layer: usize) -> Self {
        Self(1 + 4 * layer as u64)
    }

    /// What a layer's attention adds to the residual stream.
    pub(super) const fn attended(layer: usize) -> Self {
        Self(2 + 4 * layer as u64)
    }

    /// The inner activations of a layer's feed-forward part.
    pub(super) const fn inner(layer: usize) -> Self {
        Self(3 + 4 * layer as u64)
    }

    /// What a layer's feed-forward part adds to the residual stream.
    pub(super) const fn fed_forward(layer: usize) -> Self {
        Self(4 + 4 * layer as u64)
    }

    /// All that comes from here, for an item.
    const fn whole(self) -> Self {
        Self(self.0 | 1 << 63)
    }
}

/// Whether and how much is dropped in a forward pass.
///
/// A number is dropped or kept by a hash of the item's seed, the site, the logical place of its
/// row and its column; what other items are in the batch and how far it is padded play no role.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The share of activations that is dropped, 0 up to, not including, 1.
    rate: f32,
    /// The share of items whose last sublayers are left out, likewise.
    depth: f32,
}

impl Dropout {
    /// Nothing is dropped: for prediction and validation.
    pub const OFF: Self = Self { rate: 0.0, depth: 0.0 };

    /// Drops `rate` of all activations.
    pub const fn new(rate: f32) -> Self {
        Self { rate, depth: 0.0 }
    }

    /// What the configuration asks to be dropped in training.
    pub const fn training(config: &EncoderConfig) -> Self {
        Self { rate: config.dropout, depth: config.stochastic_depth }
    }

    /// Drops from `[batch, sequence, features]`.
    pub(super) fn apply(self, x: Tensor<3>, sequence: &Sequence, site: Site) -> Tensor<3> {
        if self.rate <= 0.0 {
            return x;
        }
        let [batch, length, features] = x.dims();
        let mut mask = Vec::with_capacity(batch * length * features);
        for seed in &sequence.seeds {
            for row in &sequence.places {
                let row_seed = row_seed(*seed, site.0, u64::from(*row));
                self.fill(&mut mask, row_seed, (0..features).map(|column| column as u32));
            }
        }
        let mask = Tensor::from_data(TensorData::new(mask, [batch, length, features]), &x.device());
        x * mask
    }

    /// Drops from attention weights `[batch, heads, queries, keys]`.
    pub(super) fn apply_to_weights(
        self,
        weights: Tensor<4>,
        sequence: &Sequence,
        site: Site,
    ) -> Tensor<4> {
        if self.rate <= 0.0 {
            return weights;
        }
        let [batch, heads, queries, keys] = weights.dims();
        let mut mask = Vec::with_capacity(batch * heads * queries * keys);
        for seed in &sequence.seeds {
            for head in 0..heads as u64 {
                for row in &sequence.places {
                    let row_seed = row_seed(*seed, site.0 | (head + 1) << 32, u64::from(*row));
                    self.fill(&mut mask, row_seed, sequence.places.iter().copied());
                }
            }
        }
        let shape = [batch, heads, queries, keys];
        let mask = Tensor::from_data(TensorData::new(mask, shape), &weights.device());
        weights * mask
    }

    /// The same numbers dropped by the fused operations.
    pub(super) fn at(self, site: Site) -> Dropping {
        Dropping { mask: Mask::new(self.rate), site: site.0 }
    }

    /// Stochastic depth (Huang 2016): what a sublayer adds to the residual stream is left out for
    /// a share of the items that grows linearly with `depth`, from 0 at the input to 1 for the
    /// last layer. The number that it is multiplied by for each item; `None` for 1 throughout.
    pub(super) fn branch_scales(self, seeds: &[u64], site: Site, depth: f32) -> Option<Vec<f32>> {
        let rate = self.depth * depth;
        let scale = |seed: &u64| Mask::new(rate).factor(0, row_seed(*seed, site.whole().0, 0));
        (rate > 0.0).then(|| seeds.iter().map(scale).collect())
    }

    /// Stochastic depth of what a sublayer adds to the residual stream, `[batch, sequence, width]`.
    pub(super) fn apply_to_branch(
        self,
        branch: Tensor<3>,
        sequence: &Sequence,
        site: Site,
        depth: f32,
    ) -> Tensor<3> {
        let Some(scales) = self.branch_scales(&sequence.seeds, site, depth) else { return branch };
        let shape = [scales.len(), 1, 1];
        let scales = Tensor::from_data(TensorData::new(scales, shape), &branch.device());
        branch * scales
    }

    /// Appends a row: 0 where dropped, else 1 / (1 − rate).
    fn fill(self, mask: &mut Vec<f32>, row_seed: u32, columns: impl Iterator<Item = u32>) {
        let factors = Mask::new(self.rate);
        mask.extend(columns.map(|column| factors.factor(column, row_seed)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeper_branches_are_left_out_more_often_and_scaled_up_elsewhere() {
        let cpu = crate::device("cpu").expect("a processor");
        let dropout = Dropout { rate: 0.0, depth: 0.4 };
        let seeds: Vec<u64> = (0..4000).collect();
        let count = seeds.len();
        let sequence = Sequence::of_seeds(seeds);
        for (depth, expected) in [(0.5, 0.2), (1.0, 0.4)] {
            let branch = Tensor::<3>::ones([count, 1, 2], &cpu);
            let branch = dropout.apply_to_branch(branch, &sequence, Site::attended(1), depth);
            let values = crate::parameters::floats(branch.into_data());
            assert!(values.chunks(2).all(|item| item[0] == item[1]), "whole items");
            let share =
                values.iter().filter(|value| **value == 0.0).count() as f32 / values.len() as f32;
            // Standard error of a share of 4,000 draws: 0.008.
            assert!((share - expected).abs() < 0.032, "{share} at {depth}");
            let kept = values.iter().copied().fold(0.0, f32::max);
            assert!((kept - 1.0 / (1.0 - expected)).abs() < 1e-6, "{kept}");
        }
    }
}
