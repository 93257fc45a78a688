//! What a run is made of.

use std::path::Path;

use curriculum::{Curriculum, Preset};
use model::EncoderConfig;
use serde::{Deserialize, Serialize};

use crate::{LearningRate, TrainError};

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
    /// Into which keys items are transposed.
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

/// Into which keys training items are transposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transposition {
    /// They stay as they are.
    None,
    /// Any of the twelve, drawn anew for each item: the largest lever known.
    AllKeys,
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

/// When and how the model is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Validation {
    /// Steps between two validations, each with a checkpoint.
    pub every: u64,
    /// Shares of visible cells at which it is measured, in percent.
    pub visible: Vec<u8>,
    /// Seed of the frozen masks.
    pub mask_seed: u64,
    /// Training pieces measured the same way, to tell learning from memorising; as many as
    /// validation pieces if there are so many.
    pub training_pieces: bool,
    /// Checkpoints kept, the newest. (The weights of the lowest loss at zero visible are exported
    /// as the run's model.)
    pub keep: usize,
}

impl Default for Validation {
    fn default() -> Self {
        Self {
            every: 250,
            visible: vec![0, 25, 50, 75],
            mask_seed: 20_260_101,
            training_pieces: true,
            keep: 2,
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
                optimization.learning_rate.peak > 0.0
                    && optimization.learning_rate.peak.is_finite(),
                "optimization.learning_rate.peak: choose a positive number",
            ),
            (self.validation.every > 0, "validation.every: choose at least 1 step"),
            (
                self.validation.visible.contains(&0),
                "validation.visible: must contain 0, the honest headline",
            ),
            (self.validation.keep > 0, "validation.keep: choose at least 1"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, message)) => Err(message.to_owned()),
            None => Ok(()),
        }
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
            ("[validation]\nvisible = [50]", "validation.visible"),
        ] {
            let message = read(text).expect_err("wrong").to_string();
            assert!(message.contains("x.toml") && message.contains(name), "{message}");
        }
    }
}
