//! What the types of the document have room for and music has no use for.

use super::document::Document;
use crate::{Chord, PitchName, Place, ReadError};

/// The most accidentals on one letter.
const ACCIDENTALS: u8 = 4;

/// The most accidentals of a signature.
const SIGNATURE: u8 = 14;

/// Refuses keys, pitches and chords that no score holds.
pub(super) fn check(document: &Document) -> Result<(), ReadError> {
    for (index, key) in document.keys.iter().enumerate() {
        within(key.fifths.unsigned_abs() <= SIGNATURE, "keys", index, "fifths from -14 to 14")?;
    }
    for (index, note) in document.notes.iter().enumerate() {
        let plain = note.alter.unsigned_abs() <= ACCIDENTALS;
        within(plain, "notes", index, "an alter from -4 to 4")?;
        within((-2..=12).contains(&note.octave), "notes", index, "an octave from -2 to 12")?;
    }
    for (index, event) in document.chords.iter().enumerate() {
        let Some(chord) = &event.chord else { continue };
        within(names_are_plain(chord), "chords", index, "an alter from -4 to 4")?;
        let known = |degree: u8| (1..=13).contains(&degree);
        let degrees = chord.alterations.iter().all(|alteration| known(alteration.degree));
        within(degrees, "chords", index, "degrees from 1 to 13")?;
    }
    Ok(())
}

fn names_are_plain(chord: &Chord) -> bool {
    let plain = |alter: i8| alter.unsigned_abs() <= ACCIDENTALS;
    let name = |name: &PitchName| plain(name.alter);
    name(&chord.root)
        && chord.bass.iter().all(name)
        && chord.alterations.iter().all(|alteration| plain(alteration.alter))
}

fn within(holds: bool, list: &str, index: usize, expected: &str) -> Result<(), ReadError> {
    if holds {
        return Ok(());
    }
    let problem = format!("{list}[{index}] is out of range: expected {expected}");
    Err(ReadError::new(Place::File, problem, "see docs/lead-sheet.schema.json"))
}
