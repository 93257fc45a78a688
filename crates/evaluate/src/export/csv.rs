//! A row for each piece (RFC 4180, but with plain line feeds).

use crate::agreement::Rule;
use crate::report::PieceReport;
use crate::{Measure, Metric, Report, RhythmError};

/// Columns after those of metrics, agreement and rhythm.
const LAST_COLUMNS: [&str; 4] = ["constraints", "constraint_time", "copied_chords", "copied_share"];

pub(super) fn write(report: &Report) -> String {
    let mut text = line(&header());
    for piece in &report.pieces {
        text += &line(&row(piece));
    }
    text
}

fn header() -> Vec<String> {
    let metrics = Metric::ALL
        .iter()
        .flat_map(|metric| [metric.name().to_owned(), format!("{}_reference", metric.name())]);
    let rules = Rule::ALL.iter().map(|rule| rule.name().to_owned());
    let errors = RhythmError::ALL.iter().map(|error| error.name().to_owned());
    let last = LAST_COLUMNS.map(str::to_owned);
    ["piece".to_owned()].into_iter().chain(metrics).chain(rules).chain(errors).chain(last).collect()
}

fn row(piece: &PieceReport) -> Vec<String> {
    let metrics = piece
        .generated
        .iter()
        .zip(piece.reference.iter())
        .flat_map(|((_, generated), (_, reference))| [generated, reference]);
    let rules = piece.agreement.iter().map(|(_, value)| value);
    let errors = piece.rhythm.iter().map(|(_, value)| value);
    let constraints = piece.constraints;
    let last = [
        constraints.and_then(|constraints| constraints.share()),
        constraints.and_then(|constraints| constraints.time_share()),
        piece.copied.map(|copied| copied.chords as f64),
        piece.copied.and_then(|copied| copied.share()),
    ];
    let values = metrics.chain(rules).chain(errors).chain(last);
    let values = values.map(|value| value.map_or_else(String::new, |value| value.to_string()));
    [quoted(&piece.name)].into_iter().chain(values).collect()
}

fn line(fields: &[String]) -> String {
    fields.join(",") + "\n"
}

/// In quotes where a separator, a quote or a line end asks for them.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
