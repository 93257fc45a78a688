//! What is evaluated: harmonizations in pairs.

use crate::constraints::Constraint;
use crate::reference::{Performance, ReferenceError};
use crate::{Convention, Harmonization, MetricValues, metrics};

/// One harmonized melody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// In exact time.
    pub harmonization: Harmonization,
    /// As the reference code reads its MIDI file, where it came from one; else what the
    /// harmonization sounds like is measured in its place.
    pub performance: Option<Performance>,
}

impl Piece {
    /// The metrics under `convention`.
    ///
    /// # Errors
    /// As [`metrics::measure`].
    pub fn measure(&self, convention: Convention) -> Result<MetricValues, ReferenceError> {
        match (convention, &self.performance) {
            (Convention::Reference, Some(performance)) => performance.measure(),
            _ => metrics::measure(&self.harmonization, convention),
        }
    }
}

impl From<Harmonization> for Piece {
    fn from(harmonization: Harmonization) -> Self {
        Self { harmonization, performance: None }
    }
}

/// A generated harmonization and the one it is compared with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    /// What both are called.
    pub name: String,
    /// What was generated.
    pub generated: Piece,
    /// What a person wrote.
    pub reference: Piece,
    /// What was asked of the generation; usually nothing.
    pub constraints: Vec<Constraint>,
}
