//! Time and key signatures.

use super::value::{Node, child, child_number, child_text, elements, has, name, text};
use crate::{Key, Meter, Mode};

/// Something that holds on one staff, or on all.
#[derive(Clone, Copy)]
pub(super) struct Staffed<T> {
    /// The staff, from 1; none for all.
    pub(super) staff: Option<u16>,
    /// What holds.
    pub(super) value: T,
}

/// What a `<time>` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// A time signature.
    Meter(Meter),
    /// Music without metre.
    Senza,
    /// A signature that is none.
    Unreadable,
}

impl Signature {
    /// Reads a `<time>`: the sum of its parts for composite signatures such as 3+2/8.
    /// None if it says nothing.
    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        if has(node, "senza-misura") {
            return Some(Self::Senza);
        }
        let numbers = |called: &'static str| {
            elements(node).filter(move |child| name(*child) == called).map(text)
        };
        let types: Option<Vec<u32>> = numbers("beat-type").map(|text| text.parse().ok()).collect();
        let beats: Option<Vec<u32>> = numbers("beats").map(sum).collect();
        if let (Some(types), Some(beats)) = (&types, &beats)
            && types.is_empty()
            && beats.is_empty()
        {
            return None;
        }
        Some(
            types
                .zip(beats)
                .and_then(|(types, beats)| together(&beats, &types))
                .map_or(Self::Unreadable, Self::Meter),
        )
    }
}

/// The sum of numbers written as `3+2`.
fn sum(text: &str) -> Option<u32> {
    text.split('+').try_fold(0u32, |sum, part| sum.checked_add(part.trim().parse().ok()?))
}

/// One metre for a row of fractions: 3/8 + 2/4 is 7/8.
fn together(beats: &[u32], types: &[u32]) -> Option<Meter> {
    let denominator = *types.iter().max()?;
    if beats.len() != types.len() || types.iter().any(|kind| *kind == 0 || denominator % kind > 0) {
        return None;
    }
    let numerator = beats.iter().zip(types).try_fold(0u32, |sum, (beats, kind)| {
        sum.checked_add(beats.checked_mul(denominator / kind)?)
    })?;
    Meter::new(numerator, denominator).ok()
}

/// Reads a `<key>`; none for keys that are no signature on the line of fifths.
pub(super) fn key(node: Node<'_>) -> Option<Key> {
    let fifths: i8 = child_number(node, "fifths").filter(|fifths: &i8| fifths.abs() <= 11)?;
    Some(Key { fifths, mode: mode(child_text(node, "mode").unwrap_or("major")) })
}

/// The mode of this name; major if it is none that we know.
pub(super) fn mode(name: &str) -> Mode {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "aeolian" => Mode::Minor,
        _ => Mode::ALL.into_iter().find(|mode| mode.name() == name).unwrap_or(Mode::Major),
    }
}

/// Quarter notes a minute that a `<metronome>` asks for.
pub(super) fn metronome(node: Node<'_>) -> Option<f64> {
    let unit = child_text(node, "beat-unit")?;
    let dots = elements(node).filter(|child| name(*child) == "beat-unit-dot").count();
    let quarters = match unit {
        "breve" => 8.0,
        "whole" => 4.0,
        "half" => 2.0,
        "quarter" => 1.0,
        "eighth" => 0.5,
        "16th" => 0.25,
        _ => return None,
    };
    let dotted = [1.0, 1.5, 1.75].get(dots)?;
    // "c. 120" and "120-132" name their first number.
    let per_minute = child(node, "per-minute").map(text)?;
    let digits = per_minute.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
    tempo(digits.get(..end)?).map(|beats| beats * quarters * dotted)
}

/// A tempo in words of digits, if there can be such a tempo.
pub(super) fn tempo(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|tempo: &f64| (1.0..=2000.0).contains(tempo))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, read: impl Fn(Node<'_>) -> T) -> T {
        let document = roxmltree::Document::parse(text).expect("valid");
        read(document.root_element())
    }

    #[test]
    fn signatures_are_read_and_composite_ones_summed() {
        let time = |beats: &[(&str, &str)]| {
            let body: String = beats
                .iter()
                .map(|(n, d)| format!("<beats>{n}</beats><beat-type>{d}</beat-type>"))
                .collect();
            with(&format!("<time>{body}</time>"), Signature::read)
        };
        let meter = |n, d| Some(Signature::Meter(Meter::new(n, d).expect("valid")));
        assert_eq!(time(&[("6", "8")]), meter(6, 8));
        assert_eq!(time(&[("3+2", "8")]), meter(5, 8));
        assert_eq!(time(&[("3", "8"), ("2", "4")]), meter(7, 8));
        assert_eq!(time(&[("4", "3")]), Some(Signature::Unreadable));
        assert_eq!(time(&[]), None);
        assert_eq!(with("<time><senza-misura/></time>", Signature::read), Some(Signature::Senza));
    }

    #[test]
    fn tempos_are_counted_in_quarters() {
        let text = "<metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>\
            <per-minute>c. 80</per-minute></metronome>";
        assert_eq!(with(text, metronome), Some(120.0));
        assert_eq!(tempo("NaN"), None);
    }
}
