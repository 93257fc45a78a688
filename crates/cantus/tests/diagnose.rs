//! Runs → a page and findings, through the binary.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{cantus, stdout};
use predicates::prelude::*;
use tempfile::TempDir;

/// A corpus, another one, and two short runs on the first.
struct Laboratory {
    folder: TempDir,
}

impl Laboratory {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shared() -> &'static Self {
        static LABORATORY: OnceLock<Laboratory> = OnceLock::new();
        LABORATORY.get_or_init(Self::new)
    }

    fn new() -> Self {
        let laboratory = Self { folder: tempfile::tempdir().expect("a folder") };
        for (corpus, songs) in [("corpus", 160), ("other", 40)] {
            let set = laboratory.path(&format!("{corpus}-set"));
            write_set(&set, songs);
            let mut prepare = cantus();
            prepare.arg("prepare").arg(set).arg("-o").arg(laboratory.path(corpus));
            prepare.assert().success();
        }
        for (run, width) in [("first", 16), ("<second>", 32)] {
            let config = laboratory.path(&format!("{width}.toml"));
            fs::write(
                &config,
                format!(
                    "[model]\nwidth = {width}\nheads = 2\nlayers = 1\nfeed_forward = 32\n\
                     [optimization]\nsteps = 6\nbatch = 8\n[validation]\nevery = 2\n"
                ),
            )
            .expect("writes");
            let mut train = cantus();
            train.arg("train").arg(config).arg("--corpus").arg(laboratory.path("corpus"));
            train.arg("--out").arg(laboratory.path(run)).assert().success();
        }
        laboratory
    }
}

/// Tunes with titles that would break a page that does not escape them.
fn write_set(folder: &Path, songs: usize) {
    fs::create_dir_all(folder).expect("creates");
    let letters = ["C", "D", "E", "F", "G", "A", "B", "c"];
    // A linear congruential generator (Knuth's): no two melodies are alike.
    let mut state = 1u64;
    let mut book = String::new();
    for number in 0..songs {
        book.push_str(&format!(
            "X:{}\nT:<b>Tune</b> & \"{number}\"\nM:4/4\nL:1/4\nK:C\n",
            number + 1
        ));
        for chord in ["C", "F", "Am", "G7", "F", "C"] {
            let mut note = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                letters[(state >> 61) as usize]
            };
            let notes: String = (0..4).map(|_| note()).collect();
            book.push_str(&format!("\"{chord}\"{notes}|"));
        }
        book.push_str("\n\n");
    }
    fs::write(folder.join("book.abc"), book).expect("writes");
}

/// A page that stands alone and is well-formed, charts included.
fn sound(path: &Path) -> String {
    let page = fs::read_to_string(path).expect("a page");
    for outside in ["http:", "https:", "//", "url(", "@import", "<script", "src="] {
        // The one address is the name of SVG itself, which nobody fetches.
        let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!page.contains(outside), "{}: {outside}", path.display());
    }
    let text = page.strip_prefix("<!DOCTYPE html>\n").expect("a document type");
    let document = roxmltree::Document::parse(text).expect("well-formed");
    let charts = document.descendants().filter(|node| node.tag_name().name() == "svg");
    for chart in charts {
        roxmltree::Document::parse(&text[chart.range()]).expect("a chart stands alone");
    }
    for link in document.descendants().filter_map(|node| node.attribute("href")) {
        let within = link
            .strip_prefix('#')
            .map(|id| document.descendants().any(|node| node.attribute("id") == Some(id)));
        assert!(link == "data:," || within == Some(true), "{link} leads nowhere");
    }
    assert!(!page.contains("NaN"), "{}", path.display());
    page
}

#[test]
fn one_run_is_diagnosed_from_its_log_alone() {
    let laboratory = Laboratory::shared();
    let run = laboratory.path("first");
    let output = laboratory.path("bare/page.html");
    let text = stdout(cantus().arg("diagnose").arg(&run).arg("-o").arg(&output));
    assert!(text.contains("cells-0") && text.contains("page.html"), "{text}");
    let page = sound(&output);
    assert!(page.contains("run `cantus diagnose` with --corpus"));
    assert!(page.contains("Diagnosis of first"));
    let findings = fs::read_to_string(output.with_file_name("findings.json")).expect("findings");
    let findings: serde_json::Value = serde_json::from_str(&findings).expect("JSON");
    assert_eq!(findings["runs"][0]["name"], "first");
    assert_eq!(findings["runs"][0]["validations"].as_array().map(Vec::len), Some(3));
    assert!(findings["runs"][0].get("examination").is_none());
}

