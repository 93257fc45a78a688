//! What happens between steps: measuring, keeping the best model, saving, and knowing when to stop.

use std::time::Instant;

use burn::module::Module;
use curriculum::schedules::Pick;
use model::{CheckpointError, Encoder, Reading};

use super::Trainer;
use crate::records::Records;
use crate::validation::Validator;
use crate::{
    EarlyStop, EarlyStopping, Figure, Observer, RunDirectory, SongReport, TrainError,
    ValidationReport,
};

impl<'a> Trainer<'a> {
    /// Measures, logs, exports the model if it is the best so far, and saves a checkpoint. A run
    /// gone astray does none of it, so that what there is stays good.
    pub(super) fn validate(
        &mut self,
        run: &RunDirectory,
        records: &mut Records,
        observer: &mut dyn Observer,
    ) -> Result<ValidationReport, TrainError> {
        let (report, songs) = self.measure();
        if !(report.is_finite() && self.learner.state().is_finite()) {
            return Err(TrainError::NotFinite { step: report.step, good: None });
        }
        self.observe_schedule();
        records.validation(&report, &songs)?;
        let best = self.config.validation.best;
        let value = best.of(&report).unwrap_or(f64::NAN);
        let improved = |(before, _): (f64, u64)| best.quantity.gain(value, before) > 0.0;
        if self.place().best.is_none_or(improved) {
            self.learner.place_mut().best = Some((value, report.step));
            let keys = self.config.data.transposition.keys();
            let reading = Reading { resolution: self.resolution, keys };
            model::save(&run.model(), &self.measured_encoder(), reading).map_err(not_exported)?;
        }
        if let Some((rule, figure)) = self.stopping() {
            let value = figure.of(&report).unwrap_or(f64::NAN);
            self.learner.place_mut().waiting.observe(rule, figure, value, report.step);
        }
        run.save(self.learner.state(), self.config.validation.keep)?;
        observer.validation(&report);
        Ok(report)
    }

    /// The rule of early stopping and the figure it looks at, if there is one.
    fn stopping(&self) -> Option<(&'a EarlyStopping, Figure)> {
        let rule = self.config.early_stopping.as_ref()?;
        Some((rule, rule.figure.unwrap_or(self.config.validation.best)))
    }

    /// The end of the run, if nothing has got better for too long.
    pub(super) fn early_stop(&self) -> Option<EarlyStop> {
        let (rule, figure) = self.stopping()?;
        self.place().waiting.end(rule, figure, self.place().step)
    }

    fn measured_encoder(&self) -> Encoder {
        self.learner.encoder().clone().valid().with_values(self.learner.state().measured())
    }

    /// The whole stage curve, and what it is made of.
    pub(super) fn measure(&self) -> (ValidationReport, SongReport) {
        let started = Instant::now();
        let encoder = self.measured_encoder();
        let training = self.training_sample.as_ref();
        let step = self.place().step;
        let songs = SongReport {
            step,
            validation: self.validation.measure_songs(&encoder),
            training: training.map(|sample| sample.measure_songs(&encoder)).unwrap_or_default(),
        };
        let report = ValidationReport {
            step,
            epoch: self.place().epoch,
            validation: songs.validation.figures(),
            training: songs.training.figures(),
            seconds: started.elapsed().as_secs_f64(),
        };
        (report, songs)
    }

    /// Says which probes have nothing to ask; those that decide something must have.
    pub(super) fn check_probes(&self, observer: &mut dyn Observer) -> Result<(), TrainError> {
        let asked: Vec<&str> = self.validation.probes().collect();
        let decisive = [Some(self.config.validation.best), self.stopping().map(|found| found.1)];
        for probe in &self.config.validation.probes {
            let name = probe.name();
            if asked.contains(&name.as_str()) {
                continue;
            }
            if decisive.iter().flatten().any(|figure| figure.probe == *probe) {
                return Err(TrainError::NothingAsked { probe: name });
            }
            observer.message(&format!("{name}: no validation song has anything to ask there"));
        }
        Ok(())
    }

    /// Tells a schedule that is driven by validation the loss at the stage it has reached.
    fn observe_schedule(&mut self) {
        let curriculum = &self.config.curriculum;
        if !matches!(curriculum.schedule().pick, Pick::Plateau(_)) {
            return;
        }
        let stage = self.place().schedule.stage();
        let (window, validation) = (self.config.data.window, &self.config.validation);
        let (mask_seed, most) = (validation.mask_seed, validation.most());
        let validator =
            Validator::at_stage(self.held_out, curriculum, stage, window, mask_seed, most);
        let mut losses = vec![f64::NAN; curriculum.stages()];
        let figures = validator.measure(&self.measured_encoder());
        if let (Some(loss), Some(figures)) = (losses.get_mut(stage), figures.first()) {
            *loss = figures.all.loss();
        }
        self.learner.place_mut().schedule.observe(curriculum, &losses);
    }
}

/// A file of the model that could not be written is a fault of the disk like any other.
fn not_exported(error: CheckpointError) -> TrainError {
    match error {
        CheckpointError::Io { path, source } => TrainError::Io { path, source },
        other => TrainError::Export(other),
    }
}
