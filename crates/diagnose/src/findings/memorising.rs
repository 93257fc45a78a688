//! Training pieces get better while validation pieces do not.

use super::{Change, Evidence, Finding, Severity, rounded};
use crate::history::{Evaluation, best};
use crate::{Run, probe};

/// A gap of accuracy from which learning by heart is suspected.
const GAP: f64 = 0.10;

/// Weight decay that is worth trying against it, if there is less.
const WEIGHT_DECAY: f64 = 0.1;

/// One probe at which it shows.
struct Shown<'a> {
    probe: String,
    best: Evaluation<'a>,
    last: Evaluation<'a>,
    gap: f64,
}

/// Looks at every probe: the accuracy on training pieces, measured the same way with dropout off,
/// lies clearly above that on validation pieces, and the validation loss has risen since its best.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let look = |probe: String| {
        let curve = run.history.curve(&probe);
        let (best, last) = (*best(&curve)?, *curve.last()?);
        let training = last.training?;
        let gap = training.all.accuracy() - last.validation.all.accuracy();
        let apart = training.accuracy_interval.0 > last.validation.accuracy_interval.1;
        let risen = last.validation.all.loss() > best.validation.loss_interval.1;
        (gap > GAP && apart && risen).then_some(Shown { probe, best, last, gap })
    };
    let shown: Vec<Shown<'_>> = run.history.probes().into_iter().filter_map(look).collect();
    let widest = shown.iter().max_by(|a, b| a.gap.total_cmp(&b.gap))?;
    let others = match shown.len() - 1 {
        0 => String::new(),
        1 => ", and at one other share".to_owned(),
        count => format!(", and at {count} other shares"),
    };
    let Shown { probe, best, last, gap } = widest;
    let training = last.training?;
    Some(Finding {
        rule: "memorising",
        severity: Severity::Serious,
        sentence: format!(
            "Memorises since {} with {}{others}.",
            best.place(),
            probe::in_words(probe)
        ),
        evidence: vec![
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
            Evidence::new("gap", *gap),
            Evidence::between(
                "validation loss",
                last.validation.all.loss(),
                last.validation.loss_interval,
            ),
            Evidence::between(
                "validation loss at its best",
                best.validation.all.loss(),
                best.validation.loss_interval,
            ),
        ],
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
    fn a_gap_alone_is_not() {
        assert_eq!(look(&run(&[(0.4, 1.8, 0.45), (0.5, 1.5, 0.8)])), None);
    }
}
