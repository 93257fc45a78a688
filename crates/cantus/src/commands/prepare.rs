//! `cantus prepare`: folders of lead sheets → a corpus.

use std::io::Write;

use anyhow::Result;
use grid::Resolution;
use grid::corpus::{self, Summary};
use serde::Serialize;

use crate::arguments::Prepare;
use crate::{corpus_sources, progress};

/// The summary as a program reads it.
#[derive(Serialize)]
struct Report {
    train: usize,
    validation: usize,
    test: usize,
    cells: usize,
    families: usize,
    refused: usize,
    reasons: std::collections::BTreeMap<String, usize>,
}

/// Runs the verb.
pub fn run(arguments: &Prepare) -> Result<()> {
    let sources = corpus_sources::sources(arguments)?;
    let resolution = Resolution::from(arguments.cells);
    let bar = progress::bar(0, "{bar:24} {pos}/{len} files  {elapsed}");
    let candidates = corpus::prepare(&sources, resolution, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let reasons = corpus::reasons(&candidates);
    let Summary { pieces: [train, validation, test], cells, refused, families } =
        corpus::write(&arguments.output, resolution, candidates)?;
    let report = Report { train, validation, test, cells, families, refused, reasons };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(());
    }
    writeln!(out, "{} pieces of {families} songs, {cells} cells", train + validation + test)?;
    writeln!(out, "training {train}, validation {validation}, test {test}")?;
    if refused > 0 {
        writeln!(out, "{refused} refused:")?;
        for (reason, count) in &report.reasons {
            writeln!(out, "{count:>6}  {reason}")?;
        }
    }
    writeln!(
        out,
        "written to {}; each file is accounted for in manifest.jsonl",
        arguments.output.display()
    )?;
    Ok(())
}
