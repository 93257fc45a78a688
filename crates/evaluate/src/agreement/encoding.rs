//! Chords as the comparisons see them.

use score::{Alteration, AlterationKind, Chord, PitchClass, PitchClassSet, Quality, Symbol};

/// A chord as root, intervals above the root, and bass: the encoding of
/// `mir_eval.chord.encode` without reduction of extended chords.
///
/// Whatever lies an octave or more above the root (ninths, elevenths, thirteenths) is left
/// out, and the bass sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// The root; `None` for no chord.
    pub root: Option<PitchClass>,
    /// Semitones above the root, the root as 0.
    pub intervals: PitchClassSet,
    /// Semitones of the bass above the root; `None` for no chord.
    pub bass: Option<PitchClass>,
}

impl Encoding {
    /// No chord.
    pub const NO_CHORD: Self = Self { root: None, intervals: PitchClassSet::EMPTY, bass: None };

    /// The encoding of `symbol`.
    pub fn of(symbol: &Symbol) -> Self {
        match symbol {
            Symbol::NoChord => Self::NO_CHORD,
            Symbol::Chord(chord) => Self::of_chord(chord),
        }
    }

    fn of_chord(chord: &Chord) -> Self {
        // How often each interval is asked for; silenced ones subtract.
        let mut asked = [0i32; 12];
        for (degree, semitones) in chord.quality.degrees() {
            count(&mut asked, *degree, i32::from(*semitones), 1);
        }
        asked[0] = 1;
        for alteration in &chord.alterations {
            alter(&mut asked, *alteration, chord.quality);
        }
        let sounding = (0..12).zip(asked).filter(|(_, asked)| *asked > 0);
        let root = chord.root.class();
        let bass = chord.bass_class().transposed(-i32::from(root.semitones()));
        let intervals: PitchClassSet =
            sounding.map(|(semitones, _)| PitchClass::from_semitones(semitones)).collect();
        Self { root: Some(root), intervals: intervals.with(bass), bass: Some(bass) }
    }

    /// What sounds, as pitch classes.
    pub fn pitch_classes(self) -> PitchClassSet {
        self.root.map_or(PitchClassSet::EMPTY, |root| {
            self.intervals.transposed(i32::from(root.semitones()))
        })
    }
}

/// Counts `semitones` (below an octave) on `degree`, unless that lies an octave higher.
fn count(asked: &mut [i32; 12], degree: u8, semitones: i32, sign: i32) {
    let semitones = semitones + if degree > 7 { 12 } else { 0 };
    if semitones < 12
        && let Some(place) = asked.get_mut(semitones.rem_euclid(12) as usize)
    {
        *place += sign;
    }
}

fn alter(asked: &mut [i32; 12], alteration: Alteration, quality: Quality) {
    let Alteration { kind, degree, alter } = alteration;
    let Some(natural) = Alteration::natural(degree) else { return };
    let standing = quality.degree(degree).map(|class| i32::from(class.semitones()));
    let alter = i32::from(alter);
    match (kind, standing) {
        (AlterationKind::Add, _) | (AlterationKind::Alter, None) => {
            count(asked, degree, natural + alter, 1);
        }
        (AlterationKind::Alter, Some(standing)) => {
            count(asked, degree, standing, -1);
            count(asked, degree, standing + alter, 1);
        }
        (AlterationKind::Subtract, Some(standing)) => count(asked, degree, standing, -1),
        (AlterationKind::Subtract, None) => count(asked, degree, natural + alter, -1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use score::chord::{harte, text};

    fn intervals(label: &str) -> Vec<u8> {
        let encoding = Encoding::of(&harte::parse(label).expect("a label"));
        encoding.intervals.iter().map(PitchClass::semitones).collect()
    }

    #[test]
    fn upper_degrees_are_left_out() {
        assert_eq!(intervals("C:13"), [0, 4, 7, 10]);
        assert_eq!(intervals("C:maj(9)"), [0, 4, 7]);
        assert_eq!(intervals("C:maj(2)"), [0, 2, 4, 7]);
    }

    #[test]
    fn degrees_are_altered_and_silenced() {
        assert_eq!(intervals("C:7(*5,b5)"), [0, 4, 6, 10]);
        assert_eq!(intervals("C:min(*b3)"), [0, 7]);
    }

    #[test]
    fn the_bass_sounds() {
        assert_eq!(intervals("G:maj/b7"), [0, 4, 7, 10]);
        let encoding = Encoding::of(&text::parse("G/F").expect("a chord"));
        assert_eq!(encoding.bass.map(PitchClass::semitones), Some(10));
    }
}
