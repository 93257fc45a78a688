//! From chord to chord.

use std::collections::HashMap;

/// Probabilities of the next state given this one: counted pairs, with the odds to stay or else
/// to draw anew, whatever the state, counting like some more observations. Every state can follow
/// every other.
///
/// Pairs that were never seen are not stored, so that a step costs as much as there are pairs that
/// were.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Transitions {
    /// For each state what followed it, and how often.
    pairs: Vec<Vec<(usize, f64)>>,
    /// For each state how often anything followed it.
    totals: Vec<f64>,
    /// Share of the steps that stay.
    stay: f64,
    /// Shares of the states.
    anew: Vec<f64>,
    /// Observations that the odds to stay or draw anew count for.
    prior: f64,
}

impl Transitions {
    /// From counted pairs of states, and the shares of the states: positive numbers that sum
    /// to 1.
    pub fn new(counts: &HashMap<(usize, usize), u32>, anew: Vec<f64>, prior: f64) -> Self {
        let mut pairs = vec![Vec::new(); anew.len()];
        let mut totals = vec![0.0; anew.len()];
        let (mut stays, mut all) = (0.0, 0.0);
        let mut sorted: Vec<_> = counts.iter().collect();
        // In a fixed order, so that sums of rounded numbers come out the same in every run.
        sorted.sort();
        for ((from, to), count) in sorted {
            let count = f64::from(*count);
            pairs[*from].push((*to, count));
            totals[*from] += count;
            all += count;
            stays += if from == to { count } else { 0.0 };
        }
        // Even odds count like `prior` observations.
        let stay = (stays + 0.5 * prior) / (all + prior);
        Self { pairs, totals, stay, anew, prior }
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.anew.len()
    }

    /// What follows, if the states have these probabilities: Σᵢ before(i)·p(j | i).
    pub fn forward(&self, before: &[f64]) -> Vec<f64> {
        let mut after = vec![0.0; self.states()];
        let mut drawn = 0.0;
        for (from, probability) in before.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            let each = probability / (self.totals[from] + self.prior);
            for (to, count) in &self.pairs[from] {
                after[*to] += each * count;
            }
            after[from] += each * self.prior * self.stay;
            drawn += each * self.prior * (1.0 - self.stay);
        }
        after.iter_mut().zip(&self.anew).for_each(|(value, share)| *value += drawn * share);
        after
    }

    /// The other way: Σⱼ p(j | i)·after(j).
    pub fn backward(&self, after: &[f64]) -> Vec<f64> {
        let drawn: f64 = after.iter().zip(&self.anew).map(|(value, share)| value * share).sum();
        let before = |from: usize| {
            let seen: f64 = self.pairs[from].iter().map(|(to, count)| count * after[*to]).sum();
            let odds = self.stay * after[from] + (1.0 - self.stay) * drawn;
            (seen + self.prior * odds) / (self.totals[from] + self.prior)
        };
        (0..self.states()).map(before).collect()
    }

    /// Probability of a pair.
    #[cfg(test)]
    pub fn probability(&self, from: usize, to: usize) -> f64 {
        let seen = self.pairs[from].iter().find(|pair| pair.0 == to).map_or(0.0, |pair| pair.1);
        let stay = if from == to { self.stay } else { 0.0 };
        let odds = stay + (1.0 - self.stay) * self.anew[to];
        (seen + self.prior * odds) / (self.totals[from] + self.prior)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transitions() -> Transitions {
        let counts = [((0, 0), 3), ((0, 1), 1), ((2, 0), 7)].into_iter().collect();
        Transitions::new(&counts, vec![0.5, 0.2, 0.3], 2.0)
    }

    #[test]
    fn counts_lean_on_the_odds_to_stay_or_draw_anew() {
        let transitions = transitions();
        // 3 of 11 steps stay; even odds count twice: (3 + 1) / (11 + 2).
        let stay = 4.0 / 13.0;
        assert_eq!(transitions.stay, stay);
        let expected = (3.0 + 2.0 * (stay + (1.0 - stay) * 0.5)) / (4.0 + 2.0);
        assert!((transitions.probability(0, 0) - expected).abs() < 1e-12);
        // Nothing was seen after state 1.
        assert!((transitions.probability(1, 2) - (1.0 - stay) * 0.3).abs() < 1e-12);
    }

    #[test]
    fn rows_sum_to_one_and_both_ways_agree_with_the_pairs() {
        let transitions = transitions();
        for from in 0..3 {
            let sum: f64 = (0..3).map(|to| transitions.probability(from, to)).sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
        let values = [0.2, 0.0, 0.7];
        let (forward, backward) = (transitions.forward(&values), transitions.backward(&values));
        for state in 0..3 {
            let into: f64 = (0..3).map(|i| values[i] * transitions.probability(i, state)).sum();
            let out: f64 = (0..3).map(|j| values[j] * transitions.probability(state, j)).sum();
            assert!((forward[state] - into).abs() < 1e-12);
            assert!((backward[state] - out).abs() < 1e-12);
        }
    }
}
