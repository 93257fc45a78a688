//! Training ended while the model was still getting better.

use super::{Change, Evidence, Finding, Severity};
use crate::Run;

/// The part at the end of training that is looked at.
const PART: f64 = 1.0 / 3.0;
/// The fall of the loss, in nats, over that part from which training was too short.
const FALL: f64 = 0.05;

/// Looks at the headline: the loss with nothing visible was lowest at the last evaluation, and
/// clearly lower than a third of training before.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let probe = run.history.probes().into_iter().next()?;
    let curve = run.history.curve(&probe);
    let last = curve.last()?;
    let loss = last.validation.all.loss();
    let lowest = curve.iter().all(|evaluation| evaluation.validation.all.loss() >= loss);
    let from = last.step as f64 * (1.0 - PART);
    let before = curve.iter().rev().find(|evaluation| evaluation.step as f64 <= from)?;
    let fall = before.validation.all.loss() - loss;
    if !lowest || fall < FALL {
        return None;
    }
    let settings = &run.settings;
    let steps = i64::try_from(last.step.saturating_mul(2)).unwrap_or(i64::MAX);
    Some(Finding {
        rule: "still improving",
        severity: Severity::Moderate,
        sentence: "It is still getting better: train longer.".to_owned(),
        evidence: vec![
            Evidence::between(
                format!("loss with nothing visible at {}", before.place()),
                before.validation.all.loss(),
                before.validation.loss_interval,
            ),
            Evidence::between(format!("at {}", last.place()), loss, last.validation.loss_interval),
            Evidence::new("fall", fall),
        ],
        advice: "Train for twice as many steps.".to_owned(),
        changes: vec![Change::new(settings, "optimization.steps", steps)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run;

    #[test]
    fn a_loss_that_falls_to_the_end_wants_more_steps() {
        let finding = look(&run(&[(0.3, 2.0, 0.3), (0.4, 1.8, 0.4), (0.5, 1.6, 0.5)]));
        assert_eq!(finding.expect("a finding").changes[0].line(), "optimization.steps = 600");
    }

    #[test]
    fn a_loss_that_has_settled_or_turned_does_not() {
        assert_eq!(look(&run(&[(0.3, 2.0, 0.3), (0.4, 1.63, 0.4), (0.5, 1.6, 0.5)])), None);
        assert_eq!(look(&run(&[(0.3, 2.0, 0.3), (0.4, 1.5, 0.4), (0.5, 1.6, 0.5)])), None);
        assert_eq!(look(&run(&[(0.3, 2.0, 0.3)])), None);
    }
}
