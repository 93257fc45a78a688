//! What a run wrote about itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
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
    #[error("{}: {problem}; it is written by `cantus train`: start the run anew", path.display())]
    Settings { path: PathBuf, problem: String },
    #[error("{}: {problem}; resume the run to mend it, or delete that file", path.display())]
    Songs { path: PathBuf, problem: String },
}

/// What a run wrote about one step of training. Fields that later versions write are not read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The step, from 1.
    pub step: u64,
    /// Mean cross-entropy of the target cells, in nats, dropout on.
    pub loss: f64,
    /// Share of the cells that was visible, 0 to 1.
    pub visible: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// The learning rate.
    pub learning_rate: f64,
}

/// The steps and validations of a run, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    steps: Vec<Step>,
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
        let (mut steps, mut validations) = (Vec::new(), Vec::new());
        for (index, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(io)?;
            let damaged = |error: serde_json::Error| DiagnoseError::Damaged {
                path: path.clone(),
                line: index + 1,
                problem: error.to_string(),
            };
            let value: serde_json::Value = serde_json::from_str(&line).map_err(damaged)?;
            match value.get("type").and_then(serde_json::Value::as_str) {
                Some("step") => steps.push(serde_json::from_value(value).map_err(damaged)?),
                Some("validation") => {
                    validations.push(serde_json::from_value(value).map_err(damaged)?);
                }
                _ => {}
            }
        }
        Self::new(steps, validations).ok_or(DiagnoseError::NoValidation { path })
    }

    /// A history of at least one validation.
    pub fn new(steps: Vec<Step>, validations: Vec<ValidationReport>) -> Option<Self> {
        (!validations.is_empty()).then_some(Self { steps, validations })
    }

    /// The steps of training, oldest first.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Mean visible share of the cells over all of training; `None` where no step was logged.
    pub fn mean_visible(&self) -> Option<f64> {
        let sum: f64 = self.steps.iter().map(|step| step.visible).sum();
        (!self.steps.is_empty()).then(|| sum / self.steps.len() as f64)
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

    /// The figures of one probe through training: on validation songs, and on training songs
    /// measured the same way, if they were.
    pub fn curve(&self, probe: &str) -> Vec<Evaluation<'_>> {
        let of = |figures: &'_ [Figures]| figures.iter().position(|figures| figures.probe == probe);
        self.validations
            .iter()
            .enumerate()
            .filter_map(|(index, report)| {
                Some(Evaluation {
                    number: index + 1,
                    step: report.step,
                    validation: &report.validation[of(&report.validation)?],
                    training: of(&report.training).map(|index| &report.training[index]),
                })
            })
            .collect()
    }
}

/// The figures of one probe at one validation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation<'a> {
    /// Which validation of the run, from 1.
    pub number: usize,
    /// Steps done.
    pub step: u64,
    /// On validation songs.
    pub validation: &'a Figures,
    /// On training songs, dropout off, the same masks.
    pub training: Option<&'a Figures>,
}

impl Evaluation<'_> {
    /// Its place in words.
    pub fn place(&self) -> String {
        format!("evaluation {} (step {})", self.number, self.step)
    }
}

/// The evaluation of the lowest loss on validation songs.
pub fn best<'a, 'b>(curve: &'b [Evaluation<'a>]) -> Option<&'b Evaluation<'a>> {
    let loss = |evaluation: &Evaluation<'_>| evaluation.validation.all.loss();
    curve.iter().min_by(|a, b| loss(a).total_cmp(&loss(b)))
}
