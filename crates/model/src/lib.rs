//! The bidirectional Transformer encoder and its checkpoints.
//!
//! The encoder reads `[condition, melody cells, harmony cells]` and predicts the harmony token
//! of every cell. What leaves this room are plain arrays: nobody else knows what computes them.

mod checkpoint;
mod config;
mod device;
mod encoder;
mod input;
mod parameters;
mod predictor;

pub use checkpoint::{CheckpointError, load, save};
pub use config::{ConfigError, EncoderConfig, MelodyFeatures, Norm, Positions, StageConditioning};
pub use device::{Device, DeviceError, device};
pub use encoder::{Dropout, Encoder};
pub use input::{Batch, Item};
pub use parameters::{Layout, Parameter, ParameterKind, Parameters};
pub use predictor::{Predictor, Probabilities};
