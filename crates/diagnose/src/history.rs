//! What a run wrote about itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use thiserror::Error;
use train::{Figures, ValidationReport};

/// Why a run cannot be read.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum DiagnoseError {
    #[error("{}: {source}; name a run directory that `cantus train` wrote", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: line {line}: {problem}; the log is damaged: resume the run to mend it", path.display())]
    Damaged { path: PathBuf, line: usize, problem: String },
    #[error("{}: the run has no validation yet; let it train longer", path.display())]
    NoValidation { path: PathBuf },
}

/// The validations of a run, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// At least one.
    validations: Vec<ValidationReport>,
}

impl History {
    /// Reads `metrics.jsonl` of the run in `folder`.
    ///
    /// # Errors
    /// If it cannot be read, or holds no validation.
    pub fn read(folder: &Path) -> Result<Self, DiagnoseError> {
        let path = folder.join("metrics.jsonl");
        let io = |source| DiagnoseError::Io { path: path.clone(), source };
        let file = File::open(&path).map_err(io)?;
        let mut validations = Vec::new();
        for (index, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(io)?;
            let damaged = |error: serde_json::Error| DiagnoseError::Damaged {
                path: path.clone(),
                line: index + 1,
                problem: error.to_string(),
            };
            let value: serde_json::Value = serde_json::from_str(&line).map_err(damaged)?;
            if value.get("type").and_then(serde_json::Value::as_str) == Some("validation") {
                validations.push(serde_json::from_value(value).map_err(damaged)?);
            }
        }
        Self::new(validations).ok_or(DiagnoseError::NoValidation { path })
    }

    /// A history of at least one validation.
    pub fn new(validations: Vec<ValidationReport>) -> Option<Self> {
        (!validations.is_empty()).then_some(Self { validations })
    }

    /// The validations, oldest first.
    pub fn validations(&self) -> &[ValidationReport] {
        &self.validations
    }

    /// The last validation.
    pub fn last(&self) -> &ValidationReport {
        // A history is never empty.
        &self.validations[self.validations.len() - 1]
    }

    /// Names of the probes, in the order they were asked.
    pub fn probes(&self) -> Vec<String> {
        self.last().validation.iter().map(|figures| figures.probe.clone()).collect()
    }

    /// The figures of one probe on validation songs through training, with their steps.
    pub fn curve(&self, probe: &str) -> Vec<(u64, &Figures)> {
        self.validations
            .iter()
            .filter_map(|report| {
                let figures = report.validation.iter().find(|figures| figures.probe == probe)?;
                Some((report.step, figures))
            })
            .collect()
    }
}
