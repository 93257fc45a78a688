//! What can be chosen of an encoder.

use serde::{Deserialize, Serialize};

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
///
/// Places are counted along one half of the sequence, interleaved bar cells among them
/// ([`EncoderConfig::bars`](crate::EncoderConfig::bars)); a harmony cell and the melody cell
/// beneath it have the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Positions {
    /// A learned attention bias per head × segment pair × offset, offsets beyond `reach` places
    /// sharing one. Half of the heads start steep on distance. Without it the encoder hardly
    /// finds its neighbours.
    Relative {
        /// Places up to which offsets are told apart.
        reach: usize,
    },
    /// Queries and keys are turned by angles that grow with their place (Su 2021, base 10000),
    /// so that scores depend on offsets alone. A harmony cell shares its angle with the melody
    /// cell beneath it.
    Rotary,
    /// Fixed sinusoids, the same table for melody and harmony.
    SharedSinusoidal,
    /// Fixed sinusoids over the whole sequence.
    Sinusoidal,
    /// One learned table over all positions, as published: the condition, the melody cells, the
    /// harmony cells. Items cannot be longer than it.
    Learned {
        /// Cells of the longest item.
        cells: usize,
    },
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

/// Whether the model is told how far the harmony is revealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StageConditioning {
    /// It is not: the masks tell.
    None,
    /// The share of hidden cells, 0 to 1, joins the condition.
    MaskingShare,
    /// A learned vector for each stage of the curriculum, concatenated to every position and
    /// projected back to the width, as published.
    Embedding {
        /// Stages, as many as the curriculum has.
        stages: usize,
        /// Width of the vector.
        #[serde(default = "published_width")]
        width: usize,
        /// The share of cells visible at each stage, by which an item that does not name its
        /// stage finds the nearest one. Empty for stage / stages.
        #[serde(default)]
        visible: Vec<f32>,
    },
}

const fn published_width() -> usize {
    64
}

/// How a token's logit is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// Each token has its own.
    Flat,
    /// A chord's is the sum of its root's and its quality's, so that rare chords learn from
    /// their relatives; no chord and the other special tokens have their own.
    RootQuality,
}
