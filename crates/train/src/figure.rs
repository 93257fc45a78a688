//! One figure of a validation, by its name.

use std::fmt;
use std::str::FromStr;

use curriculum::Probe;
use curriculum::evaluation::UnknownProbe;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Measured, ValidationReport};

/// One figure on validation songs: what is visible and what is measured, written
/// `cells-0 loss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Figure {
    /// What is visible.
    pub probe: Probe,
    /// What is measured of the hidden cells.
    pub quantity: Quantity,
}

/// What is measured of hidden cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Mean negative log-likelihood, in nats.
    Loss,
    /// Share of right tokens.
    Accuracy,
    /// Share of right roots.
    Root,
    /// Share of right tokens where the chord changes.
    Changes,
}

/// A name that no figure has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)]
pub enum UnknownFigure {
    #[error("`{0}` is no figure; write a probe and what is measured, such as `cells-0 loss`")]
    Form(String),
    #[error("{0}")]
    Probe(#[from] UnknownProbe),
    #[error("`{0}` is not measured; there are loss, accuracy, root and changes")]
    Quantity(String),
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Loss, Self::Accuracy, Self::Root, Self::Changes];

    /// Its name in configurations and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Accuracy => "accuracy",
            Self::Root => "root",
            Self::Changes => "changes",
        }
    }

    /// Its value.
    pub fn of(self, measured: &Measured) -> f64 {
        match self {
            Self::Loss => measured.loss(),
            Self::Accuracy => measured.accuracy(),
            Self::Root => measured.root_accuracy(),
            Self::Changes => measured.change_accuracy(),
        }
    }

    /// By how much `new` is better than `old`: a loss falls, the others rise.
    pub fn gain(self, new: f64, old: f64) -> f64 {
        match self {
            Self::Loss => old - new,
            Self::Accuracy | Self::Root | Self::Changes => new - old,
        }
    }
}

impl Figure {
    /// The headline: the loss with nothing visible.
    pub const HEADLINE: Self = Self { probe: Probe::Cells(0), quantity: Quantity::Loss };

    /// Its value on validation songs; `None` if the report does not have it.
    pub fn of(self, report: &ValidationReport) -> Option<f64> {
        let probe = self.probe.name();
        let figures = report.validation.iter().find(|figures| figures.probe == probe)?;
        Some(self.quantity.of(&figures.all))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.probe, self.quantity.name())
    }
}

impl FromStr for Figure {
    type Err = UnknownFigure;

    fn from_str(name: &str) -> Result<Self, UnknownFigure> {
        let (probe, quantity) =
            name.split_once(' ').ok_or_else(|| UnknownFigure::Form(name.to_owned()))?;
        let unknown = || UnknownFigure::Quantity(quantity.to_owned());
        let quantity =
            Quantity::ALL.into_iter().find(|known| known.name() == quantity).ok_or_else(unknown)?;
        Ok(Self { probe: probe.parse()?, quantity })
    }
}

impl TryFrom<String> for Figure {
    type Error = UnknownFigure;

    fn try_from(name: String) -> Result<Self, UnknownFigure> {
        name.parse()
    }
}

impl From<Figure> for String {
    fn from(figure: Figure) -> Self {
        figure.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_found_by_its_name() {
        for probe in Probe::ALL {
            for quantity in Quantity::ALL {
                let figure = Figure { probe, quantity };
                assert_eq!(figure.to_string().parse(), Ok(figure));
            }
        }
        assert_eq!(Figure::HEADLINE.to_string(), "cells-0 loss");
    }

    #[test]
    fn other_names_are_refused_with_those_there_are() {
        for (name, words) in [
            ("loss", "cells-0 loss"),
            ("cells-200 loss", "metric-bar"),
            ("cells-0 perplexity", "accuracy"),
            ("cells-0  loss", "accuracy"),
        ] {
            let message = name.parse::<Figure>().expect_err(name).to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn a_loss_gains_by_falling_and_an_accuracy_by_rising() {
        assert_eq!(Quantity::Loss.gain(1.0, 1.5), 0.5);
        assert_eq!(Quantity::Accuracy.gain(1.0, 1.5), -0.5);
    }
}
