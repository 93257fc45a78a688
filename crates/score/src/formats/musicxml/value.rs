//! Values in elements: texts, attributes, decimal numbers of divisions.

use crate::Duration;

/// An element of the document.
pub(super) type Node<'a> = roxmltree::Node<'a, 'a>;

/// The child elements of `node`.
pub(super) fn elements<'a>(node: Node<'a>) -> impl Iterator<Item = Node<'a>> {
    node.children().filter(Node::is_element)
}

/// The element's name without namespace.
pub(super) fn name<'a>(node: Node<'a>) -> &'a str {
    node.tag_name().name()
}

/// The first child element called `called`.
pub(super) fn child<'a>(node: Node<'a>, called: &str) -> Option<Node<'a>> {
    elements(node).find(|child| name(*child) == called)
}

/// Whether there is a child element called `called`.
pub(super) fn has(node: Node<'_>, called: &str) -> bool {
    child(node, called).is_some()
}

/// The element's own text without surrounding white space; empty if there is none.
pub(super) fn text<'a>(node: Node<'a>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

/// The text of the child element `called`, unless it is missing or empty.
pub(super) fn child_text<'a>(node: Node<'a>, called: &str) -> Option<&'a str> {
    child(node, called).map(text).filter(|text| !text.is_empty())
}

/// A number in the child element `called`.
pub(super) fn child_number<T: std::str::FromStr>(node: Node<'_>, called: &str) -> Option<T> {
    child_text(node, called)?.parse().ok()
}

/// Semitones of alteration in the child element `called`: 0 if it is missing, rounded to
/// whole semitones if it is not, `None` if it is no number within two octaves.
pub(super) fn child_alter(node: Node<'_>, called: &str) -> Option<i8> {
    let Some(text) = child_text(node, called) else { return Some(0) };
    let alter: f64 = text.parse().ok()?;
    // The range makes the conversion exact after rounding.
    (alter.abs() <= 24.0).then(|| alter.round() as i8)
}

/// Whether the child element `called` asks for a part of a semitone.
pub(super) fn is_microtonal(node: Node<'_>, called: &str) -> bool {
    child_number(node, called).is_some_and(|alter: f64| alter.fract() != 0.0)
}

/// A decimal number as an exact fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    numerator: i64,
    denominator: i64,
}

impl Decimal {
    /// One.
    pub(super) const ONE: Self = Self::whole(1);

    /// A whole number.
    pub(super) const fn whole(number: i64) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    /// Reads `12`, `-0.5`, `+3.`; at most nine digits after the point count.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && part.is_empty() {
            return None;
        }
        let (mut numerator, mut denominator) = (0i64, 1i64);
        for (index, digit) in whole.bytes().chain(part.bytes()).enumerate() {
            if !digit.is_ascii_digit() {
                return None;
            }
            let decimals = (index + 1).saturating_sub(whole.len());
            if decimals > 9 {
                continue;
            }
            numerator = numerator.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
            denominator *= if decimals > 0 { 10 } else { 1 };
        }
        Some(Self { numerator: if negative { -numerator } else { numerator }, denominator })
    }

    /// Whether it is above zero.
    pub(super) fn is_positive(self) -> bool {
        self.numerator > 0
    }

    /// Whether it is below zero.
    pub(super) fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Its absolute value as a time of so many `divisions` of a quarter note.
    pub(super) fn of(self, divisions: Self) -> Option<Duration> {
        Duration::new(
            self.numerator.checked_abs()?.checked_mul(divisions.denominator)?,
            self.denominator.checked_mul(divisions.numerator)?,
        )
    }

    /// `time` in divisions, as a decimal number: exact, or rounded at the sixth place.
    pub(super) fn count(time: Duration, divisions: Self) -> String {
        let (numerator, denominator) = time.fraction();
        let top = i128::from(numerator) * i128::from(divisions.numerator);
        let bottom = (i128::from(denominator) * i128::from(divisions.denominator)).max(1);
        if top % bottom == 0 {
            return (top / bottom).to_string();
        }
        const PLACES: i128 = 1_000_000;
        let scaled = (2 * top * PLACES + bottom).div_euclid(2 * bottom);
        let decimals = format!("{:06}", scaled % PLACES);
        format!("{}.{}", scaled / PLACES, decimals.trim_end_matches('0'))
            .trim_end_matches('.')
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, numerator, denominator) in
            [("12", 12, 1), ("-0.50", -50, 100), ("+3.", 3, 1), (".25", 25, 100), ("007", 7, 1)]
        {
            assert_eq!(Decimal::parse(text), Some(Decimal { numerator, denominator }), "{text}");
        }
        for text in ["", "-", ".", "1e3", "NaN", "99999999999999999999", "1,5", "é"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_counts_its_divisions() {
        let divisions = Decimal::parse("2.5").expect("number");
        let time = Decimal::parse("1.25").and_then(|count| count.of(divisions)).expect("in range");
        assert_eq!(time.fraction(), (1, 2));
        assert_eq!(Decimal::count(time, divisions), "1.25");
        assert_eq!(Decimal::count(time, Decimal::ONE), "0.5");
        assert_eq!(Decimal::count(Duration::new(1, 3).expect("third"), Decimal::ONE), "0.333333");
    }
}
