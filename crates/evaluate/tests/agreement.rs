//! Agreement with Python's `mir_eval` on tables that `fixtures/mir_eval.py` wrote.

use evaluate::agreement::{Encoding, Rule, agreement};
use evaluate::{ChordSpan, Harmonization, Measure};
use score::chord::harte;
use score::{Position, Symbol};

const PAIRS: &str = include_str!("fixtures/mir_eval.tsv");
const ANNOTATIONS: &str = include_str!("fixtures/mir_eval_annotations.tsv");

/// A row of a table.
struct Row {
    reference: &'static str,
    estimated: &'static str,
    /// What mir_eval says by each rule.
    scores: Vec<(Rule, f64)>,
}

fn rows(table: &'static str) -> Vec<Row> {
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let rules: Vec<Rule> = header[2..]
        .iter()
        .map(|name| *Rule::ALL.iter().find(|rule| rule.name() == *name).expect("a rule of ours"))
        .collect();
    assert_eq!(rules.len(), Rule::ALL.len());
    lines
        .map(|fields| {
            let scores = fields[2..].iter().map(|score| score.parse().expect("a number"));
            let scores = rules.iter().copied().zip(scores).collect();
            Row { reference: fields[0], estimated: fields[1], scores }
        })
        .collect()
}

fn symbol(label: &str) -> Symbol {
    harte::parse(label).expect("a label")
}

/// An annotation `onset end label; …` in quarter notes, as nothing but chords.
fn annotation(text: &str) -> Harmonization {
    let position = |text: &str| {
        let halves = 2.0 * text.parse::<f64>().expect("a number");
        Position::new(halves as i64, 2).expect("in range")
    };
    let chords = text.split("; ").map(|span| {
        let mut fields = span.split(' ');
        let mut next = || fields.next().expect("three fields");
        ChordSpan { onset: position(next()), end: position(next()), symbol: symbol(next()) }
    });
    Harmonization { chords: chords.collect(), ..Harmonization::default() }
}

#[test]
fn every_pair_of_labels_scores_as_in_mir_eval() {
    let rows = rows(PAIRS);
    assert!(rows.len() >= 300, "only {} pairs", rows.len());
    for Row { reference, estimated, scores } in rows {
        let encoding = |label| Encoding::of(&symbol(label));
        for (rule, expected) in scores {
            let ours = match rule.compare(encoding(reference), encoding(estimated)) {
                None => -1.0,
                Some(agrees) => f64::from(u8::from(agrees)),
            };
            let name = rule.name();
            let close = (ours - expected).abs() <= 1e-9;
            assert!(close, "{reference} {estimated} {name}: {ours}, not {expected}");
        }
    }
}

#[test]
fn annotations_are_weighted_as_in_mir_eval() {
    let rows = rows(ANNOTATIONS);
    assert!(rows.len() >= 50, "only {} pairs", rows.len());
    for Row { reference, estimated, scores } in rows {
        let agreement = agreement(&annotation(reference), &annotation(estimated));
        for (rule, expected) in scores {
            // Where it compares nothing, mir_eval says 0.
            let ours = agreement.get(rule).unwrap_or(0.0);
            let name = rule.name();
            let close = (ours - expected).abs() <= 1e-9;
            assert!(close, "{reference} | {estimated} {name}: {ours}, not {expected}");
        }
    }
}
