//! Validation jumps about: is it real, or are there too few songs?

use crate::{Finding, History};

/// Validations at the end of a run that are looked at.
const LAST: usize = 4;

/// Looks at every probe: the accuracy moved between the last validations, by less than its own
/// interval. Then the movement says nothing, and more songs are needed to tell checkpoints apart.
pub(super) fn look(history: &History) -> Vec<Finding> {
    let look = |probe: String| {
        let curve = history.curve(&probe);
        let recent = curve.get(curve.len().checked_sub(LAST)?..)?;
        let accuracies: Vec<f64> =
            recent.iter().map(|(_, figures)| figures.all.accuracy()).collect();
        let turns = accuracies.windows(3).filter(|w| (w[1] - w[0]) * (w[2] - w[1]) < 0.0).count();
        let largest = accuracies.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f64, f64::max);
        let (low, high) = recent.last()?.1.accuracy_interval;
        let half = (high - low) / 2.0;
        // The interval shrinks with the root of the number of songs.
        let times = (half / largest).powi(2).ceil();
        (turns == LAST - 2 && largest < half).then(|| Finding {
            rule: "volatility",
            sentence: format!("The validation set is too small to follow {probe}."),
            evidence: format!(
                "accuracy moved up and down by at most {largest:.3} between the last {LAST} \
                 validations, its 95% interval is ± {half:.3}; about {times:.0} times as many \
                 songs would tell such steps apart"
            ),
            remedy: "prepare more songs, or compare checkpoints song by song instead of by their means",
        })
    };
    history.probes().into_iter().filter_map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::history;

    #[test]
    fn jumps_within_the_interval_are_noise() {
        let run = history(&[(0.5, 1.5, 0.5), (0.51, 1.5, 0.5), (0.5, 1.5, 0.5), (0.51, 1.5, 0.5)]);
        let findings = look(&run);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].evidence.contains("about 4 times"), "{}", findings[0].evidence);
    }

    #[test]
    fn a_steady_climb_is_not() {
        let run = history(&[(0.5, 1.5, 0.5), (0.51, 1.5, 0.5), (0.52, 1.5, 0.5), (0.53, 1.5, 0.5)]);
        assert_eq!(look(&run), []);
    }
}
