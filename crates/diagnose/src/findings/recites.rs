//! Training pieces are known by heart.

use super::{Change, Evidence, Finding, Severity};
use crate::Run;

/// How much better training pieces are answered than others when both have lost their melody.
/// The pieces of one side may be simpler, which shows under any melody: in a run of two epochs,
/// too short to recite anything, by seven points.
const RECITED: f64 = 0.10;

/// Looks at pieces under another's melody: a model that harmonizes has lost its ground on
/// training pieces as on others; one that stays right on training pieces recites them.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let probes = &run.examination.as_ref()?.memorisation;
    let recited = probes
        .iter()
        .filter(|probe| probe.recited.value > RECITED && probe.recited.low > 0.0)
        .max_by(|a, b| a.recited.value.total_cmp(&b.recited.value))?;
    let interval = |interval: crate::examination::Interval| (interval.low, interval.high);
    let settings = &run.settings;
    let keys = settings.text("data.transposition");
    let change = if keys.is_some_and(|keys| keys != "all-keys") {
        Change::new(settings, "data.transposition", "all-keys")
    } else {
        Change::new(settings, "optimization.weight_decay", 0.2)
    };
    Some(Finding {
        rule: "recites",
        severity: Severity::Serious,
        sentence: format!(
            "Recites training pieces: with {}% visible it knows their chords even under another \
             melody.",
            recited.visible
        ),
        evidence: vec![
            Evidence::between(
                "accuracy on training pieces under another's melody",
                recited.training.other.value,
                interval(recited.training.other),
            ),
            Evidence::between(
                "on validation pieces",
                recited.validation.other.value,
                interval(recited.validation.other),
            ),
            Evidence::between("recited", recited.recited.value, interval(recited.recited)),
        ],
        advice: "Show every piece in all keys, add songs, and let the weights decay faster."
            .to_owned(),
        changes: vec![change],
    })
}
