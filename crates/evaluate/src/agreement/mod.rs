//! How far the chords of two harmonizations agree, as `mir_eval.chord` counts it.
//!
//! Raffel et al., "mir_eval: a transparent implementation of common MIR metrics", 2014;
//! the rules are those of version 0.8.2.

mod encoding;
mod rule;

pub use encoding::Encoding;
pub use rule::Rule;

use score::{Position, Symbol};

use crate::{Harmonization, Values};

/// The agreement by each rule: a share of time, 0 to 1.
pub type Agreement = Values<Rule>;

/// The share of time for which `estimated` agrees with `reference`, by every rule.
///
/// Counted from the first chord symbol of `reference` to its last one's end, over the time
/// that a rule compares at all; `None` where it compares none. Where `estimated` names
/// nothing it says no chord.
pub fn agreement(reference: &Harmonization, estimated: &Harmonization) -> Agreement {
    let stretches = stretches(reference, estimated);
    Values::from_fn(|rule: Rule| {
        let (mut agreed, mut compared) = (0.0, 0.0);
        for (weight, reference, estimated) in &stretches {
            match rule.compare(*reference, *estimated) {
                Some(true) => {
                    agreed += weight;
                    compared += weight;
                }
                Some(false) => compared += weight,
                None => {}
            }
        }
        (compared > 0.0).then(|| agreed / compared)
    })
}

/// Quarter notes for which both sides hold one chord, with the two chords.
fn stretches(
    reference: &Harmonization,
    estimated: &Harmonization,
) -> Vec<(f64, Encoding, Encoding)> {
    let mut stretches = Vec::new();
    let mut next = 0;
    for span in &reference.chords {
        let encoding = Encoding::of(&span.symbol);
        let mut at = span.onset;
        let mut push = |from: Position, to: Position, symbol: &Symbol| {
            if let Some(duration) = to.since(from).filter(|duration| !duration.is_zero()) {
                stretches.push((duration.as_f64(), encoding, Encoding::of(symbol)));
            }
        };
        while let Some(other) = estimated.chords.get(next) {
            if other.end <= at {
                next += 1;
                continue;
            }
            if other.onset >= span.end {
                break;
            }
            push(at, other.onset, &Symbol::NoChord);
            let from = other.onset.max(at);
            at = other.end.min(span.end);
            push(from, at, &other.symbol);
            if at == span.end {
                break;
            }
        }
        push(at, span.end, &Symbol::NoChord);
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harmonization::tests::{piece, symbol};
    use score::Quality;

    fn chords(chords: &[(i64, Symbol)]) -> Harmonization {
        piece((4, 4), 2, &[], chords)
    }

    #[test]
    fn agreement_is_weighted_by_time() {
        let c = || symbol("C", Quality::Major);
        let reference = chords(&[(0, c()), (8, symbol("A", Quality::Minor))]);
        // Right for three quarters of bar 1, wrong mode in half of bar 2.
        let estimated = chords(&[
            (0, c()),
            (6, symbol("F", Quality::Major)),
            (8, symbol("A", Quality::MinorSeventh)),
            (12, symbol("A", Quality::Major)),
        ]);
        let agreement = agreement(&reference, &estimated);
        assert_eq!(agreement.get(Rule::Root), Some(14.0 / 16.0));
        assert_eq!(agreement.get(Rule::MajMin), Some(10.0 / 16.0));
        assert_eq!(agreement.get(Rule::Sevenths), Some(6.0 / 16.0));
    }

    #[test]
    fn what_is_not_named_is_no_chord() {
        let reference = chords(&[
            (0, Symbol::NoChord),
            (4, symbol("C", Quality::Major)),
            (12, Symbol::NoChord),
        ]);
        let estimated = chords(&[(8, symbol("C", Quality::Major))]);
        let agreement = agreement(&reference, &estimated);
        assert_eq!(agreement.get(Rule::Root), Some(8.0 / 16.0));
    }

    #[test]
    fn what_a_rule_does_not_compare_does_not_count() {
        let reference = chords(&[(0, symbol("C", Quality::Diminished))]);
        let agreement = agreement(&reference, &reference.clone());
        assert_eq!(agreement.get(Rule::MajMin), None);
        assert_eq!(agreement.get(Rule::Triads), Some(1.0));
    }

    #[test]
    fn every_stretch_is_counted_once() {
        let c = || symbol("C", Quality::Major);
        let reference = chords(&[(0, c()), (3, c()), (8, c()), (9, c())]);
        let estimated = chords(&[(1, c()), (2, c()), (3, c()), (7, c()), (12, c())]);
        let total: f64 = stretches(&reference, &estimated).iter().map(|(time, _, _)| time).sum();
        assert_eq!(total, 8.0);
    }
}
