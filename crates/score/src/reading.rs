//! What a reader gives back: a lead sheet with warnings, or an error that says where.

use std::fmt;

use thiserror::Error;

use crate::LeadSheet;

/// Where in a file something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of text, from 1.
    Line(u32),
    /// A bar by its printed number.
    Bar(String),
    /// A byte offset from the start.
    Byte(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Bar(number) => write!(f, "bar {number}"),
            Self::Byte(offset) => write!(f, "byte {offset}"),
        }
    }
}

/// Something a reader had to guess, change or leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What was found and what was made of it.
    pub message: String,
}

impl Warning {
    /// A warning at a place.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Why a file could not be read: where, what is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {problem}; {way_out}")]
pub struct ReadError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
    /// What the user can do.
    pub way_out: String,
}

impl ReadError {
    /// An error at a place, with its way out.
    pub fn new(place: Place, problem: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { place, problem: problem.into(), way_out: way_out.into() }
    }
}

/// A lead sheet and what there is to say about how it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// What was read.
    pub sheet: LeadSheet,
    /// What had to be guessed, changed or left out.
    pub warnings: Vec<Warning>,
}
