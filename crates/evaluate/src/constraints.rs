//! Whether a harmonization keeps what was asked of it.

use score::{PitchClass, PitchClassSet, Position, Symbol};
use serde::Serialize;

use crate::Harmonization;

/// Something asked of the chords over a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// When it begins to hold.
    pub onset: Position,
    /// When it no longer holds.
    pub end: Position,
    /// What is asked.
    pub demand: Demand,
}

/// What a [`Constraint`] asks. Chords are the same if root, bass and what sounds are;
/// spelling does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// One of these.
    AnyOf(Vec<Symbol>),
    /// None of these.
    NoneOf(Vec<Symbol>),
    /// A chord on this root.
    Root(PitchClass),
    /// A chord over this bass.
    Bass(PitchClass),
    /// The chord of the original at every moment.
    AsBefore,
}

/// How many constraints are kept, and for how much of their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Satisfaction {
    /// How many constraints there are.
    pub asked: usize,
    /// How many hold all the time.
    pub kept: usize,
    /// The quarter notes that they span together.
    pub time_asked: f64,
    /// The quarter notes for which they hold.
    pub time_kept: f64,
}

impl Satisfaction {
    /// The share of constraints that hold all the time; `None` if there are none.
    pub fn share(&self) -> Option<f64> {
        (self.asked > 0).then(|| self.kept as f64 / self.asked as f64)
    }

    /// The share of the time for which they hold; `None` if there is none.
    pub fn time_share(&self) -> Option<f64> {
        (self.time_asked > 0.0).then(|| self.time_kept / self.time_asked)
    }
}

/// What can be told of a chord by ear, and its root.
type Heard = Option<(PitchClass, PitchClass, PitchClassSet)>;

fn heard(symbol: &Symbol) -> Heard {
    let chord = symbol.chord()?;
    Some((chord.root.class(), chord.bass_class(), chord.pitch_classes()))
}

/// How far `generated` keeps `constraints`; `original` is what [`Demand::AsBefore`] means.
pub fn satisfaction(
    generated: &Harmonization,
    original: &Harmonization,
    constraints: &[Constraint],
) -> Satisfaction {
    let mut satisfaction = Satisfaction::default();
    for constraint in constraints {
        satisfaction.asked += 1;
        let mut kept = true;
        for (from, to) in stretches(generated, original, constraint) {
            let duration = to.since(from).map_or(0.0, |duration| duration.as_f64());
            satisfaction.time_asked += duration;
            if constraint.demand.allows(generated, original, from) {
                satisfaction.time_kept += duration;
            } else {
                kept = false;
            }
        }
        satisfaction.kept += usize::from(kept);
    }
    satisfaction
}

/// The span of `constraint` cut wherever a chord changes.
fn stretches(
    generated: &Harmonization,
    original: &Harmonization,
    constraint: &Constraint,
) -> Vec<(Position, Position)> {
    let within = |at: &Position| constraint.onset < *at && *at < constraint.end;
    let edges = |harmonization: &Harmonization| -> Vec<Position> {
        let first = harmonization.chords.partition_point(|span| span.end < constraint.onset);
        let spans = harmonization.chords.iter().skip(first);
        spans
            .take_while(|span| span.onset < constraint.end)
            .flat_map(|span| [span.onset, span.end])
            .filter(within)
            .collect()
    };
    let mut cuts = vec![constraint.onset, constraint.end];
    cuts.extend(edges(generated));
    cuts.extend(edges(original));
    cuts.sort_unstable();
    cuts.dedup();
    cuts.iter().zip(cuts.iter().skip(1)).map(|(from, to)| (*from, *to)).collect()
}

impl Demand {
    fn allows(&self, generated: &Harmonization, original: &Harmonization, at: Position) -> bool {
        let symbol = |harmonization: &Harmonization| {
            harmonization.chord_at(at).and_then(|span| heard(&span.symbol))
        };
        let chord = symbol(generated);
        match self {
            Self::AnyOf(symbols) => symbols.iter().any(|symbol| heard(symbol) == chord),
            Self::NoneOf(symbols) => symbols.iter().all(|symbol| heard(symbol) != chord),
            Self::Root(root) => chord.is_some_and(|(own, _, _)| own == *root),
            Self::Bass(bass) => chord.is_some_and(|(_, own, _)| own == *bass),
            Self::AsBefore => chord == symbol(original),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harmonization::tests::{piece, symbol};
    use score::Quality;

    fn c() -> Symbol {
        symbol("C", Quality::Major)
    }

    /// A bar of C, a bar of G.
    fn generated() -> Harmonization {
        piece((4, 4), 2, &[], &[(0, c()), (8, symbol("G", Quality::Dominant))])
    }

    fn over(onset: i32, end: i32, demand: Demand) -> Constraint {
        Constraint { onset: Position::quarters(onset), end: Position::quarters(end), demand }
    }

    fn class(semitones: i32) -> PitchClass {
        PitchClass::from_semitones(semitones)
    }

    #[test]
    fn each_demand_is_checked() {
        let (generated, original) = (generated(), piece((4, 4), 2, &[], &[(0, c())]));
        for (demand, kept) in [
            (Demand::AnyOf(vec![symbol("F", Quality::Major), c()]), true),
            (Demand::AnyOf(vec![symbol("C", Quality::MajorSeventh)]), false),
            (Demand::NoneOf(vec![c()]), false),
            (Demand::NoneOf(vec![Symbol::NoChord]), true),
            (Demand::Root(class(0)), true),
            (Demand::Bass(class(4)), false),
            (Demand::AsBefore, true),
        ] {
            let constraints = [over(0, 4, demand.clone())];
            let satisfaction = satisfaction(&generated, &original, &constraints);
            assert_eq!(satisfaction.kept == 1, kept, "{demand:?}");
        }
    }

    #[test]
    fn a_constraint_half_kept_is_broken_but_its_time_counts() {
        let constraints = [over(2, 6, Demand::AsBefore), over(0, 1, Demand::Root(class(0)))];
        let original = piece((4, 4), 2, &[], &[(0, c())]);
        let satisfaction = satisfaction(&generated(), &original, &constraints);
        assert_eq!(satisfaction.share(), Some(0.5));
        assert_eq!(satisfaction.time_share(), Some(3.0 / 5.0));
    }

    #[test]
    fn the_spelling_of_a_chord_does_not_matter() {
        let sharp = piece((4, 4), 1, &[], &[(0, symbol("A#", Quality::Minor))]);
        let demand = Demand::AnyOf(vec![symbol("Bb", Quality::Minor)]);
        assert_eq!(satisfaction(&sharp, &sharp, &[over(0, 4, demand)]).kept, 1);
    }

    #[test]
    fn nothing_asked_is_no_share() {
        let satisfaction = satisfaction(&generated(), &generated(), &[]);
        assert_eq!((satisfaction.share(), satisfaction.time_share()), (None, None));
    }
}
