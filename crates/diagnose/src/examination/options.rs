//! How closely to look.

use grid::Split;
use serde::{Deserialize, Serialize};
use train::Data;

/// What is examined. The same options, model and corpus give the same examination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The side of the split that is looked at.
    pub split: Split,
    /// Pieces of it, spread over the corpus; as many training pieces are probed for memorisation.
    pub pieces: usize,
    /// Windows of a piece, spread over it.
    pub windows: usize,
    /// How pieces were cut and moved in training: its window, sources and keys. Where the model
    /// reads other keys or less, it is asked as it reads.
    pub data: Data,
    /// Shares of visible cells in percent. 0, the honest headline, is measured in any case.
    pub visible: Vec<u8>,
    /// The visible share, in percent, at which attention is looked at.
    pub attention_visible: u8,
    /// Visible shares, in percent, at which memorisation is probed.
    pub memorisation_visible: Vec<u8>,
    /// Seed of the frozen masks: that of the run's validation measures the same questions.
    pub mask_seed: u64,
    /// Seed of everything else that is drawn: swapped melodies and resamples.
    pub seed: u64,
    /// Pieces of the highest loss that are shown whole.
    pub worst: usize,
    /// Pieces around the median loss that are shown whole.
    pub typical: usize,
    /// Pieces whose attention maps are given in full, typical and worst in turn.
    pub maps: usize,
    /// Cells at most of such a map: layers · heads · (1 + 2 · cells)² numbers each.
    pub map_cells: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            split: Split::Validation,
            pieces: 60,
            windows: 2,
            data: Data::default(),
            visible: vec![0, 25, 50, 75],
            attention_visible: 50,
            memorisation_visible: vec![0, 50],
            mask_seed: train::Validation::default().mask_seed,
            seed: 1,
            worst: 3,
            typical: 2,
            maps: 2,
            map_cells: 32,
        }
    }
}

impl Options {
    /// The visible shares that are measured: 0, those asked for and those at which memorisation is
    /// probed, once each, in order. Even at 100 one cell stays hidden.
    pub(super) fn shares(&self) -> Vec<u8> {
        let asked = self.visible.iter().chain(&self.memorisation_visible).chain([&0]);
        let mut shares: Vec<u8> = asked.map(|share| (*share).min(100)).collect();
        shares.sort_unstable();
        shares.dedup();
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_visible_is_always_measured() {
        let options = Options {
            visible: vec![75, 25, 25],
            memorisation_visible: vec![50],
            ..Options::default()
        };
        assert_eq!(options.shares(), [0, 25, 50, 75]);
    }
}
