//! Charts as SVG, drawn by a few shapes of our own, one kind a file.
//!
//! A chart names no colour: its marks carry classes, and the page's style sheet gives them
//! colours for light and for dark ground ([`Ink`]). Sizes are in pixels. Marks have a `<title>`,
//! so that a pointer shows their numbers without any script.

mod bars;
mod canvas;
mod dense;
mod heat_map;
mod line;
mod piano_roll;
mod reliability;
mod scale;

pub use bars::{Bar, Bars};
pub use canvas::Svg;
pub(crate) use canvas::escaped;
pub use dense::{DenseMap, MapAxis};
#[cfg(test)]
pub(crate) use heat_map::STRONGEST;
pub use heat_map::{HeatMap, HeatScale};
pub use line::{LineChart, LineSize, Mark, Point, Series};
pub use piano_roll::{Lane, LaneChord, PianoRoll, Verdict};
pub use reliability::{Bin, Reliability};

/// Which of the page's colours a series has. They are told apart by colour-blind readers too
/// (see the test of the page's style).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// One of six colours for things without order: validation and training, or several runs.
    Category(usize),
    /// One of six steps, from little to much.
    Step(usize),
}

/// How many inks of each kind there are.
pub const INKS: usize = 6;

impl Ink {
    /// Its class, such as `c2` or `s5`.
    pub fn class(self) -> &'static str {
        const CATEGORIES: [&str; INKS] = ["c0", "c1", "c2", "c3", "c4", "c5"];
        const STEPS: [&str; INKS] = ["s0", "s1", "s2", "s3", "s4", "s5"];
        match self {
            Self::Category(index) => CATEGORIES[index % INKS],
            Self::Step(index) => STEPS[index % INKS],
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The marks of a chart that lie outside of it, or are no numbers.
    pub(crate) fn outside(svg: &Svg) -> Vec<String> {
        let document = roxmltree::Document::parse(svg.as_str()).expect("well-formed");
        let number = |node: roxmltree::Node<'_, '_>, name| {
            node.attribute(name).and_then(|text| text.parse::<f64>().ok())
        };
        let root = document.root_element();
        let (width, height) = (number(root, "width"), number(root, "height"));
        let (width, height) = (width.expect("a width"), height.expect("a height"));
        let fits = |x: f64, y: f64| {
            (-0.51..=width + 0.51).contains(&x) && (-0.51..=height + 0.51).contains(&y)
        };
        let mut strays = Vec::new();
        for node in document.descendants() {
            let at = |x, y| Some((number(node, x)?, number(node, y)?));
            let corners = match node.tag_name().name() {
                "rect" => at("x", "y").map(|(x, y)| {
                    let size = at("width", "height").unwrap_or((f64::NAN, f64::NAN));
                    vec![(x, y), (x + size.0, y + size.1)]
                }),
                "line" => at("x1", "y1").zip(at("x2", "y2")).map(|(a, b)| vec![a, b]),
                "text" => at("x", "y").map(|(x, y)| {
                    let long = super::canvas::text_width(node.text().unwrap_or_default());
                    match node.attribute("text-anchor") {
                        Some("end") => vec![(x - long, y), (x, y)],
                        Some("middle") => vec![(x - long / 2.0, y), (x + long / 2.0, y)],
                        _ => vec![(x, y), (x + long, y)],
                    }
                }),
                "circle" => at("cx", "cy").map(|at| vec![at]),
                _ => Some(Vec::new()),
            };
            // Rotated text is measured by eye.
            if node.attribute("transform").is_some() {
                continue;
            }
            match corners {
                Some(corners) if corners.iter().all(|(x, y)| fits(*x, *y)) => {}
                _ => strays.push(svg.as_str()[node.range()].to_owned()),
            }
        }
        strays
    }

    #[test]
    fn inks_have_names_of_their_own() {
        let mut names: Vec<_> = (0..INKS)
            .flat_map(|index| [Ink::Category(index).class(), Ink::Step(index).class()])
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 2 * INKS);
    }
}
