use proptest::prelude::*;

use super::{format, parse};
use crate::PitchClass;
use crate::chord::Symbol;
use crate::chord::strategies::{self, chords};

/// The canonical spelling of a symbol and the semitones above C that sound.
fn reading(text: &str) -> (String, Vec<u8>) {
    let symbol = parse(text).unwrap_or_else(|problem| panic!("{problem}"));
    let sounding = symbol.pitch_classes().iter().map(PitchClass::semitones).collect();
    (format(&symbol), sounding)
}

#[test]
fn jazz_spellings_of_one_chord_read_alike() {
    let families: [(&str, &[&str]); 24] = [
        ("C", &["C", "CM", "Cmaj", "Cma", "C major", "(C)", "[C]", " C ", "C *"]),
        ("Cm", &["Cm", "Cmi", "Cmin", "C-", "C minor", "C m"]),
        ("C+", &["C+", "Caug", "C(#5)", "C+5", "Ca", "Caugmented"]),
        ("Cdim", &["Cdim", "Co", "C°", "Cº", "Cd", "Cmb5", "Cm(b5)", "C diminished"]),
        ("C7", &["C7", "C(7)", "C743"]),
        (
            "Cmaj7",
            &["Cmaj7", "CMaj7", "CM7", "Cma7", "Cj7", "CΔ", "CΔ7", "C^7", "C∆", "C7M", "CŒ„Š7"],
        ),
        ("Cm7", &["Cm7", "Cmi7", "Cmin7", "C-7"]),
        ("Cm(maj7)", &["Cm(maj7)", "CmMaj7", "CmM7", "C-Δ7", "C-Δ", "CminMaj7", "Cm#7"]),
        (
            "Cm7b5",
            &["Cm7b5", "Cø", "Cø7", "C-7b5", "Cm7(b5)", "Cm7-5", "Cm7♭5", "Cm7€5", "Ch7", "Chdim7"],
        ),
        ("Cdim7", &["Cdim7", "Co7", "C°7", "Cd7"]),
        ("C7#5", &["C7#5", "C7+", "C+7", "Caug7", "C7+5", "C7(#5)", "C7aug", "C7&5", "Ca7"]),
        ("C6", &["C6", "CM6", "Cmaj6"]),
        ("C6/9", &["C6/9", "C69", "C6(9)", "C6add9", "Cmaj69"]),
        ("Csus4", &["Csus", "Csus4", "C sus"]),
        ("C7sus4", &["C7sus4", "C7sus", "C7(sus4)", "C7 sus", "Csus7", "Csus(7)"]),
        ("C9sus4", &["C9sus4", "C9sus"]),
        ("C7b9", &["C7b9", "C7-9", "C7(b9)", "C7♭9", "C7 (b9)", "C7 b9"]),
        ("C7#9", &["C7#9", "C7+9", "C7(#9)"]),
        ("C7(b9,#11)", &["C7(b9,#11)", "C7b9#11", "C7 b9 #11", "C7[b9 #11]"]),
        ("C7#5#9", &["C7#5#9", "C7(#5,#9)", "C+7#9"]),
        ("Cadd9", &["Cadd9", "C(add9)", "C(9)", "C/9"]),
        ("Cadd2", &["Cadd2", "C2"]),
        ("Cno3", &["Cno3", "Comit3", "C(no3)", "C(omit3)", "C (no 3)"]),
        ("C7alt", &["C7alt", "Calt", "C7 altered"]),
    ];
    for (canonical, spellings) in families {
        for spelling in spellings {
            assert_eq!(reading(spelling).0, canonical, "{spelling}");
        }
    }
}

#[test]
fn what_sounds_is_what_the_symbol_says() {
    for (text, sounding) in [
        ("Cmaj9", vec![0, 2, 4, 7, 11]),
        ("C9#11", vec![0, 2, 4, 6, 7, 10]),
        ("C13b9", vec![0, 1, 4, 5, 7, 9, 10]),
        ("Cmaj7#5", vec![0, 4, 8, 11]),
        ("Cmaj7#11", vec![0, 4, 6, 7, 11]),
        ("C7b5", vec![0, 4, 6, 10]),
        ("C7alt", vec![0, 1, 3, 4, 6, 8, 10]),
        ("Csus2", vec![0, 2, 7]),
        ("C b9", vec![0, 1, 4, 7]),
        ("Csus24", vec![0, 2, 5, 7]),
        ("C5", vec![0, 7]),
        ("Cm7no5", vec![0, 3, 10]),
        ("C+maj7", vec![0, 4, 8, 11]),
        ("Cdimmaj7", vec![0, 3, 6, 11]),
        ("CmM9", vec![0, 2, 3, 7, 11]),
        ("C7b9sus4", vec![0, 1, 5, 7, 10]),
        ("C-6", vec![0, 3, 7, 9]),
        ("C/Bb", vec![0, 4, 7, 10]),
        ("Cdim9", vec![0, 2, 3, 6, 9]),
    ] {
        assert_eq!(reading(text).1, sounding, "{text}");
    }
}

