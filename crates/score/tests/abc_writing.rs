//! What the ABC writers make of a lead sheet, and that nothing is lost on the way.

use std::path::Path;

use proptest::prelude::*;
use score::formats::{Existing, ReadOptions, abc};
use score::{ChordEvent, Duration, LeadSheet, Position, Symbol};

const SONGBOOK: &[u8] = include_bytes!("fixtures/abc/songbook.abc");

fn sheet(file: &[u8]) -> LeadSheet {
    let tunes = abc::read(file, &ReadOptions::default());
    let mut tunes = tunes.unwrap_or_else(|error| panic!("{error}"));
    tunes.remove(0).reading.unwrap_or_else(|error| panic!("{error}")).sheet
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

fn chord(at: (i64, i64), text: &str) -> ChordEvent {
    let onset = Position::new(at.0, at.1).expect("in range");
    let symbol = score::chord::text::parse(text).expect("a chord symbol");
    ChordEvent { onset, symbol, written: None }
}

/// The music of `body` with `chords` written in.
fn with_chords(body: &str, chords: &[ChordEvent]) -> String {
    let head = "X:1\nM:4/4\nL:1/8\nK:C\n";
    let file = format!("{head}{body}");
    let options = ReadOptions::default();
    let written = abc::write_into(file.as_bytes(), &options, chords, Existing::Replace);
    let written = text(written.unwrap_or_else(|error| panic!("{body}: {error}")));
    written.strip_prefix(head).expect("the same header").to_owned()
}

fn symbols(sheet: &LeadSheet) -> Vec<(Position, Symbol)> {
    sheet.chords.iter().map(|chord| (chord.onset, chord.symbol.clone())).collect()
}

#[test]
fn a_fresh_tune_says_everything_the_lead_sheet_does() {
    let written = abc::write(&sheet(SONGBOOK)).expect("written");
    insta::assert_snapshot!(text(written));
}

#[test]
fn titles_that_begin_like_a_bar_line_stay_titles() {
    let mut sheet = sheet(b"X:1\nK:C\nC|]");
    for title in ["| c3BA", ":| again", "|"] {
        sheet.title = Some(title.to_owned());
        sheet.composer = Some(title.to_owned());
        let again = self::sheet(&abc::write(&sheet).expect("written"));
        assert_eq!(again.notes, sheet.notes, "{title}");
        assert_eq!((again.title.as_deref(), again.composer.as_deref()), (Some(title), Some(title)));
    }
}

#[test]
fn a_fresh_tune_has_a_full_header() {
    let mut sheet = sheet(b"X:1\nM:6/8\nL:1/8\nK:F#m\n\"F#m\"f3-f2e|dcBA3|]");
    sheet.title = Some("100% \\ Café\nnext line".to_owned());
    sheet.composer = Some("Anon.".to_owned());
    sheet.rights = Some("CC0".to_owned());
    sheet.tempo = Some(92.345);
    let written = abc::write(&sheet).expect("written");
    insta::assert_snapshot!(text(written.clone()));
    let again = self::sheet(&written);
    assert_eq!(again.title.as_deref(), Some("100% \\ Café next line"));
    assert_eq!((again.composer, again.rights), (sheet.composer, sheet.rights));
    assert_eq!(again.tempo, Some(92.35));
}

#[test]
fn lengths_that_no_note_head_has_are_tied() {
    let mut sheet = sheet(b"X:1\nM:4/4\nL:1/8\nK:C\nC5 D3|E8-|E7F|G3A5|]");
    sheet.chords = vec![chord((1, 1), "G7"), chord((5, 1), "C")];
    let written = text(abc::write(&sheet).expect("written"));
    let music = "C2- \"G7\"C3 D3 | E2- \"C\"E6- | E6- EF | G3 A3- A2 |]\n";
    assert!(written.ends_with(music), "{written}");
    let again = self::sheet(written.as_bytes());
    assert_eq!((&again.notes, symbols(&again)), (&sheet.notes, symbols(&sheet)));
}

#[test]
fn tuplets_are_written_as_tuplets() {
    let source = b"X:1\nM:4/4\nL:1/8\nK:C\n(3ABc (3:2:2A2B (5:4:5A/B/c/d/e/ (3A2B2c2|(3zAB-B6|(3A4B4c4|A6-(3ABc|]";
    let sheet = sheet(source);
    let written = text(abc::write(&sheet).expect("written"));
    let music =
        "(3ABc (3:2:2A2B (5:4:5A/2B/2c/2d/2e/2 (3A2B2c2 | (3z AB- B6 | (3A4B4c4 | A6- (3ABc |]\n";
    assert!(written.ends_with(music), "{written}");
    assert_eq!(self::sheet(written.as_bytes()).notes, sheet.notes);
}

#[test]
fn what_cannot_be_written_is_said() {
    let silent = LeadSheet::default();
    assert_eq!(
        abc::write(&silent).expect_err("no melody").to_string(),
        "there is no melody to write; write a score with notes"
    );
    let mut low = sheet(SONGBOOK);
    low.notes[0].pitch.octave = -5;
    assert!(abc::write(&low).is_err());
    let mut outside = sheet(SONGBOOK);
    outside.bars.truncate(1);
    assert!(abc::write(&outside).is_err());
}

#[test]
fn chords_go_before_the_note_they_begin_with() {
    assert_eq!(
        with_chords(
            "|:C2 (DE) ~F4|z4 [CE]4:|\n",
            &[chord((0, 1), "C"), chord((2, 1), "F"), chord((6, 1), "Am")]
        ),
        "|:\"C\"C2 (DE) \"F\"~F4|z4 \"Am\"[CE]4:|\n"
    );
}

#[test]
fn chords_divide_the_note_they_begin_in() {
    for (body, at, expected) in [
        ("^C4D4|", (1, 1), "^C2-\"G\"^C2D4|"),
        ("C8-|C8|", (3, 2), "C3-\"G\"C4-C-|C8|"),
        ("[C2E2]4|", (1, 1), "[C2E2]-\"G\"[C2E2]3|"),
        ("z8|C8|", (2, 1), "z4\"G\"z4|C8|"),
        ("A>BC6|", (1, 2), "A-\"G\"A/2B/2C6|"),
        ("A>B>cA5|", (1, 2), "A-\"G\"A/2B3/4c/2A5|"),
        ("(3A2B2c2d4|", (1, 1), "(3:2:4A2B-\"G\"Bc2d4|"),
        ("Z2|C8|", (4, 1), "Z|\"G\"Z|C8|"),
        ("Z3|C8|", (5, 1), "Z|z2\"G\"z6|Z|C8|"),
    ] {
        assert_eq!(with_chords(body, &[chord(at, "G")]), expected, "{body}");
    }
}

#[test]
fn existing_chords_go_or_stay() {
    let file = b"X:1\nM:4/4\nL:1/8\nK:C\n\"C\"C4\"Fine\"D4|[\"Am\"CE]4 \"G\"\"G7\"D4|E8|\n";
    let chords = [chord((0, 1), "C"), chord((2, 1), "F"), chord((6, 1), "E7"), chord((8, 1), "Am")];
    let write = |existing| {
        let written = abc::write_into(file, &ReadOptions::default(), &chords, existing);
        text(written.expect("written")).lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(write(Existing::Replace), "\"C\"C4\"F\"\"Fine\"D4|[CE]4 \"E7\"D4|\"Am\"E8|");
    assert_eq!(write(Existing::Keep), "\"C\"C4\"Fine\"D4|[\"Am\"CE]4 \"G\"\"G7\"D4|\"Am\"E8|");
}

#[test]
fn a_divided_bracket_loses_its_old_symbol() {
    assert_eq!(
        with_chords("[\"Am\"C\"^x\"E]4 D4|", &[chord((1, 1), "G")]),
        "[C\"^x\"E]2-\"G\"[CE]2 D4|"
    );
}

#[test]
fn all_else_in_the_file_stays_as_it_is() {
    let options = ReadOptions { tune: Some(3), ..ReadOptions::default() };
    let own = sheet(SONGBOOK).chords;
    let same = abc::write_into(SONGBOOK, &options, &own, Existing::Replace);
    assert_eq!(text(same.expect("written")), String::from_utf8_lossy(SONGBOOK));
    let end = sheet(SONGBOOK).end();
    let mut chords = Vec::new();
    let mut at = Position::ZERO;
    while at < end {
        chords.push(ChordEvent { onset: at, ..chord((0, 1), "Gm7") });
        at += Duration::new(3, 2).expect("in range");
    }
    let written = abc::write_into(SONGBOOK, &options, &chords, Existing::Replace);
    insta::assert_snapshot!(text(written.expect("written")));
}

#[test]
fn chords_behind_the_end_are_refused() {
    let chords = [chord((100, 1), "C")];
    let file = b"X:1\nK:C\nC|";
    let error = abc::write_into(file, &ReadOptions::default(), &chords, Existing::Replace);
    assert_eq!(
        error.expect_err("refused").to_string(),
        "a chord at quarter 100 lies behind the end of the tune; take chords that were made for \
         this tune"
    );
}

/// The example melodies: every bar is full, and they are written and read back alike.
#[test]
fn the_examples_are_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the examples").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "abc") {
            continue;
        }
        count += 1;
        let name = path.display();
        let file = std::fs::read(&path).expect("a readable file");
        let tunes = abc::read(&file, &ReadOptions::default()).expect("a tune");
        let reading = tunes[0].reading.as_ref().expect("a tune");
        assert_eq!(reading.warnings, [], "{name}");
        let sheet = &reading.sheet;
        assert!(sheet.title.is_some() && sheet.composer.is_some() && sheet.chords.is_empty());
        // Played out, a short bar is a pickup, the end, or makes a whole with its neighbour.
        let played = sheet.unfolded();
        let full = sheet.meters[0].bar();
        let lengths: Vec<Duration> = played.bars.iter().map(|bar| bar.length).collect();
        for (index, length) in lengths.iter().enumerate() {
            let outer = index == 0 || index + 1 == lengths.len();
            let with = |other: usize| lengths[other] + *length == full;
            let whole = *length == full || (*length < full && outer);
            assert!(whole || with(index - 1) || with(index + 1), "{name}: bar {index}");
        }
        if lengths[0] < full && played.bars.iter().filter(|bar| bar.length < full).count() == 2 {
            assert_eq!(lengths[0] + lengths[lengths.len() - 1], full, "{name}");
        }
        let again = self::sheet(&abc::write(sheet).expect("written"));
        assert_eq!((&again.notes, &again.bars), (&sheet.notes, &sheet.bars), "{name}");
    }
    assert!(count >= 6, "{count} examples");
}

