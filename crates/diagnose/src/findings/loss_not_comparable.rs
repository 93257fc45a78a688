//! The training loss tells how much is shown, not how much is learned.

use super::{Evidence, Finding, Severity};
use crate::{Run, Step};

/// Parts of training over which loss and visible share are averaged.
const PARTS: usize = 24;
/// Of these, the first ones are left out: there everything moves.
const FIRST: usize = 2;
/// How far the visible share must move between parts.
const RANGE: f64 = 0.15;
/// The correlation from which the loss is said to follow the visible share.
const CORRELATION: f64 = 0.8;

/// Looks at parts of training: the loss of training batches falls where more is visible and rises
/// where less is, so that its course says nothing about learning.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let steps = run.history.steps();
    let part = steps.len() / PARTS;
    let parts: Vec<&[Step]> = steps.chunks_exact(part.max(1)).skip(FIRST).collect();
    if part == 0 {
        return None;
    }
    let mean = |of: fn(&Step) -> f64| -> Vec<f64> {
        parts.iter().map(|part| part.iter().map(of).sum::<f64>() / part.len() as f64).collect()
    };
    let (losses, visible) = (mean(|step| step.loss), mean(|step| step.visible));
    let ends = |values: &[f64]| {
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)))
    };
    let (least, most) = ends(&visible);
    let r = correlation(&losses, &visible)?;
    if most - least < RANGE || r > -CORRELATION {
        return None;
    }
    let mut evidence = vec![
        Evidence::between(
            format!("correlation of training loss and visible share over {} parts", parts.len()),
            r,
            interval(r, parts.len()),
        ),
        Evidence::new("least visible share", least),
        Evidence::new("greatest", most),
    ];
    if let [first, .., last] = run.history.validations() {
        evidence.push(Evidence::new(
            "validation loss with nothing visible, first evaluation",
            first.headline(),
        ));
        evidence.push(Evidence::new("last", last.headline()));
    }
    Some(Finding {
        rule: "loss not comparable",
        severity: Severity::Slight,
        sentence: "The training loss cannot be compared across training: it follows how much is \
                   visible."
            .to_owned(),
        evidence,
        advice: "Read the stage curves, which are measured at fixed visible shares; stop and \
                 choose by them, never by the training loss."
            .to_owned(),
        changes: Vec::new(),
    })
}

/// Pearson's r; `None` where one side does not move.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter().zip(b).map(|(a, b)| of(a - mean_a, b - mean_b)).sum()
    };
    let (ab, aa, bb) = (sum(&|a, b| a * b), sum(&|a, _| a * a), sum(&|_, b| b * b));
    let r = ab / (aa * bb).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// 95% interval of a correlation over `count` pairs by Fisher's transformation (Fisher 1921).
fn interval(r: f64, count: usize) -> (f64, f64) {
    let z = r.clamp(-0.999_999, 0.999_999).atanh();
    let margin = 1.96 / (count.saturating_sub(3).max(1) as f64).sqrt();
    ((z - margin).tanh(), (z + margin).tanh())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run_of_steps;

    #[test]
    fn a_loss_that_follows_the_visible_share_is_named() {
        let bump = |index: i32| {
            let visible = (-0.5 * (f64::from(index - 240) / 60.0).powi(2)).exp();
            (2.0 - 1.5 * visible, visible)
        };
        let finding = look(&run_of_steps((0..480).map(bump))).expect("a finding");
        assert!(finding.evidence[0].value < -0.95);
    }

    #[test]
    fn a_loss_that_falls_while_the_share_stays_is_not() {
        let steady = (0..480)
            .map(|index| (2.0 - f64::from(index) / 480.0, 0.5 + 0.05 * f64::from(index % 3)));
        assert_eq!(look(&run_of_steps(steady)), None);
        assert_eq!(look(&run_of_steps((0..10).map(|_| (1.0, 0.5)))), None);
    }

    #[test]
    fn the_interval_is_fishers() {
        // r = .5 of 28 pairs: z = .549 ± .392.
        let (low, high) = interval(0.5, 28);
        assert!((low - 0.156).abs() < 2e-3 && (high - 0.736).abs() < 2e-3, "{low} {high}");
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
    }
}
