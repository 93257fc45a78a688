//! A stage that was mastered is not any more.

use crate::{Finding, History};

/// Looks at every probe: accuracy was clearly better before, the intervals apart (the forgetting
/// of Chaudhry 2018, over visible shares in place of tasks).
pub(super) fn look(history: &History) -> Vec<Finding> {
    let look = |probe: String| {
        let curve = history.curve(&probe);
        let (_, last) = curve.last()?;
        let (step, best) =
            curve.iter().max_by(|a, b| a.1.all.accuracy().total_cmp(&b.1.all.accuracy()))?;
        let forgotten = best.accuracy_interval.0 > last.accuracy_interval.1;
        forgotten.then(|| Finding {
            rule: "forgetting",
            sentence: format!("Forgets {probe}: it was better at step {step}."),
            evidence: format!(
                "accuracy {:.3} [{:.3}, {:.3}] then, {:.3} [{:.3}, {:.3}] now",
                best.all.accuracy(),
                best.accuracy_interval.0,
                best.accuracy_interval.1,
                last.all.accuracy(),
                last.accuracy_interval.0,
                last.accuracy_interval.1,
            ),
            remedy: "keep a floor of fully masked items (full_mask_floor) or replay earlier stages",
        })
    };
    history.probes().into_iter().filter_map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::history;

    #[test]
    fn a_clear_fall_is_forgetting_and_a_wobble_is_not() {
        assert_eq!(look(&history(&[(0.5, 1.5, 0.5), (0.4, 1.5, 0.4)])).len(), 1);
        assert_eq!(look(&history(&[(0.5, 1.5, 0.5), (0.48, 1.5, 0.5)])), []);
    }
}
