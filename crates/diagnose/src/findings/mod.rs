//! Rules over a run's history, one a file.

mod forgetting;
mod memorising;
mod volatility;

use serde::Serialize;

use crate::History;

/// Something that went wrong, or may have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static str,
    /// What is wrong, in a sentence.
    pub sentence: String,
    /// The numbers that show it, with their intervals.
    pub evidence: String,
    /// The change to try.
    pub remedy: &'static str,
}

/// Everything the rules find in a history.
pub fn findings(history: &History) -> Vec<Finding> {
    let mut findings = memorising::look(history);
    findings.extend(forgetting::look(history));
    findings.extend(volatility::look(history));
    findings
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use train::{Figures, Measured, ValidationReport};

    use super::*;

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

    /// A history of (validation accuracy, validation loss, training accuracy) at one probe.
    pub(crate) fn history(points: &[(f64, f64, f64)]) -> History {
        let reports =
            points.iter().zip(1..).map(|((accuracy, loss, training), index)| ValidationReport {
                step: 100 * index,
                epoch: index,
                validation: vec![figures("cells-0", *accuracy, *loss)],
                training: vec![figures("cells-0", *training, *loss)],
                seconds: 1.0,
            });
        History::new(reports.collect()).expect("points")
    }

    #[test]
    fn a_run_that_learns_steadily_has_no_findings() {
        let steady = history(&[(0.3, 2.0, 0.31), (0.4, 1.8, 0.41), (0.5, 1.6, 0.52)]);
        assert_eq!(findings(&steady), []);
    }
}
