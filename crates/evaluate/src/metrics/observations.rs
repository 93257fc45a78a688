//! What a convention hands to the formulas.

use score::PitchClassSet;

use super::beat_strength::{self, BeatStrength};
use super::melody_distance;
use super::{Metric, MetricValues, chord_distance, chord_tones, consonance, histogram};

/// A melody note and the chord it is heard over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoteOverChord {
    /// MIDI key number.
    pub(crate) pitch: i32,
    /// The chord, if one sounds.
    pub(crate) chord: Option<PitchClassSet>,
}

/// Time that a melody note spends over one chord.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TimeOverChord {
    /// MIDI key number.
    pub(crate) pitch: i32,
    /// The chord.
    pub(crate) chord: PitchClassSet,
    /// How long, in the convention's unit.
    pub(crate) weight: f64,
}

/// A stretch of time whose notes count together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Window {
    /// How much it counts.
    pub(crate) weight: f64,
    /// MIDI key numbers with their chords.
    pub(crate) notes: Vec<(i32, PitchClassSet)>,
}

/// What is counted, once a convention has decided on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Observations {
    /// Chord events in order.
    pub(crate) chords: Vec<PitchClassSet>,
    /// Melody notes in order.
    pub(crate) notes: Vec<NoteOverChord>,
    /// Melody time over chords.
    pub(crate) times: Vec<TimeOverChord>,
    /// Windows of consonance.
    pub(crate) windows: Vec<Window>,
    /// How often each distinct interval between chord onsets occurs.
    pub(crate) intervals: Vec<usize>,
    /// How often each distinct place in the bar occurs.
    pub(crate) offsets: Vec<usize>,
    /// Strength of each chord onset's place.
    pub(crate) strengths: Vec<BeatStrength>,
}

impl Observations {
    /// The metrics; `smoothing` is added inside the logarithm of every entropy.
    pub(crate) fn values(&self, smoothing: f64) -> MetricValues {
        let chords = histogram::counts(self.chords.iter().copied());
        MetricValues::from_fn(|metric| match metric {
            Metric::ChordHistogramEntropy => histogram::entropy(&chords, smoothing),
            Metric::ChordCoverage => Some(chords.len() as f64),
            Metric::ChordTonalDistance => chord_distance::mean(&self.chords),
            Metric::ChordToneRatio => chord_tones::ratio(&self.notes),
            Metric::PitchConsonance => consonance::mean(&self.windows),
            Metric::MelodyChordDistance => melody_distance::mean(&self.times),
            Metric::IntervalEntropy => histogram::entropy(&self.intervals, smoothing),
            Metric::IntervalCount => Some(self.intervals.len() as f64),
            Metric::OffsetEntropy => histogram::entropy(&self.offsets, smoothing),
            Metric::OffsetCount => Some(self.offsets.len() as f64),
            Metric::ChordBeatStrength => beat_strength::mean(&self.strengths),
        })
    }
}