#[test]
fn roots_and_basses_keep_their_spelling() {
    for (text, canonical) in [
        ("F#m7b5/E", "F#m7b5/E"),
        ("B♭/D", "Bb/D"),
        ("D/f+", "D/F#"),
        ("Gm/bb", "Gm/Bb"),
        ("A7/c+", "A7/C#"),
        ("Gd", "Gdim"),
        ("G♯°7", "G#dim7"),
        ("C/c", "C"),
        ("E¨7/G", "Eb7/G"),
        ("A¨º", "Abdim"),
        ("D m", "Dm"),
        ("G **", "G"),
        ("n.c.", "N.C."),
        ("NC", "N.C."),
        ("no chord", "N.C."),
    ] {
        assert_eq!(reading(text).0, canonical, "{text}");
    }
}

#[test]
fn words_are_no_chords() {
    for text in [
        "Fine",
        "Var I",
        "D.C.",
        "D.S.",
        "Solo",
        "A section",
        "Bridge",
        "Coda",
        "Chorus",
        "Break",
        "End",
        "Ending",
        "B part",
        "A 2",
        "Verse",
        "Add",
        "Dad",
        "Da Capo",
        "D.C. al Fine",
        "Bass",
        "Cmaj7 to coda",
        "Em.",
        "H",
        "Hm7",
        "c",
        "am",
        "",
        " ",
        "()",
        "/",
        "G/",
        "G/H",
        "G/B/D",
        "C14",
        "Cb5b5b5b5b5x",
        "Cadd",
        "Cno",
        "Csus4sus2x",
        "C7m",
        "Cmaj5",
        "Cm5",
        "Godot",
        "C77",
        "C99",
        "C66",
        "D Stop",
        "FINE",
        "Fade",
        "Drums",
        "Dolce",
        "Allegro",
        "Andante",
        "** option",
        "C (Em)",
        "to beginning",
    ] {
        assert!(parse(text).is_err(), "{text} was read as {:?}", parse(text));
    }
}

#[test]
fn a_chord_has_only_so_many_degrees() {
    assert!(parse(&format!("C7({})", ["#9"; 12].join(","))).is_ok());
    assert!(parse(&format!("C7({})", ["#9"; 13].join(","))).is_err());
    assert!(parse(&format!("C7{}", "#9".repeat(100))).is_err());
    // Counted from the augmented fifth, this one is lowered by five semitones.
    assert!(parse("G+(b5,bbbb5)").is_err());
}

#[test]
fn an_error_names_the_text_and_what_is_wrong() {
    let message = |text| parse(text).expect_err("no chord").to_string();
    assert_eq!(message("Fine"), "“Fine” is no chord symbol: “ine” is no chord quality");
    assert_eq!(message("H7"), "“H7” is no chord symbol: it does not begin with a root from A to G");
    assert_eq!(message("C/x"), "“C/x” is no chord symbol: “x” is no bass note");
}

/// Every quality with every single alteration, and no alteration.
#[test]
fn every_quality_with_every_alteration_reads_back() {
    for symbol in strategies::every_single_alteration() {
        let text = format(&symbol);
        assert_eq!(parse(&text).as_ref(), Ok(&symbol), "{text}");
    }
}

proptest! {
    #[test]
    fn the_canonical_spelling_reads_back(chord in chords()) {
        let symbol = Symbol::Chord(chord);
        let text = format(&symbol);
        prop_assert_eq!(parse(&text), Ok(symbol), "{}", text);
    }

    #[test]
    fn no_text_panics(text in ".{0,100}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_chord_like_text_panics(text in "[A-G][#b♭]?[majinsudo0-9()+#b/,♯Δø-]{0,20}") {
        let _ = parse(&text);
    }
}
