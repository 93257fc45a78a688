#![no_main]
//! Cantus's own JSON.

use libfuzzer_sys::fuzz_target;
use score::formats::json;
use score_fuzz::examine;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(reading) = json::read(bytes) {
        examine(&reading.sheet);
    }
});
