//! The MusicXML readers and writers on the fixtures.

use std::fmt::Write as _;
use std::path::Path;

use score::chord::text::{format, parse};
use score::formats::{Existing, ReadOptions, musicxml};
use score::{ChordEvent, LeadSheet, Position, Reading, RepeatMarks};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/musicxml");
    std::fs::read(folder.join(name)).expect("a fixture")
}

fn read(name: &str) -> Reading {
    let reading = musicxml::read(&fixture(name), &ReadOptions::default()).expect("readable");
    assert_eq!(reading.sheet.check(), Ok(()));
    reading
}

fn asked(part: Option<&str>, voice: Option<&str>) -> ReadOptions {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    ReadOptions { part: owned(part), voice: owned(voice), tune: None }
}

/// A reading as text, a line a bar: `number @start+length marks: notes; chords`, then warnings.
fn told(reading: &Reading) -> String {
    let sheet = &reading.sheet;
    let mut out = format!(
        "{:?} by {:?}, {:?}, tempo {:?}\n",
        sheet.title, sheet.composer, sheet.rights, sheet.tempo
    );
    for bar in &sheet.bars {
        write!(out, "{} @{}+{}", bar.number, bar.start, bar.length).expect("text");
        for meter in sheet.meters.iter().filter(|meter| meter.at == bar.start) {
            write!(out, " {}", meter.value).expect("text");
        }
        for key in sheet.keys.iter().filter(|key| key.at == bar.start) {
            write!(out, " {}", key.value).expect("text");
        }
        if bar.repeats != RepeatMarks::default() {
            write!(out, " {}", marks(&bar.repeats)).expect("text");
        }
        out.push(':');
        let within = |at: Position| at >= bar.start && at < bar.end();
        for note in sheet.notes.iter().filter(|note| within(note.onset)) {
            write!(out, " {}@{}+{}", note.pitch, note.onset, note.duration).expect("text");
        }
        for chord in sheet.chords.iter().filter(|chord| within(chord.onset)) {
            write!(out, " [{}@{}]", format(&chord.symbol), chord.onset).expect("text");
        }
        out.push('\n');
    }
    for warning in &reading.warnings {
        writeln!(out, "! {warning}").expect("text");
    }
    out
}

fn marks(marks: &RepeatMarks) -> String {
    let flags = [
        (marks.start, "|:"),
        (marks.segno, "segno"),
        (marks.coda, "coda"),
        (marks.to_coda, "to coda"),
        (marks.fine, "fine"),
        (marks.da_capo, "da capo"),
        (marks.dal_segno, "dal segno"),
    ];
    let mut words: Vec<_> =
        flags.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned()).collect();
    words.extend(marks.end.map(|times| format!(":|{times}")));
    words.extend((!marks.endings.is_empty()).then(|| format!("ending {:?}", marks.endings)));
    words.join(" ")
}

fn chord(numerator: i64, denominator: i64, text: &str) -> ChordEvent {
    ChordEvent {
        onset: Position::new(numerator, denominator).expect("in range"),
        symbol: parse(text).expect("chord"),
        written: None,
    }
}

#[test]
fn bars_repeats_and_header_are_read() {
    insta::assert_snapshot!(told(&read("bars.musicxml")));
}

#[test]
fn repeats_are_heard() {
    let heard = read("bars.musicxml").sheet.unfolded();
    assert_eq!(heard.check(), Ok(()));
    let numbers: Vec<_> = heard.bars.iter().map(|bar| bar.number.as_str()).collect();
    assert_eq!(numbers, ["0", "1", "X1", "2", "3", "X1", "2", "4", "0", "1", "X1", "2"]);
}

#[test]
fn the_melody_is_found_among_voices() {
    insta::assert_snapshot!(told(&read("voices.musicxml")));
}

#[test]
fn an_asked_voice_is_read_alone() {
    let reading = musicxml::read(&fixture("voices.musicxml"), &asked(None, Some("5")));
    let pitches: Vec<_> =
        reading.expect("readable").sheet.notes.iter().map(|note| note.pitch.to_string()).collect();
    assert_eq!(pitches, ["G3", "D3"]);
    let error = musicxml::read(&fixture("voices.musicxml"), &asked(None, Some("9")));
    assert!(error.expect_err("no such voice").way_out.contains("voice 5 of staff 2"));
}

