//! Real songs: what must hold of every metric on every one of them.
//!
//! The songs are read from `$CANTUS_DATA` or the folder `shared/data` beside the repository;
//! without them the test says so and passes.

use std::path::{Path, PathBuf};
use std::{env, fs};

use evaluate::agreement::Rule;
use evaluate::{
    Bootstrap, Convention, Harmonization, Measure, Metric, Pair, Report, RhythmError, Settings,
    TrainingProgressions, metrics,
};
use score::LeadSheet;
use score::formats::{ReadOptions, abc, mxl};

fn data() -> PathBuf {
    env::var_os("CANTUS_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    )
}

/// The files below `folder` whose names end in `extension`, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Every song that can be read, as it is heard.
fn songs() -> Vec<(String, Harmonization)> {
    let options = ReadOptions::default();
    let mut sheets: Vec<LeadSheet> = Vec::new();
    for path in files(&data().join("openewld"), "mxl") {
        let bytes = fs::read(&path).expect("a readable file");
        sheets.extend(mxl::read(&bytes, &options).map(|reading| reading.sheet));
    }
    for path in files(&data().join("nottingham"), "abc") {
        let bytes = fs::read(&path).expect("a readable file");
        let tunes = abc::read(&bytes, &options).into_iter().flatten();
        sheets.extend(tunes.filter_map(|tune| Some(tune.reading.ok()?.sheet)));
    }
    (0..)
        .zip(&sheets)
        .map(|(number, sheet): (u32, _)| {
            (number.to_string(), Harmonization::from(&sheet.unfolded()))
        })
        .collect()
}

/// The least and greatest value that `metric` can have.
fn range(metric: Metric, convention: Convention) -> (f64, f64) {
    match metric {
        Metric::ChordToneRatio => (0.0, 1.0),
        Metric::PitchConsonance => (-1.0, 1.0),
        Metric::ChordBeatStrength => (0.0, 4.0),
        // Twice the length of the longest centroid: √(1 + 1 + ¼).
        Metric::ChordTonalDistance | Metric::MelodyChordDistance => (0.0, 3.0),
        // What the reference adds inside the logarithm makes the entropy of certainty −10⁻⁶.
        _ if convention == Convention::Reference => (-1e-6, f64::INFINITY),
        _ => (0.0, f64::INFINITY),
    }
}

#[test]
fn metrics_stay_in_their_ranges_and_counts_bound_entropies() {
    let songs = songs();
    if songs.is_empty() {
        println!("skipped: no data at {}", data().display());
        return;
    }
    assert!(songs.len() > 1_400, "only {} songs", songs.len());
    let mut harmonized = 0;
    for (name, song) in &songs {
        for convention in Convention::ALL {
            let values = metrics::measure(song, convention).expect("a song of usual length");
            for (metric, value) in values.iter() {
                let (least, greatest) = range(metric, convention);
                let fits = value.is_none_or(|value| least <= value && value <= greatest);
                assert!(fits, "{name} {} {metric}: {value:?}", convention.name());
            }
            for (entropy, count) in [
                (Metric::ChordHistogramEntropy, Metric::ChordCoverage),
                (Metric::IntervalEntropy, Metric::IntervalCount),
                (Metric::OffsetEntropy, Metric::OffsetCount),
            ] {
                let (entropy, count) = (values.get(entropy), values.get(count));
                if let (Some(entropy), Some(count)) = (entropy, count.filter(|count| *count > 0.0))
                {
                    assert!(entropy <= count.ln() + 1e-9, "{name} {}", convention.name());
                }
            }
        }
        let values = metrics::measure(song, Convention::Exact).expect("a song of usual length");
        harmonized += usize::from(values.get(Metric::ChordCoverage) > Some(1.0));
    }
    assert!(harmonized * 10 > songs.len() * 9, "chords in {harmonized} of {}", songs.len());
}

#[test]
fn songs_compared_with_themselves_agree_in_everything() {
    let songs = songs();
    if songs.is_empty() {
        println!("skipped: no data at {}", data().display());
        return;
    }
    let pairs: Vec<Pair> = songs
        .iter()
        .map(|(name, song)| Pair {
            name: name.clone(),
            generated: song.clone().into(),
            reference: song.clone().into(),
            constraints: Vec::new(),
        })
        .collect();
    let training = TrainingProgressions::new(songs.iter().map(|(_, song)| song));
    let bootstrap = Bootstrap { draws: 100, ..Bootstrap::default() };
    let settings = Settings { bootstrap, ..Settings::default() };
    let report = Report::new(&pairs, settings, Some(&training)).expect("songs of usual length");
    for piece in &report.pieces {
        let name = &piece.name;
        for metric in Metric::ALL {
            assert!(piece.error(*metric).is_none_or(|error| error == 0.0), "{name} {metric}");
        }
        for rule in Rule::ALL {
            let agreement = piece.agreement.get(*rule);
            assert!(agreement.is_none_or(|share| share == 1.0), "{name} {}", rule.name());
        }
        assert!(piece.rhythm.get(RhythmError::Onsets).is_none_or(|error| error == 0.0), "{name}");
        // Of course: the training corpus holds the song itself.
        let copied = piece.copied.expect("a training corpus was given");
        assert!(copied.of < 2 || copied.chords == copied.of, "{name}: {copied:?}");
    }
}
