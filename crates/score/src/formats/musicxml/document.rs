//! The XML document as parts and measures, whichever of the two is outermost.

use std::collections::HashMap;

use roxmltree::{Document, ParsingOptions};

use super::value::{Node, child, child_text, elements, name};
use crate::{Place, ReadError};

/// More elements than any score has; bounds memory on hostile input.
const MOST_NODES: u32 = 16_000_000;
/// More attributes than any tag of MusicXML has; the XML parser compares them pairwise.
const MOST_ATTRIBUTES: usize = 200;
/// More namespaces than any score declares; the XML parser copies them at each declaration.
const MOST_NAMESPACES: usize = 100;

/// Parses XML. Documents that define entities are refused: scores have none, and they are how
/// a small file grows without bound.
///
/// # Errors
/// If it is not well-formed XML or hostile.
pub(super) fn parse(text: &str) -> Result<Document<'_>, ReadError> {
    if text.contains("<!ENTITY") {
        let problem = "its DOCTYPE defines entities, which no score needs";
        return Err(ReadError::new(Place::File, problem, "remove the <!ENTITY …> lines"));
    }
    if text.matches("xmlns").count() > MOST_NAMESPACES || most_attributes(text) > MOST_ATTRIBUTES {
        let problem = "it has more attributes than any score";
        return Err(ReadError::new(Place::File, problem, "export it again from its program"));
    }
    let options =
        ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let way_out = "the file may be cut off or damaged; export it again from its program";
        ReadError::new(
            Place::Line(error.pos().row),
            format!("it is no valid XML ({error})"),
            way_out,
        )
    })
}

/// The largest number of `=` outside quotes in one tag.
fn most_attributes(text: &str) -> usize {
    let (mut most, mut count, mut quote, mut in_tag) = (0, 0, None, false);
    for byte in text.bytes() {
        match (byte, quote) {
            (_, Some(open)) if byte == open => quote = None,
            (_, Some(_)) => {}
            (b'<', None) => (in_tag, count) = (true, 0),
            (b'>', None) => in_tag = false,
            (b'"' | b'\'', None) if in_tag => quote = Some(byte),
            (b'=', None) if in_tag => {
                count += 1;
                most = most.max(count);
            }
            _ => {}
        }
    }
    most
}

/// One measure of one part.
#[derive(Clone, Copy)]
pub(super) struct Measure<'a> {
    /// The element that carries the number.
    pub(super) head: Node<'a>,
    /// The element that holds the music; missing where a timewise measure leaves the part out.
    pub(super) content: Option<Node<'a>>,
}

/// A part: one instrument or voice.
pub(super) struct Part<'a> {
    /// Its identifier.
    pub(super) id: &'a str,
    /// Its name; empty if it has none.
    pub(super) name: &'a str,
    /// Its abbreviation; empty if it has none.
    pub(super) abbreviation: &'a str,
    /// Its measures in order.
    pub(super) measures: Vec<Measure<'a>>,
}

/// A score as parts, each with its measures.
pub(super) struct Score<'a> {
    /// The outermost element.
    pub(super) root: Node<'a>,
    /// The parts in the order of the score.
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Score<'a> {
    /// Finds the parts of a document.
    ///
    /// # Errors
    /// If its root is no MusicXML score or there are no measures.
    pub(super) fn new(document: &'a Document<'a>) -> Result<Self, ReadError> {
        let root = document.root_element();
        let parts = match name(root) {
            "score-partwise" => partwise(root),
            "score-timewise" => timewise(root),
            "opus" => {
                let problem = "it is an opus, a list of other files";
                return Err(ReadError::new(Place::File, problem, "read the scores it names"));
            }
            other => {
                let line = document.text_pos_at(root.range().start).row;
                let problem = format!("it is XML but no MusicXML score (<{}>)", shortened(other));
                let way_out = "expected <score-partwise> or <score-timewise>";
                return Err(ReadError::new(Place::Line(line), problem, way_out));
            }
        };
        if parts.iter().all(|part| part.measures.is_empty()) {
            let way_out = "open it in a notation program and check that it holds music";
            return Err(ReadError::new(Place::File, "the score has no measures", way_out));
        }
        Ok(Self { root, parts })
    }
}

/// At most 40 characters of a name from outside.
fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

