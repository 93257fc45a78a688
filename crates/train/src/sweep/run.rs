//! Doing what a sweep plans: training what is not trained, measuring what is not measured.

use std::path::Path;

use curriculum::Probe;
use grid::Split;
use grid::corpus::Corpus;
use model::{Device, Encoder};

use super::outcome::{Frozen, Measurement, Measurements, Weights};
use super::{PlannedRun, SweepConfig, SweepError, SweepObserver, SweepReport, Turn};
use crate::reliance::Reliance;
use crate::state::{Place, State};
use crate::{Data, RunDirectory, SongSet, TrainError, Validator, train};

/// Where and how a sweep is done.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The folder that holds the run directories.
    pub out: &'a Path,
    /// The side whose songs are asked about.
    pub split: Split,
    /// Which weights of each run are measured, the most telling first.
    pub weights: &'a [Weights],
    /// Where to compute.
    pub device: &'a Device,
}

/// Trains and measures every run of `config` that is not trained and measured already, and
/// compares them. A run whose loss is no number any more is left out; the others go on.
///
/// # Errors
/// If a run directory holds a run of another configuration or corpus, something cannot be read or
/// written, or there are no songs to train on or ask about.
pub fn sweep(
    config: &SweepConfig,
    corpus: &Corpus,
    options: &Options<'_>,
    observer: &mut dyn SweepObserver,
) -> Result<SweepReport, SweepError> {
    let data = &config.base.data;
    let frozen = Frozen {
        cantus: env!("CARGO_PKG_VERSION").to_owned(),
        corpus_sha256: corpus.header().sha256.clone(),
        split: options.split,
        sources: data.sources.clone(),
        window: data.window,
        mask_seed: config.base.validation.mask_seed,
    };
    let validator = questions(corpus, data, &frozen);
    if validator.songs() == 0 {
        return Err(TrainError::NoPieces("ask about").into());
    }
    let sweep = Sweep { corpus, options, data, frozen, validator };
    let planned = config.planned();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (index, run) in planned.iter().enumerate() {
        let turn = Turn { number: index + 1, of: planned.len(), run };
        match sweep.run(turn, observer) {
            Ok(measurements) => done.push((run.clone(), measurements)),
            Err(SweepError::Train(error @ TrainError::NotFinite { .. })) => {
                observer.failed(turn, &error);
                failed.push((run.folder(), error.to_string()));
            }
            Err(SweepError::Train(source)) => {
                return Err(SweepError::Run { run: run.folder(), source });
            }
            Err(error) => return Err(error),
        }
    }
    let training = SongSet::new(corpus, Split::Train, data);
    Ok(SweepReport::new(sweep.frozen, &sweep.validator, &training, options.weights, &done, failed))
}

/// The questions that are frozen, about pieces in the keys that `data` names.
fn questions(corpus: &Corpus, data: &Data, frozen: &Frozen) -> Validator {
    let asked = SongSet::new(corpus, frozen.split, data);
    Validator::new(&asked, &Probe::ALL, frozen.window, frozen.mask_seed, None)
}

/// What stays the same for all runs.
struct Sweep<'a> {
    corpus: &'a Corpus,
    options: &'a Options<'a>,
    data: &'a Data,
    frozen: Frozen,
    validator: Validator,
}

impl Sweep<'_> {
    /// Trains and measures a run as far as that is left to do.
    fn run(
        &self,
        turn: Turn<'_>,
        observer: &mut dyn SweepObserver,
    ) -> Result<Measurements, SweepError> {
        let run = turn.run;
        let folder = self.options.out.join(run.folder());
        let begun = RunDirectory::is_in(&folder);
        let before = if begun { self.steps_done(run, &folder)? } else { 0 };
        if before < run.config.optimization.steps {
            let mut progress = observer.training(turn, begun);
            let device = self.options.device;
            train(&run.config, self.corpus, &folder, begun, device, progress.as_mut())?;
        }
        // What was measured before still holds if nothing was trained since.
        let mut measurements = if self.steps_done(run, &folder)? == before {
            Measurements::read(&folder, &self.frozen)?
        } else {
            Measurements::new(self.frozen.clone())
        };
        let missing: Vec<Weights> = self
            .options
            .weights
            .iter()
            .copied()
            .filter(|weights| measurements.of(*weights).is_none())
            .collect();
        if !missing.is_empty() {
            observer.measuring(turn);
            for weights in &missing {
                measurements.measured.push(self.measure(run, &folder, *weights)?);
            }
            measurements.write(&folder)?;
            // Read back, so that a sweep that goes on compares the same digits as one that ran
            // through.
            measurements = Measurements::read(&folder, &self.frozen)?;
        }
        let first = self.options.weights.first().and_then(|weights| measurements.of(*weights));
        if let Some(measurement) = first {
            observer.done(turn, &measurement.headline(), missing.is_empty());
        }
        Ok(measurements)
    }

    /// The step of the newest checkpoint of the run in `folder`; 0 if there is none.
    fn steps_done(&self, run: &PlannedRun, folder: &Path) -> Result<u64, TrainError> {
        let directory = RunDirectory::resume(folder, &run.config, self.corpus.header())?;
        directory.newest()?.map_or(Ok(0), |checkpoint| Ok(Place::load(&checkpoint)?.step))
    }

    /// Asks the trained run in `folder` everything.
    fn measure(
        &self,
        run: &PlannedRun,
        folder: &Path,
        weights: Weights,
    ) -> Result<Measurement, TrainError> {
        let device = self.options.device;
        let directory = RunDirectory::resume(folder, &run.config, self.corpus.header())?;
        let encoder = Encoder::new(&run.config.model, run.config.seed, device)?;
        let checkpoint = directory.newest()?.ok_or_else(|| TrainError::Checkpoint {
            path: folder.to_owned(),
            problem: "the run has no checkpoint".to_owned(),
        })?;
        let count = encoder.layout().len();
        let state = State::load(&checkpoint, count, run.config.optimization.betas)?;
        let (step, encoder) = match weights {
            Weights::Last => (state.place.step, encoder.with_values(state.measured())),
            Weights::Exported => {
                let (exported, _) = model::load(&directory.model(), device)?;
                (state.place.best.map_or(state.place.step, |(_, step)| step), exported)
            }
        };
        // The same cells of the same songs, in the keys the run was trained in.
        let transposition = run.config.data.transposition;
        let moved = (transposition.keys() != self.data.transposition.keys()).then(|| {
            questions(self.corpus, &Data { transposition, ..self.data.clone() }, &self.frozen)
        });
        let validator = moved.as_ref().unwrap_or(&self.validator);
        let asked = validator.asked(Probe::Cells(50));
        let reliance = Reliance::measure(&encoder, asked, self.frozen.mask_seed);
        let probes = validator.measure_songs(&encoder).probes;
        Ok(Measurement { weights, step, probes, reliance })
    }
}
