//! What the writer puts into the file.

use score::formats::midi;
use score::{LeadSheet, Pitch, PitchName, Position, Step, Timed};

use crate::dump::dump;
use crate::sheets::{bars, changing, duration, melody, meter, waltz};

#[test]
fn a_pickup_gets_its_own_time_signature_and_no_chord_is_silence() {
    insta::assert_snapshot!(dump(&midi::write(&waltz()).expect("written")));
}

#[test]
fn metre_and_key_changes_and_fine_subdivisions_are_exact() {
    insta::assert_snapshot!(dump(&midi::write(&changing()).expect("written")));
}

#[test]
fn times_that_fit_no_resolution_are_rounded_but_bar_lines_are_kept() {
    let sheet = LeadSheet {
        meters: vec![Timed { at: Position::ZERO, value: meter(3, 8) }],
        bars: bars(&[duration(3, 2), duration(3, 2)]),
        notes: melody(0, &[(60, 1, 1024), (62, 1, 27), (64, 1, 25), (65, 1, 7), (67, 1, 1)]),
        ..LeadSheet::default()
    };
    let text = dump(&midi::write(&sheet).expect("written"));
    assert!(text.starts_with("Parallel, 10080 ticks a quarter"), "{text}");
    assert!(text.contains(" 30240 Meta(EndOfTrack)"), "{text}");
    assert_eq!(text.matches(" on ").count(), 5);
}

#[test]
fn what_midi_cannot_hold_is_refused_with_a_way_out() {
    let high = Pitch { name: PitchName::new(Step::C, 0), octave: 12 };
    let mut sheet = waltz();
    sheet.notes[0].pitch = high;
    let error = midi::write(&sheet).expect_err("too high").to_string();
    assert_eq!(
        error,
        "the pitch C12 is outside the 128 MIDI keys; transpose the melody by octaves"
    );
    for tempo in [0.0, -3.0, f64::NAN, f64::INFINITY, 1.0] {
        let sheet = LeadSheet { tempo: Some(tempo), ..waltz() };
        assert!(midi::write(&sheet).is_err(), "{tempo}");
    }
}

#[test]
fn an_empty_sheet_is_a_valid_file() {
    let text = dump(&midi::write(&LeadSheet::default()).expect("written"));
    assert_eq!(text.matches("EndOfTrack").count(), 3);
}
