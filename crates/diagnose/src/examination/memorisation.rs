//! Whether the model recites pieces it was trained on.
//!
//! Pieces are asked again under the melody of another one. A model that harmonizes has lost its
//! ground and gets worse, on training pieces as on others; one that knows the pieces by heart,
//! and tells them from what is visible or from their metre, stays right on training pieces.

use serde::{Deserialize, Serialize};
use train::Measured;

use super::answers::{Answer, by_piece};
use super::pieces::PieceSet;
use super::resampling::{Interval, Resamples, interval, ratio};

/// Pieces under their own and another's melody, at one visible share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memorisation {
    /// Visible cells in percent.
    pub visible: u8,
    /// Pieces the model was trained on.
    pub training: Swapped,
    /// Pieces it was not.
    pub validation: Swapped,
    /// Accuracy on training pieces − accuracy on validation pieces, each under another's melody.
    /// Clearly above 0: the model recites. (Pieces of both sides are drawn independently.)
    pub recited: Interval,
    /// The same under their own melodies: the gap of generalisation.
    pub gap: Interval,
}

/// Pieces of one side under their own and another's melody.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Swapped {
    /// Pieces asked.
    pub pieces: usize,
    /// Cells asked.
    pub cells: u64,
    /// Accuracy under their own melody.
    pub own: Interval,
    /// Accuracy under another's.
    pub other: Interval,
    /// The first − the second, piece by piece.
    pub lost: Interval,
    /// What the loss rises by, in nats a cell, piece by piece.
    pub loss_rise: Interval,
}

/// One side: the sums of each piece.
#[derive(Clone, Debug)]
pub(super) struct Side {
    own: Vec<Measured>,
    other: Vec<Measured>,
}

impl Side {
    /// The side from its answers; those under the own melody count only where there are some
    /// under another's.
    pub fn new(set: &PieceSet, own: &[Answer], other: &[Answer]) -> Self {
        let mut asked = vec![false; set.excerpts.len()];
        for answer in other {
            asked[answer.excerpt] = true;
        }
        let pieces = set.pieces.len();
        Self {
            own: by_piece(pieces, set, own.iter().filter(|answer| asked[answer.excerpt])),
            other: by_piece(pieces, set, other),
        }
    }

    fn accuracies(sums: &[Measured]) -> Vec<(f64, f64)> {
        sums.iter().map(|sums| (sums.right as f64, sums.cells as f64)).collect()
    }

    fn swapped(&self, resamples: &Resamples) -> Option<Swapped> {
        let differences = |of: fn(&Measured) -> f64| -> Vec<(f64, f64)> {
            let pairs = self.own.iter().zip(&self.other);
            pairs.map(|(own, other)| (of(own) - of(other), own.cells as f64)).collect()
        };
        let rise: Vec<_> = differences(|sums| -sums.surprise);
        Some(Swapped {
            pieces: self.other.iter().filter(|sums| sums.cells > 0).count(),
            cells: self.other.iter().map(|sums| sums.cells).sum(),
            own: resamples.ratio(&Self::accuracies(&self.own))?,
            other: resamples.ratio(&Self::accuracies(&self.other))?,
            lost: resamples.ratio(&differences(|sums| sums.right as f64))?,
            loss_rise: resamples.ratio(&rise)?,
        })
    }
}

/// Both sides beside each other; `None` where one of them was not asked anything.
pub(super) fn measure(
    visible: u8,
    training: &Side,
    validation: &Side,
    seed: u64,
) -> Option<Memorisation> {
    // Draws of their own: no piece of one side belongs to one of the other.
    let ours = Resamples::new(training.own.len(), seed);
    let theirs = Resamples::new(validation.own.len(), seed.wrapping_add(1));
    let difference = |of: fn(&Side) -> &[Measured]| {
        let (a, b) = (Side::accuracies(of(training)), Side::accuracies(of(validation)));
        let value = |(ours, theirs): (&[f64], &[f64])| Some(ratio(ours, &a)? - ratio(theirs, &b)?);
        let once = (vec![1.0; a.len()], vec![1.0; b.len()]);
        let drawn = ours.draws().zip(theirs.draws()).filter_map(value).collect();
        interval(value((&once.0, &once.1))?, drawn)
    };
    Some(Memorisation {
        visible,
        training: training.swapped(&ours)?,
        validation: validation.swapped(&theirs)?,
        recited: difference(|side| &side.other)?,
        gap: difference(|side| &side.own)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces of 10 cells: right under the own melody, right under another's.
    fn side(right: &[(u64, u64)]) -> Side {
        let sums = |right, surprise| Measured { cells: 10, right, surprise, ..Measured::default() };
        Side {
            own: right.iter().map(|(own, _)| sums(*own, 10.0)).collect(),
            other: right.iter().map(|(_, other)| sums(*other, 30.0)).collect(),
        }
    }

    #[test]
    fn a_reciter_stays_right_on_what_it_knows_alone() {
        let training = side(&[(9, 9), (10, 9), (9, 8), (10, 10)]);
        let validation = side(&[(5, 1), (4, 2), (5, 2), (6, 1)]);
        let probe = measure(0, &training, &validation, 1).expect("pieces");
        assert_eq!((probe.training.own.value, probe.training.other.value), (0.95, 0.9));
        assert!((probe.validation.lost.value - 0.35).abs() < 1e-12);
        assert!((probe.recited.value - 0.75).abs() < 1e-12);
        assert!((probe.gap.value - 0.45).abs() < 1e-12);
        assert!(probe.recited.low > 0.5, "{:?}", probe.recited);
        assert_eq!(probe.training.loss_rise.value, 2.0);
        assert_eq!((probe.training.pieces, probe.training.cells), (4, 40));
    }

    #[test]
    fn a_harmonizer_loses_its_ground_on_both_sides() {
        let alike = side(&[(5, 1), (4, 2), (5, 2), (6, 1)]);
        let probe = measure(0, &alike, &alike, 1).expect("pieces");
        assert_eq!(probe.recited.value, 0.0);
        assert!(probe.recited.contains(0.0) && probe.gap.contains(0.0));
        assert!(probe.training.lost.low > 0.0);
    }

    #[test]
    fn nothing_to_swap_is_nothing_measured() {
        let nothing = Side { own: vec![Measured::default()], other: vec![Measured::default()] };
        assert_eq!(measure(0, &nothing, &side(&[(5, 1)]), 1), None);
    }
}
