//! What can go wrong in training.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a run cannot start or go on.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum TrainError {
    #[error("{}: {source}; make room on the disk or check its rights, then run again with --resume", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {problem}", path.display())]
    Config { path: PathBuf, problem: String },
    #[error(transparent)]
    Model(#[from] model::ConfigError),
    #[error(transparent)]
    Export(#[from] model::CheckpointError),
    #[error("{}: there is no run to resume; check --out, or start one without --resume", path.display())]
    NoRun { path: PathBuf },
    #[error("{}: a run is there already; go on with --resume, or choose another --out", path.display())]
    RunExists { path: PathBuf },
    #[error("{}: {problem}; delete that checkpoint to go on from an earlier one, or start anew with another --out", path.display())]
    Checkpoint { path: PathBuf, problem: String },
    #[error("{}: this is not how the run was started ({what}); start a new run with another --out", path.display())]
    OtherRun { path: PathBuf, what: String },
    #[error("the corpus has no piece to {0}; prepare one with more files")]
    NoPieces(&'static str),
    #[error(
        "no validation song has anything to ask at {probe}, by which the run is judged; name another figure, or prepare a corpus with more files"
    )]
    NothingAsked { probe: String },
    #[error(
        "step {step}: the loss or a weight is not a number any more; {}; lower \
         optimization.learning_rate.peak or set optimization.clip, and start again with another \
         --out",
        checkpoint_there(good.as_deref())
    )]
    NotFinite {
        step: u64,
        /// The last good checkpoint.
        good: Option<PathBuf>,
    },
}

fn checkpoint_there(checkpoint: Option<&Path>) -> String {
    match checkpoint {
        Some(path) => format!("the last good checkpoint is intact: {}", path.display()),
        None => "no checkpoint was written yet".to_owned(),
    }
}

impl TrainError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
