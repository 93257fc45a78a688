//! Where in a measure's text a chord symbol can be put.

use std::ops::Range;

use super::part::Voice;
use super::value::{Decimal, Node, has, name};
use super::walk::{Step, Walk};
use super::xml::{Element, Layout};
use crate::Duration;

/// A change to the text of a document.
pub(super) struct Edit {
    /// The bytes that go.
    pub(super) range: Range<usize>,
    /// What comes in their place.
    pub(super) text: String,
}

/// The text with all edits made; edits of one place are made in their order.
pub(super) fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.range.start);
    let mut out = String::with_capacity(text.len() + 256 * edits.len());
    let mut done = 0;
    for edit in edits {
        out.push_str(text.get(done..edit.range.start).unwrap_or_default());
        out.push_str(&edit.text);
        done = done.max(edit.range.end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// The place in a measure at which symbols are written.
pub(super) struct Anchor<'a> {
    /// The element that holds the music of the measure.
    content: Node<'a>,
    /// The identifier of a part that the measure leaves out and that is to hold them.
    pub(super) missing: Option<&'a str>,
    /// The element before which they go; none at the end of the measure.
    before: Option<Node<'a>>,
    /// When that stands, from the start of the measure.
    pub(super) at: Duration,
    /// The divisions that hold there.
    pub(super) divisions: Decimal,
}

/// A note or rest before which a symbol can go.
pub(super) struct Start<'a> {
    /// Its place among the steps of the measure.
    index: usize,
    /// When it begins, from the start of the measure.
    at: Duration,
    /// Its voice.
    voice: Voice<'a>,
}

/// The notes and rests of a measure before which symbols can go, in the order of time, and of
/// the document where they begin together.
pub(super) fn starts<'a>(walk: &Walk<'a>) -> Vec<Start<'a>> {
    let begins = |step: &Step<'a>| {
        name(step.node) == "note" && !has(step.node, "chord") && !has(step.node, "grace")
    };
    let notes = walk.steps.iter().enumerate().filter(|(_, step)| begins(step));
    let start = |(index, step): (usize, &Step<'a>)| Start {
        index,
        at: step.at,
        voice: Voice::of(step.node),
    };
    let mut starts: Vec<_> = notes.map(start).collect();
    starts.sort_by_key(|start| start.at);
    starts
}

/// The anchor for a symbol `offset` after the start of the measure `content`: the note or rest
/// of the melody's voice that begins there or, with an `<offset>`, the one that sounds there;
/// else any note's; else the start of the measure.
pub(super) fn anchor<'a>(
    content: Node<'a>,
    walk: &Walk<'a>,
    starts: &[Start<'a>],
    voice: Option<Voice<'a>>,
    offset: Duration,
    divisions: Decimal,
) -> Anchor<'a> {
    let before = starts.get(..starts.partition_point(|start| start.at <= offset));
    let before = before.unwrap_or_default();
    let latest = |voice: Option<Voice<'a>>| {
        let own = |start: &&Start<'a>| voice.is_none_or(|voice| start.voice == voice);
        let last = before.iter().rev().find(own)?;
        // Of several that begin together the first one.
        let together = before.iter().rev().take_while(|start| start.at >= last.at).filter(own);
        together.last().map(|start| start.index)
    };
    let found = latest(voice).or_else(|| latest(None));
    let index = match found {
        // Grace notes belong to the note they lead to.
        Some(index) => {
            let earlier = walk.steps.get(..index).unwrap_or_default().iter().rev();
            index - earlier.take_while(|step| has(step.node, "grace")).count()
        }
        None => {
            let heading = |step: &&Step<'a>| {
                matches!(name(step.node), "print" | "attributes" | "harmony")
                    || (name(step.node) == "barline"
                        && step.node.attribute("location") == Some("left"))
            };
            walk.steps.iter().take_while(heading).count()
        }
    };
    let step = walk.steps.get(index);
    Anchor {
        content,
        missing: None,
        before: step.map(|step| step.node),
        at: step.map_or(Duration::ZERO, |step| step.at),
        divisions: step.map_or(divisions, |step| step.divisions),
    }
}

impl Anchor<'_> {
    /// Whether both are the same place.
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.content, self.before) == (other.content, other.before)
    }

    /// The edit that writes `elements` here, into the document `text`.
    pub(super) fn edit(&self, text: &str, elements: &[Element]) -> Edit {
        let content = self.content;
        let part = self.missing.map(|id| [Element::new("part", elements.to_vec()).with("id", id)]);
        let elements = part.as_ref().map_or(elements, |part| part.as_slice());
        let mut written = String::new();
        if let Some(node) = self.before {
            let start = node.range().start;
            let (lead, unit) = (lead(text, start), unit(text, content, start));
            for element in elements {
                element.render(Layout { lead, unit }, &mut written);
                written.push_str(lead);
            }
            return Edit { range: start..start, text: written };
        }
        if let Some(last) = content.last_element_child() {
            let (lead, unit) =
                (lead(text, last.range().start), unit(text, content, last.range().start));
            for element in elements {
                written.push_str(lead);
                element.render(Layout { lead, unit }, &mut written);
            }
            return Edit { range: last.range().end..last.range().end, text: written };
        }
        let outer = lead(text, content.range().start);
        let deeper = if outer.is_empty() { String::new() } else { format!("{outer}{UNIT}") };
        for element in elements {
            written.push_str(&deeper);
            element.render(Layout { lead: &deeper, unit: UNIT }, &mut written);
        }
        let source = text.get(content.range()).unwrap_or_default();
        if let Some(open) = source.strip_suffix("/>") {
            let called: String = source
                .chars()
                .skip(1)
                .take_while(|c| !c.is_whitespace() && *c != '/' && *c != '>')
                .collect();
            let start = content.range().start + open.trim_end().len();
            let text = format!(">{written}{outer}</{called}>");
            return Edit { range: start..content.range().end, text };
        }
        let at = content.range().start + source.rfind("</").unwrap_or(source.len());
        let already = text.get(..at).unwrap_or_default().trim_end().len();
        // What white space stands before the closing tag stays there.
        Edit { range: already..already, text: written }
    }
}

/// The edit that takes an element out, with the white space before it.
pub(super) fn removal(text: &str, node: Node<'_>) -> Edit {
    let range = node.range();
    let before = text.get(..range.start).unwrap_or_default();
    Edit { range: before.trim_end().len()..range.end, text: String::new() }
}

/// How much deeper children stand where the document does not show it.
const UNIT: &str = "  ";

/// The line break and indentation before `at`; empty if something else stands on that line.
fn lead(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let blank = before.get(before.trim_end().len()..).unwrap_or_default();
    let Some(line) = blank.rfind('\n') else { return "" };
    let from = if blank.get(..line).is_some_and(|b| b.ends_with('\r')) { line - 1 } else { line };
    blank.get(from..).unwrap_or_default()
}

/// How much deeper the element at `at` stands than the measure around it.
fn unit<'a>(text: &'a str, measure: Node<'_>, at: usize) -> &'a str {
    let (inner, outer) = (lead(text, at), lead(text, measure.range().start));
    inner.strip_prefix(outer).filter(|unit| !unit.is_empty() && !outer.is_empty()).unwrap_or(UNIT)
}
