//! **Progressive bias**: stage i of T is drawn with probability softmax over i of
//! −α · (T − i): late stages more often, none ever left out.
//!
//! The published form is the same all through training. With `unlock` T is the number of
//! stages reached so far, ⌊T · progress⌋ + 1, and the ones beyond wait: the bias then
//! moves with training.

use serde::{Deserialize, Serialize};

use super::{Distribution, positive};
use crate::{InvalidCurriculum, Pattern, Progress, Stages};

/// Biased to the late stages.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progressive {
    /// α, how strong the bias is: each stage is e^α times as likely as the one before it.
    pub alpha: f64,
    /// Whether the stages open one after the other in equal parts of training.
    #[serde(default)]
    pub unlock: bool,
}

impl Progressive {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        let Stages::Steps(steps) = pattern.stages() else {
            return Distribution::Share(progress.share());
        };
        let open = if self.unlock { progress.part(steps) + 1 } else { steps };
        let score = |stage: usize| match stage {
            stage if stage < open => -self.alpha * (open - stage) as f64,
            _ => f64::NEG_INFINITY,
        };
        Distribution::softmax(&(0..steps).map(score).collect::<Vec<f64>>())
    }

    pub(super) fn validate(self, pattern: &Pattern) -> Result<(), InvalidCurriculum> {
        if pattern.stages() == Stages::Continuous {
            return Err(InvalidCurriculum::NeedsStages("the schedule `progressive`"));
        }
        positive("alpha", self.alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::testing::{chances, of_stages};

    #[test]
    fn each_stage_is_e_to_the_alpha_times_as_likely_as_the_one_before() {
        let progressive = Progressive { alpha: 0.5, unlock: false };
        for step in [0, 100] {
            let at = Progress::new(step, 100, 10);
            let chances = chances(&progressive.distribution(&of_stages(5), at));
            assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for pair in chances.windows(2) {
                assert!((pair[1] / pair[0] - 0.5_f64.exp()).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn unlocking_starts_with_the_first_stage_alone() {
        let at = |step| {
            Progressive { alpha: 1.0, unlock: true }
                .distribution(&of_stages(4), Progress::new(step, 100, 10))
        };
        assert_eq!(at(0), Distribution::only(0, 4));
        // ⌊4 · .3⌋ + 1 = 2 stages are open: 1/(1 + e) and e/(1 + e).
        let chances = chances(&at(30));
        assert!((chances[0] - 0.268_941).abs() < 1e-6 && (chances[1] - 0.731_059).abs() < 1e-6);
        assert_eq!(chances[2..], [0.0, 0.0]);
    }
}
