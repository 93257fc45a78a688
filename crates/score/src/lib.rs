//! Lead sheets: pitch, chord, key, metre, and the file formats that hold them.
//!
//! A [`LeadSheet`] is a melody with chord symbols **as it is written**: each written bar
//! once, with its repeat marks. What is heard, repeats played out, is derived by
//! [`LeadSheet::unfolded`], which remembers where each bar came from. Readers take bytes
//! and return a [`Reading`]: a lead sheet and the warnings that go with it.

mod check;
pub mod chord;
pub mod formats;
mod key;
pub mod key_finding;
mod lead_sheet;
mod meter;
mod pitch;
mod reading;
mod time;
mod unfold;

pub use check::BrokenInvariant;
pub use chord::{Alteration, AlterationKind, Chord, Quality, Symbol};
pub use key::{Key, Mode};
pub use lead_sheet::{Bar, ChordEvent, LeadSheet, Note, RepeatMarks, Timed};
pub use meter::{InvalidMeter, Meter};
pub use pitch::{Pitch, PitchClass, PitchClassSet, PitchName, Step};
pub use reading::{Place, ReadError, Reading, Warning};
pub use time::{Duration, Position};
