//! Which cells are visible at a stage, one strategy a file.

mod bars;
mod contiguous;
mod full;
mod metric;
mod midpoint_doubling;
mod mixture;
mod random;
mod random_gradual;
mod time_signature;

use rand::Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

pub use bars::{Arrangement, Bars};
pub use contiguous::{Contiguous, End};
pub use full::Full;
pub use metric::Metric;
pub use midpoint_doubling::MidpointDoubling;
pub use mixture::{Mixture, Weighted};
pub use random::Random;
pub use random_gradual::RandomGradual;
pub use time_signature::{Input, TimeSignature};

use crate::{InvalidCurriculum, Layout};

/// Which cells are visible at a stage, and which would be revealed next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Pattern {
    /// Nothing is ever visible.
    Full(Full),
    /// Random cells.
    Random(Random),
    /// Random cells, fewer from stage to stage.
    RandomGradual(RandomGradual),
    /// Every second cell of an ever finer grid.
    MidpointDoubling(MidpointDoubling),
    /// Cells at a spacing that follows the bar.
    TimeSignature(TimeSignature),
    /// The metric grid: bar starts, half bars, beats, ….
    Metric(Metric),
    /// Whole bars.
    Bars(Bars),
    /// The beginning or the end.
    Contiguous(Contiguous),
    /// One of several patterns for each item.
    Mixture(Mixture),
}

/// How far a pattern can be revealed: in steps, or to any share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stages {
    /// This many stages, at least one.
    Steps(usize),
    /// Any share of the item from 0 to 1.
    Continuous,
}

/// How far a pattern is revealed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// A stage, counted from 0.
    Stage(usize),
    /// A share of the item, 0 to 1.
    Share(f64),
}

/// What a pattern shows of an item, cell by cell.
pub(crate) struct Reveal {
    /// The cells shown.
    pub visible: Vec<bool>,
    /// The cells that the next stage would show; shown ones may be among them.
    pub next: Vec<bool>,
}

impl Pattern {
    /// How far it can be revealed.
    pub fn stages(&self) -> Stages {
        match self {
            Self::Full(_) => Stages::Steps(1),
            Self::Random(pattern) => of_stages(pattern.stages),
            Self::RandomGradual(pattern) => Stages::Steps(pattern.stages),
            Self::MidpointDoubling(pattern) => Stages::Steps(pattern.stages),
            Self::TimeSignature(pattern) => Stages::Steps(pattern.stages),
            Self::Metric(pattern) => Stages::Steps(pattern.levels.len()),
            Self::Bars(pattern) => of_stages(pattern.stages),
            Self::Contiguous(pattern) => of_stages(pattern.stages),
            Self::Mixture(pattern) => pattern.stages(),
        }
    }

    /// What it is called in captions.
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Full(_) => "nothing visible",
            Self::Random(_) => "random cells",
            Self::RandomGradual(_) => "random cells, fewer from stage to stage",
            Self::MidpointDoubling(_) => "midpoint doubling",
            Self::TimeSignature(TimeSignature { input: Input::Blank, .. }) => {
                "time signature, blank"
            }
            Self::TimeSignature(_) => "time signature, incremental",
            Self::Metric(_) => "metric levels",
            Self::Bars(Bars { hidden: Arrangement::Scattered, .. }) => "whole bars, scattered",
            Self::Bars(_) => "whole bars, one span hidden",
            Self::Contiguous(Contiguous { shown: End::Prefix, .. }) => "the beginning",
            Self::Contiguous(_) => "the end",
            Self::Mixture(_) => "a mixture",
        }
    }

    /// Whether it shows less from stage to stage, so that the last one is the hardest.
    pub fn hides(&self) -> bool {
        match self {
            Self::RandomGradual(_) => true,
            Self::TimeSignature(pattern) => pattern.input == Input::Incremental,
            Self::Mixture(pattern) => pattern.hides(),
            _ => false,
        }
    }

    /// The stage that shows least: the first, or the last of a pattern that hides.
    pub(crate) fn hardest(&self) -> usize {
        match self.stages() {
            Stages::Steps(stages) if self.hides() => stages.saturating_sub(1),
            _ => 0,
        }
    }

    /// Checks the numbers of a pattern that came from outside.
    pub(crate) fn validate(&self) -> Result<(), InvalidCurriculum> {
        match self.stages() {
            Stages::Steps(stages) if !(1..=MOST_STAGES).contains(&stages) => {
                return Err(InvalidCurriculum::Stages(stages));
            }
            _ => {}
        }
        match self {
            Self::Metric(pattern) => pattern.validate(),
            Self::Mixture(pattern) => pattern.validate(),
            _ => Ok(()),
        }
    }

    /// What is shown of an item at `level`, and the stage that this is: the one asked
    /// for, or one near it where that would hide nothing of this item.
    pub(crate) fn reveal<R: Rng + ?Sized>(
        &self,
        layout: &Layout,
        level: Level,
        random: &mut R,
    ) -> (Reveal, usize) {
        let stage = match level {
            Level::Stage(stage) => stage,
            Level::Share(_) => 0,
        };
        let cells = layout.len();
        match self {
            Self::Full(_) => (Reveal::nothing(cells), stage),
            Self::Random(pattern) => (pattern.reveal(cells, level, random), stage),
            Self::RandomGradual(pattern) => (pattern.reveal(cells, stage, random), stage),
            Self::MidpointDoubling(pattern) => (pattern.reveal(cells, stage), stage),
            Self::TimeSignature(pattern) => (pattern.reveal(layout, stage), stage),
            Self::Metric(pattern) => pattern.reveal(layout, stage),
            Self::Bars(pattern) => (pattern.reveal(layout, level, random), stage),
            Self::Contiguous(pattern) => (pattern.reveal(cells, level), stage),
            Self::Mixture(pattern) => pattern.reveal(layout, level, random),
        }
    }
}

