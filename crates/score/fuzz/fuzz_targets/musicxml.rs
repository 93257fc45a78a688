#![no_main]
//! MusicXML documents, and chords written into them.

use libfuzzer_sys::fuzz_target;
use score::formats::{Existing, ReadOptions, musicxml};
use score_fuzz::{chord_in_every_bar, examine, examine_written};

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions::default();
    let Ok(reading) = musicxml::read(bytes, &options) else { return };
    let sheet = reading.sheet;
    examine(&sheet);
    let chords = chord_in_every_bar(&sheet);
    let written = musicxml::write_into(bytes, &options, &chords, Existing::Replace);
    let again = musicxml::read(&written.expect("written"), &options).expect("readable").sheet;
    examine_written(&again, &sheet.notes, &chords);
});
