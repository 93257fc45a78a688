//! What a line of music is made of.

use std::ops::Range;

use super::factor::Factor;
use crate::Step;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// Its bytes in the file.
    pub(super) range: Range<usize>,
    /// The line it is on, from 1.
    pub(super) line: u32,
    /// What it is.
    pub(super) kind: Kind,
}

/// The kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A note or several in brackets.
    Sound(Sound),
    /// A rest (`z`, `x`) of so many unit lengths.
    Rest(Factor),
    /// A rest of whole bars (`Z`, `X`).
    BarRest(u32),
    /// A bar line.
    Bar(BarLine),
    /// The start of an ending: the passes on which it is played.
    Ending(Vec<u8>),
    /// A tie.
    Tie,
    /// Broken rhythm.
    Broken(Broken),
    /// `(p:q:r`: p notes in the time of q, for the next r.
    Tuplet {
        /// How many notes.
        notes: u8,
        /// In the time of how many; by the metre if not written.
        time: Option<u8>,
        /// For how many events; as many as `notes` if not written.
        count: Option<u8>,
    },
    /// The text between quotes.
    Quoted(Range<usize>),
    /// A decoration's name between `!` or `+`.
    Decoration(Range<usize>),
    /// A letter or sign that stands for a decoration.
    Shorthand(u8),
    /// A field, on its own line or in brackets.
    Field(u8, Range<usize>),
    /// An instruction: what stands behind `%%` or `I:`.
    Instruction(Range<usize>),
    /// `&`: what follows up to the bar line sounds together with what came before.
    Overlay,
    /// Something that means nothing here.
    Stray,
}

/// One note or the notes between brackets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sound {
    /// The notes; never empty.
    pub(super) heads: Vec<Head>,
    /// The length of the first note between brackets; once for a note on its own.
    pub(super) inner: Factor,
    /// The length behind the note or bracket.
    pub(super) outer: Factor,
    /// Where that length starts.
    pub(super) length_at: usize,
    /// Whether a note between the brackets is tied there.
    pub(super) tied_inside: bool,
}

/// A written note without length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The accidental before it.
    pub(super) accidental: Option<i8>,
    /// The letter.
    pub(super) step: Step,
    /// The octave, 4 from middle C upwards.
    pub(super) octave: i8,
}

/// A bar line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BarLine {
    /// Colons on its left: the passage is played once more for each.
    pub(super) repeats_before: u8,
    /// Whether colons stand on its right.
    pub(super) repeats_after: bool,
    /// Whether it is more than one plain stroke, and so ends an ending.
    pub(super) heavy: bool,
}

/// `>` or `<`, once or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Whether the first of the two notes is the long one.
    pub(super) long_first: bool,
    /// How many signs: 1 to 3.
    pub(super) signs: u8,
}

impl Broken {
    /// The factors on the note before and the note behind the sign.
    pub(super) fn factors(self) -> (Factor, Factor) {
        // n signs take 1/2ⁿ of the short note and give the rest to the long one.
        let parts = 1u64 << self.signs.clamp(1, 3);
        let short = Factor::new(1, parts).unwrap_or(Factor::ONE);
        let long = Factor::new(2 * parts - 1, parts).unwrap_or(Factor::ONE);
        if self.long_first { (long, short) } else { (short, long) }
    }
}
