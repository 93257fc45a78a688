//! Notes as text, with the accidentals that key and bar make necessary.

use std::collections::HashMap;

use super::key::Signature;
use crate::{Key, Pitch, PitchName, Step};

/// The accidentals that hold while a tune is written.
#[derive(Clone, Debug)]
pub(super) struct Speller {
    signature: Signature,
    /// What was written in this bar for a letter in one octave.
    in_octave: HashMap<(Step, i8), i8>,
    /// What was written last in this bar for a letter in any octave.
    anywhere: HashMap<Step, i8>,
}

impl Speller {
    /// At the start of a tune in `key`.
    pub(super) fn new(key: Option<Key>) -> Self {
        let signature = key.map_or(Signature::NONE, Signature::of);
        Self { signature, in_octave: HashMap::new(), anywhere: HashMap::new() }
    }

    /// A new bar, or a new key.
    pub(super) fn begin_bar(&mut self, key: Option<Key>) {
        *self = Self::new(key);
    }

    /// `pitch` with the accidental it needs. Programs disagree whether an accidental reaches
    /// other octaves, so one is written wherever either reading would be wrong.
    pub(super) fn spell(&mut self, pitch: Pitch) -> String {
        let pitch = within_double_accidentals(pitch, self.signature);
        let PitchName { step, alter } = pitch.name;
        let signature = self.signature.alters[step.index()];
        let in_octave = self.in_octave.get(&(step, pitch.octave)).copied();
        let anywhere = self.anywhere.get(&step).copied();
        let understood = [in_octave, anywhere].map(|written| written.unwrap_or(signature));
        let mut text = String::new();
        if understood.iter().any(|read| *read != alter) {
            text.push_str(match alter {
                ..=-2 => "__",
                -1 => "_",
                0 => "=",
                1 => "^",
                2.. => "^^",
            });
            self.in_octave.insert((step, pitch.octave), alter);
            self.anywhere.insert(step, alter);
        }
        text + &letter(step, pitch.octave)
    }
}

/// The letter of a note with its octave marks: `C,` `C` `c` `c'`.
fn letter(step: Step, octave: i8) -> String {
    let (letter, mark, marks) = if octave >= 5 {
        (step.letter().to_ascii_lowercase(), "'", octave.saturating_sub(5))
    } else {
        (step.letter(), ",", 4i8.saturating_sub(octave))
    };
    format!("{letter}{}", mark.repeat(usize::from(marks.unsigned_abs())))
}

/// The same sound without triple accidentals, which ABC cannot write.
fn within_double_accidentals(pitch: Pitch, signature: Signature) -> Pitch {
    if (-2..=2).contains(&pitch.name.alter) {
        return pitch;
    }
    let fifths = signature.key.map_or(0, |key| i32::from(key.fifths));
    u8::try_from(pitch.midi()).map_or(pitch, |midi| Pitch::from_midi(midi, fifths))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;

    #[test]
    fn accidentals_are_written_where_key_and_bar_do_not_give_them() {
        let pitch = |step, alter, octave| Pitch { name: PitchName::new(step, alter), octave };
        let g_major = Key::with_tonic(PitchName::new(Step::G, 0), Mode::Major);
        let mut speller = Speller::new(Some(g_major));
        let mut spelled = |step, alter, octave| speller.spell(pitch(step, alter, octave));
        assert_eq!(spelled(Step::F, 1, 4), "F");
        assert_eq!(spelled(Step::F, 0, 4), "=F");
        assert_eq!(spelled(Step::F, 0, 4), "F");
        // In another octave it depends on the reader: said again.
        assert_eq!(spelled(Step::F, 0, 5), "=f");
        assert_eq!(spelled(Step::C, 2, 6), "^^c'");
        assert_eq!(spelled(Step::B, -1, 2), "_B,,");
    }
}
