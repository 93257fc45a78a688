//! Bootstrap intervals of figures whose sums were kept for every song.

use train::{Measured, SongReport, SongSums};

use crate::Run;
use crate::examination::Resamples;

/// Seed of the resamples, so that a page does not change from one writing to the next.
const SEED: u64 = 1;

/// A side of the split that is measured while training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Validation,
    Training,
}

impl Side {
    fn of(self, report: &SongReport) -> &SongSums {
        match self {
            Self::Validation => &report.validation,
            Self::Training => &report.training,
        }
    }
}

/// The resamples of a run's songs, which all of its figures share.
pub(super) struct Bands<'a> {
    run: &'a Run,
    validation: Resamples,
    training: Resamples,
}

impl<'a> Bands<'a> {
    pub fn new(run: &'a Run) -> Self {
        let count = |side: Side| run.songs.last().map_or(0, |report| side.of(report).songs.len());
        Self {
            run,
            validation: Resamples::new(count(Side::Validation), SEED),
            training: Resamples::new(count(Side::Training), SEED),
        }
    }

    /// The 95% interval over songs of Σ numerator / Σ denominator at one evaluation with one
    /// probe; `None` where the songs were not kept, or are others than at the last evaluation.
    pub fn interval(
        &self,
        step: u64,
        probe: &str,
        side: Side,
        ratio: fn(&Measured) -> (f64, f64),
    ) -> Option<(f64, f64)> {
        let report = self.run.songs.iter().find(|report| report.step == step)?;
        let same = side.of(self.run.songs.last()?).songs == side.of(report).songs;
        let sums = side.of(report).probes.iter().find(|sums| sums.probe == probe)?;
        let pairs: Vec<(f64, f64)> = sums.songs.iter().map(ratio).collect();
        let resamples = match side {
            Side::Validation => &self.validation,
            Side::Training => &self.training,
        };
        let interval = same.then(|| resamples.ratio(&pairs)).flatten()?;
        Some((interval.low, interval.high))
    }
}
