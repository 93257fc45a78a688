//! A file as a whole: its songs, and writing chords into it.

use std::path::Path;

use super::{
    Existing, Format, ReadOptions, WriteError, abc, detect, hooktheory, json, midi, musicxml, mxl,
};
use crate::{ChordEvent, LeadSheet, Place, ReadError, Reading};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Document {
    format: Format,
    bytes: Vec<u8>,
    options: ReadOptions,
    songs: Vec<Song>,
}

/// One song of a file.
#[derive(Clone, Debug)]
pub struct Song {
    /// Its number in a file of several.
    pub number: Option<u32>,
    /// What was read, or why not.
    pub reading: Result<Reading, ReadError>,
}

impl Document {
    /// Reads the songs of a file; `name` helps where the content does not tell the format.
    ///
    /// # Errors
    /// If the format is unknown or no song can be read. A song that cannot be read beside
    /// others that can keeps its own error.
    pub fn read(bytes: Vec<u8>, name: &Path, options: &ReadOptions) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            let way_out = "export the score again from the program it was made with";
            return Err(ReadError::new(Place::File, "the file is empty", way_out));
        }
        let Some(format) = detect(&bytes, name) else {
            return Err(ReadError::new(
                Place::File,
                "this is no score in a format that can be read",
                "give MusicXML, MXL, ABC, MIDI, Cantus JSON or Hooktheory JSON",
            ));
        };
        let one = |reading: Result<Reading, ReadError>| {
            reading.map(|reading| vec![Song { number: None, reading: Ok(reading) }])
        };
        let songs = match format {
            Format::MusicXml => one(musicxml::read(&bytes, options))?,
            Format::Mxl => one(mxl::read(&bytes, options))?,
            Format::Midi => one(midi::read(&bytes, options))?,
            Format::Json => one(json::read(&bytes))?,
            Format::Abc => abc::read(&bytes, options)?
                .into_iter()
                .map(|tune| Song { number: Some(tune.number), reading: tune.reading })
                .collect(),
            Format::Hooktheory => hooktheory::read(&bytes)?
                .into_iter()
                .zip(1..)
                .filter(|(_, number)| options.tune.is_none_or(|asked| asked == *number))
                .map(|(song, number)| Song { number: Some(number), reading: song.reading })
                .collect(),
        };
        Ok(Self { format, bytes, options: options.clone(), songs })
    }

    /// Its format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The bytes that were read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its songs, those that could not be read among them.
    pub fn songs(&self) -> &[Song] {
        &self.songs
    }

    /// The first song that can be read: the one chords are written for.
    ///
    /// # Errors
    /// If there is none: the first song's error.
    pub fn first(&self) -> Result<&Song, ReadError> {
        let readable = self.songs.iter().find(|song| song.reading.is_ok());
        readable.ok_or_else(|| match self.songs.first().map(|song| &song.reading) {
            Some(Err(error)) => error.clone(),
            _ => ReadError::new(Place::File, "there is no such song", "ask for another number"),
        })
    }

    /// The first song with these chords, in the format asked for. Where the file itself has that
    /// format the chords are put into it and all else stays; otherwise it is written afresh.
    ///
    /// # Errors
    /// If there is no song, or the format cannot be written.
    pub fn with_chords(
        &self,
        chords: &[ChordEvent],
        existing: Existing,
        format: Format,
    ) -> Result<Vec<u8>, WriteError> {
        let song = self.first().map_err(|error| WriteError::new(error.problem, error.way_out))?;
        let options =
            ReadOptions { tune: song.number.or(self.options.tune), ..self.options.clone() };
        match (self.format, format) {
            (Format::MusicXml, Format::MusicXml) => {
                musicxml::write_into(&self.bytes, &options, chords, existing)
            }
            (Format::Mxl, Format::Mxl) => mxl::write_into(&self.bytes, &options, chords, existing),
            (Format::Abc, Format::Abc) if self.songs.len() == 1 => {
                abc::write_into(&self.bytes, &options, chords, existing)
            }
            _ => {
                let mut sheet = match &song.reading {
                    Ok(reading) => reading.sheet.clone(),
                    Err(error) => {
                        return Err(WriteError::new(error.problem.clone(), error.way_out.clone()));
                    }
                };
                sheet.set_chords(chords, existing);
                write(&sheet, format)
            }
        }
    }
}

/// Writes a fresh document. MIDI is written as it is played, repeats unfolded.
///
/// # Errors
/// If the format is only read, or cannot hold the sheet.
pub fn write(sheet: &LeadSheet, format: Format) -> Result<Vec<u8>, WriteError> {
    match format {
        Format::MusicXml => musicxml::write(sheet),
        Format::Mxl => mxl::write(sheet),
        Format::Abc => abc::write(sheet),
        Format::Midi => midi::write(&sheet.unfolded()),
        Format::Json => json::write(sheet),
        Format::Hooktheory => Err(WriteError::new(
            "Hooktheory JSON is read, but not written",
            "choose .musicxml, .mxl, .abc, .mid or .json",
        )),
    }
}
