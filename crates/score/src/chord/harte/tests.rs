use proptest::prelude::*;

use super::{format, parse};
use crate::chord::strategies::{self, chords};
use crate::chord::{ChordProblem, Symbol, text};
use crate::{PitchClass, Quality};

#[test]
fn labels_say_the_same_as_lead_sheet_symbols() {
    for (label, symbol) in [
        ("C", "C"),
        ("C/5", "C/G"),
        ("Bb:hdim7/b5", "Bbm7b5/Fb"),
        ("C:maj(9)", "Cadd9"),
        ("F#:min/b3", "F#m/A"),
        ("Ab:maj/3", "Ab/C"),
        ("D:sus4(b7)", "D7sus4"),
        ("G:7/b7", "G7/F"),
        ("G:maj7/7", "Gmaj7/F#"),
        ("E:7(#9)", "E7#9"),
        ("E:min(7)", "Em(addmaj7)"),
        ("C:7(*5,b5)", "C7b5"),
        ("C:maj(*3)", "Cno3"),
        ("C:aug(b7)", "C7#5"),
        ("C:(1,b3,b5,b7)", "Cm7b5"),
        ("C:(3,5,9)", "Cadd9"),
        ("C:6", "C6"),
        ("C:b9", "C7b9"),
        ("C:11/4", "C11/F"),
        ("N", "N.C."),
    ] {
        let read = parse(label).unwrap_or_else(|problem| panic!("{problem}"));
        let same = match symbol {
            // Only in Harte's spelling.
            "Em(addmaj7)" => text::parse("Em(maj7)"),
            symbol => text::parse(symbol),
        }
        .unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(read.pitch_classes(), same.pitch_classes(), "{label}");
        assert_eq!(read.chord().map(|c| (c.root, c.bass)), same.chord().map(|c| (c.root, c.bass)));
    }
}

#[test]
fn labels_of_annotated_songs_are_written_as_they_were_read() {
    for label in [
        "C:maj",
        "A:min",
        "G:sus2",
        "F:min7",
        "Bb:sus4",
        "C:maj/3",
        "C:maj/5",
        "Eb:maj7",
        "F#:min/b3",
        "C:min/5",
        "A:sus4(b7)",
        "D:min7/b7",
        "F:maj7/7",
        "G:7",
        "C:maj6",
        "B:dim",
        "G:7/b7",
        "B:hdim7",
        "G:7/5",
        "E:aug",
        "F:min6",
        "G#:dim7",
        "A:minmaj7",
        "N",
        "Bb:hdim7/b5",
        "C:maj(9)",
        "C:9",
        "C:7(b9)",
        "Db:min13",
        "C:aug(b7)",
        "E:7(*5,b5)",
        "C:maj(*3)",
        "F:5",
        "F:1",
    ] {
        let symbol = parse(label).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(format(&symbol), label);
    }
}

#[test]
fn qualities_without_shorthand_are_spelled_out() {
    let symbol = text::parse("CGr+6").expect("a chord");
    assert_eq!(format(&symbol), "C:(1,b3,#4,b6)");
    let read = parse("C:(1,b3,#4,b6)").expect("a chord");
    assert_eq!(read.chord().map(|chord| chord.quality), Some(Quality::German));
}

#[test]
fn no_chord_and_an_unknown_chord_are_not_the_same() {
    assert_eq!(parse("N"), Ok(Symbol::NoChord));
    let problem = parse("X").expect_err("no chord").problem;
    assert_eq!(problem, ChordProblem::SaidToBeUnknown);
}

#[test]
fn other_labels_are_refused() {
    for label in [
        "",
        "H:maj",
        "c:min",
        "C:",
        "C:()",
        "C:maj(",
        "C:maj)",
        "C:maj(9",
        "C:foo",
        "C:maj(14)",
        "C:maj(0)",
        "C/H",
        "C/",
        "C/*3",
        "C:maj/3/5",
        "C:maj(bbbbbb7)",
        "G:(bbbbb2)",
        "Eb/bbbbb2",
        "C:maj(####7)",
        "C:maj(99999999999)",
        "Cmaj",
        "C maj",
    ] {
        assert!(parse(label).is_err(), "{label} was read as {:?}", parse(label));
    }
}

#[test]
fn every_quality_with_every_alteration_sounds_the_same_when_read_back() {
    for symbol in strategies::every_single_alteration() {
        let label = format(&symbol);
        let read = parse(&label).unwrap_or_else(|problem| panic!("{problem}"));
        let sounding: Vec<u8> = read.pitch_classes().iter().map(PitchClass::semitones).collect();
        let wanted: Vec<u8> = symbol.pitch_classes().iter().map(PitchClass::semitones).collect();
        assert_eq!(sounding, wanted, "{label} for {}", text::format(&symbol));
    }
}

proptest! {
    #[test]
    fn what_is_written_sounds_the_same_when_read_back(chord in chords()) {
        let symbol = Symbol::Chord(chord.clone());
        let label = format(&symbol);
        let read = parse(&label).map_err(|problem| TestCaseError::fail(problem.to_string()))?;
        prop_assert_eq!(read.pitch_classes(), symbol.pitch_classes(), "{}", label);
        let bass = read.chord().and_then(|read| read.bass);
        prop_assert_eq!((read.chord().map(|c| c.root), bass), (Some(chord.root), chord.bass));
    }

    #[test]
    fn no_text_panics(text in "[A-GNX]?[#b]{0,3}:?[a-z0-9]{0,6}\\(?[*#b0-9,]{0,9}\\)?/?[*b#0-9]{0,5}") {
        let _ = parse(&text);
    }
}
