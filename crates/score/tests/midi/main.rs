//! MIDI files, written and read.

mod dump;
mod properties;
mod reading;
mod sheets;
mod writing;
