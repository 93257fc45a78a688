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

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::patterns::testing::{count, drawn};

    #[test]
    fn fewer_cells_are_shown_from_stage_to_stage() {
        let table = [
            // (cells, T, s) → ⌊L · (T − s − 1) / T⌋ shown
            ((256, 10, 0), 230, "230.4"),
            ((256, 10, 1), 204, "204.8"),
            ((256, 10, 8), 25, "25.6"),
            ((256, 10, 9), 0, "none at the last"),
            ((10, 10, 8), 1, "1 exactly, where 10 · (1 − .9) in floating point is below 1"),
            ((64, 4, 0), 48, "three quarters"),
            ((1, 10, 0), 0, "⌊.9⌋"),
        ];
        for ((cells, stages, stage), visible, why) in table {
            let mut random = ChaCha8Rng::seed_from_u64(3);
            let reveal = RandomGradual { stages }.reveal(cells, stage, &mut random);
            assert_eq!(count(&drawn(&reveal), '#'), visible, "{why}");
        }
    }

    #[test]
    fn next_are_the_cells_that_the_stage_before_showed_too() {
        let at = |stage| {
            let mut random = ChaCha8Rng::seed_from_u64(3);
            RandomGradual { stages: 5 }.reveal(20, stage, &mut random)
        };
        for stage in 1..5 {
            let (before, now) = (at(stage - 1), at(stage));
            for cell in 0..20 {
                assert_eq!(before.visible[cell], now.visible[cell] || now.next[cell]);
            }
        }
        assert_eq!(count(&drawn(&at(0)), '?'), 4, "at the first stage all that are hidden");
    }
}
