//! Progress on stderr, drawn only when it is a terminal.

use std::time::Duration;

use indicatif::{FormattedDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use train::{Figures, Observer, StepReport, ValidationReport};

/// A bar of `length` units under a template.
pub fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// Shows how training goes: a line with loss, pace and memory, and a line of text per validation.
pub struct TrainingProgress {
    bar: ProgressBar,
    loss: f64,
    cells_per_second: f64,
}

/// How much a new figure moves the shown one.
const SMOOTHING: f64 = 0.05;

/// The probes of a validation that its line shows, if they are asked; the log has all.
const SHOWN: [&str; 3] = ["cells-0", "cells-50", "bars-span"];

impl TrainingProgress {
    /// A bar over the steps of a run.
    pub fn new(steps: u64) -> Self {
        let template = "{prefix}{bar:24} {pos}/{len} steps  {msg}";
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

    /// A line of text that stays, above the bar where there is one.
    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            eprintln!("{text}");
        } else {
            self.bar.println(text);
        }
    }
}

/// `old` moved towards `new`; `new` if there is no old figure.
fn smoothed(old: f64, new: f64) -> f64 {
    if old.is_finite() { old + SMOOTHING * (new - old) } else { new }
}

impl Observer for TrainingProgress {
    fn step(&mut self, report: &StepReport) {
        self.loss = smoothed(self.loss, report.loss);
        self.cells_per_second = smoothed(self.cells_per_second, report.cells_per_second);
        // Seconds beyond what a duration holds are not worth showing.
        let left = Duration::try_from_secs_f64(report.remaining_seconds.round());
        self.bar.set_position(report.step);
        self.bar.set_message(format!(
            "loss {:.3}  {:.0} cells/s  {} left{}  epoch {}  lr {:.1e}",
            self.loss,
            self.cells_per_second,
            left.map_or_else(|_| "long".to_owned(), |left| FormattedDuration(left).to_string()),
            report
                .memory_megabytes
                .map_or_else(String::new, |megabytes| format!("  {megabytes} MB")),
            report.epoch,
            report.learning_rate,
        ));
    }

    fn validation(&mut self, report: &ValidationReport) {
        let accuracy = |figures: &[Figures], probe: &str| {
            figures
                .iter()
                .find(|figures| figures.probe == probe)
                .map(|figures| format!("{:.3}", figures.all.accuracy()))
        };
        let accuracies: String = SHOWN
            .iter()
            .filter_map(|probe| {
                let validation = accuracy(&report.validation, probe)?;
                let training = accuracy(&report.training, probe);
                let training = training.map_or_else(String::new, |text| format!(" ({text})"));
                Some(format!("  {probe} {validation}{training}"))
            })
            .collect();
        let sides = if report.training.is_empty() { "" } else { " (on training pieces)" };
        self.line(&format!(
            "step {:>6}  epoch {:>3}  loss {:.3}  accuracy{sides}:{accuracies}",
            report.step,
            report.epoch,
            report.headline(),
        ));
    }

    fn message(&mut self, text: &str) {
        self.line(text);
    }
}
