//! A diagnosis as a program reads it: `findings.json`.

use ::diagnose::examination::Examination;
use ::diagnose::page::Subject;
use ::diagnose::{Baseline, Finding};
use serde::Serialize;
use train::{Figures, ValidationReport};

/// What is said about all runs.
#[derive(Serialize)]
struct Report<'a> {
    runs: Vec<RunReport<'a>>,
}

/// What is said about one run.
#[derive(Serialize)]
struct RunReport<'a> {
    name: &'a str,
    findings: &'a [Finding],
    validations: &'a [ValidationReport],
    /// Without attention maps and whole pieces, which are for the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    examination: Option<Examination>,
    #[serde(skip_serializing_if = "<[Baseline]>::is_empty")]
    baselines: &'a [Baseline],
    #[serde(skip_serializing_if = "Option::is_none")]
    untrained: Option<&'a [Figures]>,
}

/// The diagnosis of these runs as JSON.
///
/// # Errors
/// If it cannot be written.
pub fn json(subjects: &[Subject]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Report { runs: subjects.iter().map(run).collect() })
}

fn run(subject: &Subject) -> RunReport<'_> {
    let run = &subject.run;
    let examination = run.examination.as_ref().map(|examination| Examination {
        maps: Vec::new(),
        views: Vec::new(),
        ..examination.clone()
    });
    RunReport {
        name: &run.name,
        findings: &subject.findings,
        validations: run.history.validations(),
        examination,
        baselines: &run.baselines,
        untrained: run.untrained.as_deref(),
    }
}
