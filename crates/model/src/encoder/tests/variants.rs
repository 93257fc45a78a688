//! What holds for every configuration, and what each setting does.

use super::*;
use crate::{Head, Melody, MelodyFeatures, StageConditioning};

/// Every setting, each away from its default in one of them.
pub(super) fn variants() -> Vec<(&'static str, EncoderConfig)> {
    let with = |positions| EncoderConfig { positions, ..small() };
    let stage = StageConditioning::Embedding { stages: 4, width: 5, visible: vec![] };
    vec![
        ("as it is", small()),
        ("norm after", EncoderConfig { norm: Norm::After, ..small() }),
        ("shared sinusoids", with(Positions::SharedSinusoidal)),
        ("sinusoids", with(Positions::Sinusoidal)),
        ("rotary", with(Positions::Rotary)),
        ("learned", with(Positions::Learned { cells: 12 })),
        (
            "learned with bars",
            EncoderConfig { bars: true, ..with(Positions::Learned { cells: 12 }) },
        ),
        ("bars", EncoderConfig { bars: true, ..small() }),
        ("stage", EncoderConfig { stage, ..small() }),
        ("share", EncoderConfig { stage: StageConditioning::MaskingShare, ..small() }),
        (
            "no metre",
            EncoderConfig {
                metric: false,
                time_signature: false,
                stage: StageConditioning::MaskingShare,
                ..small()
            },
        ),
        ("keys", EncoderConfig { melody: MelodyFeatures::Keys, ..small() }),
        ("guidance", EncoderConfig { guidance: true, bars: true, ..small() }),
        ("root and quality", EncoderConfig { head: Head::RootQuality, ..small() }),
        ("stochastic depth", EncoderConfig { stochastic_depth: 0.4, ..small() }),
    ]
}

#[test]
fn padding_changes_nothing_with_dropout_off_and_on() {
    for (name, config) in variants() {
        let encoder = encoder(&config);
        let (short, long) = (item(6, 1), item(11, 2));
        let dropouts = [Dropout::OFF, Dropout::training(&EncoderConfig { dropout: 0.3, ..config })];
        for dropout in dropouts {
            let alone = hidden(&encoder, std::slice::from_ref(&short), &dropout);
            let together = hidden(&encoder, &[long.clone(), short.clone()], &dropout);
            assert!(largest_difference(&alone[0], &together[1]) < 1e-5, "{name}");
        }
    }
}

#[test]
fn every_parameter_has_its_own_name_and_takes_its_values_back() {
    for (name, config) in variants() {
        let encoder = encoder(&config);
        let parameters = encoder.parameters();
        let names: std::collections::BTreeSet<_> =
            parameters.layout.parameters.iter().map(|parameter| &parameter.name).collect();
        assert_eq!(names.len(), parameters.layout.parameters.len(), "{name}");
        let changed: Vec<f32> = parameters.values.iter().map(|value| value + 1.0).collect();
        assert_eq!(encoder.with_values(&changed).parameters().values, changed, "{name}");
    }
}

/// Exported models are read by these names.
#[test]
fn the_default_has_the_parameters_it_always_had() {
    let layout = encoder(&EncoderConfig { layers: 1, ..small() }).parameters().layout;
    let shapes: Vec<_> =
        layout.parameters.iter().map(|p| (p.name.as_str(), p.shape.clone())).collect();
    let expected: [(&str, &[usize]); 23] = [
        ("condition.weight", &[17, 16]),
        ("condition.bias", &[16]),
        ("melody.weight", &[24, 16]),
        ("melody.bias", &[16]),
        ("harmony.weight", &[354, 16]),
        ("metric.place.weight", &[64, 16]),
        ("metric.bar.weight", &[16, 16]),
        ("metric.edges.weight", &[4, 16]),
        ("layers.0.attention.queries_keys_values.weight", &[16, 48]),
        ("layers.0.attention.queries_keys_values.bias", &[48]),
        ("layers.0.attention.output.weight", &[16, 16]),
        ("layers.0.attention.output.bias", &[16]),
        ("layers.0.attention.bias.relative", &[4, 71]),
        ("layers.0.attention_norm.gamma", &[16]),
        ("layers.0.attention_norm.beta", &[16]),
        ("layers.0.inner.weight", &[16, 32]),
        ("layers.0.inner.bias", &[32]),
        ("layers.0.outer.weight", &[32, 16]),
        ("layers.0.outer.bias", &[16]),
        ("layers.0.feed_forward_norm.gamma", &[16]),
        ("layers.0.feed_forward_norm.beta", &[16]),
        ("norm.gamma", &[16]),
        ("norm.beta", &[16]),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, shape)| (*name, shape.to_vec())).collect();
    assert_eq!(shapes[..23], expected);
    assert_eq!(shapes[23..], [("head.weight", vec![16, 354]), ("head.bias", vec![354])]);
}

