//! `cantus corpus synth`: songs made by rule → a corpus.

use std::fs;
use std::io::Write;
use std::path::Path;

use ::grid::corpus::{self, Summary};
use ::grid::synth::{Kind, candidates, empty_side};
use anyhow::{Context, Result, bail};
use score::LeadSheet;
use score::formats::{Format, write};
use serde::Serialize;

use crate::arguments::{Corpus, CorpusAction, Synth, SynthKind};
use crate::files;

/// The summary as a program reads it.
#[derive(Serialize)]
struct Report {
    train: usize,
    validation: usize,
    test: usize,
    cells: usize,
    families: usize,
}

/// Runs the verb.
pub fn run(arguments: &Corpus) -> Result<()> {
    match &arguments.action {
        CorpusAction::Synth(arguments) => synth(arguments),
    }
}

fn synth(arguments: &Synth) -> Result<()> {
    let kind = match arguments.kind {
        SynthKind::Determined => Kind::Determined,
        SynthKind::Functional => Kind::Functional,
    };
    if let Some(folder) = &arguments.files {
        make_empty(folder)?;
    }
    let each = |index, sheet: &LeadSheet| -> Result<()> {
        let Some(folder) = &arguments.files else { return Ok(()) };
        let path = folder.join(kind.file_name(index));
        let bytes = write(sheet, Format::MusicXml).with_context(|| path.display().to_string())?;
        files::write_whole(&path, &bytes)
    };
    let resolution = arguments.cells.into();
    let candidates = candidates(kind, arguments.songs, arguments.seed, resolution, each)?;
    if let Some(side) = empty_side(&candidates) {
        bail!(
            "--songs {}: none of so few songs falls on the {} side of the split; make more, 200 \
             or so",
            arguments.songs,
            side.name()
        );
    }
    let Summary { pieces: [train, validation, test], cells, families, .. } =
        corpus::write(&arguments.output, resolution, candidates)?;
    let report = Report { train, validation, test, cells, families };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(());
    }
    writeln!(out, "{} songs, {cells} cells", train + validation + test)?;
    writeln!(out, "training {train}, validation {validation}, test {test}")?;
    writeln!(out, "written to {}", arguments.output.display())?;
    Ok(())
}

/// The folder, which must not hold anything: songs of an earlier call would mix with these.
fn make_empty(folder: &Path) -> Result<()> {
    let name = || folder.display().to_string();
    fs::create_dir_all(folder).with_context(name)?;
    if fs::read_dir(folder).with_context(name)?.next().is_some() {
        bail!("{}: the folder is not empty; name a new one", folder.display());
    }
    Ok(())
}
