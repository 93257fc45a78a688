//! Bytes that are no score, or meant harm.

use std::path::Path;

use proptest::prelude::*;
use score::formats::{Existing, ReadOptions, musicxml, mxl};
use score::{ChordEvent, Place, Position};

const FIXTURES: [&str; 7] =
    ["bars", "voices", "transposing", "harmonies", "rhythm", "timewise", "one-line"];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/musicxml");
    std::fs::read(folder.join(name).with_extension("musicxml")).expect("a fixture")
}

/// Reads the bytes and, if that goes well, does everything else with them.
fn used(bytes: &[u8]) {
    let options = ReadOptions::default();
    let _ = mxl::read(bytes, &options);
    let Ok(reading) = musicxml::read(bytes, &options) else { return };
    let sheet = reading.sheet;
    assert_eq!(sheet.check(), Ok(()));
    assert_eq!(sheet.unfolded().check(), Ok(()));
    let written = musicxml::write(&sheet).expect("what was read can be written");
    let again = musicxml::read(&written, &options).expect("what was written can be read").sheet;
    assert_eq!(again.notes, sheet.notes);
    let chords: Vec<_> = sheet
        .bars
        .iter()
        .map(|bar| ChordEvent {
            onset: bar.start,
            symbol: score::chord::text::parse("Bbm7/Ab").expect("chord"),
            written: None,
        })
        .collect();
    for existing in [Existing::Keep, Existing::Replace] {
        let written = musicxml::write_into(bytes, &options, &chords, existing).expect("written");
        let again = musicxml::read(&written, &options).expect("readable").sheet;
        assert_eq!(again.notes, sheet.notes);
        if existing == Existing::Replace {
            let onsets: Vec<Position> = again.chords.iter().map(|chord| chord.onset).collect();
            assert_eq!(onsets, sheet.bars.iter().map(|bar| bar.start).collect::<Vec<_>>());
        }
    }
}

