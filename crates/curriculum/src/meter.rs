//! A metre as its cells see it, and how strong each cell of a bar is.

use serde::{Deserialize, Serialize};

use crate::InvalidLayout;

/// A time signature together with the number of cells on each of its written beats.
///
/// 4/4 with a cell a beat is `(4, 4, 1)`, with sixteenth cells `(4, 4, 4)`; 6/8 with
/// eighth cells is `(6, 8, 1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Meter {
    numerator: u8,
    denominator: u8,
    cells_per_beat: u8,
}

/// How strong a cell is in its bar. Stronger sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// The first cell of a bar.
    Bar,
    /// The beat in the middle of the bar; in 5/4 and 7/8, which have no middle, the start
    /// of the second group (3 + 2, 4 + 3). Bars of three equal beats have none.
    HalfBar,
    /// The start of a felt beat: a quarter in 4/4, a dotted quarter in 6/8, the groups
    /// 2 + 2 + 3 in 7/8.
    Beat,
    /// The first division of a felt beat: its half, or the eighths of a dotted quarter.
    HalfBeat,
    /// Any other cell.
    Cell,
}

impl Strength {
    /// All of them, the strongest first.
    pub const ALL: [Self; 5] = [Self::Bar, Self::HalfBar, Self::Beat, Self::HalfBeat, Self::Cell];

    /// Its name in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::HalfBar => "half-bar",
            Self::Beat => "beat",
            Self::HalfBeat => "half-beat",
            Self::Cell => "cell",
        }
    }
}

impl Meter {
    /// Common time with a cell on each quarter.
    pub const COMMON: Self = Self { numerator: 4, denominator: 4, cells_per_beat: 1 };

    /// `numerator / denominator` with `cells_per_beat` cells on each written beat.
    ///
    /// # Errors
    /// If the numerator is not 1–64, the denominator no power of two up to 64, or a beat
    /// has no cell.
    pub fn new(numerator: u8, denominator: u8, cells_per_beat: u8) -> Result<Self, InvalidLayout> {
        let sound = (1..=64).contains(&numerator)
            && denominator <= 64
            && denominator.is_power_of_two()
            && cells_per_beat > 0;
        if sound {
            Ok(Self { numerator, denominator, cells_per_beat })
        } else {
            Err(InvalidLayout::Meter { numerator, denominator, cells_per_beat })
        }
    }

    /// `numerator / denominator` with `cells_in_bar` cells in a full bar.
    ///
    /// # Errors
    /// As [`Meter::new`], or if the beats cannot share the cells equally.
    pub fn with_bar(
        numerator: u8,
        denominator: u8,
        cells_in_bar: u16,
    ) -> Result<Self, InvalidLayout> {
        let beats = u16::from(numerator.max(1));
        match u8::try_from(cells_in_bar / beats) {
            Ok(cells) if cells_in_bar.is_multiple_of(beats) => {
                Self::new(numerator, denominator, cells)
            }
            _ => Err(InvalidLayout::Bar { numerator, denominator, cells_in_bar }),
        }
    }

    /// The upper number of the time signature.
    pub const fn numerator(self) -> u8 {
        self.numerator
    }

    /// The lower number of the time signature.
    pub const fn denominator(self) -> u8 {
        self.denominator
    }

    /// How many cells a full bar has.
    pub fn cells_per_bar(self) -> u16 {
        u16::from(self.numerator) * u16::from(self.cells_per_beat)
    }

    /// The written beats on which the felt beats of a bar start.
    ///
    /// Compound metres (6/8, 9/8, 12/8, 6/4, …) are felt in threes. Odd metres over 8 or
    /// less are felt in twos with a three at the end (7/8 = 2 + 2 + 3), but 5/8 as 3 + 2.
    /// All others are felt as written.
    fn felt_beats(self) -> Vec<u8> {
        let n = self.numerator;
        if n > 3 && n.is_multiple_of(3) && self.denominator >= 4 {
            (0..n).step_by(3).collect()
        } else if n == 5 && self.denominator >= 8 {
            vec![0, 3]
        } else if n > 5 && !n.is_multiple_of(2) && self.denominator >= 8 {
            (0..n - 1).step_by(2).collect()
        } else {
            (0..n).collect()
        }
    }

