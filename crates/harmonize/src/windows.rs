//! Pieces longer than the encoder's window.

use std::ops::Range;

use grid::Cell;

/// Windows of at most `window` cells that begin at bar starts, each sharing about a third with
/// the one before it, which is harmonized already.
pub(crate) fn windows(cells: &[Cell], window: usize) -> Vec<Range<usize>> {
    let mut windows = Vec::new();
    let mut start = 0;
    loop {
        let limit = (start + window).min(cells.len());
        let end = if limit == cells.len() {
            limit
        } else {
            bar_start(cells, start + 1..limit + 1).unwrap_or(limit)
        };
        windows.push(start..end);
        if end == cells.len() {
            return windows;
        }
        let overlap = end - (end - start) / 3;
        start = bar_start(cells, start + 1..overlap + 1).unwrap_or(overlap);
    }
}

/// The last bar start within a range.
fn bar_start(cells: &[Cell], mut range: Range<usize>) -> Option<usize> {
    range.rfind(|index| cells.get(*index).is_some_and(Cell::starts_bar))
}

#[cfg(test)]
mod tests {
    use grid::{CellMeter, Token};

    use super::*;

    fn cells(count: u16, cells_in_bar: u16) -> Vec<Cell> {
        let cell = |index: u16| {
            let meter = CellMeter {
                bar: index / cells_in_bar,
                place: index % cells_in_bar,
                cells_in_bar,
                cells_per_pulse: 1,
                numerator: cells_in_bar as u8,
                denominator: 4,
                first_bar: false,
                last_bar: false,
            };
            Cell::new(Token::MASK, meter)
        };
        (0..count).map(cell).collect()
    }

    #[test]
    fn windows_overlap_and_cover_everything() {
        for (count, bar) in [(1, 4), (64, 4), (65, 4), (200, 3), (333, 7), (90, 60)] {
            let cells = cells(count, bar);
            let windows = windows(&cells, 64);
            assert_eq!(windows[0].start, 0);
            assert_eq!(windows.last().map(|window| window.end), Some(usize::from(count)));
            assert!(windows.iter().all(|window| window.len() <= 64));
            for pair in windows.windows(2) {
                assert!(pair[1].start < pair[0].end && pair[0].end < pair[1].end, "{windows:?}");
            }
        }
    }
}
