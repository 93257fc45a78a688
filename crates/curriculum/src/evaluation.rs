//! Frozen masks to measure with: the same for a piece at every checkpoint of every run.
//!
//! A mask is drawn from the seed of its piece and the probe alone. Masks of single cells
//! are nested: what is visible at 10% is visible at 25% too, so that a curve over the
//! shares is not blurred by which cells they happen to show. Every hidden cell is a
//! target.

mod names;

pub use names::UnknownProbe;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::patterns::{Arrangement, Bars, Metric, Random};
use crate::{Curriculum, Layout, Level, Masking, Pattern, Stages, Strength, TargetRule};

/// What is visible when a model is measured; written by its [name](Probe::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Probe {
    /// This percentage of the cells, at random; at most all but one.
    Cells(u8),
    /// All cells at least this strong in their bar.
    Metric(Strength),
    /// Half of the bars (rounded down), scattered.
    ScatteredBars,
    /// Half of the bars (rounded down), around one hidden span.
    BarSpan,
}

impl Probe {
    /// The stage curve: 0, 10, 25, 50, 75 and 90% of the cells, the metric levels, and half
    /// of the bars.
    pub const ALL: [Self; 11] = [
        Self::Cells(0),
        Self::Cells(10),
        Self::Cells(25),
        Self::Cells(50),
        Self::Cells(75),
        Self::Cells(90),
        Self::Metric(Strength::Bar),
        Self::Metric(Strength::HalfBar),
        Self::Metric(Strength::Beat),
        Self::ScatteredBars,
        Self::BarSpan,
    ];

    /// A short name for tables and logs, such as `cells-25` or `metric-bar`.
    pub fn name(self) -> String {
        match self {
            Self::Cells(percent) => format!("cells-{percent}"),
            Self::Metric(strength) => format!("metric-{}", strength.name()),
            Self::ScatteredBars => "bars-scattered".to_owned(),
            Self::BarSpan => "bars-span".to_owned(),
        }
    }

    /// Which stream of the seed the probe draws from: one for all masks of cells.
    const fn stream(self) -> u64 {
        match self {
            Self::Cells(_) | Self::Metric(_) => 0,
            Self::ScatteredBars => 1,
            Self::BarSpan => 2,
        }
    }
}

/// The frozen mask of the piece with seed `piece_seed` for a probe.
///
/// `None` where it has nothing to ask or says nothing new: beats where no cell is weaker
/// than a beat, or half of the bars in a piece of one.
pub fn mask(layout: &Layout, piece_seed: u64, probe: Probe) -> Option<Masking> {
    let mut random = ChaCha8Rng::seed_from_u64(piece_seed);
    random.set_stream(probe.stream());
    let bars = |hidden| (Pattern::Bars(Bars { hidden, stages: None }), Level::Share(0.5));
    let (pattern, level) = match probe {
        Probe::Cells(percent) => (
            Pattern::Random(Random { stages: Some(100) }),
            Level::Stage(usize::from(percent.min(100))),
        ),
        Probe::Metric(strength) => {
            if layout.strengths().iter().all(|&cell| cell <= strength) {
                return None;
            }
            let levels = vec![strength, Strength::Cell];
            (Pattern::Metric(Metric { levels, cumulative: true }), Level::Stage(1))
        }
        Probe::ScatteredBars | Probe::BarSpan if layout.bars().len() < 2 => return None,
        Probe::ScatteredBars => bars(Arrangement::Scattered),
        Probe::BarSpan => bars(Arrangement::Span),
    };
    let (reveal, _) = pattern.reveal(layout, level, &mut random);
    Some(TargetRule::Rest.apply(reveal, 0))
}

/// The frozen mask of the piece with seed `piece_seed` at a stage of a curriculum, counted
/// from 0: what it was trained on, for its own stage curve and for
/// [`ScheduleState::observe`](crate::ScheduleState::observe).
///
/// Visible cells are never targets here, whatever the curriculum's rule. A stage beyond
/// the last is the last; a pattern without stages shows nothing.
pub fn at_stage(
    curriculum: &Curriculum,
    layout: &Layout,
    piece_seed: u64,
    stage: usize,
) -> Masking {
    let mut random = ChaCha8Rng::seed_from_u64(piece_seed);
    random.set_stream(STAGES);
    let level = match curriculum.pattern().stages() {
        Stages::Steps(stages) => Level::Stage(stage.min(stages.saturating_sub(1))),
        Stages::Continuous => Level::Share(0.0),
    };
    let (reveal, stage) = curriculum.pattern().reveal(layout, level, &mut random);
    let targets = match curriculum.targets() {
        TargetRule::NextAndVisible => TargetRule::Next,
        honest => honest,
    };
    targets.apply(reveal, stage)
}

