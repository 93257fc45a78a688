//! Loss, accuracy and root accuracy over training, at every visible share and metric level.

use train::{Figures, Measured};

use super::bands::{Bands, Side};
use super::{Subject, ink, percent, percent_between};
use crate::charts::{Ink, LineChart, LineSize, Mark, Point, Series, Svg};
use crate::history::best;
use crate::page::html::Html;
use crate::probe::{self, ProbeGroup};
use crate::{Evaluation, History};

/// What is measured of the hidden cells.
struct Quantity {
    name: &'static str,
    of: fn(&Measured) -> f64,
    interval: Interval,
}

/// Where the interval of a quantity comes from.
enum Interval {
    /// The log has it.
    Logged(fn(&Figures) -> (f64, f64)),
    /// From the sums of every song, if they were kept: a numerator and a denominator.
    Songs(fn(&Measured) -> (f64, f64)),
}

const ACCURACY: Quantity = Quantity {
    name: "accuracy",
    of: Measured::accuracy,
    interval: Interval::Logged(|figures| figures.accuracy_interval),
};
const LOSS: Quantity = Quantity {
    name: "loss",
    of: Measured::loss,
    interval: Interval::Logged(|figures| figures.loss_interval),
};
const ROOT: Quantity = Quantity {
    name: "root accuracy",
    of: Measured::root_accuracy,
    interval: Interval::Songs(|song| (song.right_roots as f64, song.cells as f64)),
};
const CHANGES: Quantity = Quantity {
    name: "accuracy where the chord changes",
    of: Measured::change_accuracy,
    interval: Interval::Songs(|song| (song.right_changes as f64, song.changes as f64)),
};

/// The charts of these runs with their names: of one, each probe group over training, and each
/// probe on both sides; of several, each probe beside each other.
pub(super) fn figures(subjects: &[Subject]) -> Vec<(String, Svg)> {
    let bands: Vec<Bands<'_>> = subjects.iter().map(|subject| Bands::new(&subject.run)).collect();
    let probes = probes(subjects);
    let mut figures = Vec::new();
    if let [subject] = subjects {
        for (group, name) in [(ProbeGroup::Cells, "stage"), (ProbeGroup::Metric, "metric")] {
            let grouped = probes.iter().map(String::as_str);
            let grouped: Vec<&str> = grouped.filter(|it| ProbeGroup::of(it) == group).collect();
            if grouped.len() > 1 {
                figures
                    .push((format!("{name}-accuracy"), overview(&subject.run.history, &grouped)));
            }
        }
    }
    for probe in &probes {
        for quantity in [&ACCURACY, &LOSS] {
            let panel = panel(subjects, &bands, probe, quantity);
            let title = format!("{}, {}", quantity.name, panel.title);
            let wide = LineChart { title, size: LineSize::Wide, ..panel };
            figures.push((format!("{}-{probe}", quantity.name), wide.svg()));
        }
    }
    figures
}

/// The probes that any of the runs was asked.
fn probes(subjects: &[Subject]) -> Vec<String> {
    let mut probes: Vec<String> =
        subjects.iter().flat_map(|subject| subject.run.history.probes()).collect();
    let mut seen = std::collections::BTreeSet::new();
    probes.retain(|probe| seen.insert(probe.clone()));
    probes
}

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "Measured on frozen masks, over hidden cells alone, dropout off, on validation pieces and \
         on as many training pieces in the same way. Bands are 95% bootstrap intervals over pieces.",
    );
    let probes = probes(subjects);
    let bands: Vec<Bands<'_>> = subjects.iter().map(|subject| Bands::new(&subject.run)).collect();
    for group in ProbeGroup::ALL {
        let probes: Vec<&str> = probes
            .iter()
            .map(String::as_str)
            .filter(|probe| ProbeGroup::of(probe) == group)
            .collect();
        if !probes.is_empty() {
            write_group(html, subjects, &bands, group, &probes);
        }
    }
    html.leaf("h3", "", "The last evaluation");
    subjects.iter().for_each(|subject| table(html, subject, subjects.len() > 1));
}

