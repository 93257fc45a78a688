//! The key of a piece on the grid, and the way from it to C major or A minor.

use score::PitchClass;
use score::key_finding::find_tonic;
use serde::{Deserialize, Serialize};

use crate::Cell;
use crate::corpus::PieceKey;

/// In which keys a model reads pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keys {
    /// In their own.
    #[default]
    Own,
    /// All in C major or A minor.
    CMajor,
}

impl Keys {
    /// Semitones by which a piece is moved before it is read: from the key that is written, else
    /// from the one its melody suggests. A piece without any key stays.
    pub fn semitones(self, written: Option<PieceKey>, cells: &[Cell]) -> i32 {
        match self {
            Self::Own => 0,
            Self::CMajor => {
                written.or_else(|| PieceKey::found_in(cells)).map_or(0, PieceKey::semitones_to_c)
            }
        }
    }
}

impl PieceKey {
    /// The key that the melody of some cells suggests, by the algorithm of Krumhansl and
    /// Schmuckler over the shares of the cells for which each pitch class sounds; `None` in
    /// silence.
    pub fn found_in(cells: &[Cell]) -> Option<Self> {
        let mut times = [0.0; 12];
        for cell in cells {
            for (time, share) in times.iter_mut().zip(cell.shares()) {
                *time += f64::from(share);
            }
        }
        let (tonic, mode) = find_tonic(&times)?;
        Some(Self { tonic: tonic.semitones(), minor: mode.is_minor() })
    }

    /// Semitones, −6 to 5, by which a piece in this key moves to C, or to A if its third is minor.
    pub fn semitones_to_c(self) -> i32 {
        let goal = if self.minor { A } else { 0 };
        (goal - i32::from(self.tonic) + 6).rem_euclid(12) - 6
    }

    /// The key `semitones` higher.
    #[must_use]
    pub fn transposed(self, semitones: i32) -> Self {
        let tonic = PitchClass::from_semitones(i32::from(self.tonic) + semitones).semitones();
        Self { tonic, ..self }
    }
}

/// Semitones of A above C.
const A: i32 = 9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CellMeter, Token};

    fn cells(notes: &[i32]) -> Vec<Cell> {
        let meter = CellMeter {
            bar: 0,
            place: 0,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: true,
            last_bar: true,
        };
        let cell = |note: &i32| {
            let mut cell = Cell::new(Token::NO_CHORD, meter);
            cell.add_note(*note, 1.0, true);
            cell
        };
        notes.iter().map(cell).collect()
    }

    #[test]
    fn the_key_of_a_scale_is_found_wherever_it_starts() {
        let scale = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60];
        for semitones in 0..12 {
            let moved: Vec<_> = scale.iter().map(|note| note + semitones).collect();
            let key = PieceKey { tonic: semitones as u8, minor: false };
            assert_eq!(PieceKey::found_in(&cells(&moved)), Some(key));
        }
        assert_eq!(PieceKey::found_in(&[]), None);
    }

    #[test]
    fn every_key_has_a_short_way_to_c_or_a() {
        for tonic in 0..12 {
            for (minor, goal) in [(false, 0), (true, 9)] {
                let key = PieceKey { tonic, minor };
                assert!((-6..6).contains(&key.semitones_to_c()));
                assert_eq!(key.transposed(key.semitones_to_c()), PieceKey { tonic: goal, minor });
            }
        }
    }
}
