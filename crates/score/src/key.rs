//! Key signatures with their mode.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::PitchName;

/// The mode of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Mode {
    Major,
    Minor,
    Dorian,
    Phrygian,
    Lydian,
    Mixolydian,
    Locrian,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 7] = [
        Self::Major,
        Self::Minor,
        Self::Dorian,
        Self::Phrygian,
        Self::Lydian,
        Self::Mixolydian,
        Self::Locrian,
    ];

    /// How many fifths its tonic lies above the tonic of the major key with the same signature.
    pub const fn tonic_offset(self) -> i32 {
        match self {
            Self::Lydian => -1,
            Self::Major => 0,
            Self::Mixolydian => 1,
            Self::Dorian => 2,
            Self::Minor => 3,
            Self::Phrygian => 4,
            Self::Locrian => 5,
        }
    }

    /// The lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Dorian => "dorian",
            Self::Phrygian => "phrygian",
            Self::Lydian => "lydian",
            Self::Mixolydian => "mixolydian",
            Self::Locrian => "locrian",
        }
    }

    /// Whether its third is minor.
    pub const fn is_minor(self) -> bool {
        matches!(self, Self::Minor | Self::Dorian | Self::Phrygian | Self::Locrian)
    }
}

/// A key: its signature and mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Sharps of the signature; flats are negative.
    pub fifths: i8,
    /// The mode.
    pub mode: Mode,
}

impl Key {
    /// C major.
    pub const C_MAJOR: Self = Self { fifths: 0, mode: Mode::Major };

    /// The key with this tonic and mode.
    pub fn with_tonic(tonic: PitchName, mode: Mode) -> Self {
        let fifths = tonic.fifths() - mode.tonic_offset();
        Self { fifths: fifths.clamp(-14, 14) as i8, mode }
    }

    /// Where to spell sounding pitches: the argument of
    /// [`PitchClass::spelled_near`](crate::PitchClass::spelled_near) that keeps the scale of
    /// this key and, in minor, its raised leading tone.
    pub fn spelling(self) -> i32 {
        i32::from(self.fifths) + i32::from(self.mode.is_minor())
    }

    /// The key `semitones` higher, of the same mode, in a signature of six sharps or flats at most.
    #[must_use]
    pub fn transposed(self, semitones: i32) -> Self {
        let fifths = (i32::from(self.fifths) + 7 * semitones + 5).rem_euclid(12) - 5;
        Self { fifths: fifths as i8, ..self }
    }

    /// The spelled tonic.
    pub fn tonic(self) -> PitchName {
        PitchName::from_fifths(i32::from(self.fifths) + self.mode.tonic_offset())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.tonic(), self.mode.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_keys_spell_their_leading_tone_as_such() {
        for (fifths, mode, semitones, name) in [
            (0, Mode::Minor, 8, "G#"),
            (-3, Mode::Minor, 11, "B"),
            (0, Mode::Major, 8, "Ab"),
            (4, Mode::Minor, 0, "B#"),
            (-3, Mode::Minor, 1, "Db"),
        ] {
            let class = crate::PitchClass::from_semitones(semitones);
            let spelled = class.spelled_near(Key { fifths, mode }.spelling());
            assert_eq!(spelled.to_string(), name, "{fifths} {mode:?}");
        }
    }

    #[test]
    fn a_key_moves_with_its_tonic() {
        for mode in Mode::ALL {
            for semitones in -12..=12 {
                let key = Key { fifths: -3, mode };
                let moved = key.transposed(semitones);
                assert_eq!(moved.tonic().class(), key.tonic().class().transposed(semitones));
                assert!((moved.fifths.abs() <= 6) && moved.mode == mode);
            }
        }
    }

    #[test]
    fn tonics_follow_signature_and_mode() {
        for (fifths, mode, tonic) in [
            (0, Mode::Major, "C"),
            (0, Mode::Minor, "A"),
            (2, Mode::Mixolydian, "A"),
            (-3, Mode::Minor, "C"),
            (0, Mode::Dorian, "D"),
            (-1, Mode::Lydian, "Bb"),
        ] {
            let key = Key { fifths, mode };
            assert_eq!(key.tonic().to_string(), tonic);
            assert_eq!(Key::with_tonic(key.tonic(), mode), key);
        }
    }
}
