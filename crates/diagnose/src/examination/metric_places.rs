//! Where in the bar the model errs.

use std::collections::BTreeMap;

use curriculum::Strength;
use grid::Vocabulary;
use serde::{Deserialize, Serialize};

use super::answers::Answer;
use super::pieces::PieceSet;
use super::resampling::{Interval, Resamples};

/// Where a cell stands in its bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricPlace {
    /// The first cell of a bar.
    BarStart,
    /// The beat in the middle of the bar, or the start of its second group.
    HalfBar,
    /// Any other felt beat.
    Beat,
    /// Between the felt beats.
    OffBeat,
}

impl MetricPlace {
    /// All places, the strongest first.
    pub const ALL: [Self; 4] = [Self::BarStart, Self::HalfBar, Self::Beat, Self::OffBeat];
}

impl From<Strength> for MetricPlace {
    fn from(strength: Strength) -> Self {
        match strength {
            Strength::Bar => Self::BarStart,
            Strength::HalfBar => Self::HalfBar,
            Strength::Beat => Self::Beat,
            Strength::HalfBeat | Strength::Cell => Self::OffBeat,
        }
    }
}

/// How well some of the cells are predicted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellFigures {
    /// Cells asked.
    pub cells: u64,
    /// Share of right tokens.
    pub accuracy: Interval,
    /// Share of right roots (or rightly none).
    pub root_accuracy: Interval,
    /// Mean negative log-likelihood in nats.
    pub loss: Interval,
}

/// Errors by place at one visible share. A kind of cell that was not asked is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricErrors {
    /// Visible cells in percent.
    pub visible: u8,
    /// Over all metres.
    pub places: BTreeMap<MetricPlace, CellFigures>,
    /// For each metre, such as `6/8`.
    pub metres: BTreeMap<String, BTreeMap<MetricPlace, CellFigures>>,
    /// Where the chord differs from that of the cell before.
    pub changes: Option<CellFigures>,
    /// Where it goes on, and in the first cell of a piece.
    pub holds: Option<CellFigures>,
}

/// Sums of a piece: cells, right tokens, right roots, surprise.
type Sums = [f64; 4];

/// The errors of `answers`, kind by kind.
pub(super) fn measure(
    visible: u8,
    set: &PieceSet,
    answers: &[Answer],
    resamples: &Resamples,
) -> MetricErrors {
    let root = |token| Vocabulary::parts(token).map(|(root, _)| root);
    let none = || vec![[0.0; 4]; set.pieces.len()];
    let mut places: BTreeMap<MetricPlace, Vec<Sums>> = BTreeMap::new();
    let mut metres: BTreeMap<String, BTreeMap<MetricPlace, Vec<Sums>>> = BTreeMap::new();
    let (mut changes, mut holds) = (none(), none());
    for answer in answers {
        let excerpt = &set.excerpts[answer.excerpt];
        let place = MetricPlace::from(excerpt.layout.strengths()[answer.cell]);
        let meter = excerpt.cells[answer.cell].meter();
        let metre = format!("{}/{}", meter.numerator, meter.denominator);
        let one = [
            1.0,
            f64::from(u8::from(answer.is_right())),
            f64::from(u8::from(root(answer.predicted) == root(answer.truth))),
            answer.surprise,
        ];
        let add = |sums: &mut Vec<Sums>| {
            sums[answer.piece].iter_mut().zip(one).for_each(|(sum, one)| *sum += one);
        };
        add(places.entry(place).or_insert_with(none));
        add(metres.entry(metre).or_default().entry(place).or_insert_with(none));
        add(if excerpt.changes[answer.cell] { &mut changes } else { &mut holds });
    }
    let all = |places: BTreeMap<MetricPlace, Vec<Sums>>| {
        let places = places.into_iter();
        places.filter_map(|(place, sums)| Some((place, figures(&sums, resamples)?))).collect()
    };
    MetricErrors {
        visible,
        places: all(places),
        metres: metres.into_iter().map(|(metre, places)| (metre, all(places))).collect(),
        changes: figures(&changes, resamples),
        holds: figures(&holds, resamples),
    }
}

fn figures(sums: &[Sums], resamples: &Resamples) -> Option<CellFigures> {
    let share = |which: usize| {
        let pairs: Vec<_> = sums.iter().map(|sums| (sums[which], sums[0])).collect();
        resamples.ratio(&pairs)
    };
    Some(CellFigures {
        cells: sums.iter().map(|sums| sums[0]).sum::<f64>() as u64,
        accuracy: share(1)?,
        root_accuracy: share(2)?,
        loss: share(3)?,
    })
}

#[cfg(test)]
mod tests {
    use grid::Token;

    use super::*;
    use crate::examination::Options;
    use crate::examination::answers::tests::answers;
    use crate::examination::pieces::tests::set;

    /// Right on every bar start of 4/4, else silence.
    fn measured() -> MetricErrors {
        let set = set(&[16, 24], &Options::default());
        let answers =
            answers(
                &set,
                0,
                |index, truth| {
                    if index % 4 == 0 { (truth, 0.9) } else { (Token::NO_CHORD, 0.9) }
                },
            );
        measure(0, &set, &answers, &Resamples::new(2, 1))
    }

    #[test]
    fn cells_are_told_apart_by_their_strength() {
        let errors = measured();
        let kinds: Vec<_> =
            errors.places.iter().map(|(place, f)| (*place, f.cells, f.accuracy.value)).collect();
        assert_eq!(
            kinds,
            [
                (MetricPlace::BarStart, 10, 1.0),
                (MetricPlace::HalfBar, 10, 0.0),
                (MetricPlace::Beat, 20, 0.0)
            ]
        );
        assert_eq!(errors.metres.keys().collect::<Vec<_>>(), ["4/4"]);
        assert_eq!(errors.metres["4/4"], errors.places);
    }

    #[test]
    fn chords_change_at_bar_starts_but_for_the_first() {
        let errors = measured();
        let changes = errors.changes.expect("some");
        assert_eq!((changes.cells, changes.accuracy.value), (8, 1.0));
        let holds = errors.holds.expect("some");
        assert_eq!((holds.cells, holds.accuracy.value), (32, 2.0 / 32.0));
        assert_eq!(holds.loss.value, 1.0);
    }

    #[test]
    fn nothing_asked_is_nothing_measured() {
        let set = set(&[16], &Options::default());
        let errors = measure(0, &set, &[], &Resamples::new(1, 1));
        assert!(errors.places.is_empty() && errors.metres.is_empty());
        assert_eq!((errors.changes, errors.holds), (None, None));
    }
}
