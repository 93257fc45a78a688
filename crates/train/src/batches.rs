//! What is trained on in an epoch, and in which order.

use rand::RngExt;
use rand::seq::SliceRandom;

use crate::songs::{SongSet, windows};
use crate::stream::{seed, stream};

/// A window of a song that an epoch trains on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Index of the song in its set.
    pub song: usize,
    /// Its cells.
    pub cells: std::ops::Range<usize>,
    /// Seed of the item's own random stream.
    pub seed: u64,
}

/// The batches of an epoch. Items of near-equal length stand together, so that little is padded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochPlan {
    /// The batches in their order.
    pub batches: Vec<Vec<Planned>>,
}

/// Batches whose items are sorted by length together: enough to pad little, few enough to mix.
const POOL: usize = 16;

impl EpochPlan {
    /// The plan of epoch `epoch`: a function of its arguments alone.
    pub fn new(
        songs: &SongSet<'_>,
        window: usize,
        batch: usize,
        run_seed: u64,
        epoch: u64,
    ) -> Self {
        let mut items = Vec::new();
        for (index, song) in songs.songs.iter().enumerate() {
            let song_seed = seed(&[run_seed, epoch, index as u64]);
            // A song that fits is one item. Others are cut elsewhere in each epoch.
            let first = if song.cells.len() <= window {
                window
            } else {
                stream(song_seed).random_range(window / 2..=window)
            };
            let cut = windows(&song.cells, first, window);
            items.extend(cut.into_iter().map(|cells| {
                let seed = seed(&[song_seed, cells.start as u64]);
                Planned { song: index, cells, seed }
            }));
        }
        let mut random = stream(seed(&[run_seed, epoch]));
        items.shuffle(&mut random);
        let mut batches = Vec::new();
        for pool in items.chunks_mut(batch * POOL) {
            pool.sort_by_key(|item| item.cells.len());
            batches.extend(pool.chunks(batch).map(<[Planned]>::to_vec));
        }
        batches.shuffle(&mut random);
        Self { batches }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrainingSong;
    use crate::songs::tests::cells;

    #[test]
    fn every_cell_is_trained_on_once_an_epoch_and_cut_elsewhere_the_next() {
        let songs: Vec<_> = (0..40u16).map(|i| cells(i % 2, 20 + 7 * i)).collect();
        let set = SongSet {
            songs: songs
                .iter()
                .map(|cells| TrainingSong { cells: cells.into(), ..TrainingSong::default() })
                .collect(),
        };
        let plan = |epoch| EpochPlan::new(&set, 32, 8, 1, epoch);
        assert_eq!(plan(0), plan(0));
        assert_ne!(plan(0), plan(1));
        for epoch in 0..3 {
            let mut covered: Vec<_> = songs.iter().map(|cells| vec![0; cells.len()]).collect();
            for item in plan(epoch).batches.iter().flatten() {
                covered[item.song][item.cells.clone()].iter_mut().for_each(|count| *count += 1);
            }
            assert!(covered.iter().flatten().all(|count| *count == 1));
        }
    }

    #[test]
    fn little_is_padded() {
        let songs: Vec<_> = (0..300u16).map(|i| cells(0, 8 + i % 57)).collect();
        let set = SongSet {
            songs: songs
                .iter()
                .map(|cells| TrainingSong { cells: cells.into(), ..TrainingSong::default() })
                .collect(),
        };
        let plan = EpochPlan::new(&set, 64, 8, 1, 0);
        let longest = |batch: &Vec<Planned>| batch.iter().map(|item| item.cells.len()).max();
        let padded: usize =
            plan.batches.iter().map(|batch| batch.len() * longest(batch).unwrap_or(0)).sum();
        let real: usize = songs.iter().map(Vec::len).sum();
        assert!((padded as f64) < 1.15 * real as f64, "{padded} for {real}");
    }
}
