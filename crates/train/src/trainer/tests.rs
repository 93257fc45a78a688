use std::path::PathBuf;

use curriculum::{Preset, Probe};
use grid::MelodyHash;
use grid::corpus::{Candidate, PieceKey, write};

use super::*;
use crate::observer::Silent;
use crate::songs::tests::cells;
use crate::{Optimization, Validation};

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
    let lines = |out: &PathBuf| {
        String::from_utf8(bytes(out, "metrics.jsonl")).expect("text").lines().count()
    };
    assert_eq!(lines(&whole), lines(&stopped));
}

#[test]
fn splitting_the_batch_changes_the_loss_by_rounding_only() {
    let (_folder, corpus) = corpus();
    let songs = || SongSet::new(&corpus, Split::Train, &config().data);
    let held_out = || SongSet::new(&corpus, Split::Validation, &config().data);
    let device = model::device("cpu").expect("a processor");
    let step = |accumulate| {
        let mut config = config();
        config.optimization.accumulate = accumulate;
        config.model.dropout = 0.3;
        let mut trainer = Trainer::new(&config, songs(), held_out(), Resolution::Beat, &device)
            .expect("a trainer");
        let plan = trainer.plan();
        let report = trainer.step(&plan.batches[0]).expect("a step");
        (report.loss, report.gradient_norm)
    };
    let (whole, parts) = (step(1), step(3));
    assert!((whole.0 - parts.0).abs() < 1e-5, "{whole:?} {parts:?}");
    assert!((whole.1 - parts.1).abs() < 1e-4 * whole.1, "{whole:?} {parts:?}");
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
    assert!(matches!(run(&config, &corpus, &out, true), Err(TrainError::OtherRun { .. })));
}
