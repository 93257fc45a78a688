//! Metres, keys and bars from the events of a MIDI file.

use super::tracks::MidiFile;
use crate::formats::bar_lines;
use crate::{Bar, Duration, Key, Meter, Mode, Place, Position, ReadError, Timed, Warning};

/// Metres and the bars they make.
#[derive(Debug)]
pub(super) struct Bars {
    pub(super) meters: Vec<Timed<Meter>>,
    pub(super) bars: Vec<Bar>,
}

/// The exact position of a tick.
pub(super) fn position(tick: u64, per_quarter: u32) -> Position {
    let tick = i64::try_from(tick).unwrap_or(i64::MAX);
    // Files that are longer than positions can be are refused when they are parsed.
    Position::new(tick, i64::from(per_quarter)).unwrap_or_default()
}

/// The speed at the start, to the fewest decimals that say it; quarter notes a minute.
pub(super) fn tempo(file: &MidiFile, warnings: &mut Vec<Warning>) -> Option<f64> {
    let (_, microseconds) = *file.tempos.first()?;
    if microseconds == 0 {
        warnings.push(Warning::new(Place::File, "the tempo is without end: left out"));
        return None;
    }
    if file.tempos.iter().any(|(_, other)| *other != microseconds) {
        let text = format!("of {} tempo marks only the first is kept", file.tempos.len());
        warnings.push(Warning::new(Place::File, text));
    }
    let exact = 60_000_000.0 / f64::from(microseconds);
    let rounded =
        [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6].map(|scale| (exact * scale).round() / scale);
    let same = |tempo: &f64| (60_000_000.0 / tempo).round() == f64::from(microseconds);
    Some(rounded.into_iter().find(same).unwrap_or(exact))
}

/// Key signatures without repetitions.
pub(super) fn keys(file: &MidiFile, warnings: &mut Vec<Warning>) -> Vec<Timed<Key>> {
    let mut keys: Vec<Timed<Key>> = Vec::new();
    for (tick, (fifths, minor)) in &file.keys {
        if fifths.unsigned_abs() > 7 {
            let text = format!("a key signature of {fifths} accidentals: left out");
            warnings.push(Warning::new(Place::File, text));
            continue;
        }
        let mode = if *minor { Mode::Minor } else { Mode::Major };
        let key = Key { fifths: *fifths, mode };
        set(&mut keys, position(*tick, file.per_quarter), key);
    }
    keys
}

/// The bars up to the one that holds `last`, or up to the common end of the tracks where
/// that is a bar line.
pub(super) fn bars(
    file: &MidiFile,
    last: Position,
    warnings: &mut Vec<Warning>,
) -> Result<Bars, ReadError> {
    let mut meters = signatures(file, warnings);
    let mut bars = bar_lines::bars(&meters, last)?;
    let written_end = file.end.map(|tick| position(tick, file.per_quarter));
    if let Some(written_end) = written_end.filter(|end| *end > last) {
        let longer = bar_lines::bars(&meters, written_end)?;
        if longer.last().is_some_and(|bar| bar.end() == written_end) {
            bars = longer;
        }
    }
    join_pickup(&mut meters, &bars);
    meters.dedup_by_key(|meter| meter.value);
    let end = bars.last().map_or(Position::ZERO, Bar::end);
    meters.retain(|meter| meter.at < end);
    number(&mut bars, &meters);
    Ok(Bars { meters, bars })
}

/// The time signatures that can be, the first at zero.
fn signatures(file: &MidiFile, warnings: &mut Vec<Warning>) -> Vec<Timed<Meter>> {
    let mut signatures: Vec<Timed<Meter>> = Vec::new();
    for (tick, (numerator, power)) in &file.meters {
        let denominator = 1u32.checked_shl(u32::from(*power)).unwrap_or(0);
        match Meter::new(u32::from(*numerator), denominator) {
            Ok(meter) => {
                let at = position(*tick, file.per_quarter);
                if signatures.last().is_some_and(|last| last.at == at) {
                    signatures.pop();
                }
                signatures.push(Timed { at, value: meter });
            }
            Err(error) => warnings.push(Warning::new(Place::File, format!("{error}: left out"))),
        }
    }
    // Programs that know no bars write one beat a bar all through.
    if !signatures.is_empty() && signatures.iter().all(|meter| meter.value.numerator() == 1) {
        let text = format!("the metre {} says nothing: read as 4/4", signatures[0].value);
        warnings.push(Warning::new(Place::File, text));
        signatures.clear();
    } else if signatures.is_empty() {
        warnings.push(Warning::new(Place::File, "the file names no metre: read as 4/4"));
    }
    if signatures.first().is_none_or(|first| first.at > Position::ZERO) {
        signatures.insert(0, Timed { at: Position::ZERO, value: Meter::COMMON });
    }
    signatures
}

/// A first bar with a shorter metre of its own is a pickup in the metre after it.
fn join_pickup(meters: &mut Vec<Timed<Meter>>, bars: &[Bar]) {
    let [first, second, ..] = meters.as_mut_slice() else { return };
    let one_bar = bars.get(1).is_some_and(|bar| bar.start == second.at);
    if one_bar && first.value.bar() < second.value.bar() {
        first.value = second.value;
    }
}

/// Numbers bars from 1, a pickup 0.
fn number(bars: &mut [Bar], meters: &[Timed<Meter>]) {
    let full = meters.first().map_or(Duration::ZERO, |meter| meter.value.bar());
    let pickup = bars.len() > 1 && bars.first().is_some_and(|bar| bar.length < full);
    let from = if pickup { 0 } else { 1 };
    for (number, bar) in (from..).zip(bars) {
        bar.number = i32::to_string(&number);
    }
}

/// Lets `value` begin at `at`, unless it holds already; replaces what begins there.
fn set<T: Copy + PartialEq>(timed: &mut Vec<Timed<T>>, at: Position, value: T) {
    if timed.last().is_some_and(|last| last.at == at) {
        timed.pop();
    }
    if timed.last().is_none_or(|last| last.value != value) {
        timed.push(Timed { at, value });
    }
}