fn write_group(
    html: &mut Html,
    subjects: &[Subject],
    bands: &[Bands<'_>],
    group: ProbeGroup,
    probes: &[&str],
) {
    html.leaf("h3", "", group.heading());
    if let ([subject], true) = (subjects, probes.len() > 2) {
        let overview = overview(&subject.run.history, probes);
        html.charts("charts", [overview]);
    }
    match subjects {
        [_] => html.legend([
            (Ink::Category(0), false, "validation pieces"),
            (Ink::Category(1), true, "training pieces"),
        ]),
        several => html.legend(
            several
                .iter()
                .enumerate()
                .map(|(index, subject)| (ink(index), false, subject.run.name.as_str())),
        ),
    }
    let panels = |quantity: &Quantity| -> Vec<Svg> {
        let panel = |probe: &&str| panel(subjects, bands, probe, quantity);
        probes.iter().map(|probe| panel(probe).svg()).collect()
    };
    html.leaf("p", "soft", "Accuracy");
    html.charts("charts", panels(&ACCURACY));
    for quantity in [&LOSS, &ROOT, &CHANGES] {
        html.details(&capitalised(quantity.name), |html| html.charts("charts", panels(quantity)));
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// All shares in one chart, validation pieces only.
fn overview(history: &History, probes: &[&str]) -> Svg {
    let count = probes.len();
    let series = probes.iter().enumerate().map(|(index, probe)| Series {
        name: probe::in_words(probe),
        // The steps of the scale spread over the probes.
        ink: Ink::Step(index * 5 / count.saturating_sub(1).max(1)),
        dashed: false,
        points: history.curve(probe).iter().map(bare).collect(),
    });
    LineChart {
        title: "accuracy on validation pieces".to_owned(),
        x_label: "step",
        y_range: None,
        series: series.collect(),
        marks: Vec::new(),
        size: LineSize::Wide,
    }
    .svg()
}

/// The accuracy on validation pieces without a band: six of them would hide each other.
fn bare(evaluation: &Evaluation<'_>) -> Point {
    let y = evaluation.validation.all.accuracy();
    Point { x: evaluation.step as f64, y, band: None }
}

/// One probe: both sides of one run, or the validation pieces of several.
fn panel(subjects: &[Subject], bands: &[Bands<'_>], probe: &str, quantity: &Quantity) -> LineChart {
    let mut marks = Vec::new();
    let points = |subject: &Subject, bands: &Bands<'_>, side: Side| {
        points(&subject.run.history.curve(probe), probe, quantity, bands, side)
    };
    let series = match (subjects, bands) {
        ([subject], [bands]) => {
            let curve = subject.run.history.curve(probe);
            if let Some(best) = best(&curve) {
                marks.push(Mark { x: best.step as f64, name: "lowest loss".to_owned() });
            }
            vec![
                Series {
                    name: "training".to_owned(),
                    ink: Ink::Category(1),
                    dashed: true,
                    points: points(subject, bands, Side::Training),
                },
                Series {
                    name: "validation".to_owned(),
                    ink: Ink::Category(0),
                    dashed: false,
                    points: points(subject, bands, Side::Validation),
                },
            ]
        }
        (several, bands) => {
            let line = |(index, (subject, bands)): (usize, (&Subject, &Bands<'_>))| Series {
                name: subject.run.name.clone(),
                ink: ink(index),
                dashed: false,
                points: points(subject, bands, Side::Validation),
            };
            several.iter().zip(bands).enumerate().map(line).collect()
        }
    };
    LineChart {
        title: probe::in_words(probe),
        x_label: "step",
        y_range: None,
        series,
        marks,
        size: LineSize::Panel,
    }
}

fn points(
    curve: &[Evaluation<'_>],
    probe: &str,
    quantity: &Quantity,
    bands: &Bands<'_>,
    side: Side,
) -> Vec<Point> {
    let point = |evaluation: &Evaluation<'_>| {
        let figures = match side {
            Side::Validation => evaluation.validation,
            Side::Training => evaluation.training?,
        };
        let band = match &quantity.interval {
            Interval::Logged(interval) => Some(interval(figures)),
            Interval::Songs(ratio) => bands.interval(evaluation.step, probe, side, *ratio),
        };
        Some(Point { x: evaluation.step as f64, y: (quantity.of)(&figures.all), band })
    };
    curve.iter().filter_map(point).collect()
}

/// The numbers of the last evaluation, beside those of the baselines that were asked.
fn table(html: &mut Html, subject: &Subject, named: bool) {
    let last = subject.run.history.last();
    let baselines = &subject.run.baselines;
    let columns: Vec<String> =
        ["visible", "cells", "loss", "accuracy", "root", "at changes", "on training pieces"]
            .into_iter()
            .map(str::to_owned)
            .chain(baselines.iter().map(|baseline| baseline.name.clone()))
            .collect();
    let between =
        |figures: &Figures| percent_between(figures.all.accuracy(), figures.accuracy_interval);
    let row = |figures: &Figures| {
        let same = |others: &[Figures]| {
            let other = others.iter().find(|other| other.probe == figures.probe);
            other.map_or("–".to_owned(), between)
        };
        [
            probe::in_words(&figures.probe),
            figures.all.cells.to_string(),
            format!("{:.3}", figures.all.loss()),
            between(figures),
            percent(figures.all.root_accuracy()),
            percent(figures.all.change_accuracy()),
            same(&last.training),
        ]
        .into_iter()
        .chain(baselines.iter().map(|baseline| same(&baseline.figures)))
        .collect()
    };
    let rows: Vec<Vec<String>> = last.validation.iter().map(row).collect();
    let name = if named { format!("{}, step", subject.run.name) } else { "Step".to_owned() };
    html.table(&format!("{name} {}, validation pieces", last.step), &columns, &rows);
}
