//! Into which keys pieces are moved.

use std::borrow::Cow;

use grid::corpus::PieceKey;
use grid::{Cell, Keys};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// Into which keys pieces are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transposition {
    /// They stay as they are.
    None,
    /// Training items into any of the twelve, drawn anew for each: the largest lever known.
    /// What is measured stays as it is.
    AllKeys,
    /// Every piece, whether trained on or measured, into C major or A minor: from the key that is
    /// written, else from the one its melody suggests. Published, and a weak ground: the key found
    /// from a melody disagrees with that of the chords in 16 to 39% of songs, and such songs are
    /// learned in another key.
    CMajor,
}

impl Transposition {
    /// Semitones by which a training item is moved, drawn from the item's own stream.
    pub(crate) fn semitones(self, random: &mut impl Rng) -> i32 {
        match self {
            Self::AllKeys => random.random_range(-6..6),
            Self::None | Self::CMajor => 0,
        }
    }

    /// In which keys a model reads that was trained so.
    pub fn keys(self) -> Keys {
        match self {
            Self::None | Self::AllKeys => Keys::Own,
            Self::CMajor => Keys::CMajor,
        }
    }
}

/// The cells and key of a song as they are trained on and measured.
pub(crate) fn in_keys(
    keys: Keys,
    cells: &[Cell],
    written: Option<PieceKey>,
) -> (Cow<'_, [Cell]>, Option<PieceKey>) {
    match keys {
        Keys::Own => (Cow::Borrowed(cells), written),
        Keys::CMajor => {
            let semitones = keys.semitones(written, cells);
            let moved = cells.iter().map(|cell| cell.transposed(semitones)).collect();
            let key = written.or_else(|| PieceKey::found_in(cells));
            (Cow::Owned(moved), key.map(|key| key.transposed(semitones)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::songs::tests::cells;
    use crate::stream::stream;

    fn moved(semitones: i32) -> Vec<Cell> {
        cells(0, 48).iter().map(|cell| cell.transposed(semitones)).collect()
    }

    #[test]
    fn only_training_in_all_keys_draws_one_for_each_item() {
        let drawn = |transposition: Transposition| {
            let mut random = stream(1);
            let drawn: std::collections::BTreeSet<i32> =
                (0..500).map(|_| transposition.semitones(&mut random)).collect();
            drawn
        };
        assert_eq!(drawn(Transposition::AllKeys), (-6..6).collect());
        assert_eq!(drawn(Transposition::None), [0].into());
        assert_eq!(drawn(Transposition::CMajor), [0].into());
    }

    #[test]
    fn pieces_with_a_written_key_meet_in_c_major_or_a_minor() {
        for (minor, goal) in [(false, 0), (true, 9)] {
            let home = moved(goal);
            for semitones in -6..6 {
                let tonic = (goal + semitones).rem_euclid(12) as u8;
                let there = moved(goal + semitones);
                let key = PieceKey { tonic, minor };
                let (back, found) = in_keys(Keys::CMajor, &there, Some(key));
                let harmony = |cells: &[Cell]| -> Vec<_> {
                    cells.iter().map(|cell| (cell.harmony(), cell.sounding())).collect()
                };
                assert_eq!(harmony(&back), harmony(&home));
                assert_eq!(found, Some(PieceKey { tonic: goal as u8, minor }));
            }
        }
    }

    #[test]
    fn without_a_written_key_the_melody_says_it() {
        // F major: what sounds is its scale.
        let scale = [5, 7, 9, 10, 0, 2, 4, 5, 0, 9, 5];
        let song: Vec<Cell> = cells(0, 11)
            .iter()
            .zip(scale)
            .map(|(cell, class)| {
                let mut cell = Cell::new(cell.harmony(), cell.meter());
                cell.add_note(60 + class, 1.0, true);
                cell
            })
            .collect();
        let (normal, key) = in_keys(Keys::CMajor, &song, None);
        assert_eq!(key, Some(PieceKey { tonic: 0, minor: false }));
        assert_eq!(normal[0].main_class(), Some(0));
        let (as_written, key) = in_keys(Keys::Own, &song, None);
        assert_eq!((as_written.as_ref(), key), (song.as_slice(), None));
    }

    #[test]
    fn a_piece_without_any_key_stays() {
        let silent = [Cell::new(grid::Token::NO_CHORD, cells(0, 1)[0].meter()); 3];
        let (same, key) = in_keys(Keys::CMajor, &silent, None);
        assert_eq!((same.as_ref(), key), (silent.as_slice(), None));
    }
}
