//! The MusicXML readers and writers on the lead sheets of OpenEWLD.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use score::formats::{Document, Existing, ReadOptions, musicxml, mxl};
use score::{LeadSheet, Position, Symbol};

/// Every `.mxl` file of OpenEWLD; none, with a word about it, where the data is missing.
fn lead_sheets() -> Vec<PathBuf> {
    let root = std::env::var_os("CANTUS_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let mut folders = vec![root.join("openewld")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            println!("skipped: no data at {}", folder.display());
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "mxl") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_lead_sheet_is_read_and_keeps_its_invariants() {
    let files = lead_sheets();
    let (mut notes, mut chords, mut warnings, mut played) = (0, 0, 0, 0);
    let mut failures = Vec::new();
    for path in &files {
        let bytes = std::fs::read(path).expect("readable file");
        match mxl::read(&bytes, &ReadOptions::default()) {
            Ok(reading) => {
                notes += reading.sheet.notes.len();
                chords += reading.sheet.chords.len();
                warnings += reading.warnings.len();
                for warning in &reading.warnings {
                    println!("{}: {warning}", path.display());
                }
                let heard = reading.sheet.unfolded();
                played += usize::from(heard.bars.len() > reading.sheet.bars.len());
                for sheet in [&reading.sheet, &heard] {
                    if let Err(broken) = sheet.check() {
                        failures.push(format!("{}: {broken}", path.display()));
                    }
                }
            }
            Err(error) => failures.push(format!("{}: {error}", path.display())),
        }
    }
    println!(
        "{} files, {notes} notes, {chords} chords, {warnings} warnings, {played} with repeats",
        files.len()
    );
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// The document without its harmony elements and the white space before them.
fn without_harmonies(document: &[u8]) -> String {
    let text = std::str::from_utf8(document).expect("UTF-8");
    let mut pieces = text.split("<harmony");
    let mut out = pieces.next().expect("a first piece").to_owned();
    for piece in pieces {
        out.truncate(out.trim_end().len());
        out.push_str(piece.split_once("</harmony>").expect("closed").1);
    }
    out
}

/// The unpacked score of a file.
fn unpacked(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).expect("readable file");
    let mut archive = zip::ZipArchive::new(file).expect("archive");
    let name = archive
        .file_names()
        .filter_map(Result::ok)
        .find(|name| !name.starts_with("META-INF"))
        .expect("a score")
        .into_owned();
    let mut bytes = Vec::new();
    archive.by_name(&name).expect("entry").read_to_end(&mut bytes).expect("unpacked");
    bytes
}

/// Chords by what counts: when, and what.
fn symbols(sheet: &LeadSheet) -> Vec<(Position, Symbol)> {
    sheet.chords.iter().map(|chord| (chord.onset, chord.symbol.clone())).collect()
}

#[test]
fn chords_written_into_their_own_document_change_nothing_else() {
    let options = ReadOptions::default();
    let mut failures = Vec::new();
    let files = lead_sheets();
    for path in &files {
        let original = unpacked(path);
        let sheet = musicxml::read(&original, &options).expect("read").sheet;
        let mut check = |holds: bool, what: &str| {
            if !holds {
                failures.push(format!("{}: {what}", path.display()));
            }
        };
        let replaced = musicxml::write_into(&original, &options, &sheet.chords, Existing::Replace)
            .expect("written");
        check(without_harmonies(&replaced) == without_harmonies(&original), "other bytes changed");
        let again = musicxml::read(&replaced, &options).expect("read again").sheet;
        check(symbols(&again) == symbols(&sheet), "other chords");
        check(again.notes == sheet.notes && again.bars == sheet.bars, "other notes or bars");
        let bare = musicxml::write_into(&original, &options, &[], Existing::Replace).expect("bare");
        check(bare == without_harmonies(&original).into_bytes(), "removal left something");
        let kept = musicxml::write_into(&original, &options, &sheet.chords, Existing::Keep);
        check(kept.expect("kept") == original, "keeping changed something");
        let kept = musicxml::write_into(&bare, &options, &sheet.chords, Existing::Keep);
        check(kept.expect("kept") == replaced, "keeping what is not there is replacing");
        let packed = std::fs::read(path).expect("readable file");
        let packed = mxl::write_into(&packed, &options, &sheet.chords, Existing::Replace);
        let again = mxl::read(&packed.expect("packed"), &options).expect("read again").sheet;
        check(symbols(&again) == symbols(&sheet), "other chords in the archive");
    }
    println!("{} files written into", files.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn fresh_documents_read_back_to_the_same_music() {
    let options = ReadOptions::default();
    let mut failures = Vec::new();
    let files = lead_sheets();
    for path in &files {
        let bytes = std::fs::read(path).expect("readable file");
        let sheet = mxl::read(&bytes, &options).expect("read").sheet;
        for sheet in [sheet.unfolded(), sheet] {
            let written = musicxml::write(&sheet).expect("written");
            let again = musicxml::read(&written, &options).expect("read again").sheet;
            let mut expected = sheet.clone();
            for (index, bar) in expected.bars.iter_mut().enumerate() {
                bar.written = index;
            }
            let same = symbols(&again) == symbols(&sheet)
                && again.notes == sheet.notes
                && again.bars == expected.bars
                && again.meters == sheet.meters
                && again.keys == sheet.keys
                && (&again.title, &again.composer) == (&sheet.title, &sheet.composer);
            if !same {
                failures.push(path.display().to_string());
            }
        }
    }
    println!("{} files written afresh", files.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// Our own files under `folder` as lead sheets, each with its name.
fn own(folder: &str, extension: &str) -> Vec<(String, LeadSheet)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).expect("a readable folder").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|own| own == extension));
    paths.sort();
    let sheets = paths.iter().map(|path| {
        let bytes = std::fs::read(path).expect("readable file");
        let document = Document::read(bytes, path, &ReadOptions::default()).expect("read");
        let reading = document.first().expect("a song").reading.clone().expect("read");
        (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), reading.sheet)
    });
    sheets.collect()
}

