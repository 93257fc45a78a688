//! `cantus bench` through the binary.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{cantus, stdout};
use predicates::prelude::*;

/// A run so small that a step of it takes milliseconds.
fn small(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("small.toml");
    let text = "[model]\nwidth = 16\nheads = 2\nlayers = 2\nfeed_forward = 32\n\
                [data]\nwindow = 16\n[optimization]\nbatch = 4\n";
    fs::write(&path, text).expect("writes");
    path
}

fn lines(command: &mut assert_cmd::Command) -> Vec<serde_json::Value> {
    serde_json::from_str(&stdout(command)).expect("JSON")
}

#[test]
fn steps_passes_and_kernels_are_timed() {
    let folder = tempfile::tempdir().expect("a folder");
    let kinds = [("step", 1), ("forward", 1), ("kernels", 7)];
    let runs =
        ["f32", "bf16"].into_iter().flat_map(|precision| kinds.map(|kind| (precision, kind)));
    for (precision, (what, count)) in runs {
        let mut bench = cantus();
        bench.args(["bench", what]).arg(small(&folder)).args(["--precision", precision]);
        bench.args(["--times", "2", "--json"]);
        let lines = lines(&mut bench);
        assert_eq!(lines.len(), count, "{what}");
        for line in lines {
            let time = |name: &str| line[name].as_f64().expect("a time");
            let median = time("median_milliseconds");
            assert!(median > 0.0 && time("shortest_milliseconds") <= median, "{line}");
            assert!(median <= time("longest_milliseconds"), "{line}");
            assert_eq!(line["times"], 2);
        }
    }
}

#[test]
fn steps_on_songs_are_timed_packed_and_padded() {
    let folder = tempfile::tempdir().expect("a folder");
    let corpus = folder.path().join("corpus");
    let mut synth = cantus();
    synth.args(["corpus", "synth", "functional", "--songs", "60", "-o"]).arg(&corpus);
    synth.assert().success();
    let mut bench = cantus();
    bench.args(["bench", "step"]).arg(small(&folder)).arg("--corpus").arg(&corpus);
    let lines = lines(bench.args(["--times", "1", "--json"]));
    let what: Vec<_> = lines.iter().filter_map(|line| line["what"].as_str()).collect();
    let kinds = ["songs, packed", "songs, padded", "of any length, padded"];
    assert!(what.len() == 3 && what.iter().zip(kinds).all(|(what, kind)| what.ends_with(kind)));
    // All do the same useful work.
    assert!(lines.iter().all(|line| line["gigaflops"].as_f64().is_some_and(|rate| rate > 0.0)));
    let mut forward = cantus();
    forward.args(["bench", "forward", "Q", "--corpus"]).arg(&corpus);
    forward.assert().code(1).stderr(predicate::str::contains("only steps are timed on songs"));
}

#[test]
fn what_is_no_workload_is_named_with_those_there_are() {
    cantus()
        .args(["bench", "step", "nowhere.toml"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("nowhere.toml; name Q, S, L"));
    cantus().args(["bench", "step", "Q", "--times", "0"]).assert().code(2);
    cantus().args(["bench", "dance"]).assert().code(2);
    let mut bench = cantus();
    let bench = bench.args(["bench", "step", "Q", "--precision", "f16"]).assert();
    bench.code(2).stderr(predicate::str::contains("choose f32 or bf16"));
}
