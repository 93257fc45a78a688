//! The published curricula and our own, by name.

use crate::patterns::{Full, Metric, Random, RandomGradual};
use crate::schedules::{Fixed, Linear, Pick, Power, Progressive, Replay, Uniform};
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
    /// Ten steps of random cells.
    R10,
    /// Ten steps of random cells, visible ones scored.
    R10Published,
    /// From all masked to all shown.
    FullToFull,
    /// Metric levels with replay and a floor.
    MetricReplay,
}

const PAPER_A: &str = "Diffusion-Inspired Masked Language Modeling for Symbolic Harmony \
                       Generation on a Fixed Time Grid, Applied Sciences 15(17), 9513";
const PAPER_B: &str = "Pay (Cross) Attention to the Melody: Curriculum Masking for \
                       Single-Encoder Melodic Harmonization, arXiv 2601.16150";
const OURS: &str = "Cantus";

impl Preset {
    /// All of them.
    pub const fn all() -> &'static [Self] {
        &[
            Self::Full,
            Self::RandomGradual,
            Self::R10,
            Self::R10Published,
            Self::FullToFull,
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
            Self::R10 => "r10",
            Self::R10Published => "r10-published",
            Self::FullToFull => "full-to-full",
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
            Self::R10 => "Random cells in ten steps of 10%, each stage equally likely.",
            Self::R10Published => {
                "The same as r10 with the visible cells scored too, as published."
            }
            Self::FullToFull => {
                "Random cells, as many as the fifth power of progress, from none to all but one."
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
            Self::Full | Self::R10 | Self::R10Published | Self::RandomGradual => PAPER_A,
            Self::FullToFull => PAPER_B,
            Self::MetricReplay => OURS,
        }
    }

    /// What it is made of.
    pub fn curriculum(self) -> Curriculum {
        let uniform = || Schedule::plain(Pick::Uniform(Uniform {}));
        let random = |stages| Pattern::Random(Random { stages: Some(stages) });
        match self {
            Self::Full => Curriculum::known(
                Pattern::Full(Full {}),
                TargetRule::Rest,
                Schedule::plain(Pick::Fixed(Fixed::stage(0))),
            ),
            Self::RandomGradual => Curriculum::known(
                Pattern::RandomGradual(RandomGradual { stages: 10 }),
                TargetRule::Rest,
                Schedule::plain(Pick::Linear(Linear::default())),
            ),
            Self::R10 => Curriculum::known(random(10), TargetRule::Next, uniform()),
            Self::R10Published => {
                Curriculum::known(random(10), TargetRule::NextAndVisible, uniform())
            }
            Self::FullToFull => Curriculum::known(
                Pattern::Random(Random { stages: None }),
                TargetRule::Rest,
                Schedule::plain(Pick::Power(Power { exponent: 5.0 })),
            ),
            Self::MetricReplay => Curriculum::known(
                Pattern::Metric(Metric {
                    levels: vec![Strength::Bar, Strength::HalfBar, Strength::Beat, Strength::Cell],
                    cumulative: true,
                }),
                TargetRule::Rest,
                Schedule {
                    pick: Pick::Progressive(Progressive { alpha: 1.0, unlock: true }),
                    replay: Some(Replay { share: 0.2, back: 2 }),
                    full_mask_floor: 0.3,
                },
            ),
        }
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
