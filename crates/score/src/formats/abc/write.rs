//! A lead sheet as a fresh tune.

use std::fmt::Write;

use super::factor::Factor;
use super::slices::{Slice, slices};
use super::spelling::Speller;
use super::text::escape;
use super::values::note_values;
use crate::chord::text;
use crate::formats::WriteError;
use crate::{Bar, Duration, Key, LeadSheet, Mode, Position, RepeatMarks, Timed};

/// Bars on a line of text.
const BARS_PER_LINE: usize = 4;

/// Octaves that a reader of ABC can be expected to understand.
const OCTAVES: std::ops::RangeInclusive<i8> = -1..=9;

/// Writes `sheet` as a tunebook of one tune, in UTF-8.
///
/// Reading it gives the same notes, chords, bars and repeat marks again. A tempo is rounded to
/// hundredths, and a key of more than seven accidentals is written as its enharmonic twin.
///
/// # Errors
/// If there is no note to write, one lies outside the bars, or one is absurdly high or low.
pub fn write(sheet: &LeadSheet) -> Result<Vec<u8>, WriteError> {
    check(sheet)?;
    let unit = unit(sheet);
    let mut tune = header(sheet, unit);
    let mut speller = Speller::new(None);
    let mut in_line = 0;
    if sheet.bars.first().is_some_and(|bar| bar.repeats.start) {
        tune.push_str("|:");
    }
    for (index, bar) in sheet.bars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| sheet.bars.get(before));
        let next = sheet.bars.get(index + 1);
        if let Some(fields) = fields_between(sheet, bar.start) {
            tune.truncate(tune.trim_end().len());
            tune.push_str(&fields);
            in_line = 0;
        }
        if begins_ending(bar, before) {
            let passes: Vec<String> = bar.repeats.endings.iter().map(u8::to_string).collect();
            tune.push_str(&format!("[{} ", passes.join(",")));
        }
        write_bar(sheet, bar, unit, &mut speller, &mut tune);
        tune.push(' ');
        tune.push_str(&bar_line(bar, next));
        in_line += 1;
        let section_ends = bar.repeats.end.is_some() || next.is_some_and(|n| n.repeats.start);
        let into_ending = next.is_some_and(|next| !next.repeats.endings.is_empty());
        let breaks = in_line >= BARS_PER_LINE || (section_ends && !into_ending);
        if next.is_none() {
            tune.push('\n');
        } else if index == 0 && sheet.has_pickup() {
            // A pickup is not counted.
            tune.push(' ');
            in_line = 0;
        } else if breaks {
            tune.push('\n');
            in_line = 0;
        } else {
            tune.push(' ');
        }
    }
    Ok(tune.into_bytes())
}

fn check(sheet: &LeadSheet) -> Result<(), WriteError> {
    let Some(last) = sheet.notes.last() else {
        return Err(WriteError::new("there is no melody to write", "write a score with notes"));
    };
    if last.end() > sheet.end() || sheet.notes.iter().any(|note| note.duration.is_zero()) {
        let problem = "a note lies outside the bars or lasts no time";
        return Err(WriteError::new(problem, "repair the score's bars"));
    }
    match sheet.notes.iter().find(|note| !OCTAVES.contains(&note.pitch.octave)) {
        Some(note) => {
            let problem = format!("the note {} is too high or low to be written", note.pitch);
            Err(WriteError::new(problem, "move the melody into a singable octave"))
        }
        None => Ok(()),
    }
}

/// The unit note length that makes the lengths shortest to read: an eighth where equal.
fn unit(sheet: &LeadSheet) -> Duration {
    let eighth = Duration::whole_notes(1, 8).unwrap_or(Duration::quarters(1));
    let others = [4, 16].into_iter().filter_map(|part| Duration::whole_notes(1, part));
    let plain = sheet.notes.iter().map(|note| note.duration);
    let plain: Vec<Duration> = plain.filter(|d| note_values(*d).is_some()).collect();
    let cost = |unit: &Duration| -> usize {
        let lengths = plain.iter().filter_map(|duration| Factor::between(*duration, *unit));
        lengths.map(|factor| factor.to_string().len()).sum()
    };
    std::iter::once(eighth).chain(others).min_by_key(cost).unwrap_or(eighth)
}

