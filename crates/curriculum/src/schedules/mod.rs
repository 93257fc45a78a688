//! At which stage an item trains as training goes on, one strategy a file.

mod difficulty;
mod fixed;
mod gaussian;
mod linear;
mod mixed;
mod plateau;
mod power;
mod progressive;
mod uniform;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

pub use difficulty::{Difficulty, First};
pub use fixed::Fixed;
pub use gaussian::Gaussian;
pub use linear::Linear;
pub use mixed::Mixed;
pub use plateau::{Plateau, ScheduleState};
pub use power::Power;
pub use progressive::Progressive;
pub use uniform::Uniform;

use crate::{InvalidCurriculum, Level, Pattern, Progress, Stages};

/// At which stage an item trains as training goes on: a way to pick it, and two remedies
/// against forgetting the stages left behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// How the stage is picked.
    #[serde(flatten)]
    pub pick: Pick,
    /// A share of the items goes back to earlier stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// At least this share of the items, 0 to 1, is fully masked whatever the stage, with
    /// every cell a target.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub full_mask_floor: f64,
}

/// How the stage of an item is picked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Pick {
    /// Always the same.
    Fixed(Fixed),
    /// Any, with equal chance.
    Uniform(Uniform),
    /// One after the other.
    Linear(Linear),
    /// Most of the items near one stage, which moves.
    Mixed(Mixed),
    /// Biased to the late stages.
    Progressive(Progressive),
    /// Shown as a power of progress.
    Power(Power),
    /// Shown most in the middle of training.
    Gaussian(Gaussian),
    /// From hard to easy, or from easy to hard.
    Difficulty(Difficulty),
    /// On to the next stage when the loss of this one stops falling.
    Plateau(Plateau),
}

/// **Replay**: a share of the items trains at a stage before the one picked, so that the
/// earlier ones are not forgotten: s − k with k from 1 to `back`, each as likely, but
/// never before stage 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// The share of items that go back, 0 to 1.
    pub share: f64,
    /// How many stages they go back at most.
    pub back: usize,
}

/// Where items train at one moment of training.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// The probability of each stage.
    Stages(Vec<f64>),
    /// All items show this share.
    Share(f64),
    /// Each item shows a share of its own, uniform from 0 to 1.
    UniformShare,
}

impl Schedule {
    /// `pick` without replay and without a floor of fully masked items.
    pub const fn plain(pick: Pick) -> Self {
        Self { pick, replay: None, full_mask_floor: 0.0 }
    }

    /// The probability of each stage, or the share shown, of items that the floor leaves
    /// to the schedule; replay included.
    pub fn distribution(&self, pattern: &Pattern, progress: Progress) -> Distribution {
        let picked = match &self.pick {
            Pick::Fixed(pick) => pick.distribution(pattern),
            Pick::Uniform(pick) => pick.distribution(pattern),
            Pick::Linear(pick) => pick.distribution(pattern, progress),
            Pick::Mixed(pick) => pick.distribution(pattern, progress),
            Pick::Progressive(pick) => pick.distribution(pattern, progress),
            Pick::Power(pick) => pick.distribution(pattern, progress),
            Pick::Gaussian(pick) => pick.distribution(pattern, progress),
            Pick::Difficulty(pick) => pick.distribution(pattern, progress),
            Pick::Plateau(pick) => pick.distribution(pattern, progress),
        };
        match (self.replay, picked) {
            (Some(replay), Distribution::Stages(chances)) => {
                Distribution::Stages(replay.apply(&chances))
            }
            (_, picked) => picked,
        }
    }

    /// Checks the numbers of a schedule that came from outside, for this pattern.
    pub(crate) fn validate(&self, pattern: &Pattern) -> Result<(), InvalidCurriculum> {
        let shares = [
            ("full_mask_floor", Some(self.full_mask_floor)),
            ("replay.share", self.replay.map(|replay| replay.share)),
        ];
        for (name, share) in shares {
            if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
                return Err(InvalidCurriculum::Share { name, share });
            }
        }
        if self.replay.is_some() && pattern.stages() == Stages::Continuous {
            return Err(InvalidCurriculum::NeedsStages("replay"));
        }
        if self.replay.is_some_and(|replay| replay.back == 0) {
            return Err(InvalidCurriculum::ReplayBack);
        }
        match &self.pick {
            Pick::Fixed(pick) => pick.validate(pattern),
            Pick::Linear(pick) => pick.validate(),
            Pick::Mixed(pick) => pick.validate(pattern),
            Pick::Progressive(pick) => pick.validate(pattern),
            Pick::Power(pick) => pick.validate(),
            Pick::Gaussian(pick) => pick.validate(),
            Pick::Plateau(pick) => pick.validate(pattern),
            Pick::Uniform(_) | Pick::Difficulty(_) => Ok(()),
        }
    }
}

