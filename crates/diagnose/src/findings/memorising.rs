//! Training pieces get better while validation pieces do not.

use crate::{Finding, History};

/// A gap of accuracy from which learning by heart is suspected.
const GAP: f64 = 0.10;

/// Looks at every probe: the accuracy on training pieces, measured the same way with dropout off,
/// lies clearly above that on validation pieces, and the validation loss has risen since its best.
pub(super) fn look(history: &History) -> Vec<Finding> {
    let last = history.last();
    let look = |probe: String| {
        let validation = last.validation.iter().find(|figures| figures.probe == probe)?;
        let training = last.training.iter().find(|figures| figures.probe == probe)?;
        let gap = training.all.accuracy() - validation.all.accuracy();
        let apart = training.accuracy_interval.0 > validation.accuracy_interval.1;
        let curve = history.curve(&probe);
        let (best_step, best) =
            curve.iter().min_by(|a, b| a.1.all.loss().total_cmp(&b.1.all.loss()))?;
        let risen = validation.all.loss() > best.loss_interval.1;
        (gap > GAP && apart && risen).then(|| Finding {
            rule: "memorising",
            sentence: format!("Memorising since step {best_step}, at {probe}."),
            evidence: format!(
                "accuracy {:.3} on training pieces, {:.3} [{:.3}, {:.3}] on validation pieces; \
                 validation loss {:.3}, best {:.3} [{:.3}, {:.3}]",
                training.all.accuracy(),
                validation.all.accuracy(),
                validation.accuracy_interval.0,
                validation.accuracy_interval.1,
                validation.all.loss(),
                best.all.loss(),
                best.loss_interval.0,
                best.loss_interval.1,
            ),
            remedy: "stop earlier, transpose into all keys, raise dropout or weight decay, or make \
                     the model smaller",
        })
    };
    history.probes().into_iter().filter_map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::history;

    #[test]
    fn a_widening_gap_with_rising_loss_is_memorising() {
        let run = history(&[(0.4, 1.8, 0.45), (0.45, 1.5, 0.6), (0.4, 1.9, 0.8)]);
        let findings = look(&run);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].sentence, "Memorising since step 200, at cells-0.");
    }

    #[test]
    fn a_gap_alone_is_not() {
        assert_eq!(look(&history(&[(0.4, 1.8, 0.45), (0.5, 1.5, 0.8)])), []);
    }
}
