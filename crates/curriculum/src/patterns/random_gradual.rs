//! **Random gradual**: at stage s of T, ⌊L · (1 − (s + 1) / T)⌋ of L cells are visible,
//! chosen at random: fewer as s grows, none at the last stage; all others are masked.
//!
//! The first published experiments. The model learns early to interpolate between visible
//! chords and keeps to it: 99% training accuracy and 5–25% validation accuracy.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{Reveal, shuffled};

/// Random cells, fewer from stage to stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomGradual {
    /// T, the number of stages.
    pub stages: usize,
}

impl RandomGradual {
    /// What comes next are the cells that the stage before showed in addition; at the
    /// first stage, where there is none before, all that are hidden.
    pub(super) fn reveal<R: Rng + ?Sized>(
        self,
        cells: usize,
        stage: usize,
        random: &mut R,
    ) -> Reveal {
        let shown = |done: usize| cells * self.stages.saturating_sub(done) / self.stages.max(1);
        let visible = shown(stage + 1);
        Reveal::in_order(&shuffled(cells, random), visible, shown(stage) - visible)
    }
}
