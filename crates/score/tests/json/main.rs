//! Cantus's own JSON: written, described by its schema, and read back.

mod schema;

use proptest::prelude::*;
use score::formats::json;
use score::{
    Alteration, AlterationKind, Bar, Chord, ChordEvent, Duration, Key, LeadSheet, Meter, Mode,
    Note, Pitch, PitchName, Position, Quality, RepeatMarks, Step, Symbol, Timed,
};

const SCHEMA: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/lead-sheet.schema.json"));

/// A sheet with something in every field.
fn sheet() -> LeadSheet {
    let bar = |written: usize, start, length, repeats| Bar {
        start: Position::quarters(start),
        length: Duration::quarters(length),
        number: written.to_string(),
        written,
        repeats,
    };
    let note = |onset: (i64, i64), length: (i64, i64), name, octave| Note {
        onset: Position::new(onset.0, onset.1).expect("in range"),
        duration: Duration::new(length.0, length.1).expect("in range"),
        pitch: Pitch { name, octave },
    };
    let begin = RepeatMarks { start: true, segno: true, ..RepeatMarks::default() };
    let end = RepeatMarks {
        end: Some(2),
        endings: vec![1, 2],
        fine: true,
        dal_segno: true,
        ..RepeatMarks::default()
    };
    let altered = Alteration { kind: AlterationKind::Add, degree: 9, alter: -1 };
    let chord = Chord {
        root: PitchName::new(Step::B, -1),
        quality: Quality::Dominant,
        alterations: vec![altered],
        bass: Some(PitchName::new(Step::A, -1)),
    };
    LeadSheet {
        title: Some("Über \"alles\" \\ und\nNeues".into()),
        composer: Some("Nobody".into()),
        rights: Some("CC0".into()),
        tempo: Some(92.5),
        meters: vec![Timed { at: Position::ZERO, value: Meter::new(3, 4).expect("valid") }],
        keys: vec![Timed { at: Position::ZERO, value: Key { fifths: -3, mode: Mode::Dorian } }],
        bars: vec![bar(0, 0, 1, begin), bar(1, 1, 3, end), bar(1, 4, 3, RepeatMarks::default())],
        notes: vec![
            note((0, 1), (1, 3), PitchName::new(Step::E, -1), 4),
            note((1, 3), (2, 3), PitchName::new(Step::F, 0), 4),
            note((1, 1), (6, 1), PitchName::new(Step::G, 1), -1),
        ],
        chords: vec![
            ChordEvent { onset: Position::ZERO, symbol: Symbol::NoChord, written: None },
            ChordEvent {
                onset: Position::quarters(1),
                symbol: Symbol::Chord(chord),
                written: Some("B♭7♭9/A♭".into()),
            },
        ],
    }
}

fn written(sheet: &LeadSheet) -> String {
    String::from_utf8(json::write(sheet).expect("written")).expect("UTF-8")
}

/// What the schema finds wrong with `json`.
fn errors(json: &str) -> Vec<String> {
    let root = serde_json::from_str(SCHEMA).expect("JSON");
    let value = serde_json::from_str(json).expect("JSON");
    schema::errors(&root, &root, &value, "")
}

fn refused(json: &str) -> String {
    json::read(json.as_bytes()).expect_err("refused").to_string()
}

#[test]
fn the_layout_stays_as_it_is() {
    insta::assert_snapshot!(written(&sheet()));
}

#[test]
fn everything_reads_back() {
    let reading = json::read(written(&sheet()).as_bytes()).expect("read");
    assert_eq!((reading.sheet, reading.warnings), (sheet(), vec![]));
}

#[test]
fn what_is_written_is_what_the_schema_describes() {
    assert_eq!(errors(&written(&sheet())), Vec::<String>::new());
}

#[test]
fn the_schema_knows_every_quality_and_mode() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("JSON");
    let listed = |pointer: &str| schema.pointer(pointer).cloned().expect("in the schema");
    let qualities = serde_json::to_value(Quality::ALL).expect("JSON");
    assert_eq!(listed("/$defs/chord/properties/quality/enum"), qualities);
    let modes = serde_json::to_value(Mode::ALL).expect("JSON");
    assert_eq!(listed("/properties/keys/items/properties/mode/enum"), modes);
}

