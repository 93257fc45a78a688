//! What holds for every curriculum, item and moment of training.

use curriculum::patterns::{
    Arrangement, Bars, Contiguous, End, Full, Input, Metric, MidpointDoubling, Mixture, Random,
    RandomGradual, TimeSignature, Weighted,
};
use curriculum::schedules::{
    Difficulty, First, Fixed, Gaussian, Linear, Mixed, Pick, Plateau, Power, Progressive, Replay,
    Uniform,
};
use curriculum::{
    Curriculum, Distribution, Layout, Level, Masking, Meter, Pattern, Preset, Progress, Schedule,
    Stages, Strength, TargetRule,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn meters() -> impl Strategy<Value = Meter> {
    (
        1_u8..=15,
        prop::sample::select(vec![2_u8, 4, 8, 16]),
        prop::sample::select(vec![1_u8, 2, 3, 4]),
    )
        .prop_map(|(numerator, denominator, cells)| {
            Meter::new(numerator, denominator, cells).expect("a metre")
        })
}

/// Items of up to 140 cells, with a pickup and perhaps a change of metre.
fn layouts() -> impl Strategy<Value = Layout> {
    (meters(), 0_u16..20, 1_usize..80, meters(), 0_usize..60).prop_map(
        |(meter, pickup, cells, other, more)| {
            Layout::regular(meter, pickup, cells).expect("cells").then(other, more)
        },
    )
}

fn simple_patterns() -> impl Strategy<Value = Pattern> {
    let stages = || prop::option::of(1_usize..25);
    let levels = prop::sample::subsequence(Strength::ALL.to_vec(), 1..=5);
    prop_oneof![
        Just(Pattern::Full(Full {})),
        stages().prop_map(|stages| Pattern::Random(Random { stages })),
        (1_usize..25).prop_map(|stages| Pattern::RandomGradual(RandomGradual { stages })),
        (1_usize..12).prop_map(|stages| Pattern::MidpointDoubling(MidpointDoubling { stages })),
        (1_usize..12, any::<bool>()).prop_map(|(stages, blank)| {
            let input = if blank { Input::Blank } else { Input::Incremental };
            Pattern::TimeSignature(TimeSignature { input, stages })
        }),
        (levels, any::<bool>())
            .prop_map(|(levels, cumulative)| Pattern::Metric(Metric { levels, cumulative })),
        (stages(), any::<bool>()).prop_map(|(stages, span)| {
            let hidden = if span { Arrangement::Span } else { Arrangement::Scattered };
            Pattern::Bars(Bars { hidden, stages })
        }),
        (stages(), any::<bool>()).prop_map(|(stages, prefix)| {
            let shown = if prefix { End::Prefix } else { End::Suffix };
            Pattern::Contiguous(Contiguous { shown, stages })
        }),
    ]
}

/// Those that keep what they have shown.
fn cumulative_patterns() -> impl Strategy<Value = Pattern> {
    simple_patterns().prop_filter("cumulative, in stages", |pattern| {
        let keeps = match pattern {
            Pattern::Random(_) | Pattern::MidpointDoubling(_) | Pattern::Contiguous(_) => true,
            Pattern::Metric(metric) => metric.cumulative,
            Pattern::Bars(bars) => bars.hidden == Arrangement::Scattered,
            _ => false,
        };
        keeps && pattern.stages() != Stages::Continuous
    })
}

fn patterns() -> impl Strategy<Value = Pattern> {
    let weighted = (0.1_f64..5.0, simple_patterns())
        .prop_map(|(weight, pattern)| Weighted { weight, pattern });
    prop_oneof![
        6 => simple_patterns(),
        1 => prop::collection::vec(weighted, 1..4).prop_map(|of| Pattern::Mixture(Mixture { of })),
    ]
}

fn picks() -> impl Strategy<Value = Pick> {
    prop_oneof![
        (0_usize..5).prop_map(|stage| Pick::Fixed(Fixed::stage(stage))),
        (0.0_f64..=1.0).prop_map(|share| Pick::Fixed(Fixed { stage: None, share: Some(share) })),
        Just(Pick::Uniform(Uniform {})),
        prop::option::of(1_u64..5)
            .prop_map(|epochs_per_stage| Pick::Linear(Linear { epochs_per_stage })),
        Just(Pick::Mixed(Mixed {})),
        (0.01_f64..5.0, any::<bool>())
            .prop_map(|(alpha, unlock)| Pick::Progressive(Progressive { alpha, unlock })),
        (0.5_f64..13.0).prop_map(|exponent| Pick::Power(Power { exponent })),
        Just(Pick::Gaussian(Gaussian::default())),
        Just(Pick::Difficulty(Difficulty { first: First::Hard })),
        Just(Pick::Difficulty(Difficulty { first: First::Easy })),
        Just(Pick::Plateau(Plateau { patience: 2, min_improvement: 0.0 })),
    ]
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let replay = (0.0_f64..=1.0, 1_usize..4).prop_map(|(share, back)| Replay { share, back });
    (picks(), prop::option::of(replay), prop::sample::select(vec![0.0, 0.3, 1.0]))
        .prop_map(|(pick, replay, full_mask_floor)| Schedule { pick, replay, full_mask_floor })
}

fn targets() -> impl Strategy<Value = TargetRule> {
    prop_oneof![Just(TargetRule::Next), Just(TargetRule::Rest), Just(TargetRule::NextAndVisible),]
}

/// Curricula whose parts fit; about half of what is drawn.
fn curricula() -> impl Strategy<Value = Curriculum> {
    (patterns(), targets(), schedules())
        .prop_filter_map("parts that fit", |parts| Curriculum::new(parts.0, parts.1, parts.2).ok())
}

fn moments() -> impl Strategy<Value = Progress> {
    (0_u64..=1_000, 1_u64..400, 0_usize..30).prop_map(|(step, per_epoch, stage)| {
        Progress::new(step, 1_000, per_epoch).with_stage_reached(stage)
    })
}

fn mask(curriculum: &Curriculum, layout: &Layout, progress: Progress, seed: u64) -> Masking {
    curriculum.mask(layout, progress, &mut ChaCha8Rng::seed_from_u64(seed))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        // Parts that do not fit are drawn again, however many cases are asked for.
        max_local_rejects: u32::MAX,
        ..ProptestConfig::default()
    })]

    #[test]
    fn honest_rules_ask_hidden_cells_and_always_at_least_one(
        curriculum in curricula(), layout in layouts(), progress in moments(), seed: u64,
    ) {
        let masking = mask(&curriculum, &layout, progress, seed);
        prop_assert_eq!(masking.cells.len(), layout.len());
        prop_assert!(masking.targets() > 0);
        prop_assert!(masking.stage < curriculum.stages());
        prop_assert!((0.0..=1.0).contains(&masking.hidden_share()));
        if curriculum.targets().is_honest() {
            prop_assert_eq!(masking.validate(layout.len()), Ok(()));
        }
        if curriculum.targets() == TargetRule::Rest {
            prop_assert_eq!(masking.visible() + masking.targets(), layout.len());
        }
    }

    #[test]
    fn the_same_stream_gives_the_same_masking(
        curriculum in curricula(), layout in layouts(), progress in moments(), seed: u64,
    ) {
        prop_assert_eq!(
            mask(&curriculum, &layout, progress, seed),
            mask(&curriculum, &layout, progress, seed)
        );
    }

    #[test]
    fn distributions_are_distributions(curriculum in curricula(), progress in moments()) {
        match curriculum.distribution(progress) {
            Distribution::Stages(chances) => {
                prop_assert_eq!(chances.len(), curriculum.stages());
                prop_assert!(chances.iter().all(|chance| (0.0..=1.0 + 1e-9).contains(chance)));
                prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
            Distribution::Share(share) => prop_assert!((0.0..=1.0).contains(&share)),
            Distribution::UniformShare => {}
        }
    }

    #[test]
    fn cumulative_patterns_only_grow(
        pattern in cumulative_patterns(), layout in layouts(), seed: u64,
    ) {
        let Stages::Steps(stages) = pattern.stages() else { return Ok(()) };
        let mut before = vec![false; layout.len()];
        for stage in 0..stages {
            let fixed = Schedule::plain(Pick::Fixed(Fixed::stage(stage)));
            let curriculum = Curriculum::new(pattern.clone(), TargetRule::Rest, fixed)
                .expect("they fit");
            let masking = mask(&curriculum, &layout, Progress::new(0, 1, 1), seed);
            for (cell, before) in masking.cells.iter().zip(&mut before) {
                prop_assert!(cell.is_visible() || !*before, "{:?} at {}", pattern, stage);
                *before = cell.is_visible();
            }
        }
    }

    #[test]
    fn next_cells_are_those_that_the_next_stage_shows(
        stages in 2_usize..25, layout in layouts(), seed: u64,
    ) {
        // ⌊L/T + ½⌋ next cells are at least what the next stage adds, give or take the
        // rounding of one cell.
        let at = |stage| {
            let curriculum = Curriculum::new(
                Pattern::Random(Random { stages: Some(stages) }),
                TargetRule::Next,
                Schedule::plain(Pick::Fixed(Fixed::stage(stage))),
            ).expect("they fit");
            mask(&curriculum, &layout, Progress::new(0, 1, 1), seed)
        };
        for stage in 1..stages {
            let (before, now) = (at(stage - 1), at(stage));
            let missed = before.cells.iter().zip(&now.cells)
                .filter(|(before, now)| now.is_visible() && !before.is_visible() && !before.is_target())
                .count();
            prop_assert!(missed <= 1, "stage {} shows {} cells never asked", stage, missed);
        }
    }
}

