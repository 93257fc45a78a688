//! Songs in functional harmony.
//!
//! Phrases grow from a small probabilistic grammar of tonic, subdominant and dominant regions
//! (`grammar`) after Rohrmeier, *Towards a generative syntax of tonal harmony*, Journal of
//! Mathematics and Music 5(1), 2011; its leaves become chords of a key (`chords`), over which a
//! melody of chord tones with passing and neighbour notes is laid (`melody`). Phrases end in half
//! and full cadences and are put together in the forms of songs; some begin with a pickup.

mod chords;
mod grammar;
mod melody;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use score::{LeadSheet, Meter, PitchClass};

use self::chords::{Scale, Sounding, chords};
use self::grammar::{Cadence, phrase};
use self::melody::{Style, melody};
use super::random::choice;
use super::sheet::{Draft, key_of};

/// Metres, by weight.
const METERS: [(u32, (u32, u32)); 5] =
    [(5, (4, 4)), (3, (3, 4)), (1, (2, 4)), (3, (6, 8)), (1, (12, 8))];

/// Phrases of a song as letters, by weight, with the cadence of each letter's phrase.
const FORMS: [(u32, (&str, &[Cadence])); 4] = [
    (2, ("ab", &[Cadence::Half, Cadence::Full])),
    (2, ("abab", &[Cadence::Half, Cadence::Full])),
    (3, ("aaba", &[Cadence::Full, Cadence::Half])),
    (3, ("abac", &[Cadence::Half, Cadence::Half, Cadence::Full])),
];

/// Songs that begin with a pickup: two in five.
const PICKUPS: f64 = 0.4;

/// Minor songs: one in three.
const MINOR: f64 = 1.0 / 3.0;

/// The time in which one chord sounds, and how phrases are made of it.
struct Frame {
    meter: Meter,
    /// Sixteenths of a slot: half a bar, or a bar that has no half.
    slot: u32,
    slots_in_bar: usize,
}

impl Frame {
    fn new(meter: Meter) -> Self {
        let halved = matches!(meter.numerator(), 4 | 6 | 12);
        let slots_in_bar = if halved { 2 } else { 1 };
        let bar = u32::from(meter.numerator()) * 16 / u32::from(meter.denominator());
        Self { meter, slot: bar / slots_in_bar as u32, slots_in_bar }
    }

    /// Slots of a phrase: four bars, or eight of 2/4.
    fn phrase(&self) -> usize {
        if self.meter.numerator() == 2 { 8 } else { 4 * self.slots_in_bar }
    }

    /// Sixteenths of a pickup: a beat, in 6/8 and 12/8 an eighth.
    fn pickup(&self) -> u32 {
        16 / u32::from(self.meter.denominator())
    }
}

/// A phrase as it is played: chords with their slots, and notes with their sixteenths.
struct Phrase {
    chords: Vec<(Sounding, usize)>,
    /// The notes of each slot.
    notes: Vec<Vec<(i32, u32)>>,
}

