#![no_main]
//! ABC tunebooks: every tune that is read, and chords written into it.

use libfuzzer_sys::fuzz_target;
use score::formats::{Existing, ReadOptions, abc};
use score_fuzz::{chord_in_every_bar, examine, examine_written};

fuzz_target!(|bytes: &[u8]| {
    let Ok(tunes) = abc::read(bytes, &ReadOptions::default()) else { return };
    for tune in &tunes {
        if let Ok(reading) = &tune.reading {
            examine(&reading.sheet);
        }
    }
    // Which of several tunes with one number chords go into is not said.
    let [tune] = tunes.as_slice() else { return };
    let Ok(reading) = &tune.reading else { return };
    let chords = chord_in_every_bar(&reading.sheet);
    let options = ReadOptions { tune: Some(tune.number), ..ReadOptions::default() };
    if let Ok(written) = abc::write_into(bytes, &options, &chords, Existing::Replace) {
        let again = abc::read(&written, &options).expect("readable").remove(0);
        let again = again.reading.expect("readable").sheet;
        examine_written(&again, &reading.sheet.notes, &chords);
    }
});
