//! From folders of lead sheets to a trained model, through the binary.

mod common;

use std::fs;
use std::path::Path;

use common::{cantus, example, stdout, write_set};
use predicates::prelude::*;

#[test]
fn prepare_train_measure_and_harmonize_work_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    write_set(&path("set"));
    let text = stdout(
        cantus()
            .arg("prepare")
            .arg(path("set"))
            .arg("-o")
            .arg(path("corpus"))
            .args(["--licence", "set=CC0"]),
    );
    assert!(text.contains("90 pieces") && text.contains("1 refused"), "{text}");
    let manifest = fs::read_to_string(path("corpus/manifest.jsonl")).expect("reads");
    assert_eq!(manifest.lines().count(), 91);
    assert!(manifest.contains("\"licence\":\"CC0\""));

    fs::write(
        path("run.toml"),
        "[model]\nwidth = 32\nheads = 4\nlayers = 1\nfeed_forward = 64\n[curriculum]\npreset = \"r10\"\n\
         [optimization]\nsteps = 6\nbatch = 8\n[validation]\nevery = 3\n",
    )
    .expect("writes");
    let train = |resume: bool| {
        let mut command = cantus();
        command.arg("train").arg(path("run.toml")).arg("--corpus").arg(path("corpus"));
        command.arg("--out").arg(path("run"));
        if resume {
            command.arg("--resume");
        }
        command
    };
    train(false).assert().success().stdout(predicate::str::contains("best cells-0 loss"));
    train(false).assert().code(1).stderr(predicate::str::contains("--resume"));
    train(true).assert().success();
    for name in [
        "config.toml",
        "metrics.jsonl",
        "model/config.json",
        "model/model.safetensors",
        "model/vocab.json",
    ] {
        assert!(path("run").join(name).exists(), "{name}");
    }

    let report = stdout(
        cantus()
            .arg("measure")
            .arg("--corpus")
            .arg(path("corpus"))
            .arg("--model")
            .arg(path("run/model"))
            .arg("--json"),
    );
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let cells = report["model"][0]["all"]["cells"].as_u64();
    assert!(cells.is_some_and(|cells| cells > 0));
    for baseline in [
        "most_frequent_chord_of_the_key",
        "chord_by_melody_pitch_classes",
        "hold_the_chord_to_the_left",
        "hidden_markov_model",
    ] {
        assert_eq!(report[baseline][0]["all"]["cells"].as_u64(), cells, "{baseline}");
    }
    let table = stdout(
        cantus()
            .arg("measure")
            .arg("--corpus")
            .arg(path("corpus"))
            .arg("--model")
            .arg(path("run/model")),
    );
    assert!(table.contains("| hold left | HMM |") && table.contains("| bars-span |"), "{table}");

    cantus()
        .arg("harmonize")
        .arg(example("oh-susanna.abc"))
        .arg("-o")
        .arg(path("out.abc"))
        .arg("--model")
        .arg(path("run/model"))
        .assert()
        .success();
    assert!(path("out.abc").exists());
}

#[test]
fn a_guided_model_with_a_learned_table_is_trained_measured_and_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    write_set(&path("set"));
    cantus().arg("prepare").arg(path("set")).arg("-o").arg(path("corpus")).assert().success();
    fs::write(
        path("run.toml"),
        "[model]\nsize = \"2x2\"\nguidance = true\nbars = true\n\
         positions = { type = \"learned\", cells = 16 }\n\
         [data]\nwindow = 16\nmelody_dropout = 0.1\n[optimization]\nsteps = 2\nbatch = 8\n",
    )
    .expect("writes");
    cantus()
        .arg("train")
        .arg(path("run.toml"))
        .arg("--corpus")
        .arg(path("corpus"))
        .arg("--out")
        .arg(path("run"))
        .assert()
        .success();
    let written = fs::read_to_string(path("run/config.toml")).expect("reads");
    assert!(written.contains("feed_forward = 256") && !written.contains("2x2"), "{written}");

    let measure = |window: &str| {
        let mut command = cantus();
        command.arg("measure").arg("--corpus").arg(path("corpus"));
        command.arg("--model").arg(path("run/model")).args(["--window", window]);
        command
    };
    measure("16").assert().success();
    measure("64").assert().code(1).stderr(predicate::str::contains("choose --window 16"));

    cantus()
        .arg("harmonize")
        .arg(example("oh-susanna.abc"))
        .arg("-o")
        .arg(path("out.abc"))
        .arg("--model")
        .arg(path("run/model"))
        .args(["--guidance", "2", "--steps", "4"])
        .assert()
        .success();
}

#[test]
fn a_configuration_is_checked_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("run.toml");
    fs::write(&config, "[model]\nheads = 7\n").expect("writes");
    cantus()
        .arg("train")
        .arg(&config)
        .args(["--corpus", "nowhere", "--out"])
        .arg(folder.path().join("run"))
        .assert()
        .code(1)
        .stderr(predicate::str::contains("run.toml").and(predicate::str::contains("7 heads")));
    assert!(!folder.path().join("run").exists());
}

#[test]
fn curricula_are_listed_and_drawn() {
    let list = stdout(cantus().args(["curriculum", "list"]));
    assert!(["full", "r10", "full-to-full"].iter().all(|name| list.contains(name)));
    let folder = tempfile::tempdir().expect("a folder");
    let svg = folder.path().join("r10.svg");
    let drawn = stdout(
        cantus()
            .args(["curriculum", "show", "r10", "--cells", "20", "--meter", "6/8", "--svg"])
            .arg(&svg),
    );
    assert!(drawn.contains('█') && drawn.contains('?'));
    assert!(fs::read_to_string(svg).expect("reads").starts_with("<svg"));
    cantus()
        .args(["curriculum", "show", "nonsense"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("cantus curriculum list"));
}

#[test]
fn inspect_and_convert_show_and_keep_what_a_score_holds() {
    let text = stdout(cantus().arg("inspect").arg(example("greensleeves.abc")));
    assert!(text.contains("A minor as written") && text.contains("6/8 from bar"), "{text}");
    let folder = tempfile::tempdir().expect("a folder");
    let converted = folder.path().join("out.mxl");
    cantus().arg("convert").arg(example("greensleeves.abc")).arg(&converted).assert().success();
    let json = |path: &Path| -> serde_json::Value {
        let text = stdout(cantus().arg("inspect").arg(path).arg("--json"));
        serde_json::from_str(&text).expect("JSON")
    };
    let (one, other) = (json(&example("greensleeves.abc")), json(&converted));
    for field in ["title", "notes", "bars", "range", "key_written"] {
        assert_eq!(one[0][field], other[0][field], "{field}");
    }
}
