//! Training: batches, loss, optimiser, the loop, frozen-mask validation and the run directory.
//!
//! A run is a function of its configuration, its seed and its corpus: every random choice is
//! drawn from a stream of its own item or step, so that neither the batch split nor an
//! interruption changes the result.

pub mod baselines;
mod batches;
mod config;
mod ema;
mod error;
mod learning_rate;
mod loss;
mod observer;
mod optimizer;
mod run;
mod songs;
mod stages;
mod state;
mod stream;
mod trainer;
mod validation;

pub use batches::{EpochPlan, Planned};
pub use config::{Data, Optimization, RunConfig, Transposition, Validation};
pub use error::TrainError;
pub use learning_rate::LearningRate;
pub use loss::{Loss, Targets};
pub use observer::{Observer, Silent, StepReport};
pub use optimizer::{AdamW, Groups};
pub use run::RunDirectory;
pub use songs::{SongSet, TrainingSong, layout};
pub use trainer::{Outcome, train};
pub use validation::{
    Answer, Answerer, Figures, Mask, Measured, Question, ValidationReport, Validator, mean_interval,
};
