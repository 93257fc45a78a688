//! A melody goes in and comes out harmonized, in every format, with the shipped model.

mod common;

use std::fs;
use std::path::Path;

use common::{cantus, example, stdout};
use predicates::prelude::*;
use score::formats::{Document, ReadOptions};
use score::{LeadSheet, PitchClass};

const TUNES: [&str; 9] = [
    "ah-vous-dirai-je",
    "amazing-grace",
    "auld-lang-syne",
    "god-rest-ye-merry-gentlemen",
    "greensleeves",
    "londonderry-air",
    "oh-susanna",
    "scarborough-fair",
    "the-irish-washerwoman",
];

fn read(path: &Path) -> LeadSheet {
    let bytes = fs::read(path).expect("reads");
    let document = Document::read(bytes, path, &ReadOptions::default()).expect("a score");
    document.first().expect("a song").reading.clone().expect("readable").sheet
}

fn harmonized(melody: &Path, output: &Path) -> (String, LeadSheet) {
    let text = stdout(cantus().arg("harmonize").arg(melody).arg("-o").arg(output));
    (text, read(output))
}

/// What every harmonization must have: coming home, chords under long notes, some variety.
#[test]
fn every_example_makes_musical_sense() {
    let folder = tempfile::tempdir().expect("a folder");
    for tune in TUNES {
        let melody = example(&format!("{tune}.abc"));
        let (_, sheet) = harmonized(&melody, &folder.path().join("out.musicxml"));
        let chords: Vec<_> = sheet.chords.iter().filter_map(|event| event.symbol.chord()).collect();

        let home = harmonize::tonic(&sheet).expect("a key").tonic().class();
        let last = chords.last().expect("chords");
        assert_eq!(last.root.class(), home, "{tune} ends on its tonic");

        let distinct: std::collections::HashSet<_> =
            chords.iter().map(|c| c.pitch_classes()).collect();
        assert!(distinct.len() > 2, "{tune} has {} chords", distinct.len());

        // A long note: a dotted beat or more of the felt pulse.
        let (mut long, mut held) = (0, 0);
        for note in &sheet.notes {
            let pulse = sheet.meter_at(note.onset).beat();
            if note.duration > pulse {
                let sounding = sheet.chord_at(note.onset).and_then(|event| event.symbol.chord());
                if let Some(chord) = sounding {
                    long += 1;
                    let class = PitchClass::from_semitones(note.pitch.midi());
                    held += usize::from(chord.pitch_classes().contains(class));
                }
            }
        }
        assert!(10 * held >= 8 * long, "{tune}: {held} of {long} long notes are chord tones");
    }
}

#[test]
fn the_score_comes_back_as_it_was_with_chords_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let melody = example("amazing-grace.musicxml");
    let output = folder.path().join("out.musicxml");
    harmonized(&melody, &output);
    let written = fs::read_to_string(&output).expect("reads");
    // Without the harmonies that were put in, every line of the original stands there in order.
    let mut lines = written.lines();
    for line in fs::read_to_string(&melody).expect("reads").lines() {
        assert!(lines.any(|candidate| candidate == line), "lost: {line}");
    }
}

#[test]
fn every_format_goes_in_and_comes_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = ["amazing-grace.musicxml", "auld-lang-syne.mxl", "greensleeves.abc"];
    for input in inputs {
        let melody = read(&example(input));
        for extension in ["musicxml", "mxl", "abc", "mid", "json"] {
            let output = folder.path().join(format!("out.{extension}"));
            let (_, sheet) = harmonized(&example(input), &output);
            assert!(!sheet.chords.is_empty(), "{input} → {extension}");
            let midi = |sheet: &LeadSheet| -> Vec<i32> {
                sheet.notes.iter().map(|note| note.pitch.midi()).collect()
            };
            let expected = if extension == "mid" { melody.unfolded() } else { melody.clone() };
            assert_eq!(midi(&sheet), midi(&expected), "{input} → {extension}");
        }
    }
}

#[test]
fn content_decides_the_format_and_names_may_have_any_letters() {
    let folder = tempfile::tempdir().expect("a folder");
    let melody = folder.path().join("Frühling – été.xml");
    fs::copy(example("oh-susanna.abc"), &melody).expect("copies");
    let (text, sheet) = harmonized(&melody, &folder.path().join("грустно.mxl"));
    assert!(text.starts_with("Oh! Susanna") && !sheet.chords.is_empty());
}

