//! Which of several harmonizations is best.

use grid::{Cell, Token};
use model::{Item, Predictor};

use crate::preferences::{Bonuses, Judge};

/// In how many parts bars are hidden to be judged by the others.
const PARTS: usize = 2;

/// What a nat too many or too few of surprise counts, beside the preferences.
const TYPICALITY: f32 = 2.0;

/// What an ending at home counts.
const HOME: f32 = 1.0;

/// What counts beside it a dominant just before.
const CADENCE: f32 = 0.3;

/// Whether a cell is hidden in a part: every other bar.
fn hidden(cell: &Cell, part: usize) -> bool {
    usize::from(cell.meter().bar) % PARTS == part
}

/// How good each candidate is, higher being better.
///
/// A harmonization should be as surprising as the model expects music to be: neither improbable
/// nor the most probable and dullest (locally typical, Meister 2023). Every bar is judged given
/// the bars around it, so that a chord is not probable only because its neighbour holds it. What
/// the preferences say of its cells, and ending at home with a cadence, are added.
pub(crate) fn scores(
    predictor: &Predictor,
    judge: &Judge,
    bonuses: Bonuses<'_>,
    cells: &[Cell],
    candidates: &[Vec<Token>],
) -> Vec<f32> {
    let count = cells.len().max(1) as f32;
    let ends = cells.last().is_some_and(|cell| cell.meter().last_bar);
    let mut excesses = vec![0.0; candidates.len()];
    for part in 0..PARTS {
        let items: Vec<Item> = candidates
            .iter()
            .map(|tokens| {
                let shown = tokens
                    .iter()
                    .zip(cells)
                    .map(|(token, cell)| if hidden(cell, part) { Token::MASK } else { *token });
                Item::new(cells.to_vec(), shown.collect())
            })
            .collect();
        let asked: Vec<usize> =
            (0..cells.len()).filter(|index| hidden(&cells[*index], part)).collect();
        let predicted = predictor.predict_cells(&items, &vec![asked.clone(); items.len()]);
        for ((excess, tokens), probabilities) in excesses.iter_mut().zip(candidates).zip(&predicted)
        {
            for index in &asked {
                *excess += excess_surprise(probabilities.of(*index), tokens[*index]);
            }
        }
    }
    excesses
        .iter()
        .zip(candidates)
        .map(|(excess, tokens)| {
            let preferred: f32 =
                tokens.iter().zip(0..).map(|(token, cell)| bonuses.of(cell)[token.index()]).sum();
            let ending = if ends { ending(judge, tokens) } else { 0.0 };
            (preferred - TYPICALITY * excess.abs()) / count + ending
        })
        .collect()
}

/// What the last chords of a piece count.
fn ending(judge: &Judge, tokens: &[Token]) -> f32 {
    let home = tokens.last().is_some_and(|token| judge.is_home(*token));
    let cadence = if judge.has_cadence(tokens) { CADENCE } else { 0.0 };
    if home { HOME + cadence } else { 0.0 }
}

/// How much more surprising a token is than the distribution's entropy says, in nats.
fn excess_surprise(probabilities: &[f32], token: Token) -> f32 {
    let entropy: f32 = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
    let probability = probabilities.get(token.index()).copied().unwrap_or(0.0);
    -probability.max(f32::MIN_POSITIVE).ln() - entropy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_probable_token_is_less_surprising_than_expected_and_a_rare_one_more() {
        let probabilities = [0.0, 0.7, 0.2, 0.1];
        assert!(excess_surprise(&probabilities, Token(1)) < 0.0);
        assert!(excess_surprise(&probabilities, Token(3)) > 0.0);
        let even = [0.25; 4];
        assert!(excess_surprise(&even, Token(2)).abs() < 1e-6);
    }
}
