//! `cantus evaluate` through the binary: pairs by name, and each form of its output.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{cantus, stdout};
use predicates::prelude::*;
use serde_json::Value;

/// A tune of four bars with a chord on each.
fn tune(number: usize, chords: [&str; 4]) -> String {
    let bars = ["CDEF", "GABc", "cBAG", "FEDC"];
    let music: String =
        chords.iter().zip(bars).map(|(chord, bar)| format!("\"{chord}\"{bar}|")).collect();
    format!("X:{number}\nT:Tune {number}\nM:4/4\nL:1/4\nK:C\n{music}\n\n")
}

const WRITTEN: [&str; 4] = ["C", "G7", "Am", "C"];

/// A folder with `generated` and `reference`, each with these files.
fn sides(generated: &[(&str, String)], reference: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (side, files) in [("generated", generated), ("reference", reference)] {
        for (name, text) in files {
            let path = folder.path().join(side).join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("creates");
            fs::write(path, text).expect("writes");
        }
    }
    folder
}

fn evaluate(folder: &Path) -> assert_cmd::Command {
    let mut command = cantus();
    command.arg("evaluate").arg(folder.join("generated"));
    command.arg("--reference").arg(folder.join("reference"));
    command
}

fn json(command: &mut assert_cmd::Command) -> Value {
    serde_json::from_str(&stdout(command.arg("--json"))).expect("JSON")
}

/// One right tune and one with another chord in its second bar.
fn two() -> tempfile::TempDir {
    let written = || [("a.abc", tune(1, WRITTEN)), ("b, c.abc", tune(1, WRITTEN))];
    let [right, mut wrong] = written();
    wrong.1 = tune(1, ["C", "F", "Am", "C"]);
    sides(&[right, wrong], &written())
}

