//! Title, composer, rights and tempo.

use super::signature::{metronome, tempo};
use super::value::{Node, child, child_text, elements, name, text};

/// The title: of the work, else of the movement, else the credit that says it is the title.
pub(super) fn title(root: Node<'_>) -> Option<String> {
    let work = child(root, "work").and_then(|work| child_text(work, "work-title"));
    work.or_else(|| child_text(root, "movement-title"))
        .map(plain)
        .or_else(|| credit(root, "title"))
        .filter(|title| !title.is_empty())
}

/// Who composed it.
pub(super) fn composer(root: Node<'_>) -> Option<String> {
    let composers = identified(root, "creator", |node| node.attribute("type") == Some("composer"));
    composers.or_else(|| credit(root, "composer"))
}

/// The rights or licence.
pub(super) fn rights(root: Node<'_>) -> Option<String> {
    identified(root, "rights", |_| true).or_else(|| credit(root, "rights"))
}

/// Quarter notes a minute where they are first stated.
pub(super) fn first_tempo(root: Node<'_>) -> Option<f64> {
    root.descendants().find_map(|node| match name(node) {
        "sound" => tempo(node.attribute("tempo")?),
        "metronome" => metronome(node),
        _ => None,
    })
}

/// The texts of the matching children of `<identification>`.
fn identified(root: Node<'_>, called: &str, wanted: impl Fn(Node<'_>) -> bool) -> Option<String> {
    let texts: Vec<_> = elements(child(root, "identification")?)
        .filter(|node| name(*node) == called && wanted(*node))
        .map(|node| plain(text(node)))
        .filter(|text| !text.is_empty())
        .collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The words of the credit of this type.
fn credit(root: Node<'_>, kind: &str) -> Option<String> {
    elements(root)
        .filter(|node| name(*node) == "credit" && child_text(*node, "credit-type") == Some(kind))
        .find_map(|node| child_text(node, "credit-words"))
        .map(plain)
}

/// A text on one line, at most 500 characters.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, read: impl Fn(Node<'_>) -> T) -> T {
        let document = roxmltree::Document::parse(text).expect("valid");
        read(document.root_element())
    }

    #[test]
    fn titles_come_from_work_movement_or_credit() {
        let credit =
            "<credit><credit-type>title</credit-type><credit-words>C</credit-words></credit>";
        for (text, expected) in [
            (
                "<work><work-title>A\n  a</work-title></work><movement-title>B</movement-title>",
                "A a",
            ),
            ("<work/><movement-title>B</movement-title>", "B"),
            (credit, "C"),
        ] {
            let text = format!("<score-partwise>{text}</score-partwise>");
            assert_eq!(with(&text, title).as_deref(), Some(expected));
        }
    }

    #[test]
    fn composers_are_told_from_other_creators() {
        let text = "<s><identification><creator type='lyricist'>L</creator>\
            <creator type='composer'>A</creator><creator type='composer'>B</creator>\
            </identification></s>";
        assert_eq!(with(text, composer).as_deref(), Some("A, B"));
        assert_eq!(with(text, rights), None);
    }
}
