//! **Full masking**: nothing is visible, every cell is to be predicted from the melody.
//!
//! The baseline of both papers, and the only masking that a model meets at the start of
//! generation. Slow to learn alone, and without it the rest is not learned from the
//! melody.

use serde::{Deserialize, Serialize};

/// Nothing is visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Full {}
