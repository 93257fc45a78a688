//! Our own convention: exact time, merged events, notes split at chord changes.

use score::{Duration, Position};

use super::beat_strength::BeatStrength;
use super::{NoteOverChord, Observations, TimeOverChord, Window, histogram};
use crate::{BarSpan, Harmonization};

/// What is counted in `harmonization`.
pub(super) fn observe(harmonization: &Harmonization) -> Observations {
    let changes = harmonization.changes();
    let onsets: Vec<Position> = changes.iter().map(|(onset, _, _)| *onset).collect();
    let times = times(harmonization);
    Observations {
        chords: changes.iter().map(|(_, _, set)| *set).collect(),
        notes: notes(harmonization),
        windows: times
            .iter()
            .map(|time| Window { weight: time.weight, notes: vec![(time.pitch, time.chord)] })
            .collect(),
        times,
        ..rhythm(harmonization, &onsets)
    }
}

/// Each note over the chord that sounds when it starts.
fn notes(harmonization: &Harmonization) -> Vec<NoteOverChord> {
    harmonization
        .melody
        .iter()
        .map(|note| NoteOverChord {
            pitch: note.pitch,
            chord: harmonization.sounding_at(note.onset),
        })
        .collect()
}

/// The time of each note over each chord it meets, in quarter notes.
fn times(harmonization: &Harmonization) -> Vec<TimeOverChord> {
    let mut times = Vec::new();
    for note in &harmonization.melody {
        let first = harmonization.chords.partition_point(|span| span.end <= note.onset);
        let met = harmonization.chords.iter().skip(first);
        for span in met.take_while(|span| span.onset < note.end) {
            let chord = span.symbol.pitch_classes();
            let shared = span.end.min(note.end).since(span.onset.max(note.onset));
            if let Some(shared) = shared.filter(|_| !chord.is_empty()) {
                times.push(TimeOverChord { pitch: note.pitch, chord, weight: shared.as_f64() });
            }
        }
    }
    times
}

/// The rhythm of chord `onsets`, nothing else.
pub(super) fn rhythm(harmonization: &Harmonization, onsets: &[Position]) -> Observations {
    let pairs = onsets.iter().zip(onsets.iter().skip(1));
    let places: Vec<(Duration, &BarSpan)> = onsets
        .iter()
        .filter_map(|onset| {
            let bar = harmonization.bar_at(*onset)?;
            Some((bar.offset(*onset), bar))
        })
        .collect();
    Observations {
        intervals: histogram::counts(pairs.filter_map(|(a, b)| b.since(*a))),
        offsets: histogram::counts(places.iter().map(|(offset, _)| *offset)),
        strengths: places
            .iter()
            .map(|(offset, bar)| BeatStrength::at(*offset, bar.meter))
            .collect(),
        ..Observations::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;
    use crate::harmonization::tests::{piece, symbol};
    use score::{Quality, Symbol};

    fn value(harmonization: &Harmonization, metric: Metric) -> Option<f64> {
        observe(harmonization).values(0.0).get(metric)
    }

    fn close(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 1e-12)
    }

    fn c() -> Symbol {
        symbol("C", Quality::Major)
    }

    fn g() -> Symbol {
        symbol("G", Quality::Major)
    }

    /// Two bars of 4/4 in eighths: C, C again on beat 3, G on the fourth beat, C in bar 2.
    fn cadence(melody: &[(i64, i64, i32)]) -> Harmonization {
        piece((4, 4), 2, melody, &[(0, c()), (4, c()), (6, g()), (8, c())])
    }

    #[test]
    fn restruck_chords_are_one_event() {
        // C G C: shares 2/3 and 1/3.
        let expected = -(2f64 / 3.0 * (2f64 / 3.0).ln() + 1f64 / 3.0 * (1f64 / 3.0).ln());
        let harmonization = cadence(&[]);
        assert!(close(value(&harmonization, Metric::ChordHistogramEntropy), expected));
        assert_eq!(value(&harmonization, Metric::ChordCoverage), Some(2.0));
    }

    #[test]
    fn rhythm_is_counted_in_quarters_of_the_merged_events() {
        // Onsets 0, 3 and 4 quarters: intervals 3 and 1, places 0, 3 and 0.
        let harmonization = cadence(&[]);
        assert!(close(value(&harmonization, Metric::IntervalEntropy), 2f64.ln()));
        assert_eq!(value(&harmonization, Metric::IntervalCount), Some(2.0));
        assert_eq!(value(&harmonization, Metric::OffsetCount), Some(2.0));
        let expected = -(2f64 / 3.0 * (2f64 / 3.0).ln() + 1f64 / 3.0 * (1f64 / 3.0).ln());
        assert!(close(value(&harmonization, Metric::OffsetEntropy), expected));
        assert!(close(value(&harmonization, Metric::ChordBeatStrength), 1.0 / 3.0));
    }

    #[test]
    fn a_held_note_meets_both_chords_for_their_share() {
        // G held from beat 3 to the end of the bar: one quarter over C, one over G.
        let harmonization = cadence(&[(4, 8, 67)]);
        // Over C: fifth, third, unison = 1. Over G B D: unison, sixth, fourth = 2/3.
        assert!(close(value(&harmonization, Metric::PitchConsonance), (1.0 + 2.0 / 3.0) / 2.0));
        let times = times(&harmonization);
        assert_eq!(times.iter().map(|time| time.weight).collect::<Vec<_>>(), [1.0, 1.0]);
    }

    #[test]
    fn a_chord_tone_is_judged_where_it_starts() {
        // E over C is a tone; A over G steps to G; F over C steps to nothing.
        let harmonization = cadence(&[(0, 2, 64), (6, 7, 69), (7, 8, 67), (8, 10, 65)]);
        assert!(close(value(&harmonization, Metric::ChordToneRatio), 3.0 / 4.0));
    }

    #[test]
    fn without_chords_only_the_counts_are_defined() {
        let silent = piece((4, 4), 1, &[(0, 2, 60)], &[(0, Symbol::NoChord)]);
        let values = observe(&silent).values(0.0);
        for (metric, value) in values.iter() {
            let expected = match metric {
                Metric::ChordCoverage | Metric::IntervalCount | Metric::OffsetCount => Some(0.0),
                Metric::ChordToneRatio => Some(0.0),
                _ => None,
            };
            assert_eq!(value, expected, "{metric}");
        }
    }
}
