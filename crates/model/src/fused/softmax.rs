//! Softmax and dropout of rows of attention scores.

use multiversion::multiversion;
use rayon::prelude::*;

use super::elementary::{exp, largest, replace_and_sum, sum};
use super::mask::Mask;

/// A stretch of keys whose biases stand one after another in a bias table, or share one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The first key.
    pub(crate) start: u32,
    /// How many keys there are.
    pub(crate) count: u32,
    /// Where the bias of the first one stands in the table.
    pub(crate) entry: u32,
    /// Whether the next key's bias is the next number, or the same one.
    pub(crate) moving: bool,
}

impl Run {
    #[inline(always)]
    fn keys(&self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }

    #[inline(always)]
    fn entries(&self) -> std::ops::Range<usize> {
        self.entry as usize..(self.entry + self.count) as usize
    }
}

/// Which weights of a row of queries are dropped: the mask, the row's seed, and the keys' places,
/// which are the columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowMask<'a> {
    pub(super) mask: Mask,
    pub(super) seed: u32,
    pub(super) places: &'a [u32],
}

#[inline(always)]
fn add_bias(scores: &mut [f32], runs: &[Run], table: &[f32]) {
    for run in runs {
        let scores = &mut scores[run.keys()];
        if run.moving {
            scores.iter_mut().zip(&table[run.entries()]).for_each(|(score, bias)| *score += bias);
        } else {
            let bias = table[run.entry as usize];
            scores.iter_mut().for_each(|score| *score += bias);
        }
    }
}

/// Turns a row of scores into weights, `m · softmax(scores + bias)`, and returns log Σ exp of the
/// biased scores, from which [`backward`] finds the weights again.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn forward(scores: &mut [f32], runs: &[Run], table: &[f32], dropped: RowMask) -> f32 {
    add_bias(scores, runs, table);
    let highest = largest(scores);
    let total = replace_and_sum(scores, |score| exp(score - highest));
    let share = 1.0 / total;
    if dropped.mask.is_off() {
        scores.iter_mut().for_each(|score| *score *= share);
    } else {
        for (score, place) in scores.iter_mut().zip(dropped.places) {
            *score *= share * dropped.mask.factor(*place, dropped.seed);
        }
    }
    highest + total.ln()
}

/// Turns rows of logits into probabilities of the classes that may be chosen: those with 0 in
/// `choosable`; the others, with −∞ there, have none.
pub(crate) fn choose(logits: &mut [f32], choosable: &[f32]) {
    logits.par_chunks_mut(choosable.len()).for_each(|row| choose_row(row, choosable));
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn choose_row(row: &mut [f32], choosable: &[f32]) {
    row.iter_mut().zip(choosable).for_each(|(logit, may)| *logit += may);
    let highest = largest(row);
    for (logit, may) in row.iter_mut().zip(choosable) {
        // The exponential of −∞ is small, but not nothing.
        *logit = if *may == 0.0 { exp(*logit - highest) } else { 0.0 };
    }
    let share = 1.0 / sum([row], |[probability]| probability);
    row.iter_mut().for_each(|probability| *probability *= share);
}

/// The way back. `scores` are those that went in, `weights_gradient` is g, the gradient of the
/// weights, `log_total` what [`forward`] returned and `along` = Σ g·weights. The weights take the
/// place of `scores`, and the gradient of the biased scores, p·(m·g − along), takes the place of
/// `weights_gradient` and is added to that of the bias table.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn backward(
    scores: &mut [f32],
    weights_gradient: &mut [f32],
    runs: &[Run],
    table: &[f32],
    dropped: RowMask,
    (log_total, along): (f32, f32),
    table_gradient: &mut [f32],
) {
    add_bias(scores, runs, table);
    if dropped.mask.is_off() {
        for (score, gradient) in scores.iter_mut().zip(weights_gradient.iter_mut()) {
            *score = exp(*score - log_total);
            *gradient = *score * (*gradient - along);
        }
    } else {
        let numbers = scores.iter_mut().zip(weights_gradient.iter_mut()).zip(dropped.places);
        for ((score, gradient), place) in numbers {
            let probability = exp(*score - log_total);
            let factor = dropped.mask.factor(*place, dropped.seed);
            *score = probability * factor;
            *gradient = probability * (*gradient * factor - along);
        }
    }
    for run in runs {
        let gradient = &weights_gradient[run.keys()];
        if run.moving {
            let table = &mut table_gradient[run.entries()];
            table.iter_mut().zip(gradient).for_each(|(table, gradient)| *table += gradient);
        } else {
            table_gradient[run.entry as usize] += sum([gradient], |[gradient]| gradient);
        }
    }
}

/// Σ a·b.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum([a, b], |[a, b]| a * b)
}

/// `out = factor · x`.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn scaled(x: &[f32], factor: f32, out: &mut [f32]) {
    out.iter_mut().zip(x).for_each(|(out, x)| *out = factor * x);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Numbers, differences_agree};
    use super::*;

    const RUNS: [Run; 3] = [
        Run { start: 0, count: 1, entry: 6, moving: false },
        Run { start: 1, count: 3, entry: 5, moving: false },
        Run { start: 4, count: 5, entry: 1, moving: true },
    ];
    const PLACES: [u32; 9] = [0, 1, 3, 5, 7, 2, 4, 6, 8];

    #[test]
    fn weights_are_the_softmax_of_biased_scores() {
        let table = Numbers::new(1).take(7);
        let scores = Numbers::new(2).take(9);
        let biases = [6, 5, 5, 5, 1, 2, 3, 4, 5].map(|entry| table[entry]);
        let powers: Vec<f32> = scores.iter().zip(biases).map(|(s, b)| (s + b).exp()).collect();
        let total: f32 = powers.iter().sum();
        let mut weights = scores.clone();
        let dropped = RowMask { mask: Mask::OFF, seed: 1, places: &PLACES };
        let log_total = forward(&mut weights, &RUNS, &table, dropped);
        assert!((log_total - total.ln()).abs() < 1e-6);
        for (weight, power) in weights.iter().zip(powers) {
            assert!((weight - power / total).abs() < 1e-6);
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences_under_dropout() {
        let mut numbers = Numbers::new(5);
        let inputs = [numbers.take(9), numbers.take(7)];
        let g = numbers.take(9);
        for mask in [Mask::OFF, Mask::new(0.3)] {
            let dropped = RowMask { mask, seed: 8, places: &PLACES };
            let run = |inputs: &[Vec<f32>]| {
                let mut weights = inputs[0].clone();
                forward(&mut weights, &RUNS, &inputs[1], dropped);
                weights
            };
            let mut weights = inputs[0].clone();
            let log_total = forward(&mut weights, &RUNS, &inputs[1], dropped);
            let (mut scores, mut gradient, mut table) =
                (inputs[0].clone(), g.clone(), vec![0.0; 7]);
            let sums = (log_total, dot(&g, &weights));
            backward(&mut scores, &mut gradient, &RUNS, &inputs[1], dropped, sums, &mut table);
            assert!(scores.iter().zip(&weights).all(|(a, b)| (a - b).abs() < 1e-6));
            differences_agree(&inputs, &[gradient, table], &g, run);
        }
    }
}
