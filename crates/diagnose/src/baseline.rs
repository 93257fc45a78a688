//! What simpler ways answer to the questions a run was asked.

use serde::{Deserialize, Serialize};
use train::Figures;

/// A baseline on the validation pieces of a run, asked the same cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// What it is, in words.
    pub name: String,
    /// Its figures, a probe each.
    pub figures: Vec<Figures>,
}
