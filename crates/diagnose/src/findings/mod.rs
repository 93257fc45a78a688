//! Rules over a run, one idea a file.
//!
//! A rule looks at what a run wrote about itself and says nothing, or one [`Finding`]. Its
//! thresholds are constants of its file, and runs that were trained to show its fault, and not to
//! show it, lie in `tests/runs`.

mod below_baselines;
mod finding;
mod forgetting;
mod gradients;
mod ignores_harmony;
mod ignores_melody;
mod loss_not_comparable;
mod memorising;
mod overconfident;
mod recites;
mod steep_steps;
mod still_improving;
mod volatility;

use finding::rounded;
pub use finding::{Change, Evidence, Finding, Severity};

use crate::Run;

/// All rules.
const RULES: [fn(&Run) -> Option<Finding>; 14] = [
    below_baselines::look,
    ignores_melody::look,
    recites::look,
    memorising::look,
    forgetting::look,
    ignores_harmony::look,
    overconfident::look,
    steep_steps::look,
    volatility::look_for_jumps,
    volatility::look_for_noise,
    still_improving::look,
    gradients::look_for_spikes,
    gradients::look_for_clipping,
    loss_not_comparable::look,
];

/// Everything the rules find in a run, the most serious first.
pub fn findings(run: &Run) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().filter_map(|look| look(run)).collect();
    for finding in &mut findings {
        // What is so already is no change.
        finding.changes.retain(|change| {
            let changed = [(change.setting.clone(), change.value.clone())];
            run.settings.with(&changed) != run.settings.with(&[])
        });
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// The mean visible share of training below which reading visible chords was never practised.
const PRACTISED: f64 = 0.05;

/// Whether training showed harmony so rarely that it could not be learned from.
fn never_shown(run: &Run) -> bool {
    run.history.mean_visible().is_some_and(|visible| visible < PRACTISED)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use train::{Figures, Measured, ValidationReport};

    use super::*;
    use crate::{History, Settings, Step};

    /// Figures over 1,000 cells with this share right and this loss, each ± 0.02.
    pub(crate) fn figures(probe: &str, accuracy: f64, loss: f64) -> Figures {
        let right = (1000.0 * accuracy).round() as u64;
        Figures {
            probe: probe.to_owned(),
            all: Measured { cells: 1000, right, surprise: 1000.0 * loss, ..Measured::default() },
            sources: BTreeMap::new(),
            accuracy_interval: (accuracy - 0.02, accuracy + 0.02),
            loss_interval: (loss - 0.02, loss + 0.02),
        }
    }

    fn run_with(steps: Vec<Step>, validations: Vec<ValidationReport>) -> Run {
        Run {
            name: "run".to_owned(),
            settings: Settings::default(),
            history: History::new(steps, validations).expect("validations"),
            songs: Vec::new(),
            examination: None,
            baselines: Vec::new(),
            untrained: None,
        }
    }

    fn report(index: u64, validation: Vec<Figures>, training: Vec<Figures>) -> ValidationReport {
        ValidationReport { step: 100 * index, epoch: index, validation, training, seconds: 1.0 }
    }

    /// A run of (validation accuracy, validation loss, training accuracy) at one probe.
    pub(crate) fn run(points: &[(f64, f64, f64)]) -> Run {
        let reports = points.iter().zip(1..).map(|((accuracy, loss, training), index)| {
            let training = vec![figures("cells-0", *training, *loss)];
            report(index, vec![figures("cells-0", *accuracy, *loss)], training)
        });
        run_with(Vec::new(), reports.collect())
    }

    /// A run of two validations of these probes with these accuracies.
    pub(crate) fn run_of_curves(curves: &[(&str, [f64; 2])]) -> Run {
        let at = |index: usize| {
            let figures = curves.iter().map(|(probe, values)| figures(probe, values[index], 1.0));
            report(index as u64 + 1, figures.collect(), Vec::new())
        };
        run_with(Vec::new(), vec![at(0), at(1)])
    }

    /// A run of one validation of these probes with these accuracies.
    pub(crate) fn run_with_probes(probes: &[(&str, f64)]) -> Run {
        let figures = probes.iter().map(|(probe, accuracy)| figures(probe, *accuracy, 1.0));
        run_with(Vec::new(), vec![report(1, figures.collect(), Vec::new())])
    }

    /// A run of steps with these losses and visible shares.
    pub(crate) fn run_of_steps(steps: impl Iterator<Item = (f64, f64)>) -> Run {
        let steps = steps.zip(1..).map(|((loss, visible), step)| Step {
            step,
            loss,
            visible,
            gradient_norm: 0.5,
            learning_rate: 1e-3,
        });
        run_with(steps.collect(), run(&[(0.5, 1.0, 0.5)]).history.validations().to_vec())
    }

    /// A run of steps with these gradient norms.
    pub(crate) fn run_of_norms(norms: impl Iterator<Item = f64>) -> Run {
        let steps = norms.zip(1..).map(|(gradient_norm, step)| Step {
            step,
            loss: 1.0,
            visible: 0.5,
            gradient_norm,
            learning_rate: 1e-3,
        });
        run_with(steps.collect(), run(&[(0.5, 1.0, 0.5)]).history.validations().to_vec())
    }

    #[test]
    fn a_run_that_learned_and_settled_has_no_findings() {
        let steady = run(&[(0.3, 2.0, 0.31), (0.5, 1.62, 0.51), (0.5, 1.6, 0.52)]);
        assert_eq!(findings(&steady), []);
    }

    #[test]
    fn the_most_serious_comes_first() {
        let run = run(&[(0.4, 1.5, 0.45), (0.3, 2.0, 0.2)]);
        let severities: Vec<Severity> =
            findings(&run).iter().map(|finding| finding.severity).collect();
        assert!(severities.is_sorted() && !severities.is_empty(), "{severities:?}");
    }
}