/// The stream of a piece's seed from which its stages are drawn.
const STAGES: u64 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Meter};

    fn layout(numerator: u8, denominator: u8, pickup: u16, cells: usize) -> Layout {
        let meter = Meter::new(numerator, denominator, 1).expect("a metre");
        Layout::regular(meter, pickup, cells).expect("cells")
    }

    /// `#` visible, `?` target.
    fn drawn(layout: &Layout, seed: u64, probe: Probe) -> Option<String> {
        let sign = |cell: &Cell| if cell.is_visible() { '#' } else { '?' };
        mask(layout, seed, probe).map(|masking| masking.cells.iter().map(sign).collect())
    }

    #[test]
    fn frozen_masks_do_not_change_with_the_program() {
        // Recorded once; a change here makes old runs incomparable with new ones.
        let layout = layout(4, 4, 0, 32);
        let table = [
            (Probe::Cells(10), "??????????????????#???#????#????"),
            (Probe::Cells(25), "??#????????????#??#??##??###????"),
            (Probe::ScatteredBars, "########????????????####????####"),
            (Probe::BarSpan, "########????????????????########"),
        ];
        for (probe, expected) in table {
            assert_eq!(drawn(&layout, 7, probe).as_deref(), Some(expected), "{}", probe.name());
        }
    }

    #[test]
    fn cells_visible_at_a_share_are_visible_at_every_larger_one() {
        for cells in [1, 2, 3, 7, 20, 64, 256] {
            let layout = layout(3, 4, 1, cells);
            for seed in 0..20 {
                let mut before = vec![false; cells];
                for percent in [0, 10, 25, 50, 75, 90, 100] {
                    let masking = mask(&layout, seed, Probe::Cells(percent)).expect("a mask");
                    let count = (cells * usize::from(percent) / 100).min(cells - 1);
                    assert_eq!(masking.visible(), count, "⌊{cells} · {percent}%⌋");
                    for (cell, before) in masking.cells.iter().zip(&mut before) {
                        assert!(cell.is_visible() || !*before);
                        *before = cell.is_visible();
                    }
                }
            }
        }
    }

    #[test]
    fn metric_probes_show_all_cells_at_least_as_strong() {
        let in_four = layout(4, 4, 2, 10);
        assert_eq!(drawn(&in_four, 1, Probe::Metric(Strength::Bar)).as_deref(), Some("??#???#???"));
        assert_eq!(
            drawn(&in_four, 1, Probe::Metric(Strength::HalfBar)).as_deref(),
            Some("#?#?#?#?#?"),
            "the pickup of two beats starts on the half bar"
        );
        assert_eq!(drawn(&in_four, 1, Probe::Metric(Strength::Beat)), None, "nothing is weaker");
        let in_six = layout(6, 8, 0, 6);
        assert_eq!(drawn(&in_six, 1, Probe::Metric(Strength::Beat)).as_deref(), Some("#??#??"));
    }

    #[test]
    fn the_stages_of_a_curriculum_are_frozen_and_honest() {
        let layout = layout(4, 4, 0, 40);
        for preset in crate::Preset::all() {
            let curriculum = preset.curriculum();
            for stage in 0..curriculum.stages() + 1 {
                let masking = at_stage(&curriculum, &layout, 5, stage);
                assert_eq!(masking, at_stage(&curriculum, &layout, 5, stage));
                assert_eq!(masking.validate(40), Ok(()), "{} at {stage}", preset.name());
                assert!(masking.stage < curriculum.stages());
            }
        }
    }

    #[test]
    fn half_of_the_bars_are_hidden_whole() {
        // A pickup, three full bars of three and one cell: five bars, two of them shown.
        let layout = layout(3, 4, 1, 11);
        for seed in 0..50 {
            for probe in [Probe::ScatteredBars, Probe::BarSpan] {
                let masking = mask(&layout, seed, probe).expect("a mask");
                let shown = |cells: &std::ops::Range<usize>| {
                    let visible =
                        masking.cells[cells.clone()].iter().filter(|cell| cell.is_visible());
                    let visible = visible.count();
                    assert!(visible == 0 || visible == cells.len(), "bars are whole");
                    visible > 0
                };
                let bars: Vec<bool> = layout.bars().iter().map(shown).collect();
                assert_eq!(bars.iter().filter(|&&shown| shown).count(), 2);
                if probe == Probe::BarSpan {
                    let hidden: Vec<usize> = (0..5).filter(|&bar| !bars[bar]).collect();
                    assert_eq!(hidden[2] - hidden[0], 2, "one span of three");
                }
            }
        }
        assert_eq!(
            mask(&Layout::regular(Meter::COMMON, 0, 4).expect("cells"), 1, Probe::BarSpan),
            None
        );
    }
}
