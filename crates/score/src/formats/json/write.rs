//! The writer.

use super::document::{Bar, ChordEvent, Document, Key, Meter, Note};
use super::time::{At, Length};
use super::{FORMAT, VERSION};
use crate::chord::text;
use crate::formats::WriteError;
use crate::{LeadSheet, Symbol};

/// Writes `sheet` as JSON, whole, indented, with a newline at its end.
///
/// # Errors
/// If the sheet breaks a promise of [`LeadSheet`], so that it could not be read again.
pub fn write(sheet: &LeadSheet) -> Result<Vec<u8>, WriteError> {
    sheet.check().map_err(|broken| {
        WriteError::new(format!("the lead sheet is broken: {broken}"), "correct it before writing")
    })?;
    let mut bytes = serde_json::to_vec_pretty(&document(sheet)).map_err(|error| {
        WriteError::new(format!("the JSON cannot be put together: {error}"), "report this")
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn document(sheet: &LeadSheet) -> Document {
    let meters = sheet.meters.iter().map(|meter| Meter {
        at: At(meter.at),
        numerator: meter.numerator().into(),
        denominator: meter.denominator().into(),
    });
    let keys =
        sheet.keys.iter().map(|key| Key { at: At(key.at), fifths: key.fifths, mode: key.mode });
    let bars = sheet.bars.iter().enumerate().map(|(index, bar)| Bar {
        start: At(bar.start),
        length: Length(bar.length),
        number: bar.number.clone(),
        written: (bar.written != index).then_some(bar.written),
        repeats: bar.repeats.clone(),
    });
    let notes = sheet.notes.iter().map(|note| Note {
        onset: At(note.onset),
        duration: Length(note.duration),
        step: note.pitch.name.step,
        alter: note.pitch.name.alter,
        octave: note.pitch.octave,
    });
    let chords = sheet.chords.iter().map(|event| ChordEvent {
        onset: At(event.onset),
        symbol: text::format(&event.symbol),
        chord: match &event.symbol {
            Symbol::NoChord => None,
            Symbol::Chord(chord) => Some(chord.clone()),
        },
        written: event.written.clone(),
    });
    Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        title: sheet.title.clone(),
        composer: sheet.composer.clone(),
        rights: sheet.rights.clone(),
        tempo: sheet.tempo,
        meters: meters.collect(),
        keys: keys.collect(),
        bars: bars.collect(),
        notes: notes.collect(),
        chords: chords.collect(),
    }
}
