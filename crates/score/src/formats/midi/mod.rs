//! Standard MIDI files: a melody track and a track of block chords.
//!
//! MIDI knows ticks and keys, not bars and spellings: the writer puts down what a player
//! program needs to show the same bars, and the reader finds bars, grid and chords again.

mod chords;
pub(super) mod melody;
mod phase;
pub(super) mod quantise;
mod read;
mod seconds;
mod ticks;
mod timeline;
pub(super) mod tracks;
mod voicing;
mod write;

pub use read::read;
pub use write::write;

/// The name of the track that holds the melody.
const MELODY: &str = "MELODY";

/// The name of the track that holds the block chords.
const CHORDS: &str = "CHORDS";

/// What precedes the composer's name in the text event that keeps it.
const COMPOSER: &str = "Composer: ";
