use score::{Position, Quality, Symbol};

use super::*;
use crate::constraints::{Constraint, Demand};
use crate::harmonization::tests::{piece, symbol};
use crate::{Estimate, Harmonization};

/// A scale over one chord for each bar.
fn song(chords: &[(&str, Quality)]) -> Harmonization {
    let chords: Vec<(i64, Symbol)> =
        (0..).zip(chords).map(|(bar, (root, quality))| (8 * bar, symbol(root, *quality))).collect();
    let scale = [60, 62, 64, 65, 67, 69, 71, 72];
    let melody: Vec<(i64, i64, i32)> =
        (0..).zip(scale).map(|(beat, pitch)| (2 * beat, 2 * beat + 2, pitch)).collect();
    piece((4, 4), 2, &melody, &chords)
}

/// Three pairs: one right, one nearly, one wrong.
pub(crate) fn pairs() -> Vec<Pair> {
    use Quality::{Dominant, Major, Minor};
    let pair = |name: &str, generated: Harmonization, reference: Harmonization| Pair {
        name: name.to_owned(),
        generated: generated.into(),
        reference: reference.into(),
        constraints: Vec::new(),
    };
    let reference = || song(&[("C", Major), ("F", Major)]);
    let mut asked = pair("nearly, \"so\".xml", song(&[("C", Major), ("D", Minor)]), reference());
    asked.constraints = vec![
        Constraint { onset: Position::ZERO, end: Position::quarters(4), demand: Demand::AsBefore },
        Constraint {
            onset: Position::quarters(4),
            end: Position::quarters(8),
            demand: Demand::AsBefore,
        },
    ];
    vec![
        pair("right.xml", reference(), reference()),
        asked,
        pair(
            "wrong_one.xml",
            song(&[("C", Minor), ("C", Minor)]),
            song(&[("G", Dominant), ("C", Major)]),
        ),
    ]
}

pub(crate) fn report() -> Report {
    let settings = Settings { progression: 2, ..Settings::default() };
    let training = [song(&[("D", Quality::Major), ("E", Quality::Minor)])];
    let training = TrainingProgressions::new(&training);
    Report::new(&pairs(), settings, Some(&training)).expect("short pieces")
}

fn mean(estimate: Option<Estimate>) -> f64 {
    estimate.expect("defined").mean
}

#[test]
fn means_of_both_sides_and_the_paired_error() {
    let report = report();
    let coverage = report.metrics[1];
    assert_eq!(coverage.metric, Metric::ChordCoverage);
    // 2, 2, 1 chords against 2, 2, 2.
    assert!((mean(coverage.generated) - 5.0 / 3.0).abs() < 1e-12);
    assert_eq!(mean(coverage.reference), 2.0);
    assert!((mean(coverage.difference) + 1.0 / 3.0).abs() < 1e-12);
    assert!((mean(coverage.error) - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn an_error_needs_both_sides() {
    // One chord has no tonal distance: two pairs remain.
    let distance = report().metrics[2];
    assert_eq!(distance.generated.map(|estimate| estimate.pieces), Some(2));
    assert_eq!(distance.reference.map(|estimate| estimate.pieces), Some(3));
    assert_eq!(distance.error.map(|estimate| estimate.pieces), Some(2));
}

#[test]
fn agreement_constraints_and_copies_are_gathered() {
    let report = report();
    // Root agreement 1, ½ and ½: C minor stands in place of G and C.
    assert!((mean(report.agreement[0].estimate) - 2.0 / 3.0).abs() < 1e-12);
    let constraints = report.constraints.expect("two were asked");
    assert_eq!((constraints.asked, constraints.kept), (2, 1));
    // C to D minor is the training piece's only step, a tone lower.
    let copies = report.copies.expect("a training corpus");
    assert_eq!((copies.longest, copies.piece.as_deref()), (2, Some("nearly, \"so\".xml")));
    assert_eq!(report.progressions.generated.distinct, 2);
}

#[test]
fn a_piece_of_its_own_reference_has_no_error() {
    let report = report();
    let right = &report.pieces[0];
    for metric in crate::Measure::ALL {
        assert_eq!(right.error(*metric).unwrap_or(0.0), 0.0, "{metric}");
    }
    assert_eq!(right.agreement.get(Rule::Tetrads), Some(1.0));
}

#[test]
fn no_pieces_make_an_empty_report() {
    let report = Report::new(&[], Settings::default(), None).expect("nothing to fail");
    assert!(report.metrics.iter().all(|metric| metric.generated.is_none()));
    assert_eq!((report.constraints, report.copies), (None, None));
}

#[test]
fn two_systems_are_compared_on_common_pieces() {
    let first = report();
    let mut better = pairs();
    better.remove(0);
    for pair in &mut better {
        pair.generated = pair.reference.clone();
    }
    let second = Report::new(&better, Settings::default(), None).expect("short pieces");
    let comparison = compare(&first, &second, Bootstrap::default()).expect("two in common");
    assert_eq!(comparison.pieces, 2);
    let root = &comparison.agreement[0];
    assert_eq!((mean(root.first), mean(root.second)), (0.5, 1.0));
    let difference = root.difference.expect("defined");
    assert!(difference.is_clear_of_zero());
    assert_eq!((difference.low, difference.high), (0.5, 0.5));
    assert_eq!(mean(comparison.errors[1].second), 0.0);
}

#[test]
fn what_cannot_be_compared_says_so() {
    let first = report();
    let empty = Report::new(&[], Settings::default(), None).expect("nothing to fail");
    let result = compare(&first, &empty, Bootstrap::default());
    assert_eq!(result, Err(CompareError::NothingInCommon));
    let yeh = Settings { convention: Convention::Yeh, ..Settings::default() };
    let other = Report::new(&pairs(), yeh, None).expect("short pieces");
    let result = compare(&first, &other, Bootstrap::default());
    assert_eq!(result, Err(CompareError::Conventions(Convention::Exact, Convention::Yeh)));
}

#[test]
fn every_convention_measures_lead_sheets() {
    for convention in Convention::ALL {
        let settings = Settings { convention, ..Settings::default() };
        let report = Report::new(&pairs(), settings, None).expect("short pieces");
        assert_eq!(mean(report.metrics[1].reference), 2.0, "{}", convention.name());
    }
}
