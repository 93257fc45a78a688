//! What an encoder looks like.

mod choices;
mod size;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use choices::{Head, MelodyFeatures, Norm, Positions, StageConditioning};
pub use size::Size;

use crate::Precision;

/// Everything that decides the shape of an encoder.
///
/// It is read with the defaults for what is not said, or those of a [`Size`] named as `size`,
/// and written out in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "size::Written")]
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
    /// Share of items for which the last layer's sublayers are left out while training; it grows
    /// linearly with depth (Huang 2016).
    pub stochastic_depth: f32,
    /// Where the layer norm stands.
    pub norm: Norm,
    /// How cells know where they are.
    pub positions: Positions,
    /// Whether place in the bar, bar index and song edges are embedded.
    pub metric: bool,
    /// Whether the condition tells the time signature. Without it the condition is a position
    /// that says nothing of the piece.
    pub time_signature: bool,
    /// Whether a bar cell stands before each cell that begins a full bar, in both halves of the
    /// sequence, as published. It is never asked, and items and predictions do not know of it.
    pub bars: bool,
    /// What of the melody is read.
    pub melody: MelodyFeatures,
    /// Whether there is a learned vector for a melody that is hidden
    /// ([`Melody::Hidden`](crate::Melody::Hidden)), for classifier-free guidance.
    pub guidance: bool,
    /// Whether the model is told how far the harmony is revealed.
    pub stage: StageConditioning,
    /// How a token's logit is made.
    pub head: Head,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            width: 192,
            heads: 6,
            layers: 4,
            feed_forward: 768,
            dropout: 0.1,
            stochastic_depth: 0.0,
            norm: Norm::Before,
            positions: Positions::Relative { reach: 64 },
            metric: true,
            time_signature: true,
            bars: false,
            melody: MelodyFeatures::Onsets,
            guidance: false,
            stage: StageConditioning::None,
            head: Head::Flat,
        }
    }
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
    /// Heads that cannot be turned in pairs of numbers.
    #[error(
        "rotary positions need heads of even width, not {0}; choose fewer heads or another width"
    )]
    OddHeads(usize),
    /// Shares that are not one for each stage.
    #[error(
        "stage.embedding.visible has {found} shares for {stages} stages; give one for each, or none"
    )]
    Visible {
        /// Stages there are.
        stages: usize,
        /// Shares given.
        found: usize,
    },
    /// A device that has no products of a precision.
    #[error(
        "precision {0} is computed on the processor alone; choose f32 for this device, or device cpu"
    )]
    Precision(Precision),
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

impl ConfigError {
    fn range(name: &'static str, value: impl ToString, range: &'static str) -> Self {
        Self::Range { name, value: value.to_string(), range }
    }
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
                return Err(ConfigError::range(name, value, text));
            }
        }
        if !self.width.is_multiple_of(self.heads) {
            return Err(ConfigError::Heads { width: self.width, heads: self.heads });
        }
        for (name, share) in
            [("dropout", self.dropout), ("stochastic_depth", self.stochastic_depth)]
        {
            if !(0.0..1.0).contains(&share) {
                return Err(ConfigError::range(name, share, "0 up to, not including, 1"));
            }
        }
        self.check_positions()?;
        self.check_stage()
    }

    fn check_positions(&self) -> Result<(), ConfigError> {
        let head_width = self.width / self.heads;
        match self.positions {
            Positions::Relative { reach } if !(1..=1024).contains(&reach) => {
                Err(ConfigError::range("positions.reach", reach, "1 to 1024"))
            }
            Positions::Learned { cells } if !(1..=4096).contains(&cells) => {
                Err(ConfigError::range("positions.cells", cells, "1 to 4096"))
            }
            Positions::Rotary if !head_width.is_multiple_of(2) => {
                Err(ConfigError::OddHeads(head_width))
            }
            _ => Ok(()),
        }
    }

    fn check_stage(&self) -> Result<(), ConfigError> {
        let StageConditioning::Embedding { stages, width, visible } = &self.stage else {
            return Ok(());
        };
        if !(1..=1024).contains(stages) {
            return Err(ConfigError::range("stage.embedding.stages", stages, "1 to 1024"));
        }
        if !(1..=4096).contains(width) {
            return Err(ConfigError::range("stage.embedding.width", width, "1 to 4096"));
        }
        if !visible.is_empty() && visible.len() != *stages {
            return Err(ConfigError::Visible { stages: *stages, found: visible.len() });
        }
        match visible.iter().find(|share| !(0.0..=1.0).contains(*share)) {
            Some(share) => Err(ConfigError::range("stage.embedding.visible", share, "0 to 1")),
            None => Ok(()),
        }
    }

    /// Cells of the longest item, where that is limited: longer pieces are cut into windows.
    pub fn longest_item(&self) -> Option<usize> {
        match self.positions {
            Positions::Learned { cells } => Some(cells),
            Positions::Relative { .. }
            | Positions::Rotary
            | Positions::SharedSinusoidal
            | Positions::Sinusoidal => None,
        }
    }

    /// Numbers that are read of each melody cell: its features, then whether it is a bar cell,
    /// then whether it is hidden.
    pub(crate) fn melody_inputs(&self) -> usize {
        self.melody.size() + usize::from(self.bars) + usize::from(self.guidance)
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
        let base = EncoderConfig::default;
        let embedding = |stages, visible| {
            let stage = StageConditioning::Embedding { stages, width: 8, visible };
            EncoderConfig { stage, ..base() }
        };
        let learned = Positions::Learned { cells: 0 };
        for (config, name) in [
            (EncoderConfig { heads: 5, ..base() }, "5 heads"),
            (EncoderConfig { dropout: 1.0, ..base() }, "dropout"),
            (EncoderConfig { stochastic_depth: -0.1, ..base() }, "stochastic_depth"),
            (EncoderConfig { positions: learned, ..base() }, "positions.cells"),
            (
                EncoderConfig { width: 9, heads: 3, positions: Positions::Rotary, ..base() },
                "even width",
            ),
            (embedding(0, vec![]), "stage.embedding.stages"),
            (embedding(3, vec![0.0, 0.5]), "2 shares for 3 stages"),
            (embedding(1, vec![1.5]), "stage.embedding.visible"),
        ] {
            let message = config.check().expect_err(name).to_string();
            assert!(message.contains(name), "{message}");
        }
    }

    /// The table in the documentation has a row for every setting.
    #[test]
    fn every_setting_is_documented() {
        let table = include_str!("../../../docs/configuration.md");
        let config = serde_json::to_value(EncoderConfig::default()).expect("writes");
        let settings = config.as_object().expect("settings").keys();
        for setting in settings.map(String::as_str).chain(["size"]) {
            assert!(table.contains(&format!("\n| `{setting}` |")), "{setting} is not documented");
        }
    }
}
