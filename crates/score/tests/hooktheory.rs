//! Hooktheory annotations: the made-up songs of the fixture.

use proptest::prelude::*;
use score::chord::text;
use score::formats::hooktheory::{self, Song};
use score::{LeadSheet, Reading};

const SONGS: &str = include_str!("fixtures/hooktheory/songs.json");

fn song(id: &str) -> Song {
    let songs = hooktheory::read(SONGS.as_bytes()).expect("read");
    songs.into_iter().find(|song| song.id == id).expect("in the fixture")
}

fn reading(id: &str) -> Reading {
    song(id).reading.expect("readable")
}

fn chords(sheet: &LeadSheet) -> Vec<String> {
    let chords = sheet.chords.iter();
    chords.map(|event| format!("{} {}", event.onset, text::format(&event.symbol))).collect()
}

#[test]
fn beats_of_a_changing_unit_are_exact_quarter_notes() {
    let Reading { sheet, warnings } = reading("waltz");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(sheet.check(), Ok(()));
    let notes: Vec<_> =
        sheet.notes.iter().map(|n| format!("{} {} {}", n.onset, n.duration, n.pitch)).collect();
    assert_eq!(
        notes,
        [
            "0 1 Bb4",
            "1 1/3 Eb5",
            "4/3 1/3 D5",
            "5/3 1/3 C5",
            "5/2 7/2 Ab4",
            "6 3/2 G4",
            "15/2 3/2 B3"
        ]
    );
    let bars: Vec<_> = sheet.bars.iter().map(|bar| bar.length.to_string()).collect();
    assert_eq!(bars, ["3", "3", "3"]);
    let meters: Vec<_> = sheet.meters.iter().map(|m| format!("{} {}", m.at, m.value)).collect();
    assert_eq!(meters, ["0 3/4", "6 6/8"]);
    assert_eq!(sheet.title.as_deref(), Some("A Waltz of Tests"));
    assert_eq!(sheet.composer.as_deref(), Some("Nobody"));
}

#[test]
fn intervals_and_inversions_are_chords_and_gaps_are_silent() {
    let sheet = reading("waltz").sheet;
    let expected = ["0 Eb/G", "3 N.C.", "4 Abmaj9", "6 Cm", "15/2 G7b9/F", "17/2 N.C."];
    assert_eq!(chords(&sheet), expected);
}

#[test]
fn keys_are_spelled_with_few_accidentals_and_mixed_scales_named() {
    let keys = |id| -> Vec<_> {
        reading(id).sheet.keys.iter().map(|key| format!("{} {}", key.at, key.value)).collect()
    };
    assert_eq!(keys("waltz"), ["0 Eb major", "6 C minor"]);
    assert_eq!(keys("bare"), ["0 C# dorian"]);
}

#[test]
fn what_had_to_be_guessed_is_said() {
    let Reading { sheet, warnings } = reading("bare");
    assert_eq!(chords(&sheet), ["0 C#7sus4"]);
    assert_eq!(sheet.bars.len(), 2);
    let messages: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "the file: the song names no metre: read as 4/4",
            "the file: the scale with the steps [3, 1, 3, 1, 2, 1] was read as dorian",
            "the file: the chord at beat 0 has no inversion 7: read without",
        ]
    );
}

#[test]
fn a_broken_song_does_not_hinder_the_others() {
    let songs = hooktheory::read(SONGS.as_bytes()).expect("read");
    let splits: Vec<_> =
        songs.iter().map(|song| (song.id.as_str(), song.split.as_deref())).collect();
    assert_eq!(
        splits,
        [("waltz", Some("TRAIN")), ("bare", None), ("broken", Some("TEST")), ("shapeless", None)]
    );
    let broken = song("broken").reading.expect_err("broken").to_string();
    assert_eq!(
        broken,
        "the file: song \"broken\": the note at beat 2 has no length; correct it, or leave the \
         song out"
    );
    let shapeless = song("shapeless").reading.expect_err("shapeless").to_string();
    assert!(shapeless.contains("missing field `annotations`"), "{shapeless}");
}

#[test]
fn other_files_are_refused_with_a_way_out() {
    for other in ["", "[]", "{\"a\": 1", "{} trailing", "{\"a\": {}, \"a\": {}}"] {
        let error = hooktheory::read(other.as_bytes()).expect_err(other).to_string();
        assert!(error.contains("read a file in the layout of SheetSage"), "{error}");
    }
    assert_eq!(hooktheory::read(b"\xEF\xBB\xBF{}"), Ok(vec![]));
}

proptest! {
    #[test]
    fn no_damage_breaks_what_a_lead_sheet_promises(
        at in any::<prop::sample::Index>(),
        digit in prop::sample::select(b"0123456789-.e,]} ".to_vec()),
    ) {
        // Digits are where the music is.
        let digits: Vec<usize> =
            SONGS.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()).map(|(i, _)| i).collect();
        let mut bytes = SONGS.as_bytes().to_vec();
        bytes[digits[at.index(digits.len())]] = digit;
        for song in hooktheory::read(&bytes).into_iter().flatten() {
            if let Ok(reading) = song.reading {
                prop_assert_eq!(reading.sheet.check(), Ok(()));
            }
        }
    }

    #[test]
    fn no_numbers_break_it_either(
        times in prop::collection::vec((-1.0f64..30.0, 0.0f64..5.0), 0..12),
        meters in prop::collection::vec((0.0f64..9.0, 0u32..70, 0u32..70), 0..3),
        inversion in 0usize..9,
    ) {
        let meters: Vec<_> = meters.iter().map(|(beat, n, d)| format!(
            r#"{{"beat": {beat}, "beats_per_bar": {n}, "beat_unit": {d}}}"#)).collect();
        let notes: Vec<_> = times.iter().map(|(from, length)| format!(
            r#"{{"onset": {from}, "offset": {}, "octave": 0, "pitch_class": 3}}"#, from + length
        )).collect();
        let harmony: Vec<_> = times.iter().map(|(from, length)| format!(
            r#"{{"onset": {from}, "offset": {}, "root_pitch_class": 200,
                "root_position_intervals": [4, 255], "inversion": {inversion}}}"#, from + length
        )).collect();
        let json = format!(
            r#"{{"a": {{"annotations": {{"num_beats": 20, "meters": [{}], "melody": [{}],
                "harmony": [{}]}}}}}}"#, meters.join(","), notes.join(","), harmony.join(","));
        for song in hooktheory::read(json.as_bytes()).expect("JSON") {
            if let Ok(reading) = song.reading {
                prop_assert_eq!(reading.sheet.check(), Ok(()));
            }
        }
    }
}
