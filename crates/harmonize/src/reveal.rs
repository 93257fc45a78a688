//! Revealing the harmony of a window step by step.

use grid::{Cell, Token};
use model::{Item, Predictor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::Preferences;
use crate::guidance::{self, Guidance};
use crate::levels::{LEVELS, level};
use crate::preferences::Bonuses;
use crate::sample::draw;

/// How harmony is generated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// Steps in which a window is revealed; of which a part stands already, in fewer steps, so
    /// that each step reveals as much.
    pub steps: usize,
    /// How daring the choice is: 0 takes the most probable token.
    pub temperature: f32,
    /// Harmonizations drawn, of which the best is taken.
    pub candidates: usize,
    /// Another seed gives other draws.
    pub seed: u64,
    /// How the melody is followed beyond what the model says, if at all; only with a model that
    /// was trained for it.
    pub guidance: Option<Guidance>,
    /// What is preferred beyond the model.
    pub preferences: Preferences,
}

impl Default for Generation {
    fn default() -> Self {
        Self {
            steps: 9,
            temperature: 0.8,
            candidates: 5,
            seed: 1,
            guidance: None,
            preferences: Preferences::default(),
        }
    }
}

/// Share of the steps spent on each level; bar starts decide most.
const STEP_SHARES: [f64; LEVELS] = [0.5, 0.25, 0.15, 0.1];

/// Temperature at each level in multiples: where a chord stands already, leaving it again is
/// rarely a good surprise.
const HEAT: [f32; LEVELS] = [1.1, 0.7, 0.4, 0.4];

/// How much sureness decides which cells are revealed first. With all of its weight the surest
/// go first, which are those that hold a chord, and all others follow them.
const ORDER_SURENESS: f32 = 0.3;

/// How much chance decides which cells are revealed first, at the first step (Chang 2022).
const ORDER_NOISE: f32 = 2.0;

/// Fills the masked cells of every candidate; tokens that stand already never change.
///
/// `randoms` holds a random stream for each candidate.
pub(crate) fn reveal(
    predictor: &Predictor,
    bonuses: Bonuses<'_>,
    generation: &Generation,
    cells: &[Cell],
    candidates: &mut [Vec<Token>],
    randoms: &mut [ChaCha8Rng],
) {
    // As many in every candidate.
    let masked = candidates.first().map_or(0, |tokens| masked_cells(tokens));
    for (at_level, heat) in HEAT.into_iter().enumerate() {
        let open = |tokens: &[Token]| -> Vec<usize> {
            (0..cells.len())
                .filter(|index| tokens[*index] == Token::MASK && level(&cells[*index]) == at_level)
                .collect()
        };
        let steps = steps_at(at_level, generation.steps, masked, cells.len());
        for step in 0..steps {
            let open: Vec<Vec<usize>> = candidates.iter().map(|tokens| open(tokens)).collect();
            if open.iter().all(Vec::is_empty) {
                break;
            }
            let items: Vec<Item> =
                candidates.iter().map(|tokens| Item::new(cells.to_vec(), tokens.clone())).collect();
            let predicted = guidance::predict(predictor, generation.guidance, &items, &open);
            let temperature = generation.temperature * heat;
            let left = 1.0 - step as f32 / steps as f32;
            for ((tokens, random), probabilities) in
                candidates.iter_mut().zip(randoms.iter_mut()).zip(&predicted)
            {
                let mut drawn: Vec<(f32, usize, Token)> = probabilities
                    .cells()
                    .iter()
                    .map(|&index| {
                        let log_weights = log_weights(probabilities.of(index), bonuses.of(index));
                        let (token, sureness) = draw(&log_weights, temperature, random);
                        let noise = generation.temperature * ORDER_NOISE * left * gumbel(random);
                        (ORDER_SURENESS * sureness + noise, index, token)
                    })
                    .collect();
                drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
                let count = drawn.len().div_ceil(steps - step);
                for (_, index, token) in drawn.into_iter().take(count) {
                    tokens[index] = token;
                }
            }
        }
    }
}

/// In how many steps a level is revealed where `masked` of a window's cells are to be.
fn steps_at(level: usize, whole: usize, masked: usize, cells: usize) -> usize {
    let steps = whole as f64 * masked as f64 / cells.max(1) as f64;
    ((steps * STEP_SHARES[level]).round() as usize).max(1)
}

/// How many cells are to be revealed.
fn masked_cells(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| **token == Token::MASK).count()
}

/// Log-probabilities with the preferences added; −∞ for what cannot be chosen.
fn log_weights(probabilities: &[f32], bonuses: &[f32]) -> Vec<f32> {
    let weight = |(probability, bonus): (&f32, &f32)| {
        if *probability > 0.0 { probability.ln() + bonus } else { f32::NEG_INFINITY }
    };
    probabilities.iter().zip(bonuses).map(weight).collect()
}

/// A standard Gumbel number.
fn gumbel(random: &mut ChaCha8Rng) -> f32 {
    let uniform = random.random::<f32>().max(f32::MIN_POSITIVE);
    -(-uniform.ln()).max(f32::MIN_POSITIVE).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_stands_in_part_takes_fewer_steps_and_each_level_one_at_least() {
        let steps = |masked| -> Vec<usize> {
            (0..LEVELS).map(|level| steps_at(level, 9, masked, 64)).collect()
        };
        assert_eq!(steps(64), [5, 2, 1, 1]);
        assert_eq!(steps(43), [3, 2, 1, 1]);
        assert_eq!(steps(21), [1, 1, 1, 1]);
        assert_eq!(steps_at(0, 9, 0, 0), 1);
    }
}
