//! Questions to the model, and what it answers cell by cell.

use curriculum::{Probe, evaluation};
use grid::corpus::PieceKey;
use grid::{Token, Vocabulary};
use model::{Item, Predictor, Probabilities};
use train::reliance::with_other_melodies;
use train::{Measured, Question};

use super::examine::Progress;
use super::pieces::{Excerpt, PieceSet};

/// Windows with some of their harmony hidden.
#[derive(Clone, Debug, Default)]
pub(super) struct Questions {
    /// Index of the excerpt that each is about.
    pub excerpts: Vec<usize>,
    /// What is asked.
    pub questions: Vec<Question>,
}

impl Questions {
    /// The questions about every window of a set where `percent` of the cells are visible.
    pub fn new(set: &PieceSet, percent: u8) -> Self {
        let asked = set.excerpts.iter().enumerate();
        let (excerpts, questions) = asked
            .filter_map(|(index, excerpt)| {
                let key = set.pieces[excerpt.piece].key;
                Some((index, question(excerpt, percent, key)?))
            })
            .unzip();
        Self { excerpts, questions }
    }

    /// The same questions under the melodies of other pieces; none if all are about one piece.
    pub fn with_other_melodies(&self, seed: u64) -> Self {
        match with_other_melodies(&self.questions, seed) {
            Some(questions) => Self { excerpts: self.excerpts.clone(), questions },
            None => Self::default(),
        }
    }
}

/// What is asked of a window where `percent` of its cells are visible: the frozen masks of
/// validation.
pub(super) fn question(excerpt: &Excerpt, percent: u8, key: Option<PieceKey>) -> Option<Question> {
    let masking = evaluation::mask(&excerpt.layout, excerpt.seed, Probe::Cells(percent))?;
    let shown = excerpt
        .cells
        .iter()
        .zip(&masking.cells)
        .map(|(cell, state)| if state.is_visible() { cell.harmony() } else { Token::MASK });
    let targets: Vec<usize> =
        (0..excerpt.cells.len()).filter(|at| masking.cells[*at].is_target()).collect();
    Some(Question {
        truth: targets.iter().map(|at| excerpt.cells[*at].harmony()).collect(),
        changes: targets.iter().map(|at| excerpt.changes[*at]).collect(),
        item: Item::new(excerpt.cells.clone(), shown.collect()),
        targets,
        key,
        song: excerpt.piece,
    })
}

/// One hidden cell and what the model says about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Answer {
    /// Index of the piece.
    pub piece: usize,
    /// Index of the excerpt.
    pub excerpt: usize,
    /// Index of the cell in the excerpt.
    pub cell: usize,
    pub truth: Token,
    /// The most probable token, the first of several.
    pub predicted: Token,
    /// Its probability among the tokens that can be chosen.
    pub confidence: f64,
    /// −ln of the probability given to the truth, in nats; at most [`UTMOST`].
    pub surprise: f64,
}

/// The surprise at what the model thinks impossible: a probability of 1.2 · 10⁻³⁸, the smallest
/// of single precision.
const UTMOST: f64 = 87.336_54;

impl Answer {
    pub fn is_right(&self) -> bool {
        self.predicted == self.truth
    }

    /// The answer that `probabilities` give about a cell of the excerpt at `excerpt`.
    fn new(piece: usize, excerpt: usize, cell: usize, truth: Token, probabilities: &[f32]) -> Self {
        let (mut predicted, mut confidence) = (0, 0.0f32);
        for (token, probability) in probabilities.iter().enumerate() {
            if *probability > confidence {
                (predicted, confidence) = (token, *probability);
            }
        }
        let right = probabilities.get(truth.index()).copied().unwrap_or(0.0);
        Self {
            piece,
            excerpt,
            cell,
            truth,
            predicted: Token(predicted as u16),
            confidence: f64::from(confidence),
            surprise: (-f64::from(right).ln()).clamp(0.0, UTMOST),
        }
    }
}

/// Items in a forward pass.
const BATCH: usize = 16;

/// Asks the model and tells how far it is.
pub(super) struct Asker<'a> {
    pub predictor: &'a Predictor,
    pub progress: &'a mut dyn FnMut(Progress),
    /// Windows read so far, and in all.
    pub done: usize,
    pub total: usize,
}

