//! Which cells are revealed after which.

use grid::Cell;

/// How early a cell is revealed: 0 for bar starts, then half bars, pulses, and the rest.
pub(crate) fn level(cell: &Cell) -> usize {
    let meter = cell.meter();
    let (place, cells) = (meter.place, meter.cells_in_bar);
    let pulse = u16::from(meter.cells_per_pulse).max(1);
    let pulses = cells / pulse;
    if place == 0 {
        0
    } else if pulses.is_multiple_of(2) && place == cells / 2 {
        1
    } else if place.is_multiple_of(pulse) {
        2
    } else {
        3
    }
}

/// How many levels there are.
pub(crate) const LEVELS: usize = 4;

#[cfg(test)]
mod tests {
    use grid::{CellMeter, Token};

    use super::*;

    fn levels(numerator: u8, denominator: u8, cells_per_pulse: u8) -> Vec<usize> {
        (0..u16::from(numerator))
            .map(|place| {
                let meter = CellMeter {
                    bar: 0,
                    place,
                    cells_in_bar: u16::from(numerator),
                    cells_per_pulse,
                    numerator,
                    denominator,
                    first_bar: false,
                    last_bar: false,
                };
                level(&Cell::new(Token::MASK, meter))
            })
            .collect()
    }

    #[test]
    fn levels_follow_the_metre() {
        assert_eq!(levels(4, 4, 1), [0, 2, 1, 2]);
        assert_eq!(levels(3, 4, 1), [0, 2, 2]);
        assert_eq!(levels(6, 8, 3), [0, 3, 3, 1, 3, 3]);
        assert_eq!(levels(9, 8, 3), [0, 3, 3, 2, 3, 3, 2, 3, 3]);
    }
}
