//! The forward pass over packed rows, with the fused operations of the processor.

use std::collections::HashMap;
use std::sync::Arc;

use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;

use super::Encoder;
use super::attention::Attention;
use super::dropout::{Dropout, Site};
use crate::fused::operations::{self, AffineTensors, LinearTensors};
use crate::fused::packing::{BiasRuns, PackedItem, Packing, Selection};
use crate::fused::product::Products;
use crate::fused::rotation::Rotation;
use crate::fused::rows::Pack;
use crate::{Batch, Precision};

/// A batch without its padding: the condition, the melody and the harmony of the first item, then
/// those of the next.
pub(super) struct Packed {
    pub(super) packing: Arc<Packing>,
    pub(super) rotation: Option<Arc<Rotation>>,
    /// How the layers' products are computed.
    pub(super) products: Products,
    /// Whether weights stay arranged for the next pass: not where they learn, and change.
    pub(super) keeping: bool,
    /// Seed of each item.
    pub(super) seeds: Vec<u64>,
    all: Arc<Selection>,
    /// Where among the padded rows `[batch · (1 + 2·slots)]` each packed row stands.
    from: Vec<usize>,
}

impl Packed {
    /// Packs a batch; what it needs to know of positions is that of the layers' attention.
    fn new(
        batch: &Batch,
        attention: Option<&Attention>,
        precision: Precision,
        keeping: bool,
    ) -> Self {
        // Items of the same length share what depends on their length.
        type Shared = (Arc<[u32]>, Option<Arc<BiasRuns>>);
        let mut lengths: HashMap<usize, Shared> = HashMap::new();
        let mut items = Vec::with_capacity(batch.size);
        let mut from = Vec::new();
        for (index, (slots, seed)) in batch.slot_lengths.iter().zip(&batch.seeds).enumerate() {
            let (places, biases) = lengths.entry(*slots).or_insert_with(|| {
                let biases = attention.and_then(|attention| attention.bias_runs(*slots));
                (places(*slots), biases.map(Arc::new))
            });
            items.push(PackedItem { seed: *seed, places: places.clone(), biases: biases.clone() });
            let start = index * (1 + 2 * batch.slots);
            let (melody, harmony) = (start + 1, start + 1 + batch.slots);
            from.push(start);
            from.extend((melody..melody + slots).chain(harmony..harmony + slots));
        }
        let packing = Arc::new(Packing::new(items));
        Self {
            all: Arc::new(Selection::all(&packing)),
            packing,
            rotation: attention.and_then(|a| a.rotation(batch.slots)).map(Arc::new),
            products: Products::new(precision),
            keeping,
            seeds: batch.seeds.clone(),
            from,
        }
    }

    /// Where the harmony of some cells stands, given as rows of `[batch · cells]`.
    fn select(&self, batch: &Batch, rows: &[i32]) -> Selection {
        let of_cell = |row: i32| {
            let (item, slot) = (row as usize / batch.slots, row as usize % batch.slots);
            let slots = batch.slot_lengths[item];
            assert!(slot < slots, "a cell that is padding");
            self.packing.rows_of(item).start + 1 + slots + slot
        };
        let rows = batch.slot_rows(rows).into_iter().map(of_cell).collect();
        Selection::new(&self.packing, rows)
    }
}

/// Logical places of the positions of an item: as in [`Sequence`](super::positions::Sequence).
fn places(slots: usize) -> Arc<[u32]> {
    let melody = (0..slots as u32).map(|slot| 1 + 2 * slot);
    let harmony = (0..slots as u32).map(|slot| 2 + 2 * slot);
    [0].into_iter().chain(melody).chain(harmony).collect()
}

impl Encoder {
    /// What the layers make of some cells, named as rows of `[batch · cells]`: `[rows, width]`.
    /// The last layer is computed for these alone.
    pub(super) fn hidden_packed(
        &self,
        batch: &Batch,
        rows: &[i32],
        dropout: &Dropout,
    ) -> Tensor<2> {
        let attention = self.layers.first().map(|layer| layer.attention());
        let keeping = !self.device().is_autodiff();
        let packed = Packed::new(batch, attention, self.precision, keeping);
        let pack = Pack {
            packing: packed.packing.clone(),
            selection: packed.all.clone(),
            from: packed.from.clone(),
            dropping: dropout.at(Site::INPUT),
        };
        let embedded = self.embed(batch);
        let [_, length, width] = embedded.dims();
        let mut x = operations::pack(embedded.reshape([batch.size * length, width]), pack);
        let selected = Arc::new(packed.select(batch, rows));
        let last = self.layers.len().saturating_sub(1);
        for (index, layer) in self.layers.iter().enumerate() {
            let selection = if index == last { &selected } else { &packed.all };
            x = layer.forward_packed(x, &packed, selection, dropout, index);
        }
        x
    }
}

/// Scale and shift of a norm.
pub(super) fn affine(norm: &LayerNorm) -> AffineTensors {
    let gamma = norm.gamma.val();
    let beta = match &norm.beta {
        Some(beta) => beta.val(),
        None => gamma.zeros_like(),
    };
    AffineTensors { gamma, beta }
}

/// Weight and bias of a linear layer.
pub(super) fn linear(linear: &Linear) -> LinearTensors {
    let weight = linear.weight.val();
    let bias = match &linear.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([weight.dims()[1]], &weight.device()),
    };
    LinearTensors { weight, bias }
}
