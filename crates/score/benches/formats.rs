//! How fast each format is read and written: a made-up lead sheet of 256 bars, and real files
//! where `$CANTUS_DATA` or `../shared/data` holds some.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use score::chord::{harte, text};
use score::formats::pop909::{self, Contents};
use score::formats::{Document, Existing, Format, ReadOptions, hooktheory, write};
use score::{
    Bar, ChordEvent, Duration, Key, LeadSheet, Meter, Mode, Note, Pitch, PitchName, Position,
    RepeatMarks, Step, Timed,
};

const BARS: u32 = 256;

/// What is written; Hooktheory's JSON is only read.
const WRITTEN: [Format; 5] =
    [Format::MusicXml, Format::Mxl, Format::Abc, Format::Midi, Format::Json];

fn at(numerator: u32, denominator: i64) -> Position {
    Position::new(i64::from(numerator), denominator).expect("in range")
}

/// Eighths and triplets in turn, two chords in each bar of 4/4.
fn lead_sheet() -> LeadSheet {
    let bars = (0..BARS).map(|bar| Bar {
        start: at(4 * bar, 1),
        length: Duration::quarters(4),
        number: (bar + 1).to_string(),
        written: bar as usize,
        repeats: RepeatMarks::default(),
    });
    let notes = (0..4 * BARS).flat_map(|beat| {
        let parts = 2 + beat % 2;
        (0..parts).map(move |part| Note {
            onset: at(beat * parts + part, i64::from(parts)),
            duration: Duration::new(1, i64::from(parts)).expect("in range"),
            pitch: Pitch {
                name: PitchName::new(Step::ALL[(beat * 3 + part * 5) as usize % 7], 0),
                octave: 4 + (beat % 2) as i8,
            },
        })
    });
    let names = ["C", "Am7", "Dm7b5/Ab", "G7(b9)", "Fmaj7", "F#dim7", "C/E", "N.C."];
    let chords = (0..2 * BARS).map(|index| ChordEvent {
        onset: at(2 * index, 1),
        symbol: text::parse(names[index as usize % names.len()]).expect("a chord symbol"),
        written: None,
    });
    LeadSheet {
        title: Some("Made up".into()),
        meters: vec![Timed { at: Position::ZERO, value: Meter::COMMON }],
        keys: vec![Timed { at: Position::ZERO, value: Key { fifths: 0, mode: Mode::Major } }],
        bars: bars.collect(),
        notes: notes.collect(),
        chords: chords.collect(),
        ..LeadSheet::default()
    }
}

/// The real data, where it is.
fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("CANTUS_DATA").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("real files skipped: no data at {}", folder.display());
    None
}

/// Up to `most` files under `folder` with this extension, evenly spread.
fn files(folder: &Path, extension: &str, most: usize) -> Vec<Vec<u8>> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    let step = found.len().div_ceil(most).max(1);
    found.iter().step_by(step).map(|path| std::fs::read(path).expect("a readable file")).collect()
}

fn size(files: &[Vec<u8>]) -> Throughput {
    Throughput::Bytes(files.iter().map(Vec::len).sum::<usize>() as u64)
}

/// Reads files as the command line does: format found by content, every song.
fn read_all(files: &[Vec<u8>]) -> usize {
    let read = files.iter().filter_map(|bytes| {
        Document::read(bytes.clone(), Path::new(""), &ReadOptions::default()).ok()
    });
    read.map(|document| document.songs().len()).sum()
}

