//! `cantus sweep`: several configurations × seeds → run directories and a comparison.

use std::io::Write;

use ::train::sweep::{Options, SweepConfig, SweepObserver, Turn, Weights, sweep, table};
use ::train::{Measured, Observer, StepReport, TrainError, ValidationReport};
use anyhow::{Context, Result, bail};
use grid::corpus::Corpus;

use super::sweep_figures;
use crate::arguments::{MeasuredWeights, Sweep};
use crate::files;
use crate::progress::TrainingProgress;

/// Runs the verb.
pub fn run(arguments: &Sweep) -> Result<()> {
    let config = SweepConfig::read(&arguments.config)?;
    let device = model::device(&arguments.device)?;
    let corpus = Corpus::open(&arguments.corpus)?;
    let mut weights: Vec<Weights> = Vec::new();
    for kind in arguments.weights.iter().map(|kind| Weights::from(*kind)) {
        if !weights.contains(&kind) {
            weights.push(kind);
        }
    }
    let options = Options {
        out: &arguments.out,
        split: arguments.split.into(),
        weights: &weights,
        device: &device,
    };
    let report = sweep(&config, &corpus, &options, &mut Shown)?;
    let json = serde_json::to_string_pretty(&report)?;
    let tables = table(&report);
    std::fs::create_dir_all(&arguments.out).with_context(|| arguments.out.display().to_string())?;
    files::write_whole(&arguments.out.join("sweep.json"), json.as_bytes())?;
    files::write_whole(&arguments.out.join("table.md"), tables.as_bytes())?;
    sweep_figures::draw(&report, &arguments.out)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{json}")?;
    } else {
        write!(out, "{tables}")?;
    }
    if !report.failed.is_empty() {
        let names: Vec<&str> = report.failed.iter().map(|(run, _)| run.as_str()).collect();
        bail!(
            "{} of the runs could not be trained to the end and are left out: {}",
            names.len(),
            names.join(", ")
        );
    }
    Ok(())
}

impl From<MeasuredWeights> for Weights {
    fn from(kind: MeasuredWeights) -> Self {
        match kind {
            MeasuredWeights::Last => Self::Last,
            MeasuredWeights::Exported => Self::Exported,
        }
    }
}

/// Says on stderr which run of how many is at work, and shows its live line.
struct Shown;

/// `run 3 of 14: r10, seed 1`
fn title(turn: Turn<'_>) -> String {
    format!("run {} of {}: {}, seed {}", turn.number, turn.of, turn.run.name, turn.run.seed)
}

impl SweepObserver for Shown {
    fn training(&mut self, turn: Turn<'_>, resumed: bool) -> Box<dyn Observer + '_> {
        eprintln!("{}{}", title(turn), if resumed { ", going on" } else { "" });
        let short = format!("{}/{} {}", turn.number, turn.of, turn.run.folder());
        let progress = TrainingProgress::new(turn.run.config.optimization.steps);
        Box::new(Line(progress.titled(&short)))
    }

    fn measuring(&mut self, turn: Turn<'_>) {
        eprintln!("{}: measuring", title(turn));
    }

    fn done(&mut self, turn: Turn<'_>, headline: &Measured, before: bool) {
        eprintln!(
            "{}: {}, accuracy with nothing visible {:.3}, loss {:.3}",
            title(turn),
            if before { "was done before" } else { "done" },
            headline.accuracy(),
            headline.loss(),
        );
    }

    fn failed(&mut self, turn: Turn<'_>, error: &TrainError) {
        eprintln!("{}: failed: {error}", title(turn));
    }
}

/// The live line of one run, gone when the run is over.
struct Line(TrainingProgress);

impl Observer for Line {
    fn step(&mut self, report: &StepReport) {
        self.0.step(report);
    }

    fn validation(&mut self, report: &ValidationReport) {
        self.0.validation(report);
    }

    fn message(&mut self, text: &str) {
        self.0.message(text);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.finish();
    }
}