#[test]
fn transposing_instruments_are_read_as_they_sound() {
    insta::assert_snapshot!(told(&read("transposing.musicxml")));
}

#[test]
fn parts_are_chosen_by_identifier_name_abbreviation_or_number() {
    let first = |part| {
        let reading = musicxml::read(&fixture("transposing.musicxml"), &asked(Some(part), None));
        reading.map(|reading| reading.sheet.notes[0].pitch.to_string())
    };
    for (part, pitch) in [("P1", "Eb4"), ("piano", "Eb4"), ("1", "Eb4"), ("cl.", "G4"), ("2", "G4")]
    {
        assert_eq!(first(part).as_deref(), Ok(pitch), "{part}");
    }
    let error = first("oboe").expect_err("no such part");
    assert!(error.way_out.contains("2 (Solo clarinet)"), "{error}");
}

#[test]
fn harmonies_are_read_and_placed() {
    insta::assert_snapshot!(told(&read("harmonies.musicxml")));
}

#[test]
fn tuplets_ties_and_decimals_are_exact() {
    insta::assert_snapshot!(told(&read("rhythm.musicxml")));
}

#[test]
fn timewise_scores_are_read_as_partwise_ones() {
    insta::assert_snapshot!(told(&read("timewise.musicxml")));
}

#[test]
fn utf_16_documents_are_read_and_written_back_as_utf_8() {
    let text = String::from_utf8(fixture("transposing.musicxml")).expect("UTF-8");
    let declared = text.replace("UTF-8", "UTF-16").replace("Solo clarinet", "Solo clarinette é");
    for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        for marked in [format!("\u{feff}{declared}"), declared.clone()] {
            let bytes: Vec<u8> = marked.encode_utf16().flat_map(to_bytes).collect();
            let options = ReadOptions::default();
            let sheet = musicxml::read(&bytes, &options).expect("readable").sheet;
            assert_eq!(sheet.notes, read("transposing.musicxml").sheet.notes);
            let bare = musicxml::write_into(&bytes, &options, &[], Existing::Keep);
            let expected = declared.replace("UTF-16", "UTF-8");
            assert_eq!(String::from_utf8(bare.expect("written")), Ok(expected));
        }
    }
}

#[test]
fn a_byte_order_mark_stays() {
    let marked = [b"\xef\xbb\xbf".as_slice(), &fixture("one-line.musicxml")].concat();
    let written = musicxml::write_into(&marked, &ReadOptions::default(), &[], Existing::Replace);
    assert_eq!(written, Ok(marked));
}

/// What writing chords into a fixture gives, as text.
fn written_into(name: &str, chords: &[ChordEvent], existing: Existing) -> String {
    let options = ReadOptions::default();
    let written = musicxml::write_into(&fixture(name), &options, chords, existing);
    let written = written.expect("written");
    let sheet = musicxml::read(&written, &options).expect("readable").sheet;
    assert_eq!(sheet.notes, read(name).sheet.notes, "the notes stay");
    if existing == Existing::Replace {
        let again: Vec<_> =
            sheet.chords.into_iter().map(|event| ChordEvent { written: None, ..event }).collect();
        assert_eq!(again, chords, "the chords read back");
    }
    String::from_utf8(written).expect("UTF-8")
}

#[test]
fn chords_are_written_where_notes_begin_and_between_them() {
    let chords = [chord(0, 1, "G"), chord(1, 2, "Am7"), chord(1, 1, "B7/D#"), chord(4, 1, "N.C.")];
    insta::assert_snapshot!(written_into("voices.musicxml", &chords, Existing::Replace));
}

#[test]
fn chords_are_written_as_the_player_of_the_part_reads_them() {
    let chords = [chord(0, 1, "Ab"), chord(5, 1, "Eb/G")];
    insta::assert_snapshot!(written_into("transposing.musicxml", &chords, Existing::Replace));
}

#[test]
fn existing_chords_are_kept_bar_by_bar() {
    let chords = [chord(0, 1, "E"), chord(2, 1, "E"), chord(8, 1, "E7"), chord(10, 1, "E7")];
    insta::assert_snapshot!(written_into("harmonies.musicxml", &chords, Existing::Keep));
}

