//! Gradients that are always clipped, or that spike.

use super::{Change, Evidence, Finding, Severity, rounded};
use crate::Run;

/// The last part of training that is looked at: at its start every gradient is large.
const PART: f64 = 0.5;
/// The share of clipped steps from which clipping is always at work.
const ALWAYS: f64 = 0.9;
/// Steps around one that say what is usual there.
const AROUND: usize = 25;
/// How many times the usual norm makes a spike: in eleven recorded runs of other kinds the largest
/// norm was two to four times that of the steps around it, and once, in one of them, five times.
const SPIKE: f64 = 5.0;
/// So many spikes are a habit.
const SPIKES: usize = 3;

/// The gradient norms of the last part of training.
fn norms(run: &Run) -> Vec<f64> {
    let steps = run.history.steps();
    let from = (steps.len() as f64 * (1.0 - PART)) as usize;
    steps[from..].iter().map(|step| step.gradient_norm).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Nearly every step is clipped: the learning rate no longer means what it says.
pub(super) fn look_for_clipping(run: &Run) -> Option<Finding> {
    let clip = run.settings.number("optimization.clip").filter(|clip| *clip > 0.0)?;
    let norms = norms(run);
    let clipped = norms.iter().filter(|norm| **norm > clip).count();
    let share = clipped as f64 / norms.len().max(1) as f64;
    if share < ALWAYS {
        return None;
    }
    let usual = median(&norms);
    Some(Finding {
        rule: "always clipped",
        severity: Severity::Slight,
        sentence: "Clipping is always at work: it scales every gradient instead of catching the \
                   rare large one."
            .to_owned(),
        evidence: vec![
            Evidence::new("share of clipped steps in the second half of training", share),
            Evidence::new("median norm of the gradient", usual),
            Evidence::new("clipped to", clip),
        ],
        advice: "Clip at twice the usual norm.".to_owned(),
        changes: vec![Change::new(&run.settings, "optimization.clip", rounded(2.0 * usual))],
    })
}

/// Single gradients are many times as large as those around them.
pub(super) fn look_for_spikes(run: &Run) -> Option<Finding> {
    let norms = norms(run);
    let is_spike = |at: usize| {
        let around = &norms[at.saturating_sub(AROUND)..(at + AROUND + 1).min(norms.len())];
        norms[at] > SPIKE * median(around)
    };
    let spikes: Vec<f64> =
        (0..norms.len()).filter(|at| is_spike(*at)).map(|at| norms[at]).collect();
    if spikes.len() < SPIKES {
        return None;
    }
    let settings = &run.settings;
    let usual = median(&norms);
    let unclipped = settings.number("optimization.clip") == Some(0.0);
    let change = match settings.number("optimization.learning_rate.peak") {
        _ if unclipped => Change::new(settings, "optimization.clip", rounded(2.0 * usual)),
        Some(peak) => Change::new(settings, "optimization.learning_rate.peak", rounded(peak / 2.0)),
        None => Change::new(settings, "optimization.clip", rounded(2.0 * usual)),
    };
    Some(Finding {
        rule: "gradient spikes",
        severity: if unclipped { Severity::Moderate } else { Severity::Slight },
        sentence: format!(
            "The gradient spikes: {} steps of the second half of training have more than {SPIKE:.0} \
             times the usual norm.",
            spikes.len()
        ),
        evidence: vec![
            Evidence::new("largest norm", spikes.iter().copied().fold(0.0, f64::max)),
            Evidence::new("median norm", usual),
        ],
        advice: "Clip the gradient, or lower the learning rate.".to_owned(),
        changes: vec![change],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run_of_norms;
    use crate::settings::tests::settings;

    fn run(clip: &str, norms: impl Iterator<Item = f64>) -> Run {
        let settings = settings(&format!("[optimization]\nclip = {clip}\n"));
        Run { settings, ..run_of_norms(norms) }
    }

    #[test]
    fn a_clip_below_every_norm_is_always_at_work() {
        let finding = look_for_clipping(&run("0.1", (0..100).map(|_| 0.8))).expect("a finding");
        assert_eq!(finding.changes[0].line(), "optimization.clip = 1.6");
        assert_eq!(look_for_clipping(&run("1.0", (0..100).map(|_| 0.8))), None);
        assert_eq!(look_for_clipping(&run("0.0", (0..100).map(|_| 0.8))), None);
    }

    #[test]
    fn spikes_are_measured_by_their_neighbours() {
        let spiky = |index: i32| if index % 20 == 0 { 20.0 } else { 0.8 };
        let finding = look_for_spikes(&run("0.0", (0..200).map(spiky))).expect("a finding");
        assert_eq!(finding.changes[0].line(), "optimization.clip = 1.6");
        assert_eq!(finding.severity, Severity::Moderate);
        // Norms that grow twentyfold, but slowly.
        let growing = (0..200).map(|index| 0.1 * f64::from(index + 1));
        assert_eq!(look_for_spikes(&run("0.0", growing)), None);
    }
}
