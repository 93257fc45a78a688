//! A bar cut into what is written one after the other: notes, rests, and parts of either
//! where a chord symbol or a change of key or metre stands.

use super::factor::Factor;
use super::values::note_values;
use crate::{Bar, Duration, LeadSheet, Note, Position};

/// A note head or rest to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slice {
    /// When it begins.
    pub(super) onset: Position,
    /// How long it sounds.
    pub(super) duration: Duration,
    /// How long it is written: longer than it sounds in a tuplet.
    pub(super) written: Duration,
    /// The note it is a part of; `None` for a rest.
    pub(super) note: Option<Note>,
    /// The tuplet that begins with it.
    pub(super) tuplet: Option<Tuplet>,
    /// Whether a tuplet holds for it and the one before.
    pub(super) in_tuplet: bool,
}

impl Slice {
    /// When it ends.
    pub(super) fn end(&self) -> Position {
        self.onset + self.duration
    }

    /// Whether its note sounds on behind it.
    pub(super) fn tied(&self) -> bool {
        self.note.is_some_and(|note| note.end() > self.end())
    }
}

/// `notes` in the time of `time`, for `count` heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tuplet {
    pub(super) notes: u64,
    pub(super) time: u64,
    pub(super) count: usize,
}

/// The readers of ABC count no further.
const LONGEST_TUPLET: usize = 64;

/// The slices of `bar`.
pub(super) fn slices(sheet: &LeadSheet, bar: &Bar) -> Vec<Slice> {
    let cuts = cuts(sheet, bar);
    let mut raw = Vec::new();
    for (onset, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let Some(duration) = end.since(*onset) else { continue };
        let before = sheet.notes.partition_point(|note| note.onset <= *onset);
        let last = before.checked_sub(1).and_then(|index| sheet.notes.get(index));
        let note = last.filter(|note| note.end() > *onset).copied();
        let (onset, written) = (*onset, duration);
        raw.push(Slice { onset, duration, written, note, tuplet: None, in_tuplet: false });
    }
    let mut slices = Vec::with_capacity(raw.len());
    let mut rest = raw.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if note_values(first.duration).is_some() {
            divide(*first, Factor::ONE, bar, &mut slices);
            rest = others;
        } else if let Some((length, notes, time)) = tuplet(rest) {
            let start = slices.len();
            // What is written is that much longer than what sounds.
            let factor = Factor::new(notes, time).unwrap_or(Factor::ONE);
            let (group, others) = rest.split_at(length);
            group.iter().for_each(|slice| divide(*slice, factor, bar, &mut slices));
            let count = slices.len() - start;
            for slice in slices.iter_mut().skip(start + 1) {
                slice.in_tuplet = true;
            }
            if let Some(slice) = slices.get_mut(start) {
                slice.tuplet = Some(Tuplet { notes, time, count });
            }
            rest = others;
        } else {
            slices.push(*first);
            rest = others;
        }
    }
    slices
}

/// The points in time within `bar` where something begins or ends, its own among them.
fn cuts(sheet: &LeadSheet, bar: &Bar) -> Vec<Position> {
    let (start, end) = (bar.start, bar.end());
    let from = sheet.notes.partition_point(|note| note.end() <= start);
    let notes = sheet.notes.iter().skip(from).take_while(|note| note.onset < end);
    let mut cuts: Vec<Position> = notes.flat_map(|note| [note.onset, note.end()]).collect();
    cuts.retain(|at| *at > start && *at < end);
    cuts.extend(within(&sheet.chords, start, end, |chord| chord.onset));
    cuts.extend(within(&sheet.meters, start, end, |meter| meter.at));
    cuts.extend(within(&sheet.keys, start, end, |key| key.at));
    cuts.extend([start, end]);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The times of the items that lie behind `start` and before `end`.
fn within<T>(
    items: &[T],
    start: Position,
    end: Position,
    time: impl Fn(&T) -> Position,
) -> impl Iterator<Item = Position> {
    let from = items.partition_point(|item| time(item) <= start);
    items.iter().skip(from).map(time).take_while(move |at| *at < end)
}

/// The tuplet that `slices` begin with: how many of them it takes, p and q. It ends where the
/// time passed is a plain note value again.
fn tuplet(slices: &[Slice]) -> Option<(usize, u64, u64)> {
    let (mut sum, mut notes) = (Duration::ZERO, 1u64);
    for (index, slice) in slices.iter().enumerate().take(LONGEST_TUPLET) {
        sum += slice.duration;
        let (_, denominator) = slice.duration.fraction();
        let odd = u64::try_from(denominator >> denominator.trailing_zeros()).ok()?;
        notes = notes.max(odd);
        if notes % odd != 0 || notes > 15 {
            return None;
        }
        if note_values(sum).is_some() {
            let time = 1u64 << notes.ilog2();
            let factor = Factor::new(notes, time)?;
            let heads: Option<Vec<_>> = slices
                .iter()
                .take(index + 1)
                .map(|slice| note_values(factor.of(slice.duration)?))
                .collect();
            let count: usize = heads?.iter().map(Vec::len).sum();
            return (count <= LONGEST_TUPLET).then_some((index + 1, notes, time));
        }
    }
    None
}

/// Writes a slice with as many heads as its value takes; off the beat the short ones first.
fn divide(slice: Slice, factor: Factor, bar: &Bar, slices: &mut Vec<Slice>) {
    let values = factor.of(slice.duration).and_then(note_values);
    let Some(mut values) = values else { return slices.push(slice) };
    let offset = slice.onset.since(bar.start).unwrap_or(Duration::ZERO);
    if offset.fraction().1 > 1 {
        values.reverse();
    }
    let sounds = Factor::between(slice.duration, factor.of(slice.duration).unwrap_or_default());
    let mut onset = slice.onset;
    for written in values {
        let duration = sounds.and_then(|sounds| sounds.of(written)).unwrap_or(written);
        slices.push(Slice { onset, duration, written, ..slice });
        onset += duration;
    }
}
