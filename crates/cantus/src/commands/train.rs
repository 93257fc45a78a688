//! `cantus train`: a corpus → a run directory with a model.

use std::fs;
use std::io::Write;

use ::train::{EarlyStop, RunConfig, train};
use anyhow::{Context, Result};
use grid::corpus::Corpus;

use crate::arguments::Train;
use crate::progress::TrainingProgress;

/// Runs the verb.
pub fn run(arguments: &Train) -> Result<()> {
    let path = &arguments.config;
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut config = RunConfig::from_toml(&text, path)?;
    if let Some(seed) = arguments.seed {
        config.seed = seed;
    }
    let device = model::device(&arguments.device)?;
    let corpus = Corpus::open(&arguments.corpus)?;
    let mut progress = TrainingProgress::new(config.optimization.steps);
    let result = train(&config, &corpus, &arguments.out, arguments.resume, &device, &mut progress);
    progress.finish();
    let outcome = result?;
    let mut out = std::io::stdout().lock();
    if let Some(EarlyStop { step, figure, best, best_step }) = outcome.early_stop {
        writeln!(
            out,
            "stopped early at step {step} of {}: {figure} was best at step {best_step}, {best:.3}",
            config.optimization.steps,
        )?;
    }
    writeln!(
        out,
        "best {}: {:.3}, at step {}; the model is in {}",
        outcome.figure,
        outcome.best.0,
        outcome.best.1,
        arguments.out.join("model").display(),
    )?;
    Ok(())
}
