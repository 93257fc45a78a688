//! A curriculum: pattern × target rule × schedule.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Distribution, Layout, Level, Masking, Pattern, Preset, Progress, Schedule, Stages, TargetRule,
};

/// What is shown and what is asked, from the first step of training to the last.
///
/// Written as the name of a [`Preset`], as its parts, or as a preset of which some parts
/// are replaced:
///
/// ```toml
/// preset = "full-to-full"
/// ```
/// ```toml
/// pattern  = { type = "metric", levels = ["bar", "half-bar", "beat", "cell"] }
/// targets  = "rest"
/// schedule = { type = "progressive", alpha = 1.0, replay = { share = 0.2, back = 2 } }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Curriculum {
    pattern: Pattern,
    targets: TargetRule,
    schedule: Schedule,
}

/// A curriculum that cannot be.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum InvalidCurriculum {
    /// No preset of this name.
    #[error("no preset is called `{0}`; there are {names}", names = Preset::names())]
    UnknownPreset(String),
    /// A part is missing and no preset gives it.
    #[error("`{0}` is missing; give it, or name a `preset` that has it")]
    Missing(&'static str),
    /// Too few or too many stages.
    #[error("a pattern has 1 to 1024 stages, not {0}")]
    Stages(usize),
    /// A share outside 0 to 1.
    #[error("`{name}` is a share from 0 to 1, not {share}")]
    Share {
        /// What it is called.
        name: &'static str,
        /// What it was.
        share: f64,
    },
    /// A number that must be positive.
    #[error("`{name}` is a positive number, not {value}")]
    NotPositive {
        /// What it is called.
        name: &'static str,
        /// What it was.
        value: f64,
    },
    /// Something that goes by stages with a pattern that has none.
    #[error("{0} goes by stages and the pattern has none; give it `stages`")]
    NeedsStages(&'static str),
    /// Replay that goes nowhere.
    #[error("`replay.back` is at least 1")]
    ReplayBack,
    /// A fixed stage that the pattern does not have.
    #[error("the schedule `fixed` needs a `stage` below {0} and no `share` with this pattern")]
    FixedStage(usize),
    /// A fixed share is missing or out of range.
    #[error("the schedule `fixed` needs a `share` from 0 to 1 and no `stage` with this pattern")]
    FixedShare,
    /// A stage that lasts no epoch.
    #[error("`epochs_per_stage` is at least 1")]
    NoEpochs,
    /// A plateau that ends before it is seen.
    #[error("`patience` is at least 1")]
    NoPatience,
    /// An improvement that cannot be.
    #[error("`min_improvement` is zero or a positive number, not {0}")]
    MinImprovement(f64),
    /// Metric levels that do not go from strong to weak.
    #[error("metric levels go from strong to weak: bar, half-bar, beat, half-beat, cell")]
    LevelsOutOfOrder,
    /// A mixture of nothing.
    #[error("a mixture needs at least one pattern in `of`")]
    EmptyMixture,
    /// A mixture of mixtures.
    #[error("a mixture cannot hold a mixture; list all patterns in one, with their weights")]
    NestedMixture,
    /// A mixture whose patterns have different numbers of stages.
    #[error("the patterns of a mixture have {0} and {1} stages; give them the same number")]
    MixtureStages(usize, usize),
}

/// A curriculum as it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    preset: Option<String>,
    pattern: Option<Pattern>,
    targets: Option<TargetRule>,
    schedule: Option<Schedule>,
}

impl TryFrom<Written> for Curriculum {
    type Error = InvalidCurriculum;
    fn try_from(written: Written) -> Result<Self, InvalidCurriculum> {
        let base = match written.preset {
            Some(name) => Some(
                Preset::named(&name).ok_or(InvalidCurriculum::UnknownPreset(name))?.curriculum(),
            ),
            None => None,
        };
        let (pattern, targets, schedule) = match base {
            Some(base) => (Some(base.pattern), Some(base.targets), Some(base.schedule)),
            None => (None, None, None),
        };
        Self::new(
            written.pattern.or(pattern).ok_or(InvalidCurriculum::Missing("pattern"))?,
            written.targets.or(targets).ok_or(InvalidCurriculum::Missing("targets"))?,
            written.schedule.or(schedule).ok_or(InvalidCurriculum::Missing("schedule"))?,
        )
    }
}

