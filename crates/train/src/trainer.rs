//! The loop.

mod validating;

use std::path::Path;
use std::time::Instant;

use burn::tensor::Tensor;
use curriculum::{Masking, Progress};
use grid::corpus::Corpus;
use grid::{Resolution, Split, Token};
use model::{Batch, Device, Dropout, Encoder, Item, Melody};
use rand::RngExt;

use crate::batches::{EpochPlan, Planned};
use crate::ema::{self, Average};
use crate::pace::{Pace, memory};
use crate::songs::{SongSet, layout};
use crate::stages::stages_of;
use crate::state::{Place, State};
use crate::stream::stream;
use crate::validation::Validator;
use crate::{
    AdamW, EarlyStop, Figure, Groups, Loss, Observer, PartLoss, RunConfig, RunDirectory,
    StepReport, Targets, TrainError, Validation, ValidationReport,
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
    let mut trainer = Trainer::new(config, songs, held_out, resolution, device)?;
    if let Some(checkpoint) = run.newest()? {
        trainer.go_on_from(&checkpoint)?;
        observer.message(&format!("resumed at step {}", trainer.state.place.step));
    }
    let last = trainer.run(&run, observer).map_err(|error| match error {
        TrainError::NotFinite { step, .. } => {
            TrainError::NotFinite { step, good: run.newest().ok().flatten() }
        }
        other => other,
    })?;
    let figure = config.validation.best;
    let best =
        trainer.state.place.best.unwrap_or((figure.of(&last).unwrap_or(f64::NAN), last.step));
    Ok(Outcome { last, figure, best, early_stop: trainer.early_stop() })
}

struct Trainer<'a> {
    config: &'a RunConfig,
    songs: SongSet<'a>,
    held_out: SongSet<'a>,
    validation: Validator,
    training_sample: Option<Validator>,
    encoder: Encoder,
    groups: Groups,
    steps_per_epoch: u64,
    resolution: Resolution,
    state: State,
}

