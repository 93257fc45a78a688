//! What a run is made of.

mod validation;

use std::path::Path;

use curriculum::{Curriculum, Preset};
use model::{EncoderConfig, Precision};
use serde::{Deserialize, Serialize};

pub use validation::Validation;

use crate::{EarlyStopping, LearningRate, Normalization, TrainError, Transposition};

/// Everything that decides a run, as it is written in a TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// Every random choice follows from it.
    pub seed: u64,
    /// The encoder.
    pub model: EncoderConfig,
    /// What is shown and what is asked.
    pub curriculum: Curriculum,
    /// How pieces are cut and moved.
    pub data: Data,
    /// How the weights are changed.
    pub optimization: Optimization,
    /// When and how the model is measured.
    pub validation: Validation,
    /// When the run ends before its last step; never, if this is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            model: EncoderConfig::default(),
            curriculum: Preset::Sampled.curriculum(),
            data: Data::default(),
            optimization: Optimization::default(),
            validation: Validation::default(),
            early_stopping: None,
        }
    }
}

/// How pieces are cut and moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Cells of a training item at most. Longer songs are cut at bar starts, elsewhere in each
    /// epoch.
    pub window: usize,
    /// Into which keys pieces are moved.
    pub transposition: Transposition,
    /// Share of the items whose melody is hidden, for classifier-free guidance; about 0.1, with
    /// `guidance` in the model.
    pub melody_dropout: f32,
    /// Sources of the corpus to use, by name; none means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            window: 64,
            transposition: Transposition::AllKeys,
            melody_dropout: 0.0,
            sources: Vec::new(),
        }
    }
}

/// How the weights are changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimization {
    /// Optimiser steps in all.
    pub steps: u64,
    /// Items a step.
    pub batch: usize,
    /// Into how many parts a step's batch is split, to need less memory; the result is the same.
    pub accumulate: usize,
    /// The numbers that matrix products are computed from.
    pub precision: Precision,
    /// By what the summed loss of a batch is divided.
    pub normalization: Normalization,
    /// The learning rate over training.
    pub learning_rate: LearningRate,
    /// The learning rate of the relative attention bias, in multiples of the others'.
    pub bias_rate: f32,
    /// AdamW's decays of the two moments.
    pub betas: (f32, f32),
    /// AdamW's weight decay; norms, biases and embeddings are spared.
    pub weight_decay: f32,
    /// The norm to which the gradient of all parameters together is clipped; 0 for none.
    pub clip: f32,
    /// Label smoothing: the share of the target given to all tokens alike.
    pub label_smoothing: f32,
    /// Decay of the moving average of the weights that is measured and exported; 0 for none.
    pub ema: f32,
}

impl Default for Optimization {
    fn default() -> Self {
        Self {
            steps: 4000,
            batch: 32,
            accumulate: 1,
            precision: Precision::Single,
            normalization: Normalization::Targets,
            learning_rate: LearningRate::default(),
            bias_rate: 10.0,
            betas: (0.9, 0.98),
            weight_decay: 0.05,
            clip: 1.0,
            label_smoothing: 0.0,
            ema: 0.998,
        }
    }
}

