#![no_main]
//! Chord symbols in the lead-sheet and in Harte's spelling.

use libfuzzer_sys::fuzz_target;
use score::chord::{harte, text};

fuzz_target!(|written: &str| {
    for symbol in [text::parse(written), harte::parse(written)].into_iter().flatten() {
        let _ = symbol.pitch_classes();
        assert_eq!(text::parse(&text::format(&symbol)).as_ref(), Ok(&symbol));
        let label = harte::format(&symbol);
        let again = harte::parse(&label).expect("Harte's spelling reads back");
        assert_eq!(again.pitch_classes(), symbol.pitch_classes(), "{label}");
    }
});
