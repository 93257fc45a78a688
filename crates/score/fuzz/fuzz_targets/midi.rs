#![no_main]
//! MIDI files.

use libfuzzer_sys::fuzz_target;
use score::formats::{ReadOptions, midi};
use score_fuzz::examine;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(reading) = midi::read(bytes, &ReadOptions::default()) {
        examine(&reading.sheet);
    }
});
