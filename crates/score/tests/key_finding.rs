//! The keys found in folk tunes against the keys written above them.

use std::fs;
use std::path::{Path, PathBuf};

use score::formats::{ReadOptions, abc};
use score::key_finding::{KeyProfile, find_key_with};
use score::{Key, LeadSheet, Mode};

/// The tunes of a folder, or none with a note where it is missing.
fn tunes(folder: &str) -> Vec<LeadSheet> {
    let root = std::env::var_os("CANTUS_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let Ok(folder) = fs::read_dir(root.join(folder)) else {
        println!("skipped: no data at {}", root.display());
        return Vec::new();
    };
    let mut tunes = Vec::new();
    for entry in folder {
        let path = entry.expect("a readable entry").path();
        if path.extension().is_some_and(|extension| extension == "abc") {
            let bytes = fs::read(path).expect("a readable file");
            let read = abc::read(&bytes, &ReadOptions::default()).expect("a tunebook");
            tunes.extend(read.into_iter().filter_map(|tune| Some(tune.reading.ok()?.sheet)));
        }
    }
    tunes
}

/// Tonic and third agree: a dorian tune counts as minor, a mixolydian one as major.
fn same_tonic(found: Key, written: Key) -> bool {
    let minor = if written.mode.is_minor() { Mode::Minor } else { Mode::Major };
    found.tonic().class() == written.tonic().class() && found.mode == minor
}

/// Tunes in one key, with the key that is written.
fn in_one_key(folder: &str) -> Vec<(Key, LeadSheet)> {
    tunes(folder)
        .into_iter()
        .filter(|sheet| sheet.keys.len() == 1)
        .filter_map(|sheet| Some((sheet.keys.first()?.value, sheet)))
        .collect()
}

/// The percentage of tunes whose written tonic and mode are found; prints more.
fn agreement(tunes: &[(Key, LeadSheet)], profile: KeyProfile) -> f64 {
    let (mut same, mut signature, mut sure, mut sure_and_same) = (0, 0, 0, 0);
    for (written, sheet) in tunes {
        let found = find_key_with(&sheet.notes, profile).expect("a key");
        let agrees = same_tonic(found.key, *written);
        same += usize::from(agrees);
        signature += usize::from(found.key.fifths == written.fifths);
        if found.margin > 0.1 {
            sure += 1;
            sure_and_same += usize::from(agrees);
        }
    }
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
    println!(
        "{profile:?}: tonic and mode of {} tunes {:.1}%, signature {:.1}%; with a margin over 0.1 \
         ({sure} tunes) tonic and mode {:.1}%",
        tunes.len(),
        percent(same, tunes.len()),
        percent(signature, tunes.len()),
        percent(sure_and_same, sure),
    );
    percent(same, tunes.len())
}

#[test]
fn the_key_found_is_mostly_the_key_written() {
    for (folder, least) in [("nottingham/ABC_cleaned", 90.0), ("pdsa", 80.0)] {
        let tunes = in_one_key(folder);
        if tunes.is_empty() {
            return;
        }
        println!("{folder}");
        let best = KeyProfile::ALL
            .map(|profile| agreement(&tunes, profile))
            .into_iter()
            .fold(0.0, f64::max);
        let default = agreement(&tunes, KeyProfile::default());
        assert!(default >= best, "the default profile is the best: {default} against {best}");
        assert!(default > least, "{folder}: {default}");
    }
}
