//! Random streams: each item of each epoch has its own.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A seed made of several numbers, by the finaliser of SplitMix64 over their chain.
pub(crate) fn seed(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9E37_79B9_7F4A_7C15, |state, part| {
        let mut z = (state ^ part).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}

/// The random stream of a seed.
pub(crate) fn stream(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_value_of_the_parts_matter() {
        let seeds = [seed(&[1, 2]), seed(&[2, 1]), seed(&[1, 2, 0]), seed(&[1, 3])];
        let distinct: std::collections::HashSet<_> = seeds.into_iter().collect();
        assert_eq!(distinct.len(), 4);
    }
}
