//! Everything that came of a sweep, as a program reads it.

use serde::Serialize;

use super::PlannedRun;
use super::compare::{BySeed, Compared, Comparison, baseline};
use super::outcome::{Frozen, Measurements, Weights};
use crate::reliance::Reliance;
use crate::resample::Resamples;
use crate::{SongSet, Validator, baselines};

/// The contents of `sweep.json`.
#[derive(Debug, Serialize)]
pub struct SweepReport {
    /// What all were asked.
    pub frozen: Frozen,
    /// Songs asked about.
    pub songs: usize,
    /// The configurations that were measured, in order; the others are compared to the first.
    pub configurations: Vec<String>,
    /// Their seeds.
    pub seeds: Vec<u64>,
    /// The measured weights of every run.
    pub runs: Vec<RunWeights>,
    /// What the baselines reach.
    pub baselines: Vec<Compared>,
    /// The configurations, by each kind of weights.
    pub comparisons: Vec<Comparison>,
    /// Run directories of runs that could not be trained to their end, and why.
    pub failed: Vec<(String, String)>,
}

/// Some weights of a run: from which step they come, and what they go by.
#[derive(Debug, Serialize)]
pub struct RunWeights {
    /// The run directory.
    pub run: String,
    /// The configuration.
    pub name: String,
    /// The seed.
    pub seed: u64,
    /// Which weights.
    pub weights: Weights,
    /// The step.
    pub step: u64,
    /// What the model goes by with half of the cells visible.
    pub reliance: Option<Reliance>,
}

impl SweepReport {
    /// Compares what was measured of the runs that are done, beside baselines counted on the
    /// songs of `training`.
    pub(super) fn new(
        frozen: Frozen,
        validator: &Validator,
        training: &SongSet<'_>,
        weights: &[Weights],
        done: &[(PlannedRun, Measurements)],
        failed: Vec<(String, String)>,
    ) -> Self {
        let sources = &validator.sources();
        let resamples = Resamples::new(sources.len());
        let mut configurations: Vec<String> = Vec::new();
        let mut seeds: Vec<u64> = Vec::new();
        for (run, _) in done {
            if !configurations.contains(&run.name) {
                configurations.push(run.name.clone());
            }
            if !seeds.contains(&run.seed) {
                seeds.push(run.seed);
            }
        }
        let comparison = |weights: &Weights| {
            let of = |name: &String| -> BySeed<'_> {
                let own = done.iter().filter(|(run, _)| run.name == *name);
                let probes = own.filter_map(|(run, measured)| {
                    Some((run.seed, measured.of(*weights)?.probes.as_slice()))
                });
                probes.collect()
            };
            let runs: Vec<_> =
                configurations.iter().map(|name| (name.as_str(), of(name))).collect();
            Comparison::new(*weights, &runs, sources, &resamples)
        };
        let of_run = |(run, measured): &(PlannedRun, Measurements)| {
            let of_weights = |weights: &Weights| {
                let measurement = measured.of(*weights)?;
                Some(RunWeights {
                    run: run.folder(),
                    name: run.name.clone(),
                    seed: run.seed,
                    weights: *weights,
                    step: measurement.step,
                    reliance: measurement.reliance.clone(),
                })
            };
            weights.iter().filter_map(of_weights).collect::<Vec<_>>()
        };
        let baselines = baselines::all(training).into_iter().flat_map(|(name, answerer)| {
            let probes = validator.measure_songs(answerer.as_ref()).probes;
            baseline(name, &probes, sources, &resamples)
        });
        Self {
            frozen,
            songs: sources.len(),
            runs: done.iter().flat_map(of_run).collect(),
            baselines: baselines.collect(),
            comparisons: weights.iter().map(comparison).collect(),
            configurations,
            seeds,
            failed,
        }
    }
}
