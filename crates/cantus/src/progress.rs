//! Progress on stderr, drawn only when it is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use train::{Observer, StepReport, ValidationReport};

/// A bar of `length` units under a template.
pub fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// Shows how training goes: a line with loss and rates, and a line of text per validation.
pub struct TrainingProgress {
    bar: ProgressBar,
    loss: f64,
    cells_per_second: f64,
}

/// How much a new figure moves the shown one.
const SMOOTHING: f64 = 0.05;

impl TrainingProgress {
    /// A bar over the steps of a run.
    pub fn new(steps: u64) -> Self {
        let template = "{prefix}{bar:24} {pos}/{len} steps  {msg}  {elapsed} elapsed, {eta} left";
        Self { bar: bar(steps, template), loss: f64::NAN, cells_per_second: f64::NAN }
    }

    /// With a title before the bar.
    #[must_use]
    pub fn titled(self, title: &str) -> Self {
        self.bar.set_prefix(format!("{title}  "));
        self
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// `old` moved towards `new`; `new` if there is no old figure.
fn smoothed(old: f64, new: f64) -> f64 {
    if old.is_finite() { old + SMOOTHING * (new - old) } else { new }
}

impl Observer for TrainingProgress {
    fn step(&mut self, report: &StepReport) {
        self.loss = smoothed(self.loss, report.loss);
        let rate = report.cells as f64 / report.seconds.max(1e-9);
        self.cells_per_second = smoothed(self.cells_per_second, rate);
        self.bar.set_position(report.step);
        self.bar.set_message(format!(
            "epoch {}  loss {:.3}  {:.0} cells/s  lr {:.1e}{}",
            report.epoch,
            self.loss,
            self.cells_per_second,
            report.learning_rate,
            memory().map_or_else(String::new, |megabytes| format!("  {megabytes} MB")),
        ));
    }

    fn validation(&mut self, report: &ValidationReport) {
        let curve = |figures: &[train::Figures]| -> String {
            let part = |figures: &train::Figures| {
                format!("{} {:.3}", figures.probe, figures.all.accuracy())
            };
            figures.iter().map(part).collect::<Vec<_>>().join("  ")
        };
        self.line(&format!(
            "step {:>6}  epoch {:>3}  loss {:.3}  validation: {}  (training pieces: {})",
            report.step,
            report.epoch,
            report.headline(),
            curve(&report.validation),
            curve(&report.training),
        ));
    }

    fn message(&mut self, text: &str) {
        self.line(text);
    }
}

impl TrainingProgress {
    /// A line of text that stays, above the bar where there is one.
    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            eprintln!("{text}");
        } else {
            self.bar.println(text);
        }
    }
}

/// Resident memory in megabytes, where the system tells.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}
