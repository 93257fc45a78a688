//! **Linear**: one stage after the other, `epoch // epochs per stage`, and the last one to
//! the end; without a number of epochs, T equal parts of training. A pattern without
//! stages shows the share of training that is done.

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::{InvalidCurriculum, Pattern, Progress, Stages};

/// One stage after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linear {
    /// How many epochs a stage lasts; an equal part of training without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs_per_stage: Option<u64>,
}

impl Linear {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        match (pattern.stages(), self.epochs_per_stage) {
            (Stages::Continuous, _) => Distribution::Share(progress.share()),
            (Stages::Steps(steps), None) => Distribution::only(progress.part(steps), steps),
            (Stages::Steps(steps), Some(epochs)) => {
                let stage = progress.epoch() / epochs.max(1);
                let last = steps.saturating_sub(1);
                Distribution::only(usize::try_from(stage).unwrap_or(last).min(last), steps)
            }
        }
    }

    pub(super) fn validate(self) -> Result<(), InvalidCurriculum> {
        if self.epochs_per_stage == Some(0) { Err(InvalidCurriculum::NoEpochs) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::testing::of_stages;

    #[test]
    fn an_epoch_count_rules_over_equal_parts() {
        let at =
            |linear: Linear, step| linear.distribution(&of_stages(4), Progress::new(step, 120, 10));
        let by_epochs = Linear { epochs_per_stage: Some(2) };
        // Epoch 5 // 2 = stage 2; epoch 11 // 2 = 5, held at the last.
        assert_eq!(at(by_epochs, 50), Distribution::only(2, 4));
        assert_eq!(at(by_epochs, 119), Distribution::only(3, 4));
        // ⌊4 · 50 / 120⌋ = 1.
        assert_eq!(at(Linear::default(), 50), Distribution::only(1, 4));
    }
}
