//! `cantus measure`: a model beside the baselines, on frozen masks.

use std::collections::BTreeMap;
use std::io::Write;

use ::train::baselines::{KeyChord, MelodyChord};
use ::train::{Data, Figures, SongSet, Validator};
use anyhow::{Result, bail, ensure};
use curriculum::Probe;
use grid::Split;
use grid::corpus::Corpus;
use serde::Serialize;

use crate::arguments::Measure;
use crate::shipped;

/// What was measured, as a program reads it.
#[derive(Serialize)]
struct Report {
    split: &'static str,
    songs: usize,
    parameters: usize,
    model: Vec<Figures>,
    most_frequent_chord_of_the_key: Vec<Figures>,
    chord_by_melody_pitch_classes: Vec<Figures>,
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
    let data = Data { sources: arguments.sources.clone(), ..Data::default() };
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
    let report = Report {
        split: name,
        songs: validator.songs(),
        parameters: encoder.parameters().values.len(),
        model: validator.measure(encoder),
        most_frequent_chord_of_the_key: validator.measure(&KeyChord::count(&training)),
        chord_by_melody_pitch_classes: validator.measure(&MelodyChord::count(&training)),
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
    writeln!(
        out,
        "{} {} songs; accuracy with 95% interval over songs\n",
        report.songs, report.split
    )?;
    writeln!(
        out,
        "| probe | cells | loss | accuracy | root | at chord changes | key's chord | melody table |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    let baselines =
        report.most_frequent_chord_of_the_key.iter().zip(&report.chord_by_melody_pitch_classes);
    for (figures, (key, melody)) in report.model.iter().zip(baselines) {
        let (low, high) = figures.accuracy_interval;
        writeln!(
            out,
            "| {} | {} | {:.3} | {:.3} [{low:.3}, {high:.3}] | {:.3} | {:.3} | {:.3} | {:.3} |",
            figures.probe,
            figures.all.cells,
            figures.all.loss(),
            figures.all.accuracy(),
            figures.all.root_accuracy(),
            figures.all.change_accuracy(),
            key.all.accuracy(),
            melody.all.accuracy(),
        )?;
    }
    writeln!(out, "\n| nothing visible | cells | model | key's chord | melody table |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    let first = |figures: &[Figures]| -> BTreeMap<String, ::train::Measured> {
        figures.first().map(|figures| figures.sources.clone()).unwrap_or_default()
    };
    let key = first(&report.most_frequent_chord_of_the_key);
    let melody = first(&report.chord_by_melody_pitch_classes);
    for (source, measured) in first(&report.model) {
        let accuracy = |table: &BTreeMap<String, ::train::Measured>| {
            table.get(&source).map_or(f64::NAN, ::train::Measured::accuracy)
        };
        writeln!(
            out,
            "| {source} | {} | {:.3} | {:.3} | {:.3} |",
            measured.cells,
            measured.accuracy(),
            accuracy(&key),
            accuracy(&melody),
        )?;
    }
    Ok(())
}
