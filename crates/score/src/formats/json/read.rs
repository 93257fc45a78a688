//! The reader.

use serde::Deserialize;

use super::document::{ChordEvent, Document};
use super::{FORMAT, VERSION, range};
use crate::chord::text;
use crate::{
    Bar, Key, LeadSheet, Meter, Note, Pitch, PitchName, Place, ReadError, Reading, Symbol, Timed,
    Warning,
};

/// What every version of the format says.
#[derive(Deserialize)]
struct Header {
    format: Option<String>,
    version: Option<u32>,
}

/// Reads a lead sheet from JSON.
///
/// # Errors
/// If the bytes are no such document or one of a newer version, or the lead sheet breaks a
/// promise of [`LeadSheet`].
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let header: Header = parse(bytes)?;
    if header.format.as_deref() != Some(FORMAT) {
        return Err(ReadError::new(
            Place::File,
            format!("the JSON does not say that its format is {FORMAT:?}"),
            "read a file that Cantus wrote, or see docs/lead-sheet.schema.json",
        ));
    }
    if header.version.is_none_or(|version| version == 0 || version > VERSION) {
        let version = header.version.map_or("none".to_owned(), |version| version.to_string());
        return Err(ReadError::new(
            Place::File,
            format!("its version is {version}, and versions up to {VERSION} are read"),
            "update Cantus",
        ));
    }
    let mut warnings = Vec::new();
    let document = parse(bytes)?;
    range::check(&document)?;
    let sheet = sheet(document, &mut warnings)?;
    sheet.check().map_err(|broken| {
        ReadError::new(Place::File, broken.to_string(), "see docs/lead-sheet.schema.json")
    })?;
    Ok(Reading { sheet, warnings })
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, ReadError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        let way_out = "see docs/lead-sheet.schema.json";
        ReadError::new(Place::Line(line), error.to_string(), way_out)
    })
}

fn sheet(document: Document, warnings: &mut Vec<Warning>) -> Result<LeadSheet, ReadError> {
    let meters = document.meters.into_iter().map(|meter| {
        let value = Meter::new(meter.numerator, meter.denominator).map_err(|error| {
            ReadError::new(Place::File, error.to_string(), "correct the time signature")
        })?;
        Ok(Timed { at: meter.at.0, value })
    });
    let keys = document
        .keys
        .into_iter()
        .map(|key| Timed { at: key.at.0, value: Key { fifths: key.fifths, mode: key.mode } });
    let bars = document.bars.into_iter().enumerate().map(|(index, bar)| Bar {
        start: bar.start.0,
        length: bar.length.0,
        number: bar.number,
        written: bar.written.unwrap_or(index),
        repeats: bar.repeats,
    });
    let notes = document.notes.into_iter().map(|note| Note {
        onset: note.onset.0,
        duration: note.duration.0,
        pitch: Pitch { name: PitchName::new(note.step, note.alter), octave: note.octave },
    });
    let chords = document.chords.into_iter().map(|event| chord(event, warnings));
    Ok(LeadSheet {
        title: document.title,
        composer: document.composer,
        rights: document.rights,
        tempo: document.tempo,
        meters: meters.collect::<Result<_, _>>()?,
        keys: keys.collect(),
        bars: bars.collect(),
        notes: notes.collect(),
        chords: chords.collect::<Result<_, _>>()?,
    })
}

/// The chord by its structure, or else by its symbol.
fn chord(event: ChordEvent, warnings: &mut Vec<Warning>) -> Result<crate::ChordEvent, ReadError> {
    let named = text::parse(&event.symbol);
    let symbol = match event.chord {
        Some(chord) => {
            let symbol = Symbol::Chord(chord);
            let agrees = |named: &Symbol| named.pitch_classes() == symbol.pitch_classes();
            if !named.as_ref().is_ok_and(agrees) {
                let text = format!(
                    "the symbol {:?} at {} does not say what its chord does: read as {}",
                    event.symbol,
                    event.onset.0,
                    text::format(&symbol)
                );
                warnings.push(Warning::new(Place::File, text));
            }
            symbol
        }
        None => named.map_err(|error| {
            ReadError::new(
                Place::File,
                format!("the chord at {} has no structure, and {error}", event.onset.0),
                "correct the symbol",
            )
        })?,
    };
    Ok(crate::ChordEvent { onset: event.onset.0, symbol, written: event.written })
}
