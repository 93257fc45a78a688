//! Training pieces get better while validation pieces do not.

use super::{Change, Evidence, Finding, Severity, rounded};
use crate::history::{Evaluation, best};
use crate::{Run, probe};

/// A gap of accuracy from which learning by heart is suspected: one in ten cells.
const GAP: f64 = 0.10;
/// Evaluations at the end that must show the gap: one alone may be an accident.
const LASTING: usize = 2;
/// Of the gap, the share that must have opened after the first evaluation: the songs of one side
/// may be harder, and that is so from the beginning.
const OPENED: f64 = 0.5;
/// Weight decay that is worth trying against it, if there is less.
const WEIGHT_DECAY: f64 = 0.1;

/// Training accuracy − validation accuracy, with the 95% interval of a difference of independent
/// songs: the squares of the two intervals' halves add up.
#[derive(Clone, Copy)]
struct Gap {
    value: f64,
    interval: (f64, f64),
}

impl Gap {
    fn of(evaluation: &Evaluation<'_>) -> Option<Self> {
        let (training, validation) = (evaluation.training?, evaluation.validation);
        let (ours, theirs) = (training.all.accuracy(), validation.all.accuracy());
        let down =
            (ours - training.accuracy_interval.0).hypot(validation.accuracy_interval.1 - theirs);
        let up =
            (training.accuracy_interval.1 - ours).hypot(theirs - validation.accuracy_interval.0);
        let value = ours - theirs;
        Some(Self { value, interval: (value - down, value + up) })
    }

    fn is_clear(&self) -> bool {
        self.value > GAP && self.interval.0 > 0.0
    }
}

/// One probe at which it shows.
struct Shown<'a> {
    probe: String,
    best: Evaluation<'a>,
    last: Evaluation<'a>,
    gap: Gap,
    /// Whether the validation loss is clearly above its best.
    risen: bool,
}

/// Looks at every probe: the accuracy on training pieces, measured the same way with dropout off,
/// lies clearly above that on validation pieces; and this has come about in training, or the
/// validation loss has risen since its best.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let look = |probe: String| {
        let curve = run.history.curve(&probe);
        let (best, last) = (*best(&curve)?, *curve.last()?);
        let gaps: Vec<Gap> = curve.iter().filter_map(Gap::of).collect();
        let (first, gap) = (*gaps.first()?, *gaps.last()?);
        let lasting =
            gaps.len() > LASTING && gaps[gaps.len() - LASTING..].iter().all(Gap::is_clear);
        let opened = gap.value - first.value > OPENED * gap.value;
        let risen = last.validation.all.loss() > best.validation.loss_interval.1;
        (gap.is_clear() && (risen || (lasting && opened))).then_some(Shown {
            probe,
            best,
            last,
            gap,
            risen,
        })
    };
    let shown: Vec<Shown<'_>> = run.history.probes().into_iter().filter_map(look).collect();
    // A loss that has risen tells since when, and that it does harm; the melody alone is the task.
    let rank = |shown: &Shown<'_>| (shown.risen, shown.probe == "cells-0");
    let widest = shown
        .iter()
        .max_by(|a, b| rank(a).cmp(&rank(b)).then(a.gap.value.total_cmp(&b.gap.value)))?;
    let others = match shown.len() - 1 {
        0 => String::new(),
        1 => ", and at one other share".to_owned(),
        count => format!(", and at {count} other shares"),
    };
    let Shown { probe, best, last, gap, risen } = widest;
    let training = last.training?;
    let words = probe::in_words(probe);
    let mut evidence = vec![
        Evidence::between(
            "accuracy on training pieces",
            training.all.accuracy(),
            training.accuracy_interval,
        ),
        Evidence::between(
            "on validation pieces",
            last.validation.all.accuracy(),
            last.validation.accuracy_interval,
        ),
        Evidence::between("gap", gap.value, gap.interval),
        Evidence::between(
            "validation loss",
            last.validation.all.loss(),
            last.validation.loss_interval,
        ),
    ];
    if *risen {
        evidence.push(Evidence::between(
            "validation loss at its best",
            best.validation.all.loss(),
            best.validation.loss_interval,
        ));
    }
    Some(Finding {
        rule: "memorising",
        severity: if *risen { Severity::Serious } else { Severity::Moderate },
        sentence: if *risen {
            format!("Memorises since {} with {words}{others}.", best.place())
        } else {
            format!(
                "Learns training pieces by heart with {words}{others}: it knows them better than \
                 others, though the validation loss has not clearly risen yet."
            )
        },
        evidence,
        advice: "Show more variety (all twelve keys, more songs), or let it fit less: more weight \
                 decay and dropout, a smaller model, or fewer steps."
            .to_owned(),
        changes: changes(run, best.step),
    })
}

/// The strongest lever that the run does not use yet.
fn changes(run: &Run, best_step: u64) -> Vec<Change> {
    let settings = &run.settings;
    let mut changes = Vec::new();
    if settings.text("data.transposition").is_some_and(|keys| keys != "all-keys") {
        changes.push(Change::new(settings, "data.transposition", "all-keys"));
        return changes;
    }
    let decay = settings.number("optimization.weight_decay").unwrap_or(0.0);
    if decay < WEIGHT_DECAY {
        changes.push(Change::new(settings, "optimization.weight_decay", WEIGHT_DECAY));
    }
    if let Some(dropout) = settings.number("model.dropout").filter(|dropout| *dropout < 0.3) {
        changes.push(Change::new(settings, "model.dropout", rounded(dropout + 0.1)));
    }
    if changes.is_empty() {
        let steps = i64::try_from(best_step).unwrap_or(i64::MAX);
        changes.push(Change::new(settings, "optimization.steps", steps));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run;

    #[test]
    fn a_widening_gap_with_rising_loss_is_memorising() {
        let run = run(&[(0.4, 1.8, 0.45), (0.45, 1.5, 0.6), (0.4, 1.9, 0.8)]);
        let finding = look(&run).expect("a finding");
        let sentence = "Memorises since evaluation 2 (step 200) with nothing visible.";
        assert_eq!(finding.sentence, sentence);
    }

    #[test]
    fn a_gap_that_has_opened_and_stays_is_learning_by_heart_before_the_loss_rises() {
        let run = run(&[(0.4, 1.5, 0.45), (0.4, 1.4, 0.52), (0.4, 1.4, 0.55)]);
        let finding = look(&run).expect("a finding");
        assert!(finding.sentence.starts_with("Learns training pieces by heart with nothing"));
        assert_eq!(finding.severity, Severity::Moderate);
        let (low, high) = finding.evidence[2].interval.expect("an interval");
        // Halves of 0.02 on both sides.
        assert!((high - low - 2.0 * 0.02 * 2f64.sqrt()).abs() < 1e-9, "{low} {high}");
    }

    #[test]
    fn a_gap_of_one_evaluation_or_from_the_beginning_is_not() {
        assert_eq!(look(&run(&[(0.4, 1.8, 0.45), (0.5, 1.5, 0.8)])), None);
        assert_eq!(look(&run(&[(0.4, 1.5, 0.4), (0.4, 1.4, 0.45), (0.4, 1.4, 0.55)])), None);
        assert_eq!(look(&run(&[(0.3, 1.5, 0.42), (0.4, 1.4, 0.53), (0.4, 1.4, 0.55)])), None);
    }
}
