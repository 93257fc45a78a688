//! Training: batches, loss, optimiser, the loop, frozen-mask validation and the run directory.
//!
//! A run is a function of its configuration, its seed and its corpus: every random choice is
//! drawn from a stream of its own item or step, so that neither the batch split nor an
//! interruption changes the result.

mod ahead;
pub mod baselines;
mod batches;
mod config;
mod differences;
mod early_stopping;
mod ema;
mod error;
mod figure;
mod files;
mod learner;
mod learning_rate;
mod loss;
mod metrics;
mod normalization;
mod observer;
mod optimizer;
mod pace;
mod prepared;
mod records;
pub mod reliance;
mod resample;
mod run;
mod song_sums;
mod songs;
pub mod speed;
mod stages;
mod state;
mod stream;
pub mod sweep;
mod tensorboard;
mod trainer;
mod transposition;
mod validation;

pub use batches::{EpochPlan, Planned};
pub use config::{Data, Optimization, RunConfig, Validation};
pub use early_stopping::{EarlyStop, EarlyStopping};
pub use error::TrainError;
pub use figure::{Figure, Quantity, UnknownFigure};
pub use learner::{Learned, Learner};
pub use learning_rate::LearningRate;
pub use loss::{Loss, PartLoss, Targets};
pub use normalization::Normalization;
pub use observer::{Observer, Silent, StepReport};
pub use optimizer::{AdamW, Groups};
pub use prepared::{MaskedItem, PreparedBatch};
pub use run::RunDirectory;
pub use song_sums::{ProbeSums, SongName, SongReport, SongSums};
pub use songs::{SongSet, TrainingSong, layout, window_seed, windows};
pub use trainer::{Outcome, train};
pub use transposition::Transposition;
pub use validation::{
    Answer, Answerer, Figures, Mask, Measured, Question, ValidationReport, Validator, mean_interval,
};
