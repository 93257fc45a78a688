#![no_main]
//! Hooktheory annotations.

use libfuzzer_sys::fuzz_target;
use score::formats::hooktheory;
use score_fuzz::examine;

fuzz_target!(|bytes: &[u8]| {
    for song in hooktheory::read(bytes).into_iter().flatten() {
        if let Ok(reading) = song.reading {
            examine(&reading.sheet);
        }
    }
});
