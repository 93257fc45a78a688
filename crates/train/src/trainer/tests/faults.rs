//! Runs that go astray leave what was good.

use super::*;
use crate::state::State;

/// A run up to step 4 of 12 and its checkpoint there.
fn started(config: &RunConfig, corpus: &Corpus, out: &Path) -> PathBuf {
    run(config, corpus, out, false).expect("trains");
    for step in ["step-8", "step-12"] {
        std::fs::remove_dir_all(out.join("checkpoints").join(step)).expect("removes");
    }
    out.join("checkpoints/step-4")
}

/// Does something with a trainer that has the state of a checkpoint, and one weight astray.
fn astray<T>(
    config: &RunConfig,
    corpus: &Corpus,
    checkpoint: &Path,
    then: impl FnOnce(&mut Trainer<'_>) -> T,
) -> T {
    let songs = |split| SongSet::new(corpus, split, &config.data);
    let device = model::device("cpu").expect("a processor");
    let (train, held_out) = (songs(Split::Train), songs(Split::Validation));
    let mut trainer =
        Trainer::new(config, (&train, &held_out), Resolution::Beat, &device).expect("a trainer");
    trainer.go_on_from(checkpoint).expect("goes on");
    let mut state = trainer.learner.state().clone();
    state.values[0] = f32::NAN;
    trainer.learner.go_on_from(state);
    then(&mut trainer)
}

#[test]
fn a_learning_rate_beyond_reason_stops_the_run_with_a_way_out() {
    let (folder, corpus) = corpus();
    let mut config = config();
    config.optimization.learning_rate.peak = f32::MAX;
    let message = run(&config, &corpus, &folder.path().join("run"), false);
    let message = message.expect_err("not finite").to_string();
    for words in ["is not a number", "no checkpoint was written", "learning_rate.peak", "--out"] {
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn weights_gone_astray_leave_the_last_good_checkpoint_as_it_was() {
    let (folder, corpus) = corpus();
    let out = folder.path().join("run");
    let mut config = config();
    config.validation.keep = 3;
    let checkpoint = started(&config, &corpus, &out);
    let arrays = std::fs::read(checkpoint.join("state.safetensors")).expect("reads");
    let run_directory = RunDirectory::resume(&out, &config, corpus.header()).expect("the run");

    // In a step: the loss shows it.
    let result =
        astray(&config, &corpus, &checkpoint, |trainer| trainer.run(&run_directory, &mut Silent));
    assert!(matches!(result, Err(TrainError::NotFinite { step: 5, .. })), "{result:?}");
    // After the last step before a validation: the weights show it.
    let (result, count) = astray(&config, &corpus, &checkpoint, |trainer| {
        trainer.learner.place_mut().step = 8;
        let mut records = run_directory.records_from(8).expect("opens");
        let result = trainer.validate(&run_directory, &mut records, &mut Silent);
        (result, trainer.learner.state().values.len())
    });
    assert!(matches!(result, Err(TrainError::NotFinite { step: 8, .. })), "{result:?}");

    assert_eq!(run_directory.newest().expect("lists"), Some(checkpoint.clone()));
    assert_eq!(std::fs::read(checkpoint.join("state.safetensors")).expect("reads"), arrays);
    let state = State::load(&checkpoint, count, config.optimization.betas).expect("loads");
    assert!(state.values.iter().all(|value| value.is_finite()));
    assert!(lines(&out).iter().all(|line| line["step"].as_u64() <= Some(4)));
}