/// Writes a sample for `tests/music21/check_musicxml.py`: scores under `target/tmp/musicxml`,
/// and `events.tsv` with what each must hold: `chord` with its pitch classes, `note` with its
/// MIDI key, and when they begin in quarter notes.
#[test]
fn a_sample_is_written_for_music21() {
    let options = ReadOptions::default();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("musicxml");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut scores: Vec<(String, Vec<u8>, LeadSheet)> = Vec::new();
    let fixtures = own("tests/fixtures/musicxml", "musicxml");
    for (name, sheet) in fixtures.into_iter().chain(own("../../examples", "abc")) {
        let packed = mxl::write(&sheet).expect("packed");
        scores.push((format!("{name}-packed.mxl"), packed, sheet.clone()));
        scores.push((format!("{name}.musicxml"), musicxml::write(&sheet).expect("fresh"), sheet));
    }
    for (index, path) in lead_sheets().iter().enumerate().step_by(15) {
        let original = unpacked(path);
        let sheet = musicxml::read(&original, &options).expect("read").sheet;
        let into = musicxml::write_into(&original, &options, &sheet.chords, Existing::Replace);
        let fresh = musicxml::write(&sheet).expect("fresh");
        let packed = mxl::write(&sheet).expect("packed");
        scores.push((format!("{index:03}-into.musicxml"), into.expect("into"), sheet.clone()));
        scores.push((format!("{index:03}-fresh.musicxml"), fresh, sheet.clone()));
        scores.push((format!("{index:03}-packed.mxl"), packed, sheet));
    }
    let mut table = String::from("file\tevent\tonset\tvalue\n");
    for (name, bytes, sheet) in &scores {
        std::fs::write(folder.join(name), bytes).expect("a written file");
        for chord in &sheet.chords {
            let classes = chord.symbol.pitch_classes();
            let classes: Vec<_> =
                classes.iter().map(|class| class.semitones().to_string()).collect();
            writeln!(table, "{name}\tchord\t{}\t{}", chord.onset, classes.join(" ")).expect("text");
        }
        for note in &sheet.notes {
            writeln!(table, "{name}\tnote\t{}\t{}", note.onset, note.pitch.midi()).expect("text");
        }
    }
    std::fs::write(folder.join("events.tsv"), table).expect("a written table");
    println!("{} scores in {}", scores.len(), folder.display());
}
