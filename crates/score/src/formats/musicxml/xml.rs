//! Elements to be written.

/// An element with its attributes and either a text or further elements.
#[derive(Clone, Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(String),
    Elements(Vec<Element>),
}

/// How elements are laid out: what stands before each line, and how much deeper children go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout<'a> {
    /// Line break and indentation; empty if everything stands on one line.
    pub(super) lead: &'a str,
    /// What is added to it for each level.
    pub(super) unit: &'a str,
}

impl Element {
    /// An element with elements in it.
    pub(super) fn new(name: &'static str, elements: impl IntoIterator<Item = Self>) -> Self {
        let content = Content::Elements(elements.into_iter().collect());
        Self { name, attributes: Vec::new(), content }
    }

    /// An element without content.
    pub(super) fn empty(name: &'static str) -> Self {
        Self::new(name, [])
    }

    /// An element with a text in it.
    pub(super) fn text(name: &'static str, text: impl ToString) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Text(text.to_string()) }
    }

    /// The element with an attribute more.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// Adds an element to its content.
    pub(super) fn push(&mut self, element: Self) {
        match &mut self.content {
            Content::Elements(elements) => elements.push(element),
            Content::Text(_) => self.content = Content::Elements(vec![element]),
        }
    }

    /// Writes it, its first line without the lead.
    pub(super) fn render(&self, layout: Layout<'_>, out: &mut String) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        match &self.content {
            Content::Elements(elements) if elements.is_empty() => {
                out.push_str("/>");
                return;
            }
            Content::Elements(elements) => {
                out.push('>');
                let deeper = if layout.lead.is_empty() { "" } else { layout.unit };
                let lead = format!("{}{deeper}", layout.lead);
                for element in elements {
                    out.push_str(&lead);
                    element.render(Layout { lead: &lead, ..layout }, out);
                }
                out.push_str(layout.lead);
            }
            Content::Text(text) => {
                out.push('>');
                escape(text, out);
            }
        }
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }
}

/// Writes text so that it reads back as it is; characters that XML cannot hold are left out.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(element: &Element, lead: &str) -> String {
        let mut out = String::new();
        element.render(Layout { lead, unit: "  " }, &mut out);
        out
    }

    #[test]
    fn elements_are_indented_and_escaped() {
        let element = Element::new("a", [Element::text("b", "<&\"\u{1}é"), Element::empty("c")]);
        let element = element.with("d", "\"");
        let text = "<b>&lt;&amp;&quot;é</b>";
        assert_eq!(rendered(&element, ""), format!("<a d=\"&quot;\">{text}<c/></a>"));
        assert_eq!(
            rendered(&element, "\n "),
            format!("<a d=\"&quot;\">\n   {text}\n   <c/>\n </a>")
        );
    }
}
