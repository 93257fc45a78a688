//! **Mixture**: each item is masked by one of several patterns, drawn by weight.
//!
//! Patterns with stages must have the same number of them; the others are then asked for
//! the share s / T. Full masking joins any.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::{Level, Pattern, Reveal, Stages};
use crate::{InvalidCurriculum, Layout};

/// One of several patterns for each item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mixture {
    /// The patterns; none of them a mixture.
    pub of: Vec<Weighted>,
}

/// A pattern and how often it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// Drawn in proportion to this positive number.
    pub weight: f64,
    /// The pattern.
    pub pattern: Pattern,
}

impl Mixture {
    /// The number of stages that its patterns have in common.
    pub(super) fn stages(&self) -> Stages {
        let mut parts = self.staged().map(|part| part.pattern.stages());
        let steps = parts.find(|stages| matches!(stages, Stages::Steps(_)));
        match steps {
            Some(steps) => steps,
            None if self.staged().next().is_some() => Stages::Continuous,
            None => Stages::Steps(1),
        }
    }

    /// Whether all its patterns show less from stage to stage.
    pub(super) fn hides(&self) -> bool {
        self.staged().next().is_some() && self.staged().all(|part| part.pattern.hides())
    }

    /// The patterns but full masking, which does not care for stages.
    fn staged(&self) -> impl Iterator<Item = &Weighted> {
        self.of.iter().filter(|part| !matches!(part.pattern, Pattern::Full(_)))
    }

    pub(super) fn validate(&self) -> Result<(), InvalidCurriculum> {
        if self.of.is_empty() {
            return Err(InvalidCurriculum::EmptyMixture);
        }
        for part in &self.of {
            if matches!(part.pattern, Pattern::Mixture(_)) {
                return Err(InvalidCurriculum::NestedMixture);
            }
            if !(part.weight.is_finite() && part.weight > 0.0) {
                return Err(InvalidCurriculum::NotPositive { name: "weight", value: part.weight });
            }
            part.pattern.validate()?;
        }
        let stages = self.stages();
        for part in self.staged() {
            match (part.pattern.stages(), stages) {
                (Stages::Steps(one), Stages::Steps(other)) if one != other => {
                    return Err(InvalidCurriculum::MixtureStages(other, one));
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn reveal<R: Rng + ?Sized>(
        &self,
        layout: &Layout,
        level: Level,
        random: &mut R,
    ) -> (Reveal, usize) {
        let total: f64 = self.of.iter().map(|part| part.weight).sum();
        let mut drawn = random.random::<f64>() * total;
        let chosen = self.of.iter().find(|part| {
            drawn -= part.weight;
            drawn < 0.0
        });
        let Some(part) = chosen.or(self.of.last()) else {
            return (Reveal::nothing(layout.len()), 0);
        };
        match (level, part.pattern.stages(), self.stages()) {
            (Level::Stage(stage), Stages::Continuous, Stages::Steps(steps)) => {
                let share = Level::Share(stage as f64 / steps as f64);
                (part.pattern.reveal(layout, share, random).0, stage)
            }
            (_, Stages::Steps(1), Stages::Steps(steps)) if steps > 1 => {
                // Only full masking has one stage where the others have more.
                let hardest = if self.hides() { steps - 1 } else { 0 };
                (Reveal::nothing(layout.len()), hardest)
            }
            _ => part.pattern.reveal(layout, level, random),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::patterns::testing::{drawn, layout};
    use crate::patterns::{Contiguous, End, Full, MidpointDoubling, Random};

    fn mixture(of: Vec<(f64, Pattern)>) -> Mixture {
        let weighted = |(weight, pattern)| Weighted { weight, pattern };
        Mixture { of: of.into_iter().map(weighted).collect() }
    }

    const FULL: Pattern = Pattern::Full(Full {});

    fn prefix(stages: Option<usize>) -> Pattern {
        Pattern::Contiguous(Contiguous { shown: End::Prefix, stages })
    }

    #[test]
    fn patterns_are_drawn_by_weight() {
        let mixture = mixture(vec![(1.0, FULL), (3.0, prefix(None))]);
        let layout = layout(4, 4, 0, 8);
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let draws = 10_000;
        let full = (0..draws)
            .filter(|_| {
                let (reveal, _) = mixture.reveal(&layout, Level::Share(0.5), &mut random);
                drawn(&reveal) == "????????"
            })
            .count();
        // A quarter, within five standard deviations: 5 · √(.25 · .75 / 10,000) = .022.
        assert!((full as f64 / f64::from(draws) - 0.25).abs() < 0.022, "{full}");
    }

    #[test]
    fn a_pattern_without_stages_follows_those_that_have_them() {
        let mixture =
            mixture(vec![(1.0, prefix(None)), (1e-9, Pattern::Random(Random { stages: Some(4) }))]);
        assert_eq!(mixture.stages(), Stages::Steps(4));
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let (reveal, stage) = mixture.reveal(&layout(4, 4, 0, 8), Level::Stage(3), &mut random);
        // ⌊¾ · 8⌋ = 6 shown; without stages, all others are next.
        assert_eq!((drawn(&reveal).as_str(), stage), ("######??", 3));
    }

    #[test]
    fn full_masking_joins_any_pattern() {
        assert_eq!(mixture(vec![(1.0, FULL)]).stages(), Stages::Steps(1));
        assert_eq!(mixture(vec![(1.0, FULL), (1.0, prefix(None))]).stages(), Stages::Continuous);
        assert_eq!(mixture(vec![(1.0, FULL), (1.0, prefix(Some(3)))]).stages(), Stages::Steps(3));
    }

    #[test]
    fn what_does_not_mix_is_refused() {
        let doubling = Pattern::MidpointDoubling(MidpointDoubling { stages: 9 });
        let table = [
            (mixture(Vec::new()), InvalidCurriculum::EmptyMixture),
            (
                mixture(vec![(1.0, Pattern::Mixture(mixture(vec![(1.0, FULL)])))]),
                InvalidCurriculum::NestedMixture,
            ),
            (
                mixture(vec![(0.0, FULL)]),
                InvalidCurriculum::NotPositive { name: "weight", value: 0.0 },
            ),
            (
                mixture(vec![(1.0, prefix(Some(3))), (1.0, doubling)]),
                InvalidCurriculum::MixtureStages(3, 9),
            ),
            (mixture(vec![(1.0, prefix(Some(0)))]), InvalidCurriculum::Stages(0)),
        ];
        for (mixture, expected) in table {
            assert_eq!(mixture.validate(), Err(expected));
        }
    }
}