/// Bits of ABC, to be thrown together.
fn bits() -> impl Strategy<Value = String> {
    let bit = prop::sample::select(vec![
        "C",
        "^f",
        "_B,,",
        "c''",
        "[CEG]",
        "[C2-e]",
        "z",
        "Z2",
        "x",
        "2",
        "3/2",
        "/",
        "//",
        "0",
        "999999",
        "-",
        ">",
        "<<",
        "(3",
        "(5:4:6",
        "(2::9",
        "|",
        "||",
        "|:",
        ":|",
        "::",
        "|]",
        "[1",
        "|2",
        "[1,3-5 ",
        "\"G7\"",
        "\"^x\"",
        "\"Fine\"",
        "\"",
        "!D.C.!",
        "!segno!",
        "!",
        "+",
        "~",
        "{gf}",
        "{",
        "&",
        "[K:Ebm]",
        "[M:3/8]",
        "[L:1/32]",
        "[V:2]",
        "[Q:1/4=90]",
        "[",
        "]",
        "(",
        ")",
        "\n",
        "\nK:D exp ^g\n",
        "\nM:7/16\n",
        "\nV:1\n",
        "\nP:A\n",
        "%%x\n",
        "\\\n",
        "\n\n",
        "\nX:2\nK:G\n",
        "é",
        "\u{1F3B5}",
        "\0",
    ]);
    prop::collection::vec(bit, 0..60).prop_map(|bits| bits.concat())
}

