//! What cells and chords are called for readers.

use grid::corpus::PieceKey;
use grid::{Cell, CellMeter, Token, Vocabulary};
use serde::{Deserialize, Serialize};

/// Where a cell stands, as musicians count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarBeat {
    /// The bar, from 1; 0 for a pickup.
    pub bar: u32,
    /// The written beat in it, from 1: 2.5 is the second half of beat 2.
    pub beat: f64,
}

impl From<&Cell> for BarBeat {
    fn from(cell: &Cell) -> Self {
        let CellMeter { bar, place, cells_in_bar, numerator, .. } = cell.meter();
        let cells_per_beat = f64::from(cells_in_bar) / f64::from(numerator.max(1));
        Self {
            bar: if bar == CellMeter::PICKUP { 0 } else { u32::from(bar) + 1 },
            beat: 1.0 + f64::from(place) / cells_per_beat.max(1.0),
        }
    }
}

/// What a token says in a piece of this key, as a chord symbol: `Bbm7`, `N.C.`.
pub(super) fn chord(token: Token, key: Option<PieceKey>, vocabulary: &Vocabulary) -> String {
    vocabulary.text(token, key.map_or(0, fifths))
}

/// Sharps of a key's signature, flats negative; six sharps rather than six flats.
fn fifths(key: PieceKey) -> i32 {
    let major = i32::from(key.tonic) + if key.minor { 3 } else { 0 };
    let fifths = major * 7 % 12;
    if fifths > 6 { fifths - 12 } else { fifths }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(bar: u16, place: u16, cells_in_bar: u16) -> BarBeat {
        let meter = CellMeter {
            bar,
            place,
            cells_in_bar,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: false,
            last_bar: false,
        };
        BarBeat::from(&Cell::new(Token::MASK, meter))
    }

    #[test]
    fn bars_and_beats_are_counted_from_one() {
        assert_eq!(at(0, 0, 4), BarBeat { bar: 1, beat: 1.0 });
        assert_eq!(at(6, 3, 8), BarBeat { bar: 7, beat: 2.5 });
        assert_eq!(at(CellMeter::PICKUP, 3, 4), BarBeat { bar: 0, beat: 4.0 });
    }

    #[test]
    fn chords_are_spelled_by_their_key() {
        let vocabulary = Vocabulary::default();
        let a_sharp_minor = Token(Token::FIRST_CHORD.0 + 29 * 10 + 1);
        let name =
            |tonic, minor| chord(a_sharp_minor, Some(PieceKey { tonic, minor }), &vocabulary);
        assert_eq!([name(5, false), name(11, false)], ["Bbm", "A#m"]);
        assert_eq!(chord(Token::NO_CHORD, None, &vocabulary), "N.C.");
    }

    #[test]
    fn signatures_are_those_of_the_circle_of_fifths() {
        let of = |tonic, minor| fifths(PieceKey { tonic, minor });
        assert_eq!([of(0, false), of(7, false), of(5, false), of(3, false)], [0, 1, -1, -3]);
        assert_eq!([of(9, true), of(4, true), of(2, true), of(6, false)], [0, 1, -1, 6]);
    }
}
