//! The file formats: a folder or file each, reader and writer side by side.

pub mod abc;
mod bar_lines;
mod detect;
mod document;
pub mod hooktheory;
pub mod json;
pub mod midi;
pub mod musicxml;
pub mod mxl;
pub mod pop909;
mod recognise;

pub use detect::{Format, detect};
pub use document::{Document, Song, write};

use thiserror::Error;

/// What a user asks of a reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The part that holds the melody, by name, id or number from 1; else the best guess.
    pub part: Option<String>,
    /// The voice that holds the melody; else the best guess.
    pub voice: Option<String>,
    /// The tune of a tunebook by its number (`X:` in ABC); else all of them.
    pub tune: Option<u32>,
}

/// What becomes of the chord symbols that a score already has when chords are written into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// They go.
    #[default]
    Replace,
    /// They stay, and bars that have any get no others.
    Keep,
}

/// Why a lead sheet could not be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{problem}; {way_out}")]
pub struct WriteError {
    /// What is wrong.
    pub problem: String,
    /// What the user can do.
    pub way_out: String,
}

impl WriteError {
    /// An error with its way out.
    pub fn new(problem: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { problem: problem.into(), way_out: way_out.into() }
    }
}
