//! **Contiguous**: the beginning or the end of an item is visible, and the other part is
//! to be continued from it.
//!
//! The masking of a model that writes from left to right (or, from the end, backwards),
//! with the counts of random cells: ⌊L · s / T⌋ cells at stage s of T and ⌊L / T + ½⌋
//! next, or min(⌊v · L⌋, L − 1) for a share v.

use serde::{Deserialize, Serialize};

use super::{Level, Reveal, shown_and_next};

/// The beginning or the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contiguous {
    /// Which end is visible.
    pub shown: End,
    /// T, the number of stages; any share without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<usize>,
}

/// An end of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The beginning.
    Prefix,
    /// The end.
    Suffix,
}

impl Contiguous {
    pub(super) fn reveal(self, cells: usize, level: Level) -> Reveal {
        let (visible, next) = shown_and_next(cells, self.stages, level);
        let order: Vec<usize> = match self.shown {
            End::Prefix => (0..cells).collect(),
            End::Suffix => (0..cells).rev().collect(),
        };
        Reveal::in_order(&order, visible, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patterns::testing::drawn;

    #[test]
    fn one_end_is_shown_and_grows() {
        let table = [
            // Ten cells, T = 4: ⌊10 s / 4⌋ = 0, 2, 5, 7 shown and ⌊2.5 + .5⌋ = 3 next.
            (End::Prefix, Level::Stage(0), "???-------"),
            (End::Prefix, Level::Stage(1), "##???-----"),
            (End::Prefix, Level::Stage(3), "#######???"),
            (End::Suffix, Level::Stage(2), "--???#####"),
            // Any share: ⌊.39 · 10⌋ = 3, and all but one at most.
            (End::Suffix, Level::Share(0.39), "???????###"),
            (End::Prefix, Level::Share(1.0), "#########?"),
        ];
        for (shown, level, expected) in table {
            let stages = matches!(level, Level::Stage(_)).then_some(4);
            assert_eq!(drawn(&Contiguous { shown, stages }.reveal(10, level)), expected);
        }
    }
}
