//! Lines over a number, each with a band of uncertainty.

use super::Ink;
use super::canvas::{Anchor, Canvas, Svg, text_width};
use super::scale::{Scale, range};

/// A chart of lines.
#[derive(Clone, Debug, PartialEq)]
pub struct LineChart {
    /// What it shows, above it.
    pub title: String,
    /// What runs to the right.
    pub x_label: &'static str,
    /// Least and greatest value upwards; `None` takes them from the lines and their bands.
    pub y_range: Option<(f64, f64)>,
    /// The lines, the last one on top.
    pub series: Vec<Series>,
    /// Places along the way that have a name.
    pub marks: Vec<Mark>,
    /// How large it is.
    pub size: LineSize,
}

/// How large a chart of lines is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineSize {
    /// One of several side by side; fits a phone.
    Panel,
    /// One that stands alone and has room for names at the ends of its lines.
    Wide,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is called under the pointer, and at its end in a wide chart.
    pub name: String,
    /// Its colour.
    pub ink: Ink,
    /// Drawn broken.
    pub dashed: bool,
    /// From left to right; points that are no numbers leave a gap.
    pub points: Vec<Point>,
}

/// A point of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// Ends of its interval.
    pub band: Option<(f64, f64)>,
}

/// A place along the way that has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where it is.
    pub x: f64,
    /// What it is called.
    pub name: String,
}

/// Ticks aimed at upwards and to the right.
const TICKS: usize = 4;
/// Lines of more points than this show no dots.
const DOTS: usize = 60;
/// From one name at the end of a line to the next.
const NAME: f64 = 14.0;

impl LineChart {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let (width, height, right) = match self.size {
            LineSize::Panel => (320.0, 190.0, 14.0),
            LineSize::Wide => (660.0, 300.0, 24.0 + self.names_width()),
        };
        let (left, top, bottom) = (44.0, 30.0, height - 32.0);
        let points = || self.series.iter().flat_map(|series| &series.points);
        let xs = points().map(|point| point.x).filter(|x| x.is_finite());
        let (first, last) =
            xs.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        let x = Scale::new((first, last), (left, width - right));
        let values = points().flat_map(|point| {
            let (low, high) = point.band.unwrap_or((point.y, point.y));
            [point.y, low, high]
        });
        let ends = self.y_range.or_else(|| range(values)).unwrap_or((0.0, 1.0));
        let y = Scale::new(ends, (bottom, top));

        let mut canvas = Canvas::new(width, height);
        canvas.text("title", (2.0, 14.0), Anchor::Start, &self.title);
        for tick in y.ticks(TICKS) {
            canvas.line("grid", (left, y.at(tick)), (width - right, y.at(tick)));
            let label = y.label(tick, TICKS);
            canvas.text("tick", (left - 6.0, y.at(tick) + 4.0), Anchor::End, &label);
        }
        canvas.line("axis", (left, bottom), (width - right, bottom));
        self.x_axis(&mut canvas, x, (left, width - right), bottom);
        if points().next().is_none() {
            canvas.text("tick", (width / 2.0, height / 2.0), Anchor::Middle, "nothing measured");
        }
        for mark in self.marks.iter().filter(|mark| mark.x.is_finite()) {
            let at = x.at(mark.x);
            canvas.line("mark", (at, top), (at, bottom));
            let right_half = at > (left + width - right) / 2.0;
            let anchor = if right_half { Anchor::End } else { Anchor::Start };
            let beside = if right_half { at - 4.0 } else { at + 4.0 };
            canvas.text("tick", (beside, top + 8.0), anchor, &mark.name);
        }
        for series in &self.series {
            series.draw(&mut canvas, x, y);
        }
        if self.size == LineSize::Wide {
            self.names(&mut canvas, width - right + 6.0, y, (top, bottom));
        }
        canvas.finish(&self.title)
    }

    fn x_axis(&self, canvas: &mut Canvas, x: Scale, (left, right): (f64, f64), bottom: f64) {
        let mut free_from = left - 20.0;
        for tick in x.ticks(TICKS) {
            let label = x.label(tick, TICKS);
            let (at, half) = (x.at(tick), text_width(&label) / 2.0);
            let at = at.min(right + 12.0 - half);
            if at - half > free_from {
                canvas.text("tick", (at, bottom + 15.0), Anchor::Middle, &label);
                free_from = at + half + 8.0;
            }
        }
        canvas.text("tick", (right, bottom + 28.0), Anchor::End, self.x_label);
    }

    /// Room for the names at the ends of the lines.
    fn names_width(&self) -> f64 {
        self.series.iter().map(|series| 14.0 + text_width(&series.name)).fold(0.0, f64::max)
    }

    /// Names at the ends of the lines, pushed apart where lines end together.
    fn names(&self, canvas: &mut Canvas, left: f64, y: Scale, (top, bottom): (f64, f64)) {
        let mut names: Vec<(f64, &Series)> = self
            .series
            .iter()
            .filter_map(|series| Some((y.at(series.last()?.y), series)))
            .collect();
        names.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut lowest = top - NAME;
        for (at, _) in &mut names {
            *at = at.max(lowest + NAME);
            lowest = *at;
        }
        // Back up from the foot where they ran out of room.
        let mut highest = bottom + NAME;
        for (at, _) in names.iter_mut().rev() {
            *at = at.min(highest - NAME);
            highest = *at;
        }
        for (at, series) in names {
            canvas.dot(&format!("dot {}", series.ink.class()), (left + 4.0, at), 3.5, "");
            canvas.text("label", (left + 12.0, at + 4.0), Anchor::Start, &series.name);
        }
    }
}

