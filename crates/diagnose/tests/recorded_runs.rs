//! The rules on runs that were trained to show their faults: see `runs/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use diagnose::{Baseline, Finding, Run, findings};

/// Every rule with a run that shows its fault, and one that does not.
const CASES: [(&str, &str, &str); 14] = [
    ("below baselines", "unheard", "determined"),
    ("ignores the melody", "unheard", "steady"),
    ("recites", "reciting", "steady"),
    ("memorising", "memorising", "steady"),
    ("forgetting", "forgetting", "steady"),
    ("ignores the harmony", "undertrained", "steady"),
    ("overconfident", "memorising", "determined"),
    ("steep steps", "steep", "steady"),
    ("volatility", "jumping", "steady"),
    ("validation too small", "few-asked", "steady"),
    ("still improving", "undertrained", "memorising"),
    ("gradient spikes", "spiking", "jumping"),
    ("always clipped", "undertrained", "forgetting"),
    ("loss not comparable", "forgetting", "steady"),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runs").join(name)
}

fn recorded(name: &str) -> Run {
    let folder = folder(name);
    let read = |file: &str| fs::read_to_string(folder.join(file)).ok();
    let mut run = Run::read(&folder).expect("a recorded run");
    run.examination =
        read("examination.json").map(|text| serde_json::from_str(&text).expect("an examination"));
    run.baselines = read("baselines.json")
        .map(|text| serde_json::from_str::<Vec<Baseline>>(&text).expect("baselines"))
        .unwrap_or_default();
    run
}

fn found(run: &Run, rule: &str) -> Option<Finding> {
    findings(run).into_iter().find(|finding| finding.rule == rule)
}

#[test]
fn every_rule_finds_its_fault_and_leaves_a_run_without_it_alone() {
    for (rule, with, without) in CASES {
        assert!(found(&recorded(with), rule).is_some(), "{rule}: not found in `{with}`");
        let finding = found(&recorded(without), rule);
        assert_eq!(finding, None, "{rule}: found in `{without}`");
    }
}

#[test]
fn every_change_that_is_advised_makes_a_configuration() {
    let mut names: Vec<&str> =
        CASES.iter().flat_map(|(_, with, without)| [*with, *without]).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let run = recorded(name);
        for finding in findings(&run) {
            let changes: Vec<_> = finding
                .changes
                .iter()
                .map(|change| (change.setting.clone(), change.value.clone()))
                .collect();
            let changed = run.settings.with(&changes);
            assert!(changed.is_ok(), "{name}, {}: {changed:?}", finding.rule);
            assert!(
                changes.is_empty() || changed != run.settings.with(&[]),
                "{name}, {}: nothing changes",
                finding.rule
            );
        }
    }
}

#[test]
fn evidence_is_made_of_numbers() {
    for (rule, with, _) in CASES {
        let Some(finding) = found(&recorded(with), rule) else { continue };
        assert!(!finding.evidence.is_empty(), "{rule}");
        assert!(finding.evidence.iter().all(|one| one.value.is_finite()), "{finding:?}");
        assert!(!finding.sentence.contains("NaN") && finding.sentence.ends_with('.'));
    }
}
