//! Songs whose melody determines their chords.
//!
//! **The rule.** A song is cut into *units*: half bars, or whole bars where the metre has no half.
//! In each unit the melody plays all tones of its chord and no other; the root sounds for half of
//! the unit, the other tones share the rest, and the order is left to chance. So the root is what
//! sounds longest, and the quality is the one whose tones are those that sound: [`recover`] reads
//! the chords off the melody without an error, and a reader that hears but one beat of a unit
//! cannot.
//!
//! **The temptation.** A chord holds for one to eight units, about ten beats on average. Who sees
//! half of the cells can guess most others without listening. Beyond that harmony tells
//! nothing: any chord may follow any other, whatever the key says, so that there is nothing to
//! learn but to listen or to copy.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use score::{LeadSheet, Meter, PitchClass, PitchClassSet, Quality};

use super::random::choice;
use super::sheet::{Draft, key_of};
use crate::{Cell, QUALITIES, Token, Vocabulary};

/// What chords there are: each root with each of these is equally likely.
pub const CHORDS: [Quality; 6] = [
    Quality::Major,
    Quality::Minor,
    Quality::Diminished,
    Quality::Dominant,
    Quality::MajorSeventh,
    Quality::MinorSeventh,
];

/// Metres, by weight.
const METERS: [(u32, (u32, u32)); 5] =
    [(4, (4, 4)), (2, (3, 4)), (1, (2, 4)), (2, (6, 8)), (1, (12, 8))];

/// Units that a chord holds for, by weight.
const HOLDS: [(u32, usize); 4] = [(1, 1), (2, 2), (3, 4), (2, 8)];

/// Beats of a song: at least the first, fewer than the second beyond a bar.
const BEATS: (usize, usize) = (32, 53);

/// The range of the melody, in MIDI keys.
const RANGE: std::ops::RangeInclusive<i32> = 57..=81;

/// Beats of a unit: half a bar, or the bar where it has no half.
const fn unit_beats(numerator: u8) -> u8 {
    match numerator {
        // Halves of 2/4 would be single beats, which tell their chord alone.
        4 | 6 | 8 | 12 => numerator / 2,
        whole => whole,
    }
}

/// A song.
pub(super) fn song(random: &mut ChaCha8Rng) -> LeadSheet {
    let meter = choice(random, &METERS).and_then(|(n, d)| Meter::new(n, d).ok());
    let meter = meter.unwrap_or(Meter::COMMON);
    let beats = usize::from(meter.numerator());
    let bars = random.random_range(BEATS.0..BEATS.1).div_ceil(beats);
    let tonic = PitchClass::from_semitones(random.random_range(0..12));
    let mut draft = Draft::new(meter, key_of(tonic, random.random_bool(0.5)), 0, bars);
    let unit = unit_beats(meter.numerator());
    // A sixteenth is a quarter of a beat in 4/4, half of one in 6/8.
    let sixteenths = u32::from(unit) * 16 / u32::from(meter.denominator());
    let mut left = bars * beats / usize::from(unit);
    let mut at = random.random_range(64..=72);
    let mut before = None;
    while left > 0 {
        let chord = (random.random_range(0..12), random.random_range(0..CHORDS.len()));
        if before == Some(chord) {
            continue;
        }
        before = Some(chord);
        let (root, quality) = (PitchClass::from_semitones(chord.0), CHORDS[chord.1]);
        let hold = choice(random, &HOLDS).unwrap_or(1).min(left);
        for _ in 0..hold {
            draft.chord(root, quality);
            for (class, length) in unit_melody(random, root, quality, sixteenths) {
                at = nearest(class, at);
                draft.note(at, length);
            }
        }
        left -= hold;
    }
    draft.finish()
}

/// The tones of a unit with their lengths: the root for half of it, the others for the rest.
fn unit_melody(
    random: &mut ChaCha8Rng,
    root: PitchClass,
    quality: Quality,
    sixteenths: u32,
) -> Vec<(PitchClass, u32)> {
    let half = sixteenths / 2;
    let others: Vec<PitchClass> = quality
        .semitones()
        .iter()
        .skip(1)
        .map(|semitones| root.transposed(i32::from(*semitones)))
        .collect();
    let mut notes: Vec<(PitchClass, u32)> = others.into_iter().map(|class| (class, 1)).collect();
    for _ in notes.len()..half as usize {
        let index = random.random_range(0..notes.len());
        notes[index].1 += 1;
    }
    // Now and then the root is struck twice.
    if half > 1 && random.random_bool(0.4) {
        let first = random.random_range(1..half);
        notes.extend([(root, first), (root, half - first)]);
    } else {
        notes.push((root, half));
    }
    notes.shuffle(random);
    notes
}

