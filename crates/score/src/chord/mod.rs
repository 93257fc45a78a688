//! Chords: a spelled root and bass, a quality, and alterations.

pub mod harte;
pub mod musicxml;
mod quality;
#[cfg(test)]
mod strategies;
pub mod text;
mod unknown;

use serde::{Deserialize, Serialize};

pub use quality::Quality;
pub use unknown::{ChordProblem, LONGEST_SYMBOL, MOST_ALTERATIONS, UnknownChord};

use crate::{PitchClass, PitchClassSet, PitchName, Step};

/// What a chord symbol says: a chord, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbol {
    /// No chord sounds ("N.C.").
    NoChord,
    /// A chord sounds.
    Chord(Chord),
}

impl Symbol {
    /// The chord, if there is one.
    pub fn chord(&self) -> Option<&Chord> {
        match self {
            Self::NoChord => None,
            Self::Chord(chord) => Some(chord),
        }
    }

    /// What sounds; empty for no chord.
    pub fn pitch_classes(&self) -> PitchClassSet {
        self.chord().map_or(PitchClassSet::EMPTY, Chord::pitch_classes)
    }
}

/// A chord as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Chord {
    /// The spelled root.
    pub root: PitchName,
    /// The named quality.
    pub quality: Quality,
    /// Degrees added, altered or left out beyond the quality.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alterations: Vec<Alteration>,
    /// The bass, where it is written and differs from the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bass: Option<PitchName>,
}

/// One change to the degrees of a chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Alteration {
    /// What is done.
    pub kind: AlterationKind,
    /// The degree: 1 to 13.
    pub degree: u8,
    /// Semitones, as MusicXML counts them: for [`AlterationKind::Add`] against the degree of a
    /// dominant chord (major scale with a minor seventh), else against the degree as the
    /// quality has it.
    pub alter: i8,
}

/// What an [`Alteration`] does to its degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlterationKind {
    /// The degree sounds as well.
    Add,
    /// The degree sounds raised or lowered.
    Alter,
    /// The degree is silent.
    Subtract,
}

impl Chord {
    /// A plain chord in root position.
    pub const fn new(root: PitchName, quality: Quality) -> Self {
        Self { root, quality, alterations: Vec::new(), bass: None }
    }

    /// Everything that sounds, bass included.
    pub fn pitch_classes(&self) -> PitchClassSet {
        let above_root = self
            .alterations
            .iter()
            .fold(self.quality.intervals(), |set, alteration| alteration.apply(set, self.quality));
        let set = above_root.transposed(i32::from(self.root.class().semitones()));
        match self.bass {
            Some(bass) => set.with(bass.class()),
            None => set,
        }
    }

    /// The lowest pitch class: the bass if written, else the root.
    pub fn bass_class(&self) -> PitchClass {
        self.bass.unwrap_or(self.root).class()
    }
}

impl Alteration {
    /// Semitones above the root of `degree` in a dominant chord: the major scale with a minor
    /// seventh, the ninth and upwards an octave reduced. `None` if the degree is not 1 to 13.
    pub fn natural(degree: u8) -> Option<i32> {
        const SCALE: [i32; 7] = [0, 2, 4, 5, 7, 9, 10];
        (1..=13).contains(&degree).then(|| SCALE[usize::from(degree - 1) % 7])
    }

    /// Whether a chord can have it: a degree from 1 to 13, by four semitones at most.
    pub fn is_possible(self) -> bool {
        (1..=13).contains(&self.degree) && self.alter.unsigned_abs() <= 4
    }

    /// `set` (intervals above the root) after this change to a chord of `quality`.
    fn apply(self, set: PitchClassSet, quality: Quality) -> PitchClassSet {
        let Some(natural) = Self::natural(self.degree) else { return set };
        let natural = PitchClass::from_semitones(natural);
        let standing = quality.degree(self.degree);
        let alter = i32::from(self.alter);
        match (self.kind, standing) {
            (AlterationKind::Alter, Some(standing)) => {
                set.without(standing).with(standing.transposed(alter))
            }
            (AlterationKind::Add | AlterationKind::Alter, _) => set.with(natural.transposed(alter)),
            (AlterationKind::Subtract, Some(standing)) => set.without(standing),
            (AlterationKind::Subtract, None) => set.without(natural.transposed(alter)),
        }
    }
}

/// The name of the note `semitones` above `root` (an octave more or less is the same) that
/// stands on `degree`: the fifth of B♭ is F, its diminished fifth F♭.
fn name_on_degree(root: PitchName, degree: u8, semitones: i32) -> PitchName {
    let step = Step::ALL[usize::from(degree.saturating_sub(1)) % 7];
    // Semitones against the major scale, the shorter way round the octave.
    let accidental = (semitones - step.semitones() + 6).rem_euclid(12) - 6;
    let interval = PitchName::new(step, 0).fifths() + 7 * accidental;
    PitchName::from_fifths(root.fifths() + interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alteration(kind: AlterationKind, degree: u8, alter: i8) -> Alteration {
        Alteration { kind, degree, alter }
    }

    fn sounding(quality: Quality, alterations: Vec<Alteration>) -> Vec<u8> {
        let root = PitchName::new(Step::C, 0);
        let chord = Chord { root, quality, alterations, bass: None };
        chord.pitch_classes().iter().map(PitchClass::semitones).collect()
    }

    #[test]
    fn alterations_change_the_degree_the_quality_has() {
        use AlterationKind::{Add, Alter, Subtract};
        assert_eq!(sounding(Quality::Dominant, vec![alteration(Add, 9, -1)]), [0, 1, 4, 7, 10]);
        assert_eq!(sounding(Quality::Dominant, vec![alteration(Alter, 5, 1)]), [0, 4, 8, 10]);
        assert_eq!(sounding(Quality::Minor, vec![alteration(Subtract, 3, 0)]), [0, 7]);
    }

    #[test]
    fn an_altered_degree_counts_from_the_one_that_stands() {
        use AlterationKind::Alter;
        assert_eq!(sounding(Quality::Diminished, vec![alteration(Alter, 5, 1)]), [0, 3, 7]);
        assert_eq!(sounding(Quality::MajorSeventh, vec![alteration(Alter, 7, -1)]), [0, 4, 7, 10]);
        assert_eq!(sounding(Quality::Minor, vec![alteration(Alter, 9, -1)]), [0, 1, 3, 7]);
    }

    #[test]
    fn degrees_are_named_from_their_root() {
        let flat = PitchName::new(Step::B, -1);
        for (degree, semitones, name) in [(1, 0, "Bb"), (3, 3, "Db"), (5, 6, "Fb"), (7, 10, "Ab")] {
            assert_eq!(name_on_degree(flat, degree, semitones).to_string(), name);
        }
    }

    #[test]
    fn the_bass_sounds() {
        let root = PitchName::new(Step::G, 0);
        let bass = Some(PitchName::new(Step::A, 0));
        let chord = Chord { bass, ..Chord::new(root, Quality::Major) };
        assert!(chord.pitch_classes().contains(PitchClass::from_semitones(9)));
        assert_eq!(chord.bass_class(), PitchClass::from_semitones(9));
    }
}
