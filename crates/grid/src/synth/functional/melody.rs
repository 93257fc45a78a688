//! A melody over chords: chord tones where it counts, steps between them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::chords::{Scale, Sounding};
use super::grammar::Cadence;
use crate::synth::random::choice;

/// The range of the melody, in MIDI keys.
const RANGE: std::ops::RangeInclusive<i32> = 58..=81;

/// The rhythms that a song is made of.
#[derive(Clone, Debug)]
pub(super) struct Style {
    slot: u32,
    /// Lengths in sixteenths that fill a slot.
    rhythms: Vec<&'static [u32]>,
}

/// What fills a slot of so many sixteenths.
const fn rhythms(slot: u32) -> &'static [&'static [u32]] {
    match slot {
        6 => &[&[6], &[4, 2], &[2, 2, 2], &[2, 4], &[3, 1, 2]],
        8 => &[&[8], &[4, 4], &[6, 2], &[4, 2, 2], &[2, 2, 4], &[2, 2, 2, 2], &[2, 4, 2]],
        12 => &[&[4, 4, 4], &[8, 4], &[4, 8], &[6, 2, 4], &[4, 2, 2, 4], &[2, 2, 2, 2, 4], &[12]],
        _ => &[],
    }
}

/// Rhythms of a song.
const RHYTHMS: usize = 3;

impl Style {
    /// A few rhythms, which make the song hang together.
    pub fn new(random: &mut ChaCha8Rng, slot: u32) -> Self {
        let all: Vec<_> = rhythms(slot).iter().map(|rhythm| (1, *rhythm)).collect();
        let rhythms = (0..RHYTHMS).filter_map(|_| choice(random, &all)).collect();
        Self { slot, rhythms }
    }

    fn rhythm(&self, random: &mut ChaCha8Rng) -> Vec<u32> {
        let all: Vec<_> = self.rhythms.iter().map(|rhythm| (1, *rhythm)).collect();
        choice(random, &all).map_or_else(|| vec![self.slot], <[u32]>::to_vec)
    }
}

/// The notes of each slot of a phrase, key and sixteenths. `at` is where the melody stands, and
/// stands afterwards.
pub(super) fn melody(
    random: &mut ChaCha8Rng,
    chords: &[(Sounding, usize)],
    scale: &Scale,
    style: &Style,
    cadence: Cadence,
    at: &mut i32,
) -> Vec<Vec<(i32, u32)>> {
    let slots: Vec<Sounding> =
        chords.iter().flat_map(|(chord, slots)| std::iter::repeat_n(*chord, *slots)).collect();
    let goal = chords.last().map_or(0, |(_, slots)| *slots);
    let mut notes = Vec::new();
    for (index, chord) in slots.iter().enumerate() {
        // The goal of a phrase is held: one long note a slot, on the root at a full close.
        if index + goal >= slots.len() {
            if index + goal == slots.len() {
                let root_only = cadence == Cadence::Full;
                *at = chord_tone(random, *chord, *at, root_only);
            }
            notes.push(vec![(*at, style.slot)]);
            continue;
        }
        let under = scale.under(*chord);
        let rhythm = style.rhythm(random);
        notes.push(slot(random, *chord, &under, &rhythm, at));
    }
    notes
}

/// The notes of one slot: it begins on a chord tone, and every second note is one again; those
/// between pass, or turn to a neighbour.
fn slot(
    random: &mut ChaCha8Rng,
    chord: Sounding,
    scale: &Scale,
    rhythm: &[u32],
    at: &mut i32,
) -> Vec<(i32, u32)> {
    let mut notes = Vec::new();
    let mut index = 0;
    while let Some(length) = rhythm.get(index) {
        *at = chord_tone(random, chord, *at, false);
        notes.push((*at, *length));
        // A note between two chord tones, if there is room for both.
        if let (Some(between), true) = (rhythm.get(index + 1), index + 2 < rhythm.len()) {
            let next = chord_tone(random, chord, *at, false);
            notes.push((between_tones(random, scale, *at, next), *between));
            *at = next;
            if let Some(length) = rhythm.get(index + 2) {
                notes.push((next, *length));
            }
            index += 3;
        } else {
            index += 1;
        }
    }
    notes
}

/// A tone of the chord near `at`: the nearer, the likelier.
fn chord_tone(random: &mut ChaCha8Rng, chord: Sounding, at: i32, root_only: bool) -> i32 {
    let fits = |midi: &i32| {
        let class = score::PitchClass::from_semitones(*midi);
        if root_only { class == chord.root } else { chord.has(class) }
    };
    let weight = |midi: i32| match (midi - at).abs() {
        0 => 2,
        1..=2 => 8,
        3..=4 => 6,
        5..=7 => 3,
        8..=12 => 1,
        _ => 0,
    };
    let near: Vec<(u32, i32)> = RANGE.filter(fits).map(|midi| (weight(midi), midi)).collect();
    // Every chord has a tone within an octave of any key of the range.
    choice(random, &near).unwrap_or(at)
}

/// A note between two: the passing note of a third, or a neighbour of the first.
fn between_tones(random: &mut ChaCha8Rng, scale: &Scale, one: i32, other: i32) -> i32 {
    let direction = if other == one {
        if random.random_bool(0.5) { 1 } else { -1 }
    } else {
        (other - one).signum()
    };
    // Towards the other one it passes, or begins the leap; from the same one it is a neighbour.
    scale.step(one, direction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::random::stream;

    #[test]
    fn every_rhythm_fills_its_slot() {
        for slot in [6, 8, 12] {
            assert!(!rhythms(slot).is_empty());
            assert!(rhythms(slot).iter().all(|rhythm| rhythm.iter().sum::<u32>() == slot));
        }
    }

    #[test]
    fn notes_that_are_no_chord_tones_are_reached_by_step_and_left_by_step_or_to_a_chord_tone() {
        let scale = Scale::new(score::PitchClass::from_semitones(0), false);
        let chord =
            Sounding { root: score::PitchClass::from_semitones(7), quality: score::Quality::Major };
        let (mut others, mut all) = (0, 0);
        for index in 0..300 {
            let mut random = stream(9, index);
            let mut at = 67;
            let notes = slot(&mut random, chord, &scale.under(chord), &[2, 2, 2, 2, 4], &mut at);
            for triple in notes.windows(3) {
                let class = score::PitchClass::from_semitones(triple[1].0);
                all += 1;
                if !chord.has(class) {
                    others += 1;
                    assert!((triple[1].0 - triple[0].0).abs() <= 2, "{notes:?}");
                }
            }
        }
        assert!(others * 10 > all && others * 2 < all, "{others} of {all}");
    }
}
