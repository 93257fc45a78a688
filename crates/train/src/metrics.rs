//! `metrics.jsonl`: a line for each step, each validation and the end of the run.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;

use crate::files::replace;
use crate::{EarlyStop, StepReport, TrainError, ValidationReport};

/// A line of `metrics.jsonl`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Step(&'a StepReport),
    Validation(&'a ValidationReport),
    End {
        step: u64,
        /// Whether and why it ended before its last step.
        #[serde(skip_serializing_if = "Option::is_none")]
        early_stop: Option<&'a EarlyStop>,
    },
}

/// `metrics.jsonl`, open for writing.
#[derive(Debug)]
pub(crate) struct Metrics {
    file: File,
    path: PathBuf,
}

impl Metrics {
    /// Opens the log, without the lines after `step`: what a killed run wrote beyond its last
    /// checkpoint is done again.
    pub fn open(path: PathBuf, step: u64) -> Result<Self, TrainError> {
        if path.exists() {
            let bytes = fs::read(&path).map_err(TrainError::io(&path))?;
            let mut kept = String::new();
            for line in String::from_utf8_lossy(&bytes).lines().filter(|line| stays(line, step)) {
                kept.push_str(line);
                kept.push('\n');
            }
            replace(&path, kept.as_bytes())?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path);
        Ok(Self { file: file.map_err(TrainError::io(&path))?, path })
    }

    pub fn step(&mut self, report: &StepReport) -> Result<(), TrainError> {
        self.line(&Line::Step(report))
    }

    pub fn validation(&mut self, report: &ValidationReport) -> Result<(), TrainError> {
        self.line(&Line::Validation(report))
    }

    pub fn end(&mut self, step: u64, early_stop: Option<&EarlyStop>) -> Result<(), TrainError> {
        self.line(&Line::End { step, early_stop })
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), TrainError> {
        let mut text = serde_json::to_string(line).map_err(|error| TrainError::Config {
            path: self.path.clone(),
            problem: error.to_string(),
        })?;
        text.push('\n');
        // At once, so that no reader sees half a line.
        self.file.write_all(text.as_bytes()).map_err(TrainError::io(&self.path))
    }
}

/// Whether a line is from before `step` or at it, and not the end: a line that a kill cut off has
/// no step.
fn stays(line: &str, step: u64) -> bool {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else { return false };
    let end = value.get("type").and_then(serde_json::Value::as_str) == Some("end");
    let at = value.get("step").and_then(serde_json::Value::as_u64);
    !end && at.is_some_and(|at| at <= step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_after_the_checkpoint_is_taken_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("metrics.jsonl");
        let kept = "{\"type\":\"step\",\"step\":3}\n{\"type\":\"validation\",\"step\":4}\n";
        let rest = "{\"type\":\"end\",\"step\":4}\n{\"type\":\"step\",\"step\":5}\n{\"type\":\"st";
        fs::write(&path, format!("{kept}{rest}")).expect("writes");
        let mut metrics = Metrics::open(path.clone(), 4).expect("opens");
        assert_eq!(fs::read_to_string(&path).expect("reads"), kept);
        metrics.end(4, None).expect("writes");
        let text = fs::read_to_string(&path).expect("reads");
        assert_eq!(text, format!("{kept}{{\"type\":\"end\",\"step\":4}}\n"));
    }
}
