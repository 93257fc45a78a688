//! The picture as SVG, readable on light and on dark ground.

use std::fmt::Write;

use super::{Band, Drawing, MOMENTS, Panel, Training};
use crate::{Cell, Masking};

/// What is said in place of shares that cannot be known beforehand.
pub(super) const DRIVEN: &str =
    "Training goes on to the next stage when the validation loss of its stage stops falling.";

/// Left of all rows, for their labels.
const LEFT: f64 = 76.0;
/// The width of the cells and of training.
const WIDTH: f64 = 720.0;
/// Right of all rows, for what is counted.
const RIGHT: f64 = 84.0;
/// From row to row.
const ROW: f64 = 16.0;
/// Colours are those of `Cell`: filled is visible, outlined is asked. The text and the
/// ground follow the reader's scheme.
const STYLE: &str = "\
<style>
  .ground { fill: #fcfcfb } text { fill: #52514e; font: 12px system-ui, sans-serif }
  .title { fill: #0b0b0b; font-size: 16px; font-weight: 600 } .head { fill: #0b0b0b }
  .end { text-anchor: end }
  .visible, .items { fill: #2a78d6 } .target { fill: none; stroke: #d95926; stroke-width: 1.4 }
  .ignored { fill: #c9c8c1 } .empty { fill: #efeeea }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #1a1a19 } text { fill: #b5b4ac } .title, .head { fill: #ffffff }
    .visible, .items { fill: #3987e5 } .target { stroke: #ef8350 }
    .ignored { fill: #55544f } .empty { fill: #272725 }
  }
</style>
";

/// An SVG document while it grows downwards.
struct Page {
    body: String,
    y: f64,
}

impl Drawing {
    /// The picture as an SVG document.
    pub fn svg(&self) -> String {
        let mut page = Page { body: String::new(), y: 28.0 };
        page.text(LEFT, "title", &self.title);
        page.y += 24.0;
        self.svg_legend(&mut page);
        for panel in &self.panels {
            page.y += 30.0;
            self.panel(&mut page, panel);
        }
        page.y += 30.0;
        match &self.training {
            Training::Known(bands) => self.svg_training(&mut page, bands),
            Training::Driven => page.text(LEFT, "head", DRIVEN),
        }
        let (width, height) = (LEFT + WIDTH + RIGHT, page.y + 20.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n{STYLE}\
             <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
            escaped(&self.title),
            page.body
        )
    }

    /// The signs that the picture uses.
    fn svg_legend(&self, page: &mut Page) {
        let mut x = LEFT;
        for cell in Cell::ALL.into_iter().filter(|&cell| self.shows(cell)) {
            page.cell(x, page.y - 10.0, 10.0, 12.0, cell);
            page.text(x + 17.0, "key", cell.noun());
            x += 36.0 + 7.0 * cell.noun().len() as f64;
        }
    }

    /// Stages down, cells across.
    fn panel(&self, page: &mut Page, panel: &Panel) {
        page.text(LEFT - 10.0, "end", panel.rows_are);
        page.text(LEFT, "head", &panel.caption);
        page.text(LEFT + WIDTH + 8.0, "key", "visible");
        page.y += 6.0;
        for row in &panel.rows {
            page.label(&row.label);
            self.cells(page, &row.masking);
            let counted = format!("{} of {}", row.masking.visible(), row.masking.cells.len());
            page.y += ROW;
            page.text_up(LEFT + WIDTH + 8.0, &counted);
        }
    }

    /// One item; bars stand apart.
    fn cells(&self, page: &mut Page, masking: &Masking) {
        // A bar line is as wide as six tenths of a cell.
        let gaps = self.bars.len().saturating_sub(1) as f64 * 0.6;
        let pitch = (WIDTH / (masking.cells.len() as f64 + gaps)).min(22.0);
        for (index, bar) in self.bars.iter().enumerate() {
            for (offset, &cell) in masking.cells[bar.clone()].iter().enumerate() {
                let x = LEFT + ((bar.start + offset) as f64 + 0.6 * index as f64) * pitch;
                page.cell(x, page.y + 2.0, 0.86 * pitch, ROW - 4.0, cell);
            }
        }
    }

    /// Stages down, training across.
    fn svg_training(&self, page: &mut Page, bands: &[Band]) {
        page.text(LEFT, "head", "share of the items");
        let mut x = LEFT + 150.0;
        for share in [0.05, 0.25, 0.5, 1.0] {
            page.items(x, page.y - 10.0, 10.0, 12.0, share);
            page.text(x + 17.0, "key", &format!("{}%", 100.0 * share));
            x += 64.0;
        }
        page.y += 6.0;
        if self.floor > 0.0 {
            let items = vec![self.floor; MOMENTS as usize];
            page.band(&Band { label: "full".to_owned(), items });
        }
        for band in bands {
            page.band(band);
        }
        page.y += 14.0;
        page.text(LEFT, "key", "start of training");
        page.text(LEFT + WIDTH, "end", "end");
    }
}

impl Page {
    /// Text on the present line. Classes are ours; the text may be anything.
    fn text(&mut self, x: f64, class: &str, text: &str) {
        let (y, text) = (self.y, escaped(text));
        self.push(&format!("<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{text}</text>\n"));
    }

    /// Text in the row that ends at the present line.
    fn text_up(&mut self, x: f64, text: &str) {
        self.y -= 4.0;
        self.text(x, "key", text);
        self.y += 4.0;
    }

    /// The label of the row that starts at the present line.
    fn label(&mut self, label: &str) {
        self.y += ROW - 4.0;
        self.text(LEFT - 10.0, "end", label);
        self.y -= ROW - 4.0;
    }

    /// A cell: filled where it is visible, outlined where it is asked, a dot where neither.
    fn cell(&mut self, x: f64, y: f64, width: f64, height: f64, cell: Cell) {
        let (middle, centre) = (x + width / 2.0, y + height / 2.0);
        if cell == Cell::Ignored {
            let radius = (width / 4.0).min(2.0);
            self.push(&format!(
                "<circle class=\"ignored\" cx=\"{middle:.1}\" cy=\"{centre:.1}\" r=\"{radius:.1}\"/>\n"
            ));
        }
        if cell.is_visible() {
            self.rectangle("visible", x, y, width, height, 1.0);
        }
        if cell.is_target() {
            // The outline lies inside of the cell.
            let inset = 0.7_f64.min(width / 4.0);
            let (width, height) = (width - 2.0 * inset, height - 2.0 * inset);
            self.rectangle("target", x + inset, y + inset, width, height, 1.0);
        }
    }

    /// One row of shares through training.
    fn band(&mut self, band: &Band) {
        self.label(&band.label);
        let pitch = WIDTH / f64::from(MOMENTS);
        self.rectangle("empty", LEFT, self.y + 1.0, WIDTH, ROW - 2.0, 1.0);
        let mut x = LEFT;
        for run in band.items.chunk_by(|a, b| a == b) {
            let width = pitch * run.len() as f64;
            self.items(x, self.y + 1.0, width, ROW - 2.0, run.first().copied().unwrap_or(0.0));
            x += width;
        }
        self.y += ROW;
    }

    /// A share of the items, as the square root in ink so that small ones are seen.
    fn items(&mut self, x: f64, y: f64, width: f64, height: f64, share: f64) {
        if share > 0.001 {
            self.rectangle("items", x, y, width, height, share.sqrt());
        }
    }

    fn rectangle(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64, ink: f64) {
        let ink = if ink < 1.0 { format!(" fill-opacity=\"{ink:.2}\"") } else { String::new() };
        self.push(&format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
             height=\"{height:.1}\"{ink}/>\n"
        ));
    }

    fn push(&mut self, markup: &str) {
        // Writing to a string cannot fail.
        let _ = self.body.write_str(markup);
    }
}

/// `text` as the content of an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, Meter, Preset};

    fn svg(preset: Preset, title: &str) -> String {
        let layout = Layout::regular(Meter::COMMON, 0, 16).expect("cells");
        Drawing::new(title, &preset.curriculum(), &layout, 50, 1).svg()
    }

    #[test]
    fn every_cell_is_drawn_once_as_what_it_is() {
        let svg = svg(Preset::MidpointDoublingPublished, "midpoint");
        // 16 cells, nine stages that are spacings 16, 16 → 8, 8, 4, 4, 2, 2, 1, 1 (K = 4,
        // round(s / 2)): visible 0 1 1 2 2 4 4 8 8, the legend has one of each more.
        let count = |class: &str| svg.matches(&format!("class=\"{class}\"")).count();
        assert_eq!(count("visible"), 30 + 1);
        // Asked: every p-th, 1 2 2 4 4 8 8 16 16; the legend shows a target and a copy.
        assert_eq!(count("target"), 61 + 2);
        assert_eq!(count("ignored"), 9 * 16 - 61 + 1);
    }

    #[test]
    fn titles_are_escaped_and_elements_closed() {
        let svg = svg(Preset::Sampled, "<a> & b");
        assert!(svg.contains("<title>&lt;a&gt; &amp; b</title>"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(svg.contains("prefers-color-scheme: dark"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
