//! **Mixed**: stage i of T is drawn with probability softmax over i of
//! 5 · (1 − |progress − i / T|): a soft bump that wanders from the first stage to the last
//! while all others stay possible. In the last epoch every item is at the last stage.

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::{InvalidCurriculum, Pattern, Progress, Stages};

/// Most of the items near one stage, which moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mixed {}

/// How sharp the bump is.
const SHARPNESS: f64 = 5.0;

impl Mixed {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        let Stages::Steps(steps) = pattern.stages() else {
            return Distribution::Share(progress.share());
        };
        // A training of a single epoch is all last epoch, and would see nothing else.
        if progress.epochs() > 1 && progress.epoch() + 1 >= progress.epochs() {
            return Distribution::only(steps.saturating_sub(1), steps);
        }
        let score = |stage: usize| {
            SHARPNESS * (1.0 - (progress.share() - stage as f64 / steps as f64).abs())
        };
        Distribution::softmax(&(0..steps).map(score).collect::<Vec<f64>>())
    }

    pub(super) fn validate(self, pattern: &Pattern) -> Result<(), InvalidCurriculum> {
        match pattern.stages() {
            Stages::Steps(_) => Ok(()),
            Stages::Continuous => Err(InvalidCurriculum::NeedsStages("the schedule `mixed`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::testing::{chances, of_stages};

    #[test]
    fn the_bump_moves_with_training() {
        let chances =
            |step| chances(&Mixed {}.distribution(&of_stages(4), Progress::new(step, 100, 10)));
        // i/T = 0, .25, .5, .75; at .5 the scores are 2.5, 3.75, 5, 3.75, so that the
        // weights relative to the highest are e^−2.5, e^−1.25, 1, e^−1.25.
        let total = (-2.5_f64).exp() + 2.0 * (-1.25_f64).exp() + 1.0;
        let expected = [(-2.5_f64).exp(), (-1.25_f64).exp(), 1.0, (-1.25_f64).exp()];
        for (chance, expected) in chances(50).iter().zip(expected) {
            assert!((chance - expected / total).abs() < 1e-12);
        }
        assert!(chances(0)[0] > 0.6, "first the first");
    }

    #[test]
    fn the_last_epoch_is_all_at_the_last_stage() {
        let at = |step, per_epoch| {
            Mixed {}.distribution(&of_stages(4), Progress::new(step, 100, per_epoch))
        };
        assert_ne!(at(89, 10), Distribution::only(3, 4));
        assert_eq!(at(90, 10), Distribution::only(3, 4));
        assert_ne!(at(99, 100), Distribution::only(3, 4), "unless it is the only one");
    }
}
