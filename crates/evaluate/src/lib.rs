//! Metrics of harmonizations: how a chord sequence stands to its melody and to another one.
//!
//! A [`Harmonization`] is what the metrics look at: melody notes, chord spans and bars with
//! exact times. [`metrics::measure`] gives the eleven metrics of the field under a named
//! [`Convention`]; [`reference`] reproduces the published evaluation code bit by bit of its
//! habits, MIDI reading included.

pub mod agreement;
mod harmonization;
pub mod metrics;
pub mod reference;
mod tonal_centroid;
mod values;

pub use harmonization::{BarSpan, ChordSpan, Harmonization, MelodyNote};
pub use metrics::{Convention, Metric, MetricValues};
pub use tonal_centroid::TonalCentroid;
pub use values::{Measure, Values};
