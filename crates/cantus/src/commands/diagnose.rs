//! `cantus diagnose`: the stage curves of a run, and what went wrong.

use std::io::Write;

use ::diagnose::{Finding, History, findings};
use anyhow::Result;
use serde::Serialize;
use train::ValidationReport;

use crate::arguments::Diagnose;

/// A diagnosis as a program reads it.
#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<Finding>,
    validations: &'a [ValidationReport],
}

/// Runs the verb.
pub fn run(arguments: &Diagnose) -> Result<()> {
    let history = History::read(&arguments.run)?;
    let findings = findings(&history);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let report = Report { findings, validations: history.validations() };
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(());
    }
    let probes = history.probes();
    writeln!(out, "accuracy on validation songs / on training songs, dropout off, same masks\n")?;
    write!(out, "{:>8}", "step")?;
    for probe in &probes {
        write!(out, "  {probe:>15}")?;
    }
    writeln!(out, "  {:>6}", "loss")?;
    for report in history.validations() {
        write!(out, "{:>8}", report.step)?;
        for probe in &probes {
            let accuracy = |figures: &[train::Figures]| {
                figures
                    .iter()
                    .find(|figures| figures.probe == *probe)
                    .map_or(f64::NAN, |f| f.all.accuracy())
            };
            let pair =
                format!("{:.3} / {:.3}", accuracy(&report.validation), accuracy(&report.training));
            write!(out, "  {pair:>15}")?;
        }
        writeln!(out, "  {:>6.3}", report.headline())?;
    }
    writeln!(out)?;
    if findings.is_empty() {
        writeln!(out, "no findings")?;
    }
    for finding in &findings {
        writeln!(out, "{}\n  {}\n  try: {}", finding.sentence, finding.evidence, finding.remedy)?;
    }
    Ok(())
}
