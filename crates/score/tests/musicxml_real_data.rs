//! The MusicXML readers and writers on the lead sheets of OpenEWLD.

use std::path::{Path, PathBuf};

use score::formats::{ReadOptions, mxl};

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
