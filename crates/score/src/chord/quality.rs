//! The named chord qualities.

use serde::{Deserialize, Serialize};

use crate::{PitchClass, PitchClassSet};

macro_rules! qualities {
    ($($(#[$doc:meta])* $name:ident = [$($interval:literal),+];)+) => {
        /// A named chord quality: the field's names and those of MusicXML.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Quality { $($(#[$doc])* $name,)+ }

        impl Quality {
            /// All qualities.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Semitones above the root in the order of the degrees.
            pub const fn semitones(self) -> &'static [u8] {
                match self { $(Self::$name => &[$($interval),+],)+ }
            }
        }
    };
}

qualities! {
    /// Major triad.
    Major = [0, 4, 7];
    /// Minor triad.
    Minor = [0, 3, 7];
    /// Augmented triad.
    Augmented = [0, 4, 8];
    /// Diminished triad.
    Diminished = [0, 3, 6];
    /// Suspended fourth.
    SuspendedFourth = [0, 5, 7];
    /// Suspended second.
    SuspendedSecond = [0, 2, 7];
    /// Dominant seventh.
    Dominant = [0, 4, 7, 10];
    /// Major seventh.
    MajorSeventh = [0, 4, 7, 11];
    /// Minor seventh.
    MinorSeventh = [0, 3, 7, 10];
    /// Minor triad with major seventh.
    MinorMajorSeventh = [0, 3, 7, 11];
    /// Augmented triad with minor seventh.
    AugmentedSeventh = [0, 4, 8, 10];
    /// Major sixth.
    MajorSixth = [0, 4, 7, 9];
    /// Minor sixth.
    MinorSixth = [0, 3, 7, 9];
    /// Diminished seventh.
    DiminishedSeventh = [0, 3, 6, 9];
    /// Half-diminished seventh.
    HalfDiminished = [0, 3, 6, 10];
    /// Dominant ninth.
    DominantNinth = [0, 4, 7, 10, 2];
    /// Major ninth.
    MajorNinth = [0, 4, 7, 11, 2];
    /// Minor ninth.
    MinorNinth = [0, 3, 7, 10, 2];
    /// Dominant eleventh.
    DominantEleventh = [0, 4, 7, 10, 2, 5];
    /// Major eleventh.
    MajorEleventh = [0, 4, 7, 11, 2, 5];
    /// Minor eleventh.
    MinorEleventh = [0, 3, 7, 10, 2, 5];
    /// Dominant thirteenth.
    DominantThirteenth = [0, 4, 7, 10, 2, 5, 9];
    /// Major thirteenth.
    MajorThirteenth = [0, 4, 7, 11, 2, 5, 9];
    /// Minor thirteenth.
    MinorThirteenth = [0, 3, 7, 10, 2, 5, 9];
    /// Root and fifth.
    Power = [0, 7];
    /// The root alone (MusicXML `pedal`).
    Pedal = [0];
    /// Neapolitan sixth: a major triad on the lowered second degree.
    Neapolitan = [0, 4, 7];
    /// Italian augmented sixth, over the bass of the sixth.
    Italian = [0, 4, 10];
    /// French augmented sixth, over the bass of the sixth.
    French = [0, 4, 6, 10];
    /// German augmented sixth, over the bass of the sixth.
    German = [0, 4, 7, 10];
    /// Tristan chord.
    Tristan = [0, 3, 6, 10];
}

impl Quality {
    /// What sounds above the root, root included.
    pub fn intervals(self) -> PitchClassSet {
        self.semitones().iter().map(|s| PitchClass::from_semitones(i32::from(*s))).collect()
    }

    /// Whether it is built up to `degree`: a ninth, eleventh or thirteenth chord for the
    /// degrees above the octave; any chord for those below.
    pub fn reaches(self, degree: u8) -> bool {
        degree < 8 || self.semitones().len() > usize::from(degree - 1) / 2
    }

    /// The interval that stands on `degree` (1 to 13) in this quality, if it has one.
    pub fn degree(self, degree: u8) -> Option<PitchClass> {
        let candidates: &[u8] = match degree {
            1 | 8 => &[0],
            2 | 9 => &[2, 1],
            3 | 10 => &[4, 3],
            4 | 11 => &[5],
            5 | 12 => &[7, 6, 8],
            6 | 13 => &[9],
            7 => match self {
                Self::DiminishedSeventh => &[9],
                _ => &[10, 11],
            },
            _ => &[],
        };
        candidates
            .iter()
            .find(|c| self.semitones().contains(c))
            .map(|c| PitchClass::from_semitones(i32::from(*c)))
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
        assert_eq!(Quality::DiminishedSeventh.degree(7), Some(PitchClass::from_semitones(9)));
    }
}
