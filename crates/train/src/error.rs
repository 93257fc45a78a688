//! What can go wrong in training.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a run cannot start or go on.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum TrainError {
    #[error("{}: {source}; check the disk and its rights, then run again with --resume", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {problem}", path.display())]
    Config { path: PathBuf, problem: String },
    #[error(transparent)]
    Model(#[from] model::ConfigError),
    #[error(transparent)]
    Export(#[from] model::CheckpointError),
    #[error("{}: a run is there already; go on with --resume, or choose another --out", path.display())]
    RunExists { path: PathBuf },
    #[error("{}: {problem}; delete that checkpoint to go on from an earlier one, or start anew with another --out", path.display())]
    Checkpoint { path: PathBuf, problem: String },
    #[error("{}: the configuration differs from that of the run ({what}); start a new run with another --out", path.display())]
    OtherRun { path: PathBuf, what: String },
    #[error("the corpus has no piece to {0}; prepare one with more files")]
    NoPieces(&'static str),
    #[error(
        "step {step}: the loss is not a number any more; the last checkpoint is intact: lower the learning rate and start again"
    )]
    NotFinite { step: u64 },
}

impl TrainError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
