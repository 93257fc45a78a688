//! What needs a run's model: looking at it on the corpus it was trained on.

use std::path::Path;

use ::diagnose::examination::forgetting::untrained;
use ::diagnose::examination::{Options, Progress, examine};
use ::diagnose::{Baseline, Run};
use anyhow::{Result, bail};
use grid::Split;
use grid::corpus::Corpus;
use indicatif::ProgressBar;
use model::{Device, Predictor};
use train::baselines::{HiddenMarkov, HoldLeft, KeyChord, MelodyChord};
use train::{Answerer, RunConfig, SongSet, Validator};

use crate::progress::bar;

/// The corpus that the runs were trained on, open, with what else it takes to look at a model.
pub struct Laboratory {
    corpus: Corpus,
    device: Device,
    pieces: usize,
}

impl Laboratory {
    /// Opens the corpus at `path`; models will be looked at on `pieces` validation pieces.
    ///
    /// # Errors
    /// If there is no such corpus or device.
    pub fn open(path: &Path, pieces: usize, device: &str) -> Result<Self> {
        Ok(Self { corpus: Corpus::open(path)?, device: model::device(device)?, pieces })
    }

    /// Looks at the model of the run in `folder`: fills in its examination, baselines and
    /// untrained figures. Says why, where there is no model to look at.
    ///
    /// # Errors
    /// If the run was trained on another corpus, or its model or configuration cannot be read.
    pub fn look(&self, run: &mut Run, folder: &Path) -> Result<Option<String>> {
        let here = &self.corpus.header().sha256;
        if let Some(trained) = run.settings.corpus().filter(|trained| trained != here) {
            bail!(
                "{}: it was trained on another corpus (its cells have the SHA-256 {}…, those of \
                 this one {}…); give its own as --corpus, or leave --corpus away",
                folder.display(),
                short(trained),
                short(here),
            );
        }
        let config = match run.settings.with(&[]) {
            Ok(config) => config,
            Err(problem) => bail!("{}: {problem}", folder.join("config.toml").display()),
        };
        let model = folder.join("model");
        if !model.exists() {
            return Ok(Some("the run has not exported a model yet.".to_owned()));
        }
        let predictor = Predictor::load(&model, &self.device)?;
        let options = Options {
            pieces: self.pieces,
            data: config.data.clone(),
            mask_seed: config.validation.mask_seed,
            ..Options::default()
        };
        let progress = bar(0, "{bar:24} {pos}/{len} windows  {msg}  {elapsed} elapsed, {eta} left");
        let examination =
            examine(&predictor, &self.corpus, &options, &mut |step| show(&progress, step));
        progress.finish_and_clear();
        run.examination = Some(examination?);
        run.baselines = self.baselines(run, &config);
        let probes = &config.validation.probes;
        run.untrained = Some(untrained(&config, &self.corpus, probes, &self.device)?);
        Ok(None)
    }

    /// The baselines on the very cells that the run's validation asked.
    fn baselines(&self, run: &Run, config: &RunConfig) -> Vec<Baseline> {
        let training = SongSet::new(&self.corpus, Split::Train, &config.data);
        let asked = SongSet::new(&self.corpus, Split::Validation, &config.data);
        let validation = &config.validation;
        let validator = Validator::new(
            &asked,
            &validation.probes,
            config.data.window,
            validation.mask_seed,
            validation.most(),
        );
        let measured = |name: &str, answerer: &dyn Answerer| {
            Baseline::beside(name, &validator.measure_songs(answerer), run)
        };
        vec![
            measured("the key's most frequent chord", &KeyChord::count(&training)),
            measured("the melody's table of chords", &MelodyChord::count(&training)),
            measured("holding the chord to the left", &HoldLeft::count(&training)),
            measured("a hidden Markov model", &HiddenMarkov::count(&training)),
        ]
    }
}

fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total as u64);
    bar.set_position(progress.done as u64);
    bar.set_message(progress.what);
}
