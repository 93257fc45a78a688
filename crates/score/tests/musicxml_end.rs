//! What a MusicXML document says beyond its last bar.

use score::formats::{ReadOptions, musicxml};
use score::{Position, Reading};

/// Reads one bar of 4/4 with one division to the quarter note.
fn read(music: &str) -> Reading {
    let document = format!(
        "<score-partwise><part id='P1'><measure number='1'><attributes><divisions>1</divisions>\
        <time><beats>4</beats><beat-type>4</beat-type></time></attributes>{music}</measure></part>\
        </score-partwise>"
    );
    let reading = musicxml::read(document.as_bytes(), &ReadOptions::default()).expect("readable");
    assert_eq!(reading.sheet.check(), Ok(()));
    assert_eq!(reading.sheet.end(), Position::quarters(4));
    musicxml::write(&reading.sheet).expect("what was read can be written");
    reading
}

fn note(duration: &str) -> String {
    format!(
        "<note><pitch><step>C</step><octave>4</octave></pitch>\
        <duration>{duration}</duration></note>"
    )
}

/// The notes as `onset+duration`, and the warnings.
fn told(reading: &Reading) -> (Vec<String>, Vec<String>) {
    let notes = &reading.sheet.notes;
    (
        notes.iter().map(|note| format!("{}+{}", note.onset, note.duration)).collect(),
        reading.warnings.iter().map(ToString::to_string).collect(),
    )
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn the_last_note_ends_with_the_last_bar() {
    let tall = note("9").replace("<note>", "<note><chord/>").replace("<octave>4", "<octave>5");
    let shortened = "bar 1: a note sounds beyond the last bar and was shortened";
    let absurd = "bar 1: it is longer than a week of music";
    for (music, notes, warnings, claim) in [
        (note("4.05"), vec!["0+4"], vec![], "rounding is no one's concern"),
        (note("4") + &tall, vec!["0+4"], vec![shortened], "a chord is as long as its first note"),
        (
            note("4") + "<backup><duration>1</duration></backup>" + &note("1000000"),
            vec!["0+3", "3+1"],
            vec![absurd, "bar 1: a note overlaps the next one and was shortened", shortened],
            "no note lasts for weeks",
        ),
    ] {
        let told = told(&read(&music));
        assert_eq!(told, (owned(&notes), owned(&warnings)), "{claim}");
    }
}

#[test]
fn a_note_after_the_last_bar_is_left_out_with_a_word() {
    let (notes, warnings) = told(&read(&(note("4") + &note("0.05"))));
    assert_eq!(notes, ["0+4"]);
    assert_eq!(warnings, ["bar 1: a note begins after the last bar and was left out"]);
}

#[test]
fn a_key_after_the_last_note_is_only_a_courtesy() {
    let key = "<attributes><key><fifths>2</fifths></key></attributes>";
    let reading = read(&(note("4") + key));
    assert_eq!(reading.sheet.keys, []);
}
