//! What a trained model does, measured: where it looks, what it relies on, whether it recites, how
//! sure it is, and how it errs.
//!
//! [`examine`] asks the model about frozen masks of a sample of pieces and gives an
//! [`Examination`] of plain data. What a run wrote about itself is measured without a model:
//! [`forgetting`], [`volatility`] and [`runs`]. One measurement a file; all intervals are
//! percentile bootstraps over pieces.

mod answers;
mod attention;
mod attention_maps;
mod calibration;
mod confusion;
mod examine;
pub mod forgetting;
mod labels;
mod memorisation;
mod metric_places;
mod options;
mod pieces;
mod reliance;
mod resampling;
mod rollout;
pub mod runs;
mod songs;
pub mod volatility;

pub use attention::{Attended, Attention, ByKind, Chance, HeadAttention, NEAR};
pub use attention_maps::{AttentionMap, MapPosition};
pub use calibration::{BINS, Calibration, ReliabilityBin};
pub use confusion::{Confusion, TriadFamily};
pub use examine::{Examination, ExamineError, Progress, examine};
pub use labels::BarBeat;
pub use memorisation::{Memorisation, Swapped};
pub use metric_places::{CellFigures, MetricErrors, MetricPlace};
pub use options::Options;
pub use pieces::PieceName;
pub use reliance::Reliance;
pub(crate) use resampling::Resamples;
pub use resampling::{DRAWS, Interval};
pub use songs::{CellView, Choice, PieceFigures, PieceView, Tone};
