//! Seeing more chords does not help.

use super::{Change, Evidence, Finding, Severity, never_shown};
use crate::{Run, probe};

/// Of the cells that are wrong with nothing visible, the share that visible chords should mend at
/// least. Holding the chord to the left, which asks for no learning, mends about a third with half
/// of the cells visible.
const MENDED: f64 = 0.1;
/// The least visible share, in percent, of which that is asked.
const SHARE: u8 = 50;

/// Looks at the last evaluation: with half or more of the cells visible the accuracy is hardly
/// better than with none.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let figures = &run.history.last().validation;
    let nothing = figures.iter().find(|figures| probe::visible_share(&figures.probe) == Some(0))?;
    let shown = figures
        .iter()
        .filter(|figures| probe::visible_share(&figures.probe).is_some_and(|share| share >= SHARE))
        .min_by(|a, b| a.all.accuracy().total_cmp(&b.all.accuracy()))?;
    let gain = shown.all.accuracy() - nothing.all.accuracy();
    if gain >= MENDED * (1.0 - nothing.all.accuracy()) {
        return None;
    }
    let settings = &run.settings;
    let (why, advice, changes) = if never_shown(run) {
        let advice = "Train at those visible shares, too: draw the masking share for each item.";
        (", and training never showed any", advice, vec![Change::preset("sampled")])
    } else {
        let steps = settings.number("optimization.steps").unwrap_or_default();
        let steps = (2.0 * steps).max(1.0) as i64;
        let advice = "Train longer: it has been shown chords and has not found its neighbours yet.";
        ("", advice, vec![Change::new(settings, "optimization.steps", steps)])
    };
    Some(Finding {
        rule: "ignores the harmony",
        severity: Severity::Serious,
        sentence: format!(
            "Does not use visible harmony: with {} it is hardly better than with nothing \
             visible{why}.",
            probe::in_words(&shown.probe)
        ),
        evidence: vec![
            Evidence::between(
                "accuracy with nothing visible",
                nothing.all.accuracy(),
                nothing.accuracy_interval,
            ),
            Evidence::between(
                format!("with {}", probe::in_words(&shown.probe)),
                shown.all.accuracy(),
                shown.accuracy_interval,
            ),
            Evidence::new("gain", gain),
        ],
        advice: advice.to_owned(),
        changes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::{run_of_steps, run_with_probes};

    fn run(visible: f64) -> Run {
        let history = run_of_steps((0..10).map(|_| (1.0, visible))).history;
        let validations = run_with_probes(&[("cells-0", 0.4), ("cells-75", 0.42)]).history;
        let history =
            crate::History::new(history.steps().to_vec(), validations.validations().to_vec());
        Run { history: history.expect("validations"), ..run_with_probes(&[("cells-0", 0.4)]) }
    }

    #[test]
    fn chords_that_do_not_help_are_named() {
        let finding = look(&run(0.0)).expect("a finding");
        assert!(finding.sentence.contains("75% visible"), "{}", finding.sentence);
        assert!(finding.sentence.ends_with("training never showed any."));
        assert_eq!(finding.changes, [Change::preset("sampled")]);
    }

    #[test]
    fn who_was_shown_chords_needs_more_steps_of_the_same() {
        let finding = look(&run(0.5)).expect("a finding");
        assert!(!finding.sentence.contains("never"));
        assert_eq!(finding.changes[0].setting, "optimization.steps");
    }

    #[test]
    fn chords_that_help_are_not() {
        assert_eq!(look(&run_with_probes(&[("cells-0", 0.4), ("cells-75", 0.7)])), None);
        assert_eq!(look(&run_with_probes(&[("cells-0", 0.4), ("cells-25", 0.41)])), None);
    }

    #[test]
    fn where_the_melody_says_nearly_all_there_is_little_left_to_mend() {
        assert_eq!(look(&run_with_probes(&[("cells-0", 0.98), ("cells-75", 0.995)])), None);
    }
}
