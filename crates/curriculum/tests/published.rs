//! Every preset, cell by cell, and the figures that are known of it.

use curriculum::{Cell, Curriculum, Layout, Masking, Meter, Preset, Progress};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn layout(cells: usize) -> Layout {
    Layout::regular(Meter::COMMON, 0, cells).expect("cells")
}

fn mask(curriculum: &Curriculum, layout: &Layout, progress: Progress, seed: u64) -> Masking {
    curriculum.mask(layout, progress, &mut ChaCha8Rng::seed_from_u64(seed))
}

/// `#` visible, `?` target, `-` ignored, `!` visible and target.
fn drawn(masking: &Masking) -> String {
    let sign = |cell: &Cell| match cell {
        Cell::Visible => '#',
        Cell::Target => '?',
        Cell::Ignored => '-',
        Cell::Copied => '!',
    };
    masking.cells.iter().map(sign).collect()
}

/// The masking of the first item that is drawn at `stage`, at a moment of training.
fn at_stage(preset: Preset, layout: &Layout, progress: Progress, stage: usize) -> String {
    let curriculum = preset.curriculum();
    let drawn_at = |seed| mask(&curriculum, layout, progress, seed);
    let masking = (0..2_000).map(drawn_at).find(|masking| masking.stage == stage);
    drawn(&masking.expect("the stage is drawn sooner or later"))
}

/// Step `step` of 100, in epochs of ten.
fn step(step: u64) -> Progress {
    Progress::new(step, 100, 10)
}

#[test]
fn patterns_without_chance_are_known_cell_by_cell() {
    use Preset::{
        Full, MetricReplay, MidpointDoubling, MidpointDoublingPublished, TsBlank, TsIncr,
        TsIncrPublished,
    };
    let table = [
        (Full, 8, 0, 0, "????????"),
        // 16 cells, K = 4; T = 10, s = 5 at step 50: p = ⌊2^(3·.5)⌋ = 2, q = ⌊2^(4·.5)⌋ = 4.
        (TsBlank, 16, 50, 5, "?-?-?-?-?-?-?-?-"),
        (TsIncr, 16, 50, 5, "#-?-#-?-#-?-#-?-"),
        (TsIncrPublished, 16, 50, 5, "!-?-!-?-!-?-!-?-"),
        // s = 9: p = ⌊2^2.7⌋ = 6, q = ⌊2^3.6⌋ = 12.
        (TsBlank, 16, 99, 9, "?-----?-----?---"),
        (TsIncr, 16, 99, 9, "#-----?-----#---"),
        (TsIncrPublished, 16, 99, 9, "!-----?-----!---"),
        // 16 cells, K = 4, T = 9: stage 4 is round(4 · 4 / 8) = 2, p = 4, and 8 is the last.
        (MidpointDoubling, 16, 0, 0, "?---------------"),
        (MidpointDoubling, 16, 0, 4, "#---?---#---?---"),
        (MidpointDoublingPublished, 16, 0, 4, "!---?---!---?---"),
        (MidpointDoublingPublished, 16, 0, 8, "!?!?!?!?!?!?!?!?"),
        // All hidden cells are asked; at the end of training stage 2 is the last of 4/4.
        (MetricReplay, 8, 99, 0, "????????"),
        (MetricReplay, 8, 99, 1, "#???#???"),
        (MetricReplay, 8, 99, 2, "#?#?#?#?"),
    ];
    for (preset, cells, at, stage, expected) in table {
        assert_eq!(
            at_stage(preset, &layout(cells), step(at), stage),
            expected,
            "{} at step {at}, stage {stage}",
            preset.name()
        );
    }
}

#[test]
fn random_patterns_are_known_by_their_counts() {
    use Preset::{FullToFull, GaussianBump, R5, R10, R10Published, RandomGradual};
    let table = [
        // (preset, cells, step, stage, visible, targets)
        (R10, 256, 0, 3, 76, 26),
        (R10Published, 256, 0, 3, 76, 76 + 26),
        (R10Published, 256, 0, 9, 230, 256),
        (R5, 256, 0, 3, 38, 13),
        // ⌊256 · .4⌋ visible at stage 5 of 10, which is that of step 50 of 100.
        (RandomGradual, 256, 50, 5, 102, 154),
        (RandomGradual, 64, 99, 9, 0, 64),
        // (step / 100)^5: .59049 · 64 = 37.8, and .95^5 = .7738 · 64 = 49.5.
        (FullToFull, 64, 0, 0, 0, 64),
        (FullToFull, 64, 90, 0, 37, 27),
        (FullToFull, 64, 95, 0, 49, 15),
        (FullToFull, 64, 100, 0, 63, 1),
        // exp(−½ (5 / 6.67)²) = .7548 · 64 = 48.3.
        (GaussianBump, 64, 50, 0, 63, 1),
        (GaussianBump, 64, 55, 0, 48, 16),
        (GaussianBump, 64, 0, 0, 0, 64),
    ];
    for (preset, cells, at, stage, visible, targets) in table {
        let drawn = at_stage(preset, &layout(cells), step(at), stage);
        let count = |signs: &[char]| drawn.chars().filter(|sign| signs.contains(sign)).count();
        let name = preset.name();
        assert_eq!(count(&['#', '!']), visible, "{name} at step {at}, stage {stage}");
        assert_eq!(count(&['?', '!']), targets, "{name} at step {at}, stage {stage}");
    }
}

#[test]
fn the_published_target_rule_scores_copies_as_reported() {
    // Of all scored cells on 256, over all stages: 81%, 90% and 50% are copies.
    let table = [
        (Preset::R10Published, 0.81),
        (Preset::R5Published, 0.90),
        (Preset::MidpointDoublingPublished, 0.50),
    ];
    for (preset, reported) in table {
        let curriculum = preset.curriculum();
        let (mut copied, mut scored) = (0, 0);
        let mut seen = vec![false; curriculum.stages()];
        for seed in 0..2_000 {
            let masking = mask(&curriculum, &layout(256), step(0), seed);
            if !std::mem::replace(&mut seen[masking.stage], true) {
                copied += masking.visible();
                scored += masking.targets();
            }
        }
        assert!(seen.iter().all(|&seen| seen));
        let share = copied as f64 / scored as f64;
        assert!((share - reported).abs() < 0.006, "{}: {share}", preset.name());
    }
}
