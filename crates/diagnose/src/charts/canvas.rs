//! The sheet that charts are drawn on.

use std::fmt::Write;

use crate::page::figure_style;

/// A finished chart: an `<svg>` element that names nothing outside of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg(String);

impl Svg {
    /// Its markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The chart as a file of its own, with the page's colours on light and on dark ground.
    pub fn standalone(&self) -> String {
        let (head, body) = self.0.split_once('\n').unwrap_or((&self.0, ""));
        let style = figure_style();
        let ground = "<rect class=\"page\" width=\"100%\" height=\"100%\"/>";
        format!("{head}\n<style>\n{style}</style>\n{ground}\n{body}")
    }
}

/// Where text stands to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// The height of the charts' text in pixels, as the page's style sets it.
pub(super) const TEXT: f64 = 11.0;

/// About how wide a text is in the charts' font, in pixels; rather too wide than too narrow.
pub(super) fn text_width(text: &str) -> f64 {
    let wide = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ' ' | ':' => 0.36,
        'm' | 'w' | 'M' | 'W' | '%' | '→' => 1.0,
        'A'..='Z' | '♯' | '±' | '–' => 0.76,
        _ => 0.63,
    };
    TEXT * text.chars().map(wide).sum::<f64>()
}

/// A chart while it is drawn. Classes are this crate's own words; texts may be anything.
#[derive(Debug)]
pub(super) struct Canvas {
    width: f64,
    height: f64,
    body: String,
}

impl Canvas {
    /// An empty sheet of this many pixels.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// A rectangle; `note` is shown under the pointer.
    pub fn rectangle(
        &mut self,
        class: &str,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        note: &str,
    ) {
        let (width, height) = (width.max(0.0), height.max(0.0));
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
             height=\"{height:.1}\""
        ));
        self.close("rect", note);
    }

    /// A rectangle whose fill is so strong, 0 to 1.
    pub fn shade(
        &mut self,
        class: &str,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        ink: f64,
        note: &str,
    ) {
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
             height=\"{height:.1}\" fill-opacity=\"{:.2}\"",
            ink.clamp(0.0, 1.0)
        ));
        self.close("rect", note);
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.push(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n"
        ));
    }

    /// A dot.
    pub fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64, note: &str) {
        self.push(format_args!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\""
        ));
        self.close("circle", note);
    }

    /// A line through points; nothing if there are fewer than two.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() > 1 {
            self.push(format_args!("<path class=\"{class}\" d=\"M{}\"/>\n", joined(points)));
        }
    }

    /// The area within points.
    pub fn area(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() > 2 {
            self.push(format_args!("<path class=\"{class}\" d=\"M{}Z\"/>\n", joined(points)));
        }
    }

    /// A path in its own words.
    pub fn path(&mut self, class: &str, commands: &str, transform: &str) {
        self.push(format_args!(
            "<path class=\"{class}\" transform=\"{transform}\" d=\"{commands}\"/>\n"
        ));
    }

    /// Text on one line; `y` is its foot.
    pub fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let (anchor, text) = (anchor.name(), escaped(text));
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n"
        ));
    }

    /// Text that reads upwards.
    pub fn text_upwards(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let (anchor, text) = (anchor.name(), escaped(text));
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" \
             transform=\"rotate(-90 {x:.1} {y:.1})\">{text}</text>\n"
        ));
    }

    /// The chart; `name` is read to those who do not see it.
    pub fn finish(self, name: &str) -> Svg {
        let Self { width, height, body } = self;
        Svg(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">\n{body}</svg>\n",
            escaped(name)
        ))
    }

    /// Closes an element whose start tag is still open.
    fn close(&mut self, element: &str, note: &str) {
        if note.is_empty() {
            self.push(format_args!("/>\n"));
        } else {
            let note = escaped(note);
            self.push(format_args!("><title>{note}</title></{element}>\n"));
        }
    }

    fn push(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(markup);
    }
}

/// Points as the arguments of a path.
fn joined(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    points.join("L")
}

/// `text` as the content of an element or within double quotes. Characters that XML cannot hold
/// are left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(letter),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_be_anything() {
        let mut canvas = Canvas::new(10.0, 10.0);
        let text = "<script>\"&'\u{0}\u{1b}\u{ffff}</script>";
        canvas.text("label", (0.0, 9.0), Anchor::Start, text);
        canvas.dot("dot", (1.0, 1.0), 1.0, text);
        let svg = canvas.finish(text);
        let document = roxmltree::Document::parse(svg.as_str()).expect("well-formed");
        let name = document.root_element().attribute("aria-label");
        assert_eq!(name, Some("<script>\"&'</script>"));
        assert!(!svg.as_str().contains("<script"));
    }

    #[test]
    fn one_point_is_no_line() {
        let mut canvas = Canvas::new(10.0, 10.0);
        canvas.polyline("line", &[(1.0, 2.0)]);
        canvas.area("band", &[(1.0, 2.0), (2.0, 2.0)]);
        assert!(!canvas.finish("nothing").as_str().contains("path"));
    }
}
