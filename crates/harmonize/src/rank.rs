//! Which of several harmonizations is best.

use grid::{Cell, Token};
use model::{Item, Predictor};

use crate::preferences::Judge;
use crate::reveal::log_weights;

/// In how many parts cells are hidden to be judged by the others.
const PARTS: usize = 2;

/// Whether a cell is hidden in a part: every other bar.
fn hidden(cell: &Cell, part: usize) -> bool {
    usize::from(cell.meter().bar) % PARTS == part
}

/// How well each candidate fits: the mean logarithm of the probability of its chords, every bar
/// given the bars around it (the preferences counted in), and a point for ending at home.
///
/// Judged by whole bars, a chord is not probable only because its neighbour holds it.
pub(crate) fn scores(
    predictor: &Predictor,
    judge: &Judge,
    cells: &[Cell],
    candidates: &[Vec<Token>],
) -> Vec<f32> {
    let mut sums = vec![0.0; candidates.len()];
    for part in 0..PARTS {
        let items: Vec<Item> = candidates
            .iter()
            .map(|tokens| {
                let shown = tokens
                    .iter()
                    .zip(cells)
                    .map(|(token, cell)| if hidden(cell, part) { Token::MASK } else { *token });
                Item { cells: cells.to_vec(), harmony: shown.collect(), seed: 0 }
            })
            .collect();
        let predicted = predictor.predict(&items);
        for ((sum, tokens), probabilities) in sums.iter_mut().zip(candidates).zip(&predicted) {
            for (index, cell) in cells.iter().enumerate().filter(|(_, cell)| hidden(cell, part)) {
                let weights = log_weights(probabilities.of(index), cell, judge);
                let weight = weights.get(tokens[index].index()).copied();
                *sum += weight.filter(|weight| weight.is_finite()).unwrap_or(IMPOSSIBLE);
            }
        }
    }
    let ends_home = |tokens: &[Token]| {
        f32::from(u8::from(tokens.last().is_some_and(|token| judge.is_home(*token))))
    };
    sums.iter()
        .zip(candidates)
        .map(|(sum, tokens)| sum / cells.len().max(1) as f32 + ends_home(tokens))
        .collect()
}

/// What a token counts that cannot be chosen, as one given in a constraint may be.
const IMPOSSIBLE: f32 = -20.0;
