//! Which cells carry loss.

use serde::{Deserialize, Serialize};

use crate::patterns::Reveal;
use crate::{Cell, Masking};

/// Which cells carry loss, given what a pattern shows and would show next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetRule {
    /// The hidden cells that the pattern would reveal next; all hidden ones where there is
    /// nothing left to reveal.
    Next,
    /// Every hidden cell.
    Rest,
    /// The next cells **and the visible ones** (all cells where there are neither), as
    /// published with "Diffusion-Inspired Masked Language Modeling for Symbolic Harmony
    /// Generation on a Fixed Time Grid" (Applied Sciences 15(17), 9513). Most of the scored
    /// cells are then copies of the input: 81% for R10, 90% for R5, 50% for midpoint
    /// doubling. For comparison only.
    NextAndVisible,
}

impl TargetRule {
    /// Whether only hidden cells are targets.
    pub const fn is_honest(self) -> bool {
        !matches!(self, Self::NextAndVisible)
    }

    /// The masking of what a pattern reveals: at least one target, always.
    pub(crate) fn apply(self, mut reveal: Reveal, stage: usize) -> Masking {
        if self.is_honest() && !reveal.visible.contains(&false) {
            // Only items of one or two cells come here. Hide the last.
            if let Some(last) = reveal.visible.last_mut() {
                *last = false;
            }
        }
        let asks_next = |(&visible, &next): (&bool, &bool)| next && !visible;
        let nothing_next = !reveal.visible.iter().zip(&reveal.next).any(asks_next);
        let nothing_asked = nothing_next && (self.is_honest() || !reveal.visible.contains(&true));
        let cells = reveal.visible.iter().zip(&reveal.next).map(|(&visible, &next)| {
            match (visible, self) {
                (true, Self::Next | Self::Rest) => Cell::Visible,
                (true, Self::NextAndVisible) => Cell::Copied,
                (false, Self::Rest) => Cell::Target,
                (false, Self::Next | Self::NextAndVisible) if next || nothing_asked => Cell::Target,
                (false, Self::Next | Self::NextAndVisible) => Cell::Ignored,
            }
        });
        Masking { cells: cells.collect(), stage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Cell::{Copied, Ignored, Target, Visible};

    fn apply(rule: TargetRule, visible: &[bool], next: &[bool]) -> Vec<Cell> {
        rule.apply(Reveal { visible: visible.to_vec(), next: next.to_vec() }, 0).cells
    }

    #[test]
    fn each_rule_asks_what_it_says() {
        let visible = [true, false, false, true];
        let next = [true, true, false, false];
        let table = [
            (TargetRule::Next, [Visible, Target, Ignored, Visible]),
            (TargetRule::Rest, [Visible, Target, Target, Visible]),
            (TargetRule::NextAndVisible, [Copied, Target, Ignored, Copied]),
        ];
        for (rule, expected) in table {
            assert_eq!(apply(rule, &visible, &next), expected, "{rule:?}");
        }
    }

    #[test]
    fn with_nothing_next_all_hidden_cells_are_asked() {
        assert_eq!(
            apply(TargetRule::Next, &[true, false, false], &[true, false, false]),
            [Visible, Target, Target]
        );
        let nothing = [false, false];
        assert_eq!(apply(TargetRule::NextAndVisible, &nothing, &nothing), [Target, Target]);
        assert_eq!(
            apply(TargetRule::NextAndVisible, &[true, false], &nothing),
            [Copied, Ignored],
            "the published rule has the visible ones"
        );
    }

    #[test]
    fn with_nothing_hidden_the_last_cell_is() {
        assert_eq!(apply(TargetRule::Rest, &[true, true], &[false, false]), [Visible, Target]);
        assert_eq!(apply(TargetRule::Next, &[true], &[false]), [Target]);
    }
}
