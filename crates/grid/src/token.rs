//! Harmony tokens.

use serde::{Deserialize, Serialize};

/// One entry of the harmony vocabulary: a special token or a chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(pub u16);

impl Token {
    /// A chord that could not be read.
    pub const UNKNOWN: Self = Self(0);
    /// Filling beyond the end of a piece.
    pub const PAD: Self = Self(1);
    /// Start of a sequence (kept for the published numbering; not used).
    pub const START: Self = Self(2);
    /// End of a sequence (kept for the published numbering; not used).
    pub const END: Self = Self(3);
    /// No chord sounds.
    pub const NO_CHORD: Self = Self(4);
    /// Hidden, to be predicted.
    pub const MASK: Self = Self(5);
    /// The first chord.
    pub const FIRST_CHORD: Self = Self(6);

    /// Names of the special tokens in their order.
    pub const SPECIAL_NAMES: [&'static str; 6] =
        ["<unk>", "<pad>", "<s>", "</s>", "<nc>", "<mask>"];

    /// Its index in the vocabulary.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether it says what sounds: a chord or no chord.
    pub const fn is_harmony(self) -> bool {
        self.0 == Self::NO_CHORD.0 || self.0 >= Self::FIRST_CHORD.0
    }
}
