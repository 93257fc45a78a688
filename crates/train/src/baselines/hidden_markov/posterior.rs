//! Forward–backward: the probability of each state at each place given everything that is known
//! (Rabiner 1989, section III).

use super::transitions::Transitions;

/// The posterior of every state at every place.
///
/// `evidence[place][state]` is the likelihood of what is known at a place, up to a factor: 0 where
/// the state is ruled out. `steps[place]` leads from a place to the next. Both are scaled at each
/// place, so that long chains do not vanish.
pub(super) fn posterior(
    initial: &[f64],
    steps: &[&Transitions],
    evidence: &[Vec<f64>],
) -> Vec<Vec<f64>> {
    let mut forward: Vec<Vec<f64>> = Vec::with_capacity(evidence.len());
    for (place, known) in evidence.iter().enumerate() {
        let expected = match place.checked_sub(1) {
            Some(before) => steps[before].forward(&forward[before]),
            None => initial.to_vec(),
        };
        forward.push(normalized(product(&expected, known)));
    }
    let mut backward = vec![1.0; initial.len()];
    for place in (0..evidence.len()).rev() {
        let here = normalized(product(&forward[place], &backward));
        if let Some(before) = place.checked_sub(1) {
            backward = normalized(steps[before].backward(&product(&evidence[place], &backward)));
        }
        forward[place] = here;
    }
    forward
}

fn product(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one * other).collect()
}

fn normalized(mut values: Vec<f64>) -> Vec<f64> {
    let sum: f64 = values.iter().sum();
    if sum > 0.0 {
        values.iter_mut().for_each(|value| *value /= sum);
    }
    values
}

#[cfg(test)]
mod tests {
    use rand::{Rng, RngExt};

    use super::*;
    use crate::stream::stream;

    /// Every way through `places` places of `states` states.
    fn paths(states: usize, places: usize) -> impl Iterator<Item = Vec<usize>> {
        let count = states.pow(places as u32);
        (0..count).map(move |number| {
            (0..places).map(|place| number / states.pow(place as u32) % states).collect()
        })
    }

    /// The posterior as the definition says: every path with its probability.
    fn enumerated(initial: &[f64], steps: &[&Transitions], evidence: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; initial.len()]; evidence.len()];
        for path in paths(initial.len(), evidence.len()) {
            let mut probability = initial[path[0]];
            for (place, state) in path.iter().enumerate() {
                probability *= evidence[place][*state];
                if place > 0 {
                    probability *= steps[place - 1].probability(path[place - 1], *state);
                }
            }
            for (place, state) in path.iter().enumerate() {
                sums[place][*state] += probability;
            }
        }
        sums.into_iter().map(normalized).collect()
    }

    fn shares(random: &mut impl Rng, count: usize) -> Vec<f64> {
        normalized((0..count).map(|_| random.random_range(0.01..1.0)).collect())
    }

    fn transitions(random: &mut impl Rng, states: usize) -> Transitions {
        let pair = |random: &mut _| {
            let mut state = || RngExt::random_range(random, 0..states);
            ((state(), state()), 0)
        };
        let mut counts: std::collections::HashMap<_, _> =
            (0..states * 2).map(|_| pair(random)).collect();
        counts.values_mut().for_each(|count| *count = random.random_range(1..9));
        Transitions::new(&counts, shares(random, states), 1.5)
    }

    #[test]
    fn it_agrees_with_the_enumeration_of_all_paths() {
        for case in 0..60 {
            let mut random = stream(case);
            let (states, places) = (random.random_range(1..5), random.random_range(1..6));
            let kinds = [transitions(&mut random, states), transitions(&mut random, states)];
            let steps: Vec<_> = (1..places).map(|_| &kinds[random.random_range(0..2)]).collect();
            let evidence: Vec<_> = (0..places)
                .map(|_| {
                    let mut known = shares(&mut random, states);
                    // Some places are clamped to one state.
                    if random.random_range(0..3) == 0 {
                        let only = random.random_range(0..states);
                        known = (0..states).map(|i| f64::from(u8::from(i == only))).collect();
                    }
                    known
                })
                .collect();
            let initial = shares(&mut random, states);
            let (fast, slow) =
                (posterior(&initial, &steps, &evidence), enumerated(&initial, &steps, &evidence));
            for (fast, slow) in fast.iter().flatten().zip(slow.iter().flatten()) {
                assert!((fast - slow).abs() < 1e-10, "case {case}: {fast} {slow}");
            }
        }
    }

    #[test]
    fn a_long_chain_does_not_vanish() {
        let mut random = stream(1);
        let kind = transitions(&mut random, 4);
        let evidence = vec![vec![1e-9, 2e-9, 1e-9, 1e-9]; 5000];
        let steps = vec![&kind; 4999];
        for place in posterior(&[0.25; 4], &steps, &evidence) {
            assert!((place.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
}
