//! What simpler ways answer to the questions a run was asked.

use serde::{Deserialize, Serialize};
use train::{Figures, SongSums};

use crate::Run;
use crate::examination::Interval;
use crate::examination::volatility::difference;

/// Seed of the resamples, so that a finding does not change from one diagnosis to the next.
const SEED: u64 = 1;

/// A baseline on the validation pieces of a run, asked the same cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// What it is, in words.
    pub name: String,
    /// Its figures, a probe each.
    pub figures: Vec<Figures>,
    /// How it compares with the run's last evaluation; none where the run did not keep what it
    /// measured of every song.
    pub margins: Vec<Margin>,
}

/// A baseline beside a run, song by song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// Name of the probe.
    pub probe: String,
    /// Songs of which something was asked.
    pub songs: usize,
    /// Accuracy of the baseline − that of the model, paired by song.
    pub accuracy: Interval,
}

impl Baseline {
    /// The baseline that answered with these sums, beside `run`.
    pub fn beside(name: &str, sums: &SongSums, run: &Run) -> Self {
        let last = run.songs.last().map(|report| &report.validation);
        let ours = last.filter(|ours| ours.songs == sums.songs);
        let margin = |ours: &SongSums, probe: &str| {
            let of = |sums: &SongSums| sums.probes.iter().position(|sums| sums.probe == probe);
            let (own, other) = (&ours.probes[of(ours)?], &sums.probes[of(sums)?]);
            let difference = difference(&own.songs, &other.songs, SEED)?;
            let probe = probe.to_owned();
            Some(Margin { probe, songs: difference.songs, accuracy: difference.accuracy })
        };
        let probes = || sums.probes.iter().map(|sums| sums.probe.as_str());
        Self {
            name: name.to_owned(),
            figures: sums.figures(),
            margins: ours
                .map(|ours| probes().filter_map(|probe| margin(ours, probe)).collect())
                .unwrap_or_default(),
        }
    }
}
