//! MIDI files, written and read.

mod corpus;
mod dump;
mod properties;
mod reading;
mod sheets;
mod writing;
