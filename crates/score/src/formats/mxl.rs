//! Compressed MusicXML: a zip archive whose `META-INF/container.xml` names the score.

use std::io::{Cursor, Read, Write};

use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::musicxml;
use super::{Existing, ReadOptions, WriteError};
use crate::{ChordEvent, LeadSheet, Place, ReadError, Reading};

/// An unpacked score beyond this size is refused, whatever the archive says of itself.
const LARGEST: u64 = 128 << 20;
/// More files than any score archive holds.
const MOST_FILES: usize = 10_000;
/// The media type of compressed MusicXML.
const MEDIA_TYPE: &str = "application/vnd.recordare.musicxml";
/// The container of a new archive.
const NEW_CONTAINER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<container>
  <rootfiles>
    <rootfile full-path="score.musicxml" media-type="application/vnd.recordare.musicxml+xml"/>
  </rootfiles>
</container>
"#;
/// Where the name of the score stands.
const CONTAINER: &str = "META-INF/container.xml";
/// What to do about a broken archive.
const WAY_OUT: &str = "the file may be cut off or damaged; export it again from its program";

/// Reads a compressed MusicXML file as a lead sheet.
///
/// # Errors
/// If it is no zip archive, damaged, hostile, or holds no score that [`musicxml::read`] reads.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    let mut archive = open(bytes)?;
    let name = score_name(&mut archive)?;
    musicxml::read(&entry(&mut archive, &name)?, options)
}

/// Writes chord symbols into the score of a compressed MusicXML file as
/// [`musicxml::write_into`] does; the other files of the archive are copied as they are.
///
/// # Errors
/// If the archive or its score cannot be read, or a chord lies outside its bars.
pub fn write_into(
    original: &[u8],
    options: &ReadOptions,
    chords: &[ChordEvent],
    existing: Existing,
) -> Result<Vec<u8>, WriteError> {
    let unread = |error: ReadError| {
        WriteError::new(format!("{}: {}", error.place, error.problem), error.way_out)
    };
    let mut archive = open(original).map_err(unread)?;
    let name = score_name(&mut archive).map_err(unread)?;
    let score = entry(&mut archive, &name).map_err(unread)?;
    let score = musicxml::write_into(&score, options, chords, existing)?;
    repacked(&mut archive, &name, &score).map_err(|error| unwritten(&error))
}

/// Writes a fresh compressed MusicXML file.
///
/// # Errors
/// If [`musicxml::write`] cannot write the sheet.
pub fn write(sheet: &LeadSheet) -> Result<Vec<u8>, WriteError> {
    let score = musicxml::write(sheet)?;
    packed(&score).map_err(|error| unwritten(&error))
}

fn unwritten(error: &ZipError) -> WriteError {
    WriteError::new(format!("the archive cannot be written ({error})"), "write .musicxml instead")
}

/// A new archive around a score.
fn packed(score: &[u8]) -> ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file("mimetype", stored)?;
    writer.write_all(MEDIA_TYPE.as_bytes())?;
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    writer.start_file(CONTAINER, deflated)?;
    writer.write_all(NEW_CONTAINER.as_bytes())?;
    writer.start_file("score.musicxml", deflated)?;
    writer.write_all(score)?;
    Ok(writer.finish()?.into_inner())
}

/// The archive with another score in the place of the one called `name`.
fn repacked(archive: &mut Archive<'_>, name: &str, score: &[u8]) -> ZipResult<Vec<u8>> {
    let replaced = archive.index_for_name(name);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index)?;
        if Some(index) == replaced {
            let method = match file.compression() {
                CompressionMethod::Stored => CompressionMethod::Stored,
                _ => CompressionMethod::Deflated,
            };
            let options = SimpleFileOptions::default().compression_method(method);
            let options = options.last_modified_time(file.last_modified().unwrap_or_default());
            writer.start_file(name, options)?;
            writer.write_all(score)?;
        } else {
            writer.raw_copy_file(file)?;
        }
    }
    Ok(writer.finish()?.into_inner())
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens the archive.
fn open(bytes: &[u8]) -> Result<Archive<'_>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::new(Place::File, "it is empty", "expected a MusicXML file"));
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > MOST_FILES {
        let problem = format!("the archive holds more than {MOST_FILES} files");
        return Err(ReadError::new(Place::File, problem, "unpack it and read the score itself"));
    }
    Ok(archive)
}

fn broken(error: &ZipError) -> ReadError {
    ReadError::new(Place::File, format!("it is no readable .mxl archive ({error})"), WAY_OUT)
}

/// Unpacks one file of the archive.
fn entry(archive: &mut Archive<'_>, name: &str) -> Result<Vec<u8>, ReadError> {
    let file = archive.by_name(name).map_err(|error| broken(&error))?;
    let mut bytes = Vec::new();
    // The declared size may lie: what is counted is what comes out.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| {
        let problem = format!("{name} in the archive cannot be unpacked ({error})");
        ReadError::new(Place::File, problem, WAY_OUT)
    })?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        let problem = format!("{name} in the archive unpacks to more than {} MB", LARGEST >> 20);
        return Err(ReadError::new(Place::File, problem, "read the score unpacked, part by part"));
    }
    Ok(bytes)
}

/// The name of the score: what the container names, else the only XML file.
fn score_name(archive: &mut Archive<'_>) -> Result<String, ReadError> {
    if archive.index_for_name(CONTAINER).is_some() {
        let container = entry(archive, CONTAINER)?;
        if let Some(name) = musicxml::rootfile(&container)
            && archive.index_for_name(&name).is_some()
        {
            return Ok(name);
        }
    }
    let scores: Vec<String> = archive
        .file_names()
        .filter_map(|name| name.ok().map(|name| name.into_owned()))
        .filter(|name| !name.starts_with("META-INF/") && !name.starts_with("__MACOSX/"))
        .filter(|name| name.ends_with(".xml") || name.ends_with(".musicxml"))
        .collect();
    match scores.as_slice() {
        [name] => Ok(name.clone()),
        _ => {
            let problem = format!("the archive has no {CONTAINER} that names its score");
            Err(ReadError::new(Place::File, problem, "unpack it and read the .xml file itself"))
        }
    }
}