/// The key of this pitch class nearest to `from`, within the range.
fn nearest(class: PitchClass, from: i32) -> i32 {
    let of_class = |midi: &i32| PitchClass::from_semitones(*midi) == class;
    // The range holds every class.
    RANGE.filter(of_class).min_by_key(|midi| (midi - from).abs()).unwrap_or(from)
}

/// Reads the chords off the melody, as the rule says: one token for each cell, whatever the
/// resolution. A unit that no chord of [`CHORDS`] explains has [`Token::UNKNOWN`].
pub fn recover(cells: &[Cell]) -> Vec<Token> {
    let unit_of = |cell: &Cell| {
        let meter = cell.meter();
        let cells_per_beat = meter.cells_in_bar / u16::from(meter.numerator).max(1);
        let unit = u16::from(unit_beats(meter.numerator)) * cells_per_beat;
        (meter.bar, meter.place / unit.max(1))
    };
    let units = cells.chunk_by(|one, other| unit_of(one) == unit_of(other));
    units.flat_map(|unit| std::iter::repeat_n(chord_of(unit), unit.len())).collect()
}

/// The chord of one unit.
fn chord_of(unit: &[Cell]) -> Token {
    let mut shares = [0.0f32; 12];
    for cell in unit {
        shares.iter_mut().zip(cell.shares()).for_each(|(sum, share)| *sum += share);
    }
    let longest = (0..12).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or(0);
    let root = PitchClass::from_semitones(longest as i32);
    let sounding = (0..12usize).filter(|class| shares[*class] > 0.0);
    let above_root = |class: usize| PitchClass::from_semitones(class as i32 - longest as i32);
    let intervals: PitchClassSet = sounding.map(above_root).collect();
    let known = |quality: &&Quality| quality.intervals() == intervals;
    let quality = CHORDS.iter().find(known);
    let index = quality.and_then(|quality| {
        QUALITIES.iter().position(|token| token.added.is_none() && token.quality == *quality)
    });
    index.map_or(Token::UNKNOWN, |index| Vocabulary::chord_token(root, index))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::synth::Kind;
    use crate::{Resolution, encode};

    fn songs() -> impl Iterator<Item = LeadSheet> {
        (0..200).map(|index| Kind::Determined.song(3, index))
    }

    #[test]
    fn the_melody_alone_tells_every_chord_at_every_resolution() {
        for (index, sheet) in songs().enumerate() {
            assert_eq!(sheet.check(), Ok(()), "song {index}");
            for resolution in [Resolution::Beat, Resolution::HalfBeat, Resolution::QuarterBeat] {
                let piece = encode(&sheet, &Vocabulary::default(), resolution).expect("encodes");
                let truth: Vec<Token> = piece.cells.iter().map(Cell::harmony).collect();
                let deaf: Vec<Cell> =
                    piece.cells.iter().map(|cell| cell.with_harmony(Token::MASK)).collect();
                assert_eq!(recover(&deaf), truth, "song {index} at {resolution:?}");
            }
        }
    }

    #[test]
    fn a_melody_of_another_chord_is_noticed() {
        let sheet = Kind::Determined.song(1, 0);
        let piece = encode(&sheet, &Vocabulary::default(), Resolution::Beat).expect("encodes");
        let mut cells = piece.cells.clone();
        for class in 0..12 {
            cells[0].add_note(60 + class, 0.01, false);
        }
        assert_eq!(recover(&cells)[0], Token::UNKNOWN);
    }

    #[test]
    fn one_beat_does_not_tell_and_neighbours_nearly_do() {
        let (mut alone, mut same, mut pairs, mut count) = (0, 0, 0, 0);
        for sheet in songs() {
            let cells =
                encode(&sheet, &Vocabulary::default(), Resolution::Beat).expect("encodes").cells;
            alone += cells
                .iter()
                .filter(|cell| chord_of(std::slice::from_ref(*cell)) == cell.harmony())
                .count();
            same += cells.windows(2).filter(|p| p[0].harmony() == p[1].harmony()).count();
            (pairs, count) = (pairs + cells.len() - 1, count + cells.len());
        }
        assert!(alone * 5 < count, "a beat alone tells {alone} of {count}");
        assert!(same * 5 > pairs * 4, "{same} of {pairs} beats go on as the one before");
    }

    #[test]
    fn all_roots_qualities_metres_and_keys_occur() {
        let sheets: Vec<LeadSheet> = songs().collect();
        let chords: HashSet<_> = sheets
            .iter()
            .flat_map(|sheet| sheet.chords.iter().map(|event| event.symbol.pitch_classes()))
            .collect();
        let distinct =
            |of: fn(&LeadSheet) -> String| sheets.iter().map(of).collect::<HashSet<_>>().len();
        assert_eq!(chords.len(), 12 * CHORDS.len());
        assert_eq!(distinct(|sheet| sheet.meters[0].value.to_string()), METERS.len());
        assert_eq!(distinct(|sheet| sheet.keys[0].value.to_string()), 24);
    }
}
