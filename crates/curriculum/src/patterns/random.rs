//! **Random cells**: at stage s of T, ⌊L · s / T⌋ of L cells are visible, chosen at
//! random, and the next stage would reveal ⌊L / T + ½⌋ more.
//!
//! T = 10 is "R10" and T = 20 "R5" (5% a step) of "Diffusion-Inspired Masked Language
//! Modeling for Symbolic Harmony Generation on a Fixed Time Grid" (Applied Sciences
//! 15(17), 9513). Without stages any share v can be shown, min(⌊v · L⌋, L − 1) cells, as
//! in the full-to-full curriculum of "Pay (Cross) Attention to the Melody" (arXiv
//! 2601.16150).

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{Level, Reveal, shown_and_next, shuffled};

/// Random cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Random {
    /// T, the number of stages; any share without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<usize>,
}

impl Random {
    /// One permutation orders the cells, so that the same stream shows more of the same
    /// cells at a later stage.
    pub(super) fn reveal<R: Rng + ?Sized>(
        self,
        cells: usize,
        level: Level,
        random: &mut R,
    ) -> Reveal {
        let (visible, next) = shown_and_next(cells, self.stages, level);
        Reveal::in_order(&shuffled(cells, random), visible, next)
    }
}
