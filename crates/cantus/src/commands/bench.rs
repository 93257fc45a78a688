//! `cantus bench`: how fast this machine trains and predicts.

use std::fs;
use std::io::Write;
use std::path::Path;

use ::train::speed::{self, RealBatches, Times, Workload};
use ::train::{Learner, RunConfig};
use anyhow::{Context, Result, anyhow, bail, ensure};
use grid::corpus::Corpus;
use model::{Device, Encoder};
use serde::Serialize;

use crate::arguments::{Bench, Timed};

/// Rows, inner size and columns of the product that says what the processor can do: the
/// feed-forward layer of L.
const PRODUCT: (usize, usize, usize) = (8208, 512, 2048);
/// Times that are not counted.
const WARMING: usize = 3;
/// Batches of a corpus that steps go through.
const REAL_BATCHES: usize = 24;

/// One line of what was timed.
#[derive(Serialize)]
struct Line {
    what: String,
    times: usize,
    median_milliseconds: f64,
    shortest_milliseconds: f64,
    longest_milliseconds: f64,
    /// Billions of useful operations a second, where they are counted.
    gigaflops: Option<f64>,
    /// The most memory that this process has had so far.
    peak_megabytes: Option<u64>,
}

impl Line {
    fn new(what: impl Into<String>, count: usize, times: &Times, operations: f64) -> Self {
        let (median, range) = (times.median(), times.range());
        Self {
            what: what.into(),
            times: count,
            median_milliseconds: median,
            shortest_milliseconds: range.start,
            longest_milliseconds: range.end,
            gigaflops: (operations > 0.0).then(|| operations / median / 1e6),
            peak_megabytes: ::train::speed::peak_memory(),
        }
    }
}

/// Runs the verb.
pub fn run(arguments: &Bench) -> Result<()> {
    let device = model::device(&arguments.device)?;
    let mut config = config(&arguments.workload)?;
    if let Some(dropout) = arguments.dropout {
        config.model.dropout = dropout;
    }
    if let Some(precision) = arguments.precision {
        config.optimization.precision = precision;
    }
    config.model.check()?;
    let count = arguments.times as usize;
    let name = &arguments.workload;
    let lines = match (arguments.what, &arguments.corpus) {
        (Timed::Step, None) => vec![step(name, &config, &device, count)?],
        (Timed::Step, Some(corpus)) => real_steps(name, &config, corpus, &device, count)?,
        (_, Some(_)) => bail!("--corpus: only steps are timed on songs; leave it out"),
        (Timed::Forward, None) => vec![forward(name, &config, &device, count)?],
        (Timed::Kernels, None) => {
            ensure!(
                arguments.device == "cpu",
                "--device {}: kernels are those of the processor; choose cpu",
                arguments.device
            );
            kernels(&config, count)
        }
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &lines)?;
        writeln!(out)?;
        return Ok(());
    }
    writeln!(
        out,
        "{:<48} {:>10} {:>10} {:>10} {:>9} {:>9}",
        "", "median ms", "shortest", "longest", "GFLOP/s", "peak MB"
    )?;
    for line in lines {
        let number = |value: Option<f64>| value.map_or("–".to_owned(), |v| format!("{v:.0}"));
        writeln!(
            out,
            "{:<48} {:>10.2} {:>10.2} {:>10.2} {:>9} {:>9}",
            line.what,
            line.median_milliseconds,
            line.shortest_milliseconds,
            line.longest_milliseconds,
            number(line.gigaflops),
            number(line.peak_megabytes.map(|megabytes| megabytes as f64)),
        )?;
    }
    Ok(())
}

/// The configuration of a workload or of a run's file.
fn config(workload: &str) -> Result<RunConfig> {
    Ok(match workload {
        "Q" => Workload::Quarters.config(),
        "S" => Workload::Sixteenths.config(),
        "L" => Workload::Published.config(),
        path => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("{path}; name Q, S, L or a run's TOML file"))?;
            RunConfig::from_toml(&text, Path::new(path))?
        }
    })
}

fn step(name: &str, config: &RunConfig, device: &Device, count: usize) -> Result<Line> {
    let batch = speed::synthetic_batch(config);
    let operations = speed::useful_operations(&config.model, &batch);
    let mut learner = Learner::new(config, device)?;
    let times = speed::rounds(&mut learner, &[batch], WARMING, count).map_err(|e| anyhow!(e))?;
    Ok(Line::new(format!("training step {name}"), count, &times, operations))
}

/// Rounds of steps on the songs of a corpus, packed, padded, and padded as they come.
fn real_steps(
    name: &str,
    config: &RunConfig,
    corpus: &Path,
    device: &Device,
    count: usize,
) -> Result<Vec<Line>> {
    let opened = Corpus::open(corpus)?;
    let Some(batches) = speed::real_batches(config, &opened, REAL_BATCHES) else {
        bail!("{}: it has no song to train on; prepare one with more songs", corpus.display());
    };
    let RealBatches { packed, padded, mixed } = batches;
    let operations: f64 =
        packed.iter().map(|batch| speed::useful_operations(&config.model, batch)).sum();
    let mut lines = Vec::new();
    for (what, batches) in
        [("packed", packed), ("padded", padded), ("of any length, padded", mixed)]
    {
        let mut learner = Learner::new(config, device)?;
        let times = speed::rounds(&mut learner, &batches, 1, count).map_err(|e| anyhow!(e))?;
        let what = format!("{} steps {name} on songs, {what}", batches.len());
        lines.push(Line::new(what, count, &times, operations));
    }
    Ok(lines)
}

fn forward(name: &str, config: &RunConfig, device: &Device, count: usize) -> Result<Line> {
    let encoder = Encoder::new(&config.model, config.seed, device)?
        .with_precision(config.optimization.precision)?;
    let cells = config.data.window;
    let item = speed::synthetic_item(cells);
    let times = speed::forward_passes(&encoder, &item, WARMING, count);
    let operations = model::speed::operations(&config.model, &[cells], cells);
    Ok(Line::new(format!("forward pass {name}, one piece"), count, &times, operations))
}

fn kernels(config: &RunConfig, count: usize) -> Vec<Line> {
    let (rows, inner, columns) = PRODUCT;
    let precision = config.optimization.precision;
    let mut kernels = vec![
        model::speed::library_product(rows, inner, columns),
        model::speed::product(rows, inner, columns, precision),
    ];
    let (batch, cells) = (config.optimization.batch, config.data.window);
    kernels.extend(model::speed::kernels(&config.model, batch, cells, precision));
    kernels
        .into_iter()
        .map(|mut kernel| {
            let times = Times::of(WARMING, count, || kernel.run());
            Line::new(kernel.name, count, &times, kernel.operations)
        })
        .collect()
}
