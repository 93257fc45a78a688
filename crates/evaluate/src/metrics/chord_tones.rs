//! Chord tone to non-chord tone ratio (CTnCTR).

use score::PitchClass;

use super::NoteOverChord;

/// The largest step, in semitones, by which a non-chord tone may resolve.
const STEP: u32 = 2;

/// (n_c + n_p) / (n_c + n_n): n_c chord tones, n_n other notes, n_p those others whose next
/// different pitch is a tone of the same chord at most two semitones away. A note over no
/// chord is no chord tone. `None` without notes.
pub(crate) fn ratio(notes: &[NoteOverChord]) -> Option<f64> {
    let good = notes.iter().enumerate().filter(|(index, note)| {
        is_tone(note, note.pitch) || {
            let mut following = notes.iter().skip(index + 1).map(|next| next.pitch);
            following
                .find(|pitch| *pitch != note.pitch)
                .is_some_and(|next| next.abs_diff(note.pitch) <= STEP && is_tone(note, next))
        }
    });
    (!notes.is_empty()).then(|| good.count() as f64 / notes.len() as f64)
}

/// Whether `pitch` belongs to the chord under `note`.
fn is_tone(note: &NoteOverChord, pitch: i32) -> bool {
    note.chord.is_some_and(|chord| chord.contains(PitchClass::from_semitones(pitch)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use score::PitchClassSet;

    fn over_c_major(pitches: &[i32]) -> Vec<NoteOverChord> {
        let chord = Some(PitchClassSet::from_bits(1 | 1 << 4 | 1 << 7));
        pitches.iter().map(|pitch| NoteOverChord { pitch: *pitch, chord }).collect()
    }

    #[test]
    fn a_repeated_passing_note_is_proper_and_a_leap_is_not() {
        // D D resolve to E; F leaps to C; B leaps nowhere.
        assert_eq!(ratio(&over_c_major(&[62, 62, 64, 65, 60, 59])), Some(4.0 / 6.0));
    }

    #[test]
    fn a_step_to_another_octave_is_a_leap() {
        assert_eq!(ratio(&over_c_major(&[62, 76])), Some(0.5));
    }

    #[test]
    fn notes_over_nothing_are_no_chord_tones() {
        let mut notes = over_c_major(&[60, 64]);
        notes.push(NoteOverChord { pitch: 60, chord: None });
        assert_eq!(ratio(&notes), Some(2.0 / 3.0));
        assert_eq!(ratio(&[]), None);
    }
}
