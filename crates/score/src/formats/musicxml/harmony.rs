//! Harmony elements: the chord they name, read and written.

use super::signature::mode;
use super::value::{Node, child, child_alter, child_number, child_text, elements, name, text};
use super::xml::Element;
use crate::chord::musicxml::{self, HarmonyParts, MinorForm, function_root, numeral_root};
use crate::{Alteration, AlterationKind, Key, PitchName, Step, Symbol};

/// The symbol that a harmony element names in `key` (as written), and how it is printed. Of
/// several chords stacked in one element the first counts.
///
/// # Errors
/// A sentence that says why there is none.
pub(super) fn symbol(node: Node<'_>, key: Key) -> Result<(Symbol, Option<String>), String> {
    let mut parts = HarmonyParts::default();
    let mut roots = 0;
    for node in elements(node) {
        match name(node) {
            called @ ("root" | "numeral" | "function") => {
                roots += 1;
                if roots > 1 {
                    break;
                }
                parts.root = match called {
                    "root" => pitch_name(node, "root-step", "root-alter"),
                    "numeral" => numeral(node, key),
                    _ => function_root(text(node), key),
                }
                .map(PitchName::plain);
            }
            "kind" => {
                text(node).clone_into(&mut parts.kind);
                parts.kind_text = node.attribute("text").map(str::to_owned);
            }
            "bass" => parts.bass = pitch_name(node, "bass-step", "bass-alter"),
            "inversion" => parts.inversion = text(node).parse().ok(),
            "degree" => parts.degrees.extend(degree(node)),
            _ => {}
        }
    }
    let written = printed(&parts);
    match musicxml::read(&parts) {
        Ok(symbol) => Ok((symbol, written)),
        Err(error) => Err(format!("a chord symbol was left out: {error}")),
    }
}

/// How a symbol is printed, where the file says so.
fn printed(parts: &HarmonyParts) -> Option<String> {
    let text = parts.kind_text.as_deref()?;
    let root = parts.root.map(|root| root.to_string()).unwrap_or_default();
    let bass = parts.bass.map(|bass| format!("/{bass}")).unwrap_or_default();
    Some(format!("{root}{text}{bass}").chars().take(80).collect())
}

/// A name from the children called `step` and `alter`.
fn pitch_name(node: Node<'_>, step: &str, alter: &str) -> Option<PitchName> {
    let letter = child_text(node, step)?.chars().next()?;
    let alter = child_alter(node, alter).filter(|alter| alter.abs() <= 4)?;
    Some(PitchName::new(Step::from_letter(letter)?, alter))
}

/// The root that a `<numeral>` names, in its own key if it has one.
fn numeral(node: Node<'_>, key: Key) -> Option<PitchName> {
    let degree = child_number(node, "numeral-root")?;
    let alter = child_alter(node, "numeral-alter").filter(|alter| alter.abs() <= 4)?;
    let Some(own) = child(node, "numeral-key") else {
        return numeral_root(degree, alter, key, MinorForm::Natural);
    };
    let fifths = child_number(own, "numeral-fifths").filter(|fifths: &i8| fifths.abs() <= 11)?;
    let called = child_text(own, "numeral-mode").unwrap_or("major");
    let form = match called {
        "harmonic minor" => MinorForm::Harmonic,
        "melodic minor" => MinorForm::Melodic,
        _ => MinorForm::Natural,
    };
    let mode = mode(called.rsplit(' ').next().unwrap_or(called));
    numeral_root(degree, alter, Key { fifths, mode }, form)
}

/// A change to one degree; none if it cannot be read.
fn degree(node: Node<'_>) -> Option<Alteration> {
    let kind = match child_text(node, "degree-type")? {
        "add" => AlterationKind::Add,
        "alter" => AlterationKind::Alter,
        "subtract" => AlterationKind::Subtract,
        _ => return None,
    };
    let degree = child_number(node, "degree-value").filter(|degree| (1..=13).contains(degree))?;
    let alter = child_alter(node, "degree-alter").filter(|alter| alter.abs() <= 4)?;
    Some(Alteration { kind, degree, alter })
}

