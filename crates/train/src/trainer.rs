//! The loop.

use std::path::Path;
use std::time::Instant;

use burn::module::Module;
use curriculum::schedules::Pick;
use curriculum::{Masking, Probe, Progress};
use grid::corpus::Corpus;
use grid::{Resolution, Split, Token};
use model::{Batch, Device, Dropout, Encoder, Item, Melody};
use rand::RngExt;

use crate::batches::{EpochPlan, Planned};
use crate::config::Transposition;
use crate::run::Log;
use crate::songs::{SongSet, layout};
use crate::stages::stages_of;
use crate::state::{Place, State};
use crate::stream::stream;
use crate::validation::Validator;
use crate::{
    AdamW, Groups, Loss, Observer, RunConfig, RunDirectory, StepReport, Targets, TrainError,
    ValidationReport, ema,
};

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The last validation.
    pub last: ValidationReport,
    /// The lowest headline loss, and the step it was seen at: that of the exported model.
    pub best: (f64, u64),
}

/// Trains an encoder on `corpus` into the run directory `out`, from the start or, with `resume`,
/// from its newest checkpoint; exports the best weights so far as `model/` after each validation
/// that finds better ones.
///
/// # Errors
/// If the run cannot be written, there is nothing to train or validate on, or the loss is not
/// finite any more.
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
    let last = trainer.run(&run, observer)?;
    let best = trainer.state.place.best.unwrap_or((last.headline(), last.step));
    Ok(Outcome { last, best })
}

