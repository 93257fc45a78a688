//! The published reference code's own evaluation, habits included.
//!
//! That code reads MIDI twice: once into seconds (chord events, half bars, intervals) and
//! once into notation (places in the bar). Both readings have habits that decide numbers,
//! so both are rebuilt here:
//!
//! - A chord event is a group of chord-track notes that start within 0.05 seconds; its
//!   pitch classes are a set, equal neighbours are not merged, every entropy adds 10⁻⁶ inside
//!   the logarithm, and what is not defined is zero. Intervals are counted in steps of 0.05
//!   **seconds**, so that they depend on the tempo.
//! - A half bar ends midway to the next downbeat, and downbeats are summed beat by beat in
//!   floating point: where the tempo is no finite binary fraction of a
//!   second, a downbeat can fall just before the chord that stands on it, and the half bar
//!   then holds the chord *before*. The last half bar ends midway to the end of the file.
//! - Places in the bar come from notation: onsets rounded to quarters and thirds of a quarter
//!   note, bars of the first time signature throughout. For HRHE_o and HRC_o a bar whose chord
//!   notes are parted into voices counts for nothing; for CBS every change of the sounding
//!   notes, also where one of them ends, is a chord of its own.

mod beats;
mod measures;
mod midi;
mod notation;
mod performance;

pub use midi::ReferenceError;
pub use performance::{Performance, TickNote};
