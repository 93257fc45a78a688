//! From folders of lead sheets to candidates for a corpus.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use score::formats::{Document, Format, ReadOptions, Song, pop909};
use score::{ReadError, Reading};

use super::{Candidate, CorpusError, PieceKey};
use crate::{MelodyHash, Resolution, Token, Vocabulary, encode};

/// A folder of lead sheets and what applies to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The folder; its name names the set.
    pub folder: PathBuf,
    /// The licence of all its files; else each file's own rights are noted.
    pub licence: Option<String>,
    /// If given, only these files (relative to the folder) are used.
    pub only: Option<HashSet<PathBuf>>,
}

/// Something to read: a file, or a folder that holds one song.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unit {
    source: usize,
    path: PathBuf,
    is_folder: bool,
}

impl Source {
    /// The name of the set: the last part of its path.
    pub fn name(&self) -> String {
        let absolute = fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        absolute
            .file_name()
            .map_or_else(|| "files".to_owned(), |name| name.to_string_lossy().into_owned())
    }
}

/// Reads every file of the sources, two cores or more at a time, in a fixed order. Files that
/// are no scores are candidates, too: refused ones. `done` is told after each file or folder how
/// many of how many are done.
///
/// # Errors
/// If a folder cannot be listed; a file that cannot be read is a refused candidate.
pub fn prepare(
    sources: &[Source],
    resolution: Resolution,
    done: impl Fn(usize, usize) + Sync,
) -> Result<Vec<Candidate>, CorpusError> {
    let mut units = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        list(&source.folder, index, 0, &mut units)?;
    }
    let vocabulary = Vocabulary::default();
    let counter = std::sync::atomic::AtomicUsize::new(0);
    let candidates: Vec<Vec<Candidate>> = units
        .par_iter()
        .map(|unit| {
            let candidates = candidates(&sources[unit.source], unit, &vocabulary, resolution);
            let count = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            done(count, units.len());
            candidates
        })
        .collect();
    Ok(candidates.into_iter().flatten().collect())
}

/// Folders within folders beyond this depth are not looked into.
const MOST_DEPTH: usize = 32;