/// A change to a document: bytes cut out, numbers replaced, elements doubled or exchanged.
#[derive(Clone, Debug)]
enum Change {
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index, u8),
    Number(prop::sample::Index, &'static str),
    Copy(prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    let numbers = prop::sample::select(vec![
        "0",
        "-1",
        "3",
        "0.333",
        "7",
        "255",
        "1000000",
        "99999999999",
        "x",
        "",
    ]);
    prop_oneof![
        1 => (index(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => (index(), any::<u8>()).prop_map(|(at, length)| Change::Cut(at, length)),
        6 => (index(), numbers).prop_map(|(at, number)| Change::Number(at, number)),
        4 => (index(), index()).prop_map(|(from, to)| Change::Copy(from, to)),
    ]
}

fn changed(document: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    let mut bytes = document;
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        match change {
            Change::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Change::Cut(at, length) => {
                let at = at.index(bytes.len());
                bytes.drain(at..bytes.len().min(at + usize::from(*length)));
            }
            Change::Number(at, number) => {
                // The text of an element that holds a number.
                let places: Vec<_> = bytes
                    .windows(2)
                    .enumerate()
                    .filter(|(_, pair)| {
                        pair[0] == b'>' && (pair[1].is_ascii_digit() || pair[1] == b'-')
                    })
                    .map(|(place, _)| place + 1)
                    .collect();
                if !places.is_empty() {
                    let start = places[at.index(places.len())];
                    let length = bytes[start..].iter().take_while(|byte| **byte != b'<').count();
                    bytes.splice(start..start + length, number.bytes());
                }
            }
            Change::Copy(from, to) => {
                // A whole line of the document is a whole element in our fixtures, often.
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
                let line = lines[from.index(lines.len())];
                let to = to.index(lines.len());
                lines.insert(to, line);
                bytes = lines.concat();
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_changed_document_does_harm(
        name in prop::sample::select(FIXTURES.to_vec()),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        used(&changed(fixture(name), &changes));
    }

    #[test]
    fn no_changed_archive_does_harm(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        length in any::<prop::sample::Index>(),
    ) {
        let options = ReadOptions::default();
        let sheet = musicxml::read(&fixture("bars"), &options).expect("readable").sheet;
        let mut bytes = mxl::write(&sheet).expect("written");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = mxl::read(&bytes, &options);
        let _ = mxl::write_into(&bytes, &options, &[], Existing::Replace);
        let _ = mxl::read(&bytes[..length.index(bytes.len())], &options);
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        used(&bytes);
    }
}

#[test]
fn every_fixture_survives_everything() {
    for name in FIXTURES {
        used(&fixture(name));
    }
}

#[test]
fn what_is_no_score_is_refused_with_place_problem_and_way_out() {
    let score = |body: &str| {
        format!("<score-partwise><part id='P'><measure>{body}</measure></part></score-partwise>")
    };
    let note = "<note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note>";
    for (bytes, place, problem) in [
        (String::new(), Place::File, "empty"),
        (
            "<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned(),
            Place::Line(1),
            "no MusicXML score (<svg>)",
        ),
        ("<!DOCTYPE html><html><body/></html>".to_owned(), Place::Line(1), "<html>"),
        ("X:1\nK:C\nCDEF|".to_owned(), Place::Line(1), "no valid XML"),
        (score("<note><rest/><duration>4</duration></note>"), Place::File, "no melody"),
        (score("<note><unpitched/><duration>4</duration></note>"), Place::File, "no melody"),
        (
            score(&format!(
                "<forward><duration>4</duration></forward>{}",
                note.replace("<duration>1<", "<duration>1000000<")
            )),
            Place::File,
            "no melody",
        ),
        (score(note).replace("</measure>", ""), Place::Line(1), "no valid XML"),
        (
            score(&format!(
                "<attributes><divisions>0.000001</divisions></attributes>{}",
                [note.replace("<duration>1<", "<duration>0.9<"), String::new()]
                    .join("</measure><measure>")
                    .repeat(2)
            )),
            Place::Bar("2".to_owned()),
            "week",
        ),
    ] {
        let error = musicxml::read(bytes.as_bytes(), &ReadOptions::default()).expect_err("refused");
        assert_eq!(error.place, place, "{error}");
        assert!(error.problem.contains(problem), "{error}");
        assert!(!error.way_out.is_empty());
    }
}

#[test]
fn entity_bombs_are_refused() {
    let mut bomb = "<!DOCTYPE score-partwise [<!ENTITY a0 'ha'>".to_owned();
    for level in 1..20 {
        let below = format!("&a{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY a{level} '{below}'>"));
    }
    bomb.push_str("]><score-partwise>&a19;</score-partwise>");
    let error = musicxml::read(bomb.as_bytes(), &ReadOptions::default()).expect_err("refused");
    assert!(error.problem.contains("entities"));
}

/// A megabyte of one thing each, shaped so that what is not linear would take minutes.
#[test]
fn large_documents_of_one_kind_are_read_in_passing() {
    let note = "<note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note>";
    let harmony = "<harmony><root><root-step>C</root-step></root><kind/></harmony>";
    let other = "<harmony><root><root-step>D</root-step></root><kind/></harmony>";
    let measures = |bar: &str, count: usize| {
        let bars = format!("<measure>{bar}</measure>").repeat(count);
        format!(
            "<score-partwise><part id='P'>{bars}<measure>{note}</measure></part></score-partwise>"
        )
    };
    let voices: String = (0..8_000)
        .map(|voice| note.replace("</note>", &format!("<voice>{voice}</voice></note>")))
        .collect();
    let parts: String =
        (0..20_000).map(|part| format!("<part id='{part}'><measure/></part>")).collect();
    let listed: String = (0..20_000).map(|part| format!("<score-part id='{part}'/>")).collect();
    let ending = "<barline><ending number='1' type='start'/><repeat direction='backward' times='255'/></barline>";
    for document in [
        measures("", 80_000),
        measures(&note.repeat(10_000), 1),
        measures(&format!("{harmony}{other}").repeat(6_000), 1),
        measures(&format!("{harmony}{other}{note}").repeat(4_000), 1),
        measures(&voices, 1),
        measures(&voices, 2),
        measures(ending, 10_000),
        measures(
            "<barline location='left'><repeat direction='forward'/></barline><barline>\
            <repeat direction='backward' times='200'/></barline>",
            8_000,
        ),
        format!(
            "<score-partwise><part-list>{listed}</part-list>{parts}<part id='x'><measure>{note}</measure></part></score-partwise>"
        ),
        format!(
            "<score-partwise><part>{}{}<measure>{note}</measure></part></score-partwise>",
            "<a>".repeat(150_000),
            "</a>".repeat(150_000)
        ),
        measures(
            &"<direction><direction-type><coda/></direction-type></direction>".repeat(10_000),
            2,
        ),
    ] {
        used_once(document.as_bytes());
    }
}

/// Reading, unfolding and writing once, without the checks that are slow for their own sake.
fn used_once(bytes: &[u8]) {
    let options = ReadOptions::default();
    let sheet = musicxml::read(bytes, &options).expect("readable").sheet;
    assert_eq!(sheet.check(), Ok(()));
    assert_eq!(sheet.unfolded().check(), Ok(()));
    musicxml::write(&sheet).expect("written");
    musicxml::write_into(bytes, &options, &sheet.chords, Existing::Replace).expect("written into");
}