/// A song.
pub(super) fn song(random: &mut ChaCha8Rng) -> LeadSheet {
    let meter = choice(random, &METERS).and_then(|(n, d)| Meter::new(n, d).ok());
    let frame = Frame::new(meter.unwrap_or(Meter::COMMON));
    let tonic = PitchClass::from_semitones(random.random_range(0..12));
    let minor = random.random_bool(MINOR);
    let scale = Scale::new(tonic, minor);
    let style = Style::new(random, frame.slot);
    let (form, cadences) = choice(random, &FORMS).unwrap_or(FORMS[0].1);
    let mut at = scale.near(67);
    let phrases: Vec<Phrase> = cadences
        .iter()
        .map(|cadence| {
            let leaves = phrase(random, frame.phrase(), *cadence);
            let chords = chords(random, &leaves, &scale);
            let notes = melody(random, &chords, &scale, &style, *cadence, &mut at);
            Phrase { chords, notes }
        })
        .collect();
    let played: Vec<&Phrase> =
        form.bytes().filter_map(|letter| phrases.get(usize::from(letter - b'a'))).collect();
    let slots: usize = played.iter().map(|phrase| phrase.notes.len()).sum();
    let pickup = if random.random_bool(PICKUPS) { frame.pickup() } else { 0 };
    let key = key_of(tonic, minor);
    let mut draft = Draft::new(frame.meter, key, pickup, slots / frame.slots_in_bar);
    if pickup > 0 {
        let first = played.first().and_then(|phrase| phrase.notes.first()?.first());
        let below = first.map_or(at, |(midi, _)| scale.step(*midi, -1));
        draft.note(below, pickup);
    }
    for phrase in played {
        let mut notes = phrase.notes.iter();
        for (chord, slots) in &phrase.chords {
            draft.chord(chord.root, chord.quality);
            for (midi, length) in notes.by_ref().take(*slots).flatten() {
                draft.note(*midi, *length);
            }
        }
    }
    draft.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::synth::Kind;
    use crate::{Resolution, Token, Vocabulary, encode};

    fn songs() -> impl Iterator<Item = LeadSheet> {
        (0..300).map(|index| Kind::Functional.song(5, index))
    }

    #[test]
    fn songs_are_sound_lead_sheets_without_gaps() {
        for (index, sheet) in songs().enumerate() {
            assert_eq!(sheet.check(), Ok(()), "song {index}");
            let sung = sheet.notes.iter().map(|note| note.duration.as_f64()).sum::<f64>();
            assert!((sung - sheet.end().as_f64()).abs() < 1e-9, "song {index}");
            let piece = encode(&sheet, &Vocabulary::default(), Resolution::Beat).expect("encodes");
            let pickup = usize::from(sheet.has_pickup());
            let silent = piece.cells.iter().filter(|cell| cell.harmony() == Token::NO_CHORD);
            assert_eq!(silent.count(), pickup, "song {index}: chords begin with the first bar");
        }
    }

    #[test]
    fn songs_come_home() {
        for sheet in songs() {
            let tonic = sheet.keys[0].tonic().class();
            let chord = |index: usize| {
                let chord = sheet.chords[index].symbol.chord().expect("a chord");
                chord.root.class()
            };
            let last = sheet.chords.len() - 1;
            assert_eq!((chord(0), chord(last)), (tonic, tonic));
            assert!([7, 11].map(|above| tonic.transposed(above)).contains(&chord(last - 1)));
            assert_eq!(sheet.notes.last().map(|note| note.pitch.name.class()), Some(tonic));
        }
    }

    #[test]
    fn most_of_the_melody_is_chord_tones() {
        let (mut inside, mut all) = (0.0, 0.0);
        for sheet in songs() {
            for note in &sheet.notes {
                let Some(event) = sheet.chord_at(note.onset) else { continue };
                let length = note.duration.as_f64();
                let fits = event.symbol.pitch_classes().contains(note.pitch.name.class());
                inside += length * f64::from(u8::from(fits));
                all += length;
            }
        }
        assert!((0.8..0.97).contains(&(inside / all)), "{}", inside / all);
    }

    #[test]
    fn all_keys_metres_and_forms_with_and_without_pickup_occur() {
        let sheets: Vec<LeadSheet> = songs().collect();
        let distinct =
            |of: fn(&LeadSheet) -> String| sheets.iter().map(of).collect::<HashSet<_>>().len();
        assert_eq!(distinct(|sheet| sheet.keys[0].value.to_string()), 24);
        assert_eq!(distinct(|sheet| sheet.meters[0].value.to_string()), METERS.len());
        assert_eq!(distinct(|sheet| sheet.has_pickup().to_string()), 2);
        assert!(distinct(|sheet| sheet.bars.len().to_string()) >= 4);
    }
}
