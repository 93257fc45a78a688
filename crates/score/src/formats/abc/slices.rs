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
    let raw = cut_at_quarters(&raw, bar);
    let meter = sheet.meter_at(bar.start);
    let pulse = meter.beat().times(u32::from(meter.beats_per_pulse())).unwrap_or_default();
    let beats = Beats { start: bar.start, pulse };
    let mut slices = Vec::with_capacity(raw.len());
    let mut rest = raw.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if note_values(first.duration).is_some() {
            divide(*first, Factor::ONE, beats, &mut slices);
            rest = others;
        } else if let Some((length, notes, time)) = tuplet(rest) {
            let start = slices.len();
            // What is written is that much longer than what sounds.
            let factor = Factor::new(notes, time).unwrap_or(Factor::ONE);
            let (group, others) = rest.split_at(length);
            group.iter().for_each(|slice| divide(*slice, factor, beats, &mut slices));
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

/// Cuts a slice that reaches out of a tuplet into plain time, or from there into a tuplet, at
/// the quarter where that happens.
fn cut_at_quarters(slices: &[Slice], bar: &Bar) -> Vec<Slice> {
    let mut cut = Vec::with_capacity(slices.len());
    let mut rest = slices;
    while let Some((first, others)) = rest.split_first() {
        let regular = regular_tuplet(rest);
        if regular > 0 {
            let (group, others) = rest.split_at(regular);
            cut.extend_from_slice(group);
            rest = others;
            continue;
        }
        let quarter = |at: Position| {
            let (whole, _) = at.since(bar.start)?.divide(Duration::quarters(1));
            Some(bar.start + Duration::new(i64::try_from(whole).ok()?, 1)?)
        };
        let plain = |span: Duration| note_values(span).is_some();
        let place = if plain(first.onset.since(bar.start).unwrap_or_default()) {
            quarter(first.end())
        } else {
            quarter(first.onset).map(|before| before + Duration::quarters(1))
        };
        let place = place.filter(|at| {
            let parts = (at.since(first.onset), first.end().since(*at));
            matches!(parts, (Some(before), Some(after))
                if !before.is_zero() && !after.is_zero() && plain(before) != plain(after))
        });
        match place.and_then(|at| Some((at, at.since(first.onset)?, first.end().since(at)?))) {
            Some((at, before, after)) if !plain(first.duration) => {
                cut.push(Slice { duration: before, written: before, ..*first });
                cut.push(Slice { onset: at, duration: after, written: after, ..*first });
            }
            _ => cut.push(*first),
        }
        rest = others;
    }
    cut
}

/// How many equal slices at the start fill a plain span only together: three thirds.
fn regular_tuplet(slices: &[Slice]) -> usize {
    let Some(first) = slices.first() else { return 0 };
    let (_, denominator) = first.duration.fraction();
    let odd = usize::try_from(denominator >> denominator.trailing_zeros()).unwrap_or(usize::MAX);
    if !(2..=15).contains(&odd) {
        return 0;
    }
    let equal = slices.iter().take(odd).filter(|slice| slice.duration == first.duration);
    if equal.count() == odd { odd } else { 0 }
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

/// Where the felt beats of a bar fall.
#[derive(Clone, Copy)]
struct Beats {
    start: Position,
    pulse: Duration,
}

impl Beats {
    /// The parts of `slice` before and behind a beat within it that one head can show each,
    /// the first part as long as possible.
    fn halves(self, slice: &Slice) -> Option<[Duration; 2]> {
        let single = |span: &Duration| note_values(*span).is_some_and(|heads| heads.len() == 1);
        let (passed, _) = slice.onset.since(self.start)?.divide(self.pulse);
        let (within, _) = slice.duration.divide(self.pulse);
        // Two heads show no more than three dozen beats.
        (passed..=passed + within.min(36))
            .rev()
            .filter_map(|beat| {
                let beat = self.start + self.pulse.times(u32::try_from(beat).ok()?)?;
                Some([beat.since(slice.onset)?, slice.end().since(beat)?])
            })
            .find(|halves| halves.iter().all(single))
    }
}

/// Writes a slice with as many heads as its value takes, divided at a beat if that will do.
fn divide(slice: Slice, factor: Factor, beats: Beats, slices: &mut Vec<Slice>) {
    let value = factor.of(slice.duration).unwrap_or_default();
    let Some(mut values) = note_values(value) else { return slices.push(slice) };
    if values.len() > 1 && factor == Factor::ONE {
        let offset = slice.onset.since(beats.start).unwrap_or_default();
        if let Some(halves) = beats.halves(&slice) {
            values = halves.to_vec();
        } else if offset.fraction().1 > 1 {
            // Off the beat the short ones come first.
            values.reverse();
        }
    }
    let sounds = Factor::between(slice.duration, value);
    let mut onset = slice.onset;
    for written in values {
        let duration = sounds.and_then(|sounds| sounds.of(written)).unwrap_or(written);
        slices.push(Slice { onset, duration, written, ..slice });
        onset += duration;
    }
}
