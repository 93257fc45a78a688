//! What a model must beat: counted on the training songs, and asked the same questions.

mod hidden_markov;
mod hold;
mod tables;

use std::collections::HashMap;

use grid::Token;
use grid::corpus::PieceKey;

pub use hidden_markov::HiddenMarkov;
pub use hold::HoldLeft;
pub use tables::{KeyChord, MelodyChord};

use crate::songs::SongSet;
use crate::validation::Answerer;

/// Every baseline with its name, counted on the training songs.
pub fn all(songs: &SongSet<'_>) -> Vec<(&'static str, Box<dyn Answerer>)> {
    vec![
        ("most frequent chord of the key", Box::new(KeyChord::count(songs))),
        ("chord by melody pitch classes", Box::new(MelodyChord::count(songs))),
        ("hold the chord to the left", Box::new(HoldLeft::count(songs))),
        ("hidden Markov model", Box::new(HiddenMarkov::count(songs))),
    ]
}

/// How often each token was seen, relative to a tonic of C.
#[derive(Clone, Debug, Default)]
struct Counts {
    tokens: HashMap<Token, u32>,
    total: u32,
}

impl Counts {
    fn add(&mut self, token: Token) {
        *self.tokens.entry(token).or_default() += 1;
        self.total += 1;
    }

    /// The most frequent token, the smallest of several.
    fn best(&self) -> Option<Token> {
        let by_count = |(token, count): &(&Token, &u32)| (**count, std::cmp::Reverse(**token));
        self.tokens.iter().max_by_key(by_count).map(|(token, _)| *token)
    }

    /// Probability of a token: its share, with `prior` counting like [`PRIOR`] observations.
    fn probability(&self, token: Token, prior: f64) -> f64 {
        let seen = f64::from(self.tokens.get(&token).copied().unwrap_or(0));
        (seen + PRIOR * prior) / (f64::from(self.total) + PRIOR)
    }
}

/// Observations that a less specific table counts for.
const PRIOR: f64 = 5.0;

/// Tonic and mode that are assumed where a file names none: C major.
fn tonic_and_mode(key: Option<PieceKey>) -> (i32, bool) {
    key.map_or((0, false), |key| (i32::from(key.tonic), key.minor))
}
