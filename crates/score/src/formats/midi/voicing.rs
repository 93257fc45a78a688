//! Chords as keys: simple voice leading.

use crate::{Chord, PitchClassSet};

/// The bass lies in the octave from here: C2.
const BASS: i32 = 36;

/// The lowest key of the upper voices: C3.
const LOWEST: i32 = 48;

/// The highest key of the upper voices: C5.
const HIGHEST: i32 = 72;

/// Where a first chord lies: around middle C.
const CENTRE: i32 = 60;

/// Voices chords one after the other, each as near to the one before as its inversions allow.
#[derive(Debug, Default)]
pub(super) struct VoiceLeading {
    /// The upper voices of the chord before, upwards.
    before: Vec<u8>,
}

impl VoiceLeading {
    /// The keys of `chord`: its bass, then all its pitch classes in close position.
    ///
    /// The bass is doubled above where it belongs to the chord itself, so that the upper
    /// voices are always the whole chord.
    pub(super) fn voice(&mut self, chord: &Chord) -> Vec<u8> {
        let upper = Chord { bass: None, ..chord.clone() }.pitch_classes();
        let nearest = close_positions(upper).min_by_key(|keys| self.movement(keys));
        self.before = nearest.unwrap_or_default();
        let bass = key(BASS + i32::from(chord.bass_class().semitones()));
        bass.into_iter().chain(self.before.iter().copied()).collect()
    }

    /// How far the voices move: each new voice from the nearest old one and each old voice to
    /// the nearest new one. A first chord has to be near the centre instead.
    fn movement(&self, keys: &[u8]) -> u32 {
        if self.before.is_empty() {
            let sum: i32 = keys.iter().map(|key| i32::from(*key) - CENTRE).sum();
            return sum.unsigned_abs();
        }
        let to_nearest = |from: &[u8], to: &[u8]| -> u32 {
            let nearest = |key: &u8| to.iter().map(|other| u32::from(key.abs_diff(*other))).min();
            from.iter().filter_map(nearest).sum()
        };
        to_nearest(keys, &self.before) + to_nearest(&self.before, keys)
    }
}

/// All close positions of a chord between [`LOWEST`] and [`HIGHEST`], upwards.
fn close_positions(classes: PitchClassSet) -> impl Iterator<Item = Vec<u8>> {
    let sounds = move |at: &i32| classes.contains(crate::PitchClass::from_semitones(*at));
    (LOWEST..=HIGHEST - 11)
        .filter(sounds)
        .map(move |lowest| (lowest..lowest + 12).filter(sounds).filter_map(key).collect())
}

/// A MIDI key from a number that is one.
fn key(number: i32) -> Option<u8> {
    u8::try_from(number).ok().filter(|key| *key < 128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PitchClass, PitchName, Quality, Step};

    fn chord(root: PitchName, quality: Quality) -> Chord {
        Chord::new(root, quality)
    }

    #[test]
    fn common_tones_stay() {
        let mut leading = VoiceLeading::default();
        let c = leading.voice(&chord(PitchName::new(Step::C, 0), Quality::Major));
        let f = leading.voice(&chord(PitchName::new(Step::F, 0), Quality::Major));
        let c_again = leading.voice(&chord(PitchName::new(Step::C, 0), Quality::Major));
        assert_eq!(c, [36, 55, 60, 64]);
        assert_eq!(f, [41, 57, 60, 65]);
        assert_eq!(c_again, c);
    }

    #[test]
    fn a_foreign_bass_sounds_below_only() {
        let bass = Some(PitchName::new(Step::A, 0));
        let chord = Chord { bass, ..chord(PitchName::new(Step::G, 0), Quality::Major) };
        let keys = VoiceLeading::default().voice(&chord);
        assert_eq!(keys.iter().filter(|key| *key % 12 == 9).collect::<Vec<_>>(), [&45]);
    }

    #[test]
    fn every_quality_on_every_root_sounds_whole_and_in_range() {
        let mut leading = VoiceLeading::default();
        for quality in Quality::ALL {
            for root in PitchClass::all() {
                let chord = chord(root.spelled_near(0), *quality);
                let keys = leading.voice(&chord);
                let sounding: PitchClassSet =
                    keys.iter().map(|key| PitchClass::from_semitones(i32::from(*key))).collect();
                assert_eq!(sounding, chord.pitch_classes());
                assert!(keys[0] < 48 && keys[1..].iter().all(|key| (48..=72).contains(key)));
                assert!(keys.is_sorted_by(|a, b| a < b));
            }
        }
    }
}
