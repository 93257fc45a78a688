//! **Metric levels**: bar starts, then half bars, then beats, …: the smooth metric form
//! of midpoint doubling, which follows the music instead of powers of two.
//!
//! Stage s of T shows the cells of the first s levels (cumulative, keeping what was
//! revealed before), or of level s − 1 alone, and asks those of level s next. It is right
//! in every metre, with pickups and where the metre changes, because the strength of each
//! cell is its own.

use serde::{Deserialize, Serialize};

use super::Reveal;
use crate::{InvalidCurriculum, Layout, Strength};

/// The metric grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The levels, the strongest first; stage 0 shows none and the last stage all but the
    /// last.
    pub levels: Vec<Strength>,
    /// Whether a stage keeps what the stages before it showed.
    #[serde(default = "keep")]
    pub cumulative: bool,
}

const fn keep() -> bool {
    true
}

impl Metric {
    pub(super) fn validate(&self) -> Result<(), InvalidCurriculum> {
        let falling = self.levels.windows(2).any(|pair| matches!(pair, [a, b] if a >= b));
        if falling { Err(InvalidCurriculum::LevelsOutOfOrder) } else { Ok(()) }
    }

    /// Cells weaker than a level that is left out belong to the next weaker one listed.
    pub(super) fn reveal(&self, layout: &Layout, stage: usize) -> (Reveal, usize) {
        let rank = |strength: Strength| {
            self.levels.iter().position(|&level| strength <= level).unwrap_or(self.levels.len())
        };
        let ranks: Vec<usize> = layout.strengths().iter().map(|&cell| rank(cell)).collect();
        // In 4/4 with a cell a beat nothing is weaker than a beat, and in 3/4 nothing is a
        // half bar: the last stages show as much as leaves something hidden, and an empty
        // level passes its turn to the next.
        let weakest = ranks.iter().copied().max().unwrap_or(0);
        let stage = stage.min(weakest);
        let next = ranks.iter().copied().filter(|&rank| rank >= stage).min().unwrap_or(stage);
        let shown = |rank: usize| rank < stage && (self.cumulative || rank + 1 == stage);
        let reveal = Reveal {
            visible: ranks.iter().map(|&rank| shown(rank)).collect(),
            next: ranks.iter().map(|&rank| rank == next).collect(),
        };
        (reveal, stage)
    }
}