impl RunConfig {
    /// Reads a configuration; what it does not say is the default.
    ///
    /// # Errors
    /// Names the line and setting that is wrong.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, TrainError> {
        let problem = |problem: String| TrainError::Config { path: path.to_owned(), problem };
        let mut config: Self = toml::from_str(text).map_err(|error| problem(error.to_string()))?;
        config.resolve_stages();
        config.check().map_err(|error| problem(error.to_string()))?;
        Ok(config)
    }

    /// The configuration that a table of settings says; what it does not say is the default.
    ///
    /// # Errors
    /// Names the setting that is wrong.
    pub fn from_table(table: toml::Table) -> Result<Self, String> {
        let config: Self = table.try_into().map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    /// The configuration with every setting written out.
    ///
    /// # Errors
    /// If it cannot be written as TOML.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    fn check(&self) -> Result<(), String> {
        self.model.check().map_err(|error| error.to_string())?;
        self.check_model_with_training()?;
        let optimization = &self.optimization;
        let rules = [
            (self.data.window >= 8, "data.window: choose at least 8 cells"),
            (optimization.steps > 0, "optimization.steps: choose at least 1"),
            (optimization.batch > 0, "optimization.batch: choose at least 1"),
            (
                (1..=optimization.batch).contains(&optimization.accumulate),
                "optimization.accumulate: choose 1 to the size of the batch",
            ),
            (
                (0.0..1.0).contains(&optimization.ema),
                "optimization.ema: choose 0 up to, not including, 1",
            ),
            (
                (0.0..1.0).contains(&optimization.label_smoothing),
                "optimization.label_smoothing: choose 0 up to, not including, 1",
            ),
            (
                [optimization.betas.0, optimization.betas.1]
                    .into_iter()
                    .all(|beta| (0.0..1.0).contains(&beta)),
                "optimization.betas: choose two numbers from 0 up to, not including, 1",
            ),
            (
                [optimization.weight_decay, optimization.clip, optimization.bias_rate]
                    .into_iter()
                    .all(|number| number.is_finite() && number >= 0.0),
                "optimization.weight_decay, clip and bias_rate: choose 0 or a positive number",
            ),
            (
                (0.0..=1.0).contains(&optimization.learning_rate.warmup),
                "optimization.learning_rate.warmup: choose a share from 0 to 1",
            ),
            (
                optimization.learning_rate.peak > 0.0
                    && optimization.learning_rate.peak.is_finite(),
                "optimization.learning_rate.peak: choose a positive number",
            ),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, message)) => return Err(message.to_owned()),
            None => self.validation.check()?,
        }
        match &self.early_stopping {
            Some(rule) => self.check_stopping(rule),
            None => Ok(()),
        }
    }

    fn check_stopping(&self, rule: &EarlyStopping) -> Result<(), String> {
        if rule.patience == 0 {
            return Err("early_stopping.patience: choose at least 1 validation".to_owned());
        }
        if !(rule.least.is_finite() && rule.least >= 0.0) {
            return Err("early_stopping.least: choose 0 or a positive number".to_owned());
        }
        let figure = rule.figure.unwrap_or(self.validation.best);
        self.validation.check_figure("early_stopping.figure", figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RunConfig, TrainError> {
        RunConfig::from_toml(text, Path::new("x.toml"))
    }

    #[test]
    fn an_empty_file_is_the_default_and_what_is_written_reads_back() {
        let config = read("").expect("the default");
        assert_eq!(config, RunConfig::default());
        assert_eq!(read(&config.to_toml().expect("writes")).expect("reads"), config);
    }

    #[test]
    fn early_stopping_is_off_unless_its_section_is_there() {
        assert_eq!(read("").expect("reads").early_stopping, None);
        let config = read("[early_stopping]").expect("reads");
        assert_eq!(config.early_stopping, Some(EarlyStopping::default()));
        assert_eq!(read(&config.to_toml().expect("writes")).expect("reads"), config);
    }

    #[test]
    fn every_preset_can_be_chosen_and_written_out() {
        for preset in Preset::all() {
            let text = format!("[curriculum]\npreset = \"{}\"", preset.name());
            let config = read(&text).expect("a preset");
            assert_eq!(read(&config.to_toml().expect("writes")).expect("reads"), config);
        }
    }

    #[test]
    fn wrong_settings_are_named_with_file_and_way_out() {
        for (text, name) in [
            ("[optimization]\nsteps = 0", "optimization.steps"),
            ("[model]\nheads = 5", "5 heads"),
            ("[curriculum]\npreset = \"slow\"", "slow"),
            ("[optimisation]\nsteps = 3", "optimisation"),
            ("[validation]\nvisible = [50]", "validation.probes"),
            ("[optimization]\nnormalization = \"cells\"", "positions"),
            ("[data]\ntransposition = \"c-minor\"", "c-major"),
            ("[optimization]\nprecision = \"f16\"", "bf16"),
            ("[early_stopping]\npatience = 0", "early_stopping.patience"),
            ("[early_stopping]\nleast = -1.0", "early_stopping.least"),
            ("[early_stopping]\nfigure = \"cells-33 loss\"", "early_stopping.figure"),
            ("[early_stopping]\nfigure = \"cells-0\"", "cells-0 loss"),
        ] {
            let message = read(text).expect_err("wrong").to_string();
            assert!(message.contains("x.toml") && message.contains(name), "{message}");
        }
    }
}
