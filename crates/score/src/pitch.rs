//! Pitches with their spelling, and pitch classes without it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A letter name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Step {
    C,
    D,
    E,
    F,
    G,
    A,
    B,
}

impl Step {
    /// All seven letters from C upwards.
    pub const ALL: [Self; 7] = [Self::C, Self::D, Self::E, Self::F, Self::G, Self::A, Self::B];

    /// The letter written as `letter`, in either case.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.letter() == letter.to_ascii_uppercase())
    }

    /// The upper-case letter.
    pub const fn letter(self) -> char {
        match self {
            Self::C => 'C',
            Self::D => 'D',
            Self::E => 'E',
            Self::F => 'F',
            Self::G => 'G',
            Self::A => 'A',
            Self::B => 'B',
        }
    }

    /// Semitones of the natural above C.
    pub const fn semitones(self) -> i32 {
        match self {
            Self::C => 0,
            Self::D => 2,
            Self::E => 4,
            Self::F => 5,
            Self::G => 7,
            Self::A => 9,
            Self::B => 11,
        }
    }

    /// The letter's place, C = 0 to B = 6.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A spelled note name without octave: a letter and semitones of alteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PitchName {
    /// The letter.
    pub step: Step,
    /// Semitones of alteration: −1 for a flat, +1 for a sharp.
    pub alter: i8,
}

impl PitchName {
    /// More accidentals than this no name is read or written with.
    const MOST_ACCIDENTALS: i8 = 4;

    /// A name from its letter and alteration.
    pub const fn new(step: Step, alter: i8) -> Self {
        Self { step, alter }
    }

    /// The pitch class that sounds.
    pub fn class(self) -> PitchClass {
        PitchClass::from_semitones(self.step.semitones() + i32::from(self.alter))
    }

    /// Place on the line of fifths: F = −1, C = 0, G = 1, B♭ = −2.
    pub fn fifths(self) -> i32 {
        const NATURALS: [i32; 7] = [0, 2, 4, -1, 1, 3, 5];
        NATURALS[self.step.index()] + 7 * i32::from(self.alter)
    }

    /// The name at a place on the line of fifths, the inverse of [`PitchName::fifths`].
    pub fn from_fifths(fifths: i32) -> Self {
        const STEPS: [Step; 7] = [Step::F, Step::C, Step::G, Step::D, Step::A, Step::E, Step::B];
        let place = fifths + 1;
        let alter = place.div_euclid(7).clamp(i32::from(i8::MIN), i32::from(i8::MAX));
        Self { step: STEPS[place.rem_euclid(7) as usize], alter: alter as i8 }
    }

    /// The name itself, or, with more than four accidentals, the nearest one on the line of fifths
    /// that has no more and sounds the same.
    #[must_use]
    pub fn plain(self) -> Self {
        let mut name = self;
        while name.alter.abs() > Self::MOST_ACCIDENTALS {
            name = Self::from_fifths(name.fifths() - 12 * i32::from(name.alter.signum()));
        }
        name
    }

    /// Reads a letter followed by any of `#`, `b`, `♯`, `♭`, `x`, `𝄪`, `𝄫`; returns the name and
    /// what follows it.
    pub fn parse_prefix(text: &str) -> Option<(Self, &str)> {
        let mut characters = text.chars();
        let step = Step::from_letter(characters.next()?)?;
        let mut alter = 0i8;
        let mut rest = characters.as_str();
        while let Some(accidental) = characters.next() {
            alter += match accidental {
                '#' | '♯' => 1,
                'b' | '♭' => -1,
                'x' | '𝄪' => 2,
                '𝄫' => -2,
                _ => break,
            };
            if alter.abs() > Self::MOST_ACCIDENTALS {
                return None;
            }
            rest = characters.as_str();
        }
        Some((Self { step, alter }, rest))
    }
}

impl fmt::Display for PitchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.alter < 0 { "b" } else { "#" };
        write!(f, "{}{}", self.step.letter(), sign.repeat(usize::from(self.alter.unsigned_abs())))
    }
}

/// A spelled pitch with its octave; octave 4 holds middle C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pitch {
    /// The spelled name.
    pub name: PitchName,
    /// The scientific octave of the written letter.
    pub octave: i8,
}

impl Pitch {
    /// The MIDI key number, middle C = 60. It can lie outside 0–127 for absurd octaves.
    pub fn midi(self) -> i32 {
        12 * (i32::from(self.octave) + 1) + self.name.step.semitones() + i32::from(self.name.alter)
    }

    /// The pitch that sounds at a MIDI key, spelled near `fifths` on the line of fifths
    /// (a key signature: 0 for C major, −3 for E♭ major).
    pub fn from_midi(midi: u8, fifths: i32) -> Self {
        let class = PitchClass::from_semitones(i32::from(midi));
        let name = class.spelled_near(fifths);
        let octave = (i32::from(midi) - name.step.semitones() - i32::from(name.alter)) / 12 - 1;
        Self { name, octave: octave as i8 }
    }
}

