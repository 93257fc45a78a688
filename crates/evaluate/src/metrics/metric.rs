//! The names of the metrics and a value for each.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident = $abbreviation:literal, $title:literal;)+) => {
        /// A metric of one harmonization.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric { $($(#[$doc])* $name,)+ }

        impl Metric {
            /// All metrics in the order of reports.
            pub const ALL: [Self; 11] = [$(Self::$name,)+];

            /// The field's abbreviation.
            pub const fn abbreviation(self) -> &'static str {
                match self { $(Self::$name => $abbreviation,)+ }
            }

            /// The name in words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
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
        Self::ALL.into_iter().find(|metric| metric.abbreviation().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.abbreviation())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.abbreviation())
    }
}

/// The eleven metrics of one harmonization; `None` where a metric is not defined on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MetricValues([Option<f64>; Metric::ALL.len()]);

impl MetricValues {
    /// The value `of(metric)` for each metric.
    pub fn from_fn(mut of: impl FnMut(Metric) -> Option<f64>) -> Self {
        Self(Metric::ALL.map(&mut of))
    }

    /// The value of `metric`, if it is defined.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.iter().find(|(other, _)| *other == metric).and_then(|(_, value)| value)
    }

    /// Each metric with its value, in the order of [`Metric::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Metric, Option<f64>)> {
        Metric::ALL.into_iter().zip(self.0)
    }

    /// The same values with zero for those that are not defined.
    #[must_use]
    pub fn or_zero(self) -> Self {
        Self(self.0.map(|value| value.or(Some(0.0))))
    }
}

impl Serialize for MetricValues {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Metric::ALL.len()))?;
        for (metric, value) in self.iter() {
            map.serialize_entry(metric.abbreviation(), &value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_lead_back_to_their_metric() {
        for metric in Metric::ALL {
            assert_eq!(Metric::from_abbreviation(metric.abbreviation()), Some(metric));
        }
        assert_eq!(Metric::from_abbreviation("ctnctr"), Some(Metric::ChordToneRatio));
        assert_eq!(Metric::from_abbreviation("XYZ"), None);
    }

    #[test]
    fn values_keep_their_metric() {
        let values = MetricValues::from_fn(|metric| Some(metric as u8 as f64));
        for metric in Metric::ALL {
            assert_eq!(values.get(metric), Some(metric as u8 as f64));
        }
    }
}
