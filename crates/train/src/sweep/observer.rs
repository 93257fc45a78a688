//! Who wants to know how a sweep goes.

use super::PlannedRun;
use crate::{Measured, Observer, TrainError};

/// The turn of one run.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// The run.
    pub run: &'a PlannedRun,
}

/// Is told how a sweep goes.
pub trait SweepObserver {
    /// A run is trained, from the start or from its newest checkpoint; what is returned is told
    /// how that goes.
    fn training(&mut self, turn: Turn<'_>, resumed: bool) -> Box<dyn Observer + '_>;

    /// A run is trained, and measured now.
    fn measuring(&mut self, _turn: Turn<'_>) {}

    /// A run is done: what it was measured to be with nothing visible; `before` if that was done
    /// by an earlier call.
    fn done(&mut self, _turn: Turn<'_>, _headline: &Measured, _before: bool) {}

    /// A run cannot be trained to its end; the sweep goes on without it.
    fn failed(&mut self, _turn: Turn<'_>, _error: &TrainError) {}
}
