//! `cantus harmonize`: a melody → a score with chords.

use std::io::Write;
use std::path::{Path, PathBuf};

use ::harmonize::{Generation, Guidance, Harmonization, Harmonizer};
use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use score::formats::{Document, Existing, Format};
use score::{LeadSheet, Position, Reading, chord};
use serde::Serialize;

use crate::arguments::Harmonize;
use crate::{files, in_one_line, progress, shipped};

/// A bar with its chords, as a program reads it.
#[derive(Serialize)]
struct BarOfChords {
    bar: String,
    /// A chord for every beat on which one begins, with the beat from 1.
    chords: Vec<(f64, String)>,
}

/// A melody of several with its chords, as a program reads it.
#[derive(Serialize)]
struct Harmonized {
    melody: PathBuf,
    output: PathBuf,
    bars: Vec<BarOfChords>,
}

/// Runs the verb.
pub fn run(arguments: &Harmonize) -> Result<()> {
    let generation = generation(arguments)?;
    let outputs = outputs(&arguments.melodies, &arguments.output)?;
    let device = model::device(&arguments.device)?;
    // Nothing of a model is needed where no melody can be read.
    let one = match (arguments.melodies.as_slice(), outputs.as_slice()) {
        ([melody], [output]) if *output == arguments.output => {
            Some((output, Melody::read(melody, arguments)?))
        }
        _ => None,
    };
    let harmonizer = Harmonizer::new(shipped::or_from(arguments.model.as_deref(), &device)?);
    let Some((output, melody)) = one else {
        return all(arguments, &harmonizer, &generation, &outputs);
    };
    let harmonization = melody.harmonize(&harmonizer, &generation, arguments, output)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let bars = bars(&melody.reading.sheet, &harmonization);
        writeln!(out, "{}", serde_json::to_string_pretty(&bars)?)?;
        return Ok(());
    }
    print(&mut out, &melody.reading.sheet, &harmonization)?;
    Ok(())
}

fn generation(arguments: &Harmonize) -> Result<Generation> {
    ensure!(
        (0.0..=10.0).contains(&arguments.temperature),
        "--temperature {}: choose 0 to 10",
        arguments.temperature
    );
    ensure!((1..=1000).contains(&arguments.steps), "--steps {}: choose 1 to 1000", arguments.steps);
    if let Some(weight) = arguments.guidance {
        ensure!((0.0..=10.0).contains(&weight), "--guidance {weight}: choose 0 to 10");
    }
    Ok(Generation {
        steps: arguments.steps,
        candidates: usize::from(arguments.candidates),
        temperature: arguments.temperature,
        seed: arguments.seed,
        guidance: arguments.guidance.map(Guidance::late),
        ..Generation::default()
    })
}

/// Where each melody goes: one to the file that is named, several or one into the folder that is
/// named, each under its own name and in its own format, or as MusicXML if that cannot be written.
fn outputs(melodies: &[PathBuf], output: &Path) -> Result<Vec<PathBuf>> {
    if melodies.len() == 1 && !output.is_dir() {
        files::output_format(output)?;
        return Ok(vec![output.to_owned()]);
    }
    ensure!(
        output.is_dir(),
        "{}: several melodies go into a folder; make it, or name another",
        output.display()
    );
    let mut outputs = Vec::with_capacity(melodies.len());
    for melody in melodies {
        let name = melody.file_name().with_context(|| melody.display().to_string())?;
        let mut path = output.join(name);
        if Format::from_extension(&path).is_none() {
            path.set_extension("musicxml");
        }
        ensure!(
            !outputs.contains(&path),
            "{}: two melodies would go into this file; name them differently",
            path.display()
        );
        ensure!(
            path.canonicalize().ok() != melody.canonicalize().ok() || !path.exists(),
            "{}: the melody itself would be overwritten; name another folder",
            path.display()
        );
        outputs.push(path);
    }
    Ok(outputs)
}

