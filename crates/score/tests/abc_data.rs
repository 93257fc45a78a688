//! Every tune of the real ABC collections is read, keeps the invariants of a lead sheet, and
//! survives being written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use score::formats::ReadOptions;
use score::formats::abc;
use score::{Bar, LeadSheet, Position};

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
    let mut at = Position::ZERO;
    for bar in &sheet.bars {
        assert_eq!(bar.start, at, "bars follow each other in {name}");
        assert!(!bar.length.is_zero(), "bars last in {name}");
        at = bar.end();
    }
    for pair in sheet.notes.windows(2) {
        assert!(pair[0].end() <= pair[1].onset, "notes do not overlap in {name}");
    }
    assert!(sheet.notes.last().is_some_and(|note| note.end() <= sheet.end()), "{name}");
    for pair in sheet.chords.windows(2) {
        assert!(pair[0].onset < pair[1].onset, "chords are sorted in {name}");
    }
    assert_eq!(sheet.meters.first().map(|meter| meter.at), Some(Position::ZERO), "{name}");
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