impl Replay {
    /// The chances of the stages when this share of each goes back.
    fn apply(self, chances: &[f64]) -> Vec<f64> {
        let mut replayed: Vec<f64> = chances.iter().map(|p| p * (1.0 - self.share)).collect();
        for (stage, chance) in chances.iter().enumerate() {
            for back in 1..=self.back {
                if let Some(earlier) = replayed.get_mut(stage.saturating_sub(back)) {
                    *earlier += chance * self.share / self.back as f64;
                }
            }
        }
        replayed
    }
}

impl Distribution {
    /// Draws where one item trains.
    pub fn draw<R: Rng + ?Sized>(&self, random: &mut R) -> Level {
        // One draw, whatever the distribution, so that the streams of two curricula agree.
        let mut drawn: f64 = random.random();
        match self {
            Self::Stages(chances) => {
                let likely = |&(_, &chance): &(usize, &f64)| chance > 0.0;
                let mut stage = 0;
                for (index, chance) in chances.iter().enumerate().filter(likely) {
                    stage = index;
                    drawn -= chance;
                    if drawn < 0.0 {
                        break;
                    }
                }
                Level::Stage(stage)
            }
            Self::Share(share) => Level::Share(*share),
            Self::UniformShare => Level::Share(drawn),
        }
    }

    /// All items at one stage.
    fn only(stage: usize, stages: usize) -> Self {
        Self::Stages((0..stages).map(|index| if index == stage { 1.0 } else { 0.0 }).collect())
    }

    /// All items at share `share`, or at stage ⌊T · `share`⌋ where there are T of them, the
    /// last included.
    fn at_share(share: f64, pattern: &Pattern) -> Self {
        let share = share.clamp(0.0, 1.0);
        match pattern.stages() {
            Stages::Continuous => Self::Share(share),
            Stages::Steps(steps) => {
                let stage = (share * steps as f64).floor() as usize;
                Self::only(stage.min(steps.saturating_sub(1)), steps)
            }
        }
    }

    /// softmax of `scores`.
    fn softmax(scores: &[f64]) -> Self {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
        let total: f64 = weights.iter().sum();
        Self::Stages(weights.into_iter().map(|weight| weight / total).collect())
    }
}

fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

/// Checks that a number is positive and finite.
fn positive(name: &'static str, value: f64) -> Result<(), InvalidCurriculum> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(InvalidCurriculum::NotPositive { name, value })
    }
}

/// What the tests of all schedules share.
#[cfg(test)]
mod testing {
    use super::Distribution;
    use crate::Pattern;
    use crate::patterns::Random;

    /// A pattern that reveals in `stages` stages.
    pub fn of_stages(stages: usize) -> Pattern {
        Pattern::Random(Random { stages: Some(stages) })
    }

    /// A pattern that reveals any share.
    pub fn continuous() -> Pattern {
        Pattern::Random(Random { stages: None })
    }

    /// The chance of each stage.
    pub fn chances(distribution: &Distribution) -> Vec<f64> {
        match distribution {
            Distribution::Stages(chances) => chances.clone(),
            other => panic!("stages, not {other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replay_moves_its_share_back_but_never_before_the_start() {
        let replay = Replay { share: 0.2, back: 2 };
        // From stage 2: .1 to stage 1, .1 to stage 0.
        assert_eq!(replay.apply(&[0.0, 0.0, 1.0]), [0.1, 0.1, 0.8]);
        // From stage 1: k = 1 and k = 2 both end at stage 0.
        assert_eq!(replay.apply(&[0.0, 1.0, 0.0]), [0.2, 0.8, 0.0]);
        assert_eq!(replay.apply(&[1.0, 0.0, 0.0]), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_share_falls_into_equal_steps() {
        let stage = |share| Distribution::at_share(share, &testing::of_stages(4));
        assert_eq!(stage(0.49), Distribution::only(1, 4));
        assert_eq!(stage(1.0), Distribution::only(3, 4));
    }
}
