//! Finding the notated rhythm of played notes.
//!
//! A file that a notation program wrote has its times on notated values, and they are kept
//! as they are. What was played is moved to the nearest sixteenth or, where a whole quarter
//! note fits them clearly better, to eighth triplets.

use super::timeline::position;
use super::tracks::TickNote;
use crate::{Place, Position, Warning};

/// Denominators of a quarter note that are notated, coarse to fine.
const NOTATED: [&[u64]; 3] = [&[8, 6], &[16, 12, 10, 14], &[64, 48, 20, 28, 36, 22, 26]];

/// A note with its notated times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) onset: Position,
    /// Later than the onset.
    pub(crate) end: Position,
    pub(crate) key: u8,
}

/// Notes with notated times and what was moved for it.
#[derive(Debug, Default)]
pub(crate) struct Quantised {
    /// In the order of the notes that came in.
    pub(crate) spans: Vec<Span>,
    /// How many onsets were moved.
    pub(crate) moved: usize,
    /// By how much the onsets were moved on average, in quarter notes.
    pub(crate) mean: f64,
    /// The largest move of an onset, in quarter notes.
    pub(crate) largest: f64,
}

impl Quantised {
    /// What to say about the moves of the notes of `what`, if any moved.
    pub(crate) fn warning(&self, what: &str) -> Option<Warning> {
        (self.moved > 0).then(|| {
            let text = format!(
                "{what}: {} of {} onsets moved to sixteenths or triplets, by {:.3} quarter notes \
                 on average and {:.3} at most",
                self.moved,
                self.spans.len(),
                self.mean,
                self.largest
            );
            Warning::new(Place::File, text)
        })
    }
}

/// Gives `notes`, sorted by start, their notated times.
pub(crate) fn quantise(notes: &[TickNote], per_quarter: u32) -> Quantised {
    let exact = |times: &mut dyn Iterator<Item = u64>| is_notated(times, per_quarter);
    let exact_onsets = exact(&mut notes.iter().map(|note| note.start));
    let exact_ends = exact(&mut notes.iter().map(|note| note.end));
    let grid = Grid::of(notes, per_quarter);

    let onset = |tick| if exact_onsets { position(tick, per_quarter) } else { grid.nearest(tick) };
    let mut quantised = Quantised::default();
    let mut following = 0;
    for note in notes {
        let start = onset(note.start);
        while notes.get(following).is_some_and(|next| onset(next.start) <= start) {
            following += 1;
        }
        let next = notes.get(following).map(|next| (next.start, onset(next.start)));
        let mut end = match next {
            _ if exact_ends => position(note.end, per_quarter),
            // Held until the next note, give or take a 32nd.
            Some((tick, next)) if tick.abs_diff(note.end) * 8 <= u64::from(per_quarter) => next,
            _ => grid.nearest(note.end),
        };
        if end <= start {
            let shortest = grid.after(start);
            end = next.map_or(shortest, |(_, next)| next.min(shortest));
        }
        quantised.add(Span { onset: start, end, key: note.key }, position(note.start, per_quarter));
    }
    quantised.mean /= (notes.len() as f64).max(1.0);
    quantised
}

impl Quantised {
    fn add(&mut self, span: Span, played: Position) {
        self.spans.push(span);
        if span.onset != played {
            let by = (span.onset.as_f64() - played.as_f64()).abs();
            self.moved += 1;
            self.mean += by;
            self.largest = self.largest.max(by);
        }
    }
}

/// Whether all `ticks` lie on notated values, and these are few enough among the ticks of a
/// quarter note that this is no accident.
pub(super) fn is_notated(ticks: &mut dyn Iterator<Item = u64>, per_quarter: u32) -> bool {
    let ticks: Vec<u64> = ticks.map(|tick| tick % u64::from(per_quarter)).collect();
    let lies_on = |tick: u64, denominators: &[u64]| {
        denominators.iter().any(|d| (tick * d).is_multiple_of(u64::from(per_quarter)))
    };
    NOTATED.iter().find(|level| ticks.iter().all(|tick| lies_on(*tick, level))).is_some_and(
        |level| {
            let values = (0..per_quarter).filter(|tick| lies_on(u64::from(*tick), level)).count();
            values * 2 <= per_quarter as usize
        },
    )
}

/// Sixteenths or eighth triplets, chosen for each quarter note.
struct Grid {
    per_quarter: u64,
    /// The quarter notes that are in triplets, in order.
    triplets: Vec<u64>,
}

impl Grid {
    /// A quarter note is in triplets if that halves the distance of its onsets to the grid.
    fn of(notes: &[TickNote], per_quarter: u32) -> Self {
        let per_quarter = u64::from(per_quarter);
        let mut triplets = Vec::new();
        for quarter in notes.chunk_by(|a, b| a.start / per_quarter == b.start / per_quarter) {
            let distance = |parts: u64| -> u64 {
                let within = |note: &TickNote| {
                    let scaled = note.start % per_quarter * parts;
                    // Twelfths of ticks, so that both grids measure alike.
                    scaled.abs_diff(nearest_multiple(scaled, per_quarter)) * (12 / parts)
                };
                quarter.iter().map(within).sum()
            };
            if let Some(first) = quarter.first().filter(|_| distance(3) * 2 < distance(4)) {
                triplets.push(first.start / per_quarter);
            }
        }
        Self { per_quarter, triplets }
    }

    /// The grid point nearest to `tick`.
    fn nearest(&self, tick: u64) -> Position {
        let quarter = tick / self.per_quarter;
        let parts = if self.triplets.binary_search(&quarter).is_ok() { 3 } else { 4 };
        let scaled = tick % self.per_quarter * parts;
        let part = nearest_multiple(scaled, self.per_quarter) / self.per_quarter;
        fraction(quarter * parts + part, parts)
    }

    /// The grid point after `at`.
    fn after(&self, at: Position) -> Position {
        let (numerator, denominator) = at.fraction();
        let quarter = numerator.div_euclid(denominator).unsigned_abs();
        let parts = if self.triplets.binary_search(&quarter).is_ok() { 3 } else { 4 };
        let part = (numerator.unsigned_abs() * parts) / denominator.unsigned_abs();
        fraction(part + 1, parts)
    }
}

/// The multiple of `unit` nearest to `value`.
fn nearest_multiple(value: u64, unit: u64) -> u64 {
    (2 * value + unit) / (2 * unit) * unit
}

/// `parts`-ths of a quarter note.
fn fraction(numerator: u64, parts: u64) -> Position {
    let numerator = i64::try_from(numerator).unwrap_or(i64::MAX);
    Position::new(numerator, parts as i64).unwrap_or_default()
}
