//! From melody to chords: cells are revealed step by step.
//!
//! Generation follows the metre: bar starts first, then half bars, beats and the rest, each
//! sampled from the model given what is revealed already. Filling greedily, most certain first,
//! makes dull music; sampling finds its way but errs now and then, so several harmonizations are
//! drawn at once and the best is taken.

mod guidance;
mod harmonizer;
mod levels;
mod preferences;
mod rank;
mod reveal;
mod sample;
mod tonic;
mod windows;

pub use guidance::Guidance;
pub use harmonizer::{Harmonization, HarmonizeError, Harmonizer};
pub use preferences::Preferences;
pub use reveal::Generation;
pub use tonic::tonic;
