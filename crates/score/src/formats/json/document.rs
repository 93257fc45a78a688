//! The layout of the document.

use serde::{Deserialize, Serialize};

use super::time::{At, Length};
use crate::{Chord, Mode, RepeatMarks, Step};

/// A lead sheet as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) format: String,
    pub(super) version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) composer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rights: Option<String>,
    /// Quarter notes a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tempo: Option<f64>,
    pub(super) meters: Vec<Meter>,
    #[serde(default)]
    pub(super) keys: Vec<Key>,
    pub(super) bars: Vec<Bar>,
    #[serde(default)]
    pub(super) notes: Vec<Note>,
    #[serde(default)]
    pub(super) chords: Vec<ChordEvent>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meter {
    pub(super) at: At,
    pub(super) numerator: u32,
    pub(super) denominator: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) at: At,
    pub(super) fifths: i8,
    pub(super) mode: Mode,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bar {
    pub(super) start: At,
    pub(super) length: Length,
    #[serde(default)]
    pub(super) number: String,
    /// Index of the written bar; its own where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<usize>,
    #[serde(default, skip_serializing_if = "is_plain")]
    pub(super) repeats: RepeatMarks,
}

fn is_plain(marks: &RepeatMarks) -> bool {
    *marks == RepeatMarks::default()
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) onset: At,
    pub(super) duration: Length,
    pub(super) step: Step,
    #[serde(default, skip_serializing_if = "is_natural")]
    pub(super) alter: i8,
    pub(super) octave: i8,
}

fn is_natural(alter: &i8) -> bool {
    *alter == 0
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChordEvent {
    pub(super) onset: At,
    /// The lead-sheet spelling; "N.C." for no chord.
    pub(super) symbol: String,
    /// What counts where it is given; no chord has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chord: Option<Chord>,
    /// The text as it was written in the file that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<String>,
}
