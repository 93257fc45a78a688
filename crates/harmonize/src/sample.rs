//! Choosing a token from a distribution.

use grid::Token;
use rand::{Rng, RngExt};

/// Tokens beyond this probability mass, the most probable first, are never chosen (nucleus
/// sampling, Holtzman 2020).
const NUCLEUS: f32 = 0.9;

/// A token drawn from log-weights at a temperature, and the logarithm of its probability.
///
/// Temperature 0 takes the most probable one.
pub(crate) fn draw<R: Rng + ?Sized>(
    log_weights: &[f32],
    temperature: f32,
    random: &mut R,
) -> (Token, f32) {
    let highest = log_weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let Some(first) = log_weights.iter().position(|weight| *weight == highest) else {
        return (Token::NO_CHORD, 0.0);
    };
    if !highest.is_finite() {
        return (Token::NO_CHORD, 0.0);
    }
    let total: f32 = log_weights.iter().map(|weight| (weight - highest).exp()).sum();
    let log_probability = |index: usize| log_weights[index] - highest - total.ln();
    if temperature <= 0.0 {
        return (Token(first as u16), log_probability(first));
    }
    // All tokens less probable than this are together less probable than what is left out of the
    // nucleus, so that none of them is in it: few are left to be sorted.
    let least = (total * (1.0 - NUCLEUS) / log_weights.len() as f32).ln();
    let mut order: Vec<usize> =
        (0..log_weights.len()).filter(|index| log_weights[*index] - highest >= least).collect();
    order.sort_by(|a, b| log_weights[*b].total_cmp(&log_weights[*a]));
    // The nucleus is that of the distribution itself, then heated or cooled.
    let mut mass = 0.0;
    let nucleus = order.iter().take_while(|index| {
        let inside = mass < NUCLEUS;
        mass += log_probability(**index).exp();
        inside
    });
    let heated: Vec<(usize, f32)> = nucleus
        .map(|index| (*index, ((log_weights[*index] - highest) / temperature).exp()))
        .collect();
    let sum: f32 = heated.iter().map(|(_, weight)| weight).sum();
    let mut left = random.random::<f32>() * sum;
    for (index, weight) in &heated {
        left -= weight;
        if left <= 0.0 {
            return (Token(*index as u16), log_probability(*index));
        }
    }
    (Token(first as u16), log_probability(first))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn without_temperature_the_most_probable_is_taken() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let (token, log_probability) = draw(&[0.0, 2f32.ln(), f32::NEG_INFINITY], 0.0, &mut random);
        assert_eq!(token, Token(1));
        assert!((log_probability - (2f32 / 3.0).ln()).abs() < 1e-6);
    }

    #[test]
    fn tokens_are_drawn_by_their_weight_within_the_nucleus() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let weights = [0.6f32, 0.35, 0.05].map(f32::ln);
        let mut counts = [0; 3];
        for _ in 0..4000 {
            counts[draw(&weights, 1.0, &mut random).0.index()] += 1;
        }
        assert_eq!(counts[2], 0);
        // 0.6 / 0.95 of 4000 with a standard error of 31.
        assert!((i32::abs(counts[0] - 2526)) < 120, "{counts:?}");
    }
}
