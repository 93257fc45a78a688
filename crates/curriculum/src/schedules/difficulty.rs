//! **By difficulty**: the stages in equal parts of training, ordered by how much they hide.
//!
//! From the hardest it is the *anti-curriculum* (Hacohen and Weinshall, "On the Power of
//! Curriculum Learning in Training Deep Networks", ICML 2019), from the easiest the
//! classical curriculum (Bengio et al., ICML 2009). The order is that of the stages for
//! patterns that reveal and its reverse for those that hide, such as random-gradual. A
//! pattern without stages shows progress or 1 − progress.

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::{Pattern, Progress, Stages};

/// From hard to easy, or from easy to hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difficulty {
    /// Where training starts.
    pub first: First,
}

/// Where training starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum First {
    /// With the stage that shows least: the anti-curriculum.
    Hard,
    /// With the stage that shows most.
    Easy,
}

impl Difficulty {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        let in_order = (self.first == First::Hard) != pattern.hides();
        match pattern.stages() {
            Stages::Steps(steps) => {
                let part = progress.part(steps);
                let stage = if in_order { part } else { steps.saturating_sub(part + 1) };
                Distribution::only(stage, steps)
            }
            Stages::Continuous if in_order => Distribution::Share(progress.share()),
            Stages::Continuous => Distribution::Share(1.0 - progress.share()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patterns::RandomGradual;
    use crate::schedules::testing::{continuous, of_stages};

    #[test]
    fn training_goes_from_hard_to_easy_or_back_whatever_the_order_of_stages() {
        let gradual = Pattern::RandomGradual(RandomGradual { stages: 4 });
        let table = [
            (First::Hard, of_stages(4), [0, 1, 3], "a growing pattern starts with nothing shown"),
            (First::Easy, of_stages(4), [3, 2, 0], "or with most shown"),
            (First::Hard, gradual.clone(), [3, 2, 0], "a shrinking one the other way round"),
            (First::Easy, gradual, [0, 1, 3], "its own order is from easy to hard"),
        ];
        for (first, pattern, stages, why) in table {
            for (step, stage) in [0, 30, 100].into_iter().zip(stages) {
                let at = Difficulty { first }.distribution(&pattern, Progress::new(step, 100, 10));
                assert_eq!(at, Distribution::only(stage, 4), "{why}");
            }
        }
        let easy = Difficulty { first: First::Easy };
        assert_eq!(
            easy.distribution(&continuous(), Progress::new(25, 100, 10)),
            Distribution::Share(0.75)
        );
    }
}
