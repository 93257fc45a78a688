//! What the reader makes of files: our own, and such as other programs write.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
use score::formats::{ReadOptions, midi};
use score::{LeadSheet, PitchClassSet, Position, Reading, Symbol};

use crate::sheets::{bars, changing, chord, duration, melody, no_chord, position, waltz};

fn read(bytes: &[u8]) -> Reading {
    midi::read(bytes, &ReadOptions::default()).expect("read")
}

fn again(sheet: &LeadSheet) -> Reading {
    read(&midi::write(sheet).expect("written"))
}

/// Notes as (onset, duration, MIDI key), all in quarter notes.
fn heard(sheet: &LeadSheet) -> Vec<(String, String, i32)> {
    let notes = sheet.notes.iter();
    notes.map(|n| (n.onset.to_string(), n.duration.to_string(), n.pitch.midi())).collect()
}

fn harmony(sheet: &LeadSheet) -> Vec<(Position, PitchClassSet)> {
    sheet.chords.iter().map(|event| (event.onset, event.symbol.pitch_classes())).collect()
}

/// A track of notes (channel, tick, key, length) with a name.
fn track<'a>(name: &'a str, notes: &[(u8, u32, u8, u32)]) -> Vec<TrackEvent<'a>> {
    let mut events = vec![];
    for (channel, at, key, length) in notes {
        let (channel, key) = (u4::new(*channel), u7::new(*key));
        let on = MidiMessage::NoteOn { key, vel: u7::new(90) };
        let off = MidiMessage::NoteOn { key, vel: u7::new(0) };
        events.push((*at, TrackEventKind::Midi { channel, message: on }));
        events.push((at + length, TrackEventKind::Midi { channel, message: off }));
    }
    events.sort_by_key(|(at, _)| *at);
    if !name.is_empty() {
        events.insert(0, (0, TrackEventKind::Meta(MetaMessage::TrackName(name.as_bytes()))));
    }
    let mut before = 0;
    let mut track = vec![];
    for (at, kind) in events {
        track.push(TrackEvent { delta: u28::new(at - before), kind });
        before = at;
    }
    let kind = TrackEventKind::Meta(MetaMessage::EndOfTrack);
    track.push(TrackEvent { delta: u28::new(0), kind });
    track
}

fn file(format: Format, ticks: u16, tracks: Vec<Vec<TrackEvent<'_>>>) -> Vec<u8> {
    let mut smf = Smf::new(Header::new(format, Timing::Metrical(u15::new(ticks))));
    smf.tracks = tracks;
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes).expect("written");
    bytes
}

fn says(reading: &Reading, text: &str) -> bool {
    reading.warnings.iter().any(|warning| warning.message.contains(text))
}

#[test]
fn what_we_write_reads_back_whole() {
    let sheet = waltz();
    let Reading { sheet: mut back, warnings } = again(&sheet);
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(back.bars[0].number, "0");
    // MIDI holds neither bar numbers nor the difference between written and unwritten symbols.
    back.bars.iter_mut().zip(&sheet.bars).for_each(|(bar, was)| bar.number.clone_from(&was.number));
    back.chords
        .iter_mut()
        .zip(&sheet.chords)
        .for_each(|(c, was)| c.written.clone_from(&was.written));
    assert_eq!(back, sheet);
}

