//! Ending a run when a validation figure has stopped getting better.

use serde::{Deserialize, Serialize};

use crate::Figure;

/// When a run ends before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EarlyStopping {
    /// The figure that must get better; if none is named, that of the best model
    /// (`validation.best`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<Figure>,
    /// Validations in a row without improvement after which the run ends.
    pub patience: u32,
    /// By how much a figure must beat the best so far to be an improvement; anything more than
    /// nothing for 0.
    pub least: f64,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { figure: None, patience: 5, least: 0.0 }
    }
}

/// A run that ended before its last step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EarlyStop {
    /// The step it ended at.
    pub step: u64,
    /// The figure that stopped getting better.
    pub figure: Figure,
    /// The best it was.
    pub best: f64,
    /// The step at which it was best.
    pub best_step: u64,
}

/// What early stopping has seen of a run so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// The figure from which improvement is counted, and its step.
    best: Option<(f64, u64)>,
    /// Validations since then.
    waited: u32,
}

impl Waiting {
    /// Takes note of the figure of a validation.
    pub fn observe(&mut self, rule: &EarlyStopping, figure: Figure, value: f64, step: u64) {
        let improved = self
            .best
            .is_none_or(|(best, _)| figure.quantity.gain(value, best) > rule.least.max(0.0));
        if improved {
            *self = Self { best: Some((value, step)), waited: 0 };
        } else {
            self.waited += 1;
        }
    }

    /// The end of the run at `step`, if patience is over.
    pub fn end(&self, rule: &EarlyStopping, figure: Figure, step: u64) -> Option<EarlyStop> {
        let (best, best_step) = self.best.filter(|_| self.waited >= rule.patience)?;
        Some(EarlyStop { step, figure, best, best_step })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The index of the validation after which a run ends.
    fn ends_after(patience: u32, least: f64, figure: &str, values: &[f64]) -> Option<usize> {
        let rule = EarlyStopping { figure: None, patience, least };
        let figure = figure.parse().expect("a figure");
        let mut waiting = Waiting::default();
        values.iter().position(|value| {
            waiting.observe(&rule, figure, *value, 1);
            waiting.end(&rule, figure, 1).is_some()
        })
    }

    #[test]
    fn a_run_ends_when_patience_is_over() {
        let (loss, accuracy) = ("cells-0 loss", "bars-span accuracy");
        for (patience, least, figure, values, expected, why) in [
            (2, 0.0, loss, &[3.0, 2.0, 2.1, 2.2, 1.0][..], Some(3), "two without improvement"),
            (2, 0.0, loss, &[3.0, 2.0, 2.1, 1.9, 2.0], None, "an improvement starts anew"),
            (2, 0.0, loss, &[2.0, 2.0, 2.0], Some(2), "the same again is none"),
            (1, 0.0, loss, &[1.0, 2.0], Some(1), "a loss gets better by falling"),
            (1, 0.0, accuracy, &[0.1, 0.2, 0.3], None, "an accuracy by rising"),
            (1, 0.0, accuracy, &[0.3, 0.2], Some(1), "and not by falling"),
            (2, 0.5, loss, &[3.0, 2.8, 2.6], Some(2), "small steps do not add up past patience"),
            (3, 0.5, loss, &[3.0, 2.8, 2.4, 2.3], None, "they are counted from the best"),
            (1, 0.0, loss, &[3.0], None, "a first figure is an improvement"),
        ] {
            assert_eq!(ends_after(patience, least, figure, values), expected, "{why}");
        }
    }

    #[test]
    fn the_end_names_the_best_figure_and_its_step() {
        let rule = EarlyStopping { patience: 1, ..EarlyStopping::default() };
        let mut waiting = Waiting::default();
        waiting.observe(&rule, Figure::HEADLINE, 1.5, 250);
        waiting.observe(&rule, Figure::HEADLINE, 1.6, 500);
        let end = EarlyStop { step: 500, figure: Figure::HEADLINE, best: 1.5, best_step: 250 };
        assert_eq!(waiting.end(&rule, Figure::HEADLINE, 500), Some(end));
    }
}