/// More stages than this are a slip of the pen.
const MOST_STAGES: usize = 1024;

impl Reveal {
    /// Nothing shown, everything next.
    pub(crate) fn nothing(cells: usize) -> Self {
        Self { visible: vec![false; cells], next: vec![true; cells] }
    }

    /// The first `visible` cells of `order` shown, the `next` after them next.
    fn in_order(order: &[usize], visible: usize, next: usize) -> Self {
        let mut reveal = Self { visible: vec![false; order.len()], next: vec![false; order.len()] };
        for (rank, &cell) in order.iter().enumerate() {
            if let (Some(shown), Some(follows)) =
                (reveal.visible.get_mut(cell), reveal.next.get_mut(cell))
            {
                *shown = rank < visible;
                *follows = (visible..visible.saturating_add(next)).contains(&rank);
            }
        }
        reveal
    }
}

/// The stages of a pattern that has them only if they are given.
fn of_stages(stages: Option<usize>) -> Stages {
    stages.map_or(Stages::Continuous, Stages::Steps)
}

/// How many of `units` are shown at a level, and how many the next stage adds.
///
/// Stage s of T shows ⌊units · s / T⌋ and then ⌊units / T + ½⌋ more, at least one, in
/// exact integers. A share v shows ⌊v · units⌋ but leaves one hidden, and then all others.
fn shown_and_next(units: usize, stages: Option<usize>, level: Level) -> (usize, usize) {
    match (level, stages) {
        (Level::Stage(stage), Some(stages)) => {
            let stages = stages.max(1);
            let shown = (units * stage / stages).min(units.saturating_sub(1));
            (shown, ((2 * units + stages) / (2 * stages)).max(1))
        }
        (Level::Stage(stage), None) => (stage.min(units.saturating_sub(1)), units),
        (Level::Share(share), _) => {
            let shown = (share.clamp(0.0, 1.0) * units as f64).floor() as usize;
            (shown.min(units.saturating_sub(1)), units)
        }
    }
}

/// 0..`cells` in random order.
pub(crate) fn shuffled<R: Rng + ?Sized>(cells: usize, random: &mut R) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cells).collect();
    order.shuffle(random);
    order
}

/// What the tests of all patterns share.
#[cfg(test)]
mod testing {
    use super::Reveal;
    use crate::{Layout, Meter};

    /// `#` visible, `?` hidden and next, `-` hidden and later.
    pub fn drawn(reveal: &Reveal) -> String {
        let cells = reveal.visible.iter().zip(&reveal.next);
        cells
            .map(|cell| match cell {
                (true, _) => '#',
                (false, true) => '?',
                (false, false) => '-',
            })
            .collect()
    }

    /// How many of these signs are drawn.
    pub fn count(drawn: &str, sign: char) -> usize {
        drawn.chars().filter(|drawn| *drawn == sign).count()
    }

    /// `cells` cells, one on each written beat.
    pub fn layout(numerator: u8, denominator: u8, pickup: u16, cells: usize) -> Layout {
        let meter = Meter::new(numerator, denominator, 1).expect("a metre");
        Layout::regular(meter, pickup, cells).expect("cells")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_the_published_ones_in_exact_integers() {
        // (cells, stages, stage) → (⌊L·s/T⌋, ⌊L/T + ½⌋)
        let table = [
            ((256, 10, 0), (0, 26), "25.6 + .5 = 26.1"),
            ((256, 10, 1), (25, 26), "25.6"),
            ((256, 10, 9), (230, 26), "230.4"),
            ((256, 20, 19), (243, 13), "243.2; 12.8 + .5 = 13.3"),
            ((64, 10, 7), (44, 6), "44.8; 6.4 + .5 = 6.9"),
            ((10, 10, 9), (9, 1), "exact, where floating point would do as well"),
            ((4, 10, 9), (3, 1), "3.6; .4 + .5 = .9, but at least one"),
            ((1, 10, 9), (0, 1), "a single cell stays hidden"),
        ];
        for ((cells, stages, stage), expected, why) in table {
            assert_eq!(shown_and_next(cells, Some(stages), Level::Stage(stage)), expected, "{why}");
        }
        assert_eq!(shown_and_next(10, None, Level::Share(1.0)).0, 9, "min(⌊v·L⌋, L − 1)");
        assert_eq!(shown_and_next(10, None, Level::Share(0.49)).0, 4, "⌊4.9⌋");
    }
}