impl Series {
    fn last(&self) -> Option<&Point> {
        self.points.iter().rev().find(|point| point.y.is_finite())
    }

    fn draw(&self, canvas: &mut Canvas, x: Scale, y: Scale) {
        let ink = self.ink.class();
        let whole = |point: &Point| point.x.is_finite() && point.y.is_finite();
        let pieces = || self.points.split(|point| !whole(point)).filter(|piece| !piece.is_empty());
        for piece in pieces() {
            let end = |pick: fn((f64, f64)) -> f64| {
                move |point: &Point| {
                    (x.at(point.x), y.at(pick(point.band.unwrap_or((point.y, point.y)))))
                }
            };
            if piece.iter().any(|point| point.band.is_some()) {
                let mut around: Vec<_> = piece.iter().map(end(|band| band.1)).collect();
                around.extend(piece.iter().rev().map(end(|band| band.0)));
                canvas.area(&format!("band {ink}"), &around);
            }
        }
        for piece in pieces() {
            let points: Vec<_> = piece.iter().map(|point| (x.at(point.x), y.at(point.y))).collect();
            let dashed = if self.dashed { " dashed" } else { "" };
            canvas.polyline(&format!("line {ink}{dashed}"), &points);
            if self.points.len() <= DOTS {
                for (point, at) in piece.iter().zip(&points) {
                    canvas.dot(&format!("dot {ink}"), *at, 2.2, &self.note(point));
                }
            }
        }
    }

    fn note(&self, point: &Point) -> String {
        let Self { name, .. } = self;
        let Point { x, y, .. } = point;
        match point.band {
            Some((low, high)) => format!("{name}, {x}: {y:.3} [{low:.3}, {high:.3}]"),
            None => format!("{name}, {x}: {y:.3}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::outside;
    use super::*;

    fn series(name: &str, index: usize, values: &[f64]) -> Series {
        let point = |(step, value): (usize, &f64)| Point {
            x: 100.0 * (step + 1) as f64,
            y: *value,
            band: Some((value - 0.02, value + 0.02)),
        };
        Series {
            name: name.to_owned(),
            ink: Ink::Category(index),
            dashed: index > 0,
            points: values.iter().enumerate().map(point).collect(),
        }
    }

    fn chart(size: LineSize, series: Vec<Series>) -> LineChart {
        LineChart {
            title: "nothing visible".to_owned(),
            x_label: "step",
            y_range: None,
            series,
            marks: vec![Mark { x: 200.0, name: "best".to_owned() }],
            size,
        }
    }

    #[test]
    fn a_panel() {
        let chart = chart(
            LineSize::Panel,
            vec![
                series("validation", 0, &[0.30, 0.35, 0.33]),
                series("training", 1, &[0.31, f64::NAN, 0.40]),
            ],
        );
        let svg = chart.svg();
        assert_eq!(outside(&svg), [""; 0]);
        insta::assert_snapshot!(svg.as_str());
    }

    #[test]
    fn names_of_lines_that_end_together_stand_apart() {
        let lines = (0..6).map(|index| series(&format!("{index}0% visible"), index, &[0.2, 0.5]));
        let svg = chart(LineSize::Wide, lines.collect()).svg();
        assert_eq!(outside(&svg), [""; 0]);
        let document = roxmltree::Document::parse(svg.as_str()).expect("well-formed");
        let mut feet: Vec<f64> = document
            .descendants()
            .filter(|node| node.attribute("class") == Some("label"))
            .filter_map(|node| node.attribute("y")?.parse().ok())
            .collect();
        feet.sort_by(f64::total_cmp);
        assert_eq!(feet.len(), 6);
        assert!(feet.windows(2).all(|pair| pair[1] - pair[0] >= NAME - 0.2), "{feet:?}");
    }

    #[test]
    fn a_gap_is_not_bridged() {
        let svg =
            chart(LineSize::Panel, vec![series("a", 0, &[0.1, 0.2, f64::NAN, 0.4, 0.5])]).svg();
        assert_eq!(svg.as_str().matches("class=\"line c0\"").count(), 2);
        assert!(!svg.as_str().contains("NaN"));
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let svg = chart(LineSize::Panel, Vec::new()).svg();
        assert!(svg.as_str().contains("nothing measured"));
    }
}
