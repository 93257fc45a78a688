//! HTML that cannot be broken by what stands in it: markup is this crate's own, texts are escaped.

use crate::charts::{Ink, Svg, escaped};

/// A page while it is written.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup as it is.
    pub fn markup(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Text, which may be anything.
    pub fn text(&mut self, text: &str) {
        self.0.push_str(&escaped(text));
    }

    /// An element with what `inside` writes; no class for an empty one.
    pub fn element(
        &mut self,
        name: &'static str,
        class: &'static str,
        inside: impl FnOnce(&mut Self),
    ) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.0.push_str(&format!("<{name}{class}>"));
        inside(self);
        self.0.push_str(&format!("</{name}>"));
        if !matches!(name, "td" | "th" | "span" | "code" | "a" | "del" | "ins") {
            self.0.push('\n');
        }
    }

    /// An element that holds text alone.
    pub fn leaf(&mut self, name: &'static str, class: &'static str, text: &str) {
        self.element(name, class, |html| html.text(text));
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        self.leaf("p", "", text);
    }

    /// A heading that links can lead to.
    pub fn heading(&mut self, id: &'static str, text: &str) {
        self.0.push_str(&format!("<h2 id=\"{id}\">"));
        self.text(text);
        self.markup("</h2>\n");
    }

    /// A link to a heading of this page.
    pub fn link_within(&mut self, id: &'static str, text: &str) {
        self.0.push_str(&format!("<a href=\"#{id}\">"));
        self.text(text);
        self.markup("</a>");
    }

    /// What could not be shown, and why.
    pub fn missing(&mut self, why: &str) {
        self.leaf("p", "missing", why);
    }

    /// Charts side by side, as far as there is room.
    pub fn charts(&mut self, class: &'static str, charts: impl IntoIterator<Item = Svg>) {
        self.element("div", class, |html| {
            for chart in charts {
                html.element("div", "chart", |html| html.0.push_str(chart.as_str()));
            }
        });
    }

    /// What the colours of lines mean.
    pub fn legend<'a>(&mut self, entries: impl IntoIterator<Item = (Ink, bool, &'a str)>) {
        self.element("ul", "legend", |html| {
            for (ink, dashed, name) in entries {
                html.element("li", "", |html| {
                    let dashed = if dashed { " dashed" } else { "" };
                    html.0.push_str(&format!(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"24\" height=\"10\" \
                         aria-hidden=\"true\"><path class=\"line {}{dashed}\" d=\"M1 5H23\"/></svg>",
                        ink.class()
                    ));
                    html.text(name);
                });
            }
        });
    }

    /// Something that is opened by a click.
    pub fn details(&mut self, summary: &str, inside: impl FnOnce(&mut Self)) {
        self.element("details", "", |html| {
            html.leaf("summary", "", summary);
            inside(html);
        });
    }

    /// A table; the first column holds names, the others numbers.
    pub fn table(&mut self, caption: &str, columns: &[String], rows: &[Vec<String>]) {
        self.element("div", "scroll", |html| {
            html.element("table", "", |html| {
                html.leaf("caption", "", caption);
                html.element("tr", "", |html| {
                    columns.iter().for_each(|column| html.leaf("th", "", column));
                });
                for row in rows {
                    html.element("tr", "", |html| {
                        row.iter().for_each(|cell| html.leaf("td", "", cell));
                    });
                }
            });
        });
    }

    /// The page.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut html = Html::default();
        html.leaf("p", "soft", "<script>alert(1)</script> & \"more\"");
        html.table("<b>", &["<i>".to_owned()], &[vec!["<u>".to_owned()]]);
        html.details("<s>", |html| html.missing("<em>"));
        html.legend([(Ink::Category(0), true, "<q>")]);
        let page = html.finish();
        for tag in ["<script", "<b>", "<i>", "<u>", "<s>", "<em>", "<q>"] {
            assert!(!page.contains(tag), "{tag}");
        }
        roxmltree::Document::parse(&format!("<body>{page}</body>")).expect("well-formed");
    }
}