#[test]
fn as_json_everything_is_there() {
    let report = json(&mut evaluate(two().path()));
    let names = |key: &str, name: &str| -> Vec<String> {
        let all = report[key].as_array().expect("a list");
        all.iter().map(|entry| entry[name].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(
        names("metrics", "metric"),
        ["CHE", "CC", "CTD", "CTnCTR", "PCS", "MCTD", "HRHE_i", "HRC_i", "HRHE_o", "HRC_o", "CBS"]
    );
    let agreement = names("agreement", "name");
    for rule in ["root", "majmin", "triads", "sevenths", "tetrads", "mirex"] {
        assert!(agreement.contains(&rule.to_owned()), "{rule}: {agreement:?}");
    }
    assert_eq!(names("rhythm", "name"), ["rhythm_onsets", "rhythm_density"]);
    // One bar of four is wrong in one of two pieces.
    assert_eq!(report["agreement"][0]["estimate"]["mean"], 0.875);
    assert_eq!(report["pieces"][0]["agreement"]["tetrads"], 1.0);
    for metric in report["metrics"].as_array().expect("a list") {
        assert_eq!(metric["error"]["pieces"], 2, "{metric}");
    }
    assert_eq!(report["pieces"][0]["generated"], report["pieces"][0]["reference"]);
    assert_eq!(report["settings"]["convention"], "exact");
    assert_eq!(report["settings"]["bootstrap"]["draws"], 2000);
    assert_eq!(report["progressions"]["generated"]["total"], 2);
}

#[test]
fn as_csv_each_piece_has_a_row() {
    let text = stdout(evaluate(two().path()).arg("--csv"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("piece,CHE,CHE_reference,CC,CC_reference"), "{}", lines[0]);
    assert!(lines[1].starts_with("a,"), "{}", lines[1]);
    // Three chords on both sides: C, G7 (or F), Am.
    assert!(lines[2].starts_with("\"b, c\",") && lines[2].contains(",3,3,"), "{}", lines[2]);
    let columns = lines[0].split(',').count();
    assert_eq!(lines[1].split(',').count(), columns);
}

#[test]
fn as_a_table_and_for_latex_each_measure_has_a_line() {
    let table = stdout(&mut evaluate(two().path()));
    let latex = stdout(evaluate(two().path()).arg("--latex"));
    assert!(latex.contains("\\begin{tabular}") && latex.contains("HRHE$_\\mathrm{i}$"), "{latex}");
    for name in ["CHE", "CC", "CTD", "CTnCTR", "PCS", "MCTD", "CBS", "root", "mirex"] {
        for text in [&table, &latex] {
            let has = text.lines().any(|line| line.split_whitespace().next() == Some(name));
            assert!(has, "{name}: {text}");
        }
    }
    assert!(table.contains("0.875 [0.750, 1.000]"), "{table}");
    assert!(table.contains("distinct of 4 chords"), "{table}");
}

#[test]
fn only_one_form_can_be_asked_for() {
    evaluate(two().path()).args(["--json", "--csv"]).assert().code(2);
}

#[test]
fn pieces_without_a_partner_are_an_error_unless_they_may_be_left_out() {
    let reference = [("a.abc", tune(1, WRITTEN)), ("only.abc", tune(1, WRITTEN))];
    let folder = sides(&[("a.abc", tune(1, WRITTEN)), ("new.abc", tune(1, WRITTEN))], &reference);
    evaluate(folder.path())
        .assert()
        .code(1)
        .stdout("")
        .stderr(predicate::str::contains("generated without a reference of its name: new"))
        .stderr(predicate::str::contains("--skip-unpaired"));
    let report = json(evaluate(folder.path()).arg("--skip-unpaired"));
    assert_eq!(report["pieces"].as_array().map(Vec::len), Some(1));
    let folder = sides(&[("x.abc", tune(1, WRITTEN))], &reference);
    evaluate(folder.path())
        .arg("--skip-unpaired")
        .assert()
        .code(1)
        .stderr(predicate::str::contains("name them alike"));
}

#[test]
fn folders_tunebooks_and_formats_are_paired_by_name() {
    let book: String = (1..=3).map(|number| tune(number, WRITTEN)).collect();
    let deep = ("deep/er/song.abc", tune(1, WRITTEN));
    let folder = sides(&[("book.abc", book.clone()), deep.clone()], &[("book.abc", book), deep]);
    // The deep one is generated as MIDI.
    let song = folder.path().join("generated/deep/er/song.abc");
    cantus().arg("convert").arg(&song).arg(song.with_extension("mid")).assert().success();
    fs::remove_file(&song).expect("is there");
    let report = json(&mut evaluate(folder.path()));
    let names: Vec<&str> = report["pieces"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|piece| piece["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["book#1", "book#2", "book#3", "deep/er/song"]);
    assert_eq!(report["agreement"][0]["estimate"]["mean"], 1.0, "MIDI keeps the chords");
}

#[test]
fn what_is_no_score_is_left_out_of_a_folder_and_refused_by_its_name() {
    let folder = two();
    let list = folder.path().join("generated/list.json");
    fs::write(&list, "[\"a.abc\"]").expect("writes");
    let mut command = evaluate(folder.path());
    command.assert().success().stderr(predicate::str::contains("list.json"));
    let mut command = evaluate(folder.path());
    command.arg(&list).assert().code(1).stderr(predicate::str::contains("list.json"));
    // Left out on one side, its partner is missed.
    fs::write(folder.path().join("reference/list.abc"), tune(1, WRITTEN)).expect("writes");
    evaluate(folder.path()).assert().code(1).stderr(predicate::str::contains("its name: list"));
}

#[test]
fn two_files_of_one_name_are_refused() {
    let folder = sides(&[("a.abc", tune(1, WRITTEN))], &[("a.abc", tune(1, WRITTEN))]);
    let other = folder.path().join("a.abc");
    fs::write(&other, tune(1, WRITTEN)).expect("writes");
    evaluate(folder.path())
        .arg(&other)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("both called a"));
}

#[test]
fn constraints_are_checked() {
    let folder = two();
    let asked = folder.path().join("asked.toml");
    let constraint = |piece: &str, demand: &str| {
        format!("[[constraint]]\npiece = \"{piece}\"\nfrom = 4\nto = 8\n{demand}\n")
    };
    let text = constraint("a", "as-reference = true") + &constraint("b, c", "root = \"G\"");
    fs::write(&asked, text).expect("writes");
    let report = json(evaluate(folder.path()).arg("--constraints").arg(&asked));
    assert_eq!(report["constraints"]["asked"], 2);
    assert_eq!(report["constraints"]["kept"], 1);
    assert_eq!(report["constraints"]["share"]["mean"], 0.5);
    fs::write(&asked, constraint("nobody", "root = \"G\"")).expect("writes");
    evaluate(folder.path())
        .arg("--constraints")
        .arg(&asked)
        .assert()
        .code(1)
        .stderr(predicate::str::contains("asked.toml").and(predicate::str::contains("nobody")));
}

#[test]
fn copies_of_the_training_corpus_are_found_in_any_key() {
    let folder = two();
    let training = folder.path().join("training.abc");
    // The written progression, a tone higher.
    fs::write(&training, tune(1, ["D", "A7", "Bm", "D"])).expect("writes");
    let report = json(evaluate(folder.path()).arg("--training").arg(&training));
    assert_eq!(report["copies"]["longest"], 4);
    assert_eq!(report["copies"]["piece"], "a");
    assert_eq!(report["pieces"][0]["copied"]["chords"], 4);
}

#[test]
fn conventions_are_named_and_differ() {
    let convention = |name: &str| json(evaluate(two().path()).args(["--compat", name]));
    for name in ["reference", "yeh"] {
        assert_eq!(convention(name)["settings"]["convention"], name);
    }
    evaluate(two().path()).args(["--compat", "mine"]).assert().code(2);
}

/// The published evaluation code's numbers. Without the fixtures beside the data folder the test
/// says so and passes.
#[test]
fn the_reference_convention_reproduces_the_published_code() {
    let data = std::env::var_os("CANTUS_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("../fixtures/metrics");
    let Ok(text) = fs::read_to_string(folder.join("expected.json")) else {
        println!("skipped: no fixtures at {}", folder.display());
        return;
    };
    let expected: BTreeMap<String, BTreeMap<String, f64>> =
        serde_json::from_str(&text).expect("a table of values");
    let files = || expected.keys().map(|name| folder.join(name));
    let mut command = cantus();
    command.arg("evaluate").args(files()).arg("--reference").args(files());
    let report = json(command.args(["--compat", "reference"]));
    let pieces = report["pieces"].as_array().expect("a list");
    assert_eq!(pieces.len(), expected.len());
    for piece in pieces {
        let name = piece["name"].as_str().expect("a name");
        for (metric, value) in &expected[&format!("{name}.mid")] {
            for side in ["generated", "reference"] {
                let measured = piece[side][metric].as_f64().expect("defined");
                assert!((measured - value).abs() < 1e-6, "{name} {metric}: {measured}, {value}");
            }
        }
    }
}
