//! What a run writes while it goes on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::replace;
use crate::metrics::Metrics;
use crate::tensorboard::Events;
use crate::{EarlyStop, SongReport, StepReport, TrainError, ValidationReport};

/// The log, the events for TensorBoard, and the sums of each song.
#[derive(Debug)]
pub(crate) struct Records {
    metrics: Metrics,
    events: Events,
    validations: PathBuf,
}

impl Records {
    /// Opens the records of the run in `folder` without anything from after `step`.
    pub fn open(folder: &Path, step: u64) -> Result<Self, TrainError> {
        let validations = folder.join("validations");
        fs::create_dir_all(&validations).map_err(TrainError::io(&validations))?;
        for entry in fs::read_dir(&validations).map_err(TrainError::io(&validations))? {
            let path = entry.map_err(TrainError::io(&validations))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let number = name.strip_prefix("step-").and_then(|rest| rest.strip_suffix(".json"));
            if number.and_then(|number| number.parse().ok()).is_some_and(|at: u64| at > step) {
                fs::remove_file(&path).map_err(TrainError::io(&path))?;
            }
        }
        Ok(Self {
            metrics: Metrics::open(folder.join("metrics.jsonl"), step)?,
            events: Events::open(&folder.join("tensorboard"), step)?,
            validations,
        })
    }

    pub fn step(&mut self, report: &StepReport) -> Result<(), TrainError> {
        self.metrics.step(report)?;
        self.events.step(report)
    }

    pub fn validation(
        &mut self,
        report: &ValidationReport,
        songs: &SongReport,
    ) -> Result<(), TrainError> {
        let path = self.validations.join(format!("step-{}.json", report.step));
        let text = serde_json::to_string(songs).map_err(|error| TrainError::Config {
            path: path.clone(),
            problem: error.to_string(),
        })?;
        replace(&path, text.as_bytes())?;
        self.metrics.validation(report)?;
        self.events.validation(report)
    }

    pub fn end(&mut self, step: u64, early_stop: Option<&EarlyStop>) -> Result<(), TrainError> {
        self.metrics.end(step, early_stop)
    }
}
