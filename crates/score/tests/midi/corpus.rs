//! Lead sheets of real songs, through MIDI and back; and files for music21.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use score::formats::{Document, ReadOptions, midi, pop909};
use score::{LeadSheet, Position};

use crate::sheets::{changing, waltz};

/// The songs of POP909, where they are.
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

#[test]
fn real_songs_read_back_to_the_same_notes_and_pitch_classes() {
    let (mut notes, mut chords) = (0, 0);
    for song in songs() {
        let sheet = pop909::read_folder(&song).expect("read").sheet;
        let bytes = midi::write(&sheet).expect("written");
        let back = midi::read(&bytes, &ReadOptions::default()).expect("read").sheet;
        let name = song.display();
        assert_eq!(back.check(), Ok(()), "{name}");
        let heard = |sheet: &LeadSheet| -> Vec<_> {
            sheet.notes.iter().map(|n| (n.onset, n.duration, n.pitch.midi())).collect()
        };
        assert_eq!(heard(&back), heard(&sheet), "{name}");
        let harmony = |sheet: &LeadSheet| -> Vec<_> {
            sheet.chords.iter().map(|e| (e.onset, e.symbol.clone())).collect()
        };
        assert_eq!(harmony(&back), harmony(&sheet), "{name}");
        let bars = |sheet: &LeadSheet| -> Vec<_> {
            sheet.bars.iter().map(|bar| (bar.start, bar.length)).collect()
        };
        assert_eq!(bars(&back), bars(&sheet), "{name}");
        notes += sheet.notes.len();
        chords += sheet.chords.len();
    }
    println!("{notes} notes and {chords} chord symbols read back");
}

/// The MIDI files themselves, whose metre says little and whose piano plays no block chords.
#[test]
fn real_midi_files_read_without_their_annotations() {
    let (mut files, mut notes, mut moved) = (0, 0, 0);
    for song in songs() {
        let name = song.file_name().unwrap_or_default();
        let bytes = std::fs::read(song.join(name).with_extension("mid")).expect("a file");
        let reading = midi::read(&bytes, &ReadOptions::default()).expect("read");
        assert_eq!(reading.sheet.check(), Ok(()), "{}", song.display());
        assert!(reading.sheet.notes.len() > 20, "{}", song.display());
        files += 1;
        notes += reading.sheet.notes.len();
        let is_move = |warning: &score::Warning| warning.message.contains("onsets moved");
        moved += usize::from(reading.warnings.iter().any(is_move));
    }
    println!("{files} files, {notes} notes; in {moved} of the files onsets moved");
}

/// Harmonized melodies of another program: melody first, then block chords, both unnamed.
#[test]
fn unnamed_melodies_with_block_chords_are_told_apart() {
    let data = std::env::var_os("CANTUS_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let folder = data.join("../fixtures/metrics");
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mid"))
        .collect();
    if files.is_empty() {
        println!("skipped: no data at {}", folder.display());
    }
    for path in files {
        let bytes = std::fs::read(&path).expect("a file");
        let reading = midi::read(&bytes, &ReadOptions::default()).expect("read");
        let said: Vec<_> = reading.warnings.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|text| text.contains("part 1")), "{}: {said:?}", path.display());
        assert!(said.iter().any(|text| text.contains("part 2")), "{}: {said:?}", path.display());
        assert_eq!(reading.sheet.check(), Ok(()), "{}", path.display());
        assert!(!reading.sheet.chords.is_empty(), "{}", path.display());
        assert!(reading.sheet.notes.len() > 20, "{}", path.display());
    }
}

/// Writes files and what they hold for `tests/music21/check_midi.py`.
#[test]
fn files_for_music21_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("midi");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut sheets = vec![("waltz".to_owned(), waltz()), ("changing".to_owned(), changing())];
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    for entry in std::fs::read_dir(examples).expect("examples").flatten() {
        let bytes = std::fs::read(entry.path()).expect("a file");
        let document = Document::read(bytes, &entry.path(), &ReadOptions::default()).expect("read");
        let reading = document.first().expect("a song").reading.clone().expect("read");
        // The same tune may stand there in several formats.
        let name = entry.file_name().to_string_lossy().into_owned();
        sheets.push((name, reading.sheet.unfolded()));
    }
    // One song in thirty: music21 needs seconds for each.
    for song in songs().into_iter().step_by(30) {
        let sheet = pop909::read_folder(&song).expect("read").sheet;
        sheets.push((sheet.title.clone().unwrap_or_default(), sheet));
    }
    let mut events = String::from("file\tevent\tonset\tduration\tvalue\n");
    for (name, sheet) in sheets {
        let file = format!("{name}.mid");
        std::fs::write(folder.join(&file), midi::write(&sheet).expect("written")).expect("saved");
        for note in &sheet.notes {
            let (onset, duration, key) = (note.onset, note.duration, note.pitch.midi());
            writeln!(events, "{file}\tnote\t{onset}\t{duration}\t{key}").expect("written");
        }
        let ends = sheet.chords.iter().skip(1).map(|next| next.onset).chain([sheet.end()]);
        for (event, end) in sheet.chords.iter().zip(ends) {
            let Some(chord) = event.symbol.chord() else { continue };
            let classes: Vec<_> =
                chord.pitch_classes().iter().map(|class| class.semitones().to_string()).collect();
            let duration = end.since(event.onset).unwrap_or_default();
            let (onset, classes): (Position, _) = (event.onset, classes.join(" "));
            writeln!(events, "{file}\tchord\t{onset}\t{duration}\t{classes}").expect("written");
        }
        for bar in &sheet.bars {
            writeln!(events, "{file}\tbar\t{}\t{}\t", bar.start, bar.length).expect("written");
        }
    }
    std::fs::write(folder.join("events.tsv"), events).expect("saved");
}