fn read_all(file: &[u8]) -> Vec<LeadSheet> {
    let tunes = abc::read(file, &ReadOptions::default()).unwrap_or_default();
    tunes.into_iter().filter_map(|tune| Some(tune.reading.ok()?.sheet)).collect()
}

proptest! {
    #[test]
    fn no_byte_string_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn whatever_is_read_is_a_sound_lead_sheet(music in bits()) {
        for sheet in read_all(format!("X:1\nP:AAB\nK:C\n{music}").as_bytes()) {
            prop_assert_eq!(sheet.check(), Ok(()));
        }
    }

    #[test]
    fn whatever_is_read_can_be_written(music in bits()) {
        for sheet in read_all(format!("X:1\nL:1/16\nK:F#\n{music}").as_bytes()) {
            let Ok(written) = abc::write(&sheet) else { continue };
            let again = self::sheet(&written);
            let shown = String::from_utf8_lossy(&written);
            prop_assert_eq!(&again.notes, &sheet.notes, "{}", shown);
            prop_assert_eq!(symbols(&again), symbols(&sheet), "{}", shown);
            prop_assert_eq!(
                again.bars.iter().map(|bar| bar.length).collect::<Vec<_>>(),
                sheet.bars.iter().map(|bar| bar.length).collect::<Vec<_>>(),
                "{}", shown
            );
        }
    }

    #[test]
    fn chords_reach_their_place_in_whatever_is_read(
        music in bits(),
        places in prop::collection::vec((0..4000u32, 1..5u32), 1..6)
    ) {
        let file = format!("X:1\nK:C\n{music}");
        let Some(sheet) = read_all(file.as_bytes()).into_iter().next() else { return Ok(()) };
        let mut chords: Vec<ChordEvent> = places
            .into_iter()
            .map(|(at, parts)| chord((i64::from(at) / 40, i64::from(parts)), "Bb7"))
            .filter(|chord| chord.onset < sheet.end())
            .collect();
        chords.sort_by_key(|chord| chord.onset);
        chords.dedup_by_key(|chord| chord.onset);
        let options = ReadOptions { tune: Some(1), ..ReadOptions::default() };
        let written =
            abc::write_into(file.as_bytes(), &options, &chords, Existing::Replace);
        if let Ok(written) = written {
            let again = self::sheet(&written);
            prop_assert_eq!(symbols(&again), symbols(&LeadSheet { chords, ..LeadSheet::default() }));
            prop_assert_eq!(again.notes, sheet.notes);
        }
    }

    #[test]
    fn damaged_fixtures_are_survived(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut file = SONGBOOK.to_vec();
        let at = at.index(file.len());
        if cut { file.truncate(at) } else { file[at] = byte }
        for sheet in read_all(&file) {
            prop_assert_eq!(sheet.check(), Ok(()));
        }
    }
}
