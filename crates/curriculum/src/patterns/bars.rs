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

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::patterns::testing::{count, drawn, layout};

    fn reveal(pattern: Bars, layout: &Layout, level: Level, seed: u64) -> String {
        drawn(&pattern.reveal(layout, level, &mut ChaCha8Rng::seed_from_u64(seed)))
    }

    /// The sign of each bar, which its cells must share.
    fn of_bars(layout: &Layout, drawn: &str) -> String {
        let sign = |cells: &std::ops::Range<usize>| {
            let signs: Vec<char> = drawn[cells.clone()].chars().collect();
            assert!(signs.iter().all(|sign| *sign == signs[0]), "a bar is whole: {drawn}");
            signs[0]
        };
        layout.bars().iter().map(sign).collect()
    }

    #[test]
    fn bars_are_counted_and_kept_whole() {
        // A pickup, four full bars of three and two cells: six bars.
        let layout = layout(3, 4, 1, 15);
        let table = [
            // (T, level) → bars shown and next
            (Some(3), Level::Stage(0), (0, 2)),
            (Some(3), Level::Stage(2), (4, 2)),
            // ⌊6 · 3 / 4⌋ = 4, ⌊1.5 + .5⌋ = 2
            (Some(4), Level::Stage(3), (4, 2)),
            // ⌊6 · .4⌋ = 2, and without stages all others are next.
            (None, Level::Share(0.4), (2, 4)),
            (None, Level::Share(1.0), (5, 1)),
        ];
        for hidden in [Arrangement::Scattered, Arrangement::Span] {
            for (stages, level, expected) in table {
                for seed in 0..20 {
                    let drawn = reveal(Bars { hidden, stages }, &layout, level, seed);
                    let bars = of_bars(&layout, &drawn);
                    assert_eq!((count(&bars, '#'), count(&bars, '?')), expected, "{bars}");
                    if hidden == Arrangement::Span {
                        assert!(!bars.trim_matches('#').contains('#'), "one span: {bars}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_span_lies_anywhere() {
        let layout = layout(4, 4, 0, 16);
        let pattern = Bars { hidden: Arrangement::Span, stages: None };
        let mut places = std::collections::BTreeMap::new();
        for seed in 0..3_000 {
            let drawn = reveal(pattern, &layout, Level::Share(0.5), seed);
            *places.entry(of_bars(&layout, &drawn)).or_insert(0_u32) += 1;
        }
        assert_eq!(places.keys().collect::<Vec<_>>(), ["##??", "#??#", "??##"]);
        for count in places.values() {
            // A third within five standard deviations: 5 · √(1/3 · 2/3 / 3,000) = .043.
            assert!((f64::from(*count) / 3_000.0 - 1.0 / 3.0).abs() < 0.043, "{count}");
        }
    }

    #[test]
    fn a_single_bar_is_hidden() {
        let layout = layout(4, 4, 0, 4);
        for hidden in [Arrangement::Scattered, Arrangement::Span] {
            let pattern = Bars { hidden, stages: Some(10) };
            assert_eq!(reveal(pattern, &layout, Level::Stage(9), 1), "????");
        }
    }
}
