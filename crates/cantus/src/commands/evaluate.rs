//! `cantus evaluate`: harmonizations beside what people wrote.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use ::evaluate::export::Format;
use ::evaluate::{Convention, Pair, Piece, Report, Settings, TrainingProgressions};
use anyhow::{Result, bail};

use crate::arguments::{Compatibility, Evaluate};
use crate::{constraints, harmonizations};

/// Runs the verb.
pub fn run(arguments: &Evaluate) -> Result<()> {
    let generated = harmonizations::read(&arguments.generated)?;
    let reference = harmonizations::read(&arguments.reference)?;
    let mut pairs = pairs(generated, reference, arguments.skip_unpaired)?;
    if let Some(path) = &arguments.constraints {
        let mut constraints = constraints::read(path)?;
        for pair in &mut pairs {
            pair.constraints = constraints.remove(&pair.name).unwrap_or_default();
        }
        if let Some(name) = constraints.keys().next() {
            bail!(
                "{}: no pair of pieces is called {name}; name it as the report does",
                path.display()
            );
        }
    }
    let training = training(&arguments.training)?;
    let convention = match arguments.compat {
        None => Convention::Exact,
        Some(Compatibility::Reference) => Convention::Reference,
        Some(Compatibility::Yeh) => Convention::Yeh,
    };
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

/// The pieces of one name on both sides; what has no partner is an error, or left out if asked.
fn pairs(
    generated: BTreeMap<String, Piece>,
    mut reference: BTreeMap<String, Piece>,
    skip_unpaired: bool,
) -> Result<Vec<Pair>> {
    let (mut pairs, mut alone) = (Vec::new(), Vec::new());
    for (name, generated) in generated {
        match reference.remove(&name) {
            Some(reference) => {
                pairs.push(Pair { name, generated, reference, constraints: Vec::new() });
            }
            None => alone.push(name),
        }
    }
    let others: Vec<String> = reference.into_keys().collect();
    let sides = [("generated", "reference", alone), ("reference", "generated", others)];
    for (side, other, names) in &sides {
        if names.is_empty() {
            continue;
        }
        let message =
            format!("{} {side} without a {other} of its name: {}", count(names), few(names));
        if !skip_unpaired {
            bail!("{message}; name both sides alike, or leave them out with --skip-unpaired");
        }
        eprintln!("warning: {message}; left out");
    }
    if pairs.is_empty() {
        bail!("no piece of the one side has the name of one of the other; name them alike");
    }
    Ok(pairs)
}

fn count(names: &[String]) -> String {
    match names.len() {
        1 => "1 piece".to_owned(),
        count => format!("{count} pieces"),
    }
}

/// The first few names.
fn few(names: &[String]) -> String {
    const MOST: usize = 5;
    let shown = names[..names.len().min(MOST)].join(", ");
    if names.len() > MOST { format!("{shown}, …") } else { shown }
}

/// An index of the progressions of a training corpus, if one is named.
fn training(paths: &[PathBuf]) -> Result<Option<TrainingProgressions>> {
    if paths.is_empty() {
        return Ok(None);
    }
    let pieces = harmonizations::read(paths)?;
    Ok(Some(TrainingProgressions::new(pieces.values().map(|piece| &piece.harmonization))))
}
