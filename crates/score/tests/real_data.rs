//! A full account of the real data: every file is read as the command line reads it, and
//! through every writer and its reader the notes and chords stay the same.
//!
//! What concerns one format alone is checked beside it: `chord_symbols` (the share of symbols
//! that are read), `musicxml_real_data` (chords into the document), `abc_data` (chords into the
//! tune), `pop909` (melody and chords line up), `midi`.

use std::path::{Path, PathBuf};

use score::formats::{Document, Format, ReadOptions, pop909, write};
use score::{LeadSheet, Position, Symbol};

/// The share of a set that may stay unread; each such case is named in [`UNREAD`].
const MOST_UNREAD: f64 = 0.01;

/// What is not read, and rightly so: a part of the name and of the error.
const UNREAD: [(&str, &str); 1] = [
    // A form for new tunes to be filled in.
    ("TEMPLATE.abc", "has no notes"),
];

/// What a file writes and reads without loss.
const WRITTEN: [Format; 5] =
    [Format::Json, Format::MusicXml, Format::Mxl, Format::Abc, Format::Midi];

/// A set of the data, `None` with a word about it where there is none.
fn folder(set: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("CANTUS_DATA").map_or_else(beside, PathBuf::from);
    let folder = data.join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no data at {}", folder.display());
    None
}

/// All files under `folder` with this extension, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The songs of a set: its name, how many it has, and each with its name, or why not.
type Songs = Vec<Result<(String, LeadSheet), String>>;

/// The songs of files that are read one by one.
fn documents(folder: &Path, extension: &str) -> Songs {
    let mut songs = Songs::new();
    for path in files(folder, extension) {
        let bytes = std::fs::read(&path).expect("a readable file");
        let name = path.display();
        match Document::read(bytes, &path, &ReadOptions::default()) {
            Ok(document) => songs.extend(document.songs().iter().map(|song| {
                let number = song.number.unwrap_or(1);
                match &song.reading {
                    Ok(reading) => Ok((format!("{name}, song {number}"), reading.sheet.clone())),
                    Err(error) => Err(format!("{name}, song {number}: {error}")),
                }
            })),
            Err(error) => songs.push(Err(format!("{name}: {error}"))),
        }
    }
    songs
}

/// Notes as they are written, or as keys where the format has no spelling.
fn notes(sheet: &LeadSheet, spelled: bool) -> Vec<(Position, Position, String)> {
    let pitch = |note: &score::Note| match spelled {
        true => note.pitch.to_string(),
        false => note.pitch.midi().to_string(),
    };
    sheet.notes.iter().map(|note| (note.onset, note.end(), pitch(note))).collect()
}

fn chords(sheet: &LeadSheet) -> Vec<(Position, &Symbol)> {
    sheet.chords.iter().map(|chord| (chord.onset, &chord.symbol)).collect()
}

/// What is lost or changed when `sheet` is written in `format` and read again.
fn loss(sheet: &LeadSheet, format: Format) -> Option<String> {
    let written = match write(sheet, format) {
        Ok(written) => written,
        Err(error) => return Some(format!("not written: {error}")),
    };
    let document = match Document::read(written, Path::new(""), &ReadOptions::default()) {
        Ok(document) => document,
        Err(error) => return Some(format!("not read again: {error}")),
    };
    if document.format() != format {
        return Some(format!("taken for {}", document.format().name()));
    }
    let again = match document.first().map(|song| &song.reading) {
        Ok(Ok(reading)) => &reading.sheet,
        Ok(Err(error)) => return Some(format!("not read again: {error}")),
        Err(error) => return Some(format!("not read again: {error}")),
    };
    // MIDI is written as it is played.
    let heard = (format == Format::Midi).then(|| sheet.unfolded());
    let sheet = heard.as_ref().unwrap_or(sheet);
    let spelled = heard.is_none();
    let (before, after) = (notes(sheet, spelled), notes(again, spelled));
    if before != after {
        let first = before.iter().zip(&after).find(|(before, after)| before != after);
        return Some(format!("{} notes became {}: {first:?}", before.len(), after.len()));
    }
    let (before, after) = (chords(sheet), chords(again));
    if before != after {
        let first = before.iter().zip(&after).find(|(before, after)| before != after);
        return Some(format!("{} chords became {}: {first:?}", before.len(), after.len()));
    }
    (format == Format::Json && again != sheet).then(|| "something else changed".to_owned())
}

/// Checks that `expected` songs are read, but for the justified cases, and nothing is lost.
fn account(set: &str, expected: usize, songs: &Songs) {
    let unread: Vec<&String> = songs.iter().filter_map(|song| song.as_ref().err()).collect();
    let justified = |error: &&&String| {
        UNREAD.iter().any(|(name, problem)| error.contains(name) && error.contains(problem))
    };
    let unjustified: Vec<_> = unread.iter().filter(|error| !justified(error)).collect();
    assert!(unjustified.is_empty(), "{set}: {unjustified:#?}");
    assert!(unread.len() as f64 <= MOST_UNREAD * songs.len() as f64, "{set}: {unread:#?}");
    let sheets: Vec<&(String, LeadSheet)> = songs.iter().flatten().collect();
    assert_eq!(sheets.len(), expected, "{set}");

    let mut losses = Vec::new();
    for (name, sheet) in &sheets {
        assert_eq!(sheet.check(), Ok(()), "{name}");
        assert_eq!(sheet.unfolded().check(), Ok(()), "{name}, played out");
        for format in WRITTEN {
            losses.extend(loss(sheet, format).map(|what| format!("{name}: {format:?}: {what}")));
        }
    }
    let count = |of: fn(&LeadSheet) -> usize| sheets.iter().map(|(_, sheet)| of(sheet)).sum();
    let (notes, chords): (usize, usize) = (count(|s| s.notes.len()), count(|s| s.chords.len()));
    println!("{set}: {} read, {notes} notes, {chords} chords; unread: {unread:?}", sheets.len());
    assert!(losses.is_empty(), "{set}: {} losses\n{}", losses.len(), losses.join("\n"));
}

#[test]
fn openewld_is_read_and_written_without_loss() {
    let Some(folder) = folder("openewld") else { return };
    account("OpenEWLD", 502, &documents(&folder, "mxl"));
}

#[test]
fn nottingham_is_read_and_written_without_loss() {
    let Some(folder) = folder("nottingham") else { return };
    account("Nottingham", 1034, &documents(&folder, "abc"));
}

#[test]
fn the_public_domain_song_anthology_is_read_and_written_without_loss() {
    let Some(folder) = folder("pdsa") else { return };
    account("PDSA", 155, &documents(&folder, "abc"));
}

#[test]
fn the_folk_tunebooks_are_read_and_written_without_loss() {
    let Some(folder) = folder("folk") else { return };
    account("folk", 199, &documents(&folder, "abc"));
}

#[test]
fn pop909_is_read_and_written_without_loss() {
    let Some(folder) = folder("pop909") else { return };
    let mut songs = Songs::new();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a readable folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| pop909::is_folder(path))
        .collect();
    folders.sort();
    for path in folders {
        let name = path.display().to_string();
        songs.push(match pop909::read_folder(&path) {
            Ok(reading) => Ok((name, reading.sheet)),
            Err(error) => Err(format!("{name}: {error}")),
        });
    }
    account("POP909", 909, &songs);
}