impl Asker<'_> {
    /// An answer for every target of every question, in their order.
    pub fn answers(&mut self, what: &'static str, questions: &Questions) -> Vec<Answer> {
        let mut predictions: Vec<Option<Probabilities>> = vec![None; questions.questions.len()];
        self.batches(what, questions, |predictor, chunk, items| {
            for (index, probabilities) in chunk.iter().zip(predictor.predict(items)) {
                predictions[*index] = Some(probabilities);
            }
        });
        let asked = questions.excerpts.iter().zip(&questions.questions).zip(&predictions);
        asked
            .filter_map(|(asked, predicted)| Some((asked, predicted.as_ref()?)))
            .flat_map(|((excerpt, question), predicted)| {
                question.targets.iter().zip(&question.truth).map(|(cell, truth)| {
                    let given = predicted.of(*cell);
                    Answer::new(question.song, *excerpt, *cell, *truth, given)
                })
            })
            .collect()
    }

    /// Gives the questions to `read` in batches of near-equal length, so that little is padded:
    /// their indices and their items.
    pub fn batches(
        &mut self,
        what: &'static str,
        questions: &Questions,
        mut read: impl FnMut(&Predictor, &[usize], &[Item]),
    ) {
        let questions = &questions.questions;
        let mut order: Vec<usize> = (0..questions.len()).collect();
        order.sort_by_key(|index| questions[*index].item.cells.len());
        for chunk in order.chunks(BATCH) {
            (self.progress)(Progress { what, done: self.done, total: self.total });
            let items: Vec<Item> =
                chunk.iter().map(|index| questions[*index].item.clone()).collect();
            read(self.predictor, chunk, &items);
            self.done += chunk.len();
        }
        (self.progress)(Progress { what, done: self.done, total: self.total });
    }
}

/// The sums of each piece.
pub(super) fn by_piece<'a>(
    pieces: usize,
    set: &PieceSet,
    answers: impl IntoIterator<Item = &'a Answer>,
) -> Vec<Measured> {
    let root = |token| Vocabulary::parts(token).map(|(root, _)| root);
    let mut sums = vec![Measured::default(); pieces];
    for answer in answers {
        let change = set.excerpts[answer.excerpt].changes[answer.cell];
        let sum = &mut sums[answer.piece];
        sum.cells += 1;
        sum.right += u64::from(answer.is_right());
        sum.right_roots += u64::from(root(answer.predicted) == root(answer.truth));
        sum.surprise += answer.surprise;
        sum.changes += u64::from(change);
        sum.right_changes += u64::from(change && answer.is_right());
    }
    sums
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::examination::Options;
    use crate::examination::pieces::tests::set;

    /// The answers of a model that gives the truth this probability and names `wrong` where it is
    /// below a half.
    pub fn answers(
        set: &PieceSet,
        percent: u8,
        of: impl Fn(usize, Token) -> (Token, f64),
    ) -> Vec<Answer> {
        let mut answers = Vec::new();
        let Questions { excerpts, questions } = Questions::new(set, percent);
        for (excerpt, question) in excerpts.into_iter().zip(questions) {
            for (cell, truth) in question.targets.into_iter().zip(question.truth) {
                let (predicted, confidence) = of(answers.len(), truth);
                answers.push(Answer {
                    piece: question.song,
                    excerpt,
                    cell,
                    truth,
                    predicted,
                    confidence,
                    surprise: 1.0,
                });
            }
        }
        answers
    }

    #[test]
    fn hidden_cells_are_asked_and_no_others() {
        let set = set(&[40, 21], &Options::default());
        for (percent, hidden) in [(0, 61), (50, 31), (100, 2)] {
            let Questions { questions, .. } = Questions::new(&set, percent);
            let asked: usize = questions.iter().map(|question| question.targets.len()).sum();
            assert_eq!(asked, hidden, "{percent}%");
            for question in questions {
                for (cell, token) in question.item.harmony.iter().enumerate() {
                    assert_eq!(*token == Token::MASK, question.targets.contains(&cell));
                }
            }
        }
    }

    #[test]
    fn only_the_melody_is_another_one() {
        let set = set(&[40, 40, 40], &Options::default());
        let own = Questions::new(&set, 50);
        let other = own.with_other_melodies(1);
        assert_eq!(own.excerpts, other.excerpts);
        for (own, other) in own.questions.iter().zip(&other.questions) {
            assert_eq!((&own.targets, &own.item.harmony), (&other.targets, &other.item.harmony));
            assert_ne!(own.item.cells, other.item.cells);
        }
        let alone = super::super::pieces::tests::set(&[40], &Options::default());
        assert!(Questions::new(&alone, 0).with_other_melodies(1).questions.is_empty());
    }

    #[test]
    fn an_answer_is_the_most_probable_token_and_the_surprise_at_the_truth() {
        let answer = Answer::new(0, 0, 0, Token(1), &[0.1, 0.25, 0.65]);
        assert_eq!(answer.predicted, Token(2));
        assert!((answer.confidence - 0.65).abs() < 1e-6);
        assert!((answer.surprise - 4f64.ln()).abs() < 1e-6);
        assert_eq!(Answer::new(0, 0, 0, Token(0), &[0.0, 1.0]).surprise, UTMOST);
    }

    #[test]
    fn sums_are_kept_by_piece() {
        let set = set(&[8, 12], &Options::default());
        let no_chord = |_, _| (Token::NO_CHORD, 0.5);
        let sums = by_piece(2, &set, &answers(&set, 0, no_chord));
        assert_eq!([sums[0].cells, sums[1].cells], [8, 12]);
        assert_eq!([sums[0].changes, sums[1].changes], [1, 2]);
        let knowing = by_piece(2, &set, &answers(&set, 0, |_, truth| (truth, 0.9)));
        assert_eq!(
            [knowing[1].right, knowing[1].right_roots, knowing[1].right_changes],
            [12, 12, 2]
        );
        assert_eq!(knowing[1].surprise, 12.0);
    }
}