#[test]
fn gradients_agree_with_finite_differences() {
    for (name, config) in variants() {
        let mut items = [item(7, 4), item(7, 5)];
        if config.guidance {
            items[0].melody = Melody::Hidden;
        }
        assert_gradients_agree(name, &EncoderConfig { dropout: 0.2, ..config }, &items);
    }
}

/// By how much the predictions for two items differ at most.
fn difference(config: &EncoderConfig, one: &Item, other: &Item) -> f32 {
    let encoder = encoder(config);
    let of = |item: &Item| hidden(&encoder, std::slice::from_ref(item), &Dropout::OFF).remove(0);
    largest_difference(&of(one), &of(other))
}

/// The item in bars of `count` cells.
fn in_bars_of(count: u16, item: &Item) -> Item {
    let cell = |(index, cell): (usize, &Cell)| {
        let (place, bar) = (index as u16 % count, index as u16 / count);
        let numerator = count as u8;
        let meter = CellMeter { place, bar, numerator, cells_in_bar: count, ..cell.meter() };
        let mut moved = Cell::new(cell.harmony(), meter);
        moved.add_note(60 + cell.main_class().unwrap_or(0) as i32, 1.0, true);
        moved
    };
    Item { cells: item.cells.iter().enumerate().map(cell).collect(), ..item.clone() }
}

#[test]
fn metre_is_heard_in_each_way_that_is_asked_for_and_in_no_other() {
    let (in_four, in_three) = (in_bars_of(4, &item(12, 1)), in_bars_of(3, &item(12, 1)));
    let silent = EncoderConfig { metric: false, time_signature: false, ..small() };
    assert_eq!(difference(&silent, &in_four, &in_three), 0.0);
    for config in [
        EncoderConfig { metric: true, ..silent.clone() },
        EncoderConfig { time_signature: true, ..silent.clone() },
        EncoderConfig { bars: true, ..silent },
    ] {
        assert!(difference(&config, &in_four, &in_three) > 1e-3, "{config:?}");
    }
}

#[test]
fn the_stage_is_told_or_found_by_what_is_visible() {
    let stage = StageConditioning::Embedding { stages: 4, width: 8, visible: vec![] };
    let config = EncoderConfig { stage, ..small() };
    // A third of the cells is visible: nearest to stage 1 of 4.
    let found = item(12, 1);
    let at = |stage| Item { stage: Some(stage), ..found.clone() };
    assert_eq!(difference(&config, &found, &at(1)), 0.0);
    assert!(difference(&config, &at(1), &at(2)) > 1e-4);
    assert_eq!(difference(&small(), &at(1), &at(2)), 0.0);
}

#[test]
fn a_hidden_melody_is_not_heard() {
    let (one, other) = (item(8, 1), Item { seed: 1, ..item(8, 5) });
    let config = EncoderConfig { guidance: true, ..small() };
    assert!(difference(&config, &one, &other) > 1e-3);
    let (hidden, other_hidden) = (one.clone().without_melody(), other.without_melody());
    assert_eq!(difference(&config, &hidden, &other_hidden), 0.0);
    assert!(difference(&config, &one, &hidden) > 1e-3);
}

/// Logits of every cell of an item.
fn logits(encoder: &Encoder, item: &Item) -> Vec<f32> {
    let batch = Batch::new([item], encoder.config());
    crate::parameters::floats(encoder.logits(&batch, &batch.rows(), &Dropout::OFF).into_data())
}

#[test]
fn the_probabilities_of_a_factorised_head_are_products() {
    for (head, factorises) in [(Head::RootQuality, true), (Head::Flat, false)] {
        let logits = logits(&encoder(&EncoderConfig { head, ..small() }), &item(8, 1));
        for cell in logits.chunks(Vocabulary::SIZE) {
            let sum: f32 = cell.iter().map(|logit| logit.exp()).sum();
            let probability = |root: usize, quality: usize| {
                cell[Token::FIRST_CHORD.index() + root * grid::QUALITIES.len() + quality].exp()
                    / sum
            };
            let crossed = |root, other, quality, another| {
                probability(root, quality) * probability(other, another)
                    / (probability(root, another) * probability(other, quality))
            };
            let strays = [(0, 7, 0, 1), (3, 11, 6, 28), (1, 2, 8, 13)].map(
                |(root, other, quality, another)| {
                    (crossed(root, other, quality, another) - 1.0).abs()
                },
            );
            assert_eq!(strays.iter().all(|stray| *stray < 1e-4), factorises, "{strays:?}");
        }
    }
}

#[test]
fn nothing_is_left_out_of_a_prediction() {
    let config = EncoderConfig { stochastic_depth: 0.9, ..small() };
    let (deep, plain) = (encoder(&config), encoder(&small()));
    let items = [item(8, 1)];
    let predicted = hidden(&deep, &items, &Dropout::OFF);
    assert_eq!(predicted, hidden(&plain, &items, &Dropout::OFF));
    assert_ne!(predicted, hidden(&deep, &items, &Dropout::training(&config)));
}