#[test]
fn with_its_corpus_the_model_is_looked_at() {
    let laboratory = Laboratory::shared();
    let run = laboratory.path("first");
    let mut diagnose = cantus();
    diagnose.arg("diagnose").arg(&run).arg("--corpus").arg(laboratory.path("corpus"));
    diagnose.args(["--pieces", "6", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&stdout(&mut diagnose)).expect("JSON");
    let pieces = report["runs"][0]["examination"]["pieces"].as_u64();
    assert!(pieces.is_some_and(|pieces| (2..=6).contains(&pieces)), "{pieces:?}");
    assert!(report["runs"][0]["baselines"].as_array().is_some_and(|all| all.len() > 1));
    let page = sound(&run.join("report/index.html"));
    assert!(!page.contains("Not measured: this needs the model"));
    for words in ["rollout through all layers", "worth of the melody", "&lt;b&gt;Tune&lt;/b&gt;"] {
        assert!(page.contains(words), "{words}");
    }
    let written = fs::read_to_string(run.join("report/findings.json")).expect("findings");
    let written: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(written, report);
}

#[test]
fn several_runs_stand_side_by_side() {
    let laboratory = Laboratory::shared();
    let here = laboratory.path("here");
    fs::create_dir_all(&here).expect("creates");
    let runs = ["first", "<second>"].map(|name| laboratory.path(name));
    let text = stdout(cantus().current_dir(&here).arg("diagnose").args(&runs));
    assert!(text.contains("== first") && text.contains("== <second>"), "{text}");
    let page = sound(&here.join("report/index.html"));
    for words in ["Run beside run", "&lt;second&gt;", "model.width", "Song by song"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(here.join("report/findings.json").exists());
}

#[test]
fn figures_stand_alone_under_telling_names() {
    let laboratory = Laboratory::shared();
    let figures = laboratory.path("figures/of/two");
    let mut diagnose = cantus();
    diagnose.arg("diagnose").args(["first", "<second>"].map(|name| laboratory.path(name)));
    diagnose.arg("-o").arg(laboratory.path("beside")).arg("--figures").arg(&figures);
    diagnose.arg("--corpus").arg(laboratory.path("corpus")).args(["--pieces", "6"]);
    let text = stdout(&mut diagnose);
    assert!(text.contains("its figures are in"), "{text}");
    let mut names: Vec<String> = fs::read_dir(&figures)
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in [
        "first-stage-accuracy.svg",
        "first-forgetting.svg",
        "first-movement-cells-0.svg",
        "first-training-loss.svg",
        "first-attention-shares.svg",
        "first-reliance.svg",
        "first-memorisation-0.svg",
        "first-calibration-50.svg",
        "second--accuracy-cells-0.svg",
        "runs-accuracy-cells-0.svg",
        "runs-training-loss.svg",
    ] {
        assert!(names.iter().any(|other| other == name), "{name} is not among {names:?}");
    }
    for name in &names {
        let text = fs::read_to_string(figures.join(name)).expect("a figure");
        let document = roxmltree::Document::parse(&text).expect("well-formed");
        assert_eq!(document.root_element().tag_name().name(), "svg", "{name}");
        assert!(text.contains("<style>") && !text.contains("NaN"), "{name}");
    }
}

#[test]
fn another_corpus_than_that_of_the_run_is_refused() {
    let laboratory = Laboratory::shared();
    let output = laboratory.path("refused");
    cantus()
        .arg("diagnose")
        .arg(laboratory.path("<second>"))
        .arg("--corpus")
        .arg(laboratory.path("other"))
        .arg("-o")
        .arg(&output)
        .assert()
        .code(1)
        .stdout("")
        .stderr(
            predicate::str::contains("another corpus").and(predicate::str::contains("--corpus")),
        );
    assert!(!output.exists());
}

#[test]
fn what_is_no_run_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    cantus().arg("diagnose").arg(folder.path()).assert().code(1).stderr(
        predicate::str::contains("metrics.jsonl").and(predicate::str::contains("cantus train")),
    );
    fs::write(folder.path().join("metrics.jsonl"), "{\"type\":\"step\"").expect("writes");
    cantus()
        .arg("diagnose")
        .arg(folder.path())
        .assert()
        .code(1)
        .stderr(predicate::str::contains("line 1").and(predicate::str::contains("resume the run")));
    cantus().arg("diagnose").assert().code(2);
}
