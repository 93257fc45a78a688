//! Batches made ready for the encoder: chosen, transposed, masked and packed.

use curriculum::{Masking, Progress};
use grid::Token;
use model::{Batch, Item, Melody};
use rand::RngExt;

use crate::batches::Planned;
use crate::songs::{SongSet, layout};
use crate::stages::stages_of;
use crate::stream::stream;
use crate::{RunConfig, Targets};

/// An item with some of its harmony hidden.
#[derive(Clone, Debug)]
pub struct MaskedItem {
    /// What the encoder reads; its cells hold the truth.
    pub item: Item,
    /// What is visible and what is asked.
    pub masking: Masking,
}

impl MaskedItem {
    /// Hides what the masking does not show.
    pub fn new(mut item: Item, masking: Masking) -> Self {
        let shown = |(cell, state): (&grid::Cell, &curriculum::Cell)| {
            if state.is_visible() { cell.harmony() } else { Token::MASK }
        };
        item.harmony = item.cells.iter().zip(&masking.cells).map(shown).collect();
        Self { item, masking }
    }
}

/// A batch for one optimiser step, in the parts that gradients are accumulated over.
#[derive(Clone, Debug, Default)]
pub struct PreparedBatch {
    /// What the encoder reads, and what it is asked.
    pub(crate) parts: Vec<(Batch, Targets)>,
    /// Cells that carry loss.
    pub(crate) targets: usize,
    /// Cells of all items.
    pub(crate) cells: usize,
    /// Cells that are visible.
    pub(crate) visible: usize,
}

impl PreparedBatch {
    /// Packs items, each target with the weight that the normalisation gives it.
    pub fn new(masked: &[MaskedItem], config: &RunConfig) -> Self {
        let optimization = &config.optimization;
        let counts = |item: &MaskedItem| (item.masking.targets(), item.masking.cells.len());
        let counts: Vec<_> = masked.iter().map(counts).collect();
        let weights = optimization.normalization.weights(&counts);
        let size = masked.len().div_ceil(optimization.accumulate).max(1);
        let part = |(part, weights): (&[MaskedItem], &[f64])| {
            let batch = Batch::new(part.iter().map(|item| &item.item), &config.model);
            let mut targets = Targets::default();
            for (row, (item, weight)) in part.iter().zip(weights).enumerate() {
                let truth = item.item.cells.iter().map(grid::Cell::harmony);
                targets.add(row, batch.cells, &item.masking, truth, *weight);
            }
            // Where nothing is asked, nothing is learned.
            (!targets.rows.is_empty()).then_some((batch, targets))
        };
        Self {
            parts: masked.chunks(size).zip(weights.chunks(size)).filter_map(part).collect(),
            targets: counts.iter().map(|(targets, _)| targets).sum(),
            cells: counts.iter().map(|(_, cells)| cells).sum(),
            visible: masked.iter().map(|item| item.masking.visible()).sum(),
        }
    }
}

/// What batches are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preparation<'a> {
    pub(crate) config: &'a RunConfig,
    pub(crate) songs: &'a SongSet<'a>,
}

impl Preparation<'_> {
    /// A planned batch as it is shown at this moment of training: a function of the arguments
    /// alone.
    pub(crate) fn batch(&self, planned: &[Planned], progress: Progress) -> PreparedBatch {
        PreparedBatch::new(&self.items(planned, progress), self.config)
    }

    /// Its items.
    pub(crate) fn items(&self, planned: &[Planned], progress: Progress) -> Vec<MaskedItem> {
        planned.iter().filter_map(|planned| self.item(planned, progress)).collect()
    }

    /// A planned item, transposed and masked from its own random stream.
    fn item(&self, planned: &Planned, progress: Progress) -> Option<MaskedItem> {
        let mut random = stream(planned.seed);
        let semitones = self.config.data.transposition.semitones(&mut random);
        let song = self.songs.songs.get(planned.song)?;
        let cells: Vec<_> = song
            .cells
            .get(planned.cells.clone())?
            .iter()
            .map(|cell| cell.transposed(semitones))
            .collect();
        let masking = self.config.curriculum.mask(&layout(&cells)?, progress, &mut random);
        // A pattern without stages leaves the model to find one by what is visible.
        let stage = stages_of(&self.config.curriculum).map(|_| masking.stage);
        let hidden = self.config.data.melody_dropout;
        // Drawn last, so that runs without it are what they were.
        let melody = if hidden > 0.0 && random.random::<f32>() < hidden {
            Melody::Hidden
        } else {
            Melody::Shown
        };
        let item = Item { cells, harmony: Vec::new(), seed: planned.seed, stage, melody };
        Some(MaskedItem::new(item, masking))
    }
}
