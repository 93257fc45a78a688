//! **Whole bars**: bars are shown or hidden as a whole, scattered over the item or the
//! hidden ones in one span.
//!
//! A mask of single cells leaves a neighbour to copy, since most cells hold the chord
//! before them: it measures interpolation. Masks of bars and spans measure music. The
//! counts are those of random cells with bars in place of cells: ⌊B · s / T⌋ of B bars at
//! stage s of T, or min(⌊v · B⌋, B − 1) for a share v. A bar cut short, such as a pickup,
//! counts as one.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::{Level, Reveal, shown_and_next, shuffled};
use crate::Layout;

/// Whole bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bars {
    /// How the hidden bars lie.
    pub hidden: Arrangement,
    /// T, the number of stages; any share without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<usize>,
}

/// How hidden bars lie in an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrangement {
    /// Anywhere.
    Scattered,
    /// One after the other, from a random bar on.
    Span,
}

impl Bars {
    pub(super) fn reveal<R: Rng + ?Sized>(
        self,
        layout: &Layout,
        level: Level,
        random: &mut R,
    ) -> Reveal {
        let bars = layout.bars().len();
        let (shown, next) = shown_and_next(bars, self.stages, level);
        let order = match self.hidden {
            Arrangement::Scattered => shuffled(bars, random),
            Arrangement::Span => outside_in(bars, shown, random),
        };
        let of_bars = Reveal::in_order(&order, shown, next);
        let spread = |of_bars: &[bool]| {
            let bars = layout.bars().iter().zip(of_bars);
            bars.flat_map(|(cells, &bar)| cells.clone().map(move |_| bar)).collect()
        };
        Reveal { visible: spread(&of_bars.visible), next: spread(&of_bars.next) }
    }
}

/// The bars in an order whose first `shown` leave one span, lying anywhere with equal
/// chance, and whose next ones close in on it from the left.
fn outside_in<R: Rng + ?Sized>(bars: usize, shown: usize, random: &mut R) -> Vec<usize> {
    let before = random.random_range(0..=shown);
    let span = before..(before + bars).saturating_sub(shown);
    (0..before).chain(span.end..bars).chain(span).collect()
}