fn list(
    folder: &Path,
    source: usize,
    depth: usize,
    units: &mut Vec<Unit>,
) -> Result<(), CorpusError> {
    if pop909::is_folder(folder) {
        units.push(Unit { source, path: folder.to_owned(), is_folder: true });
        return Ok(());
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(CorpusError::io(folder))? {
        paths.push(entry.map_err(CorpusError::io(folder))?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth < MOST_DEPTH {
                list(&path, source, depth + 1, units)?;
            }
        } else {
            units.push(Unit { source, path, is_folder: false });
        }
    }
    Ok(())
}

/// The songs of a file or folder.
fn candidates(
    source: &Source,
    unit: &Unit,
    vocabulary: &Vocabulary,
    resolution: Resolution,
) -> Vec<Candidate> {
    let relative = unit.path.strip_prefix(&source.folder).unwrap_or(&unit.path);
    let empty = |tune, result| Candidate {
        source: source.name(),
        file: relative.to_string_lossy().into_owned(),
        tune,
        title: None,
        licence: source.licence.clone().unwrap_or_else(|| NOT_STATED.to_owned()),
        warnings: Vec::new(),
        result,
    };
    if source.only.as_ref().is_some_and(|only| !only.contains(relative)) {
        return vec![empty(None, Err("it is not on the list of files to use".to_owned()))];
    }
    match songs(unit) {
        Err(reason) => vec![empty(None, Err(reason))],
        Ok(songs) => songs
            .into_iter()
            .map(|song| match song.reading {
                Err(error) => empty(song.number, Err(error.to_string())),
                Ok(reading) => {
                    let candidate = empty(song.number, Err(String::new()));
                    filled(candidate, reading, source, vocabulary, resolution)
                }
            })
            .collect(),
    }
}

const NOT_STATED: &str = "not stated";

fn songs(unit: &Unit) -> Result<Vec<Song>, String> {
    if unit.is_folder {
        return Ok(vec![Song { number: None, reading: pop909::read_folder(&unit.path) }]);
    }
    if Format::from_extension(&unit.path).is_none() {
        return Err("it is not a score: its extension is none of a score format".to_owned());
    }
    let bytes = fs::read(&unit.path).map_err(|error| error.to_string())?;
    Document::read(bytes, &unit.path, &ReadOptions::default())
        .map(|document| document.songs().to_vec())
        .map_err(|error: ReadError| error.to_string())
}

/// A candidate with what was read of it.
fn filled(
    candidate: Candidate,
    reading: Reading,
    source: &Source,
    vocabulary: &Vocabulary,
    resolution: Resolution,
) -> Candidate {
    let Reading { sheet, warnings } = reading;
    let rights = sheet.rights.clone().filter(|rights| !rights.trim().is_empty());
    Candidate {
        title: sheet.title.clone(),
        licence: source.licence.clone().or(rights).unwrap_or_else(|| NOT_STATED.to_owned()),
        warnings: warnings.iter().map(ToString::to_string).collect(),
        result: usable(&sheet, vocabulary, resolution),
        ..candidate
    }
}

/// The cells of a sheet with its melody's hash and its key, or why it is of no use.
pub(crate) fn usable(
    sheet: &score::LeadSheet,
    vocabulary: &Vocabulary,
    resolution: Resolution,
) -> Result<(Vec<crate::Cell>, MelodyHash, Option<PieceKey>), String> {
    if sheet.chords.is_empty() {
        return Err("it has no chord symbols to learn from".to_owned());
    }
    let piece = encode(sheet, vocabulary, resolution).map_err(|error| error.to_string())?;
    let silent = piece.cells.iter().filter(|cell| cell.harmony() == Token::NO_CHORD).count();
    if 2 * silent > piece.cells.len() {
        return Err("its chord symbols cover less than half of it".to_owned());
    }
    let key = sheet.key_at(score::Position::ZERO).map(PieceKey::from);
    Ok((piece.cells, MelodyHash::of(sheet), key))
}

/// Reasons for refusal with how often each was given.
pub fn reasons(candidates: &[Candidate]) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for reason in candidates.iter().filter_map(|candidate| candidate.result.as_ref().err()) {
        *reasons.entry(reason.clone()).or_default() += 1;
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    const TUNE: &str = "X:1\nT:One\nM:4/4\nL:1/4\nK:C\n\"C\"CDEF|\"G\"GABc|\n";

    #[test]
    fn every_file_is_used_or_accounted_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let set = folder.path().join("set");
        fs::create_dir_all(set.join("deep")).expect("creates");
        for (name, text) in [
            ("deep/good.abc", TUNE),
            ("bare.abc", "X:1\nT:Two\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"),
            ("broken.musicxml", "<score-partwise>"),
            ("README.md", "hello"),
        ] {
            fs::write(set.join(name), text).expect("writes");
        }
        let source = Source { folder: set, licence: Some("CC0".into()), only: None };
        let candidates =
            prepare(std::slice::from_ref(&source), Resolution::Beat, |_, _| {}).expect("prepares");
        let used: Vec<_> = candidates.iter().map(|c| (c.file.as_str(), c.result.is_ok())).collect();
        assert_eq!(
            used,
            [
                ("README.md", false),
                ("bare.abc", false),
                ("broken.musicxml", false),
                ("deep/good.abc", true)
            ]
        );
        assert_eq!(candidates[3].licence, "CC0");
        assert_eq!(candidates[3].title.as_deref(), Some("One"));
        assert_eq!(reasons(&candidates).values().sum::<usize>(), 3);

        let only = Some(HashSet::from([PathBuf::from("bare.abc")]));
        let listed = prepare(&[Source { only, ..source }], Resolution::Beat, |_, _| {});
        assert!(listed.expect("prepares").iter().all(|candidate| candidate.result.is_err()));
    }
}
