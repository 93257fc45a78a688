//! A hidden Markov model of chords under a melody.
//!
//! States are the harmony tokens relative to the tonic, by mode. A chord follows another with
//! probabilities of its own for each metric strength of the cell it follows into, so that changes
//! fall on bar starts; under it the melody's pitch classes have theirs. Visible cells are clamped,
//! and hidden ones get the posterior of forward–backward: its most probable token is the answer,
//! and its probability of the truth the surprise.

mod emissions;
mod posterior;
mod transitions;

use std::collections::HashMap;

use curriculum::Strength;
use grid::{Cell, Token, Vocabulary};

use self::emissions::{Emissions, MelodyCounts};
use self::posterior::posterior;
use self::transitions::Transitions;
use super::{PRIOR, tonic_and_mode};
use crate::songs::{SongSet, layout};
use crate::validation::{Answer, Answerer, Question};

/// The model, counted on the training songs.
#[derive(Clone, Debug)]
pub struct HiddenMarkov {
    major: Chain,
    minor: Chain,
}

/// The model of one mode.
#[derive(Clone, Debug)]
struct Chain {
    /// Shares of the tokens at the start of a song.
    start: Vec<f64>,
    /// Shares of the tokens anywhere.
    anywhere: Vec<f64>,
    /// Into cells of each strength, in the order of [`Strength::ALL`].
    transitions: Vec<Transitions>,
    emissions: Emissions,
}

/// What is counted for one mode.
struct Counts {
    starts: Vec<f64>,
    tokens: Vec<f64>,
    pairs: [HashMap<(usize, usize), u32>; Strength::ALL.len()],
    melody: MelodyCounts,
}

impl HiddenMarkov {
    /// Counts the training songs.
    pub fn count(songs: &SongSet<'_>) -> Self {
        let mut modes = [Counts::new(), Counts::new()];
        for song in &songs.songs {
            let (tonic, minor) = tonic_and_mode(song.key);
            let cells: Vec<Cell> = song.cells.iter().map(|cell| cell.transposed(-tonic)).collect();
            modes[usize::from(minor)].add(&cells);
        }
        let [major, minor] = modes.map(|counts| counts.chain());
        Self { major, minor }
    }

    /// The posterior of every token, relative to the tonic, for every cell of a question.
    fn posterior(&self, question: &Question) -> Vec<Vec<f64>> {
        let (tonic, minor) = tonic_and_mode(question.key);
        let chain = if minor { &self.minor } else { &self.major };
        let cells: Vec<Cell> =
            question.item.cells.iter().map(|cell| cell.transposed(-tonic)).collect();
        let evidence: Vec<Vec<f64>> = cells
            .iter()
            .zip(&question.item.harmony)
            .map(|(cell, shown)| match *shown {
                Token::MASK => chain.emissions.likelihoods(&cell.shares()),
                token => clamped(Vocabulary::transposed(token, -tonic)),
            })
            .collect();
        let steps: Vec<&Transitions> = strengths(&cells)
            .into_iter()
            .skip(1)
            .map(|strength| &chain.transitions[strength as usize])
            .collect();
        let at_start = cells.first().is_some_and(|cell| cell.meter().first_bar);
        let initial = if at_start { &chain.start } else { &chain.anywhere };
        posterior(initial, &steps, &evidence)
    }
}

/// Only this token.
fn clamped(token: Token) -> Vec<f64> {
    let mut evidence = vec![0.0; Vocabulary::SIZE];
    evidence[token.index()] = 1.0;
    evidence
}

/// How strong each cell is in its bar.
fn strengths(cells: &[Cell]) -> Vec<Strength> {
    let plain = |cell: &Cell| if cell.starts_bar() { Strength::Bar } else { Strength::Beat };
    layout(cells)
        .map_or_else(|| cells.iter().map(plain).collect(), |layout| layout.strengths().to_vec())
}

impl Counts {
    fn new() -> Self {
        Self {
            starts: vec![0.0; Vocabulary::SIZE],
            tokens: vec![0.0; Vocabulary::SIZE],
            pairs: Default::default(),
            melody: MelodyCounts::new(),
        }
    }

    /// Counts a song that is relative to its tonic.
    fn add(&mut self, cells: &[Cell]) {
        if let Some(first) = cells.first() {
            self.starts[first.harmony().index()] += 1.0;
        }
        for cell in cells {
            self.tokens[cell.harmony().index()] += 1.0;
            self.melody.add(cell);
        }
        for (pair, strength) in cells.windows(2).zip(strengths(cells).into_iter().skip(1)) {
            let pair = (pair[0].harmony().index(), pair[1].harmony().index());
            *self.pairs[strength as usize].entry(pair).or_default() += 1;
        }
    }

    fn chain(&self) -> Chain {
        let anywhere = leaning(&self.tokens, &[1.0 / Vocabulary::SIZE as f64; Vocabulary::SIZE]);
        let transitions =
            self.pairs.iter().map(|pairs| Transitions::new(pairs, anywhere.clone(), PRIOR));
        Chain {
            start: leaning(&self.starts, &anywhere),
            transitions: transitions.collect(),
            emissions: self.melody.emissions(),
            anywhere,
        }
    }
}

/// Shares of counts, with `prior` counting like [`PRIOR`] observations.
fn leaning(counts: &[f64], prior: &[f64]) -> Vec<f64> {
    let total: f64 = counts.iter().sum();
    counts
        .iter()
        .zip(prior)
        .map(|(count, prior)| (count + PRIOR * prior) / (total + PRIOR))
        .collect()
}

impl Answerer for HiddenMarkov {
    fn answer(&self, questions: &[Question]) -> Vec<Vec<Answer>> {
        let answers = |question: &Question| {
            let (tonic, _) = tonic_and_mode(question.key);
            let posterior = self.posterior(question);
            let answer = |(target, truth): (&usize, &Token)| {
                let of_tokens = &posterior[*target];
                let best = (0..of_tokens.len())
                    .rev()
                    .max_by(|one, other| of_tokens[*one].total_cmp(&of_tokens[*other]))
                    .map_or(Token::NO_CHORD, |index| Token(index as u16));
                Answer {
                    token: Vocabulary::transposed(best, tonic),
                    surprise: -of_tokens[Vocabulary::transposed(*truth, -tonic).index()].ln(),
                }
            };
            question.targets.iter().zip(&question.truth).map(answer).collect()
        };
        questions.iter().map(answers).collect()
    }
}

#[cfg(test)]
mod tests;
