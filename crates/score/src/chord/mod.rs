//! Chords: a spelled root and bass, a quality, and alterations.

mod quality;
pub mod text;
mod unknown;

use serde::{Deserialize, Serialize};

pub use quality::Quality;
pub use unknown::{ChordProblem, LONGEST_SYMBOL, UnknownChord};

use crate::{PitchClass, PitchClassSet, PitchName};

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
    /// Semitones against the degree of a dominant chord (major scale with a minor seventh).
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

    /// `set` (intervals above the root) after this change to a chord of `quality`.
    fn apply(self, set: PitchClassSet, quality: Quality) -> PitchClassSet {
        let Some(natural) = Self::natural(self.degree) else { return set };
        let changed = PitchClass::from_semitones(natural + i32::from(self.alter));
        match self.kind {
            AlterationKind::Add => set.with(changed),
            // The degree as the quality has it goes: the minor third of a minor chord, too.
            AlterationKind::Alter => match quality.degree(self.degree) {
                Some(sounding) => set.without(sounding).with(changed),
                None => set.with(changed),
            },
            AlterationKind::Subtract => set.without(quality.degree(self.degree).unwrap_or(changed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Step;

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
    fn the_bass_sounds() {
        let root = PitchName::new(Step::G, 0);
        let bass = Some(PitchName::new(Step::A, 0));
        let chord = Chord { bass, ..Chord::new(root, Quality::Major) };
        assert!(chord.pitch_classes().contains(PitchClass::from_semitones(9)));
        assert_eq!(chord.bass_class(), PitchClass::from_semitones(9));
    }
}
