//! The songs of a corpus as training sees them.

use std::borrow::Cow;

use curriculum::Layout;
use grid::corpus::{Corpus, Outcome, PieceKey, Song};
use grid::{Cell, CellMeter, Split};

use crate::Data;
use crate::stream::seed;
use crate::transposition::in_keys;

/// One song.
#[derive(Clone, Debug, Default)]
pub struct TrainingSong<'a> {
    /// Its cells: those of the mapped corpus, or those moved into the run's one key.
    pub cells: Cow<'a, [Cell]>,
    /// The set it comes from.
    pub source: &'a str,
    /// The file within the set.
    pub file: &'a str,
    /// The number of the tune in a tunebook.
    pub tune: Option<u32>,
    /// The key written at its start, if any; with its cells it is moved.
    pub key: Option<PieceKey>,
    /// Hash of its family: the seed of its frozen masks.
    pub family: u64,
}

/// The songs of one side of the split.
#[derive(Clone, Debug)]
pub struct SongSet<'a> {
    /// The songs, in the order of the manifest.
    pub songs: Vec<TrainingSong<'a>>,
}

impl<'a> SongSet<'a> {
    /// The songs of a side, of the sources that are asked for, in the keys that are asked for.
    pub fn new(corpus: &'a Corpus, split: Split, data: &Data) -> Self {
        let wanted =
            |song: &&Song| data.sources.is_empty() || data.sources.contains(&song.entry.source);
        let songs = corpus.side(split).filter(wanted).map(|song| {
            let (family, key) = match &song.entry.outcome {
                Outcome::Used { family, key, .. } => {
                    (u64::from_str_radix(family, 16).unwrap_or(0), *key)
                }
                Outcome::Refused { .. } => (0, None),
            };
            let (cells, key) = in_keys(data.transposition.keys(), corpus.cells(song), key);
            let (source, file) = (song.entry.source.as_str(), song.entry.file.as_str());
            TrainingSong { cells, source, file, tune: song.entry.tune, key, family }
        });
        Self { songs: songs.collect() }
    }
}

/// Where the windows of a song begin and end: cut at bar starts, `first` cells at most in the
/// first window and `window` in the others. A bar longer than the window is cut inside.
pub fn windows(cells: &[Cell], first: usize, window: usize) -> Vec<std::ops::Range<usize>> {
    let mut windows = Vec::new();
    let mut start = 0;
    let mut most = first.clamp(1, window);
    while start < cells.len() {
        let limit = (start + most).min(cells.len());
        let end = if limit == cells.len() {
            limit
        } else {
            let bar_start = (start + 1..=limit).rev().find(|at| cells[*at].starts_bar());
            bar_start.unwrap_or(limit)
        };
        windows.push(start..end);
        start = end;
        most = window;
    }
    windows
}

/// Seed of the frozen masks of the window that begins at cell `start` of a song of `family`: the
/// same in every run that measures with `mask_seed`.
pub fn window_seed(mask_seed: u64, family: u64, start: usize) -> u64 {
    seed(&[mask_seed, family, start as u64])
}

/// What a window looks like metrically, for the curriculum.
pub fn layout(cells: &[Cell]) -> Option<Layout> {
    let places: Option<Vec<curriculum::Place>> = cells
        .iter()
        .map(|cell| {
            let meter = cell.meter();
            let cells_per_beat = meter.cells_in_bar / u16::from(meter.numerator).max(1);
            let cells_per_beat = u8::try_from(cells_per_beat).ok()?;
            Some(curriculum::Place {
                // The pickup's bar comes before bar 0.
                bar: if meter.bar == CellMeter::PICKUP { 0 } else { u32::from(meter.bar) + 1 },
                cell_in_bar: meter.place,
                meter: curriculum::Meter::new(meter.numerator, meter.denominator, cells_per_beat)
                    .ok()?,
            })
        })
        .collect();
    Layout::new(places?).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use grid::Token;

    use super::*;

    /// Cells of 4/4 with a pickup.
    pub(crate) fn cells(pickup: u16, count: u16) -> Vec<Cell> {
        let meter = |index: u16| CellMeter {
            bar: (index + 4 - pickup)
                .checked_div(4)
                .unwrap_or(0)
                .wrapping_sub(u16::from(pickup > 0)),
            place: (index + 4 - pickup) % 4,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: index < 4,
            last_bar: index + 4 >= count,
        };
        let shift = if pickup == 0 { 4 } else { 0 };
        (0..count)
            .map(|index| {
                let mut meter = meter(index);
                if shift > 0 {
                    meter.bar = index / 4;
                }
                let mut cell = Cell::new(Token(6 + 29 * ((index / 4) % 12)), meter);
                cell.add_note(60 + i32::from((index / 4) % 12), 1.0, true);
                cell
            })
            .collect()
    }

    #[test]
    fn windows_cover_everything_once_and_begin_at_bars() {
        let cells = cells(1, 41);
        for first in [3, 8, 16] {
            let windows = windows(&cells, first, 16);
            assert_eq!(windows[0].start, 0);
            assert_eq!(windows.last().map(|window| window.end), Some(41));
            for pair in windows.windows(2) {
                assert_eq!(pair[0].end, pair[1].start);
                assert!(cells[pair[1].start].starts_bar());
            }
            assert!(windows.iter().all(|window| window.len() <= 16 && !window.is_empty()));
        }
    }

    #[test]
    fn a_bar_longer_than_the_window_is_cut() {
        assert_eq!(windows(&cells(0, 8), 3, 3), [0..3, 3..4, 4..7, 7..8]);
    }

    #[test]
    fn the_layout_knows_bars_and_pickup() {
        let layout = layout(&cells(1, 9)).expect("a layout");
        assert_eq!(layout.bars(), [0..1, 1..5, 5..9]);
    }
}
