//! Transposing instruments: from what is written to what sounds, and back.

use super::part::OCTAVES;
use super::value::{Node, child_alter, child_number};
use crate::{Chord, Key, Pitch, PitchName, Symbol};

/// What has to be added to the written pitch to get the sounding one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Transposition {
    /// Semitones, octaves included.
    semitones: i32,
    /// Places on the line of fifths.
    fifths: i32,
}

impl Transposition {
    /// Reads a `<transpose>`; without `<diatonic>` the nearest spelling is taken.
    pub(super) fn read(node: Node<'_>) -> Self {
        let chromatic = i32::from(child_alter(node, "chromatic").unwrap_or(0));
        let octaves: i32 = child_number(node, "octave-change").unwrap_or(0).clamp(-4, 4);
        // A fifth is 7 semitones and 4 letters, an octave 12 and 7: the inverse of that matrix.
        let spelled = child_number::<i32>(node, "diatonic")
            .and_then(|letters| letters.checked_mul(12))
            .and_then(|twelfths| (7 * chromatic).checked_sub(twelfths))
            .filter(|fifths| fifths.abs() <= 12);
        let nearest = (7 * chromatic + 5).rem_euclid(12) - 5;
        Self { semitones: chromatic + 12 * octaves, fifths: spelled.unwrap_or(nearest) }
    }

    /// The way back.
    pub(super) fn inverse(self) -> Self {
        Self { semitones: -self.semitones, fifths: -self.fifths }
    }

    /// A name moved by it, respelled if that takes more accidentals than are read.
    pub(super) fn name(self, name: PitchName) -> PitchName {
        if self.fifths == 0 {
            name
        } else {
            PitchName::from_fifths(name.fifths() + self.fifths).plain()
        }
    }

    /// A pitch moved by it; the written one if that leads beyond all octaves.
    pub(super) fn pitch(self, pitch: Pitch) -> Pitch {
        if self == Self::default() {
            return pitch;
        }
        let name = self.name(pitch.name);
        let natural = pitch.midi() + self.semitones - i32::from(name.alter);
        let octave = (natural - name.step.semitones()).div_euclid(12) - 1;
        let octave = i8::try_from(octave).ok().filter(|octave| OCTAVES.contains(octave));
        octave.map_or(pitch, |octave| Pitch { name, octave })
    }

    /// A key moved by it, in the enharmonic spelling of at most seven accidentals.
    pub(super) fn key(self, key: Key) -> Key {
        let fifths = i32::from(key.fifths) + self.fifths;
        let fifths = match fifths {
            ..=-8 => fifths + 12,
            8.. => fifths - 12,
            within => within,
        };
        i8::try_from(fifths).map_or(key, |fifths| Key { fifths, ..key })
    }

    /// A chord symbol moved by it.
    pub(super) fn symbol(self, symbol: Symbol) -> Symbol {
        match symbol {
            Symbol::NoChord => Symbol::NoChord,
            Symbol::Chord(chord) => Symbol::Chord(Chord {
                root: self.name(chord.root),
                bass: chord.bass.map(|bass| self.name(bass)),
                ..chord
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;

    fn read(text: &str) -> Transposition {
        let text = format!("<transpose>{text}</transpose>");
        Transposition::read(roxmltree::Document::parse(&text).expect("valid").root_element())
    }

    fn pitch(name: &str, octave: i8) -> Pitch {
        Pitch { name: PitchName::parse_prefix(name).expect("name").0, octave }
    }

    #[test]
    fn instruments_sound_as_their_name_says() {
        let clarinet_in_b_flat = "<diatonic>-1</diatonic><chromatic>-2</chromatic>";
        let clarinet_in_a = "<chromatic>-3</chromatic>";
        let tenor_saxophone =
            "<diatonic>-1</diatonic><chromatic>-2</chromatic><octave-change>-1</octave-change>";
        for (instrument, written, sounding) in [
            (clarinet_in_b_flat, pitch("C", 5), pitch("Bb", 4)),
            (clarinet_in_b_flat, pitch("F#", 4), pitch("E", 4)),
            (clarinet_in_a, pitch("C", 4), pitch("A", 3)),
            (tenor_saxophone, pitch("C", 4), pitch("Bb", 2)),
            (tenor_saxophone, pitch("B", 4), pitch("A", 3)),
        ] {
            let transposition = read(instrument);
            assert_eq!(transposition.pitch(written), sounding);
            assert_eq!(transposition.inverse().pitch(sounding), written);
        }
    }

    #[test]
    fn what_sounds_is_spelled_as_it_can_be_read() {
        // A letter down without a change of sound would make it A#####.
        let respelling = read("<diatonic>-1</diatonic><chromatic>0</chromatic>");
        assert_eq!(respelling.pitch(pitch("B###", 4)), pitch("B###", 4));
        assert_eq!(respelling.pitch(pitch("C", 5)), pitch("B#", 4));
    }

    #[test]
    fn keys_keep_at_most_seven_accidentals() {
        let up_a_semitone = read("<diatonic>1</diatonic><chromatic>1</chromatic>");
        let key = Key { fifths: -5, mode: Mode::Major };
        assert_eq!(up_a_semitone.key(key).fifths, 2);
    }
}
