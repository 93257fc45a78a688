//! Where in the text the music of a voice stands.

use std::ops::Range;

use crate::{Duration, Position};

/// A note or rest in time, and what its written length stands under.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// Its token, as an index into those of the voice.
    pub(super) token: usize,
    /// When it begins.
    pub(super) onset: Position,
    /// How long it lasts (of a tied note only this part).
    pub(super) duration: Duration,
    /// What a written length of one lasts here, tuplets counted in.
    pub(super) unit: Duration,
    /// The tuplet signs that hold for it, as indices of tokens.
    pub(super) tuplets: Vec<usize>,
    /// The broken-rhythm signs before and behind it, as indices of tokens.
    pub(super) broken: [Option<usize>; 2],
    /// For a rest of whole bars, how long each is.
    pub(super) bar: Option<Duration>,
}

/// A chord symbol in the text.
#[derive(Clone, Debug)]
pub(super) struct WrittenSymbol {
    /// Its bytes, quotes included.
    pub(super) range: Range<usize>,
    /// The index of the chord it became; `None` if it was left out.
    pub(super) chord: Option<usize>,
}

/// A tuplet in the text with its three numbers, those not written filled in.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenTuplet {
    /// The index of its token.
    pub(super) token: usize,
    /// How many notes.
    pub(super) notes: u8,
    /// In the time of how many.
    pub(super) time: u8,
    /// For how many events.
    pub(super) count: u8,
}
