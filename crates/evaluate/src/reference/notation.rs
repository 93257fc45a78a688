//! Chord onsets as places in the bar, read as the reference code's notation library does.
//!
//! Rebuilt from what music21 makes of a chord track: notes that start within a quarter of a
//! quarter note and end so, too, are one chord object; times are rounded to quarters and thirds of
//! a quarter note; objects are tied over bar lines. If anywhere on the track notes start
//! together and end apart, the objects of every bar in which some overlap go into voices,
//! and what is in voices is not found there.

use std::collections::BTreeSet;

use score::Meter;

use super::{Performance, ReferenceError, TickNote};
use crate::metrics::{BeatStrength, GRIDS};

/// Units in a quarter note: divisible by 4, by 3 and by 16, for bars of up to 64ths.
const UNITS: u64 = 48;

/// The rounding grids: quarters and thirds of a quarter note, the finer first.
const GRID_UNITS: [u64; 2] = [UNITS / 4, UNITS / 3];

/// Places nearer than this many quarter notes are one.
const STEP: f64 = 0.05;

/// More notes than this, tied ones counted once a bar, are refused.
const MOST_PARTS: u64 = 4_000_000;

/// Notes looked at for one chord object: more than there are keys.
const MOST_TOGETHER: usize = 1_024;

/// A chord object, or the part of it that lies in one bar, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    start: u64,
    end: u64,
    notes: usize,
}

/// The chord track in units of [`UNITS`].
pub(super) struct Notation {
    meter: Meter,
    bar: u64,
    /// The chord objects, sorted.
    objects: Vec<Object>,
    /// Whether notes that start together end apart.
    voices: bool,
}

/// `ticks` on the nearest of the rounding grids; ties go to the finer grid and downwards.
fn rounded(ticks: u64, resolution: u32) -> u64 {
    let resolution = u128::from(resolution);
    let exact = u128::from(ticks) * u128::from(UNITS);
    let candidates = GRID_UNITS.map(|grid| {
        let cell = u128::from(grid) * resolution;
        let below = exact / cell;
        let rest = exact - below * cell;
        let (count, error) =
            if 2 * rest <= cell { (below, rest) } else { (below + 1, cell - rest) };
        (error, u128::from(grid), count * u128::from(grid))
    });
    let nearest = candidates.into_iter().min().map_or(0, |(_, _, units)| units);
    u64::try_from(nearest).unwrap_or(u64::MAX / 2)
}

/// The chord objects of `notes` (sorted by start), sorted, and whether notes that start
/// together end apart.
fn objects(notes: &[TickNote], resolution: u32) -> (Vec<Object>, bool) {
    let tolerance = u64::from(resolution);
    // Four times as much on both sides, so that a quarter of the resolution is exact.
    let starts_with = |a: &TickNote, b: &TickNote| 4 * a.start.abs_diff(b.start) < tolerance;
    let ends_with = |a: &TickNote, b: &TickNote| 4 * a.end.abs_diff(b.end) <= tolerance;
    let mut gathered = vec![false; notes.len()];
    let mut objects = Vec::new();
    let mut voices = false;
    for (index, first) in notes.iter().enumerate() {
        if gathered.get(index).copied().unwrap_or(true) {
            continue;
        }
        let mut last = first;
        let mut count = 1;
        let together = notes.iter().zip(&mut gathered).skip(index + 1).take(MOST_TOGETHER);
        for (note, gathered) in together.take_while(|(note, _)| starts_with(first, note)) {
            if ends_with(first, note) {
                *gathered = true;
                last = note;
                count += 1;
            } else {
                voices = true;
            }
        }
        let start = rounded(first.start, resolution);
        // Its length is that of the note gathered last.
        let length = rounded(last.end - last.start, resolution).max(GRID_UNITS[0]);
        objects.push(Object { start, end: start + length, notes: count });
    }
    objects.sort_unstable();
    (objects, voices)
}

impl Notation {
    /// # Errors
    /// If its notes reach over too many bars.
    pub(super) fn new(performance: &Performance) -> Result<Self, ReferenceError> {
        let meter = performance.first_meter();
        let numerator = u64::from(meter.numerator());
        // At least 3 units: a bar of 1/64.
        let bar = (numerator * 4 * UNITS / u64::from(meter.denominator())).max(1);
        let (objects, voices) = objects(&performance.chords, performance.resolution);
        let parts = objects.iter().map(|object| 1 + (object.end - object.start) / bar);
        if parts.fold(0, u64::saturating_add) > MOST_PARTS {
            return Err(ReferenceError::TooTied(MOST_PARTS));
        }
        Ok(Self { meter, bar, objects, voices })
    }

    /// Offset in its bar, in quarter notes.
    fn offset(&self, at: u64) -> f64 {
        (at % self.bar) as f64 / UNITS as f64
    }

    /// The objects, tied ones once in each bar they reach, sorted.
    fn parts(&self) -> Vec<Object> {
        let mut parts = Vec::new();
        for object in &self.objects {
            let mut start = object.start;
            while start < object.end {
                let line = (start / self.bar + 1) * self.bar;
                parts.push(Object { start, end: object.end.min(line), ..*object });
                start = line;
            }
        }
        parts.sort_unstable();
        parts
    }

