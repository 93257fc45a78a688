//! What must hold of whatever a reader accepts.

use score::chord::text;
use score::formats::{Format, ReadOptions, abc, json, midi, musicxml};
use score::{ChordEvent, Duration, LeadSheet, Note, Position, Symbol};

/// Checks a sheet, plays it out, and takes it through every writer and its reader.
pub fn examine(sheet: &LeadSheet) {
    assert_eq!(sheet.check(), Ok(()));
    let heard = sheet.unfolded();
    assert_eq!(heard.check(), Ok(()), "played out");
    // What the readers themselves take is under test; ten readings of as long a piece as they
    // allow would look like a hang.
    if sheet.bars.len().max(heard.bars.len()) > 2_000 {
        return;
    }
    let options = ReadOptions::default();

    let written = json::write(sheet).expect("JSON holds every sheet");
    let again = json::read(&written).expect("JSON reads back").sheet;
    // The last bit of a tempo may be rounded otherwise.
    let tempo = again.tempo.zip(sheet.tempo);
    let tempo = tempo.filter(|(again, tempo)| (again - tempo).abs() <= 1e-12 * tempo);
    let tempo = tempo.map_or(again.tempo, |(_, tempo)| Some(tempo));
    assert_eq!(LeadSheet { tempo, ..again }, *sheet, "JSON");

    // A score without a melody is written, so that its chords can be seen, but not read.
    if let Ok(written) = musicxml::write(sheet)
        && !sheet.notes.is_empty()
        && !has_nearly_full_bar(sheet)
    {
        let again = musicxml::read(&written, &options).expect("MusicXML reads back").sheet;
        assert_eq!(again.notes, sheet.notes, "MusicXML");
        assert_eq!(symbols(&again), symbols(sheet), "MusicXML");
    }
    if let Ok(written) = abc::write(sheet) {
        let again = abc::read(&written, &options).expect("ABC reads back").remove(0);
        let again = again.reading.expect("ABC reads back").sheet;
        // ABC has no signs for more than two sharps or flats.
        let spelled = sheet.notes.iter().all(|note| note.pitch.name.alter.abs() <= 2);
        assert_eq!(keys(&again), keys(sheet), "ABC");
        assert!(!spelled || again.notes == sheet.notes, "ABC: {:?}", sheet.notes);
        assert_eq!(symbols(&again), symbols(sheet), "ABC");
    }
    // Bars that no time signature fits become many short ones, more than are read.
    let short = heard.end() < Position::quarters(4_000);
    if let Ok(written) = midi::write(&heard)
        && short
        && !heard.notes.is_empty()
    {
        let again = midi::read(&written, &options).expect("MIDI reads back").sheet;
        assert_eq!(again.check(), Ok(()), "MIDI");
    }
    for format in Format::ALL {
        let _ = score::formats::write(sheet, format);
    }
}

/// A chord at the start of every bar.
pub fn chord_in_every_bar(sheet: &LeadSheet) -> Vec<ChordEvent> {
    let symbol = text::parse("Bbm7/Ab").expect("a chord symbol");
    let bars = sheet.bars.iter();
    bars.map(|bar| ChordEvent { onset: bar.start, symbol: symbol.clone(), written: None }).collect()
}

/// Checks a file into which `chords` were written, as it is read again.
pub fn examine_written(sheet: &LeadSheet, notes: &[Note], chords: &[ChordEvent]) {
    assert_eq!(sheet.notes, notes, "writing chords changed the notes");
    let expected: Vec<_> = chords.iter().map(|chord| (chord.onset, &chord.symbol)).collect();
    assert_eq!(symbols(sheet), expected, "other chords than those written");
}

/// The chords by what counts: when, and what.
fn symbols(sheet: &LeadSheet) -> Vec<(Position, &Symbol)> {
    sheet.chords.iter().map(|chord| (chord.onset, &chord.symbol)).collect()
}

/// Whether a bar is a 64th note or less away from its metre: read from MusicXML it is full, for
/// programs round their divisions.
fn has_nearly_full_bar(sheet: &LeadSheet) -> bool {
    sheet.bars.iter().any(|bar| {
        let full = sheet.meter_at(bar.start).bar();
        let apart = bar.length.saturating_sub(full) + full.saturating_sub(bar.length);
        !apart.is_zero() && apart.times(16).is_none_or(|apart| apart <= Duration::quarters(1))
    })
}

/// The notes as MIDI keys.
fn keys(sheet: &LeadSheet) -> Vec<(Position, Position, i32)> {
    sheet.notes.iter().map(|note| (note.onset, note.end(), note.pitch.midi())).collect()
}
