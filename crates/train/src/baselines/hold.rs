//! Holding the nearest visible chord to the left.

use grid::Token;

use super::{KeyChord, PRIOR};
use crate::songs::SongSet;
use crate::validation::{Answer, Answerer, Question};

/// Says of each hidden cell what the nearest visible cell to its left in the window says, and with
/// nothing visible to the left the most frequent chord of the key.
///
/// Held chords are believed as often as they were right at that distance in the training songs;
/// the rest is shared out as in the key.
#[derive(Clone, Debug)]
pub struct HoldLeft {
    key: KeyChord,
    /// For each distance from 1 the share of cells that hold the chord of so many cells before.
    holds: Vec<f64>,
}

/// Cells up to which distances are told apart: a window.
const REACH: usize = 64;

impl HoldLeft {
    /// Counts the training songs.
    pub fn count(songs: &SongSet<'_>) -> Self {
        let mut distances = vec![(0, 0); REACH];
        for song in &songs.songs {
            for (index, cell) in song.cells.iter().enumerate() {
                let before = song.cells[..index].iter().rev();
                for (earlier, (held, all)) in before.zip(&mut distances) {
                    *held += u32::from(earlier.harmony() == cell.harmony());
                    *all += 1;
                }
            }
        }
        // Each distance leans on the one before, and the first on even odds.
        let leaning = |before: &mut f64, (held, all): (u32, u32)| {
            *before = (f64::from(held) + PRIOR * *before) / (f64::from(all) + PRIOR);
            Some(*before)
        };
        let holds = distances.into_iter().scan(0.5, leaning).collect();
        Self { key: KeyChord::count(songs), holds }
    }

    /// Probability that a chord still holds `distance` cells later, from 1.
    fn holds(&self, distance: usize) -> f64 {
        self.holds[distance.clamp(1, self.holds.len()) - 1]
    }

    fn answer_at(&self, question: &Question, target: usize, truth: Token) -> Answer {
        let key = question.key;
        let left = question.item.harmony[..target].iter().rev().zip(1..);
        let Some((held, distance)) = left.into_iter().find(|(token, _)| **token != Token::MASK)
        else {
            let surprise = -self.key.probability_in(key, truth).ln();
            return Answer { token: self.key.best_in(key), surprise };
        };
        let holds = self.holds(distance);
        let probability = if truth == *held {
            holds
        } else {
            let others = 1.0 - self.key.probability_in(key, *held);
            (1.0 - holds) * self.key.probability_in(key, truth) / others
        };
        Answer { token: *held, surprise: -probability.ln() }
    }
}

impl Answerer for HoldLeft {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
        let answers = |question: &Question| {
            let asked = question.targets.iter().zip(&question.truth);
            asked.map(|(target, truth)| self.answer_at(question, *target, *truth)).collect()
        };
        questions.iter().map(answers).collect()
    }
}

#[cfg(test)]
mod tests {
    use curriculum::Probe;
    use grid::Vocabulary;
    use model::Item;

    use super::*;
    use crate::songs::tests::cells;
    use crate::{TrainingSong, Validator};

    fn learned() -> HoldLeft {
        // Bars of four cells, each with another chord.
        let song = cells(0, 48);
        let song = TrainingSong { cells: song.into(), ..TrainingSong::default() };
        HoldLeft::count(&SongSet { songs: vec![song; 40] })
    }

    /// A window in which only the cells of `visible` are shown.
    fn question(visible: &[usize], targets: &[usize]) -> Question {
        let cells = cells(0, 8);
        let shown = |index: usize| {
            if visible.contains(&index) { cells[index].harmony() } else { Token::MASK }
        };
        let harmony = (0..8).map(shown).collect();
        Question::of_item(Item::new(cells, harmony), targets)
    }

    #[test]
    fn the_nearest_visible_chord_is_held_and_without_one_the_key_speaks() {
        let hold = learned();
        let question = question(&[1, 5], &[0, 2, 4, 7]);
        let [first, second] = [1, 5].map(|index: usize| question.item.cells[index].harmony());
        let said: Vec<_> = hold.answer(&[question])[0].iter().map(|answer| answer.token).collect();
        assert_eq!(said, [hold.key.best_in(None), first, first, second]);
    }

    #[test]
    fn a_chord_is_believed_the_less_the_farther_away_it_was_seen() {
        let hold = learned();
        // In bars of four: three of four neighbours hold, one of four at distance three.
        assert!((hold.holds(1) - 0.76).abs() < 0.02, "{}", hold.holds(1));
        assert!((hold.holds(3) - 0.26).abs() < 0.03, "{}", hold.holds(3));
        assert!(hold.holds(4) < 0.01 && hold.holds(1000) < 0.01);
    }

    #[test]
    fn the_probabilities_of_all_tokens_sum_to_one() {
        let hold = learned();
        for (visible, target) in [(&[0][..], 2), (&[], 2)] {
            let question = question(visible, &[target]);
            let all = (0..Vocabulary::SIZE as u16)
                .map(|token| (-hold.answer_at(&question, target, Token(token)).surprise).exp());
            let sum: f64 = all.sum();
            assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        }
    }

    #[test]
    fn at_every_second_cell_it_is_right_within_bars() {
        let song = cells(0, 40);
        let song = TrainingSong { cells: song.into(), ..TrainingSong::default() };
        let set = SongSet { songs: vec![song] };
        let probe = Probe::Metric(curriculum::Strength::Bar);
        let figures = Validator::new(&set, &[probe], 64, 1, None).measure(&learned());
        assert_eq!(figures[0].all.accuracy(), 1.0);
    }
}
