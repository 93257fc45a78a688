//! A corpus on disk: one folder that `train` maps into memory.
//!
//! | file | holds |
//! |---|---|
//! | `corpus.json` | version, vocabulary size, resolution, counts, SHA-256 of the cells |
//! | `cells.bin` | the [`Cell`](crate::Cell)s of all pieces, 38 bytes each, little-endian |
//! | `manifest.jsonl` | a line per piece, used or not: source, title, licence, split, warnings |

mod error;
mod manifest;
mod prepare;
mod read;
mod write;

pub use error::CorpusError;
pub use manifest::{Entry, Outcome, PieceKey};
pub(crate) use prepare::usable;
pub use prepare::{Source, prepare, reasons};
pub use read::{Corpus, Song};
pub use write::{Candidate, Summary, write};

use serde::{Deserialize, Serialize};

use crate::Resolution;

/// The version of the format; another one is refused.
pub const VERSION: u32 = 1;

/// File name of the header.
const HEADER_FILE: &str = "corpus.json";
/// File name of the cells.
const CELLS_FILE: &str = "cells.bin";
/// File name of the manifest.
const MANIFEST_FILE: &str = "manifest.jsonl";

/// What `corpus.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`] of the format.
    pub version: u32,
    /// Tokens of the vocabulary the harmony is written in.
    pub vocabulary: usize,
    /// How finely a beat is cut.
    pub resolution: Resolution,
    /// Pieces used.
    pub pieces: usize,
    /// Cells in all.
    pub cells: usize,
    /// SHA-256 of `cells.bin`, hexadecimal.
    pub sha256: String,
}
