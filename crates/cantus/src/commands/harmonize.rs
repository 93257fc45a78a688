//! `cantus harmonize`: a melody → a score with chords.

use std::io::Write;

use ::harmonize::{Generation, Guidance, Harmonization, Harmonizer};
use anyhow::{Context, Result, ensure};
use score::formats::Existing;
use score::{LeadSheet, Position, chord};
use serde::Serialize;

use crate::arguments::Harmonize;
use crate::{files, shipped};

/// A bar with its chords, as a program reads it.
#[derive(Serialize)]
struct BarOfChords {
    bar: String,
    /// A chord for every beat on which one begins, with the beat from 1.
    chords: Vec<(f64, String)>,
}

/// Runs the verb.
pub fn run(arguments: &Harmonize) -> Result<()> {
    ensure!(
        (0.0..=10.0).contains(&arguments.temperature),
        "--temperature {}: choose 0 to 10",
        arguments.temperature
    );
    ensure!((1..=1000).contains(&arguments.steps), "--steps {}: choose 1 to 1000", arguments.steps);
    if let Some(weight) = arguments.guidance {
        ensure!((0.0..=10.0).contains(&weight), "--guidance {weight}: choose 0 to 10");
    }
    let format = files::output_format(&arguments.output)?;
    let document = files::read_score(&arguments.melody, &(&arguments.selection).into())?;
    let name = || arguments.melody.display().to_string();
    let song = document.first().with_context(name)?;
    if document.songs().len() > 1 {
        let (number, count) = (song.number.unwrap_or(1), document.songs().len());
        eprintln!("{}: tune {number} of {count} (choose with --tune)", name());
    }
    let reading = song.reading.clone().with_context(name)?;
    files::print_warnings(&arguments.melody, &reading.warnings);
    let device = model::device(&arguments.device)?;
    let harmonizer = Harmonizer::new(shipped::or_from(arguments.model.as_deref(), &device)?);
    let existing = if arguments.keep { Existing::Keep } else { Existing::Replace };
    let generation = Generation {
        steps: arguments.steps,
        candidates: usize::from(arguments.candidates),
        temperature: arguments.temperature,
        seed: arguments.seed,
        guidance: arguments.guidance.map(Guidance::late),
        ..Generation::default()
    };
    let harmonization =
        harmonizer.harmonize(&reading.sheet, existing, &generation).with_context(name)?;
    let bytes = document
        .with_chords(&harmonization.chords, existing, format)
        .with_context(|| arguments.output.display().to_string())?;
    files::write_whole(&arguments.output, &bytes)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let bars = bars(&reading.sheet, &harmonization);
        writeln!(out, "{}", serde_json::to_string_pretty(&bars)?)?;
        return Ok(());
    }
    print(&mut out, &reading.sheet, &harmonization)?;
    Ok(())
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