#[test]
fn the_same_seed_gives_the_same_chords_and_another_one_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |seed: &str| {
        let output = folder.path().join("out.mid");
        stdout(
            cantus()
                .arg("harmonize")
                .arg(example("londonderry-air.abc"))
                .arg("-o")
                .arg(&output)
                .args(["--seed", seed]),
        )
    };
    assert_eq!(run("1"), run("1"));
    let first = run("1");
    assert!((2..6).any(|seed| run(&seed.to_string()) != first));
}

#[test]
fn kept_chords_stay_where_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let melody = folder.path().join("tune.abc");
    let text = "X:1\nT:Kept\nM:4/4\nL:1/4\nK:C\nCEGE|\"Ab7\"FAcA|GBdB|c4|]\n";
    fs::write(&melody, text).expect("writes");
    let output = folder.path().join("out.abc");
    cantus().arg("harmonize").arg(&melody).arg("-o").arg(&output).arg("--keep").assert().success();
    let written = fs::read_to_string(&output).expect("reads");
    assert!(written.contains("\"Ab7\"FAcA"), "{written}");
    assert!(read(&output).chords.len() > 1);
}

#[test]
fn guidance_is_refused_where_the_model_was_not_trained_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("out.abc");
    let guided = |weight: &str| {
        let mut command = cantus();
        command.arg("harmonize").arg(example("oh-susanna.abc")).arg("-o").arg(&output);
        command.args(["--guidance", weight]);
        command
    };
    guided("2").assert().code(1).stderr(predicate::str::contains("melody_dropout = 0.1"));
    guided("11").assert().code(1).stderr(predicate::str::contains("choose 0 to 10"));
    assert!(!output.exists());
}

#[test]
fn chords_are_printed_bar_by_bar_and_as_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("out.musicxml");
    let (text, _) = harmonized(&example("amazing-grace.abc"), &output);
    assert!(text.starts_with("Amazing Grace, G major, 3/4"), "{text}");
    let json = stdout(
        cantus()
            .arg("harmonize")
            .arg(example("amazing-grace.abc"))
            .arg("-o")
            .arg(&output)
            .arg("--json"),
    );
    let bars: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(bars.as_array().map(Vec::len), Some(read(&output).bars.len()));
}

#[test]
fn several_melodies_go_into_a_folder_as_each_would_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let alone = folder.path().join("alone.abc");
    harmonized(&example("greensleeves.abc"), &alone);
    let into = folder.path().join("all");
    let all = || {
        let mut command = cantus();
        command.arg("harmonize").args(["greensleeves.abc", "auld-lang-syne.mxl"].map(example));
        command
    };
    all().arg("-o").arg(&into).assert().code(1).stderr(predicate::str::contains("into a folder"));
    fs::create_dir(&into).expect("creates");
    let text = stdout(all().arg("-o").arg(&into));
    assert_eq!(text.lines().count(), 2);
    assert_eq!(fs::read(into.join("greensleeves.abc")).ok(), fs::read(&alone).ok());
    assert!(!read(&into.join("auld-lang-syne.mxl")).chords.is_empty());
}

#[test]
fn of_several_melodies_those_that_can_be_read_are_harmonized() {
    let folder = tempfile::tempdir().expect("a folder");
    let (broken, into) = (folder.path().join("broken.abc"), folder.path().join("all"));
    fs::write(&broken, "no tune").expect("writes");
    fs::create_dir(&into).expect("creates");
    let run = |melodies: &[&Path], json: &[&str]| {
        let mut command = cantus();
        command.arg("harmonize").args(melodies).arg("-o").arg(&into).args(json);
        command.assert().code(1)
    };
    let tune = example("oh-susanna.abc");
    let done = run(&[&broken, &tune], &["--json"]);
    let done = done.stderr(predicate::str::contains("broken.abc"));
    let done = done.stderr(predicate::str::contains("1 of 2 melodies were not harmonized"));
    let json: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(1));
    let names: Vec<_> = fs::read_dir(&into).expect("lists").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    // What would be lost is not begun.
    run(&[&tune, &tune], &[]).stderr(predicate::str::contains("name them differently"));
    let written = into.join("oh-susanna.abc");
    run(&[&written, &broken], &[]).stderr(predicate::str::contains("would be overwritten"));
}
