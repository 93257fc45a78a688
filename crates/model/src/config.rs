//! What an encoder looks like.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Everything that decides the shape of an encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EncoderConfig {
    /// Width of the residual stream (d).
    pub width: usize,
    /// Attention heads; they divide the width.
    pub heads: usize,
    /// Layers.
    pub layers: usize,
    /// Width of the feed-forward layer, usually four times the width.
    pub feed_forward: usize,
    /// Share of activations dropped while training.
    pub dropout: f32,
    /// Where the layer norm stands.
    pub norm: Norm,
    /// How cells know where they are.
    pub positions: Positions,
    /// Whether place in the bar, bar index and song edges are embedded.
    pub metric: bool,
    /// What of the melody is read.
    pub melody: MelodyFeatures,
    /// Whether the model is told how much is hidden.
    pub stage: StageConditioning,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            width: 192,
            heads: 6,
            layers: 4,
            feed_forward: 768,
            dropout: 0.1,
            norm: Norm::Before,
            positions: Positions::Relative { reach: 64 },
            metric: true,
            melody: MelodyFeatures::Onsets,
            stage: StageConditioning::None,
        }
    }
}

/// Where the layer norm stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// Before each sublayer: trains without warm-up trouble.
    Before,
    /// After each sublayer, as published.
    After,
}

/// How cells know where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Positions {
    /// A learned attention bias per head × segment pair × offset, offsets beyond `reach` cells
    /// sharing one. Half of the heads start steep on distance. Without it the encoder hardly
    /// finds its neighbours.
    Relative {
        /// Cells up to which offsets are told apart.
        reach: usize,
    },
    /// Fixed sinusoids, the same table for melody and harmony.
    SharedSinusoidal,
    /// Fixed sinusoids over the whole sequence.
    Sinusoidal,
}

/// What of the melody is read, for each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MelodyFeatures {
    /// Twelve pitch classes by their share of the cell.
    Classes,
    /// And which of them start in it.
    Onsets,
    /// And the 88 keys.
    Keys,
}

impl MelodyFeatures {
    /// Numbers a cell.
    pub const fn size(self) -> usize {
        match self {
            Self::Classes => 12,
            Self::Onsets => 24,
            Self::Keys => 24 + grid::KEYS,
        }
    }
}

/// Whether the model is told how much is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageConditioning {
    /// It is not: the masks tell.
    None,
    /// The share of hidden cells, 0 to 1, joins the condition.
    MaskingShare,
}

/// A configuration no encoder can have.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ConfigError {
    /// Heads do not divide the width.
    #[error("width {width} is not a multiple of {heads} heads; choose heads that divide the width")]
    Heads {
        /// The width asked for.
        width: usize,
        /// The heads asked for.
        heads: usize,
    },
    /// A size lies out of its range.
    #[error("{name} is {value}; choose {range}")]
    Range {
        /// The setting.
        name: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be.
        range: &'static str,
    },
}

impl EncoderConfig {
    /// Checks that an encoder can be built from it.
    ///
    /// # Errors
    /// Names the first setting that is wrong and what it may be.
    pub fn check(&self) -> Result<(), ConfigError> {
        let sizes = [
            ("width", self.width, 2..=4096, "2 to 4096"),
            ("heads", self.heads, 1..=64, "1 to 64"),
            ("layers", self.layers, 1..=64, "1 to 64"),
            ("feed_forward", self.feed_forward, 1..=16384, "1 to 16384"),
        ];
        for (name, value, range, text) in sizes {
            if !range.contains(&value) {
                return Err(ConfigError::Range { name, value: value.to_string(), range: text });
            }
        }
        if !self.width.is_multiple_of(self.heads) {
            return Err(ConfigError::Heads { width: self.width, heads: self.heads });
        }
        if !(0.0..1.0).contains(&self.dropout) {
            let value = self.dropout.to_string();
            return Err(ConfigError::Range {
                name: "dropout",
                value,
                range: "0 up to, not including, 1",
            });
        }
        match self.positions {
            Positions::Relative { reach } if !(1..=1024).contains(&reach) => {
                Err(ConfigError::Range {
                    name: "positions.reach",
                    value: reach.to_string(),
                    range: "1 to 1024",
                })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_can_be_built() {
        assert_eq!(EncoderConfig::default().check(), Ok(()));
    }

    #[test]
    fn nonsense_is_named() {
        let heads = EncoderConfig { heads: 5, ..EncoderConfig::default() };
        assert!(heads.check().expect_err("5 heads").to_string().contains("5 heads"));
        let dropout = EncoderConfig { dropout: 1.0, ..EncoderConfig::default() };
        assert!(dropout.check().expect_err("all dropped").to_string().contains("dropout"));
    }
}