fn header(sheet: &LeadSheet, unit: Duration) -> String {
    let mut header = String::from("%abc-2.1\nX:1\n");
    let mut line = |start: &str, value: &str| {
        let value = escape(value);
        if !value.is_empty() {
            // `T:|` would be read as a line of music.
            let space = if value.starts_with(['|', ':']) { " " } else { "" };
            header.push_str(&format!("{start}{space}{value}\n"));
        }
    };
    line("T:", sheet.title.as_deref().unwrap_or("Untitled"));
    line("C:", sheet.composer.as_deref().unwrap_or_default());
    line("%%abc-copyright ", sheet.rights.as_deref().unwrap_or_default());
    line("M:", &sheet.meter_at(Position::ZERO).to_string());
    let whole = Factor::between(unit, Duration::quarters(4)).map(Factor::parts);
    let (numerator, denominator) = whole.unwrap_or((1, 8));
    line("L:", &format!("{numerator}/{denominator}"));
    if let Some(tempo) = sheet.tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0) {
        line("Q:", &format!("1/4={}", (tempo * 100.0).round() / 100.0));
    }
    let starts = sheet.keys.first().is_some_and(|key| key.at == Position::ZERO);
    let key = sheet.key_at(Position::ZERO).filter(|_| starts);
    line("K:", &key.map_or("none".to_owned(), key_name));
    header
}

/// The key with at most seven sharps or flats.
fn within_seven(key: Key) -> Key {
    let fifths = match key.fifths {
        8.. => key.fifths.saturating_sub(12),
        ..=-8 => key.fifths.saturating_add(12),
        fifths => fifths,
    };
    Key { fifths, ..key }
}

fn key_name(key: Key) -> String {
    let mode = match key.mode {
        Mode::Major => "",
        Mode::Minor => "m",
        Mode::Dorian => "dor",
        Mode::Phrygian => "phr",
        Mode::Lydian => "lyd",
        Mode::Mixolydian => "mix",
        Mode::Locrian => "loc",
    };
    format!("{}{mode}", within_seven(key).tonic())
}

fn begins_ending(bar: &Bar, before: Option<&Bar>) -> bool {
    let continued = before.is_some_and(|before| {
        before.repeats.endings == bar.repeats.endings
            && before.repeats.end.is_none()
            && !bar.repeats.start
    });
    !bar.repeats.endings.is_empty() && !continued
}

/// The bar line between `bar` and `next`.
fn bar_line(bar: &Bar, next: Option<&Bar>) -> String {
    let begins = next.is_some_and(|next| next.repeats.start);
    match (bar.repeats.end, begins, next) {
        (Some(plays), begins, _) => {
            // Under an ending the passes are counted by the endings.
            let plays = if bar.repeats.endings.is_empty() { plays.clamp(2, 9) } else { 2 };
            let colons = ":".repeat(usize::from(plays) - 1);
            if begins && plays == 2 {
                "::".to_owned()
            } else {
                format!("{colons}|{}", if begins { ":" } else { "" })
            }
        }
        (None, true, _) => "|:".to_owned(),
        (None, false, None) => "|]".to_owned(),
        (None, false, Some(next)) => {
            // Without its heavy line an ending would be taken for one that lacks its repeat.
            let ending_ends =
                !bar.repeats.endings.is_empty() && next.repeats.endings != bar.repeats.endings;
            if ending_ends { "||" } else { "|" }.to_owned()
        }
    }
}

