//! Sweeps through the binary: interrupted, resumed, compared.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{cantus, stdout};
use predicates::prelude::*;

/// A corpus of short tunes, each with turns of its own.
fn corpus(folder: &Path) -> PathBuf {
    let set = folder.join("set");
    fs::create_dir_all(&set).expect("creates");
    let letters = ["C", "D", "E", "F", "G", "A", "B"];
    let mut book = String::new();
    for number in 0..80usize {
        book.push_str(&format!("X:{}\nT:Tune {number}\nM:4/4\nL:1/4\nK:C\n", number + 1));
        for (bar, chord) in ["C", "F", "G7", "C"].iter().enumerate() {
            let turn: String = (0..4)
                .map(|beat| letters[(number * (beat + 2) + bar * 3 + beat * beat) % 7])
                .collect();
            book.push_str(&format!("\"{chord}\"{turn}|"));
        }
        book.push_str("\n\n");
    }
    fs::write(set.join("book.abc"), book).expect("writes");
    let corpus = folder.join("corpus");
    cantus().arg("prepare").arg(set).arg("-o").arg(&corpus).assert().success();
    corpus
}

const SWEEP: &str = "seeds = [1, 2]
[base]
model = { width = 16, heads = 2, layers = 1, feed_forward = 32 }
optimization = { steps = 3, batch = 8 }
validation = { every = 1, visible = [0, 50], training_pieces = false }
[[run]]
name = \"full\"
curriculum = { preset = \"full\" }
[[run]]
name = \"r10\"
curriculum = { preset = \"r10\" }
optimization = { steps = 30 }
validation = { every = 10 }
";

/// A folder with a corpus and a sweep.
fn workplace(sweep: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    corpus(folder.path());
    fs::write(folder.path().join("sweep.toml"), sweep).expect("writes");
    folder
}

/// `cantus sweep` in that folder into `out`.
fn arguments(folder: &Path, out: &str) -> Vec<PathBuf> {
    let mut arguments = vec!["sweep".into(), folder.join("sweep.toml"), "--corpus".into()];
    arguments.extend([folder.join("corpus"), "--out".into(), folder.join(out)]);
    arguments
}

#[test]
fn a_sweep_that_was_killed_goes_on_and_ends_as_one_that_ran_through() {
    let folder = workplace(SWEEP);
    let path = |name: &str| folder.path().join(name);
    let mut whole = cantus();
    let table = stdout(whole.args(arguments(folder.path(), "whole")));
    assert_eq!(table, fs::read_to_string(path("whole/table.md")).expect("reads"));
    for words in ["2 configurations, 2 seeds", "| full |", "| r10 |", "melody pitch", "bars-span"] {
        assert!(table.contains(words), "{words}: {table}");
    }

    // Killed as soon as the first run is done, wherever the second one is then.
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("cantus"))
        .args(arguments(folder.path(), "killed"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("starts");
    while !path("killed/full-seed-1/measured.json").exists() {
        assert_eq!(child.try_wait().expect("a child"), None, "it ended before its first run");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let mut again = cantus();
    again
        .args(arguments(folder.path(), "killed"))
        .assert()
        .success()
        .stderr(predicate::str::contains("run 1 of 4: full, seed 1: was done before"));
    for name in ["table.md", "sweep.json", "stage-curves.svg", "r10-seed-1/model/model.safetensors"]
    {
        let bytes = |sweep: &str| fs::read(path(sweep).join(name)).expect("reads");
        assert!(bytes("killed") == bytes("whole"), "{name} differs");
    }
}

#[test]
fn a_run_broken_off_is_resumed_and_measured_anew() {
    let folder = workplace(SWEEP);
    let path = |name: &str| folder.path().join(name);
    let json = |out: &str| -> serde_json::Value {
        let mut command = cantus();
        let text = stdout(command.args(arguments(folder.path(), out)).arg("--json"));
        serde_json::from_str(&text).expect("JSON")
    };
    let before = json("out");
    let last = &before["comparisons"][0];
    assert_eq!(last["weights"], "last");
    assert_eq!(last["entries"][0]["seeds"].as_array().map(Vec::len), Some(2));
    // Of the last run the newest checkpoint is lost.
    let run = path("out/r10-seed-2");
    fs::remove_dir_all(run.join("checkpoints/step-30")).expect("removes");
    let mut again = cantus();
    again
        .args(arguments(folder.path(), "out"))
        .assert()
        .success()
        .stderr(predicate::str::contains("run 3 of 4: full, seed 2: was done before"))
        .stderr(predicate::str::contains("run 4 of 4: r10, seed 2, going on"))
        .stderr(predicate::str::contains("run 4 of 4: r10, seed 2: measuring"));
    assert_eq!(json("out"), before);
}

#[test]
fn other_questions_are_asked_without_training_again() {
    let folder = workplace(SWEEP);
    let mut first = cantus();
    first.args(arguments(folder.path(), "out")).args(["--weights", "last"]).assert().success();
    let mut both = cantus();
    let assert = both.args(arguments(folder.path(), "out")).assert().success();
    let assert = assert.stderr(predicate::str::contains("run 1 of 4: full, seed 1: measuring"));
    assert.stderr(predicate::str::contains("going on").not());
    let mut test = cantus();
    let assert = test.args(arguments(folder.path(), "out")).args(["--split", "test"]).assert();
    assert.success().stdout(predicate::str::contains("test songs"));
}

#[test]
fn each_run_is_asked_in_the_keys_it_was_trained_in() {
    let sweep = SWEEP.replace("seeds = [1, 2]", "seeds = [1]").replace(
        "[[run]]\nname = \"r10\"",
        "[[run]]\nname = \"r10\"\ndata = { transposition = \"c-major\" }",
    );
    let folder = tempfile::tempdir().expect("a folder");
    // Tunes in several keys.
    common::write_set(&folder.path().join("set"));
    let corpus = folder.path().join("corpus");
    let mut prepare = cantus();
    prepare.arg("prepare").arg(folder.path().join("set")).arg("-o").arg(&corpus);
    prepare.assert().success();
    fs::write(folder.path().join("sweep.toml"), sweep).expect("writes");
    let mut command = cantus();
    command.args(arguments(folder.path(), "out")).assert().success();
    for run in ["full-seed-1", "r10-seed-1"] {
        let run = folder.path().join("out").join(run);
        let text = fs::read_to_string(run.join("measured.json")).expect("reads");
        let measured: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let exported = measured["measured"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["weights"] == "exported"))
            .expect("the exported weights");
        let surprises = exported["probes"][0]["songs"]["surprise"].as_array().expect("numbers");
        let sum: f64 = surprises.iter().filter_map(serde_json::Value::as_f64).sum();
        let mut command = cantus();
        command.arg("measure").arg("--corpus").arg(&corpus).arg("--json");
        let report = stdout(command.arg("--model").arg(run.join("model")));
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        let alone = report["model"][0]["all"]["surprise"].as_f64().expect("a number");
        assert!((sum - alone).abs() < 1e-6 * alone, "{}: {sum} {alone}", run.display());
    }
}

#[test]
fn what_is_wrong_is_found_before_anything_is_trained() {
    for (sweep, words) in [
        (SWEEP.replace("\"r10\" }", "\"r11\" }"), ["run `r10`", "r11"]),
        (SWEEP.replace("heads = 2", "heads = 3"), ["base", "3 heads"]),
        (SWEEP.replace("steps = 30", "step = 30"), ["run `r10` (line 9)", "step"]),
        (SWEEP.replace("name = \"r10\"", "name = \"full\""), ["run `full` (line 9)", "rename"]),
        (SWEEP.replace("seeds = [1, 2]", "seeds = []"), ["seeds", "at least one"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("sweep.toml"), sweep).expect("writes");
        let mut command = cantus();
        let assert = command.args(arguments(folder.path(), "out")).assert().code(1);
        let assert = assert.stderr(predicate::str::contains("sweep.toml"));
        words.iter().fold(assert, |assert, word| assert.stderr(predicate::str::contains(*word)));
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn a_folder_with_other_runs_is_left_alone() {
    let folder = workplace(SWEEP);
    let mut first = cantus();
    first.args(arguments(folder.path(), "out")).assert().success();
    fs::write(folder.path().join("sweep.toml"), SWEEP.replace("batch = 8", "batch = 9"))
        .expect("writes");
    let mut other = cantus();
    other
        .args(arguments(folder.path(), "out"))
        .assert()
        .code(1)
        .stderr(predicate::str::contains("full-seed-1").and(predicate::str::contains("--out")));
}
