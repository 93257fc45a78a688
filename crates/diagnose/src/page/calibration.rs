//! Whether the model is right as often as it is sure.

use super::Subject;
use super::missing::each_examined;
use crate::charts::{Bin, Reliability, Svg};
use crate::examination::{Calibration, Examination, Interval};
use crate::page::html::Html;
use crate::probe;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "Predictions in bins of equal numbers by how sure they are. On the diagonal the model is \
         right as often as it is sure; below it, it is too sure.",
    );
    each_examined(html, subjects, |html, examination| {
        html.charts("charts", figures(examination).into_iter().map(|(_, chart)| chart));
        let columns = ["visible", "cells", "calibration error", "confidence − accuracy"];
        let text =
            |Interval { value, low, high }: Interval| format!("{value:.3} [{low:.3}, {high:.3}]");
        let row = |one: &Calibration| {
            let words = probe::in_words(&format!("cells-{}", one.visible));
            vec![words, one.cells.to_string(), text(one.error), text(one.overconfidence)]
        };
        let rows: Vec<Vec<String>> = examination.calibration.iter().map(row).collect();
        html.table("Expected calibration error", &columns.map(str::to_owned), &rows);
    });
}

/// The charts of an examination with their names.
pub(super) fn figures(examination: &Examination) -> Vec<(String, Svg)> {
    let charts = examination.calibration.iter();
    charts.map(|one| (format!("calibration-{}", one.visible), chart(one).svg())).collect()
}

fn chart(calibration: &Calibration) -> Reliability {
    let bin = |bin: &crate::examination::ReliabilityBin| Bin {
        confidence: bin.confidence,
        accuracy: bin.accuracy.value,
        cells: bin.cells as u64,
    };
    Reliability {
        title: probe::in_words(&format!("cells-{}", calibration.visible)),
        bins: calibration.bins.iter().map(bin).collect(),
    }
}
