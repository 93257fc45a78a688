//! Which pieces the model finds hard, and what it writes in them.

use grid::{Cell, KEYS, Token, Vocabulary};
use serde::{Deserialize, Serialize};
use train::Measured;

use super::answers::{Answer, by_piece};
use super::labels::{BarBeat, chord};
use super::pieces::{PieceName, PieceSet};

/// How one piece went at one visible share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PieceFigures {
    /// The piece.
    pub piece: PieceName,
    /// Visible cells in percent.
    pub visible: u8,
    /// Sums over its asked cells: what runs are compared by.
    pub sums: Measured,
    /// Mean negative log-likelihood in nats a cell.
    pub loss: f64,
    /// Share of right tokens.
    pub accuracy: f64,
}

/// A piece shown whole (its examined windows, one after the other), with nothing visible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PieceView {
    /// The piece.
    pub piece: PieceName,
    /// Why it is shown.
    pub choice: Choice,
    /// Mean negative log-likelihood in nats a cell.
    pub loss: f64,
    /// Share of right tokens.
    pub accuracy: f64,
    /// Its cells.
    pub cells: Vec<CellView>,
}

/// Why a piece is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// Its loss is among the highest.
    Worst,
    /// Its loss is among those around the median.
    Typical,
}

/// One cell: what is written, what is predicted, and the melody over it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellView {
    /// Where it stands.
    #[serde(flatten)]
    pub at: BarBeat,
    /// Its time signature, such as `6/8`.
    pub metre: String,
    /// Whether a bar begins here.
    pub starts_bar: bool,
    /// Whether the piece goes on elsewhere: the cells between were not examined.
    pub after_gap: bool,
    /// The chord that is written.
    pub truth: String,
    /// The chord that is predicted.
    pub predicted: String,
    /// Whether they are the same.
    pub right: bool,
    /// Whether their roots are (or both are silent).
    pub right_root: bool,
    /// The probability of the prediction.
    pub confidence: f64,
    /// Negative log-likelihood of what is written, in nats.
    pub surprise: f64,
    /// What sounds of the melody, the lowest first.
    pub melody: Vec<Tone>,
}

/// A melody tone in a cell, as the grid holds it: octaves are told apart, moments within a cell
/// are not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tone {
    /// MIDI number; middle C is 60.
    pub midi: u8,
    /// The share of the cell for which its pitch class sounds, 0 to 1.
    pub share: f32,
    /// Whether its pitch class is struck in the cell (or goes on from before).
    pub struck: bool,
}

/// Number of the lowest of the piano keys in MIDI.
const LOWEST: u8 = 21;

fn tones(cell: &Cell) -> Vec<Tone> {
    let shares = cell.shares();
    let keys = (0..KEYS).filter(|key| cell.has_key(*key));
    keys.map(|key| {
        let midi = LOWEST + key as u8;
        let class = usize::from(midi % 12);
        Tone { midi, share: shares[class], struck: cell.onsets() >> class & 1 == 1 }
    })
    .collect()
}

/// The figures of every piece at one visible share, in the order of the set.
pub(super) fn figures(visible: u8, set: &PieceSet, answers: &[Answer]) -> Vec<PieceFigures> {
    let sums = by_piece(set.pieces.len(), set, answers).into_iter().zip(&set.pieces);
    sums.filter(|(sums, _)| sums.cells > 0)
        .map(|(sums, piece)| PieceFigures {
            piece: piece.name.clone(),
            visible,
            loss: sums.loss(),
            accuracy: sums.accuracy(),
            sums,
        })
        .collect()
}

/// Indices of the `worst` pieces by loss, the highest first, and of `typical` others around the
/// median.
pub(super) fn choose(
    set: &PieceSet,
    answers: &[Answer],
    worst: usize,
    typical: usize,
) -> Vec<(usize, Choice)> {
    let sums = by_piece(set.pieces.len(), set, answers);
    let mut order: Vec<usize> = (0..sums.len()).filter(|piece| sums[*piece].cells > 0).collect();
    order.sort_by(|a, b| sums[*b].loss().total_cmp(&sums[*a].loss()));
    let rest = order.split_off(worst.min(order.len()));
    // The median of all lies this far into the rest.
    let middle = ((order.len() + rest.len()) / 2).saturating_sub(order.len());
    let take = typical.min(rest.len());
    let first = middle.saturating_sub(take / 2).min(rest.len() - take);
    let worst = order.into_iter().map(|piece| (piece, Choice::Worst));
    let typical = rest[first..first + take].iter().map(|piece| (*piece, Choice::Typical));
    worst.chain(typical).collect()
}

