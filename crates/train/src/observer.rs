//! Who wants to know how training goes.

use serde::Serialize;

use crate::ValidationReport;

/// What happened in one step, as a line of `metrics.jsonl` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StepReport {
    /// The step, from 1.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// Passes over the corpus so far.
    pub epoch: u64,
    /// Mean cross-entropy of the target cells, in nats: each counted once, whatever the
    /// normalisation.
    pub loss: f64,
    /// What was minimised: the loss as it is normalised and smoothed.
    pub objective: f64,
    /// Cells that carried loss.
    pub targets: usize,
    /// Cells of the batch.
    pub cells: usize,
    /// Share of the cells that was visible.
    pub visible: f64,
    /// The learning rate.
    pub learning_rate: f32,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f32,
    /// How long the step took, waiting included.
    pub seconds: f64,
    /// How long it waited for its batch to be prepared.
    pub waiting_seconds: f64,
    /// Cells a second in this step.
    pub cells_per_second: f64,
    /// Seconds until the last step, at the pace of this process so far, validations included.
    pub remaining_seconds: f64,
    /// Resident memory in megabytes, where the system tells.
    pub memory_megabytes: Option<u64>,
}

/// Is told what happens; all of it may be ignored.
pub trait Observer {
    /// After every step.
    fn step(&mut self, _report: &StepReport) {}
    /// After every validation.
    fn validation(&mut self, _report: &ValidationReport) {}
    /// Something worth a line of text.
    fn message(&mut self, _text: &str) {}
}

/// Ignores everything.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {}
