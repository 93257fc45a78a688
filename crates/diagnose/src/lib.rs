//! Reads runs and says why training fails: stage curves, examinations, findings, and the page
//! that shows them.
//!
//! A [`Run`] is what a run wrote about itself. [`findings`](findings()) looks at it rule by rule;
//! each finding is a sentence with its evidence, how sure it is, and the change to try. [`page`]
//! makes one self-contained HTML page of one run or of several side by side, with [`charts`].

mod baseline;
pub mod charts;
pub mod examination;
mod findings;
mod history;
pub mod page;
pub mod probe;
mod run;
mod settings;

pub use baseline::{Baseline, Margin};
pub use findings::{Change, Evidence, Finding, Severity, findings};
pub use history::{DiagnoseError, Evaluation, History, Step};
pub use run::Run;
pub use settings::Settings;