/// How often each stage is drawn, and how often nothing is shown.
fn frequencies(curriculum: &Curriculum, progress: Progress, draws: u64) -> (Vec<f64>, f64) {
    let layout = Layout::regular(Meter::new(4, 4, 4).expect("a metre"), 0, 64).expect("cells");
    let mut stages = vec![0.0; curriculum.stages()];
    let mut hidden = 0.0;
    for seed in 0..draws {
        let masking = mask(curriculum, &layout, progress, seed);
        stages[masking.stage] += 1.0 / draws as f64;
        hidden += f64::from(u8::from(masking.visible() == 0)) / draws as f64;
    }
    (stages, hidden)
}

/// Five standard deviations of a share of `chance` over `draws`, and a little for p = 0.
fn tolerance(chance: f64, draws: u64) -> f64 {
    5.0 * (chance * (1.0 - chance) / draws as f64).sqrt() + 1e-9
}

#[test]
fn stages_are_drawn_as_often_as_their_schedule_says() {
    let draws = 20_000;
    let metric = Preset::MetricReplay.curriculum();
    for (preset, step) in [
        (Preset::R10, 0),
        (Preset::R5, 500),
        (Preset::MidpointDoubling, 999),
        (Preset::MetricReplay, 0),
        (Preset::MetricReplay, 600),
        (Preset::MetricReplay, 999),
    ] {
        let curriculum = preset.curriculum();
        let progress = Progress::new(step, 1_000, 100);
        let floor = curriculum.schedule().full_mask_floor;
        let Distribution::Stages(chances) = curriculum.distribution(progress) else {
            panic!("{} has stages", preset.name());
        };
        let (found, _) = frequencies(&curriculum, progress, draws);
        for (stage, (chance, found)) in chances.iter().zip(found).enumerate() {
            // The floor draws the hardest stage, 0.
            let expected = chance * (1.0 - floor) + if stage == 0 { floor } else { 0.0 };
            assert!(
                (found - expected).abs() < tolerance(expected, draws),
                "{} at step {step}, stage {stage}: {found}, not {expected}",
                preset.name()
            );
        }
    }
    // And in figures: 600 of 1,000 opens ⌊4 · .6⌋ + 1 = 3 stages with e^i / (1 + e + e²) =
    // .0900, .2447, .6652. A fifth goes back one or two, half each: stage 0 gets
    // .2 · (.0900 + .2447 + .6652 / 2), stage 1 .1 · .6652.
    let Distribution::Stages(chances) = metric.distribution(Progress::new(600, 1_000, 100)) else {
        panic!("metric levels are stages");
    };
    let expected = [
        0.8 * 0.0900 + 0.2 * (0.0900 + 0.2447 + 0.3326),
        0.8 * 0.2447 + 0.1 * 0.6652,
        0.8 * 0.6652,
        0.0,
    ];
    for (chance, expected) in chances.iter().zip(expected) {
        assert!((chance - expected).abs() < 1e-3, "{chances:?}");
    }
}

