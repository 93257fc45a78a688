//! What a sweep found, as figures: stage curves, and how they came about.

use std::path::Path;

use ::train::sweep::{Compared, Quantity, SweepReport};
use anyhow::Result;
use diagnose::History;
use diagnose::charts::{INKS, Ink, LineChart, LineSize, Point, Series};

use crate::files;

/// Draws `stage-curves.svg`, and for some visible shares `training-SHARE.svg`, into `out`.
///
/// # Errors
/// If a run's log cannot be read, or a figure not written.
pub(super) fn draw(report: &SweepReport, out: &Path) -> Result<()> {
    let write = |name: &str, chart: &LineChart| {
        files::write_whole(&out.join(name), chart.svg().standalone().as_bytes())
    };
    write("stage-curves.svg", &stage_curves(report))?;
    for share in [0, 50, 90] {
        write(&format!("training-{share}.svg"), &training(report, out, share)?)?;
    }
    Ok(())
}

/// The visible share that a probe's name says, in percent.
fn share(probe: &str) -> Option<f64> {
    probe.strip_prefix("cells-")?.parse().ok()
}

/// A line in the colour of its place; those beyond the colours are broken.
fn series(index: usize, name: &str, points: Vec<Point>) -> Series {
    Series {
        name: name.to_owned(),
        ink: Ink::Category(index % INKS),
        dashed: index >= INKS,
        points,
    }
}

/// Accuracy over the visible share, of every configuration and the strongest baseline.
fn stage_curves(report: &SweepReport) -> LineChart {
    let points = |entries: &[Compared], name: &str| -> Vec<Point> {
        let own = entries.iter().filter(|entry| entry.name == name);
        let accuracy = own.filter(|entry| entry.quantity == Quantity::Accuracy);
        let point = |entry: &Compared| {
            let estimate = &entry.estimate;
            Some(Point { x: share(&entry.probe)?, y: estimate.mean, band: None })
        };
        accuracy.filter_map(point).collect()
    };
    let trained = report.comparisons.first().map(|comparison| comparison.entries.as_slice());
    let names = report.configurations.iter().enumerate();
    let mut lines: Vec<Series> = names
        .map(|(index, name)| series(index, name, points(trained.unwrap_or_default(), name)))
        .collect();
    const BASELINE: &str = "hidden Markov model";
    lines.push(Series {
        name: BASELINE.to_owned(),
        ink: Ink::Step(INKS - 1),
        dashed: true,
        points: points(&report.baselines, BASELINE),
    });
    LineChart {
        title: "accuracy on hidden cells, mean over seeds".to_owned(),
        x_label: "visible cells, percent",
        y_range: None,
        series: lines,
        marks: Vec::new(),
        size: LineSize::Wide,
    }
}

/// Accuracy at one visible share through training, of every configuration, mean over seeds.
fn training(report: &SweepReport, out: &Path, share: u8) -> Result<LineChart> {
    let probe = format!("cells-{share}");
    let mut lines = Vec::new();
    for (index, name) in report.configurations.iter().enumerate() {
        let mut sums: Vec<(f64, f64, f64)> = Vec::new();
        for seed in &report.seeds {
            let history = History::read(&out.join(format!("{name}-seed-{seed}")))?;
            for evaluation in history.validations() {
                let step = evaluation.step as f64;
                let asked = evaluation.validation.iter().find(|figures| figures.probe == probe);
                let Some(accuracy) = asked.map(|figures| figures.all.accuracy()) else { continue };
                match sums.iter_mut().find(|sum| sum.0 == step) {
                    Some(sum) => (sum.1, sum.2) = (sum.1 + accuracy, sum.2 + 1.0),
                    None => sums.push((step, accuracy, 1.0)),
                }
            }
        }
        let point =
            |(step, sum, count): (f64, f64, f64)| Point { x: step, y: sum / count, band: None };
        lines.push(series(index, name, sums.into_iter().map(point).collect()));
    }
    Ok(LineChart {
        title: format!("accuracy with {share}% visible, through training, mean over seeds"),
        x_label: "step",
        y_range: None,
        series: lines,
        marks: Vec::new(),
        size: LineSize::Wide,
    })
}