impl Curriculum {
    /// Puts the parts together.
    ///
    /// # Errors
    /// If a number is out of range or the parts do not fit together.
    pub fn new(
        pattern: Pattern,
        targets: TargetRule,
        schedule: Schedule,
    ) -> Result<Self, InvalidCurriculum> {
        pattern.validate()?;
        if pattern.stages() == Stages::Continuous && targets != TargetRule::Rest {
            return Err(InvalidCurriculum::NeedsStages("a target rule other than `rest`"));
        }
        schedule.validate(&pattern)?;
        Ok(Self { pattern, targets, schedule })
    }

    /// The parts of a preset, which are known to fit; its tests check that they do.
    pub(crate) const fn known(pattern: Pattern, targets: TargetRule, schedule: Schedule) -> Self {
        Self { pattern, targets, schedule }
    }

    /// Which cells are visible at a stage.
    pub const fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Which cells carry loss.
    pub const fn targets(&self) -> TargetRule {
        self.targets
    }

    /// At which stage an item trains.
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// How many stages a model that is conditioned on them must tell apart; 1 where the
    /// pattern has none. [`Masking::stage`] is always below it.
    pub fn stages(&self) -> usize {
        match self.pattern.stages() {
            Stages::Steps(stages) => stages,
            Stages::Continuous => 1,
        }
    }

    /// Where items train at this moment, those of the floor left out.
    pub fn distribution(&self, progress: Progress) -> Distribution {
        self.schedule.distribution(&self.pattern, progress)
    }

    /// What is shown and asked of one item at this moment of training.
    ///
    /// Draws nothing but from `random`: seeded for each item, the masking of an item does
    /// not depend on the others in its batch.
    pub fn mask<R: Rng + ?Sized>(
        &self,
        layout: &Layout,
        progress: Progress,
        random: &mut R,
    ) -> Masking {
        let floored = random.random::<f64>() < self.schedule.full_mask_floor;
        let level = self.distribution(progress).draw(random);
        if floored {
            return Masking::all_hidden(layout.len(), self.pattern.hardest());
        }
        let (reveal, stage) = self.pattern.reveal(layout, level, random);
        self.targets.apply(reveal, stage)
    }

    /// The stage that shows nearly as many cells of this item as `visible`: what a model
    /// conditioned on stages is told when it meets another masking than its own, as in
    /// generation. The first of several that are equally near.
    pub fn stage_showing(&self, layout: &Layout, visible: usize) -> usize {
        // How many cells are shown does not depend on the draw, only which.
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let distance = |&stage: &usize| {
            let (reveal, _) = self.pattern.reveal(layout, Level::Stage(stage), &mut random);
            let shown = reveal.visible.iter().filter(|&&shown| shown).count();
            shown.abs_diff(visible)
        };
        (0..self.stages()).min_by_key(distance).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Meter;

    #[test]
    fn a_masking_from_elsewhere_has_a_stage() {
        let layout = Layout::regular(Meter::COMMON, 0, 40).expect("cells");
        let table = [
            (Preset::R10, 0, 0),
            // Stage s shows 4 s of 40 cells.
            (Preset::R10, 15, 4),
            (Preset::R10, 40, 9),
            // Stage s shows 36 − 4 s.
            (Preset::RandomGradual, 0, 9),
            (Preset::RandomGradual, 15, 5),
            // None, 10 bar starts, 10 half bars more.
            (Preset::MetricReplay, 9, 1),
            (Preset::MetricReplay, 39, 2),
            (Preset::FullToFull, 20, 0),
        ];
        for (preset, visible, stage) in table {
            let found = preset.curriculum().stage_showing(&layout, visible);
            assert_eq!(found, stage, "{} with {visible} visible", preset.name());
        }
    }

    #[test]
    fn fully_masked_items_of_the_floor_are_of_the_hardest_stage() {
        let layout = Layout::regular(Meter::COMMON, 0, 12).expect("cells");
        for (preset, hardest) in [
            (Preset::R10, 0),
            (Preset::MidpointDoubling, 0),
            (Preset::RandomGradual, 9),
            (Preset::TsIncr, 9),
            (Preset::TsBlank, 0),
        ] {
            let known = preset.curriculum();
            let schedule = Schedule { full_mask_floor: 1.0, ..known.schedule };
            let curriculum =
                Curriculum::new(known.pattern, TargetRule::Next, schedule).expect("they fit");
            let mut random = ChaCha8Rng::seed_from_u64(1);
            let masking = curriculum.mask(&layout, Progress::new(0, 10, 1), &mut random);
            assert_eq!(masking, Masking::all_hidden(12, hardest), "{}", preset.name());
        }
    }
}
