#![no_main]
//! Files of any format under any name.

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use score::formats::{Document, Existing, ReadOptions};
use score_fuzz::{chord_in_every_bar, examine};

const NAMES: [&str; 8] =
    ["", "a.musicxml", "a.mxl", "a.abc", "a.mid", "a.json", "a.txt", "Übung 一.xml"];

fuzz_target!(|bytes: &[u8]| {
    // The last byte names the file as well: the names of seeds are theirs, whatever they hold.
    let Some(last) = bytes.last() else { return };
    let Some(name) = NAMES.get(usize::from(last % 8)) else { return };
    let options = ReadOptions::default();
    let Ok(document) = Document::read(bytes.to_vec(), Path::new(name), &options) else { return };
    for song in document.songs() {
        if let Ok(reading) = &song.reading {
            examine(&reading.sheet);
        }
    }
    let Some(reading) = document.first().ok().and_then(|song| song.reading.as_ref().ok()) else {
        return;
    };
    let chords = chord_in_every_bar(&reading.sheet);
    for existing in [Existing::Keep, Existing::Replace] {
        if let Ok(written) = document.with_chords(&chords, existing, document.format()) {
            Document::read(written, Path::new(""), &options).expect("readable");
        }
    }
});