    /// The bars whose objects go into voices, by number.
    fn voiced_bars(&self) -> BTreeSet<u64> {
        let overlap = |bar: &[Object]| {
            let mut ongoing = 0;
            bar.iter().any(|object| {
                let begun = ongoing > object.start;
                ongoing = ongoing.max(object.end);
                begun
            })
        };
        let bars = self.objects.chunk_by(|a, b| a.start / self.bar == b.start / self.bar);
        bars.filter(|bar| self.voices && overlap(bar))
            .filter_map(|bar| Some(bar.first()?.start / self.bar))
            .collect()
    }

    /// The place in the bar, in steps, of every chord of two notes and more outside of voices.
    pub(super) fn offsets(&self) -> Vec<i64> {
        let voiced = self.voiced_bars();
        self.parts()
            .into_iter()
            .filter(|part| part.notes > 1 && !voiced.contains(&(part.start / self.bar)))
            .map(|part| (self.offset(part.start) / STEP).round_ties_even() as i64)
            .collect()
    }

    /// The strength of every place where the set of sounding notes changes or a bar begins.
    pub(super) fn strengths(&self) -> Vec<BeatStrength> {
        let parts = self.parts();
        let edges: BTreeSet<u64> = parts.iter().flat_map(|part| [part.start, part.end]).collect();
        let mut ongoing = 0u64;
        let mut next = parts.iter().peekable();
        let mut strengths = Vec::new();
        for edge in edges {
            while let Some(part) = next.next_if(|part| part.start <= edge) {
                ongoing = ongoing.max(part.end);
            }
            if ongoing > edge {
                strengths.push(self.strength(edge));
            }
        }
        strengths
    }

    fn strength(&self, at: u64) -> BeatStrength {
        let offset = self.offset(at);
        if offset <= STEP {
            return BeatStrength::BarStart;
        }
        let beat = 4.0 / f64::from(self.meter.denominator());
        GRIDS
            .into_iter()
            .find(|(parts, _)| {
                let unit = beat / f64::from(*parts);
                (offset - (offset / unit).round() * unit).abs() <= STEP
            })
            .map_or(BeatStrength::Other, |(_, strength)| strength)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes (start, end, pitch) in ticks of 1/480 quarter note in 4/4.
    fn notation(chords: &[(u64, u64, i32)]) -> Notation {
        let notes = |notes: &[(u64, u64, i32)]| {
            notes
                .iter()
                .map(|&(start, end, pitch)| TickNote { start, pitch, end })
                .collect::<Vec<_>>()
        };
        let tempos = Performance::tempo_map(&[], 480);
        let performance = Performance::new(480, tempos, Vec::new(), Vec::new(), notes(chords), 0);
        Notation::new(&performance).expect("few bars")
    }

    #[test]
    fn times_round_to_quarters_and_thirds() {
        assert_eq!(rounded(479, 480), 48);
        assert_eq!(rounded(160, 480), 16);
        assert_eq!(rounded(119, 480), 12);
        assert_eq!(rounded(20, 480), 0);
    }

    #[test]
    fn a_bar_with_overlapping_notes_has_no_places() {
        // A triad in bar 1; in bar 2 one note of the triad ends early.
        let notation = notation(&[
            (960, 1920, 60),
            (960, 1920, 64),
            (1920, 2280, 67),
            (1920, 3840, 60),
            (1920, 3840, 64),
        ]);
        assert_eq!(notation.offsets(), [40]);
        // For the beat strength its end is a chord of its own.
        let strengths: Vec<u8> = notation.strengths().into_iter().map(|s| s as u8).collect();
        assert_eq!(strengths, [1, 0, 3]);
    }

    #[test]
    fn overlapping_chords_stay_unless_notes_of_one_start_end_apart() {
        let crossing = [(0, 960, 60), (0, 960, 64), (480, 960, 67), (480, 960, 69)];
        assert_eq!(notation(&crossing).offsets(), [0, 20]);
        // Notes that end apart in bar 2 put both bars into voices.
        let mut apart = crossing.to_vec();
        apart.extend([(1920, 2400, 60), (1920, 2880, 64)]);
        assert!(notation(&apart).offsets().is_empty());
    }

    #[test]
    fn notes_that_nearly_start_and_end_together_are_one_chord() {
        assert_eq!(notation(&[(0, 480, 60), (40, 490, 64), (110, 400, 67)]).offsets(), [0]);
        assert!(notation(&[(0, 480, 60), (130, 480, 64)]).offsets().is_empty());
    }

    #[test]
    fn a_chord_over_the_bar_line_is_struck_again() {
        let notation = notation(&[(960, 2880, 60), (960, 2880, 64)]);
        assert_eq!(notation.offsets(), [40, 0]);
        assert_eq!(notation.strengths().len(), 2);
    }

    #[test]
    fn a_tied_chord_is_found_in_bars_without_voices() {
        let strengths = |notation: &Notation| notation.strengths().len();
        let leaving = notation(&[(960, 1440, 67), (960, 2880, 60), (960, 2880, 64)]);
        assert_eq!((leaving.offsets(), strengths(&leaving)), (vec![0], 3));
        let entering = notation(&[
            (960, 2880, 60),
            (960, 2880, 64),
            (2880, 3360, 67),
            (2880, 3840, 60),
            (2880, 3840, 64),
        ]);
        assert_eq!((entering.offsets(), strengths(&entering)), (vec![40], 4));
    }

    #[test]
    fn nothing_has_no_places() {
        assert!(notation(&[]).offsets().is_empty());
        assert!(notation(&[]).strengths().is_empty());
    }
}
