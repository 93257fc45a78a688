//! Where in its measure each element stands.

use super::value::{Decimal, Node, child_text, elements, has, name};
use crate::{Duration, Position};

/// An element of a measure and when it stands there.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    /// The element.
    pub(super) node: Node<'a>,
    /// Time since the start of the measure; a chord's further notes stand with its first.
    pub(super) at: Duration,
    /// Divisions of a quarter note that hold there.
    pub(super) divisions: Decimal,
    /// How long it lasts; zero for all but notes.
    pub(super) duration: Duration,
}

/// A measure of a part, walked.
#[derive(Default)]
pub(super) struct Walk<'a> {
    /// Its elements in the order of the document.
    pub(super) steps: Vec<Step<'a>>,
    /// How far its music reaches.
    pub(super) length: Duration,
    /// What was wrong with its durations.
    pub(super) problems: Vec<&'static str>,
}

/// Walks the children of a measure. `divisions` is what held before, and then what holds after.
pub(super) fn walk<'a>(content: Node<'a>, divisions: &mut Decimal) -> Walk<'a> {
    let mut walk = Walk::default();
    let (mut cursor, mut chord_start) = (Duration::ZERO, Duration::ZERO);
    for node in elements(content) {
        let mut at = cursor;
        let mut duration = Duration::ZERO;
        match name(node) {
            "attributes" => {
                if let Some(text) = child_text(node, "divisions") {
                    match Decimal::parse(text).filter(|number| number.is_positive()) {
                        Some(number) => *divisions = number,
                        None => walk.problems.push("its divisions are no positive number"),
                    }
                }
            }
            "note" if has(node, "grace") => {}
            "note" => {
                duration = walk.duration(node, *divisions);
                if has(node, "chord") {
                    at = chord_start;
                } else {
                    chord_start = cursor;
                    cursor = walk.later(cursor, duration);
                }
            }
            "forward" => {
                let span = walk.duration(node, *divisions);
                cursor = walk.later(cursor, span);
            }
            "backup" => {
                let span = walk.duration(node, *divisions);
                if span > cursor {
                    walk.problems.push("a backup leads before its start");
                }
                cursor = cursor.saturating_sub(span);
            }
            _ => {}
        }
        walk.steps.push(Step { node, at, divisions: *divisions, duration });
        walk.length = walk.length.max(cursor);
    }
    walk
}

impl Walk<'_> {
    /// The `<duration>` of a note, forward or backup; zero if it has none that can be.
    fn duration(&mut self, node: Node<'_>, divisions: Decimal) -> Duration {
        let count = child_text(node, "duration").and_then(Decimal::parse);
        let duration = count.filter(|count| !count.is_negative()).and_then(|c| c.of(divisions));
        duration.unwrap_or_else(|| {
            self.problems.push("a note or rest has no readable duration and was left out");
            Duration::ZERO
        })
    }

    /// `cursor + span`, unless that is absurdly far.
    fn later(&mut self, cursor: Duration, span: Duration) -> Duration {
        let sum = cursor + span;
        let (numerator, denominator) = sum.fraction();
        if Position::new(numerator, denominator).is_none() {
            self.problems.push("it is longer than a week of music");
            return cursor;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_forwards_and_chords_are_followed() {
        let text = "<measure><attributes><divisions>2</divisions></attributes>\
            <note><duration>2</duration></note><note><chord/><duration>2</duration></note>\
            <note><grace/></note><backup><duration>1</duration></backup>\
            <forward><duration>3</duration></forward><harmony/><note><duration>0.5</duration></note>\
            <backup><duration>99</duration></backup><barline/></measure>";
        let document = roxmltree::Document::parse(text).expect("valid");
        let mut divisions = Decimal::ONE;
        let walk = walk(document.root_element(), &mut divisions);
        let places: Vec<_> =
            walk.steps.iter().map(|step| (name(step.node), step.at.as_f64())).collect();
        assert_eq!(
            places,
            [
                ("attributes", 0.0),
                ("note", 0.0),
                ("note", 0.0),
                ("note", 1.0),
                ("backup", 1.0),
                ("forward", 0.5),
                ("harmony", 2.0),
                ("note", 2.0),
                ("backup", 2.25),
                ("barline", 0.0),
            ]
        );
        assert_eq!(walk.length.fraction(), (9, 4));
        assert_eq!(walk.problems.len(), 1);
    }
}
