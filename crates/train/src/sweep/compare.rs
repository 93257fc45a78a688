//! From the sums of songs to means over seeds, and differences with their uncertainty.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Weights;
use crate::resample::{Resamples, interval};
use crate::{Measured, ProbeSums};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantity {
    /// Negative log-likelihood in nats.
    Loss,
    /// Share of right tokens.
    Accuracy,
    /// Share of right roots.
    Root,
    /// Share of right tokens where the chord changes.
    Changes,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Accuracy, Self::Root, Self::Changes];

    /// Numerator and denominator of the quantity.
    fn parts(self, measured: &Measured) -> (f64, f64) {
        let (numerator, denominator) = match self {
            Self::Loss => (measured.surprise, measured.cells),
            Self::Accuracy => (measured.right as f64, measured.cells),
            Self::Root => (measured.right_roots as f64, measured.cells),
            Self::Changes => (measured.right_changes as f64, measured.changes),
        };
        (numerator, denominator as f64)
    }
}

/// A mean over seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean over the seeds.
    pub mean: f64,
    /// 95% interval of that mean by bootstrap over songs. The seeds are taken as they are: it
    /// says what other songs would change, not what other seeds would.
    pub interval: (f64, f64),
    /// The value for each seed, in their order: how far seeds move it.
    pub seeds: Vec<f64>,
}

impl Estimate {
    /// Whether a difference is there as far as songs and seeds can tell: zero lies outside the
    /// interval, and no seed says the opposite.
    pub fn is_clear(&self) -> bool {
        let (low, high) = self.interval;
        (low > 0.0 && self.seeds.iter().all(|value| *value > 0.0))
            || (high < 0.0 && self.seeds.iter().all(|value| *value < 0.0))
    }
}

/// A quantity of one configuration (or baseline) under one probe.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The configuration.
    pub name: String,
    /// The probe.
    pub probe: String,
    /// The quantity.
    pub quantity: Quantity,
    /// Its mean over seeds.
    #[serde(flatten)]
    pub estimate: Estimate,
    /// What it is more than in the first configuration, song by song and seed by seed; `None` for
    /// the first itself and for baselines.
    pub difference: Option<Estimate>,
    /// Its mean over seeds on the songs of each source.
    pub sources: BTreeMap<String, f64>,
}

/// All configurations, by some of their weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Which weights.
    pub weights: Weights,
    /// Every quantity of every configuration under every probe.
    pub entries: Vec<Compared>,
}

/// What was measured of a configuration: the probes of each of its seeds.
pub(super) type BySeed<'a> = Vec<(u64, &'a [ProbeSums])>;

impl Comparison {
    /// Compares configurations by some of their weights, each to the first, on songs of these
    /// `sources`.
    pub(super) fn new(
        weights: Weights,
        runs: &[(&str, BySeed<'_>)],
        sources: &[String],
        resamples: &Resamples,
    ) -> Self {
        let table = Songs { sources, resamples };
        let mut entries = Vec::new();
        for (index, (name, seeds)) in runs.iter().enumerate() {
            let first = runs.first().filter(|_| index > 0).map(|(_, seeds)| seeds);
            entries.extend(table.compared(name, seeds, first));
        }
        Self { weights, entries }
    }
}

/// A baseline, as an entry for every probe and quantity.
pub(super) fn baseline(
    name: &str,
    probes: &[ProbeSums],
    sources: &[String],
    resamples: &Resamples,
) -> Vec<Compared> {
    Songs { sources, resamples }.compared(name, &vec![(0, probes)], None)
}

/// The songs that are asked about.
struct Songs<'a> {
    sources: &'a [String],
    resamples: &'a Resamples,
}

/// A value with what the draws make of it.
struct Drawn {
    value: f64,
    draws: Vec<f64>,
}

impl Songs<'_> {
    /// Every quantity under every probe.
    fn compared(
        &self,
        name: &str,
        seeds: &BySeed<'_>,
        first: Option<&BySeed<'_>>,
    ) -> Vec<Compared> {
        let probes = seeds.first().map_or(&[][..], |(_, probes)| probes);
        let mut entries = Vec::new();
        for probe in probes.iter().map(|figures| &figures.probe) {
            for quantity in Quantity::ALL {
                let values = seeds.iter().filter_map(|(_, all)| self.drawn(all, probe, quantity));
                let Some(estimate) = estimate(&values.collect::<Vec<_>>()) else { continue };
                let difference = first.map(|first| self.differences(seeds, first, probe, quantity));
                entries.push(Compared {
                    name: name.to_owned(),
                    probe: probe.clone(),
                    quantity,
                    estimate,
                    difference: difference.and_then(|values| self::estimate(&values)),
                    sources: self.by_source(seeds, probe, quantity),
                });
            }
        }
        entries
    }

    /// The value of one seed; `None` where nothing is asked.
    fn drawn(&self, probes: &[ProbeSums], probe: &str, quantity: Quantity) -> Option<Drawn> {
        let figures = probes.iter().find(|figures| figures.probe == probe)?;
        let pairs: Vec<_> = figures.songs.iter().map(|song| quantity.parts(song)).collect();
        let value = ratio(pairs.iter().copied())?;
        Some(Drawn { value, draws: self.resamples.ratios(&pairs) })
    }

