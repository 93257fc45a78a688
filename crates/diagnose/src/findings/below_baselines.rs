//! Something simpler does as well.

use super::{Change, Evidence, Finding, Severity, memorising, never_shown};
use crate::baseline::Margin;
use crate::{Baseline, Evaluation, Run, probe};

/// Songs that a comparison has at least: of fewer than six pairs not even unanimity is
/// significant (a sign test, two-sided, has 2 · ½⁶ = 0.03).
const SONGS: usize = 6;
/// The accuracy by which the model must be behind. Its intervals exclude zero by chance once in
/// forty comparisons, and there are some forty: four baselines at eleven probes. Two points are
/// also what another seed changes.
const MARGIN: f64 = 0.02;

/// A baseline that is clearly better at one probe.
struct Beaten<'a> {
    baseline: &'a Baseline,
    margin: &'a Margin,
}

impl Beaten<'_> {
    fn is_clear(&self) -> bool {
        let Margin { songs, accuracy, .. } = self.margin;
        *songs >= SONGS && accuracy.low > 0.0 && accuracy.value > MARGIN
    }

    fn melody_alone(&self) -> bool {
        self.margin.probe == "cells-0"
    }
}

/// Looks at every probe of the last evaluation: a baseline that is asked the same cells of the
/// same songs names clearly more chords rightly.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let beaten: Vec<Beaten<'_>> = run
        .baselines
        .iter()
        .flat_map(|baseline| baseline.margins.iter().map(move |margin| Beaten { baseline, margin }))
        .filter(Beaten::is_clear)
        .collect();
    // The melody alone is the task; the other probes are examples of less.
    let value = |beaten: &Beaten<'_>| (beaten.melody_alone(), beaten.margin.accuracy.value);
    let worst = beaten.iter().max_by(|a, b| {
        let (a, b) = (value(a), value(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    })?;
    let mut probes: Vec<&str> = beaten.iter().map(|beaten| beaten.margin.probe.as_str()).collect();
    probes.sort_unstable();
    probes.dedup();
    let Beaten { baseline, margin } = worst;
    let words = probe::in_words(&margin.probe);
    let accuracies = |figures: &[train::Figures], what: String| {
        let found = figures.iter().find(|figures| figures.probe == margin.probe);
        found.map(|found| Evidence::between(what, found.all.accuracy(), found.accuracy_interval))
    };
    let theirs = accuracies(&baseline.figures, format!("accuracy of {}", baseline.name));
    let last = &run.history.last().validation;
    let ours = accuracies(last, "of the model on the same cells".to_owned());
    let difference = Evidence::between(
        format!("difference, song by song over {} songs", margin.songs),
        margin.accuracy.value,
        (margin.accuracy.low, margin.accuracy.high),
    );
    let (advice, changes) = advice(run, &margin.probe);
    Some(Finding {
        rule: "below baselines",
        severity: if worst.melody_alone() { Severity::Serious } else { Severity::Moderate },
        sentence: format!(
            "Does not beat simpler ways: {} does better with {words}{}.",
            baseline.name,
            match probes.len() - 1 {
                0 => String::new(),
                1 => ", and one does at one more probe".to_owned(),
                count => format!(", and one or another does at {count} more probes"),
            }
        ),
        evidence: theirs.into_iter().chain(ours).chain([difference]).collect(),
        advice,
        changes,
    })
}

/// More training, unless what is lost at was known before or never trained at, or the run learns by
/// heart.
fn advice(run: &Run, probe: &str) -> (String, Vec<Change>) {
    let curve = run.history.curve(probe);
    let low = |evaluation: &Evaluation<'_>| evaluation.validation.accuracy_interval.0;
    let best = curve.iter().map(low).fold(0.0, f64::max);
    if curve.last().is_some_and(|last| best > last.validation.accuracy_interval.1) {
        let advice = "It was better there before and has lost it: cure that first.";
        return (advice.to_owned(), Vec::new());
    }
    if memorising::look(run).is_some() {
        let advice = "It learns training pieces by heart: cure that first; more steps alone would \
                      make it worse.";
        return (advice.to_owned(), Vec::new());
    }
    if probe != "cells-0" && never_shown(run) {
        let advice = "Train at those visible shares, too: the curriculum never shows any harmony.";
        return (advice.to_owned(), vec![Change::preset("sampled")]);
    }
    let advice = "Train longer or with a higher learning rate, and on more songs, before anything \
                  else is tuned.";
    let steps = run.settings.number("optimization.steps").unwrap_or_default();
    let steps = (2.0 * steps).max(1.0) as i64;
    (advice.to_owned(), vec![Change::new(&run.settings, "optimization.steps", steps)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examination::Interval;
    use crate::findings::tests::{figures, run_with_probes};

    fn margin(probe: &str, songs: usize, value: f64, half: f64) -> Margin {
        let accuracy = Interval { value, low: value - half, high: value + half };
        Margin { probe: probe.to_owned(), songs, accuracy }
    }

    fn run(margins: Vec<Margin>) -> Run {
        let figures = vec![figures("cells-0", 0.45, 1.0), figures("cells-50", 0.8, 1.0)];
        let baselines = vec![Baseline { name: "the key's chord".to_owned(), figures, margins }];
        Run { baselines, ..run_with_probes(&[("cells-0", 0.4), ("cells-50", 0.5)]) }
    }

    #[test]
    fn a_better_baseline_is_named_and_the_melody_alone_before_all() {
        let margins = vec![margin("cells-50", 20, 0.3, 0.1), margin("cells-0", 20, 0.05, 0.03)];
        let finding = look(&run(margins)).expect("a finding");
        assert!(finding.sentence.contains("the key's chord does better with nothing visible"));
        assert!(finding.sentence.ends_with("at one more probe."));
        assert_eq!(finding.severity, Severity::Serious);
        assert_eq!(finding.evidence.len(), 3);
    }

    #[test]
    fn what_few_songs_or_chance_or_a_hair_make_is_not() {
        assert_eq!(look(&run(vec![margin("cells-50", 1, 1.0, 0.0)])), None);
        assert_eq!(look(&run(vec![margin("cells-0", 20, 0.05, 0.06)])), None);
        assert_eq!(look(&run(vec![margin("cells-0", 900, 0.01, 0.005)])), None);
        assert_eq!(look(&run(vec![margin("cells-0", 20, -0.05, 0.01)])), None);
    }
}