#[test]
fn changes_of_metre_and_fine_subdivisions_read_back() {
    let sheet = changing();
    let Reading { sheet: back, warnings } = again(&sheet);
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(heard(&back), heard(&sheet));
    assert_eq!(harmony(&back), harmony(&sheet));
    let lengths = |sheet: &LeadSheet| sheet.bars.iter().map(|bar| bar.length).collect::<Vec<_>>();
    assert_eq!(lengths(&back), lengths(&sheet));
    assert_eq!(back.keys.iter().map(|key| key.fifths).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn a_sheet_without_melody_or_without_chords_reads_back() {
    let only_chords = LeadSheet { notes: vec![], ..waltz() };
    let back = again(&only_chords).sheet;
    assert!(back.notes.is_empty());
    assert_eq!(harmony(&back), harmony(&only_chords));
    let only_melody = LeadSheet { chords: vec![], ..waltz() };
    let back = again(&only_melody).sheet;
    assert!(back.chords.is_empty());
    assert_eq!(heard(&back), heard(&only_melody));
}

#[test]
fn chords_are_recognised_by_what_sounds_when_nothing_names_them() {
    let sheet = waltz();
    let bytes = midi::write(&sheet).expect("written");
    let mut smf = Smf::parse(&bytes).expect("a MIDI file");
    smf.tracks[2].retain(|event| !matches!(event.kind, TrackEventKind::Meta(MetaMessage::Text(_))));
    let mut silent = Vec::new();
    smf.write_std(&mut silent).expect("written");
    let back = read(&silent).sheet;
    // The repeated B flat seventh is merged; that there is no chord at first is not said.
    let expected = [1, 2, 4].map(|index| sheet.chords[index].symbol.clone());
    assert_eq!(back.chords.iter().map(|event| event.symbol.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn a_played_melody_is_moved_to_the_grid_and_says_by_how_much() {
    // Quarter, eighths, triplet and a long note, each a little early or late, at 480 ticks.
    let played = [
        (0, 7, 60, 430),
        (0, 489, 62, 222),
        (0, 709, 64, 240),
        (0, 962, 65, 150),
        (0, 1117, 67, 171),
        (0, 1283, 69, 150),
        (0, 1433, 71, 935),
    ];
    let reading = read(&file(Format::Parallel, 480, vec![track("Vocals", &played)]));
    let expected = [
        ("0", "1", 60),
        ("1", "1/2", 62),
        ("3/2", "1/2", 64),
        ("2", "1/3", 65),
        ("7/3", "1/3", 67),
        ("8/3", "1/3", 69),
        ("3", "2", 71),
    ];
    let expected = expected.map(|(onset, length, key)| (onset.into(), length.into(), key));
    assert_eq!(heard(&reading.sheet), expected);
    assert!(says(&reading, "7 of 7 onsets moved"), "{:?}", reading.warnings);
    assert!(says(&reading, "the file names no metre"));
}

#[test]
fn a_recording_beside_the_grid_is_moved_as_a_whole() {
    // Half a sixteenth late, give or take: the nearest sixteenth of each alone would be chance.
    let late = |index: u32| index * 240 + 60 + index % 3 * 5 - 5;
    let tune: Vec<_> = (0..16).map(|i| (0, late(i), 67 + (i % 5) as u8, 235)).collect();
    let chords: Vec<_> = [60, 64, 67]
        .into_iter()
        .flat_map(|key| [(1, 58, key, 1915), (1, 1982, key + 1, 1900)])
        .collect();
    let tracks = vec![track("Melody", &tune), track("Chords", &chords)];
    let reading = read(&file(Format::Parallel, 480, tracks));
    let onsets: Vec<_> = reading.sheet.notes.iter().map(|note| note.onset).collect();
    assert_eq!(onsets, (0..16).map(|i| position(i, 2)).collect::<Vec<_>>());
    let chords: Vec<_> = reading.sheet.chords.iter().map(|event| event.onset).collect();
    assert_eq!(chords, [Position::ZERO, Position::quarters(4)]);
    assert!(says(&reading, "moved by -0.12"), "{:?}", reading.warnings);
}

#[test]
fn detached_notes_on_the_grid_keep_their_written_length() {
    // A notation program's playback: thirty-seconds too, each released a little early.
    let played =
        [(0, 0, 60, 455), (0, 480, 62, 57), (0, 540, 64, 57), (0, 600, 65, 341), (0, 960, 67, 911)];
    let reading = read(&file(Format::Parallel, 480, vec![track("Voice", &played)]));
    let expected =
        [("0", "1", 60), ("1", "1/8", 62), ("9/8", "1/8", 64), ("5/4", "3/4", 65), ("2", "2", 67)];
    let expected = expected.map(|(onset, length, key)| (onset.into(), length.into(), key));
    assert_eq!(heard(&reading.sheet), expected);
    assert!(!says(&reading, "moved"));
}

#[test]
fn the_top_line_of_overlapping_notes_is_kept_and_said() {
    let played = [
        (0, 0, 72, 960),
        (0, 0, 64, 960),   // struck with it, below: left out
        (0, 480, 60, 240), // under the held note: left out
        (0, 720, 76, 480), // above it: cuts it short
        (0, 1200, 74, 480),
    ];
    let reading = read(&file(Format::Parallel, 480, vec![track("", &played)]));
    let expected = [("0", "3/2", 72), ("3/2", "1", 76), ("5/2", "1", 74)];
    let expected = expected.map(|(onset, length, key)| (onset.into(), length.into(), key));
    assert_eq!(heard(&reading.sheet), expected);
    assert!(says(&reading, "2 notes below it left out, 1 notes cut short"));
}

/// A bass, drums, block chords on the piano, and an unnamed tune, in the order of `channels`.
fn band() -> Vec<Vec<TrackEvent<'static>>> {
    let tune: Vec<_> = (0..16).map(|i| (0, i * 240, 67 + (i % 5) as u8, 240)).collect();
    let bass: Vec<_> = (0..8).map(|i| (1, i * 480, 36 + (i % 3) as u8, 480)).collect();
    let drums: Vec<_> = (0..32).map(|i| (9, i * 120, 42, 60)).collect();
    let piano: Vec<_> = [(0, [60, 64, 67]), (1920, [60, 65, 69])]
        .into_iter()
        .flat_map(|(at, keys)| keys.map(|key| (2, at, key, 1800)))
        .collect();
    vec![track("bass", &bass), track("", &drums), track("Grand Piano", &piano), track("", &tune)]
}

#[test]
fn the_likeliest_part_is_the_melody_and_block_chords_are_found() {
    let reading = read(&file(Format::Parallel, 480, band()));
    assert_eq!(reading.sheet.notes.len(), 16);
    assert!(says(&reading, "the melody is not named: part 4 was taken"), "{:?}", reading.warnings);
    assert!(says(&reading, "part 3 \"Grand Piano\" was taken"));
    let roots: Vec<_> = reading.sheet.chords.iter().filter_map(|c| c.symbol.chord()).collect();
    assert_eq!(roots.iter().map(|chord| chord.root.to_string()).collect::<Vec<_>>(), ["C", "F"]);
    assert_eq!(reading.sheet.bars.len(), 2);
}

#[test]
fn a_file_of_one_track_is_taken_apart_by_channels() {
    let parts =
        [(0, 0, 72, 960), (1, 0, 48, 960), (1, 0, 52, 960), (1, 0, 55, 960), (0, 960, 74, 960)];
    let reading = read(&file(Format::SingleTrack, 480, vec![track("", &parts)]));
    assert_eq!(reading.sheet.notes.len(), 2);
    assert_eq!(reading.sheet.chords.len(), 1);
}

#[test]
fn a_part_is_chosen_by_name_or_number() {
    let bytes = file(Format::Parallel, 480, band());
    let count = |part: &str| {
        let options = ReadOptions { part: Some(part.into()), ..ReadOptions::default() };
        midi::read(&bytes, &options).map(|reading| reading.sheet.notes.len())
    };
    assert_eq!(count("bass"), Ok(8));
    assert_eq!(count("BASS"), Ok(8));
    assert_eq!(count("1"), Ok(8));
    assert_eq!(count("grand"), Ok(2));
    let error = count("flute").expect_err("not there").to_string();
    assert_eq!(
        error,
        "the file: there is no part \"flute\"; choose among 1 \"bass\", 2, 3 \"Grand Piano\", 4"
    );
}

#[test]
fn stabs_hold_to_the_next_chord_but_a_legato_part_falls_silent_on_purpose() {
    let tune: Vec<_> = (0..16).map(|i| (0, i * 480, 72, 480)).collect();
    let chords = |lengths: [u32; 4]| -> Vec<Symbol> {
        let blocks = (0u32..).zip(lengths).flat_map(|(index, length)| {
            let shift = (index % 2) as u8;
            [60, 64, 67].map(|key| (1, index * 1920, key + shift, length))
        });
        let blocks: Vec<_> = blocks.collect();
        let tracks = vec![track("Melody", &tune), track("Chords", &blocks)];
        read(&file(Format::Parallel, 480, tracks))
            .sheet
            .chords
            .into_iter()
            .map(|c| c.symbol)
            .collect()
    };
    assert!(chords([480; 4]).iter().all(|symbol| *symbol != Symbol::NoChord));
    assert_eq!(chords([1920, 1920, 1920, 480]).len(), 4);
    let tracks = |gap: u32| {
        let blocks = (0u32..8).flat_map(|index| {
            let shift = (index % 2) as u8;
            let length = if index == 4 { gap } else { 1920 };
            [60, 64, 67].map(|key| (1, index * 1920, key + shift, length))
        });
        vec![track("Melody", &tune), track("Chords", &blocks.collect::<Vec<_>>())]
    };
    let reading = read(&file(Format::Parallel, 480, tracks(960)));
    let silent = reading.sheet.chords.iter().find(|event| event.symbol == Symbol::NoChord);
    assert_eq!(silent.map(|event| event.onset), Some(Position::quarters(18)));
}

#[test]
fn one_beat_a_bar_all_through_is_no_metre() {
    let mut only = track("Melody", &[(0, 0, 60, 3840)]);
    let signature = MetaMessage::TimeSignature(1, 2, 24, 8);
    only.insert(0, TrackEvent { delta: u28::new(0), kind: TrackEventKind::Meta(signature) });
    let tempo = MetaMessage::Tempo(u24::new(500_000));
    only.insert(0, TrackEvent { delta: u28::new(0), kind: TrackEventKind::Meta(tempo) });
    let reading = read(&file(Format::SingleTrack, 480, vec![only]));
    assert_eq!(reading.sheet.bars.len(), 2);
    assert_eq!(reading.sheet.tempo, Some(120.0));
    assert!(says(&reading, "the metre 1/4 says nothing"));
}

#[test]
fn hostile_files_are_refused_with_a_way_out() {
    let none = ReadOptions::default();
    let error = |bytes: &[u8]| midi::read(bytes, &none).expect_err("refused").to_string();
    assert!(error(b"").contains("this is no MIDI file"));
    assert!(error(b"MThd\0\0\0\x06\0\x01\0\x01\0\0").contains("no ticks in a quarter note"));
    assert!(error(b"MThd\0\0\0\x06\0\x01\0\x01\x80\0").contains("128 film frames"));
    assert!(error(&file(Format::Parallel, 480, vec![track("", &[])])).contains("holds no notes"));
    // A note after a million quarter notes.
    let mut far = track("", &[(0, 0, 60, 1)]);
    far[0].delta = u28::new(u28::max_value().as_int());
    assert!(error(&file(Format::Parallel, 1, vec![far])).contains("longer than 999000 quarter"));
    // A bar is a 64th note for most of a million quarter notes.
    let mut bars = track("", &[(0, 0, 60, 1), (0, 900_000, 60, 1)]);
    let signature = MetaMessage::TimeSignature(2, 6, 24, 8);
    bars.insert(0, TrackEvent { delta: u28::new(0), kind: TrackEventKind::Meta(signature) });
    assert!(error(&file(Format::Parallel, 1, vec![bars])).contains("more than 100000 bars"));
    let two = file(Format::Sequential, 480, vec![track("", &[]), track("", &[])]);
    assert!(error(&two).contains("type 2"));
}

#[test]
fn notes_that_are_never_released_end_with_their_track() {
    let mut hanging = track("Melody", &[(0, 0, 60, 480), (0, 480, 62, 480)]);
    let last = hanging.len() - 2;
    hanging[last].kind = TrackEventKind::Meta(MetaMessage::Text(b"lost"));
    let reading = read(&file(Format::SingleTrack, 480, vec![hanging]));
    assert_eq!(heard(&reading.sheet).len(), 2);
    assert!(says(&reading, "1 notes are never released"));
}

#[test]
fn a_repeated_no_chord_and_its_silence_are_one() {
    let sheet = LeadSheet {
        chords: vec![
            chord(Position::ZERO, score::PitchName::new(score::Step::C, 0), score::Quality::Pedal),
            no_chord(position(2, 1)),
            chord(position(3, 1), score::PitchName::new(score::Step::C, 0), score::Quality::Power),
        ],
        bars: bars(&[duration(4, 1)]),
        notes: melody(0, &[(60, 4, 1)]),
        ..LeadSheet::default()
    };
    assert_eq!(harmony(&again(&sheet).sheet), harmony(&sheet));
}
