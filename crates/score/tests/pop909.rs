//! POP909 folders: one made up for these tests, and the real ones where they are.

use std::path::PathBuf;

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
use proptest::prelude::*;
use score::chord::text;
use score::formats::pop909::{self, Contents};
use score::{Duration, LeadSheet, Reading};

/// A tune of one second a beat, its bars unlike those the MIDI file would have: tick, key
/// and length at 480 ticks a quarter note and two quarter notes a second.
fn tune() -> Vec<u8> {
    let played = [
        (480, 67, 900), // a beat before the first downbeat, which is at 1.5 seconds
        (1450, 72, 940),
        (2400, 71, 480),
        (2890, 69, 460),
        (3360, 67, 3800),
    ];
    let mut events: Vec<(u32, TrackEventKind<'_>)> = vec![
        (0, TrackEventKind::Meta(MetaMessage::TrackName(b"MELODY"))),
        (0, TrackEventKind::Meta(MetaMessage::TimeSignature(1, 2, 24, 8))),
        (0, TrackEventKind::Meta(MetaMessage::Tempo(u24::new(500_000)))),
    ];
    for (at, key, length) in played {
        let key = u7::new(key);
        let on = MidiMessage::NoteOn { key, vel: u7::new(90) };
        let off = MidiMessage::NoteOff { key, vel: u7::new(0) };
        events.push((at, TrackEventKind::Midi { channel: u4::new(0), message: on }));
        events.push((at + length, TrackEventKind::Midi { channel: u4::new(0), message: off }));
    }
    events.push((8000, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let mut before = 0;
    let mut track = vec![];
    for (at, kind) in events {
        track.push(TrackEvent { delta: u28::new(at - before), kind });
        before = at;
    }
    let mut smf = Smf::new(Header::new(Format::Parallel, Timing::Metrical(u15::new(480))));
    smf.tracks = vec![track];
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes).expect("written");
    bytes
}

const BEATS: &str = "0.5 0.0 0.0\n1.5 1.0 1.0\n2.5 0.0 0.0\n3.5 0.0 0.0\n4.5 1.0 1.0\n\
                     5.5 0.0 0.0\n6.5 0.0 0.0\n7.5 1.0 1.0\n8.5 0.0 0.0\n9.5 1.0 1.0\n\
                     10.5 0.0 0.0\n";
const CHORDS: &str = "0.5\t1.5\tN\n1.5\t2.98\tC:maj/3\n2.98\t4.5\tG:7\n4.5\t5.5\tC:maj\n\
                      5.5\t7.5\tC:maj\n";
const KEYS: &str = "0.9\t7.2\tC:maj\n7.2\t11\tA:min\n";

fn read(beats: &str, chords: &str, keys: &str) -> Reading {
    let midi = tune();
    pop909::read(Contents { midi: &midi, beats, chords, keys }).expect("read")
}

#[test]
fn notes_chords_and_keys_are_placed_between_the_annotated_beats() {
    let Reading { sheet, warnings } = read(BEATS, CHORDS, KEYS);
    let notes: Vec<_> =
        sheet.notes.iter().map(|n| format!("{} {} {}", n.onset, n.duration, n.pitch)).collect();
    assert_eq!(notes, ["0 1 G4", "1 1 C5", "2 1/2 B4", "5/2 1/2 A4", "3 4 G4"]);
    let chords: Vec<_> =
        sheet.chords.iter().map(|c| format!("{} {}", c.onset, text::format(&c.symbol))).collect();
    assert_eq!(chords, ["0 N.C.", "1 C/E", "5/2 G7", "4 C"]);
    let keys: Vec<_> = sheet.keys.iter().map(|k| format!("{} {}", k.at, k.value)).collect();
    assert_eq!(keys, ["0 C major", "7 A minor"]);
    assert_eq!(sheet.tempo, Some(60.0));
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].message.contains("2 of 5 onsets moved"), "{warnings:?}");
}

#[test]
fn bars_run_from_downbeat_to_downbeat() {
    let sheet = read(BEATS, CHORDS, KEYS).sheet;
    let bars: Vec<_> =
        sheet.bars.iter().map(|b| format!("{}: {} {}", b.number, b.start, b.length)).collect();
    assert_eq!(bars, ["0: 0 1", "1: 1 3", "2: 4 3", "3: 7 2"]);
    assert!(sheet.has_pickup());
    let meters: Vec<_> = sheet.meters.iter().map(|m| format!("{} {}", m.at, m.value)).collect();
    assert_eq!(meters, ["0 3/4", "7 2/4"]);
}

#[test]
fn a_missed_downbeat_makes_no_bar_of_double_length() {
    let beats = BEATS.replace("4.5 1.0 1.0", "4.5 1.0 0.0")
        + "11.5 1 1\n12.5 0 0\n13.5 0 0\n14.5 1 1\n15.5 0 0\n16.5 0 0\n17.5 1 1\n18.5 0 0\n\
           19.5 0 0\n20.5 1 1\n";
    let sheet = read(&beats, CHORDS, KEYS).sheet;
    let lengths: Vec<_> = sheet.bars.iter().map(|bar| bar.length.to_string()).collect();
    assert_eq!(lengths, ["1", "3", "3", "2", "2", "3", "3", "3"]);
}

