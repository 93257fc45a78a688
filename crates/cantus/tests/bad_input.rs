//! Bad input: a one-line error with file, place and way out, status 1, and no file left behind.

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;

use common::{cantus, example};
use predicates::prelude::*;

/// Harmonizes `bytes` as a file called `name`; the error must contain all of `words`.
fn refused(name: &str, bytes: &[u8], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let melody = folder.path().join(name);
    fs::write(&melody, bytes).expect("writes");
    let mut assert = cantus()
        .arg("harmonize")
        .arg(&melody)
        .args(["-o"])
        .arg(folder.path().join("out.musicxml"))
        .assert()
        .code(1)
        .stdout("")
        .stderr(predicate::function(|text: &str| text.trim_end().lines().count() == 1))
        .stderr(predicate::str::contains(name));
    for word in words {
        assert = assert.stderr(predicate::str::contains(*word));
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("lists").collect();
    assert_eq!(left.len(), 1, "only the melody is there: {left:?}");
}

#[test]
fn an_empty_file() {
    refused("empty.musicxml", b"", &["the file is empty", "export"]);
}

#[test]
fn a_truncated_archive() {
    let whole = fs::read(example("auld-lang-syne.mxl")).expect("an example");
    refused("cut.mxl", &whole[..whole.len() / 2], &["the file"]);
}

#[test]
fn xml_that_is_not_musicxml() {
    refused(
        "drawing.musicxml",
        b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        &["svg"],
    );
}

#[test]
fn abc_without_notes() {
    refused("silent.abc", b"X:1\nT:Silence\nM:4/4\nL:1/4\nK:C\nz4|z4|]\n", &[]);
}

#[test]
fn a_score_without_melody() {
    refused(
        "rests.musicxml",
        b"<?xml version=\"1.0\"?><score-partwise><part-list><score-part id=\"P1\"><part-name>M\
          </part-name></score-part></part-list><part id=\"P1\"><measure number=\"1\"><attributes>\
          <divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>\
          <note><rest/><duration>4</duration></note></measure></part></score-partwise>",
        &[],
    );
}

#[test]
fn a_file_that_is_no_score_at_all() {
    refused("letter.txt", b"Dear Sir or Madam,", &["MusicXML, MXL, ABC"]);
}

#[test]
fn a_file_that_is_not_there() {
    cantus()
        .args(["harmonize", "nowhere.abc", "-o", "out.mid"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("nowhere.abc"));
}

fn model_with(folder: &Path, name: &str, bytes: &[u8]) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/lead-sheets");
    for file in ["config.json", "model.safetensors"] {
        fs::copy(shipped.join(file), folder.join(file)).expect("copies");
    }
    fs::File::create(folder.join(name)).and_then(|mut file| file.write_all(bytes)).expect("writes");
}

#[test]
fn a_corrupt_model() {
    for (name, bytes, words) in [
        ("model.safetensors", b"not tensors".as_slice(), "damaged"),
        ("config.json", b"{}", "version"),
        ("config.json", b"{\"version\": 99}", "version 99"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        model_with(folder.path(), name, bytes);
        let output = folder.path().join("out.musicxml");
        cantus()
            .arg("harmonize")
            .arg(example("amazing-grace.abc"))
            .arg("-o")
            .arg(&output)
            .arg("--model")
            .arg(folder.path())
            .assert()
            .code(1)
            .stderr(predicate::str::contains(name).and(predicate::str::contains(words)))
            .stderr(predicate::str::contains("cantus train"));
        assert!(!output.exists());
    }
}

#[test]
fn a_corpus_made_by_another_version() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("corpus.json"), "{\"version\": 7}").expect("writes");
    let config = folder.path().join("run.toml");
    fs::write(&config, "").expect("writes");
    cantus()
        .arg("train")
        .arg(&config)
        .arg("--corpus")
        .arg(folder.path())
        .arg("--out")
        .arg(folder.path().join("run"))
        .assert()
        .code(1)
        .stderr(predicate::str::contains("corpus.json").and(predicate::str::contains("version 7")))
        .stderr(predicate::str::contains("cantus prepare"));
    assert!(!folder.path().join("run").exists());
}

#[test]
fn an_output_that_no_format_has() {
    cantus()
        .arg("harmonize")
        .arg(example("amazing-grace.abc"))
        .args(["-o", "out.pdf"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("out.pdf").and(predicate::str::contains(".musicxml")));
}

#[test]
fn wrong_usage_has_status_two() {
    cantus().arg("harmonise").assert().code(2);
    cantus().args(["harmonize", "x.abc"]).assert().code(2);
}
