//! `cantus evaluate`: harmonizations beside what people wrote.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ::evaluate::export::Format;
use ::evaluate::reference::Performance;
use ::evaluate::{Convention, Harmonization, Pair, Piece, Report, Settings, TrainingProgressions};
use anyhow::{Context, Result, bail};
use score::formats::{Format as ScoreFormat, ReadOptions};

use crate::arguments::{Compatibility, Evaluate};
use crate::files;

/// Runs the verb.
pub fn run(arguments: &Evaluate) -> Result<()> {
    let generated = by_name(&scores(&arguments.generated)?)?;
    let mut reference = by_name(&scores(&arguments.reference)?)?;
    let mut pairs = Vec::new();
    for (name, path) in &generated {
        let Some(other) = reference.remove(name) else {
            eprintln!("warning: {}: no reference is called {name}; left out", path.display());
            continue;
        };
        pairs.push(Pair {
            name: name.clone(),
            generated: piece(path)?,
            reference: piece(&other)?,
            constraints: Vec::new(),
        });
    }
    for path in reference.values() {
        eprintln!("warning: {}: nothing generated has its name; left out", path.display());
    }
    if pairs.is_empty() {
        bail!("no file of the one side has the name of one of the other; name them alike");
    }
    let convention = match arguments.compat {
        None => Convention::Exact,
        Some(Compatibility::Reference) => Convention::Reference,
        Some(Compatibility::Yeh) => Convention::Yeh,
    };
    let training = training(&arguments.training)?;
    let settings = Settings { convention, ..Settings::default() };
    let report = Report::new(&pairs, settings, training.as_ref())?;
    let format = match (arguments.json, arguments.csv, arguments.latex) {
        (true, _, _) => Format::Json,
        (_, true, _) => Format::Csv,
        (_, _, true) => Format::Latex,
        _ => Format::Table,
    };
    write!(std::io::stdout().lock(), "{}", format.write(&report)?)?;
    Ok(())
}

/// The scores among files and in folders (not within folders of those), sorted.
fn scores(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut scores = Vec::new();
    for path in paths {
        if !path.is_dir() {
            scores.push(path.clone());
            continue;
        }
        for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
            let file = entry.with_context(|| path.display().to_string())?.path();
            if file.is_file() && ScoreFormat::from_extension(&file).is_some() {
                scores.push(file);
            }
        }
    }
    scores.sort();
    Ok(scores)
}

/// Files by their name without extension.
fn by_name(paths: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>> {
    let mut names = BTreeMap::new();
    for path in paths {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
        let name = name.with_context(|| format!("{}: it has no name", path.display()))?;
        if let Some(other) = names.insert(name.clone(), path.clone()) {
            let (path, other) = (path.display(), other.display());
            bail!("{path} and {other} are both called {name}; give each side one file of a name");
        }
    }
    Ok(names)
}

/// A score as the measures look at it; a MIDI file also as the reference code reads it.
fn piece(path: &Path) -> Result<Piece> {
    let name = || path.display().to_string();
    let document = files::read_score(path, &ReadOptions::default())?;
    let reading = document.first().with_context(name)?.reading.clone().with_context(name)?;
    let harmonization = Harmonization::from(&reading.sheet.unfolded());
    let performance = match document.format() {
        // Two instruments are asked for; a file without is measured by what was read of it.
        ScoreFormat::Midi => Performance::read(document.bytes()).ok(),
        _ => None,
    };
    Ok(Piece { harmonization, performance })
}

/// An index of the progressions of a training corpus, if one is named.
fn training(folders: &[PathBuf]) -> Result<Option<TrainingProgressions>> {
    if folders.is_empty() {
        return Ok(None);
    }
    let mut pieces = Vec::new();
    for path in scores(folders)? {
        for song in files::read_score(&path, &ReadOptions::default())?.songs() {
            if let Ok(reading) = &song.reading {
                pieces.push(Harmonization::from(&reading.sheet.unfolded()));
            }
        }
    }
    Ok(Some(TrainingProgressions::new(&pieces)))
}
