//! How far the harmonic rhythm is from the one asked for.

use std::collections::BTreeSet;

use score::Position;

use crate::{Harmonization, Measure, Values};

/// A measure of the error in harmonic rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RhythmError {
    /// 1 − F₁ of the moments at which the harmony changes: 0 if all are the same, 1 if none.
    Onsets,
    /// Difference of the changes of harmony in a bar, without sign.
    Density,
}

impl Measure for RhythmError {
    const ALL: &'static [Self] = &[Self::Onsets, Self::Density];

    fn name(self) -> &'static str {
        match self {
            Self::Onsets => "rhythm_onsets",
            Self::Density => "rhythm_density",
        }
    }
}

/// The error of the harmonic rhythm of `generated` against that of `reference`.
///
/// Only changes of what sounds count: a chord struck again is none. `None` where neither
/// side has a chord, or there are no bars.
pub fn rhythm_error(generated: &Harmonization, reference: &Harmonization) -> Values<RhythmError> {
    let onsets = |harmonization: &Harmonization| -> BTreeSet<Position> {
        harmonization.changes().into_iter().map(|(onset, _, _)| onset).collect()
    };
    let (ours, theirs) = (onsets(generated), onsets(reference));
    let common = ours.intersection(&theirs).count() as f64;
    let both = (ours.len() + theirs.len()) as f64;
    let bars = reference.bars.len();
    Values::from_fn(|error| match error {
        RhythmError::Onsets => (both > 0.0).then(|| 1.0 - 2.0 * common / both),
        RhythmError::Density => {
            (bars > 0).then(|| ours.len().abs_diff(theirs.len()) as f64 / bars as f64)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harmonization::tests::{piece, symbol};
    use score::Quality;

    fn changes(onsets: &[i64]) -> Harmonization {
        let roots = ["C", "F", "G", "A"];
        let chords: Vec<_> = onsets
            .iter()
            .zip(roots.iter().cycle())
            .map(|(onset, root)| (*onset, symbol(root, Quality::Major)))
            .collect();
        piece((4, 4), 2, &[], &chords)
    }

    #[test]
    fn the_chords_themselves_do_not_matter() {
        let other = piece((4, 4), 2, &[], &[(0, symbol("E", Quality::Minor))]);
        let error = rhythm_error(&changes(&[0]), &other);
        assert_eq!(error.get(RhythmError::Onsets), Some(0.0));
    }

    #[test]
    fn missed_and_added_changes_count() {
        // Two of three are right, one of four is added: 1 − 4/7; one more in two bars.
        let error = rhythm_error(&changes(&[0, 4, 8, 14]), &changes(&[0, 8, 12]));
        assert_eq!(error.get(RhythmError::Onsets), Some(1.0 - 4.0 / 7.0));
        assert_eq!(error.get(RhythmError::Density), Some(0.5));
    }

    #[test]
    fn silence_against_silence_is_no_error() {
        let error = rhythm_error(&changes(&[]), &changes(&[]));
        assert_eq!(error.get(RhythmError::Onsets), None);
        assert_eq!(error.get(RhythmError::Density), Some(0.0));
    }
}
