//! Pitch consonance score (PCS).

use score::{PitchClass, PitchClassSet};

use super::Window;

/// +1 for unison, thirds, fifth and sixths, 0 for the fourth, −1 for all else, with the chord
/// tone placed at or below the note.
fn score(pitch: i32, tone: PitchClass) -> f64 {
    match (pitch - i32::from(tone.semitones())).rem_euclid(12) {
        0 | 3 | 4 | 7 | 8 | 9 => 1.0,
        5 => 0.0,
        _ => -1.0,
    }
}

/// The mean over the tones of `chord`; `None` if it is empty.
fn against(pitch: i32, chord: PitchClassSet) -> Option<f64> {
    let sum: f64 = chord.iter().map(|tone| score(pitch, tone)).sum();
    (!chord.is_empty()).then(|| sum / chord.len() as f64)
}

/// Chord tones averaged per note, notes per window, windows by weight; `None` without any.
pub(crate) fn mean(windows: &[Window]) -> Option<f64> {
    let (sum, weight) = windows
        .iter()
        .filter_map(|window| {
            let scores: Vec<f64> =
                window.notes.iter().filter_map(|(pitch, chord)| against(*pitch, *chord)).collect();
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            (!scores.is_empty()).then_some((mean, window.weight))
        })
        .fold((0.0, 0.0), |(sum, total), (mean, weight)| (sum + mean * weight, total + weight));
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(weight: f64, pitches: &[i32]) -> Window {
        let c_major = PitchClassSet::from_bits(1 | 1 << 4 | 1 << 7);
        Window { weight, notes: pitches.iter().map(|pitch| (*pitch, c_major)).collect() }
    }

    #[test]
    fn notes_are_scored_against_every_chord_tone() {
        // E over C E G: third, unison, and a sixth above G.
        assert_eq!(mean(&[window(1.0, &[64])]), Some(1.0));
        // F over C E G: fourth, minor second, minor seventh.
        assert_eq!(mean(&[window(1.0, &[65])]), Some(-2.0 / 3.0));
        // C over C E G: unison, sixth, fourth.
        assert_eq!(mean(&[window(1.0, &[60])]), Some(2.0 / 3.0));
    }

    #[test]
    fn windows_count_by_weight() {
        let mean = mean(&[window(3.0, &[64]), window(1.0, &[65, 64])]).expect("notes");
        assert!((mean - (3.0 + 1.0 / 6.0) / 4.0).abs() < 1e-12);
    }

    #[test]
    fn silence_has_no_consonance() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[window(1.0, &[])]), None);
    }
}
