//! The manifest: what became of every piece.

use serde::{Deserialize, Serialize};

use crate::Split;

/// One line of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The set it comes from: the name of the folder that was read.
    pub source: String,
    /// The file, relative to that folder.
    pub file: String,
    /// The number of the tune in a tunebook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tune: Option<u32>,
    /// The title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The licence or rights that apply.
    pub licence: String,
    /// What had to be guessed, changed or left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of a piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// It is part of the corpus.
    Used {
        /// Its side of the split.
        split: Split,
        /// Hash of its family (see [`families`](crate::families)), hexadecimal.
        family: String,
        /// Index of its first cell in `cells.bin`.
        first_cell: usize,
        /// How many cells it has.
        cells: usize,
        /// Its key as written at the start, if the file names one.
        key: Option<PieceKey>,
    },
    /// It is not, and why.
    Refused {
        /// The reason, with its place and way out.
        reason: String,
    },
}

/// A tonic and whether the mode is minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceKey {
    /// Pitch class of the tonic, C = 0.
    pub tonic: u8,
    /// Whether its third is minor.
    pub minor: bool,
}

impl From<score::Key> for PieceKey {
    fn from(key: score::Key) -> Self {
        Self { tonic: key.tonic().class().semitones(), minor: key.mode.is_minor() }
    }
}