    /// The written beat that starts the second half of the bar: the felt beat nearest to
    /// its middle, the later of two equally near. None in bars of one or three equal beats.
    fn second_half(self, felt: &[u8]) -> Option<u8> {
        let indivisible = felt.len() == 1 || (felt.len() == 3 && self.numerator.is_multiple_of(3));
        if indivisible {
            return None;
        }
        let middle = i16::from(self.numerator);
        felt.iter().copied().skip(1).rev().min_by_key(|&beat| (2 * i16::from(beat) - middle).abs())
    }

    /// The strength of every cell of a full bar, in order.
    pub fn strengths(self) -> Vec<Strength> {
        let felt = self.felt_beats();
        let second_half = self.second_half(&felt);
        let felt_as_written = felt.len() == usize::from(self.numerator);
        let cells = self.cells_per_beat;
        (0..self.numerator)
            .flat_map(|beat| (0..cells).map(move |cell| (beat, cell)))
            .map(|(beat, cell)| match (beat, cell) {
                (0, 0) => Strength::Bar,
                (_, 0) if Some(beat) == second_half => Strength::HalfBar,
                (_, 0) if felt.contains(&beat) => Strength::Beat,
                (_, 0) => Strength::HalfBeat,
                // Half of a felt beat; a beat of three cells has no half.
                _ if felt_as_written && 2 * u16::from(cell) == u16::from(cells) => {
                    Strength::HalfBeat
                }
                _ => Strength::Cell,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `B` bar, `H` half bar, `b` beat, `h` half beat, `.` other.
    fn drawn(numerator: u8, denominator: u8, cells_per_beat: u8) -> String {
        let meter = Meter::new(numerator, denominator, cells_per_beat).expect("a metre");
        meter
            .strengths()
            .into_iter()
            .map(|strength| match strength {
                Strength::Bar => 'B',
                Strength::HalfBar => 'H',
                Strength::Beat => 'b',
                Strength::HalfBeat => 'h',
                Strength::Cell => '.',
            })
            .collect()
    }

    #[test]
    fn each_meter_has_its_own_strong_cells() {
        let table = [
            ((4, 4, 1), "BbHb", "the third quarter halves the bar"),
            ((4, 4, 2), "BhbhHhbh", "eighths halve the quarters"),
            ((4, 4, 4), "B.h.b.h.H.h.b.h.", "sixteenths"),
            ((4, 4, 3), "B..b..H..b..", "triplet cells have no half beat"),
            ((2, 4, 1), "BH", "the second beat is the half bar"),
            ((2, 2, 2), "BhHh", "cut time on quarters"),
            ((3, 4, 1), "Bbb", "three beats have no half"),
            ((3, 4, 2), "Bhbhbh", "nor on eighths"),
            ((3, 8, 1), "Bbb", "three eighths are three beats"),
            ((6, 8, 1), "BhhHhh", "two dotted quarters"),
            ((9, 8, 1), "Bhhbhhbhh", "three dotted quarters have no half"),
            ((12, 8, 1), "BhhbhhHhhbhh", "four dotted quarters"),
            ((6, 8, 2), "B.h.h.H.h.h.", "sixteenths below the eighths"),
            ((5, 4, 1), "BbbHb", "3 + 2"),
            ((7, 4, 1), "BbbbHbb", "4 + 3"),
            ((5, 8, 1), "BhhHh", "3 + 2 eighths, two felt beats"),
            ((7, 8, 1), "BhbhHhh", "2 + 2 + 3 eighths"),
            ((11, 8, 1), "BhbhbhHhbhh", "2 + 2 + 2 + 2 + 3"),
            ((15, 8, 1), "BhhbhhbhhHhhbhh", "five dotted quarters, 3 + 2"),
            ((1, 4, 1), "B", "a bar of one beat"),
        ];
        for ((numerator, denominator, cells), expected, why) in table {
            assert_eq!(drawn(numerator, denominator, cells), expected, "{why}");
        }
    }

    #[test]
    fn a_bar_of_cells_makes_the_same_metre() {
        assert_eq!(Meter::with_bar(6, 8, 12), Meter::new(6, 8, 2));
        assert!(Meter::with_bar(6, 8, 9).is_err(), "beats of one cell and a half");
        assert!(Meter::with_bar(0, 8, 9).is_err());
        assert!(Meter::with_bar(4, 4, 0).is_err());
    }

    #[test]
    fn impossible_metres_are_refused() {
        for (numerator, denominator, cells) in
            [(0, 4, 1), (65, 4, 1), (4, 3, 1), (4, 0, 1), (4, 4, 0)]
        {
            assert!(Meter::new(numerator, denominator, cells).is_err());
        }
    }
}
