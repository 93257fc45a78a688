//! Chord onsets as places in the bar, read as the reference code's notation library does.
//!
//! Rebuilt from what music21 makes of a chord track: times rounded to quarters and thirds of
//! a quarter note; notes of one onset and length are a chord object; objects are tied over
//! bar lines; where objects overlap in a bar they go into voices.

use std::collections::BTreeSet;

use score::Meter;

use super::{Performance, ReferenceError};
use crate::metrics::{BeatStrength, GRIDS};

/// Units in a quarter note: divisible by 4, by 3 and by 16, for bars of up to 64ths.
const UNITS: u64 = 48;

/// The rounding grids: quarters and thirds of a quarter note, the finer first.
const GRID_UNITS: [u64; 2] = [UNITS / 4, UNITS / 3];

/// Places nearer than this many quarter notes are one.
const STEP: f64 = 0.05;

/// More notes than this, tied ones counted once a bar, are refused.
const MOST_PIECES: u64 = 4_000_000;

/// A chord object within one bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    start: u64,
    end: u64,
    notes: usize,
}

/// The chord track in units of [`UNITS`], cut at bar lines.
pub(super) struct Notation {
    meter: Meter,
    bar: u64,
    /// (start, end) of each note.
    notes: Vec<(u64, u64)>,
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

impl Notation {
    /// # Errors
    /// If its notes reach over too many bars.
    pub(super) fn new(performance: &Performance) -> Result<Self, ReferenceError> {
        let meter = performance.first_meter();
        let numerator = u64::from(meter.numerator());
        // At least 3 units: a bar of 1/64.
        let bar = (numerator * 4 * UNITS / u64::from(meter.denominator())).max(1);
        let notes = performance.chords.iter().map(|note| {
            let start = rounded(note.start, performance.resolution);
            let length = rounded(note.end - note.start, performance.resolution);
            (start, start + length.max(GRID_UNITS[0]))
        });
        let notes: Vec<(u64, u64)> = notes.collect();
        let pieces = notes.iter().map(|(start, end)| 1 + (end - start) / bar);
        if pieces.fold(0, u64::saturating_add) > MOST_PIECES {
            return Err(ReferenceError::TooTied(MOST_PIECES));
        }
        Ok(Self { meter, bar, notes })
    }

    /// Offset in its bar, in quarter notes.
    fn offset(&self, at: u64) -> f64 {
        (at % self.bar) as f64 / UNITS as f64
    }

    /// The chord objects, tied ones once in each bar they reach, sorted.
    fn objects(&self) -> Vec<Object> {
        let mut notes = self.notes.clone();
        notes.sort_unstable();
        let mut objects = Vec::new();
        for same in notes.chunk_by(|a, b| a == b) {
            let Some(&(mut start, end)) = same.first() else { continue };
            while start < end {
                let line = (start / self.bar + 1) * self.bar;
                objects.push(Object { start, end: end.min(line), notes: same.len() });
                start = line;
            }
        }
        objects.sort_unstable();
        objects
    }

    /// How often each place in the bar begins a chord of two notes and more, in bars where
    /// nothing overlaps.
    pub(super) fn offsets(&self) -> Vec<i64> {
        let objects = self.objects();
        objects
            .chunk_by(|a, b| a.start / self.bar == b.start / self.bar)
            .filter(|bar| bar.iter().zip(bar.iter().skip(1)).all(|(a, b)| a.end <= b.start))
            .flatten()
            .filter(|object| object.notes > 1)
            .map(|object| (self.offset(object.start) / STEP).round_ties_even() as i64)
            .collect()
    }

    /// The strength of every place where the set of sounding notes changes or a bar begins.
    pub(super) fn strengths(&self) -> Vec<BeatStrength> {
        let objects = self.objects();
        let edges: BTreeSet<u64> =
            objects.iter().flat_map(|object| [object.start, object.end]).collect();
        let mut ongoing = 0u64;
        let mut next = objects.iter().peekable();
        let mut strengths = Vec::new();
        for edge in edges {
            while let Some(object) = next.next_if(|object| object.start <= edge) {
                ongoing = ongoing.max(object.end);
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
    use crate::reference::TickNote;

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
    fn a_chord_over_the_bar_line_is_struck_again() {
        let notation = notation(&[(960, 2880, 60), (960, 2880, 64)]);
        assert_eq!(notation.offsets(), [40, 0]);
        assert_eq!(notation.strengths().len(), 2);
    }

    #[test]
    fn nothing_has_no_places() {
        assert!(notation(&[]).offsets().is_empty());
        assert!(notation(&[]).strengths().is_empty());
    }
}
