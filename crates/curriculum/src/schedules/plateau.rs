//! **Plateau-driven**: training stays at a stage until the validation loss of that very
//! stage has stopped falling, and then goes on to the next.
//!
//! The stage reached is not a function of the step: it lives in a [`ScheduleState`] that
//! the trainer feeds with validation losses and saves in its checkpoints.

use serde::{Deserialize, Serialize};

use super::{Distribution, Pick};
use crate::{Curriculum, InvalidCurriculum, Pattern, Progress, Stages};

/// On to the next stage when the loss of this one stops falling.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plateau {
    /// After how many validations in a row without improvement the next stage begins.
    pub patience: u32,
    /// By how much the loss must fall below its best to count as an improvement.
    #[serde(default)]
    pub min_improvement: f64,
}

/// How far a schedule driven by validation has come. The default is the start of training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleState {
    stage: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    best: Option<f64>,
    waited: u32,
}

impl ScheduleState {
    /// The stage reached.
    pub const fn stage(&self) -> usize {
        self.stage
    }

    /// Takes note of a validation: the loss at each stage of `curriculum`, measured on
    /// [the same masks](crate::evaluation::at_stage) each time. Only that of the stage
    /// reached is looked at; one that is missing or no number is no improvement.
    ///
    /// Says whether training goes on to the next stage. Schedules that are not driven by
    /// validation never do.
    pub fn observe(&mut self, curriculum: &Curriculum, losses: &[f64]) -> bool {
        let Pick::Plateau(plateau) = curriculum.schedule().pick else {
            return false;
        };
        let loss = losses.get(self.stage).copied().filter(|loss| loss.is_finite());
        let improved = match (loss, self.best) {
            (Some(loss), Some(best)) => loss < best - plateau.min_improvement,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if improved {
            self.best = loss;
            self.waited = 0;
            return false;
        }
        self.waited = self.waited.saturating_add(1);
        if self.waited < plateau.patience || self.stage + 1 >= curriculum.stages() {
            return false;
        }
        *self = Self { stage: self.stage + 1, best: None, waited: 0 };
        true
    }
}

impl Plateau {
    pub(super) fn distribution(self, pattern: &Pattern, progress: Progress) -> Distribution {
        match pattern.stages() {
            Stages::Steps(steps) => {
                let last = steps.saturating_sub(1);
                Distribution::only(progress.stage_reached().min(last), steps)
            }
            Stages::Continuous => Distribution::Share(0.0),
        }
    }

    pub(super) fn validate(self, pattern: &Pattern) -> Result<(), InvalidCurriculum> {
        if pattern.stages() == Stages::Continuous {
            return Err(InvalidCurriculum::NeedsStages("the schedule `plateau`"));
        }
        if self.patience == 0 {
            return Err(InvalidCurriculum::NoPatience);
        }
        if !(self.min_improvement.is_finite() && self.min_improvement >= 0.0) {
            return Err(InvalidCurriculum::MinImprovement(self.min_improvement));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::testing::of_stages;
    use crate::{Schedule, TargetRule};

    fn curriculum(pick: Pick) -> Curriculum {
        Curriculum::new(of_stages(3), TargetRule::Rest, Schedule::plain(pick)).expect("it fits")
    }

    fn plateau() -> Curriculum {
        curriculum(Pick::Plateau(Plateau { patience: 2, min_improvement: 0.1 }))
    }

    #[test]
    fn a_stage_lasts_until_its_own_loss_stops_falling() {
        let nan = f64::NAN;
        let table = [
            ([3.0, 9.0, 9.0], 0, "a first loss is an improvement"),
            ([2.0, 9.0, 9.0], 0, "it falls"),
            ([1.95, 1.0, 9.0], 0, "by too little; the loss of another stage does not count"),
            ([1.85, 9.0, 9.0], 0, "by enough, measured from the best"),
            ([1.80, 9.0, 9.0], 0, "waited once"),
            ([1.80, 9.0, 9.0], 1, "waited twice: on to stage 1"),
            ([1.0, 5.0, 9.0], 1, "which starts with its own best"),
            ([1.0, nan, 9.0], 1, "no number is no improvement"),
            ([1.0, 4.0, 9.0], 1, "an improvement starts the waiting anew"),
            ([1.0, 4.0, 9.0], 1, "waited once"),
            ([1.0, 4.0, 9.0], 2, "waited twice: on to stage 2"),
            ([1.0, 4.0, 9.0], 2, "the last one"),
            ([1.0, 4.0, 9.0], 2, "stays"),
            ([1.0, 4.0, 9.0], 2, "to the end"),
            ([1.0, 4.0, 9.0], 2, "of training"),
        ];
        let curriculum = plateau();
        let mut state = ScheduleState::default();
        for (losses, stage, why) in table {
            let before = state.stage();
            assert_eq!(state.observe(&curriculum, &losses), stage > before, "{why}");
            assert_eq!(state.stage(), stage, "{why}");
        }
    }

    #[test]
    fn items_train_at_the_stage_reached() {
        let mut state = ScheduleState::default();
        let curriculum = plateau();
        for loss in [1.0, 1.0, 1.0] {
            state.observe(&curriculum, &[loss, 1.0, 1.0]);
        }
        let progress = Progress::new(0, 100, 10).with_stage_reached(state.stage());
        assert_eq!(curriculum.distribution(progress), Distribution::only(1, 3));
    }

    #[test]
    fn other_schedules_do_not_look_at_losses() {
        let mut state = ScheduleState::default();
        let uniform = curriculum(Pick::Uniform(crate::schedules::Uniform {}));
        for _ in 0..10 {
            assert!(!state.observe(&uniform, &[1.0, 1.0, 1.0]));
        }
        assert_eq!(state, ScheduleState::default());
    }
}