impl<'a> Trainer<'a> {
    fn new(
        config: &'a RunConfig,
        songs: SongSet<'a>,
        held_out: SongSet<'a>,
        resolution: Resolution,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let encoder = Encoder::new(&config.model, config.seed, &device.clone().autodiff())?;
        let parameters = encoder.parameters();
        let optimization = &config.optimization;
        let count = parameters.values.len();
        let Validation { probes, mask_seed, training_pieces: sample, .. } = &config.validation;
        let validator = |set: &SongSet<'_>, most| {
            Validator::new(set, probes, config.data.window, *mask_seed, most)
        };
        let validation = validator(&held_out, config.validation.most());
        let plan = EpochPlan::new(&songs, config.data.window, optimization.batch, config.seed, 0);
        Ok(Self {
            config,
            training_sample: sample.then(|| validator(&songs, Some(validation.songs()))),
            validation,
            groups: Groups::new(
                &parameters.layout,
                optimization.weight_decay,
                optimization.bias_rate,
            ),
            steps_per_epoch: plan.batches.len() as u64,
            resolution,
            state: State {
                place: Place::default(),
                average: if optimization.ema > 0.0 {
                    parameters.values.clone()
                } else {
                    Vec::new()
                },
                values: parameters.values,
                optimizer: AdamW::new(count, optimization.betas),
            },
            songs,
            held_out,
            encoder,
        })
    }

    /// Takes up the state of a checkpoint.
    fn go_on_from(&mut self, checkpoint: &Path) -> Result<(), TrainError> {
        let count = self.state.values.len();
        self.state = State::load(checkpoint, count, self.config.optimization.betas)?;
        self.encoder = self.encoder.clone().with_values(&self.state.values);
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
        let mut records = run.records_from(self.state.place.step)?;
        let pace = Pace::from(self.state.place.step);
        let mut last = None;
        let mut plan = self.plan();
        while self.state.place.step < steps && self.early_stop().is_none() {
            if self.state.place.batch >= plan.batches.len() {
                self.state.place.epoch += 1;
                self.state.place.batch = 0;
                plan = self.plan();
            }
            let mut report = self.step(&plan.batches[self.state.place.batch])?;
            report.remaining_seconds = pace.remaining(report.step, steps);
            records.step(&report)?;
            observer.step(&report);
            let step = self.state.place.step;
            if step.is_multiple_of(self.config.validation.every) || step == steps {
                last = Some(self.validate(run, &mut records, observer)?);
            }
        }
        records.end(self.state.place.step, self.early_stop().as_ref())?;
        // A run resumed after its last step has nothing left to do.
        match last {
            Some(report) => Ok(report),
            None => Ok(self.measure().0),
        }
    }

    fn plan(&self) -> EpochPlan {
        EpochPlan::new(
            &self.songs,
            self.config.data.window,
            self.config.optimization.batch,
            self.config.seed,
            self.state.place.epoch,
        )
    }

    fn progress(&self) -> Progress {
        let place = &self.state.place;
        Progress::new(place.step, self.config.optimization.steps, self.steps_per_epoch)
            .with_stage_reached(place.schedule.stage())
    }

    /// One optimiser step on a batch.
    fn step(&mut self, planned: &[Planned]) -> Result<StepReport, TrainError> {
        let started = Instant::now();
        let optimization = &self.config.optimization;
        let masked: Vec<MaskedItem> =
            planned.iter().filter_map(|item| self.masked_item(item)).collect();
        let Differentiated { objective, surprise, gradient } = self.differentiate(&masked);
        let place = &mut self.state.place;
        if !(objective.is_finite() && surprise.is_finite()) {
            return Err(TrainError::NotFinite { step: place.step + 1, good: None });
        }
        let learning_rate = optimization.learning_rate.at(place.step, optimization.steps);
        let average = (optimization.ema > 0.0).then(|| Average {
            values: &mut self.state.average,
            share: ema::share(optimization.ema, place.step),
        });
        let gradient_norm = self.state.optimizer.step(
            &mut self.state.values,
            average,
            &gradient,
            &self.groups,
            learning_rate,
            optimization.clip,
        );
        if !gradient_norm.is_finite() {
            return Err(TrainError::NotFinite { step: place.step + 1, good: None });
        }
        self.encoder = self.encoder.clone().with_values(&self.state.values);
        place.step += 1;
        place.batch += 1;
        let cells: usize = masked.iter().map(|item| item.masking.cells.len()).sum();
        let visible: usize = masked.iter().map(|item| item.masking.visible()).sum();
        let targets: usize = masked.iter().map(|item| item.masking.targets()).sum();
        let seconds = started.elapsed().as_secs_f64();
        Ok(StepReport {
            step: place.step,
            steps: optimization.steps,
            epoch: place.epoch,
            loss: surprise / targets.max(1) as f64,
            objective,
            targets,
            cells,
            visible: visible as f64 / cells.max(1) as f64,
            learning_rate,
            gradient_norm,
            seconds,
            cells_per_second: cells as f64 / seconds.max(f64::MIN_POSITIVE),
            remaining_seconds: 0.0,
            memory_megabytes: memory(),
        })
    }

    /// Loss and gradient of a batch, part by part.
    fn differentiate(&self, masked: &[MaskedItem]) -> Differentiated {
        let optimization = &self.config.optimization;
        let counts = |item: &MaskedItem| (item.masking.targets(), item.masking.cells.len());
        let counts: Vec<_> = masked.iter().map(counts).collect();
        let weights = optimization.normalization.weights(&counts);
        let mut whole = Differentiated { objective: 0.0, surprise: 0.0, gradient: Vec::new() };
        let size = masked.len().div_ceil(optimization.accumulate).max(1);
        for (part, weights) in masked.chunks(size).zip(weights.chunks(size)) {
            let Some(part) = self.differentiate_part(part, weights) else { continue };
            whole.objective += part.objective;
            whole.surprise += part.surprise;
            if whole.gradient.is_empty() {
                whole.gradient = part.gradient;
            } else {
                whole.gradient.iter_mut().zip(part.gradient).for_each(|(sum, part)| *sum += part);
            }
        }
        // Where nothing was asked, nothing is learned.
        whole.gradient.resize(self.state.values.len(), 0.0);
        whole
    }

    /// Loss and gradient of a part of a batch, each target with the weight of its item; `None` if
    /// nothing is asked.
    fn differentiate_part(&self, part: &[MaskedItem], weights: &[f64]) -> Option<Differentiated> {
        let batch = Batch::new(part.iter().map(|item| &item.item), &self.config.model);
        let mut targets = Targets::default();
        for (row, (item, weight)) in part.iter().zip(weights).enumerate() {
            let truth = item.item.cells.iter().map(grid::Cell::harmony);
            targets.add(row, batch.cells, &item.masking, truth, *weight);
        }
        if targets.rows.is_empty() {
            return None;
        }
        let dropout = Dropout::training(&self.config.model);
        let smoothing = Loss { label_smoothing: self.config.optimization.label_smoothing };
        let PartLoss { objective, surprise } =
            smoothing.forward(&self.encoder, &batch, &targets, &dropout);
        let mut gradients = objective.backward();
        Some(Differentiated {
            objective: scalar(objective),
            surprise: scalar(surprise),
            gradient: self.encoder.gradients(&mut gradients),
        })
    }

    /// A planned item, transposed and masked from its own random stream.
    fn masked_item(&self, planned: &Planned) -> Option<MaskedItem> {
        let mut random = stream(planned.seed);
        let semitones = self.config.data.transposition.semitones(&mut random);
        let song = self.songs.songs.get(planned.song)?;
        let cells: Vec<_> = song
            .cells
            .get(planned.cells.clone())?
            .iter()
            .map(|cell| cell.transposed(semitones))
            .collect();
        let masking = self.config.curriculum.mask(&layout(&cells)?, self.progress(), &mut random);
        let shown = |(cell, state): (&grid::Cell, &curriculum::Cell)| {
            if state.is_visible() { cell.harmony() } else { Token::MASK }
        };
        let harmony = cells.iter().zip(&masking.cells).map(shown).collect();
        // A pattern without stages leaves the model to find one by what is visible.
        let stage = stages_of(&self.config.curriculum).map(|_| masking.stage);
        let hidden = self.config.data.melody_dropout;
        // Drawn last, so that runs without it are what they were.
        let melody = if hidden > 0.0 && random.random::<f32>() < hidden {
            Melody::Hidden
        } else {
            Melody::Shown
        };
        let item = Item { cells, harmony, seed: planned.seed, stage, melody };
        Some(MaskedItem { item, masking })
    }
}

/// What a batch or a part of it comes to.
struct Differentiated {
    /// What is minimised.
    objective: f64,
    /// The sum of the plain cross-entropies of the targets.
    surprise: f64,
    /// The gradient of the objective.
    gradient: Vec<f32>,
}

/// The number of a scalar tensor; not a number if it cannot be had.
fn scalar(tensor: Tensor<1>) -> f64 {
    let data = tensor.into_data().convert::<f32>();
    let value = data.as_slice::<f32>().ok().and_then(|values| values.first().copied());
    value.map_or(f64::NAN, f64::from)
}

/// An item with some of its harmony hidden.
struct MaskedItem {
    item: Item,
    masking: Masking,
}

#[cfg(test)]
mod tests;