#[test]
fn the_floor_keeps_its_share_fully_masked() {
    let draws = 10_000;
    for step in [0, 500, 1_000] {
        for preset in [Preset::FullToFullFloor, Preset::Sampled, Preset::MetricReplay] {
            let progress = Progress::new(step, 1_000, 100);
            let (_, hidden) = frequencies(&preset.curriculum(), progress, draws);
            assert!(hidden > 0.3 - tolerance(0.3, draws), "{}: {hidden}", preset.name());
        }
    }
    // At the end full-to-full shows all but one cell of all items but those of the floor.
    let (_, hidden) =
        frequencies(&Preset::FullToFullFloor.curriculum(), Progress::new(1, 1, 1), draws);
    assert!((hidden - 0.3).abs() < tolerance(0.3, draws), "{hidden}");
}

#[test]
fn sampled_is_three_tenths_full_and_the_rest_half_cells_half_bars() {
    let draws = 20_000_u64;
    // 64 cells in four bars of 16: shown cells make whole bars by chance only when none or
    // almost all are shown.
    let layout = Layout::regular(Meter::new(4, 4, 4).expect("a metre"), 0, 64).expect("cells");
    let curriculum = Preset::Sampled.curriculum();
    let (mut full, mut in_bars, mut visible) = (0.0, 0.0, 0.0);
    for seed in 0..draws {
        let masking = mask(&curriculum, &layout, Progress::new(0, 1, 1), seed);
        let whole = layout.bars().iter().all(|bar| {
            let shown = masking.cells[bar.clone()].iter().filter(|cell| cell.is_visible()).count();
            shown == 0 || shown == bar.len()
        });
        full += f64::from(u8::from(masking.visible() == 0)) / draws as f64;
        in_bars += f64::from(u8::from(whole && masking.visible() > 0)) / draws as f64;
        visible += masking.visible() as f64 / (64 * draws) as f64;
    }
    // Nothing shown: .3 + .7 · (½ · 1/64 + ½ · 1/4), since ⌊v · 4⌋ = 0 for v < ¼.
    let expected = 0.3 + 0.35 / 64.0 + 0.35 / 4.0;
    assert!((full - expected).abs() < tolerance(expected, draws), "{full}");
    // Whole bars shown: .7 · ½ · ¾.
    assert!((in_bars - 0.2625).abs() < tolerance(0.2625, draws), "{in_bars}");
    // Shown on average: of cells E⌊64 v⌋ / 64 = 63/128, of bars (0 + 1 + 2 + 3)/4/4 = 3/8.
    let expected = 0.35 * (63.0 / 128.0 + 3.0 / 8.0);
    assert!((visible - expected).abs() < 5.0 * 0.5 / (draws as f64).sqrt(), "{visible}");
}

#[test]
fn every_share_is_drawn_where_shares_are_uniform() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let draws = 20_000;
    let mut tenths = [0_u32; 10];
    for _ in 0..draws {
        let Level::Share(share) = Distribution::UniformShare.draw(&mut random) else {
            panic!("a share");
        };
        tenths[(share * 10.0) as usize] += 1;
    }
    for count in tenths {
        assert!((f64::from(count) / f64::from(draws) - 0.1).abs() < tolerance(0.1, 20_000));
    }
}
