//! From functions to chords of a key.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use score::{PitchClass, Quality};

use super::grammar::{Function, Leaf};
use crate::synth::random::choice;

/// A chord that sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sounding {
    pub root: PitchClass,
    pub quality: Quality,
}

impl Sounding {
    /// Its tones, root first.
    pub fn tones(self) -> impl Iterator<Item = PitchClass> {
        let tone = move |semitones: &u8| self.root.transposed(i32::from(*semitones));
        self.quality.semitones().iter().map(tone)
    }

    /// Whether a pitch class belongs to it.
    pub fn has(self, class: PitchClass) -> bool {
        self.tones().any(|tone| tone == class)
    }
}

/// A major or natural minor scale.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    tonic: PitchClass,
    minor: bool,
    degrees: Vec<PitchClass>,
}

const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];

impl Scale {
    /// The scale of a key.
    pub fn new(tonic: PitchClass, minor: bool) -> Self {
        let steps = if minor { MINOR } else { MAJOR };
        Self { tonic, minor, degrees: steps.map(|step| tonic.transposed(step)).to_vec() }
    }

    /// The scale while a chord sounds: each of its tones takes the place of the degree it stands
    /// on, such as the raised seventh degree in a minor key's dominant.
    pub fn under(&self, chord: Sounding) -> Self {
        let degree_of = |class: PitchClass| self.degrees.iter().position(|own| *own == class);
        // A root that is no degree is a raised one.
        let root = degree_of(chord.root).or_else(|| degree_of(chord.root.transposed(-1)));
        let mut degrees = self.degrees.clone();
        for (degree, semitones) in chord.quality.degrees() {
            let index = (root.unwrap_or(0) + usize::from(*degree) - 1) % degrees.len();
            degrees[index] = chord.root.transposed(i32::from(*semitones));
        }
        Self { degrees, ..self.clone() }
    }

    /// Whether a MIDI key belongs to it.
    pub fn has(&self, midi: i32) -> bool {
        self.degrees.contains(&PitchClass::from_semitones(midi))
    }

    /// The next key of the scale above (`1`) or below (`-1`).
    pub fn step(&self, midi: i32, direction: i32) -> i32 {
        // Some degree lies within an octave.
        let keys = (1..=12).map(|distance| midi + direction * distance);
        keys.into_iter().find(|key| self.has(*key)).unwrap_or(midi)
    }

    /// The key of the scale nearest to `midi`.
    pub fn near(&self, midi: i32) -> i32 {
        if self.has(midi) { midi } else { self.step(midi, -1) }
    }

    /// A chord on a place above the tonic.
    fn chord(&self, semitones: i32, quality: Quality) -> Sounding {
        Sounding { root: self.tonic.transposed(semitones), quality }
    }
}

/// Chords by weight, with the semitones of their roots above the tonic.
type Choices = &'static [(u32, (i32, Quality))];

/// What fills a function: the chord itself and its parallels (Rohrmeier's t → tp and so on).
fn choices(function: Function, minor: bool) -> Choices {
    use Quality::{
        Diminished, DiminishedSeventh, Dominant, HalfDiminished, Major, Minor, MinorSeventh,
    };
    match (function, minor) {
        (Function::Tonic, false) => &[(8, (0, Major)), (2, (9, Minor)), (1, (4, Minor))],
        (Function::Tonic, true) => &[(8, (0, Minor)), (1, (8, Major)), (1, (3, Major))],
        (Function::Subdominant, false) => {
            &[(5, (5, Major)), (3, (2, Minor)), (2, (2, MinorSeventh))]
        }
        (Function::Subdominant, true) => {
            &[(5, (5, Minor)), (2, (2, HalfDiminished)), (1, (2, Diminished)), (1, (8, Major))]
        }
        (Function::Dominant, false) => {
            &[(5, (7, Major)), (5, (7, Dominant)), (1, (11, Diminished))]
        }
        (Function::Dominant, true) => {
            &[(4, (7, Major)), (5, (7, Dominant)), (1, (11, DiminishedSeventh))]
        }
    }
}

/// How often a chord that lasts is led to by its own dominant: x → D(x) x.
const SECONDARY: f64 = 0.2;

/// The chords of a phrase with the slots they last. The first and the last say their function
/// plainly.
pub(super) fn chords(
    random: &mut ChaCha8Rng,
    leaves: &[Leaf],
    scale: &Scale,
) -> Vec<(Sounding, usize)> {
    let mut chords = Vec::new();
    for (index, (function, slots)) in leaves.iter().enumerate() {
        let all = choices(*function, scale.minor);
        let plain = index == 0 || index + 1 == leaves.len();
        let chosen = if plain { all.first().map(|(_, chord)| *chord) } else { choice(random, all) };
        let Some((semitones, quality)) = chosen else { continue };
        let chord = scale.chord(semitones, quality);
        let has_dominant = matches!(quality, Quality::Major | Quality::Minor) && semitones != 0;
        if *slots > 1 && has_dominant && random.random_bool(SECONDARY) {
            let leading = scale.chord(semitones + 7, Quality::Dominant);
            chords.push((leading, slots / 2));
            chords.push((chord, slots - slots / 2));
        } else {
            chords.push((chord, *slots));
        }
    }
    chords
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::random::stream;

    fn class(semitones: i32) -> PitchClass {
        PitchClass::from_semitones(semitones)
    }

    #[test]
    fn a_minor_dominant_raises_the_leading_tone() {
        let scale = Scale::new(class(9), true);
        assert!(scale.has(67) && !scale.has(68));
        let dominant = scale.chord(7, Quality::Dominant);
        let under = scale.under(dominant);
        assert!(under.has(68) && !under.has(67), "{under:?}");
        assert_eq!(under.step(68, 1), 69);
        assert_eq!(under.degrees.len(), 7);
    }

    #[test]
    fn every_tone_of_every_chord_lies_in_the_scale_under_it() {
        for index in 0..300 {
            let mut random = stream(4, index);
            let scale = Scale::new(class(index as i32), index % 3 == 0);
            let leaves =
                super::super::grammar::phrase(&mut random, 8, super::super::grammar::Cadence::Full);
            let chords = chords(&mut random, &leaves, &scale);
            assert_eq!(chords.iter().map(|(_, slots)| slots).sum::<usize>(), 8);
            for (chord, _) in chords {
                let under = scale.under(chord);
                let missing = chord.tones().find(|tone| !under.has(i32::from(tone.semitones())));
                assert_eq!(missing, None, "{chord:?}");
            }
        }
    }
}
