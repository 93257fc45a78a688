//! Batches prepared on a thread of their own, a step ahead of the one that is learned from.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::Scope;

use curriculum::Progress;

use crate::batches::EpochPlan;
use crate::prepared::{Preparation, PreparedBatch};
use crate::state::Place;

/// Batches that wait while one is learned from.
const AHEAD: usize = 1;

/// A batch and where it stands.
pub(crate) struct Next {
    pub(crate) epoch: u64,
    /// Its number in the epoch.
    pub(crate) index: usize,
    pub(crate) batch: PreparedBatch,
}

/// The batches of the steps from where a run stands until it has done `until`, in their order.
/// What a schedule driven by validation has reached must not change before that. The thread ends
/// with the last batch, or when nobody waits for one any more.
pub(crate) fn batches<'scope, 'env>(
    scope: &'scope Scope<'scope, 'env>,
    preparation: Preparation<'env>,
    place: Place,
    until: u64,
) -> Receiver<Next> {
    let (sender, receiver) = sync_channel(AHEAD);
    scope.spawn(move || {
        let Preparation { config, songs } = preparation;
        let plan = |epoch| {
            let batch = config.optimization.batch;
            EpochPlan::new(songs, config.data.window, batch, config.seed, epoch)
        };
        // Every epoch is held to be as long as the first.
        let steps_per_epoch = plan(0).batches.len() as u64;
        let Place { mut epoch, batch: mut index, .. } = place;
        let mut epoch_plan = plan(epoch);
        for step in place.step..until {
            if index >= epoch_plan.batches.len() {
                (epoch, index) = (epoch + 1, 0);
                epoch_plan = plan(epoch);
            }
            let progress = Progress::new(step, config.optimization.steps, steps_per_epoch)
                .with_stage_reached(place.schedule.stage());
            let batch = preparation.batch(&epoch_plan.batches[index], progress);
            if sender.send(Next { epoch, index, batch }).is_err() {
                break;
            }
            index += 1;
        }
    });
    receiver
}
