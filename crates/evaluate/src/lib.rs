//! Metrics of harmonizations: how a chord sequence stands to its melody and to another one.
//!
//! A [`Harmonization`] is what the measures look at: melody notes, chord spans and bars with
//! exact times. [`metrics::measure`] gives the eleven metrics of the field under a named
//! [`Convention`]; [`mod@reference`] rebuilds the published evaluation code, MIDI reading and
//! rounding included; [`agreement`] compares chords as mir_eval does. A [`Report`] gathers all
//! of it for pairs of generated and reference pieces, with bootstrap intervals, and
//! [`export`] writes it.

pub mod agreement;
mod bootstrap;
pub mod constraints;
pub mod export;
mod harmonic_rhythm;
mod harmonization;
pub mod metrics;
mod piece;
mod progressions;
pub mod reference;
pub mod report;
mod tonal_centroid;
mod values;

pub use bootstrap::{Bootstrap, Estimate};
pub use harmonic_rhythm::{RhythmError, rhythm_error};
pub use harmonization::{BarSpan, ChordSpan, Harmonization, MelodyNote};
pub use metrics::{Convention, Metric, MetricValues};
pub use piece::{Pair, Piece};
pub use progressions::{Copied, Progressions, TrainingProgressions};
pub use report::{Report, Settings};
pub use tonal_centroid::TonalCentroid;
pub use values::{Measure, Values};
