//! Chance, as the song makers use it.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random stream of a song: a function of the seed and the song's index alone.
pub(super) fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(index);
    random
}

/// One of the choices, as often as its weight says; `None` if there is none.
pub(super) fn choice<T: Copy>(random: &mut ChaCha8Rng, choices: &[(u32, T)]) -> Option<T> {
    let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
    let mut place = if total > 0 { random.random_range(0..total) } else { 0 };
    for (weight, value) in choices {
        if place < *weight {
            return Some(*value);
        }
        place -= weight;
    }
    None
}
