//! Where in the bar the model errs.

use super::Subject;
use super::missing::each_examined;
use crate::charts::{Bar, Bars, Ink, Svg};
use crate::examination::{CellFigures, Examination, MetricErrors, MetricPlace};
use crate::page::html::Html;
use crate::probe;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "Accuracy by place in the bar, and where the chord changes: most cells only go on with \
         the chord before, and going on is easy.",
    );
    each_examined(html, subjects, |html, examination| {
        html.charts("charts", figures(examination).into_iter().map(|(_, chart)| chart));
        html.details("By metre", |html| {
            let columns = ["metre", "place", "visible", "cells", "accuracy", "root", "loss"];
            let rows = examination.metric_errors.iter().flat_map(|errors| {
                errors.metres.iter().flat_map(move |(metre, places)| {
                    places.iter().map(move |(place, figures)| row(errors, metre, *place, figures))
                })
            });
            let rows: Vec<Vec<String>> = rows.collect();
            html.table("Every metre", &columns.map(str::to_owned), &rows);
        });
    });
}

/// The charts of an examination with their names.
pub(super) fn figures(examination: &Examination) -> Vec<(String, Svg)> {
    let charts = examination.metric_errors.iter();
    charts.map(|one| (format!("places-{}", one.visible), chart(one).svg())).collect()
}

const fn name(place: MetricPlace) -> &'static str {
    match place {
        MetricPlace::BarStart => "bar start",
        MetricPlace::HalfBar => "half bar",
        MetricPlace::Beat => "beat",
        MetricPlace::OffBeat => "off the beat",
    }
}

fn row(errors: &MetricErrors, metre: &str, place: MetricPlace, cells: &CellFigures) -> Vec<String> {
    vec![
        metre.to_owned(),
        name(place).to_owned(),
        format!("{}%", errors.visible),
        cells.cells.to_string(),
        format!(
            "{:.3} [{:.3}, {:.3}]",
            cells.accuracy.value, cells.accuracy.low, cells.accuracy.high
        ),
        format!("{:.3}", cells.root_accuracy.value),
        format!("{:.3}", cells.loss.value),
    ]
}

fn chart(errors: &MetricErrors) -> Bars {
    let bar = |name: &str, figures: &CellFigures, ink| Bar {
        name: name.to_owned(),
        value: figures.accuracy.value,
        interval: Some((figures.accuracy.low, figures.accuracy.high)),
        reference: None,
        ink: Ink::Category(ink),
    };
    let places = errors.places.iter().map(|(place, figures)| bar(name(*place), figures, 0));
    let rest = [("chord changes", &errors.changes), ("chord goes on", &errors.holds)];
    let rest = rest.into_iter().filter_map(|(name, figures)| Some(bar(name, figures.as_ref()?, 1)));
    Bars {
        title: format!("accuracy, {}", probe::in_words(&format!("cells-{}", errors.visible))),
        bars: places.chain(rest).collect(),
        range: Some((0.0, 1.0)),
        reference: None,
    }
}
