//! The named chord qualities.

use serde::{Deserialize, Serialize};

use crate::{PitchClass, PitchClassSet};

macro_rules! qualities {
    ($($(#[$doc:meta])* $name:ident = [$(($degree:literal, $semitones:literal)),+];)+) => {
        /// A named chord quality: the field's names and those of MusicXML.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Quality { $($(#[$doc])* $name,)+ }

        impl Quality {
            /// All qualities.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its degrees (1 to 13) with their semitones above the root, below an octave.
            pub const fn degrees(self) -> &'static [(u8, u8)] {
                match self { $(Self::$name => &[$(($degree, $semitones)),+],)+ }
            }

            /// Semitones above the root in the order of the degrees.
            pub const fn semitones(self) -> &'static [u8] {
                match self { $(Self::$name => &[$($semitones),+],)+ }
            }
        }
    };
}

qualities! {
    /// Major triad.
    Major = [(1, 0), (3, 4), (5, 7)];
    /// Minor triad.
    Minor = [(1, 0), (3, 3), (5, 7)];
    /// Augmented triad.
    Augmented = [(1, 0), (3, 4), (5, 8)];
    /// Diminished triad.
    Diminished = [(1, 0), (3, 3), (5, 6)];
    /// Suspended fourth.
    SuspendedFourth = [(1, 0), (4, 5), (5, 7)];
    /// Suspended second.
    SuspendedSecond = [(1, 0), (2, 2), (5, 7)];
    /// Dominant seventh.
    Dominant = [(1, 0), (3, 4), (5, 7), (7, 10)];
    /// Major seventh.
    MajorSeventh = [(1, 0), (3, 4), (5, 7), (7, 11)];
    /// Minor seventh.
    MinorSeventh = [(1, 0), (3, 3), (5, 7), (7, 10)];
    /// Minor triad with major seventh.
    MinorMajorSeventh = [(1, 0), (3, 3), (5, 7), (7, 11)];
    /// Augmented triad with minor seventh.
    AugmentedSeventh = [(1, 0), (3, 4), (5, 8), (7, 10)];
    /// Major sixth.
    MajorSixth = [(1, 0), (3, 4), (5, 7), (6, 9)];
    /// Minor sixth.
    MinorSixth = [(1, 0), (3, 3), (5, 7), (6, 9)];
    /// Diminished seventh.
    DiminishedSeventh = [(1, 0), (3, 3), (5, 6), (7, 9)];
    /// Half-diminished seventh.
    HalfDiminished = [(1, 0), (3, 3), (5, 6), (7, 10)];
    /// Dominant ninth.
    DominantNinth = [(1, 0), (3, 4), (5, 7), (7, 10), (9, 2)];
    /// Major ninth.
    MajorNinth = [(1, 0), (3, 4), (5, 7), (7, 11), (9, 2)];
    /// Minor ninth.
    MinorNinth = [(1, 0), (3, 3), (5, 7), (7, 10), (9, 2)];
    /// Dominant eleventh.
    DominantEleventh = [(1, 0), (3, 4), (5, 7), (7, 10), (9, 2), (11, 5)];
    /// Major eleventh.
    MajorEleventh = [(1, 0), (3, 4), (5, 7), (7, 11), (9, 2), (11, 5)];
    /// Minor eleventh.
    MinorEleventh = [(1, 0), (3, 3), (5, 7), (7, 10), (9, 2), (11, 5)];
    /// Dominant thirteenth.
    DominantThirteenth = [(1, 0), (3, 4), (5, 7), (7, 10), (9, 2), (11, 5), (13, 9)];
    /// Major thirteenth.
    MajorThirteenth = [(1, 0), (3, 4), (5, 7), (7, 11), (9, 2), (11, 5), (13, 9)];
    /// Minor thirteenth.
    MinorThirteenth = [(1, 0), (3, 3), (5, 7), (7, 10), (9, 2), (11, 5), (13, 9)];
    /// Root and fifth.
    Power = [(1, 0), (5, 7)];
    /// The root alone (MusicXML `pedal`).
    Pedal = [(1, 0)];
    /// Neapolitan sixth: a major triad on its own root.
    Neapolitan = [(1, 0), (3, 4), (5, 7)];
    /// Italian augmented sixth; the root names the tonic, so it lies on the sixth degree.
    Italian = [(1, 0), (4, 6), (6, 8)];
    /// French augmented sixth; the root names the tonic.
    French = [(1, 0), (2, 2), (4, 6), (6, 8)];
    /// German augmented sixth; the root names the tonic.
    German = [(1, 0), (3, 3), (4, 6), (6, 8)];
    /// Tristan chord: augmented fourth, sixth and ninth above its lowest note.
    Tristan = [(1, 0), (4, 6), (6, 10), (9, 3)];
}

impl Quality {
    /// What sounds above the root, root included.
    pub fn intervals(self) -> PitchClassSet {
        self.semitones().iter().map(|s| PitchClass::from_semitones(i32::from(*s))).collect()
    }

    /// Whether it is built on exactly `degree`: a ninth chord has a ninth, but no second.
    pub fn has(self, degree: u8) -> bool {
        self.degrees().iter().any(|(own, _)| *own == degree)
    }

    /// What sounds on `degree` (1 to 13) in this quality, an octave up or down counted alike,
    /// if anything does.
    pub fn degree(self, degree: u8) -> Option<PitchClass> {
        let exact = self.degrees().iter().find(|(own, _)| *own == degree);
        let octave = || self.degrees().iter().find(|(own, _)| own.abs_diff(degree) == 7);
        let (_, semitones) = exact.or_else(octave)?;
        Some(PitchClass::from_semitones(i32::from(*semitones)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quality_starts_on_its_root() {
        for quality in Quality::ALL {
            assert_eq!(quality.semitones()[0], 0);
            assert_eq!(quality.intervals().len(), quality.semitones().len());
        }
    }

    #[test]
    fn degrees_are_found_in_their_quality() {
        assert_eq!(Quality::Minor.degree(3), Some(PitchClass::from_semitones(3)));
        assert_eq!(Quality::Diminished.degree(5), Some(PitchClass::from_semitones(6)));
        assert_eq!(Quality::Major.degree(7), None);
        assert_eq!(Quality::DominantNinth.degree(2), Some(PitchClass::from_semitones(2)));
        assert!(!Quality::DominantNinth.has(2));
        assert_eq!(Quality::DiminishedSeventh.degree(7), Some(PitchClass::from_semitones(9)));
    }
}