impl State {
    /// The weights that are measured and exported: the moving average, if one is kept.
    fn measured(&self) -> &[f32] {
        if self.average.is_empty() { &self.values } else { &self.average }
    }
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
        let probes: Vec<Probe> =
            config.validation.visible.iter().map(|share| Probe::Cells(*share)).collect();
        let validator = |set: &SongSet<'_>, most| {
            Validator::new(set, &probes, config.data.window, config.validation.mask_seed, most)
        };
        let sample = config.validation.training_pieces;
        let plan = EpochPlan::new(&songs, config.data.window, optimization.batch, config.seed, 0);
        Ok(Self {
            config,
            validation: validator(&held_out, None),
            training_sample: sample.then(|| validator(&songs, Some(held_out.songs.len()))),
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

    /// Trains to the last step; the last validation.
    fn run(
        &mut self,
        run: &RunDirectory,
        observer: &mut dyn Observer,
    ) -> Result<ValidationReport, TrainError> {
        let steps = self.config.optimization.steps;
        let mut log = run.log_from(self.state.place.step)?;
        let mut last = None;
        let mut plan = self.plan();
        while self.state.place.step < steps {
            if self.state.place.batch >= plan.batches.len() {
                self.state.place.epoch += 1;
                self.state.place.batch = 0;
                plan = self.plan();
            }
            let report = self.step(&plan.batches[self.state.place.batch])?;
            log.step(&report)?;
            observer.step(&report);
            let step = self.state.place.step;
            if step.is_multiple_of(self.config.validation.every) || step == steps {
                last = Some(self.validate(run, &mut log, observer)?);
            }
        }
        // A run resumed after its last step has nothing left to do.
        match last {
            Some(report) => Ok(report),
            None => Ok(self.measure()),
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
        let count: usize = masked.iter().map(|item| item.masking.targets()).sum();
        let mut gradient = vec![0.0; self.state.values.len()];
        let mut loss = 0.0;
        for part in masked.chunks(masked.len().div_ceil(optimization.accumulate).max(1)) {
            let (part_loss, part_gradient) = self.gradient(part, count);
            loss += part_loss;
            gradient.iter_mut().zip(part_gradient).for_each(|(sum, part)| *sum += part);
        }
        let place = &mut self.state.place;
        if !loss.is_finite() {
            return Err(TrainError::NotFinite { step: place.step + 1 });
        }
        let learning_rate = optimization.learning_rate.at(place.step, optimization.steps);
        let gradient_norm = self.state.optimizer.step(
            &mut self.state.values,
            &gradient,
            &self.groups,
            learning_rate,
            optimization.clip,
        );
        if !gradient_norm.is_finite() {
            return Err(TrainError::NotFinite { step: place.step + 1 });
        }
        if optimization.ema > 0.0 {
            let (average, values) = (&mut self.state.average, &self.state.values);
            ema::update(average, values, optimization.ema, place.step);
        }
        self.encoder = self.encoder.clone().with_values(&self.state.values);
        place.step += 1;
        place.batch += 1;
        let cells: usize = masked.iter().map(|item| item.masking.cells.len()).sum();
        let visible: usize = masked.iter().map(|item| item.masking.visible()).sum();
        Ok(StepReport {
            step: place.step,
            steps: optimization.steps,
            epoch: place.epoch,
            loss,
            targets: count,
            cells,
            visible: visible as f64 / cells.max(1) as f64,
            learning_rate,
            gradient_norm,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// Loss and gradient of a part of a batch in which `count` cells carry loss.
    fn gradient(&self, part: &[MaskedItem], count: usize) -> (f64, Vec<f32>) {
        let batch = Batch::new(part.iter().map(|item| &item.item), &self.config.model);
        let mut targets = Targets::default();
        for (row, item) in part.iter().enumerate() {
            let truth = item.item.cells.iter().map(grid::Cell::harmony);
            targets.add(row, batch.cells, &item.masking, truth);
        }
        if targets.rows.is_empty() {
            return (0.0, vec![0.0; self.state.values.len()]);
        }
        let dropout = Dropout::training(&self.config.model);
        let smoothing = Loss { label_smoothing: self.config.optimization.label_smoothing };
        let loss = smoothing.forward(&self.encoder, &batch, &targets, &dropout, count);
        let gradients = loss.backward();
        let value = loss.into_data().convert::<f32>();
        let value = value.as_slice::<f32>().ok().and_then(|values| values.first().copied());
        (value.map_or(f64::NAN, f64::from), self.encoder.gradients(&gradients))
    }

    /// A planned item, transposed and masked from its own random stream.
    fn masked_item(&self, planned: &Planned) -> Option<MaskedItem> {
        let mut random = stream(planned.seed);
        let semitones = match self.config.data.transposition {
            Transposition::None => 0,
            Transposition::AllKeys => random.random_range(-6..6),
        };
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

    /// Measures, logs, exports the model if it is the best so far, and saves a checkpoint.
    fn validate(
        &mut self,
        run: &RunDirectory,
        log: &mut Log,
        observer: &mut dyn Observer,
    ) -> Result<ValidationReport, TrainError> {
        let report = self.measure();
        self.observe_schedule();
        log.validation(&report)?;
        let headline = report.headline();
        let improved = self.state.place.best.is_none_or(|(best, _)| headline < best);
        if improved {
            self.state.place.best = Some((headline, report.step));
            model::save(&run.model(), &self.measured_encoder(), self.resolution)?;
        }
        run.save(&self.state, self.config.validation.keep)?;
        observer.validation(&report);
        Ok(report)
    }

    fn measured_encoder(&self) -> Encoder {
        self.encoder.clone().valid().with_values(self.state.measured())
    }

    fn measure(&self) -> ValidationReport {
        let started = Instant::now();
        let encoder = self.measured_encoder();
        let training = self.training_sample.as_ref();
        ValidationReport {
            step: self.state.place.step,
            epoch: self.state.place.epoch,
            validation: self.validation.measure(&encoder),
            training: training.map(|sample| sample.measure(&encoder)).unwrap_or_default(),
            seconds: started.elapsed().as_secs_f64(),
        }
    }

    /// Tells a schedule that is driven by validation the loss at the stage it has reached.
    fn observe_schedule(&mut self) {
        let curriculum = &self.config.curriculum;
        if !matches!(curriculum.schedule().pick, Pick::Plateau(_)) {
            return;
        }
        let stage = self.state.place.schedule.stage();
        let (window, mask_seed) = (self.config.data.window, self.config.validation.mask_seed);
        let validator = Validator::at_stage(&self.held_out, curriculum, stage, window, mask_seed);
        let mut losses = vec![f64::NAN; curriculum.stages()];
        let figures = validator.measure(&self.measured_encoder());
        if let (Some(loss), Some(figures)) = (losses.get_mut(stage), figures.first()) {
            *loss = figures.all.loss();
        }
        self.state.place.schedule.observe(curriculum, &losses);
    }
}

/// An item with some of its harmony hidden.
struct MaskedItem {
    item: Item,
    masking: Masking,
}

#[cfg(test)]
mod tests;
