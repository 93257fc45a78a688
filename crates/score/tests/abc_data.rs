//! Every tune of the real ABC collections is read, keeps the invariants of a lead sheet, and
//! survives being written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use score::formats::{Existing, ReadOptions, abc};
use score::{Bar, ChordEvent, Duration, LeadSheet, Position, Symbol};

/// The folders of ABC files, with the number of tunes that each holds.
const COLLECTIONS: [(&str, usize); 3] = [("nottingham", 1034), ("folk", 199), ("pdsa", 155)];

fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("CANTUS_DATA").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no data at {}", folder.display());
    None
}

/// The ABC files under `folder`, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "abc") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn check_invariants(sheet: &LeadSheet, name: &str) {
    assert_eq!(sheet.check(), Ok(()), "{name}");
    assert_eq!(sheet.unfolded().check(), Ok(()), "{name}, played out");
}

/// Every tune that is read: its name, the file it is in, its number and the lead sheet.
fn tunes(data: &Path) -> Vec<(String, Vec<u8>, u32, LeadSheet)> {
    COLLECTIONS.iter().flat_map(|(collection, _)| tunes_in(&data.join(collection))).collect()
}

fn tunes_in(folder: &Path) -> Vec<(String, Vec<u8>, u32, LeadSheet)> {
    let mut all = Vec::new();
    for path in files(folder) {
        let bytes = std::fs::read(&path).expect("a readable file");
        for tune in abc::read(&bytes, &ReadOptions::default()).unwrap_or_default() {
            let name = format!("{} tune {}", path.display(), tune.number);
            if let Ok(reading) = tune.reading {
                // The tune alone: writing into a whole book of hundreds is slow to check.
                let own = bytes.get(tune.range).expect("a range of the file").to_vec();
                all.push((name, own, tune.number, reading.sheet));
            }
        }
    }
    all
}

fn only(file: &[u8], name: &str) -> LeadSheet {
    let tunes = abc::read(file, &ReadOptions::default());
    let mut tunes = tunes.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(tunes.len(), 1, "{name}");
    tunes.remove(0).reading.unwrap_or_else(|error| panic!("{name}: {error}")).sheet
}

fn symbols(sheet: &LeadSheet) -> Vec<(Position, &Symbol)> {
    sheet.chords.iter().map(|chord| (chord.onset, &chord.symbol)).collect()
}

#[test]
fn every_tune_is_written_and_read_back() {
    let Some(data) = data() else { return };
    for (name, _, _, sheet) in tunes(&data) {
        let written = abc::write(&sheet).unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = only(&written, &name);
        let text = String::from_utf8_lossy(&written);
        assert_eq!(again.notes, sheet.notes, "{name}\n{text}");
        assert_eq!(symbols(&again), symbols(&sheet), "{name}\n{text}");
        assert_eq!(again.bars, sheet.bars, "{name}\n{text}");
        assert_eq!(again.meters, sheet.meters, "{name}\n{text}");
        assert_eq!(again.keys, sheet.keys, "{name}\n{text}");
        assert_eq!((again.title, again.composer), (sheet.title, sheet.composer), "{name}");
    }
}

/// Chords three or five sixteenths apart: in the middle of many notes.
fn dense_chords(sheet: &LeadSheet) -> Vec<ChordEvent> {
    let mut chords = Vec::new();
    let mut onset = Position::ZERO;
    for (index, text) in ["C", "Am7", "F#m7b5", "Bb/D"].iter().cycle().enumerate() {
        if onset >= sheet.end() {
            break;
        }
        let symbol = score::chord::text::parse(text).expect("a chord symbol");
        chords.push(ChordEvent { onset, symbol, written: None });
        onset += Duration::new(if index % 3 == 0 { 3 } else { 5 }, 4).expect("in range");
    }
    chords
}

