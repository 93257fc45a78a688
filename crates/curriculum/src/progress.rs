//! How far training has come.

/// How far training has come, exact: optimiser steps done, of how many, in epochs of how
/// many, and the stage that a plateau-driven schedule has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    step: u64,
    steps: u64,
    steps_per_epoch: u64,
    stage_reached: usize,
}

impl Progress {
    /// Before step `step` of `steps`, counted from 0. Totals of zero count as one, and
    /// steps beyond the end as the end.
    pub fn new(step: u64, steps: u64, steps_per_epoch: u64) -> Self {
        let steps = steps.max(1);
        Self {
            step: step.min(steps),
            steps,
            steps_per_epoch: steps_per_epoch.max(1),
            stage_reached: 0,
        }
    }

    /// The same moment, with the stage that a schedule driven by validation has reached.
    #[must_use]
    pub const fn with_stage_reached(self, stage: usize) -> Self {
        Self { stage_reached: stage, ..self }
    }

    /// The share of training that is done, 0 to 1.
    pub fn share(self) -> f64 {
        self.step as f64 / self.steps as f64
    }

    /// The steps done and their total.
    pub const fn steps(self) -> (u64, u64) {
        (self.step, self.steps)
    }

    /// The epoch, counted from 0.
    pub const fn epoch(self) -> u64 {
        self.step / self.steps_per_epoch
    }

    /// How many epochs there are, the last one perhaps not complete.
    pub const fn epochs(self) -> u64 {
        self.steps.div_ceil(self.steps_per_epoch)
    }

    /// The stage that a schedule driven by validation has reached.
    pub const fn stage_reached(self) -> usize {
        self.stage_reached
    }

    /// Which of `parts` equal parts of training this is: ⌊`parts` · step / steps⌋, at most
    /// `parts` − 1.
    pub fn part(self, parts: usize) -> usize {
        let part = u128::from(self.step) * parts as u128 / u128::from(self.steps);
        usize::try_from(part).unwrap_or(parts).min(parts.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_exact() {
        let parts: Vec<usize> = (0..=10).map(|step| Progress::new(step, 10, 5).part(3)).collect();
        // ⌊3·step/10⌋, and the end belongs to the last part.
        assert_eq!(parts, [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]);
    }

    #[test]
    fn epochs_are_counted_from_zero_and_the_last_may_be_short() {
        let progress = Progress::new(7, 10, 4);
        assert_eq!((progress.epoch(), progress.epochs()), (1, 3));
        assert_eq!(progress.share(), 0.7);
    }

    #[test]
    fn nonsense_is_bounded() {
        assert_eq!(Progress::new(5, 0, 0).share(), 1.0);
        assert_eq!(Progress::new(0, 0, 0).epochs(), 1);
    }
}
