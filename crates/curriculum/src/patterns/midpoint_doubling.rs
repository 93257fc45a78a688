//! **Midpoint doubling**: every second cell of a grid is visible and the ones between are
//! asked, on a grid that becomes twice as fine from stage to stage.
//!
//! "Base2" of "Diffusion-Inspired Masked Language Modeling for Symbolic Harmony Generation
//! on a Fixed Time Grid" (Applied Sciences 15(17), 9513), for L = 256 cells and T = 9: at
//! stage s, with p = max(1, 2^(8 − s)), every 2·p-th cell is visible, none if 2·p > L, and
//! every p-th is asked. For n cells the 8 becomes K = ⌈log₂ n⌉, and stage s is taken as
//! round(s · K / (T − 1)), so that the first stage asks the first cell and the last all
//! odd ones, whatever the length. The published generation used twice the spacing that
//! was trained; nothing of that is kept here.

use serde::{Deserialize, Serialize};

use super::Reveal;

/// Every second cell of an ever finer grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MidpointDoubling {
    /// T, the number of stages: ⌈log₂ n⌉ + 1 gives each spacing one stage.
    pub stages: usize,
}

impl MidpointDoubling {
    pub(super) fn reveal(self, cells: usize, stage: usize) -> Reveal {
        let doublings = doublings(cells);
        let intervals = self.stages.saturating_sub(1).max(1);
        let done = (2 * stage * doublings + intervals) / (2 * intervals);
        let spacing = 1 << doublings.saturating_sub(done);
        let none = 2 * spacing > cells;
        Reveal {
            visible: (0..cells).map(|cell| !none && cell.is_multiple_of(2 * spacing)).collect(),
            next: (0..cells).map(|cell| cell.is_multiple_of(spacing)).collect(),
        }
    }
}

/// ⌈log₂ `cells`⌉.
pub(super) fn doublings(cells: usize) -> usize {
    cells.max(1).next_power_of_two().trailing_zeros() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patterns::testing::drawn;

    #[test]
    fn the_grid_doubles_from_stage_to_stage() {
        // Eight cells, T = 4, K = 3: p = 8, 4, 2, 1.
        let table = [
            (0, "?-------", "2·8 > 8 shows none; every 8th is asked"),
            (1, "#---?---", "every 8th shown, every 4th asked"),
            (2, "#-?-#-?-", "every 4th shown, every 2nd asked"),
            (3, "#?#?#?#?", "every 2nd shown, all asked"),
        ];
        for (stage, expected, why) in table {
            assert_eq!(drawn(&MidpointDoubling { stages: 4 }.reveal(8, stage)), expected, "{why}");
        }
    }

    #[test]
    fn other_lengths_and_numbers_of_stages_reach_from_the_first_cell_to_all() {
        let table = [
            ((6, 4, 0), "?-----", "K = 3, p = 8"),
            ((6, 4, 1), "?---?-", "p = 4, and 2·4 > 6 shows none"),
            ((6, 4, 2), "#-?-#-", "p = 2"),
            ((6, 4, 3), "#?#?#?", "p = 1"),
            ((8, 9, 2), "#---?---", "round(2 · 3 / 8) = 1, p = 4"),
            ((8, 9, 8), "#?#?#?#?", "round(8 · 3 / 8) = 3, p = 1"),
            ((8, 1, 0), "?-------", "a single stage is the first"),
            ((2, 4, 0), "?-", "K = 1, p = 2"),
            ((2, 4, 3), "#?", "p = 1"),
            ((1, 4, 3), "?", "K = 0, p = 1, and 2 > 1 shows none"),
        ];
        for ((cells, stages, stage), expected, why) in table {
            assert_eq!(drawn(&MidpointDoubling { stages }.reveal(cells, stage)), expected, "{why}");
        }
    }

    #[test]
    fn on_256_cells_the_spacing_is_the_published_one() {
        for stage in 0..9 {
            let reveal = MidpointDoubling { stages: 9 }.reveal(256, stage);
            let spacing = 1 << (8 - stage);
            let visible: Vec<usize> = (0..256).filter(|&cell| reveal.visible[cell]).collect();
            let next: Vec<usize> = (0..256).filter(|&cell| reveal.next[cell]).collect();
            let grid = |step: usize| (0..256).step_by(step).collect::<Vec<usize>>();
            assert_eq!(next, grid(spacing));
            assert_eq!(visible, if stage == 0 { Vec::new() } else { grid(2 * spacing) });
        }
    }
}
