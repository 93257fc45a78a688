//! Sweeps: several configurations × seeds, trained one after the other and compared on the same
//! frozen questions.
//!
//! | path in the sweep's folder | holds |
//! |---|---|
//! | `NAME-seed-S/` | an ordinary run directory |
//! | `NAME-seed-S/measured.json` | what its weights were measured to be: the mark that it is done |
//! | `sweep.json` | every figure of every run, and the comparison |
//! | `table.md` | the comparison to read |
//!
//! A sweep that was stopped goes on where it was: runs that are done are skipped, and one that was
//! broken off is resumed from its newest checkpoint.
//!
//! **Which weights.** Each run is measured twice. The *last* weights (their moving average, where
//! one is kept) are what the configuration leads to after its steps, chosen by nobody: runs are
//! compared by them first. The *exported* ones are those of the best validation of the run: the
//! lowest loss with nothing visible. A curriculum that shows more and more passes that point long
//! before its end, so that they say how well it came to read the melody, and too little of how
//! well it fills gaps; and on validation songs they flatter, for they were chosen on these.

mod compare;
mod config;
mod merge;
mod observer;
mod outcome;
mod report;
mod run;
mod table;

pub use compare::{Compared, Comparison, Estimate, Quantity};
pub use config::{PlannedRun, SweepConfig, SweepError};
pub use observer::{SweepObserver, Turn};
pub use outcome::{Frozen, Measurement, Measurements, Weights};
pub use report::{RunWeights, SweepReport};
pub use run::{Options, sweep};
pub use table::table;
