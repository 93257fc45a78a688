//! What an item looks like metrically.

use std::ops::Range;

use thiserror::Error;

use crate::{Meter, Strength};

/// Where one cell lies in the music.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of its bar. Only where it changes matters: there a new bar begins. A
    /// pickup is a bar of its own.
    pub bar: u32,
    /// How many cells lie between the start of its bar and this cell. Those of a pickup
    /// count as if the bar were complete, so that its first cell is no bar start.
    pub cell_in_bar: u16,
    /// The metre of its bar.
    pub meter: Meter,
}

/// The real cells of one item, in order: at least one, and never padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    cells: Vec<Place>,
    strengths: Vec<Strength>,
    bars: Vec<Range<usize>>,
}

/// A layout that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidLayout {
    /// There is nothing to mask.
    #[error("an item without cells cannot be masked; leave it out")]
    Empty,
    /// The metre is no time signature.
    #[error(
        "{numerator}/{denominator} with {cells_per_beat} cells a beat is no metre: expected \
         1 to 64 over a power of two up to 64, and at least one cell"
    )]
    Meter {
        /// The upper number.
        numerator: u8,
        /// The lower number.
        denominator: u8,
        /// Cells on each written beat.
        cells_per_beat: u8,
    },
    /// The cells of a bar do not fall on its beats.
    #[error(
        "{cells_in_bar} cells cannot be shared equally by the beats of {numerator}/{denominator}"
    )]
    Bar {
        /// The upper number.
        numerator: u8,
        /// The lower number.
        denominator: u8,
        /// Cells in a full bar.
        cells_in_bar: u16,
    },
    /// A cell lies beyond the end of its bar.
    #[error("cell {cell} lies {cell_in_bar} cells into a bar of {cells_in_bar}")]
    BeyondBar {
        /// Index of the cell in the item.
        cell: usize,
        /// Where it claims to lie in its bar.
        cell_in_bar: u16,
        /// How many cells the bar has.
        cells_in_bar: u16,
    },
}

impl Layout {
    /// An item of these cells.
    ///
    /// # Errors
    /// If there are none, or if one lies beyond its bar.
    pub fn new(cells: Vec<Place>) -> Result<Self, InvalidLayout> {
        if cells.is_empty() {
            return Err(InvalidLayout::Empty);
        }
        let mut strengths = Vec::with_capacity(cells.len());
        let mut bars: Vec<Range<usize>> = Vec::new();
        let mut previous: Option<Place> = None;
        let mut in_bar: Vec<Strength> = Vec::new();
        for (index, &cell) in cells.iter().enumerate() {
            if previous.is_none_or(|before| before.meter != cell.meter) {
                in_bar = cell.meter.strengths();
            }
            let Some(&strength) = in_bar.get(usize::from(cell.cell_in_bar)) else {
                return Err(InvalidLayout::BeyondBar {
                    cell: index,
                    cell_in_bar: cell.cell_in_bar,
                    cells_in_bar: cell.meter.cells_per_bar(),
                });
            };
            strengths.push(strength);
            match (previous, bars.last_mut()) {
                (Some(before), Some(bar)) if cell.bar == before.bar => bar.end = index + 1,
                _ => bars.push(index..index + 1),
            }
            previous = Some(cell);
        }
        Ok(Self { cells, strengths, bars })
    }

    /// `cells` cells in one metre, the first `pickup` of them before the first full bar.
    ///
    /// # Errors
    /// If there are no cells.
    pub fn regular(meter: Meter, pickup: u16, cells: usize) -> Result<Self, InvalidLayout> {
        Self::new(regular_cells(meter, pickup, cells, 0))
    }

    /// This item continued by `cells` cells in another metre, from a new bar on.
    #[must_use]
    pub fn then(mut self, meter: Meter, cells: usize) -> Self {
        let offset = self.cells.len();
        let next_bar = self.cells.last().map_or(0, |cell| cell.bar.saturating_add(1));
        let in_bar = meter.strengths();
        for (index, cell) in regular_cells(meter, 0, cells, next_bar).into_iter().enumerate() {
            let at = offset + index;
            match self.bars.last_mut() {
                Some(bar) if cell.cell_in_bar > 0 => bar.end = at + 1,
                _ => self.bars.push(at..at + 1),
            }
            self.strengths.extend(in_bar.get(usize::from(cell.cell_in_bar)));
            self.cells.push(cell);
        }
        self
    }

    /// How many cells there are: at least one.
    #[expect(clippy::len_without_is_empty, reason = "a layout is never empty")]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// The cells, in order.
    pub fn cells(&self) -> &[Place] {
        &self.cells
    }

    /// How strong each cell is in its bar.
    pub fn strengths(&self) -> &[Strength] {
        &self.strengths
    }

    /// The cells of each bar: at least one bar, none of them empty.
    pub fn bars(&self) -> &[Range<usize>] {
        &self.bars
    }

    /// The metre of the first cell.
    pub fn first_meter(&self) -> Meter {
        self.cells.first().map_or(Meter::COMMON, |cell| cell.meter)
    }
}

/// `cells` cells of `metre` whose bars are numbered from `first_bar`.
fn regular_cells(meter: Meter, pickup: u16, cells: usize, first_bar: u32) -> Vec<Place> {
    let per_bar = meter.cells_per_bar();
    let mut cell_in_bar = match pickup % per_bar {
        0 => 0,
        rest => per_bar - rest,
    };
    let mut bar = first_bar;
    (0..cells)
        .map(|_| {
            let cell = Place { bar, cell_in_bar, meter };
            cell_in_bar += 1;
            if cell_in_bar == per_bar {
                cell_in_bar = 0;
                bar = bar.saturating_add(1);
            }
            cell
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(numerator: u8, denominator: u8) -> Meter {
        Meter::new(numerator, denominator, 1).expect("a metre")
    }

    #[test]
    fn a_pickup_is_a_bar_of_its_own_without_a_bar_start() {
        let layout = Layout::regular(meter(3, 4), 1, 8).expect("cells");
        assert_eq!(layout.bars(), [0..1, 1..4, 4..7, 7..8]);
        assert_eq!(layout.strengths()[0], Strength::Beat);
        assert_eq!(layout.strengths()[1], Strength::Bar);
    }

    #[test]
    fn a_change_of_metre_starts_a_bar() {
        let layout = Layout::regular(meter(4, 4), 0, 6).expect("cells").then(meter(6, 8), 7);
        assert_eq!(layout.bars(), [0..4, 4..6, 6..12, 12..13]);
        assert_eq!(layout.strengths()[9], Strength::HalfBar);
        assert_eq!(Layout::new(layout.cells().to_vec()), Ok(layout), "both ways to build agree");
    }

    #[test]
    fn bars_begin_where_the_number_changes() {
        let cell = |bar, cell_in_bar| Place { bar, cell_in_bar, meter: meter(2, 4) };
        let cells = vec![cell(u32::MAX, 1), cell(0, 0), cell(0, 1), cell(0, 0), cell(1, 0)];
        let layout = Layout::new(cells).expect("cells");
        assert_eq!(layout.bars(), [0..1, 1..4, 4..5], "even where one is too long");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let cell = |bar, cell_in_bar| Place { bar, cell_in_bar, meter: meter(4, 4) };
        assert_eq!(Layout::new(Vec::new()), Err(InvalidLayout::Empty));
        assert!(matches!(
            Layout::new(vec![cell(0, 3), cell(1, 4)]),
            Err(InvalidLayout::BeyondBar { cell: 1, cell_in_bar: 4, cells_in_bar: 4 })
        ));
    }
}
