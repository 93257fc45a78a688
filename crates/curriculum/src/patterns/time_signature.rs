//! **Time signature**: cells at a regular spacing that follows the length of the bar, and
//! that becomes wider from stage to stage.
//!
//! The first published experiments, on L = 256 sixteenths and for a metre num/den: at
//! stage s of T the cells asked are every p-th, with p = min(128, max(1, ⌊2^(7s/T) ·
//! num/den⌋)). Nothing is visible ("blank"), or every q-th cell is, with q = max(2,
//! ⌊2^(8s/T) · num/den⌋) ("incremental"). For n cells the 7, 8 and 128 become K − 1, K and
//! 2^(K − 1) with K = ⌈log₂ n⌉. The metre is that of the first cell. The spacing falls on
//! beats only by chance and a stage does not keep what others showed; the
//! [metric](super::Metric) pattern is made to.

use serde::{Deserialize, Serialize};

use super::Reveal;
use super::midpoint_doubling::doublings;
use crate::Layout;

/// Cells at a spacing that follows the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeSignature {
    /// What is visible.
    pub input: Input,
    /// T, the number of stages.
    pub stages: usize,
}

/// What the time-signature pattern shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// Nothing.
    Blank,
    /// A grid about twice as wide as that of the cells asked, or wider.
    Incremental,
}

impl TimeSignature {
    pub(super) fn reveal(self, layout: &Layout, stage: usize) -> Reveal {
        let cells = layout.len();
        let doublings = doublings(cells);
        let meter = layout.first_meter();
        let bar = f64::from(meter.numerator()) / f64::from(meter.denominator());
        let spacing = |exponent: usize| {
            let octaves = exponent as f64 * stage as f64 / self.stages.max(1) as f64;
            (2_f64.powf(octaves) * bar).floor() as usize
        };
        let coarsest = doublings.saturating_sub(1);
        let asked = spacing(coarsest).clamp(1, 1 << coarsest);
        let shown = spacing(doublings).max(2);
        let incremental = self.input == Input::Incremental;
        Reveal {
            visible: (0..cells).map(|cell| incremental && cell.is_multiple_of(shown)).collect(),
            next: (0..cells).map(|cell| cell.is_multiple_of(asked)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Meter;
    use crate::patterns::testing::{drawn, layout};

    #[test]
    fn the_spacing_grows_and_follows_the_bar() {
        use Input::{Blank, Incremental};
        let table = [
            // 16 cells: K = 4. T = 4: p = ⌊2^(3s/4) · bar⌋ within 1..=8, q = ⌊2^s · bar⌋, ≥ 2.
            ((4, 4), Blank, 0, "????????????????", "p = 1"),
            ((4, 4), Blank, 2, "?-?-?-?-?-?-?-?-", "p = ⌊2.83⌋"),
            ((4, 4), Blank, 3, "?---?---?---?---", "p = ⌊4.76⌋"),
            ((12, 4), Blank, 3, "?-------?-------", "p = min(8, ⌊4.76 · 3⌋)"),
            ((4, 4), Incremental, 0, "#?#?#?#?#?#?#?#?", "q = max(2, 1), p = 1"),
            ((4, 4), Incremental, 1, "#?#?#?#?#?#?#?#?", "q = 2, p = ⌊1.68⌋"),
            ((4, 4), Incremental, 2, "#-?-#-?-#-?-#-?-", "q = 4, p = 2"),
            ((4, 4), Incremental, 3, "#---?---#---?---", "q = 8, p = 4"),
            ((3, 4), Incremental, 2, "#-?#?-#-?#?-#-?#", "q = 3, p = ⌊2.12⌋"),
            ((3, 4), Incremental, 3, "#--?--#--?--#--?", "q = 6, p = ⌊3.57⌋"),
            ((6, 8), Incremental, 3, "#--?--#--?--#--?", "6/8 is as long as 3/4"),
            ((5, 4), Incremental, 2, "#--?-#?--?#-?--#", "q = 5, p = ⌊3.54⌋"),
            ((7, 8), Incremental, 3, "#---?--#?---?-#-", "q = 7, p = ⌊4.16⌋"),
        ];
        for ((numerator, denominator), input, stage, expected, why) in table {
            let pattern = TimeSignature { input, stages: 4 };
            let reveal = pattern.reveal(&layout(numerator, denominator, 0, 16), stage);
            assert_eq!(drawn(&reveal), expected, "{numerator}/{denominator} {stage}: {why}");
        }
    }

    #[test]
    fn on_256_cells_the_spacing_is_the_published_one() {
        // T = 10 in 4/4 on sixteenths: ⌊2^(.7 s)⌋ and max(2, ⌊2^(.8 s)⌋), from a table.
        let asked = [1, 1, 2, 4, 6, 11, 18, 29, 48, 78];
        let shown = [2, 2, 3, 5, 9, 16, 27, 48, 84, 147];
        let meter = Meter::new(4, 4, 4).expect("a metre");
        let layout = Layout::regular(meter, 0, 256).expect("cells");
        for (stage, (&asked, &shown)) in asked.iter().zip(&shown).enumerate() {
            let pattern = TimeSignature { input: Input::Incremental, stages: 10 };
            let reveal = pattern.reveal(&layout, stage);
            for cell in 0..256 {
                assert_eq!(reveal.next[cell], cell % asked == 0, "stage {stage}, cell {cell}");
                assert_eq!(reveal.visible[cell], cell % shown == 0, "stage {stage}, cell {cell}");
            }
        }
    }
}
