//! How often a model is right when it is so sure (Guo 2017, arXiv 1706.04599).

use super::canvas::{Anchor, Canvas, Svg};
use super::scale::Scale;

/// A reliability curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// What it shows, above it.
    pub title: String,
    /// From unsure to sure.
    pub bins: Vec<Bin>,
}

/// Predictions about which the model was about as sure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Mean probability of the chosen token, 0 to 1.
    pub confidence: f64,
    /// Share that was right, 0 to 1.
    pub accuracy: f64,
    /// Predictions in it.
    pub cells: u64,
}

const SIDE: f64 = 230.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 30.0;

impl Reliability {
    /// Draws it: the area between curve and diagonal is what is wrong.
    pub fn svg(&self) -> Svg {
        let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
        let x = Scale::new((0.0, 1.0), (LEFT, right));
        let y = Scale::new((0.0, 1.0), (bottom, TOP));
        let mut canvas = Canvas::new(right + 14.0, bottom + 36.0);
        canvas.text("title", (2.0, 14.0), Anchor::Start, &self.title);
        for tick in x.ticks(5) {
            let label = x.label(tick, 5);
            canvas.line("grid", (LEFT, y.at(tick)), (right, y.at(tick)));
            canvas.text("tick", (LEFT - 6.0, y.at(tick) + 4.0), Anchor::End, &label);
            canvas.text("tick", (x.at(tick), bottom + 15.0), Anchor::Middle, &label);
        }
        canvas.text("tick", (right, bottom + 30.0), Anchor::End, "how sure it is");
        let middle = (12.0, TOP + SIDE / 2.0);
        canvas.text_upwards("tick", middle, Anchor::Middle, "how often it is right");
        canvas.line("reference dashed", (LEFT, bottom), (right, TOP));
        let bins = || {
            let whole = |bin: &&Bin| bin.confidence.is_finite() && bin.accuracy.is_finite();
            self.bins.iter().filter(whole)
        };
        let curve: Vec<_> = bins().map(|bin| (x.at(bin.confidence), y.at(bin.accuracy))).collect();
        let mut gap = curve.clone();
        // Back along the diagonal.
        gap.extend(bins().rev().map(|bin| (x.at(bin.confidence), y.at(bin.confidence))));
        canvas.area("band c1", &gap);
        canvas.polyline("line c0", &curve);
        for (bin, at) in bins().zip(&curve) {
            let Bin { confidence, accuracy, cells } = bin;
            let note = format!("sure to {confidence:.3}, right in {accuracy:.3} of {cells} cells");
            canvas.dot("dot c0", *at, 3.0, &note);
        }
        if curve.is_empty() {
            canvas.text(
                "tick",
                ((LEFT + right) / 2.0, TOP + SIDE / 2.0),
                Anchor::Middle,
                "nothing measured",
            );
        }
        canvas.finish(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outside;
    use super::*;

    #[test]
    fn an_overconfident_model_lies_below_the_diagonal() {
        let bin = |confidence, accuracy| Bin { confidence, accuracy, cells: 100 };
        let chart = Reliability {
            title: "nothing visible".to_owned(),
            bins: vec![bin(0.2, 0.2), bin(0.5, 0.4), bin(0.9, 0.6)],
        };
        let svg = chart.svg();
        assert_eq!(outside(&svg), [""; 0]);
        insta::assert_snapshot!(svg.as_str());
    }

    #[test]
    fn no_bins_are_said_to_be_none() {
        let bin = Bin { confidence: f64::NAN, accuracy: f64::NAN, cells: 0 };
        for bins in [vec![], vec![bin]] {
            let svg = Reliability { title: String::new(), bins }.svg();
            assert!(svg.as_str().contains("nothing measured"));
            assert_eq!(outside(&svg), [""; 0]);
        }
    }
}