/// More parts than the largest orchestra has staves; bounds parts × measures.
const MOST_TIMEWISE_PARTS: usize = 256;

/// The parts of `<score-partwise>`: measures stand inside them.
fn partwise(root: Node<'_>) -> Vec<Part<'_>> {
    let names = PartNames::new(root);
    elements(root)
        .filter(|node| name(*node) == "part")
        .map(|node| {
            let measures = elements(node)
                .filter(|measure| name(*measure) == "measure")
                .map(|measure| Measure { head: measure, content: Some(measure) })
                .collect();
            names.part(node, measures)
        })
        .collect()
}

/// The parts of `<score-timewise>`: they stand inside the measures.
fn timewise(root: Node<'_>) -> Vec<Part<'_>> {
    let names = PartNames::new(root);
    let empty: Vec<_> = elements(root)
        .filter(|node| name(*node) == "measure")
        .map(|head| Measure { head, content: None })
        .collect();
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (index, measure) in empty.iter().enumerate() {
        for content in elements(measure.head).filter(|node| name(*node) == "part") {
            let id = content.attribute("id").unwrap_or_default();
            let known = parts.iter().position(|part| part.id == id);
            if known.is_none() && parts.len() < MOST_TIMEWISE_PARTS {
                parts.push(names.part(content, empty.clone()));
            }
            let place = known.unwrap_or(parts.len().saturating_sub(1));
            let part = parts.get_mut(place).filter(|part| part.id == id);
            if let Some(measure) = part.and_then(|part| part.measures.get_mut(index)) {
                measure.content.get_or_insert(content);
            }
        }
    }
    parts
}

/// The entries of `<part-list>` by their identifiers.
struct PartNames<'a>(HashMap<&'a str, Node<'a>>);

impl<'a> PartNames<'a> {
    fn new(root: Node<'a>) -> Self {
        let list = child(root, "part-list");
        let entries = list.into_iter().flat_map(elements);
        let named = entries.filter(|entry| name(*entry) == "score-part");
        Self(named.filter_map(|entry| Some((entry.attribute("id")?, entry))).collect())
    }

    /// The part that `node` holds, with the names that the list gives it.
    fn part(&self, node: Node<'a>, measures: Vec<Measure<'a>>) -> Part<'a> {
        let id = node.attribute("id").unwrap_or_default();
        let text = |called| self.0.get(id).and_then(|entry| child_text(*entry, called));
        Part {
            id,
            name: text("part-name").unwrap_or_default(),
            abbreviation: text("part-abbreviation").unwrap_or_default(),
            measures,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        match parse(text) {
            Err(error) => error.to_string(),
            Ok(document) => Score::new(&document).err().expect("refused").to_string(),
        }
    }

    #[test]
    fn what_is_no_score_is_named() {
        assert!(problem("<svg xmlns='http://www.w3.org/2000/svg'/>").contains("<svg>"));
        assert!(problem("\n<html><p></p></html>").starts_with("line 2"));
        assert!(problem("<opus/>").contains("opus"));
        assert!(problem("<score-partwise/>").contains("no measures"));
        assert!(problem("<score-partwise>\n<part></x>").starts_with("line 2"));
    }

    #[test]
    fn hostile_documents_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><score-partwise>&c;</score-partwise>";
        assert!(problem(bomb).contains("entities"));
        let attributes: String = (0..300).map(|i| format!("a{i}='>' ")).collect();
        assert!(problem(&format!("<score-partwise {attributes}/>")).contains("attributes"));
        let nested = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert!(problem(&nested).contains("no MusicXML score"));
    }

    #[test]
    fn timewise_measures_become_parts() {
        let text = "<score-timewise><part-list><score-part id='B'><part-name>Bass</part-name>\
            </score-part></part-list><measure number='1'><part id='A'/></measure>\
            <measure number='2'><part id='A'/><part id='B'/></measure></score-timewise>";
        let document = parse(text).expect("valid");
        let score = Score::new(&document).expect("score");
        let contents: Vec<Vec<bool>> = score
            .parts
            .iter()
            .map(|part| part.measures.iter().map(|measure| measure.content.is_some()).collect())
            .collect();
        assert_eq!(contents, [[true, true], [false, true]]);
        assert_eq!(score.parts[1].name, "Bass");
    }
}
