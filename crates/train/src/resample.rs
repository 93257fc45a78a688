//! Songs drawn again and again, the same ones for everything that is compared.

use rand::RngExt;

use crate::stream::stream;

/// Draws of a bootstrap.
const DRAWS: usize = 2000;

/// How often each song was drawn, for every draw of a bootstrap over songs (Efron 1979). What
/// shares the draws can be compared pair by pair.
#[derive(Clone, Debug)]
pub(crate) struct Resamples {
    songs: usize,
    /// `[DRAWS, songs]`
    times: Vec<u16>,
}

impl Resamples {
    /// Draws of as many songs as there are, from a fixed seed.
    pub fn new(songs: usize) -> Self {
        let mut random = stream(0);
        let mut times = vec![0u16; DRAWS * songs];
        for draw in times.chunks_mut(songs.max(1)) {
            for _ in 0..songs {
                let count = &mut draw[random.random_range(0..songs)];
                *count = count.saturating_add(1);
            }
        }
        Self { songs, times }
    }

    /// Σ numerator / Σ denominator of every draw, of one pair for each song; NaN for a draw
    /// without denominator.
    pub fn ratios(&self, pairs: &[(f64, f64)]) -> Vec<f64> {
        let ratio = |draw: &[u16]| {
            let (mut numerator, mut denominator) = (0.0, 0.0);
            for (times, pair) in draw.iter().zip(pairs) {
                numerator += f64::from(*times) * pair.0;
                denominator += f64::from(*times) * pair.1;
            }
            if denominator > 0.0 { numerator / denominator } else { f64::NAN }
        };
        self.times.chunks(self.songs.max(1)).map(ratio).collect()
    }
}

/// 95% percentile interval of what the draws gave; draws that gave nothing do not count.
pub(crate) fn interval(mut draws: Vec<f64>) -> (f64, f64) {
    draws.retain(|value| !value.is_nan());
    draws.sort_by(f64::total_cmp);
    let at = |index: usize| draws.get(index).copied().unwrap_or(f64::NAN);
    let count = draws.len();
    (at(count * 25 / 1000), at((count * 975 / 1000).saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_has_the_width_of_the_normal_one() {
        // 400 songs, right and wrong in turn: mean ½, standard error ½ / √400 = 0.025.
        let pairs: Vec<_> = (0..400).map(|index| (f64::from(index % 2), 1.0)).collect();
        let (low, high) = interval(Resamples::new(400).ratios(&pairs));
        assert!((low - (0.5 - 1.96 * 0.025)).abs() < 0.006, "{low}");
        assert!((high - (0.5 + 1.96 * 0.025)).abs() < 0.006, "{high}");
    }

    #[test]
    fn every_draw_has_as_many_songs_as_there_are() {
        let resamples = Resamples::new(30);
        assert_eq!(resamples.times.len(), DRAWS * 30);
        let full = |draw: &[u16]| draw.iter().map(|times| usize::from(*times)).sum::<usize>() == 30;
        assert!(resamples.times.chunks(30).all(full));
    }

    #[test]
    fn what_is_never_asked_has_no_interval() {
        let (low, high) = interval(Resamples::new(3).ratios(&[(0.0, 0.0); 3]));
        assert!(low.is_nan() && high.is_nan());
    }
}
