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

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::patterns::testing::{count, drawn};

    fn reveal(stages: Option<usize>, cells: usize, level: Level, seed: u64) -> String {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        drawn(&Random { stages }.reveal(cells, level, &mut random))
    }

    #[test]
    fn a_stage_shows_its_share_and_asks_the_next() {
        let table = [
            // (cells, T, s) → ⌊L·s/T⌋ shown, ⌊L/T + ½⌋ next
            ((256, 10, 0), (0, 26)),
            ((256, 10, 5), (128, 26)),
            // 230 shown, and only 26 are left.
            ((256, 10, 9), (230, 26)),
            ((256, 20, 13), (166, 13)),
            ((50, 10, 3), (15, 5)),
            // 6.4 rounds to 6; at the last stage 57 are shown and 6 of the other 7 are next.
            ((64, 10, 9), (57, 6)),
            // 1.5 rounds up to 2, but only one is left.
            ((3, 2, 1), (1, 2)),
            ((1, 10, 9), (0, 1)),
        ];
        for ((cells, stages, stage), expected) in table {
            for seed in 0..5 {
                let drawn = reveal(Some(stages), cells, Level::Stage(stage), seed);
                assert_eq!((count(&drawn, '#'), count(&drawn, '?')), expected, "{cells} {stage}");
            }
        }
    }

    #[test]
    fn any_share_can_be_shown_but_never_all() {
        for (cells, share, visible) in
            [(64, 0.0, 0), (64, 0.5, 32), (64, 0.99, 63), (64, 1.0, 63), (1, 1.0, 0), (7, 0.3, 2)]
        {
            let drawn = reveal(None, cells, Level::Share(share), 1);
            assert_eq!(count(&drawn, '#'), visible, "⌊{share} · {cells}⌋, at most all but one");
            assert_eq!(count(&drawn, '?'), cells - visible);
        }
    }

    #[test]
    fn every_cell_is_as_likely() {
        let (draws, cells) = (4_000, 10);
        let mut shown = vec![0_u32; cells];
        for seed in 0..draws {
            for (index, sign) in reveal(None, cells, Level::Share(0.3), seed).chars().enumerate() {
                shown[index] += u32::from(sign == '#');
            }
        }
        for count in shown {
            // .3 within five standard deviations: 5 · √(.3 · .7 / 4,000) = .036.
            assert!((f64::from(count) / draws as f64 - 0.3).abs() < 0.036, "{count}");
        }
    }
}
