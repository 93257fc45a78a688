//! What holds of the metrics of any piece.

use proptest::collection::vec;
use proptest::prelude::*;
use score::{PitchName, Quality, Symbol};

use super::*;
use crate::Measure;
use crate::harmonization::tests::piece;

/// Melody (length in eighths, pitch) and chords (length in eighths, line of fifths, quality).
type Notes = Vec<(i64, i32)>;
type Chords = Vec<(i64, i32, usize)>;

fn parts() -> impl Strategy<Value = (Notes, Chords)> {
    (vec((1i64..6, 48..84), 0..40), vec((1i64..9, -6i32..6, 0..Quality::ALL.len() + 1), 0..20))
}

/// The parts played after one another, everything `semitones` higher.
fn transposed((notes, chords): &(Notes, Chords), semitones: i32) -> Harmonization {
    let mut at = 0;
    let melody: Vec<(i64, i64, i32)> = notes
        .iter()
        .map(|(length, pitch)| {
            at += length;
            (at - length, at, pitch + semitones)
        })
        .collect();
    let mut onset = 0;
    let chords: Vec<(i64, Symbol)> = chords
        .iter()
        .map(|(length, fifths, quality)| {
            onset += length;
            let root = PitchName::from_fifths(fifths + 7 * semitones);
            let symbol = Quality::ALL.get(*quality).map_or(Symbol::NoChord, |quality| {
                Symbol::Chord(score::Chord::new(root, *quality))
            });
            (onset - length, symbol)
        })
        .collect();
    piece((4, 4), at.max(onset) / 8 + 1, &melody, &chords)
}

proptest! {
    #[test]
    fn the_key_does_not_matter(parts in parts(), semitones in -6i32..6) {
        for convention in Convention::ALL {
            let here = measure(&transposed(&parts, 0), convention).expect("short");
            let there = measure(&transposed(&parts, semitones), convention).expect("short");
            for metric in Metric::ALL {
                match (here.get(*metric), there.get(*metric)) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9, "{}", metric),
                    (a, b) => prop_assert_eq!(a, b, "{}", metric),
                }
            }
        }
    }

    #[test]
    fn only_pieces_without_chords_or_notes_leave_metrics_undefined(parts in parts()) {
        let harmonization = transposed(&parts, 0);
        let values = measure(&harmonization, Convention::Exact).expect("short");
        let sounds = harmonization.chords.iter().any(|span| span.symbol != Symbol::NoChord);
        prop_assert_eq!(values.get(Metric::ChordHistogramEntropy).is_some(), sounds);
        prop_assert_eq!(values.get(Metric::ChordBeatStrength).is_some(), sounds);
        let has_notes = !harmonization.melody.is_empty();
        prop_assert_eq!(values.get(Metric::ChordToneRatio).is_some(), has_notes);
        for (metric, value) in values.iter() {
            prop_assert!(value.is_none_or(f64::is_finite), "{}", metric);
        }
    }
}
