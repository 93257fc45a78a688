//! The run directory: plain files, each readable without Cantus.
//!
//! | path | holds |
//! |---|---|
//! | `config.toml` | every setting, versions, the corpus and its hash |
//! | `metrics.jsonl` | a line per step, per validation, and for the end |
//! | `validations/step-N.json` | what was measured of each song, a file per validation |
//! | `tensorboard/` | the same figures for TensorBoard |
//! | `checkpoints/step-N/` | what `--resume` goes on from |
//! | `model/` | the exported model: that of the best figure so far |

use std::fs;
use std::path::{Path, PathBuf};

use grid::corpus::Header;
use serde::{Deserialize, Serialize};

use crate::differences::differences;
use crate::files::replace;
use crate::records::Records;
use crate::state::State;
use crate::{RunConfig, TrainError};

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

    /// Whether a run was begun in `path`.
    pub fn is_in(path: &Path) -> bool {
        Self { path: path.to_owned() }.config_path().exists()
    }

    /// The run in `path`, to go on with the same configuration and corpus.
    ///
    /// # Errors
    /// If there is no run, or it was started with another configuration or corpus.
    pub fn resume(path: &Path, config: &RunConfig, corpus: &Header) -> Result<Self, TrainError> {
        let run = Self { path: path.to_owned() };
        let config_path = run.config_path();
        if !config_path.exists() {
            return Err(TrainError::NoRun { path: path.to_owned() });
        }
        let text = fs::read_to_string(&config_path).map_err(TrainError::io(&config_path))?;
        let resolved: Resolved = toml::from_str(&text).map_err(|error| TrainError::Config {
            path: config_path.clone(),
            problem: error.to_string(),
        })?;
        let other = |what: String| TrainError::OtherRun { path: path.to_owned(), what };
        if resolved.config != *config {
            return Err(other(differences(&resolved.config, config)));
        }
        if resolved.corpus_sha256 != corpus.sha256 {
            return Err(other("another corpus".to_owned()));
        }
        Ok(run)
    }

    fn config_path(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    fn checkpoints(&self) -> PathBuf {
        self.path.join("checkpoints")
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

    /// What the run writes while it goes on from `step`.
    pub(crate) fn records_from(&self, step: u64) -> Result<Records, TrainError> {
        Records::open(&self.path, step)
    }
}
