//! The names of the metrics and a value for each.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Measure, Values};

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident = $abbreviation:literal, $title:literal;)+) => {
        /// A metric of one harmonization.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric { $($(#[$doc])* $name,)+ }

        impl Metric {
            /// The name in words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }

        impl Measure for Metric {
            const ALL: &'static [Self] = &[$(Self::$name,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$name => $abbreviation,)+ }
            }
        }
    };
}

metrics! {
    /// Entropy of the chord histogram, in nats (Yeh 2021).
    ChordHistogramEntropy = "CHE", "chord histogram entropy";
    /// Number of distinct chords (Yeh 2021).
    ChordCoverage = "CC", "chord coverage";
    /// Mean distance of neighbouring chords in tonal space (Yeh 2021).
    ChordTonalDistance = "CTD", "chord tonal distance";
    /// Share of melody notes that are chord tones or resolve to one by step (Yeh 2021).
    ChordToneRatio = "CTnCTR", "chord tone to non-chord tone ratio";
    /// Mean consonance of melody and chord tones, −1 to 1 (Yeh 2021).
    PitchConsonance = "PCS", "pitch consonance score";
    /// Mean distance of melody and chord in tonal space (Yeh 2021).
    MelodyChordDistance = "MCTD", "melody-chord tonal distance";
    /// Entropy of the intervals between chord onsets, in nats (Wu 2024).
    IntervalEntropy = "HRHE_i", "harmonic rhythm entropy, intervals";
    /// Number of distinct intervals between chord onsets (Wu 2024).
    IntervalCount = "HRC_i", "harmonic rhythm count, intervals";
    /// Entropy of the chord onsets' places in the bar, in nats (Wu 2024).
    OffsetEntropy = "HRHE_o", "harmonic rhythm entropy, offsets";
    /// Number of distinct places of chord onsets in the bar (Wu 2024).
    OffsetCount = "HRC_o", "harmonic rhythm count, offsets";
    /// Mean weakness of the chord onsets' places: 0 bar start to 4 off every grid (Wu 2024).
    ChordBeatStrength = "CBS", "chord beat strength";
}

impl Metric {
    /// The metric with this abbreviation, in any case.
    pub fn from_abbreviation(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.name().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The eleven metrics of one harmonization.
pub type MetricValues = Values<Metric>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_lead_back_to_their_metric() {
        for metric in Metric::ALL {
            assert_eq!(Metric::from_abbreviation(metric.name()), Some(*metric));
        }
        assert_eq!(Metric::ALL.len(), 11);
        assert_eq!(Metric::from_abbreviation("ctnctr"), Some(Metric::ChordToneRatio));
        assert_eq!(Metric::from_abbreviation("XYZ"), None);
    }
}
