//! Yeh et al. 2021, "Automatic Melody Harmonization with Triad Chords: A Comparative Study".
//!
//! Their models write one chord per half bar, and their metrics count those: a chord held for
//! two bars is four chords. A piece with a quicker harmonic rhythm loses what lies between.

use score::{Duration, PitchClassSet, Position};

use super::{NoteOverChord, Observations, TimeOverChord, Window, exact};
use crate::Harmonization;

/// The chord that sounds at the start of a half bar, for the whole of it.
struct HalfBar {
    start: Position,
    end: Position,
    chord: Option<PitchClassSet>,
}

/// What is counted in `harmonization`.
pub(super) fn observe(harmonization: &Harmonization) -> Observations {
    let halves = half_bars(harmonization);
    let onsets: Vec<Position> =
        harmonization.changes().into_iter().map(|(onset, _, _)| onset).collect();
    Observations {
        chords: halves.iter().filter_map(|half| half.chord).collect(),
        notes: notes(harmonization, &halves),
        times: times(harmonization, &halves),
        windows: windows(harmonization, &halves),
        ..exact::rhythm(harmonization, &onsets)
    }
}

fn half_bars(harmonization: &Harmonization) -> Vec<HalfBar> {
    harmonization
        .bars
        .iter()
        .flat_map(|bar| {
            let length = bar.end.since(bar.start).unwrap_or(Duration::ZERO);
            let (n, d) = length.fraction();
            let middle = bar.start + Duration::new(n, 2 * d).unwrap_or(Duration::ZERO);
            [(bar.start, middle), (middle, bar.end)]
        })
        .filter(|(start, end)| start < end)
        .map(|(start, end)| HalfBar { start, end, chord: harmonization.sounding_at(start) })
        .collect()
}

/// The half bar in which `at` lies.
fn half_at(halves: &[HalfBar], at: Position) -> Option<&HalfBar> {
    let after = halves.partition_point(|half| half.start <= at);
    halves.get(after.checked_sub(1)?)
}

fn notes(harmonization: &Harmonization, halves: &[HalfBar]) -> Vec<NoteOverChord> {
    harmonization
        .melody
        .iter()
        .map(|note| NoteOverChord {
            pitch: note.pitch,
            chord: half_at(halves, note.onset).and_then(|half| half.chord),
        })
        .collect()
}

fn times(harmonization: &Harmonization, halves: &[HalfBar]) -> Vec<TimeOverChord> {
    let mut times = Vec::new();
    for note in &harmonization.melody {
        let first = halves.partition_point(|half| half.end <= note.onset);
        let met = halves.iter().skip(first).take_while(|half| half.start < note.end);
        for (half, chord) in met.filter_map(|half| Some((half, half.chord?))) {
            if let Some(shared) = half.end.min(note.end).since(half.start.max(note.onset)) {
                times.push(TimeOverChord { pitch: note.pitch, chord, weight: shared.as_f64() });
            }
        }
    }
    times
}

/// One window for each sixteenth at whose start a note sounds over a chord.
fn windows(harmonization: &Harmonization, halves: &[HalfBar]) -> Vec<Window> {
    let mut windows = Vec::new();
    for note in &harmonization.melody {
        let (n, d) = note.onset.fraction();
        // The first sixteenth at or after the onset: ⌈4n / d⌉; times are within ±10⁶ quarters.
        let mut sixteenth = -(-4 * n).div_euclid(d);
        while let Some(at) = Position::new(sixteenth, 4).filter(|at| *at < note.end) {
            if let Some(chord) = half_at(halves, at).and_then(|half| half.chord) {
                windows.push(Window { weight: 1.0, notes: vec![(note.pitch, chord)] });
            }
            sixteenth += 1;
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metric;
    use crate::harmonization::tests::{piece, symbol};
    use score::{Quality, Symbol};

    /// Two bars of 4/4 in eighths: C held for a bar and a half, then G; F between half bars.
    fn sample(melody: &[(i64, i64, i32)]) -> Harmonization {
        let chord = |root| symbol(root, Quality::Major);
        let chords = [(0, chord("C")), (6, chord("F")), (8, chord("C")), (12, chord("G"))];
        piece((4, 4), 2, melody, &chords)
    }

    fn value(harmonization: &Harmonization, metric: Metric) -> f64 {
        observe(harmonization).values(0.0).get(metric).expect("defined")
    }

    #[test]
    fn held_chords_count_once_per_half_bar_and_quick_ones_are_lost() {
        let harmonization = sample(&[]);
        // C C C G.
        assert_eq!(value(&harmonization, Metric::ChordCoverage), 2.0);
        let expected = -(0.75 * 0.75f64.ln() + 0.25 * 0.25f64.ln());
        assert!((value(&harmonization, Metric::ChordHistogramEntropy) - expected).abs() < 1e-12);
        // The rhythm is that of the piece: intervals 3, 1 and 2 quarters.
        assert_eq!(value(&harmonization, Metric::IntervalCount), 3.0);
    }

    #[test]
    fn consonance_counts_sixteenths() {
        // E for one eighth (two steps, +1), F for one sixteenth and a bit less (−2/3).
        let mut harmonization = sample(&[(0, 1, 64), (1, 2, 65)]);
        if let Some(last) = harmonization.melody.last_mut() {
            last.end = Position::new(3, 4).expect("in range");
        }
        let expected = (1.0 + 1.0 - 2.0 / 3.0) / 3.0;
        assert!((value(&harmonization, Metric::PitchConsonance) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_note_is_judged_against_the_half_bar() {
        // F on the fourth beat starts over the F chord, but the half bar says C.
        assert_eq!(value(&sample(&[(6, 8, 65)]), Metric::ChordToneRatio), 0.0);
        let times = observe(&sample(&[(6, 10, 65)])).times;
        assert_eq!(times.iter().map(|time| time.weight).sum::<f64>(), 2.0);
    }

    #[test]
    fn silence_is_no_chord() {
        let silent = piece((3, 4), 1, &[(0, 6, 60)], &[(0, Symbol::NoChord)]);
        assert!(observe(&silent).chords.is_empty());
        assert!(observe(&silent).windows.is_empty());
    }
}
