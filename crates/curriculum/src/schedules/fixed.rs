//! **Fixed**: every item trains at the same stage, or shows the same share.

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::{InvalidCurriculum, Pattern, Stages};

/// Always the same stage or share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// The stage, counted from 0, of a pattern that has stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<usize>,
    /// The share shown, 0 to 1, of a pattern that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

impl Fixed {
    /// Always stage `stage`.
    pub const fn stage(stage: usize) -> Self {
        Self { stage: Some(stage), share: None }
    }

    pub(super) fn distribution(self, pattern: &Pattern) -> Distribution {
        match pattern.stages() {
            Stages::Steps(steps) => Distribution::only(self.stage.unwrap_or(0), steps),
            Stages::Continuous => Distribution::Share(self.share.unwrap_or(0.0)),
        }
    }

    pub(super) fn validate(self, pattern: &Pattern) -> Result<(), InvalidCurriculum> {
        match (pattern.stages(), self.stage, self.share) {
            (Stages::Steps(steps), Some(stage), None) if stage < steps => Ok(()),
            (Stages::Continuous, None, Some(share)) if (0.0..=1.0).contains(&share) => Ok(()),
            (Stages::Steps(steps), ..) => Err(InvalidCurriculum::FixedStage(steps)),
            (Stages::Continuous, ..) => Err(InvalidCurriculum::FixedShare),
        }
    }
}
