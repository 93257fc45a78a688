//! From files and folders to the harmonizations that are evaluated, by name.
//!
//! A file is called by its name without extension, one in a folder by its path in it; a tune of a
//! tunebook has its number behind that, as in `reels/book#12`. A POP909 folder is one song.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ::evaluate::reference::Performance;
use ::evaluate::{Harmonization, Piece};
use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use score::Reading;
use score::formats::{Format, ReadOptions, pop909};

use crate::files;

/// Something that holds songs: a file, or a POP909 folder.
#[derive(Debug)]
struct Holder {
    name: String,
    path: PathBuf,
    /// Whether it lay in a folder that was named, and was not named itself.
    found: bool,
}

/// The songs in `paths`, files and folders of any depth, by name.
///
/// What cannot be read is left out with a warning where it was found beside others: a tune of a
/// tunebook, or a file of a folder.
///
/// # Errors
/// If a file that was named itself cannot be read, or two songs have one name.
pub fn read(paths: &[PathBuf]) -> Result<BTreeMap<String, Piece>> {
    let mut holders = Vec::new();
    for path in paths {
        list(path, path, &mut holders)?;
    }
    let read = |holder: &Holder| match songs(holder) {
        Err(error) if holder.found => {
            Ok(Songs { pieces: Vec::new(), warnings: vec![format!("{error:#}; left out")] })
        }
        read => read,
    };
    let songs: Vec<Songs> = holders.par_iter().map(read).collect::<Result<_>>()?;
    let mut pieces = BTreeMap::new();
    let mut places: BTreeMap<String, &Path> = BTreeMap::new();
    for (holder, songs) in holders.iter().zip(songs) {
        for warning in &songs.warnings {
            eprintln!("warning: {warning}");
        }
        for (name, piece) in songs.pieces {
            if let Some(other) = places.insert(name.clone(), &holder.path) {
                let (path, other) = (holder.path.display(), other.display());
                bail!("{path} and {other} are both called {name}; give each a name of its own");
            }
            pieces.insert(name, piece);
        }
    }
    Ok(pieces)
}

/// Folders within folders beyond this depth are not looked into.
const MOST_DEPTH: usize = 32;

/// The scores at `path`, named from `top` on.
fn list(path: &Path, top: &Path, holders: &mut Vec<Holder>) -> Result<()> {
    let at = || path.display().to_string();
    let own_name = || path.file_stem().map(|name| name.to_string_lossy().into_owned());
    let folder = path.is_dir();
    if !folder || pop909::is_folder(path) {
        let name = match path.strip_prefix(top) {
            Ok(inside) if !inside.as_os_str().is_empty() => {
                let inside = if folder { inside.to_owned() } else { inside.with_extension("") };
                inside.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
            }
            _ => own_name().with_context(|| format!("{}: it has no name", at()))?,
        };
        holders.push(Holder { name, path: path.to_owned(), found: path != top });
        return Ok(());
    }
    if path.components().count() > top.components().count() + MOST_DEPTH {
        return Ok(());
    }
    let mut inside = Vec::new();
    for entry in fs::read_dir(path).with_context(at)? {
        inside.push(entry.with_context(at)?.path());
    }
    inside.sort();
    for path in inside {
        // What lies beside scores in a folder is nobody's mistake; a file that was named is read.
        if path.is_dir() || Format::from_extension(&path).is_some() {
            list(&path, top, holders)?;
        }
    }
    Ok(())
}

/// What a file holds.
struct Songs {
    pieces: Vec<(String, Piece)>,
    warnings: Vec<String>,
}

fn songs(holder: &Holder) -> Result<Songs> {
    let at = || holder.path.display().to_string();
    if holder.path.is_dir() {
        let reading = pop909::read_folder(&holder.path).with_context(at)?;
        let piece = Piece::from(harmonization(&reading));
        return Ok(Songs { pieces: vec![(holder.name.clone(), piece)], warnings: Vec::new() });
    }
    let document = files::read_score(&holder.path, &ReadOptions::default())?;
    // There is a song that can be read.
    document.first().with_context(at)?.reading.as_ref().map_err(Clone::clone).with_context(at)?;
    let performance = match document.format() {
        // Two instruments are asked for; a file without is measured by what was read of it.
        Format::Midi => Performance::read(document.bytes()).ok(),
        _ => None,
    };
    let several = document.songs().len() > 1;
    let (mut pieces, mut warnings) = (Vec::new(), Vec::new());
    for song in document.songs() {
        let name = match song.number {
            Some(number) if several => format!("{}#{number}", holder.name),
            _ => holder.name.clone(),
        };
        match &song.reading {
            Ok(reading) => {
                let harmonization = harmonization(reading);
                pieces.push((name, Piece { harmonization, performance: performance.clone() }));
            }
            Err(error) => warnings.push(format!("{}: tune {name}: {error}; left out", at())),
        }
    }
    Ok(Songs { pieces, warnings })
}

/// What is heard: repeats played out.
fn harmonization(reading: &Reading) -> Harmonization {
    Harmonization::from(&reading.sheet.unfolded())
}
