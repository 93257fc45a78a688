//! Bars to the right, each with its interval, beside a value to compare with.

use super::Ink;
use super::canvas::{Anchor, Canvas, Svg, text_width};
use super::scale::{Scale, range};

/// A chart of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What it shows, above it.
    pub title: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
    /// Least and greatest value; `None` takes them from the bars and zero.
    pub range: Option<(f64, f64)>,
    /// What the tick on a bar means, if any bar has one.
    pub reference: Option<&'static str>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is called, left of it.
    pub name: String,
    /// How long it is, from zero; it may be negative.
    pub value: f64,
    /// Ends of its interval.
    pub interval: Option<(f64, f64)>,
    /// A value to compare with.
    pub reference: Option<f64>,
    /// Its colour.
    pub ink: Ink,
}

const ROW: f64 = 20.0;
/// Names are cut beyond this.
const WIDEST: f64 = 140.0;

impl Bars {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let names = self.bars.iter().map(|bar| text_width(&bar.name)).fold(30.0, f64::max);
        let (left, width) = (names.min(WIDEST) + 8.0, 324.0);
        let value_text = |bar: &Bar| format!("{:.3}", bar.value);
        let right =
            width - 10.0 - self.bars.iter().map(|b| text_width(&value_text(b))).fold(0.0, f64::max);
        let top = if self.reference.is_some() { 38.0 } else { 24.0 };
        let height = top + ROW * self.bars.len() as f64 + 6.0;
        let values = self.bars.iter().flat_map(|bar| {
            let (low, high) = bar.interval.unwrap_or((bar.value, bar.value));
            [bar.value, low, high, bar.reference.unwrap_or(0.0), 0.0]
        });
        let ends = self.range.or_else(|| range(values)).unwrap_or((0.0, 1.0));
        // Bars begin at zero exactly.
        let ends =
            if self.range.is_none() && ends.0 > -0.05 * ends.1 { (0.0, ends.1) } else { ends };
        let x = Scale::new(ends, (left, right));

        let mut canvas = Canvas::new(width, height);
        canvas.text("title", (2.0, 14.0), Anchor::Start, &self.title);
        if let Some(reference) = self.reference {
            canvas.line("reference", (left, 22.0), (left, 32.0));
            canvas.text("tick", (left + 6.0, 31.0), Anchor::Start, reference);
        }
        for (index, bar) in self.bars.iter().enumerate() {
            let (y, middle) = (top + ROW * index as f64, top + ROW * (index as f64 + 0.5));
            canvas.text("label", (left - 6.0, middle + 4.0), Anchor::End, &shortened(&bar.name));
            if !bar.value.is_finite() {
                canvas.text("tick", (left + 4.0, middle + 4.0), Anchor::Start, "not measured");
                continue;
            }
            let (from, to) = (x.at(bar.value.min(0.0)), x.at(bar.value.max(0.0)));
            let note = bar.note();
            let class = format!("bar {}", bar.ink.class());
            canvas.rectangle(&class, (from, y + 4.0), (to - from, ROW - 8.0), &note);
            if let Some((low, high)) = bar.interval {
                canvas.line("whisker", (x.at(low), middle), (x.at(high), middle));
                for end in [low, high] {
                    canvas.line("whisker", (x.at(end), middle - 3.0), (x.at(end), middle + 3.0));
                }
            }
            if let Some(reference) = bar.reference.filter(|value| value.is_finite()) {
                let at = x.at(reference);
                canvas.line("reference", (at, y + 1.0), (at, y + ROW - 1.0));
            }
            canvas.text("tick", (width - 2.0, middle + 4.0), Anchor::End, &value_text(bar));
        }
        let bottom = top + ROW * self.bars.len() as f64;
        canvas.line("axis", (x.at(0.0), top), (x.at(0.0), bottom));
        canvas.finish(&self.title)
    }
}

/// A name that fits left of the bars.
fn shortened(name: &str) -> String {
    if text_width(name) <= WIDEST {
        return name.to_owned();
    }
    let mut short = String::new();
    for letter in name.chars() {
        if text_width(&short) + 14.0 > WIDEST {
            break;
        }
        short.push(letter);
    }
    format!("{}…", short.trim_end())
}

impl Bar {
    fn note(&self) -> String {
        let Self { name, value, .. } = self;
        let mut note = format!("{name}: {value:.3}");
        if let Some((low, high)) = self.interval {
            note.push_str(&format!(" [{low:.3}, {high:.3}]"));
        }
        if let Some(reference) = self.reference {
            note.push_str(&format!(", beside {reference:.3}"));
        }
        note
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outside;
    use super::*;

    fn bar(name: &str, value: f64) -> Bar {
        Bar {
            name: name.to_owned(),
            value,
            interval: Some((value - 0.1, value + 0.1)),
            reference: Some(0.25),
            ink: Ink::Category(0),
        }
    }

    #[test]
    fn shares_beside_chance() {
        let chart = Bars {
            title: "layer 1, head 2".to_owned(),
            bars: vec![bar("melody", 0.6), bar("itself", 0.1), bar("nothing", f64::NAN)],
            range: None,
            reference: Some("chance"),
        };
        let svg = chart.svg();
        assert_eq!(outside(&svg), [""; 0]);
        insta::assert_snapshot!(svg.as_str());
    }

    #[test]
    fn negative_bars_and_long_names_stay_on_the_sheet() {
        let long = "a name that is a good deal longer than any row of the chart could hold";
        let chart = Bars {
            title: "differences".to_owned(),
            bars: vec![bar(long, -0.4), bar("up", 0.3)],
            range: None,
            reference: None,
        };
        assert_eq!(outside(&chart.svg()), [""; 0]);
        assert_eq!(outside(&Bars { bars: Vec::new(), ..chart }.svg()), [""; 0]);
    }
}