/// What the schema and the reader both refuse, and what of the reader's answer says why.
#[test]
fn what_the_schema_refuses_the_reader_refuses() {
    let whole = written(&sheet());
    for (from, to, problem) in [
        ("cantus-lead-sheet", "cantus", "does not say that its format is"),
        ("\"version\": 1", "\"version\": 2", "its version is 2, and versions up to 1 are read"),
        ("\"version\": 1", "\"version\": 0", "its version is 0"),
        ("\"title\"", "\"titel\"", "unknown field `titel`"),
        ("\"1/3\"", "\"1/0\"", "\"1/0\" is no time"),
        ("\"1/3\"", "\"-1/3\"", "\"-1/3\" is no time"),
        ("\"1/3\"", "\"0.333\"", "\"0.333\" is no time"),
        ("\"1/3\"", "0.333", "expected a string"),
        ("\"numerator\": 3", "\"numerator\": 0", "0/4 is no time signature"),
        ("\"tempo\": 92.5", "\"tempo\": -1", "the tempo is no positive number"),
        ("\"fifths\": -3", "\"fifths\": 99", "keys[0] is out of range"),
        ("\"octave\": -1", "\"octave\": 100", "notes[2] is out of range"),
        ("\"alter\": -1", "\"alter\": -9", "notes[0] is out of range"),
        ("\"degree\": 9", "\"degree\": 14", "chords[1] is out of range"),
        ("\"quality\": \"dominant\"", "\"quality\": \"sweet\"", "unknown variant `sweet`"),
        ("\"meters\"", "\"metres\"", "unknown field `metres`"),
    ] {
        assert!(whole.contains(from), "{from}");
        let changed = whole.replacen(from, to, 1);
        // The patterns of times are not checked here, but by `tests/schema/check_json.py`.
        let is_time = from.contains("1/3") && to.contains('"');
        assert!(is_time || !errors(&changed).is_empty(), "the schema accepts {to}");
        let error = refused(&changed);
        assert!(error.contains(problem), "{to}: {error}");
        assert!(error.contains("; "), "no way out: {error}");
    }
}

#[test]
fn promises_that_no_schema_can_state_are_checked() {
    let whole = written(&sheet());
    let gap = whole.replacen("\"start\": \"4\"", "\"start\": \"5\"", 1);
    assert!(refused(&gap).contains("bar 2 (from 0) does not start where the one before it ends"));
    let overlap = whole.replacen("\"duration\": \"2/3\"", "\"duration\": \"3/4\"", 1);
    assert!(refused(&overlap).contains("note 1 (from 0) overlaps"));
    let mut broken = sheet();
    broken.notes.swap(0, 1);
    assert!(json::write(&broken).is_err());
}

#[test]
fn a_hand_written_symbol_counts_where_there_is_no_structure() {
    let minimal = |chord: &str| {
        format!(
            r#"{{"format": "cantus-lead-sheet", "version": 1,
                "meters": [{{"at": "0", "numerator": 4, "denominator": 4}}],
                "bars": [{{"start": "0", "length": "4"}}], "chords": [{chord}]}}"#
        )
    };
    let plain = json::read(minimal(r#"{"onset": "1/2", "symbol": "Bbm7"}"#).as_bytes());
    let sheet = plain.expect("read").sheet;
    let expected = Chord::new(PitchName::new(Step::B, -1), Quality::MinorSeventh);
    assert_eq!(sheet.chords[0].symbol, Symbol::Chord(expected));

    let error = refused(&minimal(r#"{"onset": "1/2", "symbol": "Hm"}"#));
    assert!(error.contains("the chord at 1/2 has no structure"), "{error}");

    let both = r#"{"onset": "0", "symbol": "C", "chord":
        {"root": {"step": "D", "alter": 0}, "quality": "minor"}}"#;
    let reading = json::read(minimal(both).as_bytes()).expect("read");
    assert_eq!(reading.warnings.len(), 1);
    assert!(reading.warnings[0].message.ends_with("read as Dm"), "{:?}", reading.warnings);
}

proptest! {
    #[test]
    fn no_byte_string_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = json::read(&bytes);
    }

    #[test]
    fn no_damage_breaks_what_a_lead_sheet_promises(
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"0123456789-/\"{}[],:eNC#b".to_vec()),
    ) {
        let mut bytes = written(&sheet()).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(reading) = json::read(&bytes) {
            prop_assert_eq!(reading.sheet.check(), Ok(()));
            let again = json::write(&reading.sheet).expect("written");
            prop_assert_eq!(json::read(&again).expect("read").sheet, reading.sheet);
        }
    }
}