/// The piece at `piece` as `answers`, with nothing visible, say it.
pub(super) fn view(set: &PieceSet, answers: &[Answer], piece: usize, choice: Choice) -> PieceView {
    let vocabulary = Vocabulary::default();
    let named = |token: Token| chord(token, set.pieces[piece].key, &vocabulary);
    let root = |token| Vocabulary::parts(token).map(|(root, _)| root);
    let own: Vec<&Answer> = answers.iter().filter(|answer| answer.piece == piece).collect();
    let mut sums = Measured::default();
    let mut before: Option<usize> = None;
    let mut cells = Vec::with_capacity(own.len());
    for answer in own {
        let excerpt = &set.excerpts[answer.excerpt];
        let cell = &excerpt.cells[answer.cell];
        let meter = cell.meter();
        sums.cells += 1;
        sums.right += u64::from(answer.is_right());
        sums.surprise += answer.surprise;
        cells.push(CellView {
            at: BarBeat::from(cell),
            metre: format!("{}/{}", meter.numerator, meter.denominator),
            starts_bar: cell.starts_bar(),
            after_gap: before.is_some_and(|before| before + 1 != excerpt.start + answer.cell),
            truth: named(answer.truth),
            predicted: named(answer.predicted),
            right: answer.is_right(),
            right_root: root(answer.truth) == root(answer.predicted),
            confidence: answer.confidence,
            surprise: answer.surprise,
            melody: tones(cell),
        });
        before = Some(excerpt.start + answer.cell);
    }
    PieceView {
        piece: set.pieces[piece].name.clone(),
        choice,
        loss: sums.loss(),
        accuracy: sums.accuracy(),
        cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examination::Options;
    use crate::examination::answers::tests::answers;
    use crate::examination::pieces::tests::set;

    /// Five pieces of growing loss: piece p has surprise p in each cell.
    fn asked() -> (PieceSet, Vec<Answer>) {
        let options = Options { windows: 2, ..Options::default() };
        let set = set(&[8, 8, 8, 8, 200], &options);
        let mut answers = answers(&set, 0, |_, truth| (truth, 0.75));
        answers.iter_mut().for_each(|answer| answer.surprise = answer.piece as f64);
        (set, answers)
    }

    #[test]
    fn the_worst_come_first_and_the_typical_are_in_the_middle() {
        let (set, answers) = asked();
        use Choice::{Typical, Worst};
        assert_eq!(choose(&set, &answers, 1, 1), [(4, Worst), (2, Typical)]);
        assert_eq!(choose(&set, &answers, 0, 3), [(3, Typical), (2, Typical), (1, Typical)]);
        assert_eq!(choose(&set, &answers, 9, 9).len(), 5);
        assert_eq!(
            choose(&set, &answers, 4, 3),
            [(4, Worst), (3, Worst), (2, Worst), (1, Worst), (0, Typical)]
        );
    }

    #[test]
    fn figures_are_kept_for_each_piece() {
        let (set, answers) = asked();
        let figures = figures(0, &set, &answers);
        assert_eq!(figures.len(), 5);
        assert_eq!((figures[3].loss, figures[3].accuracy, figures[3].sums.cells), (3.0, 1.0, 8));
        assert_eq!(figures[4].piece.file, "4.abc");
    }

    #[test]
    fn a_view_shows_chords_melody_and_gaps() {
        let (set, mut answers) = asked();
        answers[1].predicted = Token::NO_CHORD;
        let view = view(&set, &answers, 0, Choice::Typical);
        assert_eq!((view.cells.len(), view.accuracy), (8, 7.0 / 8.0));
        let second = &view.cells[1];
        assert_eq!((second.truth.as_str(), second.predicted.as_str()), ("C", "N.C."));
        assert!(!second.right && !second.right_root && !second.starts_bar);
        assert_eq!(second.melody, [Tone { midi: 60, share: 1.0, struck: false }]);
        assert_eq!((second.at, second.metre.as_str()), (BarBeat { bar: 1, beat: 2.0 }, "4/4"));
        // Of the long piece the first and the third of four windows were examined.
        let long = super::view(&set, &answers, 4, Choice::Worst);
        let gaps: Vec<usize> = (0..128).filter(|cell| long.cells[*cell].after_gap).collect();
        assert_eq!((long.cells.len(), gaps), (128, vec![64]));
        assert_eq!(long.cells[64].at.bar, 33);
    }
}