impl fmt::Display for Pitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name, self.octave)
    }
}

/// One of the twelve pitch classes, C = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PitchClass(u8);

impl PitchClass {
    /// All twelve, from C upwards.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..12).map(Self)
    }

    /// The class of any number of semitones above C.
    pub const fn from_semitones(semitones: i32) -> Self {
        Self(semitones.rem_euclid(12) as u8)
    }

    /// Semitones above C, 0 to 11.
    pub const fn semitones(self) -> u8 {
        self.0
    }

    /// The class `semitones` higher.
    pub const fn transposed(self, semitones: i32) -> Self {
        Self::from_semitones(self.0 as i32 + semitones)
    }

    /// Its name in the spelling nearest to a key signature of `fifths` sharps (flats
    /// negative): from a diminished fifth below its tonic side to an augmented fourth above.
    pub fn spelled_near(self, fifths: i32) -> PitchName {
        // Among the places p ≡ 7·class (mod 12) take the one in [fifths − 5 + 1, fifths + 6 + 1].
        let place = i32::from(self.0) * 7;
        let low = fifths - 4;
        PitchName::from_fifths(low + (place - low).rem_euclid(12))
    }
}

/// A set of pitch classes as 12 bits; bit 0 is C.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct PitchClassSet(u16);

impl PitchClassSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// The set of the low twelve bits.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & 0xFFF)
    }

    /// The twelve bits, bit 0 for C.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `class` belongs to it.
    pub const fn contains(self, class: PitchClass) -> bool {
        self.0 >> class.0 & 1 == 1
    }

    /// The set with `class` added.
    #[must_use]
    pub const fn with(self, class: PitchClass) -> Self {
        Self(self.0 | 1 << class.0)
    }

    /// The set without `class`.
    #[must_use]
    pub const fn without(self, class: PitchClass) -> Self {
        Self(self.0 & !(1 << class.0))
    }

    /// The set `semitones` higher.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        let shift = semitones.rem_euclid(12) as u32;
        Self::from_bits(self.0 << shift | self.0 >> (12 - shift))
    }

    /// How many classes it holds.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether it holds none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many of the twelve places differ from `other`.
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Its classes from C upwards.
    pub fn iter(self) -> impl Iterator<Item = PitchClass> {
        PitchClass::all().filter(move |class| self.contains(*class))
    }
}

impl FromIterator<PitchClass> for PitchClassSet {
    fn from_iter<I: IntoIterator<Item = PitchClass>>(classes: I) -> Self {
        classes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_over_the_line_of_fifths() {
        for fifths in -20..20 {
            assert_eq!(PitchName::from_fifths(fifths).fifths(), fifths);
        }
        assert_eq!(PitchName::from_fifths(-2), PitchName::new(Step::B, -1));
        assert_eq!(PitchName::from_fifths(6), PitchName::new(Step::F, 1));
    }

    #[test]
    fn names_of_many_accidentals_have_a_plain_one_of_the_same_sound() {
        for (name, plain) in [
            (PitchName::new(Step::A, 4), PitchName::new(Step::A, 4)),
            (PitchName::new(Step::A, 5), PitchName::new(Step::B, 3)),
            (PitchName::new(Step::C, -5), PitchName::new(Step::B, -4)),
        ] {
            assert_eq!((name.plain(), name.plain().class()), (plain, name.class()), "{name}");
        }
    }

    #[test]
    fn spelling_follows_the_key_signature() {
        let class = PitchClass::from_semitones(10);
        assert_eq!(class.spelled_near(0).to_string(), "Bb");
        assert_eq!(class.spelled_near(5).to_string(), "A#");
        assert_eq!(PitchClass::from_semitones(6).spelled_near(0).to_string(), "F#");
        assert_eq!(PitchClass::from_semitones(1).spelled_near(-3).to_string(), "Db");
    }

    #[test]
    fn every_midi_key_keeps_its_sound_in_every_spelling() {
        for midi in 0..=127u8 {
            for fifths in -7..=7 {
                assert_eq!(Pitch::from_midi(midi, fifths).midi(), i32::from(midi));
            }
        }
    }

    #[test]
    fn a_name_is_read_and_the_rest_returned() {
        assert_eq!(PitchName::parse_prefix("Bbm7"), Some((PitchName::new(Step::B, -1), "m7")));
        assert_eq!(PitchName::parse_prefix("f#"), Some((PitchName::new(Step::F, 1), "")));
        assert_eq!(PitchName::parse_prefix("H"), None);
    }

    #[test]
    fn sets_transpose_around_the_octave() {
        let set: PitchClassSet = [0, 4, 11].map(PitchClass::from_semitones).into_iter().collect();
        assert_eq!(set.transposed(1).bits(), 1 | 1 << 1 | 1 << 5);
        assert_eq!(set.transposed(0), set);
        assert_eq!(set.transposed(-3).transposed(3), set);
    }
}
