//! Reads runs and says why training fails: stage curves and findings.
//!
//! A [`History`] is what a run wrote about itself. [`findings`](findings()) looks at it rule by rule; each
//! finding is a sentence with its evidence, how sure it is, and the change to try. An
//! [`examination`] asks the trained model itself.

pub mod examination;
mod findings;
mod history;

pub use findings::{Finding, findings};
pub use history::{DiagnoseError, History};
