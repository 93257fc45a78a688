//! Tables of chords by key and by melody.

use std::collections::HashMap;

use grid::corpus::PieceKey;
use grid::{Cell, Token, Vocabulary};

use super::{Counts, PRIOR, tonic_and_mode};
use crate::songs::SongSet;
use crate::validation::{Answer, Answerer, Question};

/// The most frequent chord of the key: the share of each chord relative to the tonic, by mode.
#[derive(Clone, Debug)]
pub struct KeyChord {
    modes: HashMap<bool, Counts>,
}

impl KeyChord {
    /// Counts the training songs.
    pub fn count(songs: &SongSet<'_>) -> Self {
        let mut modes: HashMap<bool, Counts> = HashMap::new();
        for song in &songs.songs {
            let (tonic, minor) = tonic_and_mode(song.key);
            for cell in song.cells.iter() {
                let relative = Vocabulary::transposed(cell.harmony(), -tonic);
                modes.entry(minor).or_default().add(relative);
            }
        }
        Self { modes }
    }

    fn probability(&self, minor: bool, token: Token) -> f64 {
        let uniform = 1.0 / Vocabulary::SIZE as f64;
        self.modes.get(&minor).map_or(uniform, |counts| counts.probability(token, uniform))
    }

    fn best(&self, minor: bool) -> Token {
        self.modes.get(&minor).and_then(Counts::best).unwrap_or(Token::NO_CHORD)
    }

    /// The most frequent chord of a key, where it sounds.
    pub(super) fn best_in(&self, key: Option<PieceKey>) -> Token {
        let (tonic, minor) = tonic_and_mode(key);
        Vocabulary::transposed(self.best(minor), tonic)
    }

    /// Probability of a token in a key.
    pub(super) fn probability_in(&self, key: Option<PieceKey>, token: Token) -> f64 {
        let (tonic, minor) = tonic_and_mode(key);
        self.probability(minor, Vocabulary::transposed(token, -tonic))
    }
}

impl Answerer for KeyChord {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
        let answers = |question: &Question| {
            let answer = |truth: &Token| Answer {
                token: self.best_in(question.key),
                surprise: -self.probability_in(question.key, *truth).ln(),
            };
            question.truth.iter().map(answer).collect()
        };
        questions.iter().map(answers).collect()
    }
}

/// A chord for each set of melody pitch classes that sound in a cell, relative to the tonic and
/// by mode; rare sets lean on the class that sounds longest, and that on the key.
#[derive(Clone, Debug)]
pub struct MelodyChord {
    key: KeyChord,
    classes: HashMap<(bool, Option<usize>), Counts>,
    sets: HashMap<(bool, u16), Counts>,
}

impl MelodyChord {
    /// Counts the training songs.
    pub fn count(songs: &SongSet<'_>) -> Self {
        let mut table =
            Self { key: KeyChord::count(songs), classes: HashMap::new(), sets: HashMap::new() };
        for song in &songs.songs {
            let (tonic, minor) = tonic_and_mode(song.key);
            for cell in song.cells.iter() {
                let cell = cell.transposed(-tonic);
                table.classes.entry((minor, cell.main_class())).or_default().add(cell.harmony());
                table.sets.entry((minor, cell.sounding())).or_default().add(cell.harmony());
            }
        }
        table
    }

    fn probability(&self, minor: bool, cell: &Cell, token: Token) -> f64 {
        let key = self.key.probability(minor, token);
        let class = self.classes.get(&(minor, cell.main_class()));
        let class = class.map_or(key, |counts| counts.probability(token, key));
        let set = self.sets.get(&(minor, cell.sounding()));
        set.map_or(class, |counts| counts.probability(token, class))
    }

    fn best(&self, minor: bool, cell: &Cell) -> Token {
        let enough = |counts: &&Counts| f64::from(counts.total) >= PRIOR;
        let set = self.sets.get(&(minor, cell.sounding())).filter(enough);
        let class = self.classes.get(&(minor, cell.main_class())).filter(enough);
        set.or(class).and_then(Counts::best).unwrap_or_else(|| self.key.best(minor))
    }
}

impl Answerer for MelodyChord {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
        let answers = |question: &Question| {
            let (tonic, minor) = tonic_and_mode(question.key);
            let answer = |(target, truth): (&usize, &Token)| {
                let cell = question.item.cells[*target].transposed(-tonic);
                let truth = Vocabulary::transposed(*truth, -tonic);
                Answer {
                    token: Vocabulary::transposed(self.best(minor, &cell), tonic),
                    surprise: -self.probability(minor, &cell, truth).ln(),
                }
            };
            question.targets.iter().zip(&question.truth).map(answer).collect()
        };
        questions.iter().map(answers).collect()
    }
}

#[cfg(test)]
mod tests {
    use curriculum::Probe;

    use super::*;
    use crate::songs::tests::cells;
    use crate::{TrainingSong, Validator};

    #[test]
    fn the_melody_table_knows_a_melody_that_determines_its_chords() {
        // In these cells the melody is the root of the chord, in every bar another one.
        let song = cells(0, 48);
        let key = Some(PieceKey { tonic: 0, minor: false });
        let set = SongSet {
            songs: vec![TrainingSong { cells: (&song).into(), key, ..TrainingSong::default() }; 3],
        };
        let validator = Validator::new(&set, &[Probe::Cells(0)], 64, 1, None);
        let melody = validator.measure(&MelodyChord::count(&set)).remove(0);
        assert_eq!(melody.all.accuracy(), 1.0);
        let frequent = validator.measure(&KeyChord::count(&set)).remove(0);
        assert_eq!(frequent.all.accuracy(), 1.0 / 12.0);
        assert!(frequent.all.loss() > melody.all.loss());
    }

    #[test]
    fn tables_follow_the_tonic() {
        let song = cells(0, 48);
        let moved: Vec<_> = song.iter().map(|cell| cell.transposed(5)).collect();
        fn at(cells: &[Cell], tonic: u8) -> TrainingSong<'_> {
            let key = Some(PieceKey { tonic, minor: false });
            TrainingSong { cells: cells.into(), key, ..TrainingSong::default() }
        }
        let learned = SongSet { songs: vec![at(&song, 0), at(&song, 0)] };
        let asked = SongSet { songs: vec![at(&moved, 5)] };
        let validator = Validator::new(&asked, &[Probe::Cells(0)], 64, 1, None);
        assert_eq!(validator.measure(&MelodyChord::count(&learned))[0].all.accuracy(), 1.0);
    }
}
