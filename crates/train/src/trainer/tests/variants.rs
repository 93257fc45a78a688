//! Models of other kinds than the default's.

use model::{
    EncoderConfig, Head, Item, Melody, MelodyFeatures, Norm, Positions, StageConditioning,
};

use super::*;

/// As paper A, but small.
fn published_for_stages() -> EncoderConfig {
    EncoderConfig {
        norm: Norm::After,
        positions: Positions::Learned { cells: 64 },
        metric: false,
        melody: MelodyFeatures::Keys,
        stage: StageConditioning::Embedding { stages: 10, width: 8, visible: vec![] },
        ..config().model
    }
}

/// As paper B, but small.
fn published_with_bars() -> EncoderConfig {
    EncoderConfig {
        norm: Norm::After,
        positions: Positions::SharedSinusoidal,
        metric: false,
        time_signature: false,
        bars: true,
        melody: MelodyFeatures::Classes,
        ..config().model
    }
}

fn novel() -> EncoderConfig {
    EncoderConfig {
        positions: Positions::Rotary,
        stochastic_depth: 0.2,
        guidance: true,
        head: Head::RootQuality,
        ..config().model
    }
}

#[test]
fn models_of_every_kind_are_trained_and_come_back_as_they_were_exported() {
    let (folder, corpus) = corpus();
    let device = model::device("cpu").expect("a processor");
    let kinds = [published_for_stages(), published_with_bars(), novel()];
    for (index, model) in kinds.into_iter().enumerate() {
        let mut config = RunConfig { model, ..config() };
        config.curriculum = curriculum::Preset::R10.curriculum();
        config.optimization.steps = 4;
        config.data.melody_dropout = if config.model.guidance { 0.5 } else { 0.0 };
        let out = folder.path().join(index.to_string());
        let outcome = run(&config, &corpus, &out, false).expect("trains");
        let (encoder, _) = model::load(&out.join("model"), &device).expect("loads");
        assert_eq!(*encoder.config(), config.model);
        // The last validation exported the model if it was the best.
        let held_out = SongSet::new(&corpus, Split::Validation, &config.data);
        let probes = [Probe::Cells(0)];
        let mask_seed = config.validation.mask_seed;
        let measured = Validator::new(&held_out, &probes, 64, mask_seed, None).measure(&encoder);
        assert!((measured[0].all.loss() - outcome.best.0).abs() < 1e-5);
    }
}

#[test]
fn hiding_melodies_changes_nothing_else_of_the_items() {
    let (_folder, corpus) = corpus();
    let items = |melody_dropout: f32| {
        let mut config = RunConfig { model: novel(), ..config() };
        config.data.melody_dropout = melody_dropout;
        let items = first_epoch(&config, &corpus).into_iter();
        items.map(|item| item.item).collect::<Vec<_>>()
    };
    let (plain, hiding) = (items(0.0), items(0.4));
    let hidden = hiding.iter().filter(|item| item.melody == Melody::Hidden).count();
    let share = hidden as f32 / hiding.len() as f32;
    // About 96 items: a standard error of 0.05.
    assert!((share - 0.4).abs() < 0.2, "{share}");
    let shown: Vec<Item> =
        hiding.into_iter().map(|item| Item { melody: Melody::Shown, ..item }).collect();
    assert_eq!(shown, plain);
}

#[test]
fn items_say_their_stage_where_the_curriculum_has_stages() {
    let (_folder, corpus) = corpus();
    let stages = |preset: Preset| {
        let config = RunConfig { curriculum: preset.curriculum(), ..config() };
        let items = first_epoch(&config, &corpus).into_iter();
        let stages = items.map(|item| (item.item.stage, item.masking.stage));
        stages.collect::<std::collections::BTreeSet<_>>()
    };
    let staged = stages(Preset::R10);
    assert!(staged.len() > 1 && staged.iter().all(|(told, stage)| *told == Some(*stage)));
    assert_eq!(stages(Preset::FullToFull), [(None, 0)].into());
}
