//! Whether the model looks at the melody or at the chords around.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use train::reliance::{SongLosses, WithInterval};

use super::answers::Answer;
use super::pieces::PieceSet;
use super::resampling::Interval;

/// What melody and visible harmony are worth at one visible share: see [`train::reliance`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliance {
    /// Visible cells in percent.
    pub visible: u8,
    /// Cells asked.
    pub cells: u64,
    /// ΔL_mel: what the loss rises by with another piece's melody, in nats a cell.
    pub melody: Interval,
    /// ΔL_ctx: what it rises by with all harmony hidden, in nats a cell. `None` where none is
    /// visible anyway.
    pub context: Option<Interval>,
    /// ΔL_mel / (ΔL_mel + ΔL_ctx). `None` where no harmony is visible, or where the loss does not
    /// rise by taking both away.
    pub reliance: Option<Interval>,
}

impl From<WithInterval> for Interval {
    fn from(figure: WithInterval) -> Self {
        Self { value: figure.value, low: figure.interval.0, high: figure.interval.1 }
    }
}

/// Reliance from the answers `plain` and, to the same questions, `with_other_melody`; `all_hidden`
/// are the answers with nothing visible, about every cell of every excerpt. `None` where nothing
/// could be asked under another melody.
pub(super) fn measure(
    visible: u8,
    set: &PieceSet,
    plain: &[Answer],
    with_other_melody: &[Answer],
    all_hidden: &[Answer],
) -> Option<Reliance> {
    let cell = |answer: &Answer| (answer.excerpt, answer.cell);
    let by_cell = |answers: &[Answer]| -> HashMap<(usize, usize), f64> {
        answers.iter().map(|answer| (cell(answer), answer.surprise)).collect()
    };
    let (plain, hidden) = (by_cell(plain), by_cell(all_hidden));
    let mut losses = vec![SongLosses::default(); set.pieces.len()];
    for other in with_other_melody {
        let (Some(own), Some(alone)) = (plain.get(&cell(other)), hidden.get(&cell(other))) else {
            continue;
        };
        let sums = &mut losses[other.piece];
        sums.cells += 1;
        for (sum, surprise) in sums.surprise.iter_mut().zip([*own, other.surprise, *alone]) {
            *sum += surprise;
        }
    }
    losses.retain(|sums| sums.cells > 0);
    if losses.is_empty() {
        return None;
    }
    let measured = train::reliance::Reliance::of(&losses);
    let harmony = visible > 0;
    Some(Reliance {
        visible,
        cells: measured.cells,
        melody: measured.melody.into(),
        context: harmony.then(|| measured.context.into()),
        reliance: measured.reliance.filter(|_| harmony).map(Interval::from),
    })
}

#[cfg(test)]
mod tests {
    use grid::Token;

    use super::*;
    use crate::examination::Options;
    use crate::examination::answers::tests::answers;
    use crate::examination::pieces::tests::set;

    #[test]
    fn losses_are_compared_over_the_same_cells() {
        let set = set(&[16, 24], &Options::default());
        let with = |percent, surprise: f64| -> Vec<Answer> {
            let mut answers = answers(&set, percent, |_, _| (Token::NO_CHORD, 0.5));
            answers.iter_mut().for_each(|answer| answer.surprise = surprise);
            answers
        };
        let (plain, other, hidden) = (with(50, 1.0), with(50, 1.5), with(0, 2.5));
        let reliance = measure(50, &set, &plain, &other, &hidden).expect("other melodies");
        assert_eq!(reliance.cells, 20);
        assert_eq!((reliance.melody.value, reliance.melody.low), (0.5, 0.5));
        assert_eq!(reliance.context.map(|context| context.value), Some(1.5));
        assert_eq!(reliance.reliance.map(|reliance| reliance.value), Some(0.25));

        let alone = measure(0, &set, &hidden, &with(0, 3.0), &hidden).expect("other melodies");
        assert_eq!((alone.melody.value, alone.context, alone.reliance), (0.5, None, None));
        assert_eq!(measure(50, &set, &plain, &[], &hidden), None);
    }
}
