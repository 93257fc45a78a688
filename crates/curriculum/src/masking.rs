//! The outcome: what the model sees of an item and what it is asked.

use thiserror::Error;

/// What becomes of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// The chord is shown, and not asked.
    Visible,
    /// The chord is hidden and asked: it carries loss.
    Target,
    /// The chord is hidden and not asked.
    Ignored,
    /// The chord is shown *and* asked, so that copying it is a right answer. Only the
    /// published rule [`NextAndVisible`](crate::TargetRule::NextAndVisible) does this.
    Copied,
}

impl Cell {
    /// Whether the model sees the chord.
    pub const fn is_visible(self) -> bool {
        matches!(self, Self::Visible | Self::Copied)
    }

    /// Whether the cell carries loss.
    pub const fn is_target(self) -> bool {
        matches!(self, Self::Target | Self::Copied)
    }
}

/// What becomes of the cells of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masking {
    /// One for each real cell of the item, in order.
    pub cells: Vec<Cell>,
    /// The stage of the pattern that made it, from 0; always 0 where the pattern has no
    /// stages. See [`Curriculum::stages`](crate::Curriculum::stages).
    pub stage: usize,
}

/// A masking from which nothing honest can be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidMasking {
    /// The masking is for another item.
    #[error("the masking has {masked} cells, the item {expected}")]
    Length {
        /// Cells of the masking.
        masked: usize,
        /// Cells of the item.
        expected: usize,
    },
    /// Nothing carries loss.
    #[error("no cell is a target")]
    NoTarget,
    /// A shown chord is asked.
    #[error("cell {0} is shown and asked: its answer can be copied")]
    Copied(usize),
}

impl Masking {
    /// All `cells` cells hidden, all of them targets.
    pub fn all_hidden(cells: usize, stage: usize) -> Self {
        Self { cells: vec![Cell::Target; cells], stage }
    }

    /// How many cells are shown.
    pub fn visible(&self) -> usize {
        self.cells.iter().filter(|cell| cell.is_visible()).count()
    }

    /// How many cells carry loss.
    pub fn targets(&self) -> usize {
        self.cells.iter().filter(|cell| cell.is_target()).count()
    }

    /// The share of cells that are hidden, 0 to 1: the continuous stage on which a model
    /// can be conditioned.
    pub fn hidden_share(&self) -> f32 {
        if self.cells.is_empty() {
            return 0.0;
        }
        (self.cells.len() - self.visible()) as f32 / self.cells.len() as f32
    }

    /// Checks that this is an honest masking of an item of `cells` cells.
    ///
    /// # Errors
    /// If the lengths differ, if there is no target, or if a shown cell is one.
    pub fn validate(&self, cells: usize) -> Result<(), InvalidMasking> {
        if self.cells.len() != cells {
            return Err(InvalidMasking::Length { masked: self.cells.len(), expected: cells });
        }
        if let Some(cell) = self.cells.iter().position(|&cell| cell == Cell::Copied) {
            return Err(InvalidMasking::Copied(cell));
        }
        if self.targets() == 0 {
            return Err(InvalidMasking::NoTarget);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_shares() {
        let masking = Masking {
            cells: vec![Cell::Visible, Cell::Target, Cell::Ignored, Cell::Copied],
            stage: 0,
        };
        assert_eq!((masking.visible(), masking.targets()), (2, 2));
        assert_eq!(masking.hidden_share(), 0.5);
        assert_eq!(masking.validate(4), Err(InvalidMasking::Copied(3)));
    }

    #[test]
    fn an_honest_masking_asks_something_hidden() {
        assert_eq!(Masking::all_hidden(3, 0).validate(3), Ok(()));
        assert_eq!(
            Masking::all_hidden(3, 0).validate(4),
            Err(InvalidMasking::Length { masked: 3, expected: 4 })
        );
        let nothing = Masking { cells: vec![Cell::Visible, Cell::Ignored], stage: 0 };
        assert_eq!(nothing.validate(2), Err(InvalidMasking::NoTarget));
    }
}
