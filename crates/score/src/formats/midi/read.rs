//! The reader: from a MIDI file to a lead sheet.

use super::quantise::quantise;
use super::tracks::MidiFile;
use super::{COMPOSER, chords, melody, phase, timeline};
use crate::formats::ReadOptions;
use crate::{Bar, Key, LeadSheet, Note, Pitch, Position, ReadError, Reading};

/// Reads a MIDI file of type 0 or 1.
///
/// The melody is the part that [`ReadOptions::part`] asks for (by name, or by number among
/// the parts), one that is named so (melody, vocal, lead, …), or the likeliest. Times on
/// notated values are kept; others are moved to sixteenths and eighth triplets, after all of
/// them together where all are early or late. Chords come from a part of block chords, or
/// from its texts where they say what sounds, and hold through short silences. A first bar
/// with a shorter metre of its own is a pickup.
///
/// # Errors
/// If the bytes are no such file, it holds no notes, or the part asked for is not there.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    let mut warnings = Vec::new();
    let mut file = MidiFile::parse(bytes, &mut warnings)?;
    let melody_index = melody::choose(&file, options, &mut warnings)?;
    phase::align(&mut file, melody_index, &mut warnings);
    let part = file.parts.get(melody_index);
    let quantised = quantise(part.map_or(&[], |part| &part.notes), file.per_quarter);
    warnings.extend(quantised.warning("the melody"));
    let line = melody::top_line(quantised.spans, &mut warnings);

    let mut keys = timeline::keys(&file, &mut warnings);
    let (mut chords, chords_end) = chords::read(&file, melody_index, &keys, &mut warnings);
    let last = line.last().map_or(chords_end, |span| chords_end.max(span.end));
    let bars = timeline::bars(&file, last, &mut warnings)?;
    // What begins after the last note holds over nothing.
    let end = bars.bars.last().map_or(Position::ZERO, Bar::end);
    keys.retain(|key| key.at < end);
    chords.retain(|event| event.onset < end);

    let composer = file.texts.iter().find_map(|text| text.strip_prefix(COMPOSER));
    let mut sheet = LeadSheet {
        composer: composer.map(str::to_owned),
        tempo: timeline::tempo(&file, &mut warnings),
        title: file.title,
        rights: file.rights,
        meters: bars.meters,
        keys,
        bars: bars.bars,
        notes: Vec::new(),
        chords,
    };
    let notes = line.iter().filter_map(|span| {
        let fifths = sheet.key_at(span.onset).map_or(0, Key::spelling);
        let pitch = Pitch::from_midi(span.key, fifths);
        Some(Note { onset: span.onset, duration: span.end.since(span.onset)?, pitch })
    });
    sheet.notes = notes.collect();
    Ok(Reading { sheet, warnings })
}
