//! **Uniform**: every stage is as likely as any other, all through training ("Diffusion-
//! Inspired Masked Language Modeling for Symbolic Harmony Generation on a Fixed Time
//! Grid", Applied Sciences 15(17), 9513). Of a pattern without stages, every share.

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::{Pattern, Stages};

/// Any stage or share, with equal chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uniform {}

impl Uniform {
    pub(super) fn distribution(self, pattern: &Pattern) -> Distribution {
        match pattern.stages() {
            Stages::Steps(steps) => Distribution::Stages(vec![1.0 / steps as f64; steps]),
            Stages::Continuous => Distribution::UniformShare,
        }
    }
}
