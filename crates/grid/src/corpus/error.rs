//! What can be wrong with a corpus.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a corpus cannot be read or written.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum CorpusError {
    #[error("{}: {source}; check that the corpus folder exists and is complete, or make it with `cantus prepare`", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {problem}; make the corpus again with `cantus prepare`", path.display())]
    Damaged { path: PathBuf, problem: String },
    #[error(
        "{}: the corpus has format version {found}, this program reads version {expected}; \
         make the corpus again with `cantus prepare`",
        path.display()
    )]
    Version { path: PathBuf, found: u32, expected: u32 },
    #[error("{}: the folder holds something that is not a corpus; name an empty or a new folder", path.display())]
    Occupied { path: PathBuf },
    #[error("no piece can be used: every file was refused; see {}", manifest.display())]
    Empty { manifest: PathBuf },
}

impl CorpusError {
    /// Wraps an I/O error with the path it happened at.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
