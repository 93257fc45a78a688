//! The bidirectional Transformer encoder and its checkpoints.
//!
//! The encoder reads `[condition, melody cells, harmony cells]` and predicts the harmony token
//! of every cell. What leaves this room are plain arrays: nobody else knows what computes them.

mod checkpoint;
mod config;
mod cross_entropy;
mod device;
mod encoder;
mod fused;
mod input;
mod item;
mod parameters;
mod precision;
mod predictor;

pub use checkpoint::{CheckpointError, Reading, load, save};
pub use config::{
    ConfigError, EncoderConfig, Head, MelodyFeatures, Norm, Positions, Size, StageConditioning,
};
pub use cross_entropy::{CrossEntropy, cross_entropy};
pub use device::{Device, DeviceError, device};
pub use encoder::{AttentionMaps, Dropout, Encoder, SequencePlace};
pub use fused::speed;
pub use input::Batch;
pub use item::{Item, Melody};
pub use parameters::{Layout, Parameter, ParameterKind, Parameters};
pub use precision::{Precision, PrecisionError};
pub use predictor::{Predictor, Probabilities};
