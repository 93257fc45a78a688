//! The chord symbols on the time line.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::harmony::symbol;
use super::part::{BarMusic, Harmony};
use super::value::{Decimal, child_text};
use crate::{Bar, ChordEvent, Duration, Key, LeadSheet, Position};

/// A symbol and whether it gives way to another one at its place: it overflows its bar, or is
/// an alternative.
struct Found {
    event: ChordEvent,
    yields: bool,
    bar: usize,
}

/// The chord symbols of these measures, one for each bar of `sheet`, on its time line, as they
/// sound.
///
/// Several symbols before one note are spread over it: programs that tie symbols to notes
/// write them so when the chord changes under a held note.
pub(super) fn symbols(
    measures: &[Option<&BarMusic<'_>>],
    sheet: &LeadSheet,
    mut warn: impl FnMut(usize, String),
) -> Vec<ChordEvent> {
    let mut found = Vec::new();
    for (index, (music, bar)) in measures.iter().zip(&sheet.bars).enumerate() {
        let Some(music) = music else { continue };
        let mut here = Vec::new();
        for harmony in &music.harmonies {
            let onset = onset(harmony, bar.start);
            let key = sheet.key_at(onset).unwrap_or(Key::C_MAJOR);
            match symbol(harmony.step.node, harmony.transposition.inverse().key(key)) {
                Ok((symbol, written)) => {
                    let symbol = harmony.transposition.symbol(symbol);
                    let yields = onset >= bar.end()
                        || harmony.step.node.attribute("type") == Some("alternate");
                    let event = ChordEvent { onset, symbol, written };
                    here.push(Found { event, yields, bar: index });
                }
                Err(problem) => warn(index, problem),
            }
        }
        here.sort_by_key(|found| (found.event.onset, found.yields));
        here.dedup_by(|next, last| {
            next.event.onset == last.event.onset && next.event.symbol == last.event.symbol
        });
        if spread(&mut here, music, bar, sheet.meter_at(bar.start).beat()) {
            warn(
                index,
                "several chords stand before one note; they were spread over it".to_owned(),
            );
        }
        found.extend(here);
    }
    found.retain(|found| found.event.onset < sheet.end());
    found.sort_by_key(|found| (found.event.onset, found.yields));
    let mut chords: Vec<ChordEvent> = Vec::with_capacity(found.len());
    for found in found {
        match chords.last() {
            Some(last) if last.onset == found.event.onset => {
                if last.symbol != found.event.symbol {
                    let message = "several chords stand at one place; the first is kept";
                    warn(found.bar, message.to_owned());
                }
            }
            _ => chords.push(found.event),
        }
    }
    chords
}

/// When a harmony begins: where it stands, moved by its `<offset>`.
pub(super) fn onset(harmony: &Harmony<'_>, start: Position) -> Position {
    let at = start + harmony.step.at;
    let offset = child_text(harmony.step.node, "offset").and_then(Decimal::parse);
    let Some(offset) = offset else { return at };
    let Some(span) = offset.of(harmony.step.divisions) else { return at };
    if offset.is_negative() { (at - span).max(Position::ZERO) } else { at + span }
}

/// Spreads symbols that stand at one place over the note that begins there; says whether any
/// were. `found` is sorted by time.
fn spread(found: &mut Vec<Found>, music: &BarMusic<'_>, bar: &Bar, beat: Duration) -> bool {
    let held = LazyCell::new(|| longest(music));
    let mut changed = false;
    let mut first = 0;
    while let Some(head) = found.get(first) {
        let onset = head.event.onset;
        let here = |found: &&Found| found.event.onset == onset && !found.yields;
        let mut count = found.iter().skip(first).take_while(here).count();
        let next = found.iter().skip(first + count).find(|found| found.event.onset > onset);
        let repeated = next.is_some_and(|next| {
            let last = (first + count).checked_sub(1).and_then(|last| found.get(last));
            last.is_some_and(|last| last.event.symbol == next.event.symbol)
        });
        let limit = next.map_or(bar.end(), |next| next.event.onset);
        if count > 1 && repeated {
            // The symbol stands again where it begins: here it was seen too early.
            count -= 1;
            found.remove(first + count);
        }
        if count > 1 {
            let held = onset.since(bar.start).and_then(|at| held.get(&at).copied());
            let span = limit.since(onset).zip(held).map_or(Duration::ZERO, |(a, b)| a.min(b));
            let places = places(span, beat, count);
            for (found, place) in found.iter_mut().skip(first).zip(&places) {
                found.event.onset = onset + *place;
            }
            changed |= !places.is_empty();
        }
        // The rest at this onset gives way, or could not be spread.
        first += found.iter().skip(first).take_while(|f| f.event.onset <= onset).count().max(count);
    }
    found.sort_by_key(|found| (found.event.onset, found.yields));
    changed
}

/// The longest note or rest that begins at each time of a measure.
fn longest(music: &BarMusic<'_>) -> BTreeMap<Duration, Duration> {
    let mut longest = BTreeMap::new();
    for note in &music.notes {
        let held: &mut Duration = longest.entry(note.at).or_default();
        *held = note.duration.max(*held);
    }
    longest
}

/// `count` places within `span`, evenly spaced and then moved on to the next beat, or half or
/// quarter of a beat where the beats do not suffice: three chords in a bar of 4/4 come on its
/// beats 1, 3 and 4. Empty if there is no room.
fn places(span: Duration, beat: Duration, count: usize) -> Vec<Duration> {
    let Ok(count) = u32::try_from(count) else { return Vec::new() };
    let halved = |parts: i64| {
        let (numerator, denominator) = beat.fraction();
        Duration::new(numerator, denominator * parts)
    };
    for unit in [1, 2, 4].into_iter().filter_map(halved) {
        let units = span.divide(unit).0;
        let (Ok(units), true) = (u32::try_from(units), units >= u64::from(count)) else { continue };
        let steps =
            (0..u64::from(count)).map(|k| (k * u64::from(units)).div_ceil(u64::from(count)));
        let places = steps.map(|step| unit.times(u32::try_from(step).ok()?));
        return places.collect::<Option<_>>().unwrap_or_default();
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacked_chords_come_on_the_beats_of_their_note() {
        let beats = |quarters: u32, count| -> Vec<f64> {
            let places = places(Duration::quarters(quarters), Duration::quarters(1), count);
            places.into_iter().map(Duration::as_f64).collect()
        };
        assert_eq!(beats(4, 2), [0.0, 2.0]);
        assert_eq!(beats(3, 2), [0.0, 2.0]);
        assert_eq!(beats(4, 3), [0.0, 2.0, 3.0]);
        assert_eq!(beats(2, 2), [0.0, 1.0]);
        assert_eq!(beats(1, 2), [0.0, 0.5]);
        assert!(beats(1, 24).is_empty());
    }
}
