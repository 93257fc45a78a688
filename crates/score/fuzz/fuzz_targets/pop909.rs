#![no_main]
//! The files of a POP909 folder: beats, chords and keys, each ended by a zero byte, then MIDI.

use libfuzzer_sys::fuzz_target;
use score::formats::pop909::{self, Contents};
use score_fuzz::examine;

fuzz_target!(|bytes: &[u8]| {
    let parts: Vec<&[u8]> = bytes.splitn(4, |byte| *byte == 0).collect();
    let [beats, chords, keys, midi] = parts.as_slice() else { return };
    let text = |part| std::str::from_utf8(part).unwrap_or_default();
    let contents = Contents { midi, beats: text(beats), chords: text(chords), keys: text(keys) };
    if let Ok(reading) = pop909::read(contents) {
        examine(&reading.sheet);
    }
});
