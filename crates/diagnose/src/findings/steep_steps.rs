//! Training gets harder at once.

use super::{Change, Evidence, Finding, Severity};
use crate::{Run, Step};

/// Of all steps, the share over which the time before and after a change is averaged.
const WINDOW: f64 = 0.03;
/// Steps that such a window has at least.
const LEAST_WINDOW: usize = 8;
/// By how much the visible share must fall for a change of difficulty.
const FALL: f64 = 0.04;
/// The rise of the loss, in nats, from which a step is steep.
const RISE: f64 = 0.25;
/// Standard errors that the rise must stand out from the noise of batches.
const ERRORS: f64 = 4.0;

/// A place where training gets harder.
struct Edge {
    step: u64,
    visible: (f64, f64),
    loss: (f64, f64),
    /// Standard error of the rise.
    error: f64,
}

impl Edge {
    fn rise(&self) -> f64 {
        self.loss.1 - self.loss.0
    }
}

/// Looks for places where less is visible than just before and the training loss jumps: the next
/// stage asks for more than the last one taught.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let steps = run.history.steps();
    let window = ((WINDOW * steps.len() as f64) as usize).max(LEAST_WINDOW);
    let edges: Vec<Edge> = (window..steps.len().saturating_sub(window))
        .filter_map(|at| edge(steps, at, window))
        .collect();
    let steepest = edges.iter().max_by(|a, b| a.rise().total_cmp(&b.rise()))?;
    let Edge { step, visible, loss, error } = steepest;
    let rise = steepest.rise();
    let margin = 1.96 * error;
    Some(Finding {
        rule: "steep steps",
        severity: Severity::Moderate,
        sentence: format!(
            "A step of the curriculum is too steep: at step {step} the visible share falls from \
             {:.0}% to {:.0}% and the training loss jumps.",
            100.0 * visible.0,
            100.0 * visible.1
        ),
        evidence: vec![
            Evidence::new(format!("mean loss of the {window} steps before"), loss.0),
            Evidence::new("after", loss.1),
            Evidence::between("rise", rise, (rise - margin, rise + margin)),
        ],
        advice: "Take smaller steps, or let stages overlap, so that each prepares the next."
            .to_owned(),
        changes: changes(run),
    })
}

/// The steps around `at`, if less is visible after it and the loss is clearly higher.
fn edge(steps: &[Step], at: usize, window: usize) -> Option<Edge> {
    let (before, after) = (&steps[at - window..at], &steps[at..at + window]);
    let visible = (mean(before, |step| step.visible).0, mean(after, |step| step.visible).0);
    let (loss_before, error_before) = mean(before, |step| step.loss);
    let (loss_after, error_after) = mean(after, |step| step.loss);
    let error = error_before.hypot(error_after);
    let rise = loss_after - loss_before;
    let steep = visible.0 - visible.1 > FALL && rise > RISE && rise > ERRORS * error;
    steep.then_some(Edge { step: steps[at].step, visible, loss: (loss_before, loss_after), error })
}

/// Mean and standard error of the mean.
fn mean(steps: &[Step], part: fn(&Step) -> f64) -> (f64, f64) {
    let count = steps.len().max(1) as f64;
    let mean = steps.iter().map(part).sum::<f64>() / count;
    let squares: f64 = steps.iter().map(|step| (part(step) - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0) / count).sqrt())
}

/// More stages, if there are few; else all of them at once, the late ones more often.
fn changes(run: &Run) -> Vec<Change> {
    let settings = &run.settings;
    match settings.number("curriculum.pattern.stages") {
        Some(stages) if stages < 10.0 => {
            vec![Change::new(settings, "curriculum.pattern.stages", (2.0 * stages) as i64)]
        }
        _ => vec![Change::preset("sampled")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run_of_steps;

    /// Loss and visible share of 300 steps.
    fn steps(at: impl Fn(f64) -> (f64, f64)) -> Run {
        // A saw of ± 0.05 stands for the noise of batches.
        run_of_steps((0..300).map(|index| {
            let (loss, visible) = at(f64::from(index) / 300.0);
            (loss + 0.05 * f64::from(index % 5 - 2), visible)
        }))
    }

    #[test]
    fn a_jump_of_the_loss_where_less_is_visible_is_a_steep_step() {
        let run = steps(|time| if time < 0.5 { (1.0, 0.8) } else { (1.8, 0.4) });
        let finding = look(&run).expect("a finding");
        assert!(finding.sentence.contains("step 151"), "{}", finding.sentence);
        assert!((finding.evidence[2].value - 0.8).abs() < 0.05);
    }

    #[test]
    fn neither_a_slope_nor_a_jump_of_one_alone_is() {
        assert_eq!(look(&steps(|time| (2.0 - time, 0.5))), None);
        assert_eq!(look(&steps(|time| (1.0 + time, 0.9 - 0.5 * time))), None);
        assert_eq!(look(&steps(|time| (1.0, if time < 0.5 { 0.8 } else { 0.4 }))), None);
        assert_eq!(look(&steps(|time| (if time < 0.5 { 1.0 } else { 1.8 }, 0.4))), None);
    }
}
