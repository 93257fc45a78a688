use proptest::prelude::*;

use super::{HarmonyParts, MinorForm, function_root, numeral_root, read, write};
use crate::chord::strategies::{self, chords};
use crate::chord::{Quality, Symbol, text};
use crate::{Alteration, AlterationKind, Key, Mode, PitchName, Step};

const C: PitchName = PitchName::new(Step::C, 0);

fn degree(kind: AlterationKind, degree: u8, alter: i8) -> Alteration {
    Alteration { kind, degree, alter }
}

/// The lead-sheet spelling of a kind on C, with its text and degrees.
fn symbol(kind: &str, kind_text: Option<&str>, degrees: &[Alteration]) -> Option<String> {
    let parts = HarmonyParts {
        root: Some(C),
        kind: kind.to_owned(),
        kind_text: kind_text.map(str::to_owned),
        degrees: degrees.to_vec(),
        ..HarmonyParts::default()
    };
    read(&parts).ok().map(|symbol| text::format(&symbol))
}

#[test]
fn every_kind_of_the_standard_is_read_and_written() {
    for (kind, quality) in super::KINDS {
        let parts =
            HarmonyParts { root: Some(C), kind: kind.to_owned(), ..HarmonyParts::default() };
        let read = read(&parts).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(read.chord().map(|chord| chord.quality), Some(quality));
        assert_eq!(write(&read).kind, kind);
    }
    for quality in Quality::ALL {
        assert!(super::KINDS.iter().any(|(_, named)| named == quality), "{quality:?} has no kind");
    }
}

#[test]
fn kinds_outside_the_standard_are_understood() {
    use AlterationKind::{Add, Alter};
    let flat_nine = degree(Add, 9, -1);
    for (kind, printed, degrees, wanted) in [
        ("min7", None, vec![], Some("Cm7")),
        ("maj7", None, vec![], Some("Cmaj7")),
        ("7", None, vec![], Some("C7")),
        ("m7b5", None, vec![], Some("Cm7b5")),
        ("maj69", Some("69"), vec![], Some("C6/9")),
        ("augmented-ninth", Some("9+"), vec![], Some("C+9")),
        ("minor-major", Some("mMaj7"), vec![], Some("Cm(maj7)")),
        ("Major Seventh", None, vec![], Some("Cmaj7")),
        ("minor_seventh", None, vec![], Some("Cm7")),
        ("", None, vec![], Some("C")),
        ("", Some("m7"), vec![], Some("Cm7")),
        ("", Some("7b9"), vec![flat_nine], Some("C7b9")),
        ("", Some("7"), vec![flat_nine], Some("C7b9")),
        ("", Some("#5"), vec![], Some("C+")),
        ("other", Some("7alt"), vec![], Some("C7alt")),
        ("other", None, vec![degree(Add, 4, 0)], Some("Cpedal(add4)")),
        ("none", None, vec![], Some("N.C.")),
        ("", Some("N.C."), vec![], Some("N.C.")),
        ("suspended-fourth", Some("7sus"), vec![degree(Add, 7, 0)], Some("C7sus4")),
        ("dominant", Some("7b5"), vec![degree(Alter, 5, -1)], Some("C7b5")),
        ("other", None, vec![], None),
        ("", Some("Solo"), vec![], None),
        ("quux", None, vec![], None),
    ] {
        assert_eq!(symbol(kind, printed, &degrees).as_deref(), wanted, "{kind} {printed:?}");
    }
}

#[test]
fn a_chord_without_a_root_is_refused_unless_it_is_none() {
    let parts = HarmonyParts { kind: "major".to_owned(), ..HarmonyParts::default() };
    assert!(read(&parts).is_err());
    assert_eq!(read(&write(&Symbol::NoChord)), Ok(Symbol::NoChord));
}

