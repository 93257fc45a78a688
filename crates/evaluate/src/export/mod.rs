//! Reports as text.

mod csv;
mod json;
mod latex;
mod table;

use thiserror::Error;

use crate::{Estimate, Report};

/// A form in which a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A table to read in a terminal: the aggregate.
    #[default]
    Table,
    /// Everything, for programs.
    Json,
    /// A row for each piece, for spreadsheets and data frames.
    Csv,
    /// The aggregate for a paper (needs `booktabs`).
    Latex,
}

/// Why a report could not be written.
#[derive(Debug, Error)]
#[error("the report could not be written as JSON")]
pub struct ExportError(#[from] serde_json::Error);

impl Format {
    /// `report` in this form, with a line end at its end.
    ///
    /// # Errors
    /// If it cannot be written in it.
    pub fn write(self, report: &Report) -> Result<String, ExportError> {
        Ok(match self {
            Self::Table => table::write(report),
            Self::Json => json::write(report)?,
            Self::Csv => csv::write(report),
            Self::Latex => latex::write(report),
        })
    }
}

/// How many pieces a report is about, in words.
fn pieces(report: &Report) -> String {
    match report.pieces.len() {
        1 => "1 piece".to_owned(),
        count => format!("{count} pieces"),
    }
}

/// How the intervals were made, in words.
fn intervals(report: &Report) -> String {
    let bootstrap = report.settings.bootstrap;
    let percent = 100.0 * bootstrap.level;
    format!("{percent}% intervals from {} resamples of the pieces", bootstrap.draws)
}

/// A mean with its interval in brackets, `absent` where there is none.
fn estimate(estimate: Option<Estimate>, absent: &str) -> String {
    estimate.map_or_else(
        || absent.to_owned(),
        |Estimate { mean, low, high, .. }| format!("{mean:.3} [{low:.3}, {high:.3}]"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::report;

    fn written(format: Format) -> String {
        format.write(&report()).expect("a small report")
    }

    #[test]
    fn as_a_table() {
        insta::assert_snapshot!(written(Format::Table));
    }

    #[test]
    fn as_json() {
        insta::assert_snapshot!(written(Format::Json));
    }

    #[test]
    fn as_csv() {
        insta::assert_snapshot!(written(Format::Csv));
    }

    #[test]
    fn as_latex() {
        insta::assert_snapshot!(written(Format::Latex));
    }

    #[test]
    fn an_empty_report_is_written_too() {
        let empty = Report::new(&[], crate::Settings::default(), None).expect("nothing to fail");
        for format in [Format::Table, Format::Json, Format::Csv, Format::Latex] {
            assert!(format.write(&empty).is_ok_and(|text| text.ends_with('\n')), "{format:?}");
        }
    }
}
