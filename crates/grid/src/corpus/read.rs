//! Reading a corpus: the cells are mapped, not copied.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use super::{CELLS_FILE, CorpusError, Entry, HEADER_FILE, Header, MANIFEST_FILE, Outcome, VERSION};
use crate::{Cell, Split, Vocabulary};

/// A corpus mapped into memory.
#[derive(Debug)]
pub struct Corpus {
    header: Header,
    songs: Vec<Song>,
    cells: Mmap,
}

/// A used piece of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Song {
    /// Its line of the manifest.
    pub entry: Entry,
    /// Its side of the split.
    pub split: Split,
    /// Its cells within the corpus.
    pub range: std::ops::Range<usize>,
}

impl Corpus {
    /// Opens the corpus in `folder`.
    ///
    /// # Errors
    /// If a file is missing or damaged, or was made by another version.
    pub fn open(folder: &Path) -> Result<Self, CorpusError> {
        let header = read_header(folder.join(HEADER_FILE))?;
        let path = folder.join(CELLS_FILE);
        let file = File::open(&path).map_err(CorpusError::io(&path))?;
        let length = file.metadata().map_err(CorpusError::io(&path))?.len();
        if length != (header.cells * size_of::<Cell>()) as u64 || length == 0 {
            let problem = format!("{length} bytes do not hold {} cells", header.cells);
            return Err(CorpusError::Damaged { path, problem });
        }
        // SAFETY: the map is read-only; a corpus is written beside and renamed, never changed in
        // place, so the mapped file does not change under us.
        let cells = unsafe { Mmap::map(&file) }.map_err(CorpusError::io(&path))?;
        let songs = read_songs(folder.join(MANIFEST_FILE), header.cells)?;
        Ok(Self { header, songs, cells })
    }

    /// What `corpus.json` says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The songs in the order of the manifest.
    pub fn songs(&self) -> &[Song] {
        &self.songs
    }

    /// The songs of one side.
    pub fn side(&self, split: Split) -> impl Iterator<Item = &Song> {
        self.songs.iter().filter(move |song| song.split == split)
    }

    /// The cells of a song.
    pub fn cells(&self, song: &Song) -> &[Cell] {
        let all: &[Cell] = bytemuck::try_cast_slice(&self.cells).unwrap_or_default();
        all.get(song.range.clone()).unwrap_or_default()
    }
}

fn read_header(path: PathBuf) -> Result<Header, CorpusError> {
    let text = fs::read_to_string(&path).map_err(CorpusError::io(&path))?;
    let damaged = |error: serde_json::Error| CorpusError::Damaged {
        path: path.clone(),
        problem: error.to_string(),
    };
    // The version comes first: the rest of another version's header may look different.
    let value: serde_json::Value = serde_json::from_str(&text).map_err(damaged)?;
    let found = value.get("version").and_then(serde_json::Value::as_u64).unwrap_or(0);
    if found != u64::from(VERSION) {
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        return Err(CorpusError::Version { path, found, expected: VERSION });
    }
    let header: Header = serde_json::from_value(value).map_err(damaged)?;
    if header.vocabulary != Vocabulary::SIZE {
        let problem = format!(
            "its vocabulary has {} tokens, this program's has {}",
            header.vocabulary,
            Vocabulary::SIZE
        );
        return Err(CorpusError::Damaged { path, problem });
    }
    Ok(header)
}

fn read_songs(path: PathBuf, cells: usize) -> Result<Vec<Song>, CorpusError> {
    let file = File::open(&path).map_err(CorpusError::io(&path))?;
    let mut songs = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(CorpusError::io(&path))?;
        let damaged = |problem: String| CorpusError::Damaged {
            path: path.clone(),
            problem: format!("line {}: {problem}", number + 1),
        };
        let entry: Entry = serde_json::from_str(&line).map_err(|e| damaged(e.to_string()))?;
        if let Outcome::Used { split, first_cell, cells: count, .. } = entry.outcome {
            let end = first_cell.checked_add(count).filter(|end| *end <= cells);
            let end = end.ok_or_else(|| damaged("its cells lie outside cells.bin".to_owned()))?;
            songs.push(Song { entry, split, range: first_cell..end });
        }
    }
    Ok(songs)
}

#[cfg(test)]
mod tests {
    use super::super::{Candidate, write};
    use super::*;
    use crate::{CellMeter, MelodyHash, Resolution, Token};

    fn candidate(result: Result<Token, &str>) -> Candidate {
        let meter = CellMeter {
            bar: 0,
            place: 0,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: true,
            last_bar: true,
        };
        let melody = MelodyHash::of(&score::LeadSheet::default());
        Candidate {
            source: "set".into(),
            file: "tune.abc".into(),
            tune: Some(1),
            title: Some("Tune".into()),
            licence: "CC0".into(),
            warnings: vec![],
            result: result
                .map(|token| (vec![Cell::new(token, meter); 3], melody, None))
                .map_err(str::to_owned),
        }
    }

    fn written() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let corpus = folder.path().join("corpus");
        let candidates = vec![candidate(Err("no notes")), candidate(Ok(Token::NO_CHORD))];
        write(&corpus, Resolution::Beat, candidates).expect("writes");
        (folder, corpus)
    }

    #[test]
    fn what_was_written_is_mapped_back() {
        let (_folder, path) = written();
        let corpus = Corpus::open(&path).expect("opens");
        assert_eq!(corpus.songs().len(), 1);
        let cells = corpus.cells(&corpus.songs()[0]);
        assert_eq!(cells.len(), 3);
        assert_eq!(cells[2].harmony(), Token::NO_CHORD);
    }

    #[test]
    fn another_version_is_refused_with_a_way_out() {
        let (_folder, path) = written();
        let header = path.join(HEADER_FILE);
        let text = fs::read_to_string(&header).expect("reads");
        fs::write(&header, text.replace("\"version\": 1", "\"version\": 9")).expect("writes");
        let message = Corpus::open(&path).expect_err("another version").to_string();
        assert!(message.contains("version 9") && message.contains("cantus prepare"), "{message}");
    }

    #[test]
    fn a_truncated_cell_file_is_refused() {
        let (_folder, path) = written();
        fs::write(path.join(CELLS_FILE), [0; 40]).expect("writes");
        assert!(matches!(Corpus::open(&path), Err(CorpusError::Damaged { .. })));
    }

    #[test]
    fn a_corpus_without_pieces_is_an_error_that_keeps_the_manifest() {
        let folder = tempfile::tempdir().expect("a folder");
        let corpus = folder.path().join("corpus");
        let result = write(&corpus, Resolution::Beat, vec![candidate(Err("no notes"))]);
        let Err(CorpusError::Empty { manifest }) = result else { panic!("{result:?}") };
        assert!(fs::read_to_string(manifest).expect("reads").contains("no notes"));
        assert!(!corpus.exists());
    }

    #[test]
    fn a_folder_that_is_no_corpus_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let thesis = folder.path().join("thesis.txt");
        fs::write(&thesis, "three years of work").expect("writes");
        let candidates = vec![candidate(Ok(Token::NO_CHORD))];
        let result = write(folder.path(), Resolution::Beat, candidates);
        assert!(matches!(result, Err(CorpusError::Occupied { .. })));
        assert!(thesis.exists());
    }
}
