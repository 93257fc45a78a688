//! The lead-sheet spelling: `Bbm7b5/E`, `F#7(b9,#11)`, `N.C.`.
//!
//! [`parse`] reads what people write (jazz signs, words, the spellings of the Nottingham
//! database, brackets, Unicode accidentals); [`format()`] writes one canonical spelling, and
//! reading that gives the same chord again.
//!
//! A root is an upper-case letter, so words such as "Fine" or "Solo" are refused: no letter
//! of theirs is skipped to make a chord of them. B is always B natural; H is not read.
//!
//! An accidental with a degree (`b9`, `#5`) counts from the major scale and alters the
//! degree if the chord has it, else adds it. The words `add`, `alter` and `no` say plainly
//! what is done, with the degrees of [`Alteration`](crate::Alteration); the canonical
//! spelling falls back to them where a shorter one would read as something else.

mod compose;
mod format;
mod parse;
mod prepare;
#[cfg(test)]
mod tests;

pub use format::{format, suffix};
pub use parse::{parse, parse_chord, parse_suffix};
