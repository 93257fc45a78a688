//! The published curricula and our own, by name.

use crate::patterns::{
    Arrangement, Bars, Full, Input, Metric, MidpointDoubling, Mixture, Random, RandomGradual,
    TimeSignature, Weighted,
};
use crate::schedules::{Fixed, Gaussian, Linear, Pick, Power, Progressive, Replay, Uniform};
use crate::{Curriculum, Pattern, Schedule, Strength, TargetRule};

/// A curriculum with a name.
///
/// Those called `…-published` score visible cells as their papers do and are there for
/// comparison; the same name without it scores only hidden cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// Everything masked, always.
    Full,
    /// Fewer and fewer random cells.
    RandomGradual,
    /// Time signature, nothing visible.
    TsBlank,
    /// Time signature, incremental.
    TsIncr,
    /// Time signature, incremental, visible cells scored.
    TsIncrPublished,
    /// Ten steps of random cells.
    R10,
    /// Ten steps of random cells, visible ones scored.
    R10Published,
    /// Twenty steps of random cells.
    R5,
    /// Twenty steps of random cells, visible ones scored.
    R5Published,
    /// A grid that doubles.
    MidpointDoubling,
    /// A grid that doubles, visible cells scored.
    MidpointDoublingPublished,
    /// From all masked to all shown.
    FullToFull,
    /// Shown in the middle of training only.
    GaussianBump,
    /// From all masked to all shown, never without fully masked items.
    FullToFullFloor,
    /// The masking share drawn for each item.
    Sampled,
    /// Metric levels with replay and a floor.
    MetricReplay,
}

const PAPER_A: &str = "Diffusion-Inspired Masked Language Modeling for Symbolic Harmony \
                       Generation on a Fixed Time Grid, Applied Sciences 15(17), 9513";
const FIRST: &str = "The first experiments of the reference code of: Diffusion-Inspired Masked \
                     Language Modeling for Symbolic Harmony Generation on a Fixed Time Grid, \
                     Applied Sciences 15(17), 9513; ten stages in equal parts of training";
const PAPER_B: &str = "Pay (Cross) Attention to the Melody: Curriculum Masking for \
                       Single-Encoder Melodic Harmonization, arXiv 2601.16150";
const OURS: &str = "Cantus";

