//! The aggregate as a table to read in a terminal.

use super::{estimate, intervals, pieces};
use crate::report::{CopySummary, MeasureSummary};
use crate::{Progressions, Report};

/// What stands where nothing is defined.
const ABSENT: &str = "–";

pub(super) fn write(report: &Report) -> String {
    let convention = report.settings.convention.name();
    let mut text = format!("{}, convention {convention}; {}\n", pieces(report), intervals(report));

    let mut rows =
        vec![["metric", "generated", "reference", "mean absolute error"].map(str::to_owned)];
    rows.extend(report.metrics.iter().map(|summary| {
        [
            summary.metric.to_string(),
            estimate(summary.generated, ABSENT),
            estimate(summary.reference, ABSENT),
            estimate(summary.error, ABSENT),
        ]
    }));
    text += &section(&rows);
    text += &section(&measures("agreement", &report.agreement));
    text += &section(&measures("rhythm error", &report.rhythm));

    let mut rows = vec![["progressions", "generated", "reference"].map(str::to_owned)];
    let (generated, reference) = (report.progressions.generated, report.progressions.reference);
    rows.push([
        format!("distinct of {} chords", generated.length),
        distinct(generated),
        distinct(reference),
    ]);
    text += &section(&rows);

    if let Some(constraints) = report.constraints {
        let kept = format!("{} of {}", constraints.kept, constraints.asked);
        let share = estimate(constraints.share, ABSENT);
        text += &section(&[
            ["constraints", "kept", "mean share kept"].map(str::to_owned),
            [String::new(), kept, share],
        ]);
    }
    if let Some(CopySummary { longest, piece, share }) = &report.copies {
        let longest = match piece {
            Some(piece) => format!("{longest} chords in {piece}"),
            None => ABSENT.to_owned(),
        };
        text += &section(&[
            ["copies", "longest", "mean share of a piece"].map(str::to_owned),
            [String::new(), longest, estimate(*share, ABSENT)],
        ]);
    }
    text
}

fn measures(title: &str, measures: &[MeasureSummary]) -> Vec<[String; 2]> {
    let header = [title.to_owned(), "mean".to_owned()];
    let rows = measures
        .iter()
        .map(|measure| [measure.name.to_owned(), estimate(measure.estimate, ABSENT)]);
    [header].into_iter().chain(rows).collect()
}

fn distinct(progressions: Progressions) -> String {
    format!("{} of {}", progressions.distinct, progressions.total)
}

/// An empty line, and the rows with their columns aligned.
fn section<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::from("\n");
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}
