//! Initial weights, drawn from a stream of their own for each parameter, so that they depend on
//! the seed and the parameter's name alone.

use crate::config::{EncoderConfig, Positions};
use crate::parameters::{Layout, Parameter};

use super::positions::initial_bias;

/// Standard deviation of embeddings and of weights (Radford 2019).
const DEVIATION: f32 = 0.02;

/// Values for every parameter of the layout.
pub(super) fn values(layout: &Layout, config: &EncoderConfig, seed: u64) -> Vec<f32> {
    layout.parameters.iter().flat_map(|parameter| initial(parameter, config, seed)).collect()
}

fn initial(parameter: &Parameter, config: &EncoderConfig, seed: u64) -> Vec<f32> {
    let count = parameter.range.len();
    let name = parameter.name.as_str();
    if name.ends_with("bias.relative") {
        let Positions::Relative { reach } = config.positions else { return vec![0.0; count] };
        return (0..config.heads)
            .flat_map(|head| initial_bias(reach, slope(head, config.heads)))
            .collect();
    }
    if name.ends_with("gamma") {
        return vec![1.0; count];
    }
    if parameter.shape.len() < 2 {
        return vec![0.0; count];
    }
    // What is added to the residual stream starts smaller the more layers add to it.
    let residual = name.ends_with("attention.output.weight") || name.ends_with("outer.weight");
    let deviation =
        if residual { DEVIATION / (2.0 * config.layers as f32).sqrt() } else { DEVIATION };
    normal(stream(seed, name), count, deviation)
}

/// Half of the heads start steep on distance, from 1 a cell down towards a tenth of that; the
/// others see everything alike.
fn slope(head: usize, heads: usize) -> f32 {
    let steep = heads / 2;
    if head >= steep { 0.0 } else { 10f32.powf(-(head as f32) / steep as f32) }
}

/// A seed of the parameter's own: FNV-1a over its name.
fn stream(seed: u64, name: &str) -> u64 {
    name.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// `count` normal numbers by Box–Muller over SplitMix64.
fn normal(mut state: u64, count: usize, deviation: f32) -> Vec<f32> {
    let mut uniform = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        // 53 bits, never zero.
        (((z ^ (z >> 31)) >> 11) + 1) as f64 / (1u64 << 53) as f64
    };
    (0..count)
        .map(|_| {
            let radius = (-2.0 * uniform().ln()).sqrt();
            (radius * (std::f64::consts::TAU * uniform()).cos()) as f32 * deviation
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_their_moments() {
        let numbers = normal(stream(1, "a"), 40_000, 0.02);
        let mean = numbers.iter().sum::<f32>() / 40_000.0;
        let variance = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / 40_000.0;
        // Standard errors: 0.0001 for the mean, 0.35% for the deviation.
        assert!(mean.abs() < 5e-4, "{mean}");
        assert!((variance.sqrt() / 0.02 - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn parameters_of_other_names_or_seeds_differ() {
        let draw = |seed, name| normal(stream(seed, name), 4, 1.0);
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
    }

    #[test]
    fn half_of_the_heads_start_steep() {
        let slopes: Vec<_> = (0..4).map(|head| slope(head, 4)).collect();
        assert!(slopes[0] > slopes[1] && slopes[1] > 0.0);
        assert_eq!(slopes[2..], [0.0, 0.0]);
    }
}
