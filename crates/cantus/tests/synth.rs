//! Songs made by rule, through the binary.

mod common;

use std::fs;

use common::{cantus, stdout};
use predicates::prelude::*;

#[test]
fn songs_made_by_rule_are_a_corpus_like_any_other() {
    for kind in ["determined", "functional"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let mut synth = cantus();
        synth.args(["corpus", "synth", kind, "--songs", "150", "--seed", "2", "--json"]);
        synth.arg("-o").arg(path("corpus")).arg("--files").arg(path("files"));
        let report: serde_json::Value = serde_json::from_str(&stdout(&mut synth)).expect("JSON");
        for side in ["train", "validation", "test"] {
            assert!(report[side].as_u64().is_some_and(|songs| songs > 0), "{kind}: {report}");
        }
        assert_eq!(report["families"], 150, "{kind}: no song is another one's variant");
        // The files go the ordinary way and become the same cells.
        cantus()
            .arg("prepare")
            .arg(path("files"))
            .arg("-o")
            .arg(path("again"))
            .assert()
            .success()
            .stdout(predicate::str::contains("refused").not());
        let cells = |corpus: &str| fs::read(path(corpus).join("cells.bin")).expect("reads");
        assert!(cells("corpus") == cells("again"), "{kind}");
        // And so do the same songs made again, at any number of them.
        cantus()
            .args(["corpus", "synth", kind, "--songs", "160", "--seed", "2", "-o"])
            .arg(path("more"))
            .assert()
            .success();
        assert!(cells("more").starts_with(&cells("corpus")), "{kind}");
    }
}

#[test]
fn too_few_songs_to_split_and_folders_in_use_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let synth = |songs: &str| {
        let mut command = cantus();
        command.args(["corpus", "synth", "determined", "--songs", songs, "-o"]).arg(path("corpus"));
        command
    };
    for songs in ["0", "1", "2"] {
        synth(songs).assert().code(1).stderr(predicate::str::contains("side of the split"));
        assert!(!path("corpus").exists());
    }
    fs::create_dir(path("mine")).expect("creates");
    fs::write(path("mine/thesis.txt"), "three years of work").expect("writes");
    let refused = predicate::str::contains("mine").and(predicate::str::contains("a new one"));
    synth("150").arg("--files").arg(path("mine")).assert().code(1).stderr(refused);
    cantus().args(["corpus", "synth", "random", "-o", "x"]).assert().code(2);
}
