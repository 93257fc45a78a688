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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Meter;
    use crate::patterns::testing::{drawn, layout};
    use Strength::{Bar, Beat, Cell, HalfBar, HalfBeat};

    fn metric(cumulative: bool) -> Metric {
        Metric { levels: vec![Bar, HalfBar, Beat, Cell], cumulative }
    }

    /// The stage that it turns out to be, and the cells.
    fn at(pattern: &Metric, layout: &Layout, stage: usize) -> (usize, String) {
        let (reveal, stage) = pattern.reveal(layout, stage);
        (stage, drawn(&reveal))
    }

    #[test]
    fn every_metre_opens_by_its_own_strong_cells() {
        let table = [
            // Two bars on quarters.
            ((4, 4, 8), 0, 0, "?---?---", "bar starts are asked"),
            ((4, 4, 8), 1, 1, "#-?-#-?-", "then half bars"),
            ((4, 4, 8), 2, 2, "#?#?#?#?", "then the other beats"),
            ((4, 4, 8), 3, 2, "#?#?#?#?", "nothing is weaker than a beat: stage 2 again"),
            // 3/4 has no half bar: the beats take its turn.
            ((3, 4, 6), 0, 0, "?--?--", ""),
            ((3, 4, 6), 1, 1, "#??#??", "beats after bars"),
            ((3, 4, 6), 2, 2, "#??#??", "the half bars that there are not are shown"),
            ((3, 4, 6), 3, 2, "#??#??", ""),
            // 6/8 on eighths: the dotted quarter is the half bar, eighths are cells.
            ((6, 8, 12), 1, 1, "#--?--#--?--", ""),
            ((6, 8, 12), 2, 2, "#??#??#??#??", "no other beats: the eighths take their turn"),
            ((6, 8, 12), 3, 3, "#??#??#??#??", ""),
            ((9, 8, 9), 1, 1, "#--?--?--", "three dotted quarters, no half bar"),
            ((12, 8, 12), 2, 2, "#--?--#--?--", "dotted quarters between the half bars"),
            ((12, 8, 12), 3, 3, "#??#??#??#??", ""),
            ((5, 4, 10), 1, 1, "#--?-#--?-", "3 + 2"),
            ((5, 4, 10), 2, 2, "#??#?#??#?", ""),
            ((7, 8, 7), 1, 1, "#---?--", "4 + 3"),
            ((7, 8, 7), 2, 2, "#-?-#--", "2 + 2 + 3"),
            ((7, 8, 7), 3, 3, "#?#?#??", ""),
            ((2, 4, 4), 1, 1, "#?#?", "the second beat is the half bar"),
            ((2, 4, 4), 3, 1, "#?#?", "and nothing is weaker"),
            ((1, 4, 2), 3, 0, "??", "where all cells are bar starts nothing is ever shown"),
        ];
        for ((numerator, denominator, cells), stage, actual, expected, why) in table {
            let layout = layout(numerator, denominator, 0, cells);
            assert_eq!(
                at(&metric(true), &layout, stage),
                (actual, expected.to_owned()),
                "{numerator}/{denominator} at stage {stage}: {why}"
            );
        }
    }

    #[test]
    fn pickups_and_changes_of_metre_keep_the_bars_in_place() {
        let pickup = layout(3, 4, 1, 8);
        assert_eq!(at(&metric(true), &pickup, 0).1, "-?--?--?", "the pickup is no bar start");
        assert_eq!(at(&metric(true), &pickup, 1).1, "?#??#??#");
        let six = Meter::new(6, 8, 1).expect("a metre");
        let change = layout(4, 4, 0, 4).then(six, 6);
        assert_eq!(at(&metric(true), &change, 0).1, "?---?-----");
        assert_eq!(at(&metric(true), &change, 1).1, "#-?-#--?--");
        assert_eq!(at(&metric(true), &change, 2).1, "#?#?#--#--", "beats of the first bar");
        assert_eq!(at(&metric(true), &change, 3).1, "#####??#??", "eighths of the second");
    }

    #[test]
    fn without_keeping_only_the_level_before_is_shown() {
        let layout = layout(4, 4, 0, 8);
        let table = [(0, "?---?---"), (1, "#-?-#-?-"), (2, "-?#?-?#?")];
        for (stage, expected) in table {
            assert_eq!(at(&metric(false), &layout, stage).1, expected);
        }
    }

    #[test]
    fn finer_levels_divide_the_beat() {
        let sixteenths = Meter::new(2, 4, 4).expect("a metre");
        let layout = Layout::regular(sixteenths, 0, 8).expect("cells");
        let pattern = Metric { levels: vec![Bar, Beat, HalfBeat, Cell], cumulative: true };
        let table = [(0, "?-------"), (1, "#---?---"), (2, "#-?-#-?-"), (3, "#?#?#?#?")];
        for (stage, expected) in table {
            assert_eq!(at(&pattern, &layout, stage).1, expected);
        }
    }

    #[test]
    fn cells_weaker_than_all_levels_stay_hidden() {
        let pattern = Metric { levels: vec![Bar, HalfBar], cumulative: true };
        let layout = layout(4, 4, 0, 8);
        assert_eq!(at(&pattern, &layout, 1).1, "#-?-#-?-");
    }
}
