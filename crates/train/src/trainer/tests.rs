mod faults;
mod keys;
mod normalizations;
mod stopping;

use std::path::PathBuf;

use curriculum::{Preset, Probe, Progress};
use grid::MelodyHash;
use grid::corpus::{Candidate, PieceKey, write};

use super::*;
use crate::observer::Silent;
use crate::songs::tests::cells;
use crate::{EpochPlan, MaskedItem, Optimization, Validation};

mod variants;

/// A corpus of songs whose melody is the root of their chord.
fn corpus() -> (tempfile::TempDir, Corpus) {
    let folder = tempfile::tempdir().expect("a folder");
    let candidates = (0..120u16).map(|index| {
        let song: Vec<_> = cells(index % 2, 20 + index % 13)
            .iter()
            .map(|cell| cell.transposed(i32::from(index % 12)))
            .collect();
        let notes = (0..10).map(|note| score::Note {
            onset: score::Position::quarters(note),
            duration: score::Duration::quarters(1 + (note as u32 * u32::from(index)) % 7),
            pitch: score::Pitch::from_midi(60 + ((note as u16 * (index + 3)) % 17) as u8, 0),
        });
        let sheet = score::LeadSheet { notes: notes.collect(), ..score::LeadSheet::default() };
        Candidate {
            source: "set".into(),
            file: format!("{index}.abc"),
            tune: None,
            title: None,
            licence: "CC0".into(),
            warnings: vec![],
            result: Ok((song, MelodyHash::of(&sheet), Some(PieceKey { tonic: 0, minor: false }))),
        }
    });
    let path = folder.path().join("corpus");
    write(&path, Resolution::Beat, candidates.collect()).expect("writes");
    (folder, Corpus::open(&path).expect("opens"))
}

fn config() -> RunConfig {
    RunConfig {
        model: model::EncoderConfig {
            width: 32,
            heads: 4,
            layers: 2,
            feed_forward: 64,
            ..model::EncoderConfig::default()
        },
        optimization: Optimization {
            steps: 12,
            batch: 8,
            ema: 0.9,
            learning_rate: crate::LearningRate { peak: 3e-3, ..crate::LearningRate::default() },
            ..Optimization::default()
        },
        validation: Validation {
            every: 4,
            probes: vec![Probe::Cells(0), Probe::Cells(50)],
            ..Validation::default()
        },
        ..RunConfig::default()
    }
}

fn run(
    config: &RunConfig,
    corpus: &Corpus,
    out: &Path,
    resume: bool,
) -> Result<Outcome, TrainError> {
    let device = model::device("cpu").expect("a processor");
    train(config, corpus, out, resume, &device, &mut Silent)
}

/// All items of the first epoch, batch by batch, as they are shown before the first step.
fn first_epoch(config: &RunConfig, corpus: &Corpus) -> Vec<MaskedItem> {
    let songs = SongSet::new(corpus, Split::Train, &config.data);
    let Optimization { batch, steps, .. } = config.optimization;
    let plan = EpochPlan::new(&songs, config.data.window, batch, config.seed, 0);
    let progress = Progress::new(0, steps, plan.batches.len() as u64);
    let preparation = Preparation { config, songs: &songs };
    plan.batches.iter().flat_map(|planned| preparation.items(planned, progress)).collect()
}

/// The lines of `metrics.jsonl`.
fn lines(out: &Path) -> Vec<serde_json::Value> {
    let text = String::from_utf8(bytes(out, "metrics.jsonl")).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn bytes(out: &Path, name: &str) -> Vec<u8> {
    std::fs::read(out.join(name)).expect("reads")
}

#[test]
fn a_run_that_was_stopped_ends_with_the_same_weights_bit_for_bit() {
    let (folder, corpus) = corpus();
    let whole = folder.path().join("whole");
    run(&config(), &corpus, &whole, false).expect("trains");
    // Stopped after its second validation, as a killed run is: what it wrote later is undone.
    let stopped = folder.path().join("stopped");
    run(&config(), &corpus, &stopped, false).expect("trains");
    std::fs::remove_dir_all(stopped.join("checkpoints/step-12")).expect("removes");
    run(&config(), &corpus, &stopped, true).expect("goes on");
    assert_eq!(
        bytes(&whole, "model/model.safetensors"),
        bytes(&stopped, "model/model.safetensors")
    );
    let last = "checkpoints/step-12/state.safetensors";
    assert_eq!(bytes(&whole, last), bytes(&stopped, last));
    let lines = |out: &PathBuf| lines(out).len();
    assert_eq!(lines(&whole), lines(&stopped));
    for name in ["validations/step-8.json", "validations/step-12.json"] {
        assert_eq!(bytes(&whole, name), bytes(&stopped, name), "{name}");
    }
}

#[test]
fn a_melody_that_determines_its_chords_is_learned() {
    let (folder, corpus) = corpus();
    let mut config = config();
    config.optimization.steps = 300;
    config.validation.every = 300;
    config.curriculum = Preset::Full.curriculum();
    config.model.dropout = 0.0;
    let outcome = run(&config, &corpus, &folder.path().join("run"), false).expect("trains");
    let accuracy = outcome.last.validation[0].all.accuracy();
    assert!(accuracy > 0.95, "{accuracy}");
}

#[test]
fn a_run_is_not_written_over_and_not_resumed_with_other_settings() {
    let (folder, corpus) = corpus();
    let out = folder.path().join("run");
    let mut config = config();
    config.optimization.steps = 1;
    run(&config, &corpus, &out, false).expect("trains");
    assert!(matches!(run(&config, &corpus, &out, false), Err(TrainError::RunExists { .. })));
    config.seed += 1;
    let message = run(&config, &corpus, &out, true).expect_err("another seed").to_string();
    assert!(message.contains("seed is 1 there, 2 here"), "{message}");
    let nowhere = folder.path().join("nowhere");
    let result = run(&config, &corpus, &nowhere, true);
    assert!(matches!(result, Err(TrainError::NoRun { .. })));
    assert!(!nowhere.exists());
}

#[test]
fn the_sums_of_the_songs_are_the_figures_of_the_log() {
    let (folder, corpus) = corpus();
    let out = folder.path().join("run");
    let outcome = run(&config(), &corpus, &out, false).expect("trains");
    let songs = crate::SongReport::read(&out.join("validations/step-12.json")).expect("reads");
    assert_eq!(songs.step, 12);
    for (sums, figures) in
        [(&songs.validation, &outcome.last.validation), (&songs.training, &outcome.last.training)]
    {
        for (sums, figures) in sums.figures().iter().zip(figures) {
            assert_eq!((&sums.probe, sums.all.right), (&figures.probe, figures.all.right));
            assert!((sums.all.surprise - figures.all.surprise).abs() < 1e-9);
        }
    }
    let validation = lines(&out).into_iter().rfind(|line| line["type"] == "validation");
    let validation: ValidationReport =
        serde_json::from_value(validation.expect("a validation")).expect("a report");
    assert_eq!(validation.validation[1].all.cells, outcome.last.validation[1].all.cells);
}

#[test]
fn as_many_songs_are_asked_as_the_configuration_says() {
    let (folder, corpus) = corpus();
    let mut config = config();
    config.validation.pieces = 2;
    let out = folder.path().join("run");
    run(&config, &corpus, &out, false).expect("trains");
    let songs = crate::SongReport::read(&out.join("validations/step-4.json")).expect("reads");
    assert_eq!((songs.validation.songs.len(), songs.training.songs.len()), (2, 2));
}
