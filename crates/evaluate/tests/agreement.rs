//! Agreement with Python's `mir_eval` on a table that `fixtures/mir_eval.py` wrote.

use evaluate::Measure;
use evaluate::agreement::{Encoding, Rule};
use score::chord::harte;

const TABLE: &str = include_str!("fixtures/mir_eval.tsv");

#[test]
fn every_pair_of_labels_scores_as_in_mir_eval() {
    let mut lines = TABLE.lines();
    let header: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let rules: Vec<Rule> = header[2..]
        .iter()
        .map(|name| {
            let rule = Rule::ALL.iter().find(|rule| rule.name() == *name);
            *rule.expect("a rule of ours")
        })
        .collect();
    assert_eq!(rules.len(), Rule::ALL.len());
    let mut pairs = 0;
    let mut differences = Vec::new();
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let encoding = |label: &str| Encoding::of(&harte::parse(label).expect("a label"));
        let (reference, estimated) = (encoding(fields[0]), encoding(fields[1]));
        for (rule, expected) in rules.iter().zip(&fields[2..]) {
            let expected: f64 = expected.parse().expect("a number");
            let ours = match rule.compare(reference, estimated) {
                None => -1.0,
                Some(agrees) => f64::from(u8::from(agrees)),
            };
            if (ours - expected).abs() > 1e-9 {
                let name = rule.name();
                differences
                    .push(format!("{} {} {name}: {ours}, not {expected}", fields[0], fields[1]));
            }
        }
        pairs += 1;
    }
    assert!(pairs >= 300, "only {pairs} pairs");
    assert!(differences.is_empty(), "{differences:#?}");
}
