//! `cantus measure`: a model beside the baselines, on frozen masks.

use std::collections::BTreeMap;
use std::io::Write;

use ::train::baselines::{HiddenMarkov, HoldLeft, KeyChord, MelodyChord};
use ::train::reliance::{Reliance, WithInterval};
use ::train::{Data, Figures, Measured, SongSet, Transposition, Validator};
use anyhow::{Result, bail, ensure};
use curriculum::Probe;
use grid::corpus::Corpus;
use grid::{Keys, Split};
use serde::Serialize;

use crate::arguments::Measure;
use crate::shipped;

/// What was measured, as a program reads it.
#[derive(Serialize)]
struct Report {
    split: &'static str,
    songs: usize,
    /// The keys the songs are asked in: those the model was trained in.
    keys: Keys,
    parameters: usize,
    model: Vec<Figures>,
    most_frequent_chord_of_the_key: Vec<Figures>,
    chord_by_melody_pitch_classes: Vec<Figures>,
    hold_the_chord_to_the_left: Vec<Figures>,
    hidden_markov_model: Vec<Figures>,
    reliance_with_half_of_the_cells_visible: Option<Reliance>,
}

impl Report {
    /// The baselines under the heads of their columns.
    fn baselines(&self) -> [(&'static str, &[Figures]); 4] {
        [
            ("key's chord", &self.most_frequent_chord_of_the_key),
            ("melody table", &self.chord_by_melody_pitch_classes),
            ("hold left", &self.hold_the_chord_to_the_left),
            ("HMM", &self.hidden_markov_model),
        ]
    }
}

/// Runs the verb.
pub fn run(arguments: &Measure) -> Result<()> {
    let device = model::device(&arguments.device)?;
    let corpus = Corpus::open(&arguments.corpus)?;
    let predictor = shipped::or_from(arguments.model.as_deref(), &device)?;
    let encoder = predictor.encoder();
    if let Some(longest) = encoder.config().longest_item() {
        let window = arguments.window;
        ensure!(
            window <= longest,
            "--window {window}: the model reads at most {longest} cells; choose --window {longest}"
        );
    }
    let transposition = match predictor.keys() {
        Keys::Own => Transposition::None,
        Keys::CMajor => Transposition::CMajor,
    };
    let data = Data { sources: arguments.sources.clone(), transposition, ..Data::default() };
    let split = Split::from(arguments.split);
    let name = split.name();
    let training = SongSet::new(&corpus, Split::Train, &data);
    let asked = SongSet::new(&corpus, split, &data);
    if asked.songs.is_empty() {
        bail!(
            "{}: it has no {name} songs of these sets; prepare one with more files",
            arguments.corpus.display()
        );
    }
    let validator =
        Validator::new(&asked, &Probe::ALL, arguments.window, arguments.mask_seed, None);
    let questions = validator.asked(Probe::Cells(50));
    let report = Report {
        split: name,
        songs: validator.songs(),
        keys: predictor.keys(),
        parameters: encoder.layout().len(),
        model: validator.measure(encoder),
        most_frequent_chord_of_the_key: validator.measure(&KeyChord::count(&training)),
        chord_by_melody_pitch_classes: validator.measure(&MelodyChord::count(&training)),
        hold_the_chord_to_the_left: validator.measure(&HoldLeft::count(&training)),
        hidden_markov_model: validator.measure(&HiddenMarkov::count(&training)),
        reliance_with_half_of_the_cells_visible: Reliance::measure(
            encoder,
            questions,
            arguments.mask_seed,
        ),
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(());
    }
    print(&mut out, &report)?;
    Ok(())
}

fn print(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let baselines = report.baselines();
    let heads: String = baselines.iter().map(|(head, _)| format!(" {head} |")).collect();
    let rules = "---|".repeat(baselines.len());
    let keys = match report.keys {
        Keys::Own => "",
        Keys::CMajor => " in C major or A minor, as the model was trained",
    };
    writeln!(
        out,
        "{} {} songs{keys}; accuracy with 95% interval over songs\n",
        report.songs, report.split
    )?;
    writeln!(out, "| probe | cells | loss | accuracy | root | at chord changes |{heads}")?;
    writeln!(out, "|---|---|---|---|---|---|{rules}")?;
    for (index, figures) in report.model.iter().enumerate() {
        let (low, high) = figures.accuracy_interval;
        write!(
            out,
            "| {} | {} | {:.3} | {:.3} [{low:.3}, {high:.3}] | {:.3} | {:.3} |",
            figures.probe,
            figures.all.cells,
            figures.all.loss(),
            figures.all.accuracy(),
            figures.all.root_accuracy(),
            figures.all.change_accuracy(),
        )?;
        row(out, baselines.map(|(_, figures)| figures.get(index).map(|f| f.all.accuracy())))?;
    }
    writeln!(out, "\n| loss | model |{heads}")?;
    writeln!(out, "|---|---|{rules}")?;
    for (index, figures) in report.model.iter().enumerate() {
        write!(out, "| {} | {:.3} |", figures.probe, figures.all.loss())?;
        row(out, baselines.map(|(_, figures)| figures.get(index).map(|f| f.all.loss())))?;
    }
    writeln!(out, "\n| nothing visible | cells | model |{heads}")?;
    writeln!(out, "|---|---|---|{rules}")?;
    let first = |figures: &[Figures]| -> BTreeMap<String, Measured> {
        figures.first().map(|figures| figures.sources.clone()).unwrap_or_default()
    };
    let tables = baselines.map(|(_, figures)| first(figures));
    for (source, measured) in first(&report.model) {
        write!(out, "| {source} | {} | {:.3} |", measured.cells, measured.accuracy())?;
        row(out, tables.each_ref().map(|table| table.get(&source).map(Measured::accuracy)))?;
    }
    if let Some(reliance) = &report.reliance_with_half_of_the_cells_visible {
        print_reliance(out, reliance)?;
    }
    Ok(())
}

fn print_reliance(out: &mut impl Write, reliance: &Reliance) -> std::io::Result<()> {
    let shown = |figure: &WithInterval| {
        let (low, high) = figure.interval;
        format!("{:.3} [{low:.3}, {high:.3}]", figure.value)
    };
    writeln!(out, "\n| half of the cells visible | nats, or share |")?;
    writeln!(out, "|---|---|")?;
    writeln!(out, "| loss | {} |", shown(&reliance.loss))?;
    writeln!(out, "| ΔL_mel: more with another song's melody | {} |", shown(&reliance.melody))?;
    writeln!(out, "| ΔL_ctx: more without visible harmony | {} |", shown(&reliance.context))?;
    if let Some(share) = &reliance.reliance {
        writeln!(out, "| reliance on the melody | {} |", shown(share))?;
    }
    Ok(())
}

/// The figures of the baselines, to the end of the line.
fn row(out: &mut impl Write, figures: [Option<f64>; 4]) -> std::io::Result<()> {
    for figure in figures {
        write!(out, " {:.3} |", figure.unwrap_or(f64::NAN))?;
    }
    writeln!(out)
}