#[test]
fn lines_that_say_nothing_are_left_out_and_named() {
    let beats = BEATS.replace("2.5 0.0 0.0\n", "2.5 0.0 0.0\n2.4 0 0\nbeat\n");
    let chords = CHORDS.to_owned() + "7.5\t9.5\tX\n9.5\n9.5\t9.6\tC:maj\n";
    let Reading { sheet, warnings } = read(&beats, &chords, "0 9 H:dur\n");
    let messages: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
    assert!(sheet.keys.is_empty());
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let midi = tune();
    let refused = |beats: &str| {
        pop909::read(Contents { midi: &midi, beats, chords: CHORDS, keys: KEYS })
            .expect_err("refused")
            .to_string()
    };
    assert!(refused("").contains("holds no two beats"));
    assert!(refused("9000 1 1\n9000.1 0 0\n").contains("beats after the melody begins"));
    assert!(refused("0 1 1\n0.001 0 0\n").contains("goes on for"));
    assert!(refused("0 1 1\n0.0000001 0 0\n").contains("a time lies more than 1000000 beats"));
}

proptest! {
    #[test]
    fn no_text_panics(beats in ".{0,80}", chords in ".{0,80}", keys in ".{0,40}") {
        let midi = tune();
        let beats = format!("0 1 1\n{beats}\n1 0 0\n");
        let _ = pop909::read(Contents { midi: &midi, beats: &beats, chords: &chords, keys: &keys });
    }

    #[test]
    fn no_numbers_break_what_a_lead_sheet_promises(
        beats in prop::collection::vec((-2.0f64..20.0, 0u8..2, 0u8..2), 2..30),
        chords in prop::collection::vec((-2.0f64..20.0, 0.0f64..4.0), 0..20),
    ) {
        let midi = tune();
        let mut beats = beats;
        beats.sort_by(|a, b| a.0.total_cmp(&b.0));
        let beats: String = beats.iter().map(|(at, s, d)| format!("{at} {s} {d}\n")).collect();
        let chords: String =
            chords.iter().map(|(at, length)| format!("{at} {} C:maj\n", at + length)).collect();
        let contents = Contents { midi: &midi, beats: &beats, chords: &chords, keys: KEYS };
        if let Ok(Reading { sheet, .. }) = pop909::read(contents) {
            prop_assert_eq!(sheet.check(), Ok(()));
        }
    }
}

/// The real songs, where they are.
fn songs() -> Vec<PathBuf> {
    let root = std::env::var_os("CANTUS_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let folder = root.join("pop909");
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut songs: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| pop909::is_folder(path)).collect();
    songs.sort();
    if songs.is_empty() {
        println!("skipped: no data at {}", folder.display());
    }
    songs
}

/// Of the melody notes of a beat or more that start over a chord: how many there are, and how
/// many belong to it. The chords are heard `late` after where they stand.
fn chord_tones(sheet: &LeadSheet, late: Duration) -> (usize, usize) {
    let mut counted = (0, 0);
    for note in sheet.notes.iter().filter(|note| note.duration >= Duration::quarters(1)) {
        let event = sheet.chord_at(note.onset - late);
        let Some(chord) = event.and_then(|event| event.symbol.chord()) else { continue };
        counted.0 += 1;
        counted.1 += usize::from(chord.pitch_classes().contains(note.pitch.name.class()));
    }
    counted
}

#[test]
fn every_real_song_reads_and_its_melody_lies_on_its_chords() {
    let songs = songs();
    let (mut notes, mut warnings) = (0, std::collections::BTreeMap::<String, usize>::new());
    let (mut aligned, mut shifted) = ((0, 0), (0, 0));
    let mut metres = std::collections::BTreeMap::<String, usize>::new();
    for song in &songs {
        let reading =
            pop909::read_folder(song).unwrap_or_else(|e| panic!("{}: {e}", song.display()));
        let sheet = reading.sheet;
        assert_eq!(sheet.check(), Ok(()), "{}", song.display());
        assert!(sheet.notes.len() > 20, "{}: {} notes", song.display(), sheet.notes.len());
        assert!(sheet.chords.len() > 20, "{}: {} chords", song.display(), sheet.chords.len());
        notes += sheet.notes.len();
        for warning in reading.warnings {
            let kind = warning.message.split(|c: char| c.is_ascii_digit()).next().unwrap_or("");
            *warnings.entry(kind.to_owned()).or_default() += 1;
        }
        let main = sheet.meters.iter().map(|meter| meter.value.to_string()).next();
        *metres.entry(main.unwrap_or_default()).or_default() += 1;
        let bar = sheet.meters[0].value.bar();
        for (sum, late) in [(&mut aligned, Duration::ZERO), (&mut shifted, bar)] {
            let counted = chord_tones(&sheet, late);
            *sum = (sum.0 + counted.0, sum.1 + counted.1);
        }
    }
    if songs.is_empty() {
        return;
    }
    let share = |counted: (usize, usize)| counted.1 as f64 / counted.0 as f64;
    println!("{} songs, {notes} notes, first metres {metres:?}", songs.len());
    println!("{} long notes: {:.3} chord tones", aligned.0, share(aligned));
    println!("chords a bar late: {:.3} of {}", share(shifted), shifted.0);
    for (kind, count) in warnings {
        println!("{count:5} × {kind}");
    }
    assert!(share(aligned) >= 0.7, "{}", share(aligned));
    assert!(share(shifted) < 0.6, "{}", share(shifted));
}
