//! Compressed MusicXML: a zip archive whose `META-INF/container.xml` names the score.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::ReadOptions;
use super::musicxml;
use crate::{Place, ReadError, Reading};

/// An unpacked score beyond this size is refused, whatever the archive says of itself.
const LARGEST: u64 = 128 << 20;
/// More files than any score archive holds.
const MOST_FILES: usize = 10_000;
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
