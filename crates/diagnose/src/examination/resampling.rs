//! How sure a figure over pieces is: the percentile bootstrap over pieces (Efron 1979).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Resamples of a bootstrap.
pub const DRAWS: usize = 2_000;

/// The share of resamples left out at each end of an interval: 95% lie inside.
const TAIL: f64 = 0.025;

/// A figure with its 95% interval over pieces.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The figure over all pieces.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Interval {
    /// Whether `number` lies inside, ends included.
    pub fn contains(&self, number: f64) -> bool {
        (self.low..=self.high).contains(&number)
    }
}

/// How often each piece was drawn, in each of [`DRAWS`] draws of as many pieces as there are.
/// Figures that share the draws are paired piece by piece.
#[derive(Clone, Debug)]
pub(crate) struct Resamples {
    pieces: usize,
    /// `[DRAWS, pieces]`
    times: Vec<f64>,
}

impl Resamples {
    /// The draws of a seed.
    pub fn new(pieces: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut times = vec![0.0; DRAWS * pieces];
        for draw in times.chunks_mut(pieces.max(1)) {
            for _ in 0..pieces {
                draw[random.random_range(0..pieces)] += 1.0;
            }
        }
        Self { pieces, times }
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> usize {
        self.pieces
    }

    /// Each draw: how often every piece was drawn.
    pub fn draws(&self) -> impl Iterator<Item = &[f64]> {
        self.times.chunks(self.pieces.max(1))
    }

    /// `statistic` of how often each piece counts: once for the value, as drawn for the interval.
    /// Draws for which it is not defined do not count. `None` where the value is not defined.
    pub fn interval(&self, statistic: impl Fn(&[f64]) -> Option<f64>) -> Option<Interval> {
        let value = statistic(&vec![1.0; self.pieces])?;
        interval(value, self.draws().filter_map(statistic).collect())
    }

    /// Σ numerator / Σ denominator over one pair a piece; `None` where the denominators sum to 0.
    pub fn ratio(&self, pairs: &[(f64, f64)]) -> Option<Interval> {
        self.interval(|times| ratio(times, pairs))
    }
}

/// Σ numerator / Σ denominator, each pair counted so many times.
pub(crate) fn ratio(times: &[f64], pairs: &[(f64, f64)]) -> Option<f64> {
    let (mut numerator, mut denominator) = (0.0, 0.0);
    for (times, pair) in times.iter().zip(pairs) {
        numerator += times * pair.0;
        denominator += times * pair.1;
    }
    (denominator > 0.0).then(|| numerator / denominator)
}

/// The 95% percentile interval of resampled values around the value itself.
pub(crate) fn interval(value: f64, mut resampled: Vec<f64>) -> Option<Interval> {
    resampled.retain(|value| value.is_finite());
    resampled.sort_unstable_by(f64::total_cmp);
    Some(Interval {
        value,
        low: percentile(&resampled, TAIL)?,
        high: percentile(&resampled, 1.0 - TAIL)?,
    })
}

/// The value below which `share` of the sorted values lie, between neighbours linearly.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_is_as_large_as_the_set_and_follows_from_the_seed() {
        let resamples = Resamples::new(7, 3);
        assert_eq!(resamples.draws().count(), DRAWS);
        assert!(resamples.draws().all(|draw| draw.iter().sum::<f64>() == 7.0));
        assert_eq!(resamples.times, Resamples::new(7, 3).times);
        assert_ne!(resamples.times, Resamples::new(7, 4).times);
    }

    #[test]
    fn the_interval_has_the_width_of_the_normal_one() {
        // 400 pieces of 0 or 1 in turn: mean ½, standard error ½ / √400 = 0.025.
        let pairs: Vec<_> = (0..400).map(|index| (f64::from(index % 2), 1.0)).collect();
        let interval = Resamples::new(400, 1).ratio(&pairs).expect("pieces");
        assert_eq!(interval.value, 0.5);
        assert!((interval.low - (0.5 - 1.96 * 0.025)).abs() < 0.006, "{interval:?}");
        assert!((interval.high - (0.5 + 1.96 * 0.025)).abs() < 0.006, "{interval:?}");
    }

    #[test]
    fn a_ratio_weighs_pieces_by_their_denominator() {
        let pairs = [(9.0, 10.0), (0.0, 90.0)];
        assert_eq!(Resamples::new(2, 1).ratio(&pairs).map(|interval| interval.value), Some(0.09));
        assert_eq!(Resamples::new(2, 1).ratio(&[(0.0, 0.0); 2]), None);
        assert_eq!(Resamples::new(0, 1).ratio(&[]), None);
    }
}