#[test]
fn empty_measures_and_documents_on_one_line_take_chords() {
    let chords = [chord(1, 2, "C"), chord(2, 1, "F"), chord(3, 1, "F#dim"), chord(4, 1, "G")];
    insta::assert_snapshot!(written_into("one-line.musicxml", &chords, Existing::Replace));
}

#[test]
fn timewise_documents_take_chords_in_any_part_that_has_the_bar() {
    let chords = [chord(0, 1, "C"), chord(2, 1, "G7"), chord(4, 1, "Dm")];
    let written = written_into("timewise.musicxml", &chords[..1], Existing::Replace);
    assert_eq!(written.matches("<harmony>").count(), 1);
    let options = ReadOptions::default();
    let written =
        musicxml::write_into(&fixture("timewise.musicxml"), &options, &chords, Existing::Replace);
    let text = String::from_utf8(written.expect("written")).expect("UTF-8");
    assert_eq!(text.matches("<harmony>").count(), 3);
}

#[test]
fn timewise_measures_without_any_part_take_chords_into_the_melodys() {
    let text = String::from_utf8(fixture("timewise.musicxml")).expect("UTF-8");
    let (head, rest) = text.split_once("<measure number=\"2\">").expect("a second measure");
    let (_, tail) = rest.split_once("</measure>").expect("its end");
    let chords = [chord(0, 1, "C"), chord(2, 1, "G7"), chord(3, 1, "A7"), chord(4, 1, "Dm")];
    for empty in ["<measure number=\"2\"/>", "<measure number=\"2\">\n  </measure>"] {
        let document = format!("{head}{empty}{tail}");
        let options = ReadOptions::default();
        let written =
            musicxml::write_into(document.as_bytes(), &options, &chords, Existing::Replace);
        let written = written.expect("written");
        let sheet = musicxml::read(&written, &options).expect("readable").sheet;
        assert_eq!(sheet.notes, read("timewise.musicxml").sheet.notes, "the notes stay");
        let again: Vec<_> =
            sheet.chords.into_iter().map(|event| ChordEvent { written: None, ..event }).collect();
        assert_eq!(again, chords, "the chords read back");
    }
}

#[test]
fn chords_outside_the_bars_are_refused() {
    for numerator in [-1, 8, 100] {
        let chords = [chord(numerator, 1, "C")];
        let options = ReadOptions::default();
        let written =
            musicxml::write_into(&fixture("one-line.musicxml"), &options, &chords, Existing::Keep);
        assert!(written.expect_err("refused").problem.contains("outside"));
    }
}

#[test]
fn fresh_documents_hold_everything() {
    let mut sheet = read("bars.musicxml").sheet;
    sheet.chords.push(chord(23, 2, "Bm7b5/E"));
    let written = musicxml::write(&sheet).expect("written");
    let again = musicxml::read(&written, &ReadOptions::default()).expect("readable");
    assert_eq!(again.warnings, []);
    let silent = |sheet: &LeadSheet| {
        let mut sheet = sheet.clone();
        sheet.chords.iter_mut().for_each(|chord| chord.written = None);
        sheet
    };
    assert_eq!(silent(&again.sheet), silent(&sheet));
    insta::assert_snapshot!(String::from_utf8(written).expect("UTF-8"));
}

#[test]
fn fresh_documents_notate_tuplets_and_ties() {
    let sheet = read("rhythm.musicxml").sheet;
    let written = musicxml::write(&sheet).expect("written");
    insta::assert_snapshot!(String::from_utf8(written).expect("UTF-8"));
}

#[test]
fn notes_that_no_reader_takes_are_not_written() {
    let mut sheet = read("rhythm.musicxml").sheet;
    for (octave, written) in [(-2, false), (-1, true), (10, true), (11, false)] {
        sheet.notes[0].pitch.octave = octave;
        let again = musicxml::write(&sheet).map(|bytes| {
            musicxml::read(&bytes, &ReadOptions::default()).expect("read").sheet.notes
        });
        assert_eq!(again.ok(), written.then(|| sheet.notes.clone()), "octave {octave}");
    }
}

#[test]
fn a_sheet_without_bars_is_not_written() {
    let error = musicxml::write(&LeadSheet::default()).expect_err("refused");
    assert!(error.problem.contains("no bars"), "{error}");
}
