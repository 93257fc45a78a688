//! Two systems on the same pieces.

use std::collections::HashMap;

use serde::Serialize;
use thiserror::Error;

use super::{PieceReport, Report};
use crate::agreement::Rule;
use crate::{Bootstrap, Convention, Estimate, Measure, Metric, RhythmError};

/// One measure of two systems.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The short name of the measure; for a metric it is its mean absolute error.
    pub name: &'static str,
    /// Its mean for the first system.
    pub first: Option<Estimate>,
    /// Its mean for the second system.
    pub second: Option<Estimate>,
    /// Mean of second − first, piece by piece.
    pub difference: Option<Estimate>,
}

/// Two systems on the pieces that both reports hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SystemComparison {
    /// How many pieces both hold.
    pub pieces: usize,
    /// Absolute errors of the metrics; less is better.
    pub errors: Vec<Difference>,
    /// Agreement of chords; more is better.
    pub agreement: Vec<Difference>,
    /// Errors in harmonic rhythm; less is better.
    pub rhythm: Vec<Difference>,
}

/// Why two systems cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CompareError {
    /// The metrics follow different conventions.
    #[error(
        "one report follows the convention {}, the other {}; evaluate both by one", .0.name(),
        .1.name()
    )]
    Conventions(Convention, Convention),
    /// No piece is in both.
    #[error("the reports have no piece in common; pieces are paired by their names")]
    NothingInCommon,
}

/// The paired bootstrap of `second` against `first` over the pieces of one name.
///
/// # Errors
/// If they follow different conventions or have no piece in common.
pub fn compare(
    first: &Report,
    second: &Report,
    bootstrap: Bootstrap,
) -> Result<SystemComparison, CompareError> {
    let conventions = (first.settings.convention, second.settings.convention);
    if conventions.0 != conventions.1 {
        return Err(CompareError::Conventions(conventions.0, conventions.1));
    }
    let by_name: HashMap<&str, &PieceReport> =
        second.pieces.iter().map(|piece| (piece.name.as_str(), piece)).collect();
    let pairs: Vec<(&PieceReport, &PieceReport)> = first
        .pieces
        .iter()
        .filter_map(|piece| Some((piece, *by_name.get(piece.name.as_str())?)))
        .collect();
    if pairs.is_empty() {
        return Err(CompareError::NothingInCommon);
    }
    let differences = Differences { pairs: &pairs, bootstrap };
    Ok(SystemComparison {
        pieces: pairs.len(),
        errors: differences.of(|piece, metric: Metric| piece.error(metric)),
        agreement: differences.of(|piece, rule: Rule| piece.agreement.get(rule)),
        rhythm: differences.of(|piece, error: RhythmError| piece.rhythm.get(error)),
    })
}

struct Differences<'a> {
    pairs: &'a [(&'a PieceReport, &'a PieceReport)],
    bootstrap: Bootstrap,
}

impl Differences<'_> {
    /// The difference of every measure of a kind.
    fn of<M: Measure>(&self, value: fn(&PieceReport, M) -> Option<f64>) -> Vec<Difference> {
        let column = |of: &dyn Fn(&PieceReport, &PieceReport) -> Option<f64>| {
            self.pairs.iter().map(|(first, second)| of(first, second)).collect::<Vec<_>>()
        };
        let columns: Vec<Vec<Option<f64>>> = M::ALL
            .iter()
            .copied()
            .flat_map(|measure| {
                [
                    column(&|first, _| value(first, measure)),
                    column(&|_, second| value(second, measure)),
                    column(&|first, second| Some(value(second, measure)? - value(first, measure)?)),
                ]
            })
            .collect();
        let mut estimates = self.bootstrap.estimate(&columns).into_iter();
        let mut next = || estimates.next().flatten();
        M::ALL
            .iter()
            .map(|measure| Difference {
                name: measure.name(),
                first: next(),
                second: next(),
                difference: next(),
            })
            .collect()
    }
}
