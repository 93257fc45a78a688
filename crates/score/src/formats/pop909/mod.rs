//! Folders of the POP909 dataset (Wang and others 2020, arXiv 2008.07142).
//!
//! A folder holds a MIDI file, whose metre is unreliable, and annotations in seconds: beats
//! with downbeats, chords in Harte's spelling, keys. Its beats are taken as quarter notes,
//! and everything is placed between them.

mod annotations;
mod bars;
mod beats;

use std::fs;
use std::path::Path;

use annotations::Annotations;
use bars::Bars;
use beats::{Beats, TICKS};

use super::ReadOptions;
use super::midi::melody;
use super::midi::quantise::{Span, quantise};
use super::midi::tracks::{MidiFile, TickNote};
use crate::{Key, LeadSheet, Note, Pitch, Place, ReadError, Reading, Timed, Warning};

/// The name of the file of beats.
const BEATS: &str = "beat_midi.txt";
/// The name of the file of chords.
const CHORDS: &str = "chord_midi.txt";
/// The name of the file of keys.
const KEYS: &str = "key_audio.txt";

/// What the files of a folder hold.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// The MIDI file.
    pub midi: &'a [u8],
    /// `beat_midi.txt`: seconds, and 1 for a strong beat, and 1 for a downbeat.
    pub beats: &'a str,
    /// `chord_midi.txt`: from and to in seconds, and a label.
    pub chords: &'a str,
    /// `key_audio.txt`: from and to in seconds, and a label.
    pub keys: &'a str,
}

/// Whether `path` is a folder of POP909: one with a file of beats and one of chords.
pub fn is_folder(path: &Path) -> bool {
    path.join(BEATS).is_file() && path.join(CHORDS).is_file()
}

/// Reads the folder at `path`; the song is titled by its name.
///
/// # Errors
/// If a file is missing or cannot be read, or as [`read`].
pub fn read_folder(path: &Path) -> Result<Reading, ReadError> {
    let midi = fs::read(midi_path(path)?).map_err(|error| {
        let problem = format!("the MIDI file of {} cannot be read: {error}", path.display());
        ReadError::new(Place::File, problem, "check its permissions")
    })?;
    let text = |name: &str| {
        fs::read_to_string(path.join(name)).map_err(|error| {
            let problem = format!("{} cannot be read: {error}", path.join(name).display());
            ReadError::new(Place::File, problem, "copy the whole folder of the song")
        })
    };
    let (beats, chords, keys) = (text(BEATS)?, text(CHORDS)?, text(KEYS)?);
    let contents = Contents { midi: &midi, beats: &beats, chords: &chords, keys: &keys };
    let mut reading = read(contents)?;
    reading.sheet.title = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(reading)
}

/// The MIDI file that is named as the folder, or the first there is.
fn midi_path(folder: &Path) -> Result<std::path::PathBuf, ReadError> {
    if let Some(name) = folder.file_name() {
        let named = folder.join(name).with_extension("mid");
        if named.is_file() {
            return Ok(named);
        }
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let midi = entries.map(|entry| entry.path()).filter(|path| {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mid"))
    });
    midi.min().ok_or_else(|| {
        let problem = format!("{} holds no MIDI file", folder.display());
        ReadError::new(Place::File, problem, "name a folder such as POP909/001")
    })
}

/// Makes a lead sheet of what the files of a folder hold.
///
/// The melody is the track MELODY. Bars run from downbeat to downbeat; beats before the
/// first are a pickup. Chords are moved to the nearest half beat, keys to the nearest bar.
///
/// # Errors
/// If the MIDI file cannot be read or holds no notes, or there are not two beats.
pub fn read(contents: Contents<'_>) -> Result<Reading, ReadError> {
    let mut warnings = Vec::new();
    let midi = MidiFile::parse(contents.midi, &mut warnings)?;
    let part = melody::choose(&midi, &ReadOptions::default(), &mut warnings)?;
    let seconds = midi.seconds();
    let played: Vec<(f64, f64, u8)> = midi.parts.get(part).map_or_else(Vec::new, |part| {
        let notes = part.notes.iter();
        notes.map(|note| (seconds.at(note.start), seconds.at(note.end), note.key)).collect()
    });

    let first = played.first().map_or(0.0, |(start, ..)| *start);
    let beats = Beats::parse(contents.beats, first, &mut warnings)?;
    let mut notes = Vec::with_capacity(played.len());
    for (start, end, key) in played {
        let (start, end) = (beats.tick(start)?, beats.tick(end)?);
        notes.push(TickNote { start, end: end.max(start), key });
    }
    let quantised = quantise(&notes, TICKS);
    warnings.extend(quantised.warning("the melody"));
    let line = melody::top_line(quantised.spans, &mut warnings);

    let annotations = Annotations::parse(contents, &beats, &mut warnings);
    let end = line.last().map_or(annotations.end, |span| annotations.end.max(span.end));
    let Bars { meters, bars } = Bars::of(&beats, end, &mut warnings);
    let mut sheet = LeadSheet {
        tempo: Some(beats.tempo()),
        meters,
        chords: annotations.chords,
        ..LeadSheet::default()
    };
    for key in annotations.keys {
        let nearest = bars.iter().map(|bar| bar.start).min_by(|a, b| {
            let distance = |at: f64| (at - key.at.as_f64()).abs();
            distance(a.as_f64()).total_cmp(&distance(b.as_f64()))
        });
        // The first key holds from the start: only silence comes before it.
        let at = nearest.filter(|_| !sheet.keys.is_empty()).unwrap_or_default();
        sheet.keys.retain(|earlier| earlier.at < at);
        sheet.keys.push(Timed { at, value: key.value });
    }
    sheet.bars = bars;
    let end = sheet.end();
    sheet.chords.retain(|event| event.onset < end);
    sheet.notes = line.iter().filter_map(|span| note(span, &sheet)).collect();
    Ok(Reading { sheet, warnings })
}

fn note(span: &Span, sheet: &LeadSheet) -> Option<Note> {
    let fifths = sheet.key_at(span.onset).map_or(0, Key::spelling);
    let pitch = Pitch::from_midi(span.key, fifths);
    Some(Note { onset: span.onset, duration: span.end.since(span.onset)?, pitch })
}

/// A warning about a line of a file.
fn line_warning(file: &str, index: usize, message: &str) -> Warning {
    let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
    Warning::new(Place::Line(line), format!("{file}: {message}"))
}