/// The harmony element that names `symbol` (as written), with the time from where it stands
/// to where it begins, in divisions, and its staff.
pub(super) fn element(symbol: &Symbol, offset: Option<String>, staff: Option<u16>) -> Element {
    let parts = musicxml::write(symbol);
    let mut harmony = Element::empty("harmony");
    harmony.push(match parts.root {
        Some(root) => named("root", root, "root-step", "root-alter"),
        // The schema wants a root even where there is none; its empty text hides it.
        None => Element::new("root", [Element::text("root-step", "C").with("text", "")]),
    });
    let kind = Element::text("kind", &parts.kind);
    harmony.push(match parts.kind_text.filter(|text| !text.is_empty()) {
        Some(text) => kind.with("text", text),
        None => kind,
    });
    if let Some(inversion) = parts.inversion {
        harmony.push(Element::text("inversion", inversion));
    }
    if let Some(bass) = parts.bass {
        harmony.push(named("bass", bass, "bass-step", "bass-alter"));
    }
    for change in parts.degrees {
        let kind = match change.kind {
            AlterationKind::Add => "add",
            AlterationKind::Alter => "alter",
            AlterationKind::Subtract => "subtract",
        };
        harmony.push(Element::new(
            "degree",
            [
                Element::text("degree-value", change.degree),
                Element::text("degree-alter", change.alter),
                Element::text("degree-type", kind),
            ],
        ));
    }
    if let Some(offset) = offset {
        harmony.push(Element::text("offset", offset));
    }
    if let Some(staff) = staff {
        harmony.push(Element::text("staff", staff));
    }
    harmony
}

/// An element that spells a name.
fn named(
    called: &'static str,
    name: PitchName,
    step: &'static str,
    alter: &'static str,
) -> Element {
    let mut element = Element::new(called, [Element::text(step, name.step.letter())]);
    if name.alter != 0 {
        element.push(Element::text(alter, name.alter));
    }
    element
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mode;
    use crate::chord::text::format;

    fn read(body: &str, key: Key) -> Result<String, String> {
        let text = format!("<harmony>{body}</harmony>");
        let document = roxmltree::Document::parse(&text).expect("valid");
        symbol(document.root_element(), key).map(|(symbol, _)| self::format(&symbol))
    }

    #[test]
    fn chords_are_named_by_root_numeral_or_function() {
        let b_flat = Key { fifths: -2, mode: Mode::Major };
        for (body, expected) in [
            (
                "<root><root-step>B</root-step><root-alter>-1</root-alter></root><kind>minor-seventh</kind>",
                "Bbm7",
            ),
            ("<root><root-step>C</root-step></root><kind text='m7b5'/>", "Cm7b5"),
            ("<root><root-step>C</root-step></root><kind>min7</kind>", "Cm7"),
            (
                "<root><root-step>C</root-step></root><kind>major</kind><inversion>1</inversion>",
                "C/E",
            ),
            (
                "<root><root-step>C</root-step></root><kind>dominant</kind><bass><bass-step>G</bass-step></bass>\
                 <degree><degree-value>9</degree-value><degree-alter>-1</degree-alter><degree-type>add</degree-type></degree>",
                "C7b9/G",
            ),
            ("<function>V/V</function><kind>dominant</kind>", "C7"),
            ("<numeral><numeral-root>2</numeral-root></numeral><kind>minor</kind>", "Cm"),
            (
                "<numeral><numeral-root>7</numeral-root><numeral-key><numeral-fifths>0</numeral-fifths>\
                 <numeral-mode>harmonic minor</numeral-mode></numeral-key></numeral><kind>diminished</kind>",
                "G#dim",
            ),
            (
                "<numeral><numeral-root>7</numeral-root><numeral-alter>4</numeral-alter>\
                 <numeral-key><numeral-fifths>0</numeral-fifths><numeral-mode>harmonic minor\
                 </numeral-mode></numeral-key></numeral><kind>diminished</kind>",
                "A###dim",
            ),
            ("<root><root-step text=''>C</root-step></root><kind text='N.C.'>none</kind>", "N.C."),
            (
                "<root><root-step>C</root-step></root><kind>major</kind>\
                 <root><root-step>D</root-step></root><kind>minor</kind>",
                "C",
            ),
        ] {
            assert_eq!(read(body, b_flat).as_deref(), Ok(expected), "{body}");
        }
    }

    #[test]
    fn what_is_no_chord_says_why() {
        let problem = read("<kind>major</kind>", Key::C_MAJOR).expect_err("no root");
        assert!(problem.contains("root"), "{problem}");
    }
}
