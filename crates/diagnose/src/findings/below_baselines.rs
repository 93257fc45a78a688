//! Something simpler does as well.

use train::Figures;

use super::{Change, Evidence, Finding, Severity};
use crate::{Baseline, Run, probe};

/// A probe at which a baseline is better.
struct Beaten<'a> {
    baseline: &'a Baseline,
    theirs: &'a Figures,
    ours: &'a Figures,
}

impl Beaten<'_> {
    fn margin(&self) -> f64 {
        self.theirs.all.accuracy() - self.ours.all.accuracy()
    }
}

/// Looks at every probe of the last evaluation: a baseline that is asked the same cells names
/// more chords rightly.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let ours = &run.history.last().validation;
    let beaten: Vec<Beaten<'_>> = run
        .baselines
        .iter()
        .flat_map(|baseline| {
            baseline.figures.iter().filter_map(move |theirs| {
                let ours = ours.iter().find(|ours| ours.probe == theirs.probe)?;
                Some(Beaten { baseline, theirs, ours })
            })
        })
        // Figures over other cells cannot be compared.
        .filter(|beaten| beaten.ours.all.cells == beaten.theirs.all.cells)
        .filter(|beaten| beaten.margin() > 0.0)
        .collect();
    let worst = beaten.iter().max_by(|a, b| a.margin().total_cmp(&b.margin()))?;
    let mut probes: Vec<&str> = beaten.iter().map(|beaten| beaten.ours.probe.as_str()).collect();
    probes.sort_unstable();
    probes.dedup();
    let melody_alone = probes.contains(&"cells-0");
    let words = probe::in_words(&worst.ours.probe);
    let settings = &run.settings;
    let steps = settings.number("optimization.steps").unwrap_or_default();
    Some(Finding {
        rule: "below baselines",
        severity: if melody_alone { Severity::Serious } else { Severity::Moderate },
        sentence: format!(
            "Does not beat simpler ways: {} does better with {words}{}.",
            worst.baseline.name,
            match probes.len() - 1 {
                0 => String::new(),
                1 => ", and another does at one more probe".to_owned(),
                count => format!(", and others do at {count} more probes"),
            }
        ),
        evidence: vec![
            Evidence::between(
                format!("accuracy of {}", worst.baseline.name),
                worst.theirs.all.accuracy(),
                worst.theirs.accuracy_interval,
            ),
            Evidence::between(
                "of the model on the same cells",
                worst.ours.all.accuracy(),
                worst.ours.accuracy_interval,
            ),
        ],
        advice: "Train longer or with a higher learning rate, and on more songs, before anything \
                 else is tuned."
            .to_owned(),
        changes: vec![Change::new(settings, "optimization.steps", (2.0 * steps).max(1.0) as i64)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::{figures, run_with_probes};

    fn run(baseline: f64) -> Run {
        let figures = vec![figures("cells-0", baseline, 1.0)];
        let baselines = vec![Baseline { name: "the key's chord".to_owned(), figures }];
        Run { baselines, ..run_with_probes(&[("cells-0", 0.4)]) }
    }

    #[test]
    fn a_better_baseline_is_named() {
        let finding = look(&run(0.45)).expect("a finding");
        assert!(finding.sentence.contains("the key's chord does better with nothing visible"));
        assert_eq!(finding.severity, Severity::Serious);
    }

    #[test]
    fn a_worse_one_is_not_nor_one_that_was_asked_otherwise() {
        assert_eq!(look(&run(0.35)), None);
        let mut other = run(0.45);
        other.baselines[0].figures[0].all.cells = 7;
        assert_eq!(look(&other), None);
    }
}