    /// What is more than in the first, for every seed that both have.
    fn differences(
        &self,
        seeds: &BySeed<'_>,
        first: &BySeed<'_>,
        probe: &str,
        quantity: Quantity,
    ) -> Vec<Drawn> {
        let difference = |(seed, probes): &(u64, &[ProbeSums])| {
            let (_, others) = first.iter().find(|(other, _)| other == seed)?;
            let mut drawn = self.drawn(probes, probe, quantity)?;
            let other = self.drawn(others, probe, quantity)?;
            drawn.value -= other.value;
            drawn.draws.iter_mut().zip(other.draws).for_each(|(value, other)| *value -= other);
            Some(drawn)
        };
        seeds.iter().filter_map(difference).collect()
    }

    /// The mean over seeds on the songs of each source.
    fn by_source(
        &self,
        seeds: &BySeed<'_>,
        probe: &str,
        quantity: Quantity,
    ) -> BTreeMap<String, f64> {
        let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (_, probes) in seeds {
            let Some(figures) = probes.iter().find(|figures| figures.probe == probe) else {
                continue;
            };
            let distinct: std::collections::BTreeSet<&String> = self.sources.iter().collect();
            for source in distinct {
                let own = figures.songs.iter().zip(self.sources).filter(|(_, of)| *of == source);
                let value = ratio(own.map(|(song, _)| quantity.parts(song)));
                values.entry(source.clone()).or_default().extend(value);
            }
        }
        values
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(source, values)| (source, mean(&values)))
            .collect()
    }
}

/// Σ numerator / Σ denominator; `None` without denominator.
fn ratio(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (numerator, denominator) = pairs.fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
    (denominator > 0.0).then(|| numerator / denominator)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean of the seeds' values, and the interval of the mean of their draws.
fn estimate(seeds: &[Drawn]) -> Option<Estimate> {
    let first = seeds.first()?;
    let values: Vec<f64> = seeds.iter().map(|drawn| drawn.value).collect();
    let draw = |index: usize| {
        mean(&seeds.iter().filter_map(|drawn| drawn.draws.get(index).copied()).collect::<Vec<_>>())
    };
    let draws = (0..first.draws.len()).map(draw).collect();
    Some(Estimate { mean: mean(&values), interval: interval(draws), seeds: values })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Songs of 10 cells, of which so many are right.
    fn probe(right: &[u64]) -> Vec<ProbeSums> {
        let song = |right: &u64| Measured { cells: 10, right: *right, ..Measured::default() };
        let songs = right.iter().map(song).collect();
        vec![ProbeSums { probe: "cells-0".to_owned(), songs }]
    }

    fn accuracies(runs: &[(&str, BySeed<'_>)]) -> Vec<Compared> {
        let sources: Vec<String> = ["x", "x", "y"].map(str::to_owned).to_vec();
        let all = Comparison::new(Weights::Last, runs, &sources, &Resamples::new(3)).entries;
        all.into_iter().filter(|entry| entry.quantity == Quantity::Accuracy).collect()
    }

    #[test]
    fn differences_are_paired_by_song_and_seed() {
        // Songs differ widely, yet each is answered better by exactly one and two tenths.
        let (a1, a2) = (probe(&[1, 5, 8]), probe(&[0, 5, 6]));
        let (b1, b2) = (probe(&[2, 6, 9]), probe(&[2, 7, 8]));
        let entries = accuracies(&[
            ("a", vec![(1, &a1[..]), (2, &a2[..])]),
            // In another order: pairs are found by seed.
            ("b", vec![(2, &b2[..]), (1, &b1[..])]),
        ]);
        assert_eq!(entries[0].difference, None);
        let difference = entries[1].difference.as_ref().expect("a difference");
        assert!((difference.mean - 0.15).abs() < 1e-12, "{difference:?}");
        let (low, high) = difference.interval;
        assert!((low - 0.15).abs() < 1e-12 && (high - 0.15).abs() < 1e-12, "{difference:?}");
        assert!(difference.is_clear());
        assert!(entries[1].estimate.interval.1 - entries[1].estimate.interval.0 > 0.2);
    }

    #[test]
    fn seeds_that_disagree_are_not_clear() {
        let (a, worse, better) = (probe(&[5, 5, 5]), probe(&[4, 4, 4]), probe(&[9, 9, 9]));
        let entries = accuracies(&[
            ("a", vec![(1, &a[..]), (2, &a[..])]),
            ("b", vec![(1, &worse[..]), (2, &better[..])]),
        ]);
        let difference = entries[1].difference.as_ref().expect("a difference");
        assert!(difference.interval.0 > 0.0 && !difference.is_clear(), "{difference:?}");
    }

    #[test]
    fn a_seed_that_only_one_has_is_not_compared() {
        let (a, b) = (probe(&[5, 5, 5]), probe(&[6, 6, 6]));
        let entries =
            accuracies(&[("a", vec![(1, &a[..])]), ("b", vec![(1, &b[..]), (2, &a[..])])]);
        let difference = entries[1].difference.as_ref().expect("a difference");
        assert_eq!(difference.seeds.len(), 1);
        assert!((difference.mean - 0.1).abs() < 1e-12);
        let entries = accuracies(&[("a", vec![(3, &a[..])]), ("b", vec![(1, &b[..])])]);
        assert_eq!(entries[1].difference, None);
    }

    #[test]
    fn sources_have_means_of_their_own_and_what_is_never_asked_is_left_out() {
        let a = probe(&[2, 4, 9]);
        let entries = accuracies(&[("a", vec![(1, &a[..])])]);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].sources, BTreeMap::from([("x".into(), 0.3), ("y".into(), 0.9)]));
        let sources = vec!["x".to_owned(); 3];
        let all = baseline("table", &a, &sources, &Resamples::new(3));
        assert!(all.iter().all(|entry| entry.quantity != Quantity::Changes));
    }
}