/// Harmonizes several melodies side by side. What cannot be harmonized is told and left out.
fn all(
    arguments: &Harmonize,
    harmonizer: &Harmonizer,
    generation: &Generation,
    outputs: &[PathBuf],
) -> Result<()> {
    let count = outputs.len();
    let bar = progress::bar(count as u64, "{bar:24} {pos}/{len} melodies  {eta}");
    let found: Vec<Option<Harmonized>> = arguments
        .melodies
        .par_iter()
        .zip(outputs)
        .map(|(path, output)| {
            let done = Melody::read(path, arguments).and_then(|melody| {
                let found = melody.harmonize(harmonizer, generation, arguments, output)?;
                Ok(bars(&melody.reading.sheet, &found))
            });
            bar.inc(1);
            match done {
                Ok(bars) => Some(Harmonized { melody: path.clone(), output: output.clone(), bars }),
                Err(error) => {
                    bar.suspend(|| eprintln!("cantus: {}", in_one_line(&error)));
                    None
                }
            }
        })
        .collect();
    bar.finish_and_clear();
    let done: Vec<&Harmonized> = found.iter().flatten().collect();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&done)?)?;
    } else {
        for harmonized in &done {
            writeln!(out, "{}", harmonized.output.display())?;
        }
    }
    let refused = count - done.len();
    ensure!(refused == 0, "{refused} of {count} melodies were not harmonized");
    Ok(())
}

/// A melody that was read, with the document it stands in.
struct Melody {
    path: PathBuf,
    document: Document,
    reading: Reading,
}

impl Melody {
    fn read(path: &Path, arguments: &Harmonize) -> Result<Self> {
        let name = || path.display().to_string();
        let document = files::read_score(path, &(&arguments.selection).into())?;
        let song = document.first().with_context(name)?;
        if document.songs().len() > 1 {
            let (number, count) = (song.number.unwrap_or(1), document.songs().len());
            eprintln!("{}: tune {number} of {count} (choose with --tune)", name());
        }
        let reading = song.reading.clone().with_context(name)?;
        files::print_warnings(path, &reading.warnings);
        Ok(Self { path: path.to_owned(), document, reading })
    }

    /// Writes chords under it, into a file.
    fn harmonize(
        &self,
        harmonizer: &Harmonizer,
        generation: &Generation,
        arguments: &Harmonize,
        output: &Path,
    ) -> Result<Harmonization> {
        let existing = if arguments.keep { Existing::Keep } else { Existing::Replace };
        let found = harmonizer
            .harmonize(&self.reading.sheet, existing, generation)
            .with_context(|| self.path.display().to_string())?;
        let bytes = self
            .document
            .with_chords(&found.chords, existing, files::output_format(output)?)
            .with_context(|| output.display().to_string())?;
        files::write_whole(output, &bytes)?;
        Ok(found)
    }
}

/// The chords of each bar.
fn bars(sheet: &LeadSheet, harmonization: &Harmonization) -> Vec<BarOfChords> {
    let bar = |bar: &score::Bar| {
        let beat = sheet.meter_at(bar.start).beat();
        let inside = harmonization
            .chords
            .iter()
            .filter(|chord| chord.onset >= bar.start && chord.onset < bar.end());
        let placed = inside.map(|event| {
            let offset = event.onset.since(bar.start).map_or(0.0, |offset| offset.ratio(beat));
            (1.0 + offset, chord::text::format(&event.symbol))
        });
        BarOfChords { bar: bar.number.clone(), chords: placed.collect() }
    };
    sheet.bars.iter().map(bar).collect()
}

/// Bars in a printed line.
const BARS_IN_LINE: usize = 4;

/// Prints a column for each cell, a dot where the chord before goes on.
fn print(
    out: &mut impl Write,
    sheet: &LeadSheet,
    harmonization: &Harmonization,
) -> std::io::Result<()> {
    let title = sheet.title.as_deref().unwrap_or("untitled");
    let key = ::harmonize::tonic(sheet).map_or_else(String::new, |key| format!(", {key}"));
    writeln!(out, "{title}{key}, {}\n", sheet.meter_at(Position::ZERO))?;
    for line in sheet.bars.chunks(BARS_IN_LINE) {
        let number = line.first().map_or("", |bar| bar.number.as_str());
        write!(out, "{number:>4} |")?;
        for bar in line {
            let spans = &harmonization.spans;
            for span in
                spans.iter().filter(|span| span.start >= bar.start && span.start < bar.end())
            {
                let begins = harmonization.chords.iter().find(|chord| chord.onset == span.start);
                let text =
                    begins.map_or(".".to_owned(), |event| chord::text::format(&event.symbol));
                write!(out, " {text:<3}")?;
            }
            write!(out, " |")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
