//! The layout of the file.

use serde::Deserialize;

/// A song.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) split: Option<String>,
    pub(super) hooktheory: Option<Origin>,
    pub(super) annotations: Annotations,
}

/// Where it comes from.
#[derive(Debug, Deserialize)]
pub(super) struct Origin {
    pub(super) artist: Option<String>,
    pub(super) song: Option<String>,
}

/// The music, in beats of the metre.
#[derive(Debug, Deserialize)]
pub(super) struct Annotations {
    pub(super) num_beats: f64,
    #[serde(default)]
    pub(super) meters: Vec<Meter>,
    #[serde(default)]
    pub(super) keys: Vec<Key>,
    pub(super) melody: Option<Vec<Note>>,
    pub(super) harmony: Option<Vec<Harmony>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Meter {
    pub(super) beat: f64,
    pub(super) beats_per_bar: u32,
    pub(super) beat_unit: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Key {
    pub(super) beat: f64,
    pub(super) tonic_pitch_class: u8,
    /// Semitones between neighbouring degrees, six of them.
    pub(super) scale_degree_intervals: Vec<u8>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Note {
    pub(super) onset: f64,
    pub(super) offset: f64,
    /// 0 begins at middle C.
    pub(super) octave: i16,
    pub(super) pitch_class: u8,
}

#[derive(Debug, Deserialize)]
pub(super) struct Harmony {
    pub(super) onset: f64,
    pub(super) offset: f64,
    pub(super) root_pitch_class: u8,
    /// Semitones between neighbouring chord tones, the root first.
    pub(super) root_position_intervals: Vec<u8>,
    /// Which chord tone is the bass, the root being 0.
    pub(super) inversion: usize,
}
