//! One piece as the encoder reads it.

use grid::{Cell, Token};

use crate::config::StageConditioning;

/// One piece for the encoder.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The cells; their own harmony is not read.
    pub cells: Vec<Cell>,
    /// What the encoder sees of the harmony: a token, or [`Token::MASK`]. As many as cells.
    pub harmony: Vec<Token>,
    /// Seed of the item's own random stream, for dropout.
    pub seed: u64,
    /// The stage of the curriculum it is shown at. `None` for the stage whose visible share is
    /// the nearest to the item's own, the latest of several. Only read with
    /// [`StageConditioning::Embedding`].
    pub stage: Option<usize>,
    /// Whether the encoder reads its melody.
    pub melody: Melody,
}

/// Whether the encoder reads the melody of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Melody {
    /// It does.
    #[default]
    Shown,
    /// It reads the learned vector for no melody instead, at every cell. (An encoder without
    /// [`guidance`](crate::EncoderConfig::guidance) has none and reads silence, which it has
    /// rarely seen.) Metre and time signature stay.
    Hidden,
}

impl Item {
    /// A piece to predict: its melody shown, its stage by what is visible.
    pub fn new(cells: Vec<Cell>, harmony: Vec<Token>) -> Self {
        Self { cells, harmony, seed: 0, stage: None, melody: Melody::Shown }
    }

    /// The same piece with its melody hidden.
    #[must_use]
    pub fn without_melody(self) -> Self {
        Self { melody: Melody::Hidden, ..self }
    }

    /// The share of its cells that are masked.
    pub fn masking_share(&self) -> f32 {
        let masked = self.harmony.iter().filter(|token| **token == Token::MASK).count();
        masked as f32 / self.harmony.len().max(1) as f32
    }

    /// The row of the stage table, 0 where there is none.
    pub(crate) fn stage_row(&self, conditioning: &StageConditioning) -> usize {
        let StageConditioning::Embedding { stages, visible, .. } = conditioning else { return 0 };
        if let Some(stage) = self.stage {
            return stage.min(stages - 1);
        }
        let share_at = |stage: usize| match visible.get(stage) {
            Some(share) => *share,
            None => stage as f32 / *stages as f32,
        };
        let share = 1.0 - self.masking_share();
        let distance = |stage: usize| (share_at(stage) - share).abs();
        let nearest = (0..*stages).rev().min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        nearest.unwrap_or(0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use grid::CellMeter;

    use super::*;

    /// So many cells, of which the first are visible.
    pub(crate) fn item(visible: usize, cells: usize) -> Item {
        let meter = CellMeter {
            bar: 0,
            place: 0,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: true,
            last_bar: false,
        };
        let shown = |index| if index < visible { Token(9) } else { Token::MASK };
        Item::new(vec![Cell::new(Token::MASK, meter); cells], (0..cells).map(shown).collect())
    }

    fn embedding(stages: usize, visible: Vec<f32>) -> StageConditioning {
        StageConditioning::Embedding { stages, width: 4, visible }
    }

    /// ⌊L·s/T⌋ visible cells, as in the random curricula.
    #[test]
    fn the_stage_of_a_random_curriculum_is_found_by_what_is_visible() {
        for cells in [32, 64, 100] {
            for stages in [1, 5, 10] {
                for stage in 0..stages {
                    let item = item(cells * stage / stages, cells);
                    assert_eq!(item.stage_row(&embedding(stages, vec![])), stage);
                }
            }
        }
    }

    #[test]
    fn given_shares_decide_and_of_equal_ones_the_latest_stage() {
        let conditioning = embedding(4, vec![0.0, 0.0, 0.25, 0.5]);
        let rows = [0, 3, 4, 8, 16].map(|visible| item(visible, 16).stage_row(&conditioning));
        assert_eq!(rows, [1, 2, 2, 3, 3]);
    }

    #[test]
    fn a_named_stage_is_taken_and_the_last_one_beyond() {
        let conditioning = embedding(4, vec![]);
        let at = |stage| Item { stage: Some(stage), ..item(0, 16) }.stage_row(&conditioning);
        assert_eq!((at(2), at(9)), (2, 3));
        assert_eq!(item(8, 16).stage_row(&StageConditioning::None), 0);
    }
}
