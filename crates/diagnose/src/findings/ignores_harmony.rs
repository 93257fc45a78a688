//! Seeing more chords does not help.

use super::{Change, Evidence, Finding, Severity};
use crate::{Run, probe};

/// How much accuracy half of the chords should add at least: with songs in which most cells hold
/// the chord before, copying a neighbour alone adds more.
const GAIN: f64 = 0.05;
/// The least visible share, in percent, of which that is asked.
const SHARE: u8 = 50;

/// Looks at the last evaluation: with half or more of the cells visible the accuracy is hardly
/// better than with none. The curriculum has not taught to read the visible harmony.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let figures = &run.history.last().validation;
    let nothing = figures.iter().find(|figures| probe::visible_share(&figures.probe) == Some(0))?;
    let shown = figures
        .iter()
        .filter(|figures| probe::visible_share(&figures.probe).is_some_and(|share| share >= SHARE))
        .min_by(|a, b| a.all.accuracy().total_cmp(&b.all.accuracy()))?;
    let gain = shown.all.accuracy() - nothing.all.accuracy();
    if gain >= GAIN {
        return None;
    }
    Some(Finding {
        rule: "undertrained",
        severity: Severity::Serious,
        sentence: format!(
            "Does not use visible harmony: with {} it is hardly better than with nothing visible.",
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
        advice: "Train at those visible shares, too: draw the masking share for each item."
            .to_owned(),
        changes: vec![Change::preset("sampled")],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run_with_probes;

    #[test]
    fn chords_that_do_not_help_are_named() {
        let finding = look(&run_with_probes(&[("cells-0", 0.4), ("cells-75", 0.42)]));
        assert!(finding.expect("a finding").sentence.contains("75% visible"));
    }

    #[test]
    fn chords_that_help_are_not() {
        assert_eq!(look(&run_with_probes(&[("cells-0", 0.4), ("cells-75", 0.7)])), None);
        assert_eq!(look(&run_with_probes(&[("cells-0", 0.4), ("cells-25", 0.41)])), None);
    }
}
