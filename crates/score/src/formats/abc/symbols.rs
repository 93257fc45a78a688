//! Chord symbols between quotes.

use crate::Symbol;
use crate::chord::text;

/// The chord that a quoted text names, with a remark where only part of it was read.
pub(super) fn symbol(text: &str) -> Option<(Symbol, Option<String>)> {
    if let Ok(symbol) = text::parse(text) {
        return Some((symbol, None));
    }
    // A second chord in brackets is an alternative: `Em (A)`.
    let (first, alternative) = text.split_once('(')?;
    let symbol = text::parse(first.trim()).ok()?;
    text::parse(alternative.trim_end_matches([')', ' '])).ok()?;
    let remark = format!("of \"{text}\" the first chord is read, the alternative left out");
    Some((symbol, Some(remark)))
}
