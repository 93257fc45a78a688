//! `cantus diagnose`: runs → a page of curves and findings, and the same as JSON.

mod model;
mod report;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ::diagnose::page::{Figure, Subject, figures, page};
use ::diagnose::{Finding, History, Run, findings};
use anyhow::{Context, Result};

use self::model::Laboratory;
use crate::arguments::Diagnose;
use crate::files::write_whole;

/// Runs the verb.
pub fn run(arguments: &Diagnose) -> Result<()> {
    let laboratory = match &arguments.corpus {
        Some(corpus) => Some(Laboratory::open(corpus, arguments.pieces, &arguments.device)?),
        None => None,
    };
    // All logs first: a mistyped name should not be found out after minutes.
    let runs: Result<Vec<Run>, _> = arguments.runs.iter().map(|folder| Run::read(folder)).collect();
    let mut subjects = Vec::new();
    for (mut run, folder) in runs?.into_iter().zip(&arguments.runs) {
        let unexamined = match &laboratory {
            Some(laboratory) => laboratory.look(&mut run, folder)?,
            None => None,
        };
        subjects.push(Subject { findings: findings(&run), run, unexamined });
    }
    let (page_path, findings_path) = output(arguments);
    let json = report::json(&subjects)?;
    if let Some(folder) = page_path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make(folder, "-o")?;
    }
    write_whole(&page_path, page(&subjects).as_bytes())?;
    write_whole(&findings_path, json.as_bytes())?;
    if let Some(folder) = &arguments.figures {
        make(folder, "--figures")?;
        for Figure { name, chart } in figures(&subjects) {
            let path = folder.join(format!("{name}.svg"));
            write_whole(&path, chart.standalone().as_bytes())?;
        }
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{json}")?;
        return Ok(());
    }
    for subject in &subjects {
        if subjects.len() > 1 {
            writeln!(out, "== {}\n", subject.run.name)?;
        }
        print(&mut out, &subject.run.history, &subject.findings)?;
    }
    writeln!(out, "the page is {}", page_path.display())?;
    if let Some(folder) = &arguments.figures {
        writeln!(out, "its figures are in {}", folder.display())?;
    }
    Ok(())
}

/// Makes a folder that `option` asked for.
fn make(folder: &Path, option: &str) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| {
        format!("{}: cannot be made; choose another place with {option}", folder.display())
    })
}

/// Where the page and the findings go.
fn output(arguments: &Diagnose) -> (PathBuf, PathBuf) {
    let is_page = |path: &Path| path.extension().is_some_and(|extension| extension == "html");
    let page = match (&arguments.output, arguments.runs.as_slice()) {
        (Some(path), _) if is_page(path) => path.clone(),
        (Some(folder), _) => folder.join("index.html"),
        (None, [run]) => run.join("report/index.html"),
        (None, _) => PathBuf::from("report/index.html"),
    };
    let findings = page.with_file_name("findings.json");
    (page, findings)
}

/// A short table and the findings, in text.
fn print(out: &mut impl Write, history: &History, findings: &[Finding]) -> std::io::Result<()> {
    writeln!(out, "accuracy on validation songs / on training songs, dropout off, same masks\n")?;
    let probes = history.probes();
    let width = probes.iter().map(|probe| probe.len()).fold(13, usize::max);
    write!(out, "{:>8}", "step")?;
    for probe in &probes {
        write!(out, "  {probe:>width$}")?;
    }
    writeln!(out, "  {:>6}", "loss")?;
    for report in history.validations() {
        write!(out, "{:>8}", report.step)?;
        for probe in &probes {
            let accuracy = |figures: &[train::Figures]| {
                let found = figures.iter().find(|figures| figures.probe == *probe);
                found.map_or("–".to_owned(), |figures| format!("{:.3}", figures.all.accuracy()))
            };
            let pair = format!("{} / {}", accuracy(&report.validation), accuracy(&report.training));
            write!(out, "  {pair:>width$}")?;
        }
        writeln!(out, "  {:>6.3}", report.headline())?;
    }
    writeln!(out)?;
    if findings.is_empty() {
        writeln!(out, "no findings\n")?;
    }
    for finding in findings {
        writeln!(
            out,
            "{} ({})\n  {}\n  try: {}",
            finding.sentence,
            finding.severity.name(),
            finding.evidence_text(),
            finding.advice
        )?;
        for change in &finding.changes {
            writeln!(out, "       {}", change.line())?;
        }
        writeln!(out)?;
    }
    Ok(())
}