#[test]
fn every_tune_takes_chords() {
    let Some(data) = data() else { return };
    let options = ReadOptions::default();
    for (name, file, _, sheet) in tunes(&data) {
        let write = |chords: &[ChordEvent], existing| {
            let written = abc::write_into(&file, &options, chords, existing);
            written.unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let own = write(&sheet.chords, Existing::Replace);
        assert_eq!(symbols(&only(&own, &name)), symbols(&sheet), "{name}");
        let none = only(&write(&[], Existing::Replace), &name);
        assert!(none.chords.is_empty(), "{name}");
        let chords = dense_chords(&sheet);
        let dense = only(&write(&chords, Existing::Replace), &name);
        assert_eq!(
            symbols(&dense),
            symbols(&LeadSheet { chords: chords.clone(), ..sheet.clone() })
        );
        assert_eq!(dense.notes, sheet.notes, "{name}");
        assert_eq!(dense.bars, sheet.bars, "{name}");
        let mixed = only(&write(&chords, Existing::Keep), &name);
        for bar in &sheet.bars {
            let within = |chord: &&ChordEvent| chord.onset >= bar.start && chord.onset < bar.end();
            let old: Vec<_> = sheet.chords.iter().filter(within).collect();
            let kept: Vec<_> = mixed.chords.iter().filter(within).collect();
            let new = chords.iter().filter(within).count();
            assert!(kept == old || (old.is_empty() && kept.len() == new), "{name}, {}", bar.number);
        }
    }
}

#[test]
fn every_tune_is_read() {
    let Some(data) = data() else { return };
    let mut warnings: BTreeMap<String, usize> = BTreeMap::new();
    for (collection, expected) in COLLECTIONS {
        let (mut read, mut failed, mut chords, mut odd) = (0, Vec::new(), 0, 0);
        for path in files(&data.join(collection)) {
            let bytes = std::fs::read(&path).expect("a readable file");
            let tunes = match abc::read(&bytes, &ReadOptions::default()) {
                Ok(tunes) => tunes,
                Err(error) => {
                    failed.push(format!("{}: {error}", path.display()));
                    continue;
                }
            };
            for tune in tunes {
                let name = format!("{} tune {}", path.display(), tune.number);
                match tune.reading {
                    Ok(reading) => {
                        check_invariants(&reading.sheet, &name);
                        read += 1;
                        chords += reading.sheet.chords.len();
                        let meter = |at| reading.sheet.meter_at(at).bar();
                        let bars = &reading.sheet.bars;
                        let full = |bar: &Bar| bar.length == meter(bar.start);
                        for (index, bar) in bars.iter().enumerate().skip(1) {
                            let divided = |other: Option<&Bar>| other.is_some_and(|b| !full(b));
                            let next = bars.get(index + 1);
                            if !full(bar)
                                && !divided(bars.get(index - 1))
                                && !divided(next)
                                && next.is_some()
                            {
                                println!("{name}: bar {} is {} long", bar.number, bar.length);
                                odd += 1;
                            }
                        }
                        for warning in reading.warnings {
                            println!("{name}: {warning}");
                            *warnings.entry(warning.message).or_default() += 1;
                        }
                    }
                    Err(error) => failed.push(format!("{name}: {error}")),
                }
            }
        }
        println!("{collection}: {read} tunes read, {chords} chord symbols, {odd} odd bars");
        // One file of the folk collection is a form to fill in, without notes.
        failed.retain(|failure| !failure.contains("TEMPLATE.abc: line 1: tune 10000 has no notes"));
        assert!(failed.is_empty(), "{failed:#?}");
        assert_eq!(read, expected, "{collection}");
    }
    println!("{warnings:#?}");
}

/// Writes a sample for `tests/music21/check_abc.py`: tunes under `target/tmp/abc`, afresh, as
/// they were, and with many chords written into them, and
/// `events.tsv` with what each must hold: `chord` with its pitch classes, `note` with its MIDI
/// key, and when they begin in quarter notes.
#[test]
fn a_sample_is_written_for_music21() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut own = tunes_in(&here.join("tests/fixtures/abc"));
    // A tune that leans on the header of its file says something else alone.
    own.retain(|(name, file, _, sheet)| only(file, name) == *sheet);
    own.extend(tunes_in(&here.join("../../examples")));
    let own = own.into_iter().enumerate().map(|(index, tune)| (format!("own-{index:02}"), tune));
    let mut sample: Vec<_> = own.collect();
    if let Some(data) = data() {
        let real = tunes(&data).into_iter().enumerate().step_by(10);
        sample.extend(real.map(|(index, tune)| (format!("{index:04}"), tune)));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("abc");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut table = String::from("file\tevent\tonset\tvalue\n");
    let mut add = |name: &str, file: Vec<u8>, sheet: &LeadSheet| {
        std::fs::write(folder.join(name), file).expect("a written file");
        for chord in &sheet.chords {
            let classes = chord.symbol.pitch_classes();
            let classes: Vec<_> =
                classes.iter().map(|class| class.semitones().to_string()).collect();
            let _ = writeln!(table, "{name}\tchord\t{}\t{}", chord.onset, classes.join(" "));
        }
        for note in &sheet.notes {
            let _ = writeln!(table, "{name}\tnote\t{}\t{}", note.onset, note.pitch.midi());
        }
    };
    for (stem, (name, file, _, sheet)) in &sample {
        let fresh = abc::write(sheet).unwrap_or_else(|error| panic!("{name}: {error}"));
        add(&format!("{stem}-fresh.abc"), fresh, sheet);
        add(&format!("{stem}-original.abc"), file.clone(), sheet);
        let chords = dense_chords(sheet);
        let into = abc::write_into(file, &ReadOptions::default(), &chords, Existing::Replace);
        let into = into.unwrap_or_else(|error| panic!("{name}: {error}"));
        let sheet = LeadSheet { chords, ..sheet.clone() };
        add(&format!("{stem}-into.abc"), into, &sheet);
    }
    std::fs::write(folder.join("events.tsv"), table).expect("a written table");
}
