//! The model is surer than it is right.

use super::{Change, Evidence, Finding, Severity};
use crate::Run;
use crate::examination::Interval;

/// Expected calibration error from which probabilities mislead.
const ERROR: f64 = 0.08;
/// Mean confidence above accuracy from which that is for being too sure.
const EXCESS: f64 = 0.05;

/// Looks at every visible share: the calibration error is large, and confidence clearly above
/// accuracy.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let calibrations = &run.examination.as_ref()?.calibration;
    let worst = calibrations
        .iter()
        .filter(|one| one.error.value > ERROR)
        .filter(|one| one.overconfidence.value > EXCESS && one.overconfidence.low > 0.0)
        .max_by(|a, b| a.overconfidence.value.total_cmp(&b.overconfidence.value))?;
    let interval = |interval: Interval| (interval.low, interval.high);
    let settings = &run.settings;
    let smoothing = settings.number("optimization.label_smoothing").unwrap_or(0.0);
    let change = if smoothing < 0.1 {
        Change::new(settings, "optimization.label_smoothing", 0.1)
    } else {
        Change::new(settings, "optimization.weight_decay", 0.2)
    };
    Some(Finding {
        rule: "overconfident",
        severity: Severity::Moderate,
        sentence: format!(
            "Overconfident with {}: it is surer than it is right.",
            crate::probe::in_words(&format!("cells-{}", worst.visible))
        ),
        evidence: vec![
            Evidence::between(
                "mean confidence above accuracy",
                worst.overconfidence.value,
                interval(worst.overconfidence),
            ),
            Evidence::between(
                "expected calibration error",
                worst.error.value,
                interval(worst.error),
            ),
        ],
        advice: "Smooth the labels, or stop before it fits the training pieces too well."
            .to_owned(),
        changes: vec![change],
    })
}
