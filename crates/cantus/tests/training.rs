//! Training through the binary: killed, out of room, gone astray, stopped early.

mod common;

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{cantus, write_set};
use predicates::prelude::*;

/// A corpus, and a place for runs on it.
struct Laboratory {
    folder: tempfile::TempDir,
}

/// A small encoder, measured often.
const CONFIG: &str = "[model]\nwidth = 32\nheads = 4\nlayers = 1\nfeed_forward = 64\n\
    [curriculum]\npreset = \"sampled\"\n[optimization]\nsteps = 40\nbatch = 8\nema = 0.9\n\
    [validation]\nevery = 5\n";

impl Laboratory {
    fn new() -> Self {
        let laboratory = Self { folder: tempfile::tempdir().expect("a folder") };
        write_set(&laboratory.path("set"));
        let mut prepare = cantus();
        prepare.arg("prepare").arg(laboratory.path("set"));
        prepare.arg("-o").arg(laboratory.path("corpus")).assert().success();
        laboratory
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a configuration and gives its name.
    fn config(&self, text: &str) -> PathBuf {
        let path = self.path("run.toml");
        fs::write(&path, text).expect("writes");
        path
    }

    /// The arguments of `cantus train`.
    fn arguments(&self, config: &Path, run: &str) -> Vec<PathBuf> {
        let plain = |text: &str| PathBuf::from(text);
        vec![
            plain("train"),
            config.to_owned(),
            plain("--corpus"),
            self.path("corpus"),
            plain("--out"),
            self.path(run),
        ]
    }

    fn train(&self, config: &Path, run: &str, resume: bool) -> assert_cmd::Command {
        let mut command = cantus();
        command.args(self.arguments(config, run));
        if resume {
            command.arg("--resume");
        }
        command
    }

    fn bytes(&self, run: &str, name: &str) -> Vec<u8> {
        let path = self.path(run).join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The lines of a run's log without what depends on the machine's pace.
    fn log(&self, run: &str) -> Vec<serde_json::Value> {
        let text = String::from_utf8(self.bytes(run, "metrics.jsonl")).expect("text");
        let line = |line: &str| {
            let mut line: serde_json::Value = serde_json::from_str(line).expect("a whole line");
            let fields = line.as_object_mut().expect("an object");
            let paces = ["seconds", "waiting_seconds", "remaining_seconds", "cells_per_second"];
            for pace in paces.into_iter().chain(["memory_megabytes"]) {
                fields.remove(pace);
            }
            line
        };
        text.lines().map(line).collect()
    }
}

/// Lines that a run has written so far.
fn written(run: &Path) -> usize {
    fs::read(run.join("metrics.jsonl"))
        .map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_the_same_bits() {
    let laboratory = Laboratory::new();
    let config = laboratory.config(&CONFIG.replace("steps = 40", "steps = 200"));
    laboratory.train(&config, "whole", false).assert().success();

    let run = laboratory.path("killed");
    let mut kills = Vec::new();
    // So many more lines each time, and then at any moment.
    for lines in [0, 3, 7, 1, 12, 6, 9] {
        let mut command = Command::new(cantus().get_program());
        command.args(laboratory.arguments(&config, "killed"));
        if run.join("config.toml").exists() {
            command.arg("--resume");
        }
        let mut process =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        let goal = written(&run) + lines;
        while process.try_wait().expect("a process").is_none() && written(&run) < goal {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        // A hasher of the standard library is keyed at random.
        let moment = RandomState::new().build_hasher().finish() % 10_000;
        std::thread::sleep(std::time::Duration::from_micros(moment));
        process.kill().expect("it is ours");
        let status = process.wait().expect("it ends");
        if status.code().is_none() {
            kills.push(written(&run));
        }
    }
    assert!(kills.len() >= 3, "killed with {kills:?} lines written");
    println!("killed with {kills:?} lines written");
    // Killed at the very start there may be no run to resume.
    let resume = run.join("config.toml").exists();
    laboratory.train(&config, "killed", resume).assert().success();

    let validations = (5..=200).step_by(5).map(|step| format!("validations/step-{step}.json"));
    let names = [
        "model/model.safetensors",
        "checkpoints/step-200/state.safetensors",
        "checkpoints/step-200/state.toml",
    ];
    for name in names.map(str::to_owned).into_iter().chain(validations) {
        let (whole, killed) = (laboratory.bytes("whole", &name), laboratory.bytes("killed", &name));
        assert!(whole == killed, "{name} differs, killed with {kills:?} lines written");
    }
    assert_eq!(laboratory.log("whole"), laboratory.log("killed"), "killed at {kills:?}");
    let left: Vec<_> = fs::read_dir(run.join("checkpoints"))
        .expect("lists")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name.to_string_lossy().ends_with("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Runs the program where no file may grow beyond `blocks` of 512 bytes: writing more fails as it
/// does on a disk without room.
#[cfg(unix)]
fn without_room(arguments: &[PathBuf], blocks: usize) -> assert_cmd::Command {
    let mut shell = assert_cmd::Command::new("sh");
    // The signal would end the program before it can say what happened.
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    shell.arg(cantus().get_program()).args(arguments);
    shell
}

#[test]
#[cfg(unix)]
fn a_disk_without_room_stops_the_run_and_the_last_checkpoint_goes_on() {
    let laboratory = Laboratory::new();
    let config = laboratory.config(CONFIG);
    laboratory.train(&config, "whole", false).assert().success();
    laboratory.train(&config, "stopped", false).assert().success();
    // As it was at step 35.
    let checkpoints = laboratory.path("stopped").join("checkpoints");
    fs::remove_dir_all(checkpoints.join("step-40")).expect("removes");
    let good = laboratory.bytes("stopped", "checkpoints/step-35/state.safetensors");

    let mut arguments = laboratory.arguments(&config, "stopped");
    arguments.push("--resume".into());
    // Room for the log, but neither for a checkpoint nor for a model.
    let blocks = good.len() / 512 / 8;
    let assert = without_room(&arguments, blocks).assert().code(1);
    let output = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    let line = output.lines().last().unwrap_or_default();
    for words in ["cantus: ", "stopped", "File too large", "make room on the disk", "--resume"] {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert_eq!(line.matches("File too large").count(), 1, "said once: {line}");
    assert!(
        line.contains("step-40.partial/state.safetensors") || line.contains("model/model.partial"),
        "the file is named: {line}"
    );
    assert_eq!(laboratory.bytes("stopped", "checkpoints/step-35/state.safetensors"), good);
    assert!(!checkpoints.join("step-40").exists() && !checkpoints.join("step-40.partial").exists());

    laboratory.train(&config, "stopped", true).assert().success();
    for name in ["model/model.safetensors", "checkpoints/step-40/state.safetensors"] {
        assert_eq!(laboratory.bytes("whole", name), laboratory.bytes("stopped", name), "{name}");
    }
    assert_eq!(laboratory.log("whole"), laboratory.log("stopped"));
}

#[test]
fn a_run_gone_astray_says_so_and_what_to_do() {
    let laboratory = Laboratory::new();
    let config =
        laboratory.config(&format!("{CONFIG}[optimization.learning_rate]\npeak = 3e38\n",));
    laboratory
        .train(&config, "astray", false)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("is not a number any more"))
        .stderr(predicate::str::contains("optimization.learning_rate.peak"));
}

#[test]
fn early_stopping_is_said_on_standard_output() {
    let laboratory = Laboratory::new();
    let config = laboratory.config(&format!(
        "{CONFIG}[early_stopping]\nfigure = \"bars-span root\"\npatience = 1\nleast = 1.0\n"
    ));
    for resume in [false, true] {
        laboratory
            .train(&config, "early", resume)
            .assert()
            .success()
            .stdout(predicate::str::contains("stopped early at step 10 of 40: bars-span root"));
    }
    laboratory
        .train(&config, "early", true)
        .args(["--seed", "9"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("seed is 1 there, 9 here"));
}

#[test]
fn a_device_that_is_not_there_and_a_run_that_is_not_there_are_named() {
    let laboratory = Laboratory::new();
    let config = laboratory.config(CONFIG);
    laboratory
        .train(&config, "new", false)
        .args(["--device", "abacus"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("`abacus`").and(predicate::str::contains("cpu")));
    laboratory
        .train(&config, "new", true)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("no run to resume"));
    assert!(!laboratory.path("new").exists());
}