#[test]
fn degrees_that_no_chord_has_are_refused() {
    use AlterationKind::Add;
    assert!(symbol("dominant", None, &[degree(Add, 13, -4)]).is_some());
    for strange in [degree(Add, 14, 0), degree(Add, 0, 0), degree(Add, 9, 5)] {
        assert_eq!(symbol("dominant", None, &[strange]), None);
    }
    assert_eq!(symbol("dominant", None, &[degree(Add, 9, 0); 13]), None);
}

#[test]
fn an_inversion_puts_a_chord_tone_into_the_bass() {
    for (kind, inversion, wanted) in [
        ("minor", 1, "Cm/Eb"),
        ("dominant", 3, "C7/Bb"),
        ("half-diminished", 2, "Cm7b5/Gb"),
        ("major", 0, "C"),
        ("major", 7, "C"),
    ] {
        let parts = HarmonyParts {
            root: Some(C),
            kind: kind.to_owned(),
            inversion: Some(inversion),
            ..HarmonyParts::default()
        };
        let read = read(&parts).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(text::format(&read), wanted);
    }
}

#[test]
fn numerals_find_their_root_in_the_key() {
    let minor = Key { fifths: 0, mode: Mode::Minor };
    let flats = Key { fifths: -3, mode: Mode::Major };
    let numeral = |numeral, alter, key, form| {
        numeral_root(numeral, alter, key, form).map(|name| name.to_string())
    };
    assert_eq!(numeral(4, 0, flats, MinorForm::Natural).as_deref(), Some("Ab"));
    assert_eq!(numeral(7, 0, minor, MinorForm::Natural).as_deref(), Some("G"));
    assert_eq!(numeral(7, 0, minor, MinorForm::Harmonic).as_deref(), Some("G#"));
    assert_eq!(numeral(6, 0, minor, MinorForm::Melodic).as_deref(), Some("F#"));
    assert_eq!(numeral(2, -1, flats, MinorForm::Natural).as_deref(), Some("Fb"));
    assert_eq!(numeral(0, 0, flats, MinorForm::Natural), None);
    assert_eq!(numeral(8, 0, flats, MinorForm::Natural), None);
}

#[test]
fn functions_find_their_root_in_the_key() {
    let major = Key::C_MAJOR;
    for (function, root) in [
        ("I", Some("C")),
        ("bVII", Some("Bb")),
        ("V/V", Some("D")),
        ("viio7/ii", Some("C#")),
        ("V7", Some("G")),
        ("♯iv", Some("F#")),
        ("", None),
        ("X", None),
        ("V/", None),
        ("IIII", None),
        ("######I", None),
    ] {
        let read = function_root(function, major).map(|name| name.to_string());
        assert_eq!(read.as_deref(), root, "{function}");
    }
}

#[test]
fn every_quality_with_every_alteration_reads_back() {
    for symbol in strategies::every_single_alteration() {
        assert_eq!(read(&write(&symbol)).as_ref(), Ok(&symbol));
    }
}

proptest! {
    #[test]
    fn a_written_chord_reads_back(chord in chords()) {
        let symbol = Symbol::Chord(chord);
        prop_assert_eq!(read(&write(&symbol)), Ok(symbol));
    }

    #[test]
    fn no_parts_panic(
        kind in ".{0,30}",
        kind_text in prop::option::of(".{0,30}"),
        inversion in prop::option::of(any::<u8>()),
        degrees in prop::collection::vec((any::<u8>(), any::<i8>()), 0..5),
    ) {
        let degrees = degrees.into_iter().map(|(d, a)| degree(AlterationKind::Alter, d, a)).collect();
        let parts = HarmonyParts { root: Some(C), kind, kind_text, degrees, bass: None, inversion };
        if let Ok(symbol) = read(&parts) {
            let _ = (symbol.pitch_classes(), text::format(&symbol), write(&symbol));
        }
    }

    #[test]
    fn no_function_panics(function in "[#b♯♭IVivXo7/ ]{0,12}", fifths in -14..=14i8) {
        let _ = function_root(&function, Key { fifths, mode: Mode::Minor });
    }
}
