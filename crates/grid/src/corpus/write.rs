//! Writing a corpus.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{
    CELLS_FILE, CorpusError, Entry, HEADER_FILE, Header, MANIFEST_FILE, Outcome, PieceKey, VERSION,
};
use crate::{Cell, MelodyHash, Resolution, Split, Vocabulary, families};

/// A piece that was read, or the reason why it was not.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The set it comes from.
    pub source: String,
    /// The file, relative to the folder of the set.
    pub file: String,
    /// The number of the tune in a tunebook.
    pub tune: Option<u32>,
    /// The title.
    pub title: Option<String>,
    /// The licence or rights that apply.
    pub licence: String,
    /// What had to be guessed, changed or left out.
    pub warnings: Vec<String>,
    /// Its cells with melody hash and key, or the reason why there are none.
    pub result: Result<(Vec<Cell>, MelodyHash, Option<PieceKey>), String>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Pieces on each side, in the order of [`Split::ALL`].
    pub pieces: [usize; 3],
    /// Cells in all.
    pub cells: usize,
    /// Pieces refused.
    pub refused: usize,
    /// Families of songs.
    pub families: usize,
}

/// Writes a corpus into `folder`, which appears only once it is complete: it is written beside
/// and renamed. An older corpus there is replaced; any other folder is left alone.
///
/// # Errors
/// If a file cannot be written, `folder` holds something else, or no candidate can be used (the
/// manifest is kept then, in a file beside `folder`, to tell why).
pub fn write(
    folder: &Path,
    resolution: Resolution,
    candidates: Vec<Candidate>,
) -> Result<Summary, CorpusError> {
    check_replaceable(folder)?;
    let beside = folder.with_extension("partial");
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(CorpusError::io(&beside))?;
    }
    fs::create_dir_all(&beside).map_err(CorpusError::io(&beside))?;
    let result = write_into(&beside, folder, resolution, candidates);
    if result.is_err() {
        // The error that is reported matters more than one in cleaning up after it.
        let _ = fs::remove_dir_all(&beside);
    }
    result
}

/// Only a corpus or an empty folder may be replaced.
fn check_replaceable(folder: &Path) -> Result<(), CorpusError> {
    if !folder.exists() || folder.join(HEADER_FILE).exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder).map_err(CorpusError::io(folder))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(CorpusError::Occupied { path: folder.to_owned() }),
    }
}

fn write_into(
    beside: &Path,
    folder: &Path,
    resolution: Resolution,
    candidates: Vec<Candidate>,
) -> Result<Summary, CorpusError> {
    let melodies: Vec<MelodyHash> = candidates
        .iter()
        .filter_map(|candidate| candidate.result.as_ref().ok().map(|(_, melody, _)| melody.clone()))
        .collect();
    let mut known_by = families(&melodies).into_iter();
    let mut distinct = std::collections::HashSet::new();
    let mut cells: Vec<Cell> = Vec::new();
    let mut summary = Summary { pieces: [0; 3], cells: 0, refused: 0, families: 0 };
    let mut manifest = String::new();
    for candidate in candidates {
        let outcome = match candidate.result {
            Err(reason) => {
                summary.refused += 1;
                Outcome::Refused { reason }
            }
            Ok((piece, melody, key)) => {
                let family = known_by.next().unwrap_or(melody.whole);
                distinct.insert(family);
                let split = Split::of(family);
                summary.pieces[split as usize] += 1;
                let first_cell = cells.len();
                cells.extend(&piece);
                let family = format!("{family:016x}");
                Outcome::Used { split, family, first_cell, cells: piece.len(), key }
            }
        };
        let entry = Entry {
            source: candidate.source,
            file: candidate.file,
            tune: candidate.tune,
            title: candidate.title,
            licence: candidate.licence,
            warnings: candidate.warnings,
            outcome,
        };
        manifest.push_str(&serde_json::to_string(&entry).map_err(|error| {
            CorpusError::Damaged { path: beside.join(MANIFEST_FILE), problem: error.to_string() }
        })?);
        manifest.push('\n');
    }
    summary.cells = cells.len();
    summary.families = distinct.len();
    let bytes: &[u8] = bytemuck::cast_slice(&cells);
    let header = Header {
        version: VERSION,
        vocabulary: Vocabulary::SIZE,
        resolution,
        pieces: summary.pieces.iter().sum(),
        cells: cells.len(),
        sha256: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let save = |name: &str, bytes: &[u8]| {
        let path = beside.join(name);
        fs::write(&path, bytes).map_err(CorpusError::io(path))
    };
    let header_text = serde_json::to_string_pretty(&header).map_err(|error| {
        CorpusError::Damaged { path: beside.join(HEADER_FILE), problem: error.to_string() }
    })?;
    save(MANIFEST_FILE, manifest.as_bytes())?;
    save(CELLS_FILE, bytes)?;
    save(HEADER_FILE, header_text.as_bytes())?;
    if cells.is_empty() {
        let manifest = folder.with_extension("refused.jsonl");
        fs::rename(beside.join(MANIFEST_FILE), &manifest).map_err(CorpusError::io(&manifest))?;
        return Err(CorpusError::Empty { manifest });
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(CorpusError::io(folder))?;
    }
    fs::rename(beside, folder).map_err(CorpusError::io(folder))?;
    Ok(summary)
}
