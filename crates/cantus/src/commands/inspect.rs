//! `cantus inspect`: what a score holds.

use std::io::Write;

use anyhow::{Context, Result};
use score::formats::Song;
use score::key_finding::find_key;
use score::{LeadSheet, Position, chord};
use serde::Serialize;

use crate::arguments::Inspect;
use crate::files;

/// What a song holds, as a program reads it.
#[derive(Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    tune: Option<u32>,
    title: Option<String>,
    composer: Option<String>,
    rights: Option<String>,
    key_written: Option<String>,
    key_found: Option<KeyFound>,
    meters: Vec<(String, String)>,
    bars: usize,
    pickup: bool,
    notes: usize,
    range: Option<(String, String)>,
    chords: Vec<PlacedChord>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct KeyFound {
    key: String,
    correlation: f64,
    margin: f64,
    runner_up: String,
}

#[derive(Serialize)]
struct PlacedChord {
    bar: String,
    /// The written beat in the bar, from 1.
    beat: f64,
    chord: String,
}

/// Runs the verb.
pub fn run(arguments: &Inspect) -> Result<()> {
    let document = files::read_score(&arguments.file, &(&arguments.selection).into())?;
    let name = || arguments.file.display().to_string();
    document.first().with_context(name)?;
    let mut out = std::io::stdout().lock();
    let reports: Vec<Result<Report>> = document.songs().iter().map(report).collect();
    if arguments.json {
        let readable: Vec<&Report> =
            reports.iter().filter_map(|report| report.as_ref().ok()).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&readable)?)?;
    } else {
        writeln!(out, "{}: {}", name(), document.format().name())?;
    }
    for report in &reports {
        match report {
            Err(error) => eprintln!("warning: {}: {error:#}", name()),
            Ok(report) if !arguments.json => print(&mut out, report)?,
            Ok(_) => {}
        }
    }
    Ok(())
}

fn report(song: &Song) -> Result<Report> {
    let reading = song.reading.clone().with_context(|| match song.number {
        Some(number) => format!("tune {number}"),
        None => "the song".to_owned(),
    })?;
    let sheet = reading.sheet;
    let pitch = |by: fn(i32, i32) -> bool| {
        let extreme = sheet
            .notes
            .iter()
            .reduce(|a, b| if by(b.pitch.midi(), a.pitch.midi()) { b } else { a });
        extreme.map(|note| note.pitch.to_string())
    };
    Ok(Report {
        tune: song.number,
        title: sheet.title.clone(),
        composer: sheet.composer.clone(),
        rights: sheet.rights.clone(),
        key_written: sheet.key_at(Position::ZERO).map(|key| key.to_string()),
        key_found: find_key(&sheet).map(|found| KeyFound {
            key: found.key.to_string(),
            correlation: found.correlation,
            margin: found.margin,
            runner_up: found.runner_up.to_string(),
        }),
        meters: sheet
            .meters
            .iter()
            .map(|meter| (place(&sheet, meter.at).0, meter.value.to_string()))
            .collect(),
        bars: sheet.bars.len(),
        pickup: sheet.has_pickup(),
        notes: sheet.notes.len(),
        range: pitch(|a, b| a < b).zip(pitch(|a, b| a > b)),
        chords: sheet
            .chords
            .iter()
            .map(|event| {
                let (bar, beat) = place(&sheet, event.onset);
                PlacedChord { bar, beat, chord: chord::text::format(&event.symbol) }
            })
            .collect(),
        warnings: reading.warnings.iter().map(ToString::to_string).collect(),
    })
}

/// The number of the bar that holds `at`, and the written beat in it from 1.
fn place(sheet: &LeadSheet, at: Position) -> (String, f64) {
    let after = sheet.bars.partition_point(|bar| bar.start <= at);
    let Some(bar) = after.checked_sub(1).and_then(|index| sheet.bars.get(index)) else {
        return (String::new(), 1.0);
    };
    let beat = sheet.meter_at(bar.start).beat();
    let offset = at.since(bar.start).map_or(0.0, |offset| offset.ratio(beat));
    (bar.number.clone(), 1.0 + offset)
}

fn print(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    writeln!(out)?;
    if let Some(tune) = report.tune {
        writeln!(out, "tune      {tune}")?;
    }
    writeln!(out, "title     {}", or_none(&report.title))?;
    writeln!(out, "composer  {}", or_none(&report.composer))?;
    writeln!(out, "rights    {}", or_none(&report.rights))?;
    writeln!(out, "key       {} as written", or_none(&report.key_written))?;
    if let Some(found) = &report.key_found {
        let KeyFound { key, correlation, margin, runner_up } = found;
        writeln!(
            out,
            "          {key} by its notes (correlation {correlation:.2}, {margin:.2} before {runner_up})",
        )?;
    }
    let meters: Vec<_> =
        report.meters.iter().map(|(bar, meter)| format!("{meter} from bar {bar}")).collect();
    writeln!(out, "metre     {}", meters.join(", "))?;
    let pickup = if report.pickup { ", the first a pickup" } else { "" };
    writeln!(out, "bars      {}{pickup}", report.bars)?;
    let range =
        report.range.as_ref().map_or_else(String::new, |(low, high)| format!(", {low} to {high}"));
    writeln!(out, "melody    {} notes{range}", report.notes)?;
    writeln!(out, "chords    {}", report.chords.len())?;
    for chord in &report.chords {
        writeln!(out, "  bar {:>4}  beat {:<5} {}", chord.bar, chord.beat, chord.chord)?;
    }
    for warning in &report.warnings {
        writeln!(out, "warning   {warning}")?;
    }
    Ok(())
}