fn reading(criterion: &mut Criterion) {
    let sheet = lead_sheet();
    let mut group = criterion.benchmark_group("read");
    for format in WRITTEN {
        let file = [write(&sheet, format).expect("written")];
        group.throughput(size(&file));
        let name = format!("made up {}", format.name());
        group.bench_function(name, |bench| bench.iter(|| read_all(black_box(&file))));
    }
    let annotations = hooktheory_file();
    group.throughput(Throughput::Bytes(annotations.len() as u64));
    group.bench_function("made up Hooktheory JSON", |bench| {
        bench.iter(|| hooktheory::read(black_box(annotations.as_bytes())).expect("read").len());
    });
    let midi = write(&sheet, Format::Midi).expect("written");
    let [beats, chords, keys] = pop909_texts(&sheet);
    let texts = beats.len() + chords.len() + keys.len();
    group.throughput(Throughput::Bytes((midi.len() + texts) as u64));
    group.bench_function("made up POP909", |bench| {
        let contents = Contents { midi: &midi, beats: &beats, chords: &chords, keys: &keys };
        bench.iter(|| pop909::read(black_box(contents)).expect("read").sheet.notes.len());
    });
    if let Some(data) = data() {
        for (name, folder, extension) in [
            ("50 of OpenEWLD", "openewld", "mxl"),
            ("Nottingham", "nottingham", "abc"),
            ("50 MIDI files of POP909", "pop909", "mid"),
        ] {
            let files = files(&data.join(folder), extension, 50);
            group.throughput(size(&files)).sample_size(10);
            group.bench_function(name, |bench| bench.iter(|| read_all(black_box(&files))));
        }
    }
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let sheet = lead_sheet();
    let mut group = criterion.benchmark_group("write");
    for format in WRITTEN {
        let length = write(&sheet, format).expect("written").len();
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(format!("fresh {}", format.name()), |bench| {
            bench.iter(|| write(black_box(&sheet), format).expect("written").len());
        });
    }
    for format in [Format::MusicXml, Format::Mxl, Format::Abc] {
        let file = write(&sheet, format).expect("written");
        group.throughput(Throughput::Bytes(file.len() as u64));
        let document = Document::read(file, Path::new(""), &ReadOptions::default()).expect("read");
        group.bench_function(format!("into {}", format.name()), |bench| {
            bench.iter(|| {
                let chords = black_box(&sheet.chords);
                document.with_chords(chords, Existing::Replace, format).expect("written").len()
            });
        });
    }
    group.finish();
}

/// A hundred songs of Hooktheory's layout, 32 notes and 8 chords each.
fn hooktheory_file() -> String {
    let notes: Vec<_> = (0..32)
        .map(|note| {
            let (onset, class) = (f64::from(note) / 2.0, note * 7 % 12);
            let offset = onset + 0.5;
            format!(
                r#"{{"onset": {onset}, "offset": {offset}, "octave": 0, "pitch_class": {class}}}"#
            )
        })
        .collect();
    let harmony: Vec<_> = (0..8)
        .map(|chord| {
            let (onset, offset, root) = (2 * chord, 2 * chord + 2, chord * 5 % 12);
            format!(
                r#"{{"onset": {onset}, "offset": {offset}, "root_pitch_class": {root},
                    "root_position_intervals": [4, 3, 3], "inversion": {}}}"#,
                chord % 4
            )
        })
        .collect();
    let annotations = format!(
        r#"{{"num_beats": 16, "meters": [{{"beat": 0, "beats_per_bar": 4, "beat_unit": 4}}],
            "keys": [{{"beat": 0, "tonic_pitch_class": 0,
                "scale_degree_intervals": [2, 2, 1, 2, 2, 2]}}],
            "melody": [{}], "harmony": [{}]}}"#,
        notes.join(","),
        harmony.join(",")
    );
    let songs: Vec<_> = (0..100)
        .map(|song| format!(r#""song {song}": {{"split": "TRAIN", "annotations": {annotations}}}"#))
        .collect();
    format!("{{{}}}", songs.join(","))
}

/// The texts of a POP909 folder for a sheet played at two quarter notes a second.
fn pop909_texts(sheet: &LeadSheet) -> [String; 3] {
    let seconds = |at: Position| at.as_f64() / 2.0;
    let beats = (0..4 * BARS)
        .map(|beat| format!("{} 0 {}\n", f64::from(beat) / 2.0, u8::from(beat % 4 == 0)));
    let chords = sheet.chords.iter().map(|chord| {
        let (start, label) = (seconds(chord.onset), harte::format(&chord.symbol));
        format!("{start}\t{}\t{label}\n", start + 1.0)
    });
    [beats.collect(), chords.collect(), format!("0\t{}\tC:maj\n", seconds(sheet.end()))]
}

criterion_group!(benches, reading, writing);
criterion_main!(benches);
