//! Runs that end before their last step, and the model that is kept.

use super::*;
use crate::EarlyStopping;

/// A run that learns nothing: its figures never get better by as much as is asked.
fn stagnant() -> RunConfig {
    let mut config = config();
    config.validation.every = 2;
    config.early_stopping = Some(EarlyStopping {
        figure: Some("cells-50 accuracy".parse().expect("a figure")),
        patience: 2,
        least: 1.0,
    });
    config
}

#[test]
fn a_run_that_gets_no_better_ends_says_so_and_stays_ended() {
    let (folder, corpus) = corpus();
    let out = folder.path().join("run");
    let outcome = run(&stagnant(), &corpus, &out, false).expect("trains");
    let stop = outcome.early_stop.expect("it ended early");
    assert_eq!((stop.step, stop.best_step), (6, 2), "the first figure and two without more");
    assert_eq!(outcome.last.step, 6);
    let end = |lines: Vec<serde_json::Value>| lines.into_iter().rfind(|line| line["type"] == "end");
    let line = end(lines(&out)).expect("the end is logged");
    assert_eq!(line["early_stop"]["figure"], "cells-50 accuracy");
    assert_eq!(line["early_stop"]["step"], 6);

    let again = run(&stagnant(), &corpus, &out, true).expect("resumes");
    assert_eq!(again.early_stop, Some(stop));
    assert_eq!(again.last.step, 6, "no step more");
    let ends = lines(&out).into_iter().filter(|line| line["type"] == "end").count();
    assert_eq!(ends, 1);
}

#[test]
fn a_resumed_run_has_not_forgotten_how_long_it_waited() {
    let (folder, corpus) = corpus();
    let out = folder.path().join("run");
    run(&stagnant(), &corpus, &out, false).expect("trains");
    std::fs::remove_dir_all(out.join("checkpoints/step-6")).expect("removes");
    let outcome = run(&stagnant(), &corpus, &out, true).expect("resumes");
    assert_eq!(outcome.early_stop.map(|stop| stop.step), Some(6));
}

#[test]
fn without_early_stopping_a_run_ends_at_its_last_step() {
    let (folder, corpus) = corpus();
    let out = folder.path().join("run");
    let outcome = run(&config(), &corpus, &out, false).expect("trains");
    assert_eq!(outcome.early_stop, None);
    let last = lines(&out).pop().expect("a line");
    assert_eq!((last["type"].as_str(), last["step"].as_u64()), (Some("end"), Some(12)));
    assert!(last.get("early_stop").is_none());
}

#[test]
fn the_model_is_that_of_the_figure_that_is_named() {
    let (folder, corpus) = corpus();
    let mut config = config();
    config.validation.best = "cells-50 accuracy".parse().expect("a figure");
    let out = folder.path().join("run");
    let outcome = run(&config, &corpus, &out, false).expect("trains");
    let accuracy = |line: &serde_json::Value| {
        let measured = &line["validation"][1]["all"];
        measured["right"].as_f64().expect("a count") / measured["cells"].as_f64().expect("a count")
    };
    let validations: Vec<_> =
        lines(&out).into_iter().filter(|line| line["type"] == "validation").collect();
    let highest = validations.iter().map(accuracy).fold(0.0, f64::max);
    assert_eq!(outcome.best.0, highest);
    let first = validations.iter().find(|line| accuracy(line) == highest).expect("one");
    assert_eq!(Some(outcome.best.1), first["step"].as_u64());
}

#[test]
fn a_figure_about_nothing_stops_the_run_before_it_starts() {
    let (folder, corpus) = corpus();
    let mut config = config();
    // In 4/4 with a cell a beat no cell is weaker than a beat.
    config.validation.probes.push("metric-beat".parse().expect("a probe"));
    let outcome = run(&config, &corpus, &folder.path().join("run"), false).expect("trains");
    assert_eq!(outcome.last.validation.len(), 2, "it is left out");
    config.validation.best = "metric-beat loss".parse().expect("a figure");
    let message = run(&config, &corpus, &folder.path().join("other"), false);
    let message = message.expect_err("nothing asked").to_string();
    assert!(message.contains("metric-beat"), "{message}");
}
