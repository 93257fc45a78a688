//! Why a text was not read as a chord.

use thiserror::Error;

/// A text that is no chord symbol, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("“{text}” is no chord symbol: {problem}")]
pub struct UnknownChord {
    /// The text as it was given, cut after 80 characters.
    pub text: String,
    /// What is wrong.
    pub problem: ChordProblem,
}

/// What is wrong with a text that is no chord symbol.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChordProblem {
    /// There is nothing to read.
    #[error("it is empty")]
    Empty,
    /// It is longer than any chord symbol.
    #[error("it is longer than {LONGEST_SYMBOL} characters")]
    TooLong,
    /// It does not begin with a note name.
    #[error("it does not begin with a root from A to G")]
    NoRoot,
    /// Something after the root has no meaning.
    #[error("“{0}” is no chord quality")]
    UnknownQuality(String),
    /// Two parts of it exclude each other.
    #[error("“{0}” does not go with what stands before it")]
    Contradiction(String),
    /// What follows the slash is no bass note.
    #[error("“{0}” is no bass note")]
    UnknownBass(String),
    /// A degree that is not 1 to 13, or altered by more than four semitones.
    #[error("“{0}” is no degree of a chord")]
    UnknownDegree(String),
    /// It changes more degrees than a chord has.
    #[error("it changes more than {MOST_ALTERATIONS} degrees")]
    TooManyDegrees,
    /// The writer says that a chord sounds and that it is not known which.
    #[error("it says that the chord is not known")]
    SaidToBeUnknown,
}

/// No chord symbol is longer than this many characters; every chord with at most
/// [`MOST_ALTERATIONS`] can be written within it.
pub const LONGEST_SYMBOL: usize = 200;

/// No chord that is read has more alterations than this.
pub const MOST_ALTERATIONS: usize = 12;

impl UnknownChord {
    /// What is wrong with `text`.
    pub fn new(text: &str, problem: ChordProblem) -> Self {
        Self { text: text.chars().take(80).collect(), problem }
    }
}
