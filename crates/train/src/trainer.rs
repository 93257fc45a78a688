//! The loop.

mod validating;

use std::path::Path;
use std::time::Instant;

use grid::corpus::Corpus;
use grid::{Resolution, Split};
use model::Device;

use crate::ahead::{self, Next};
use crate::pace::{Pace, memory};
use crate::prepared::Preparation;
use crate::songs::SongSet;
use crate::state::{Place, State};
use crate::validation::Validator;
use crate::{
    EarlyStop, Figure, Learner, Observer, RunConfig, RunDirectory, StepReport, TrainError,
    Validation, ValidationReport,
};

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The last validation.
    pub last: ValidationReport,
    /// The figure by which the exported model was chosen.
    pub figure: Figure,
    /// The best it was, and the step it was seen at: that of the exported model.
    pub best: (f64, u64),
    /// Whether and why the run ended before its last step.
    pub early_stop: Option<EarlyStop>,
}

/// Trains an encoder on `corpus` into the run directory `out`, from the start or, with `resume`,
/// from its newest checkpoint; exports the best weights so far as `model/` after each validation
/// that finds better ones.
///
/// # Errors
/// If the run cannot be written, there is nothing to train or validate on, or the loss is not
/// finite any more. The last good checkpoint is intact then.
pub fn train(
    config: &RunConfig,
    corpus: &Corpus,
    out: &Path,
    resume: bool,
    device: &Device,
    observer: &mut dyn Observer,
) -> Result<Outcome, TrainError> {
    let songs = SongSet::new(corpus, Split::Train, &config.data);
    let held_out = SongSet::new(corpus, Split::Validation, &config.data);
    if songs.songs.is_empty() {
        return Err(TrainError::NoPieces("train on"));
    }
    if held_out.songs.is_empty() {
        return Err(TrainError::NoPieces("validate on"));
    }
    let run = if resume {
        RunDirectory::resume(out, config, corpus.header())?
    } else {
        RunDirectory::create(out, config, corpus.header())?
    };
    let resolution = corpus.header().resolution;
    let mut trainer = Trainer::new(config, (&songs, &held_out), resolution, device)?;
    if let Some(checkpoint) = run.newest()? {
        trainer.go_on_from(&checkpoint)?;
        observer.message(&format!("resumed at step {}", trainer.place().step));
    }
    let last = trainer.run(&run, observer).map_err(|error| match error {
        TrainError::NotFinite { step, .. } => {
            TrainError::NotFinite { step, good: run.newest().ok().flatten() }
        }
        other => other,
    })?;
    let figure = config.validation.best;
    let best = trainer.place().best.unwrap_or((figure.of(&last).unwrap_or(f64::NAN), last.step));
    Ok(Outcome { last, figure, best, early_stop: trainer.early_stop() })
}

struct Trainer<'a> {
    config: &'a RunConfig,
    songs: &'a SongSet<'a>,
    held_out: &'a SongSet<'a>,
    validation: Validator,
    training_sample: Option<Validator>,
    learner: Learner<'a>,
    resolution: Resolution,
}

impl<'a> Trainer<'a> {
    fn new(
        config: &'a RunConfig,
        (songs, held_out): (&'a SongSet<'a>, &'a SongSet<'a>),
        resolution: Resolution,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let Validation { probes, mask_seed, training_pieces: sample, .. } = &config.validation;
        let validator = |set: &SongSet<'_>, most| {
            Validator::new(set, probes, config.data.window, *mask_seed, most)
        };
        let validation = validator(held_out, config.validation.most());
        Ok(Self {
            training_sample: sample.then(|| validator(songs, Some(validation.songs()))),
            validation,
            learner: Learner::new(config, device)?,
            config,
            songs,
            held_out,
            resolution,
        })
    }

    fn place(&self) -> &Place {
        &self.learner.state().place
    }

    /// Takes up the state of a checkpoint.
    fn go_on_from(&mut self, checkpoint: &Path) -> Result<(), TrainError> {
        let count = self.learner.state().values.len();
        let state = State::load(checkpoint, count, self.config.optimization.betas)?;
        self.learner.go_on_from(state);
        Ok(())
    }

    /// Trains to the last step, or until nothing gets better; the last validation.
    fn run(
        &mut self,
        run: &RunDirectory,
        observer: &mut dyn Observer,
    ) -> Result<ValidationReport, TrainError> {
        self.check_probes(observer)?;
        let steps = self.config.optimization.steps;
        let mut records = run.records_from(self.place().step)?;
        let pace = Pace::from(self.place().step);
        let mut last = None;
        while self.place().step < steps && self.early_stop().is_none() {
            let every = self.config.validation.every.max(1);
            let until = ((self.place().step / every + 1) * every).min(steps);
            self.steps(until, |report| {
                report.remaining_seconds = pace.remaining(report.step, steps);
                records.step(report)?;
                observer.step(report);
                Ok(())
            })?;
            last = Some(self.validate(run, &mut records, observer)?);
        }
        records.end(self.place().step, self.early_stop().as_ref())?;
        // A run resumed after its last step has nothing left to do.
        match last {
            Some(report) => Ok(report),
            None => Ok(self.measure().0),
        }
    }

    /// The steps up to the next validation.
    fn steps(
        &mut self,
        until: u64,
        mut done: impl FnMut(&mut StepReport) -> Result<(), TrainError>,
    ) -> Result<(), TrainError> {
        let preparation = Preparation { config: self.config, songs: self.songs };
        let place = *self.place();
        std::thread::scope(|scope| {
            let batches = ahead::batches(scope, preparation, place, until);
            let mut started = Instant::now();
            for next in batches {
                let waited = started.elapsed();
                let mut report = self.step(&next, started)?;
                report.waiting_seconds = waited.as_secs_f64();
                done(&mut report)?;
                started = Instant::now();
            }
            Ok(())
        })
    }

    /// One optimiser step that began at `started`.
    fn step(&mut self, next: &Next, started: Instant) -> Result<StepReport, TrainError> {
        let batch = &next.batch;
        let step = self.place().step + 1;
        let Some(learned) = self.learner.step(batch) else {
            return Err(TrainError::NotFinite { step, good: None });
        };
        let place = self.learner.place_mut();
        (place.epoch, place.batch) = (next.epoch, next.index + 1);
        let seconds = started.elapsed().as_secs_f64();
        Ok(StepReport {
            step,
            steps: self.config.optimization.steps,
            epoch: next.epoch,
            loss: learned.loss,
            objective: learned.objective,
            targets: batch.targets,
            cells: batch.cells,
            visible: batch.visible as f64 / batch.cells.max(1) as f64,
            learning_rate: learned.learning_rate,
            gradient_norm: learned.gradient_norm,
            seconds,
            waiting_seconds: 0.0,
            cells_per_second: batch.cells as f64 / seconds.max(f64::MIN_POSITIVE),
            remaining_seconds: 0.0,
            memory_megabytes: memory(),
        })
    }
}

#[cfg(test)]
mod tests;
