//! The published evaluation code's numbers, reproduced.
//!
//! The fixtures, harmonized melodies as MIDI with the values that code gave, are read from
//! `fixtures/metrics` beside the data folder; without them the test says so and passes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use evaluate::reference::Performance;
use evaluate::{Measure, Metric};

fn fixtures() -> PathBuf {
    let data = env::var_os("CANTUS_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    data.join("../fixtures/metrics")
}

#[test]
fn every_value_of_the_reference_is_reproduced() {
    let folder = fixtures();
    let Ok(text) = fs::read_to_string(folder.join("expected.json")) else {
        println!("skipped: no fixtures at {}", folder.display());
        return;
    };
    let expected: BTreeMap<String, BTreeMap<String, f64>> =
        serde_json::from_str(&text).expect("a table of values");
    assert!(expected.len() >= 26, "only {} files", expected.len());
    let mut differences = Vec::new();
    for (name, values) in &expected {
        let bytes = fs::read(folder.join(name)).expect("the file of the table");
        let performance = Performance::read(&bytes).expect("MIDI");
        let measured = performance.measure().expect("a short piece");
        assert_eq!(values.len(), Metric::ALL.len(), "{name}");
        for (metric, value) in values {
            let metric = Metric::from_abbreviation(metric).expect("a known metric");
            let ours = measured.get(metric).expect("defined");
            if (ours - value).abs() > 1e-6 {
                differences.push(format!("{name} {metric}: {ours} instead of {value}"));
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}
