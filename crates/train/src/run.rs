//! The run directory: plain files, each readable without Cantus.
//!
//! | path | holds |
//! |---|---|
//! | `config.toml` | every setting, versions, the corpus and its hash |
//! | `metrics.jsonl` | a line per reported step and per validation |
//! | `checkpoints/step-N/` | what `--resume` goes on from |
//! | `model/` | the exported model: that of the lowest headline loss so far |

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use grid::corpus::Header;
use serde::{Deserialize, Serialize};

use crate::state::State;
use crate::{RunConfig, StepReport, TrainError, ValidationReport};

/// A run on disk.
#[derive(Debug)]
pub struct RunDirectory {
    path: PathBuf,
}

/// What `config.toml` says.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Resolved {
    /// Version of the program that started the run.
    cantus: String,
    /// SHA-256 of the corpus' cells.
    corpus_sha256: String,
    #[serde(flatten)]
    config: RunConfig,
}

/// A line of `metrics.jsonl`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Step {
        step: u64,
        epoch: u64,
        loss: f64,
        targets: usize,
        cells: usize,
        visible: f64,
        learning_rate: f32,
        gradient_norm: f32,
        seconds: f64,
    },
    Validation(&'a ValidationReport),
}

impl RunDirectory {
    /// A new run in `path`, which must not hold one.
    ///
    /// # Errors
    /// If there is a run already, or the folder cannot be written.
    pub fn create(path: &Path, config: &RunConfig, corpus: &Header) -> Result<Self, TrainError> {
        let run = Self { path: path.to_owned() };
        if run.config_path().exists() {
            return Err(TrainError::RunExists { path: path.to_owned() });
        }
        let checkpoints = run.checkpoints();
        fs::create_dir_all(&checkpoints).map_err(TrainError::io(checkpoints))?;
        let resolved = Resolved {
            cantus: env!("CARGO_PKG_VERSION").to_owned(),
            corpus_sha256: corpus.sha256.clone(),
            config: config.clone(),
        };
        let config_path = run.config_path();
        let text = toml::to_string_pretty(&resolved).map_err(|error| TrainError::Config {
            path: config_path.clone(),
            problem: error.to_string(),
        })?;
        replace(&config_path, text.as_bytes())?;
        Ok(run)
    }

    /// The run in `path`, to go on with the same configuration and corpus.
    ///
    /// # Errors
    /// If there is no run, or it was started with another configuration or corpus.
    pub fn resume(path: &Path, config: &RunConfig, corpus: &Header) -> Result<Self, TrainError> {
        let run = Self { path: path.to_owned() };
        let config_path = run.config_path();
        let text = fs::read_to_string(&config_path).map_err(TrainError::io(&config_path))?;
        let resolved: Resolved = toml::from_str(&text).map_err(|error| TrainError::Config {
            path: config_path.clone(),
            problem: error.to_string(),
        })?;
        let other =
            |what: &str| TrainError::OtherRun { path: path.to_owned(), what: what.to_owned() };
        if resolved.config != *config {
            return Err(other("settings"));
        }
        if resolved.corpus_sha256 != corpus.sha256 {
            return Err(other("corpus"));
        }
        Ok(run)
    }

    fn config_path(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
    }

    fn metrics_path(&self) -> PathBuf {
        self.path.join("metrics.jsonl")
    }

    /// Where the model is exported to.
    pub fn model(&self) -> PathBuf {
        self.path.join("model")
    }

    /// The newest checkpoint that is complete.
    pub(crate) fn newest(&self) -> Result<Option<PathBuf>, TrainError> {
        Ok(self.steps()?.pop().map(|(_, path)| path))
    }

    /// Numbered checkpoints, oldest first.
    fn steps(&self) -> Result<Vec<(u64, PathBuf)>, TrainError> {
        let folder = self.checkpoints();
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut steps = Vec::new();
        for entry in fs::read_dir(&folder).map_err(TrainError::io(&folder))? {
            let path = entry.map_err(TrainError::io(&folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(step) = name.strip_prefix("step-").and_then(|step| step.parse().ok()) {
                steps.push((step, path));
            }
        }
        steps.sort();
        Ok(steps)
    }

    /// Saves a checkpoint and removes all but the newest `keep`.
    pub(crate) fn save(&self, state: &State, keep: usize) -> Result<(), TrainError> {
        state.save(&self.checkpoints().join(format!("step-{}", state.place.step)))?;
        let steps = self.steps()?;
        for (_, path) in &steps[..steps.len().saturating_sub(keep)] {
            fs::remove_dir_all(path).map_err(TrainError::io(path))?;
        }
        Ok(())
    }

    /// Opens the log, without the lines after `step`: what a killed run wrote beyond its last
    /// checkpoint is done again.
    pub(crate) fn log_from(&self, step: u64) -> Result<Log, TrainError> {
        let path = self.metrics_path();
        if path.exists() {
            let file = File::open(&path).map_err(TrainError::io(&path))?;
            let mut kept = String::new();
            for line in BufReader::new(file).lines() {
                let line = line.map_err(TrainError::io(&path))?;
                let value: Option<serde_json::Value> = serde_json::from_str(&line).ok();
                let at = value.and_then(|value| value.get("step")?.as_u64());
                // A line cut off by the kill has no step.
                if at.is_some_and(|at| at <= step) {
                    kept.push_str(&line);
                    kept.push('\n');
                }
            }
            replace(&path, kept.as_bytes())?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path);
        Ok(Log { file: file.map_err(TrainError::io(&path))?, path })
    }
}

/// `metrics.jsonl`, open for writing.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    path: PathBuf,
}

impl Log {
    pub fn step(&mut self, report: &StepReport) -> Result<(), TrainError> {
        self.line(&Line::Step {
            step: report.step,
            epoch: report.epoch,
            loss: report.loss,
            targets: report.targets,
            cells: report.cells,
            visible: report.visible,
            learning_rate: report.learning_rate,
            gradient_norm: report.gradient_norm,
            seconds: report.seconds,
        })
    }

    pub fn validation(&mut self, report: &ValidationReport) -> Result<(), TrainError> {
        self.line(&Line::Validation(report))
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), TrainError> {
        let text = serde_json::to_string(line).map_err(|error| TrainError::Config {
            path: self.path.clone(),
            problem: error.to_string(),
        })?;
        writeln!(self.file, "{text}").map_err(TrainError::io(&self.path))
    }
}

/// Writes beside and renames.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let beside = path.with_extension("partial");
    fs::write(&beside, bytes).map_err(TrainError::io(&beside))?;
    fs::rename(&beside, path).map_err(TrainError::io(path))
}