impl Preset {
    /// All of them.
    pub const fn all() -> &'static [Self] {
        &[
            Self::Full,
            Self::RandomGradual,
            Self::TsBlank,
            Self::TsIncr,
            Self::TsIncrPublished,
            Self::R10,
            Self::R10Published,
            Self::R5,
            Self::R5Published,
            Self::MidpointDoubling,
            Self::MidpointDoublingPublished,
            Self::FullToFull,
            Self::GaussianBump,
            Self::FullToFullFloor,
            Self::Sampled,
            Self::MetricReplay,
        ]
    }

    /// The preset called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().iter().copied().find(|preset| preset.name() == name)
    }

    /// All names, for a message.
    pub(crate) fn names() -> String {
        Self::all().iter().map(|preset| preset.name()).collect::<Vec<_>>().join(", ")
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::RandomGradual => "random-gradual",
            Self::TsBlank => "ts-blank",
            Self::TsIncr => "ts-incr",
            Self::TsIncrPublished => "ts-incr-published",
            Self::R10 => "r10",
            Self::R10Published => "r10-published",
            Self::R5 => "r5",
            Self::R5Published => "r5-published",
            Self::MidpointDoubling => "midpoint-doubling",
            Self::MidpointDoublingPublished => "midpoint-doubling-published",
            Self::FullToFull => "full-to-full",
            Self::GaussianBump => "gaussian-bump",
            Self::FullToFullFloor => "full-to-full-floor",
            Self::Sampled => "sampled",
            Self::MetricReplay => "metric-replay",
        }
    }

    /// What it does, in a sentence.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Full => "Nothing is ever visible; every chord is predicted from the melody.",
            Self::RandomGradual => {
                "Nine tenths of the cells are visible at first, a tenth less in each tenth of \
                 training, none in the last."
            }
            Self::TsBlank => {
                "Nothing is visible; the cells asked lie at a spacing that follows the bar and \
                 widens in ten steps."
            }
            Self::TsIncr => {
                "Cells at a spacing that follows the bar and widens in ten steps are visible, \
                 those of a finer grid are asked."
            }
            Self::TsIncrPublished => {
                "The same as ts-incr with the visible cells scored too, as published."
            }
            Self::R10 => "Random cells in ten steps of 10%, each stage equally likely.",
            Self::R10Published => {
                "The same as r10 with the visible cells scored too, as published: 81% of the \
                 scored cells are copies."
            }
            Self::R5 => "Random cells in twenty steps of 5%, each stage equally likely.",
            Self::R5Published => {
                "The same as r5 with the visible cells scored too, as published: 90% of the \
                 scored cells are copies."
            }
            Self::MidpointDoubling => {
                "Every second cell of a grid is visible and the others are asked; nine grids, \
                 each twice as fine as the one before, equally likely."
            }
            Self::MidpointDoublingPublished => {
                "The same as midpoint-doubling with the visible cells scored too, as published: \
                 half of the scored cells are copies."
            }
            Self::FullToFull => {
                "Random cells, as many as the fifth power of progress, from none to all but one."
            }
            Self::GaussianBump => {
                "Random cells, none at first, all but one half way through, none again at the \
                 end."
            }
            Self::FullToFullFloor => {
                "The same as full-to-full with three tenths of the items fully masked to the \
                 end, so that the melody is not forgotten."
            }
            Self::Sampled => {
                "Three tenths of the items are fully masked; the others show any share, half of \
                 them by random cells and half by whole bars."
            }
            Self::MetricReplay => {
                "Bar starts, half bars, beats and cells open one after the other, with a fifth \
                 of the items going back and three tenths fully masked."
            }
        }
    }

    /// Where it comes from.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Full
            | Self::R10
            | Self::R10Published
            | Self::R5
            | Self::R5Published
            | Self::MidpointDoubling
            | Self::MidpointDoublingPublished => PAPER_A,
            Self::RandomGradual | Self::TsBlank | Self::TsIncr | Self::TsIncrPublished => FIRST,
            Self::FullToFull | Self::GaussianBump => PAPER_B,
            Self::FullToFullFloor | Self::Sampled | Self::MetricReplay => OURS,
        }
    }

    /// What it is made of.
    pub fn curriculum(self) -> Curriculum {
        use TargetRule::{Next, NextAndVisible, Rest};
        let any_share = Pattern::Random(Random { stages: None });
        let steps = |stages| Pattern::Random(Random { stages: Some(stages) });
        let doubling = Pattern::MidpointDoubling(MidpointDoubling { stages: 9 });
        let spaced = |input| Pattern::TimeSignature(TimeSignature { input, stages: 10 });
        let uniform = Schedule::plain(Pick::Uniform(Uniform {}));
        let linear = Schedule::plain(Pick::Linear(Linear { epochs_per_stage: None }));
        let fifth_power = Schedule::plain(Pick::Power(Power { exponent: 5.0 }));
        let (pattern, targets, schedule) = match self {
            Self::Full => {
                let fixed = Schedule::plain(Pick::Fixed(Fixed::stage(0)));
                (Pattern::Full(Full {}), Rest, fixed)
            }
            Self::RandomGradual => {
                (Pattern::RandomGradual(RandomGradual { stages: 10 }), Rest, linear)
            }
            Self::TsBlank => (spaced(Input::Blank), Next, linear),
            Self::TsIncr => (spaced(Input::Incremental), Next, linear),
            Self::TsIncrPublished => (spaced(Input::Incremental), NextAndVisible, linear),
            Self::R10 => (steps(10), Next, uniform),
            Self::R10Published => (steps(10), NextAndVisible, uniform),
            Self::R5 => (steps(20), Next, uniform),
            Self::R5Published => (steps(20), NextAndVisible, uniform),
            Self::MidpointDoubling => (doubling, Next, uniform),
            Self::MidpointDoublingPublished => (doubling, NextAndVisible, uniform),
            Self::FullToFull => (any_share, Rest, fifth_power),
            Self::GaussianBump => {
                (any_share, Rest, Schedule::plain(Pick::Gaussian(Gaussian::default())))
            }
            Self::FullToFullFloor => {
                (any_share, Rest, Schedule { full_mask_floor: 0.3, ..fifth_power })
            }
            Self::Sampled => {
                let bars = Bars { hidden: Arrangement::Scattered, stages: None };
                let of = [any_share, Pattern::Bars(bars)];
                let of = of.map(|pattern| Weighted { weight: 1.0, pattern }).into();
                let pattern = Pattern::Mixture(Mixture { of });
                (pattern, Rest, Schedule { full_mask_floor: 0.3, ..uniform })
            }
            Self::MetricReplay => {
                let levels = vec![Strength::Bar, Strength::HalfBar, Strength::Beat, Strength::Cell];
                let schedule = Schedule {
                    pick: Pick::Progressive(Progressive { alpha: 1.0, unlock: true }),
                    replay: Some(Replay { share: 0.2, back: 2 }),
                    full_mask_floor: 0.3,
                };
                (Pattern::Metric(Metric { levels, cumulative: true }), Rest, schedule)
            }
        };
        Curriculum::known(pattern, targets, schedule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_every_preset_fit_together() {
        for preset in Preset::all() {
            let known = preset.curriculum();
            let built =
                Curriculum::new(known.pattern().clone(), known.targets(), known.schedule().clone());
            assert_eq!(built, Ok(known), "{}", preset.name());
        }
    }

    #[test]
    fn a_name_leads_to_one_preset() {
        for &preset in Preset::all() {
            assert_eq!(Preset::named(preset.name()), Some(preset));
        }
        assert_eq!(Preset::named("r11"), None);
    }

    #[test]
    fn only_what_is_called_published_scores_visible_cells() {
        for preset in Preset::all() {
            let honest = preset.curriculum().targets().is_honest();
            assert_eq!(honest, !preset.name().ends_with("-published"));
        }
    }
}