fn write_bar(
    sheet: &LeadSheet,
    bar: &Bar,
    unit: Duration,
    speller: &mut Speller,
    tune: &mut String,
) {
    let slices = slices(sheet, bar);
    let spelled_in = |at| key_from(sheet, at).map(within_seven);
    speller.begin_bar(spelled_in(bar.start));
    let pulse = sheet.meter_at(bar.start);
    let pulse = pulse.beat().times(u32::from(pulse.beats_per_pulse())).unwrap_or_default();
    let last = slices.len().saturating_sub(1);
    for (index, slice) in slices.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| slices.get(before));
        if before.is_some_and(|before| !beamed(before, slice, bar, pulse)) {
            tune.push(' ');
        }
        if let Some(meter) = beginning(&sheet.meters, slice.onset).filter(|_| index > 0) {
            tune.push_str(&format!("[M:{meter}]"));
        }
        if let Some(key) = beginning(&sheet.keys, slice.onset).filter(|_| index > 0) {
            tune.push_str(&format!("[K:{}]", key_name(key)));
            speller.begin_bar(spelled_in(slice.onset));
        }
        directions(&bar.repeats, index == 0, index == last, tune);
        if let Some(chord) = sheet.chord_at(slice.onset).filter(|c| c.onset == slice.onset) {
            tune.push_str(&format!("\"{}\"", text::format(&chord.symbol)));
        }
        if let Some(tuplet) = slice.tuplet {
            match (tuplet.notes, tuplet.time, tuplet.count) {
                (3, 2, 3) => tune.push_str("(3"),
                (notes, time, count) => tune.push_str(&format!("({notes}:{time}:{count}")),
            }
        }
        match slice.note {
            Some(note) => tune.push_str(&speller.spell(note.pitch)),
            None => tune.push('z'),
        }
        if let Some(length) = Factor::between(slice.written, unit) {
            // Writing to a string cannot fail.
            let _ = write!(tune, "{length}");
        }
        if slice.tied() {
            tune.push('-');
        }
    }
}

/// The key that holds at `at`, none before the first.
fn key_from(sheet: &LeadSheet, at: Position) -> Option<Key> {
    let begun = sheet.keys.first().is_some_and(|first| first.at <= at);
    sheet.key_at(at).filter(|_| begun)
}

/// The lines of the fields that change where a bar begins. Not every program reads them
/// within a line of music.
fn fields_between(sheet: &LeadSheet, at: Position) -> Option<String> {
    let meter = beginning(&sheet.meters, at).map(|meter| format!("M:{meter}\n"));
    let key = beginning(&sheet.keys, at).map(|key| format!("K:{}\n", key_name(key)));
    let fields = [meter, key].into_iter().flatten().collect::<String>();
    (!fields.is_empty()).then(|| format!("\n{fields}"))
}

/// What begins at `at`, unless the header says so already.
fn beginning<T: Copy>(timed: &[Timed<T>], at: Position) -> Option<T> {
    let index = timed.binary_search_by_key(&at, |item| item.at).ok()?;
    timed.get(index).filter(|_| at > Position::ZERO).map(|item| item.value)
}

/// Signs that send the player elsewhere, before the first or last note of the bar.
fn directions(repeats: &RepeatMarks, first: bool, last: bool, tune: &mut String) {
    let signs = [
        (first && repeats.segno, "!segno!"),
        (first && repeats.coda, "!coda!"),
        (last && repeats.to_coda, "!dacoda!"),
        (last && repeats.fine, "!fine!"),
        (last && repeats.da_capo, "!D.C.!"),
        (last && repeats.dal_segno, "!D.S.!"),
    ];
    for (_, sign) in signs.into_iter().filter(|(stands, _)| *stands) {
        tune.push_str(sign);
    }
}

/// Whether two notes are written without a space: short ones in the same beat, and tuplets.
fn beamed(before: &Slice, slice: &Slice, bar: &Bar, pulse: Duration) -> bool {
    let quarter = Duration::quarters(1);
    let short = before.written < quarter && slice.written < quarter;
    let sounding = before.note.is_some() && slice.note.is_some();
    let beat = |at: Position| at.since(bar.start).unwrap_or_default().divide(pulse).0;
    let together = slice.in_tuplet || beat(before.onset) == beat(slice.onset);
    slice.in_tuplet && !short || (short && sounding && together)
}
