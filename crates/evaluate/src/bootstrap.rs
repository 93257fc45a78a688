//! How sure a mean over pieces is: the percentile bootstrap.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How many resamples of the pieces; 2,000 and more make percentiles stand still.
    pub draws: u32,
    /// The same seed draws the same pieces.
    pub seed: u64,
    /// The share of resamples inside an interval, 0 to 1.
    pub level: f64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { draws: 2_000, seed: 0, level: 0.95 }
    }
}

/// A mean over pieces with its percentile interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean over the pieces on which the value is defined.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// On how many pieces it is defined.
    pub pieces: usize,
}

impl Estimate {
    /// Whether zero lies outside of the interval.
    pub fn is_clear_of_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

impl Bootstrap {
    /// The mean of each column with its interval, `None` for columns without any value.
    ///
    /// A column holds one value for each piece, `None` where it is not defined; all columns
    /// see the same resamples, so that differences of columns are paired. A resample that
    /// leaves a column without values does not count for it.
    pub fn estimate(&self, columns: &[Vec<Option<f64>>]) -> Vec<Option<Estimate>> {
        let pieces = columns.iter().map(Vec::len).max().unwrap_or(0);
        let mut means: Vec<Vec<f64>> = columns.iter().map(|_| Vec::new()).collect();
        if pieces > 0 {
            let mut random = ChaCha8Rng::seed_from_u64(self.seed);
            let mut times = vec![0u32; pieces];
            for _ in 0..self.draws {
                times.fill(0);
                for _ in 0..pieces {
                    if let Some(count) = times.get_mut(random.random_range(0..pieces)) {
                        *count += 1;
                    }
                }
                for (column, means) in columns.iter().zip(&mut means) {
                    means.extend(mean(column.iter().copied().zip(times.iter().copied())));
                }
            }
        }
        columns.iter().zip(means).map(|(column, means)| self.interval(column, means)).collect()
    }

    /// The mean of `column` with the percentiles of its resampled `means`.
    fn interval(&self, column: &[Option<f64>], mut means: Vec<f64>) -> Option<Estimate> {
        let mean = mean(column.iter().map(|value| (*value, 1)))?;
        means.sort_unstable_by(f64::total_cmp);
        let tail = (1.0 - self.level.clamp(0.0, 1.0)) / 2.0;
        Some(Estimate {
            mean,
            low: percentile(&means, tail).unwrap_or(mean),
            high: percentile(&means, 1.0 - tail).unwrap_or(mean),
            pieces: column.iter().flatten().count(),
        })
    }
}

/// The mean of the defined values, each counted so many times.
fn mean(values: impl Iterator<Item = (Option<f64>, u32)>) -> Option<f64> {
    let (sum, count) = values
        .filter_map(|(value, times)| Some((value?, times)))
        .fold((0.0, 0u64), |(sum, count), (value, times)| {
            (sum + value * f64::from(times), count + u64::from(times))
        });
    (count > 0).then(|| sum / count as f64)
}

/// The value below which `share` of the `sorted` values lie, between neighbours linearly.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(place.floor() as usize)?;
    let above = *sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(values: &[f64]) -> Estimate {
        let column = values.iter().copied().map(Some).collect();
        Bootstrap::default().estimate(&[column])[0].expect("values")
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(estimate(&values), estimate(&values));
        let columns = [values.iter().copied().map(Some).collect()];
        let other = Bootstrap { seed: 1, ..Bootstrap::default() }.estimate(&columns);
        assert_ne!(other, [Some(estimate(&values))]);
    }

    #[test]
    fn the_interval_has_the_width_of_the_normal_one() {
        // 400 values 0 and 1 in turn: mean ½, standard error ½ / √400 = 0.025.
        let values: Vec<f64> = (0..400).map(|index| f64::from(index % 2)).collect();
        let Estimate { mean, low, high, pieces } = estimate(&values);
        assert_eq!((mean, pieces), (0.5, 400));
        assert!((low - (0.5 - 1.96 * 0.025)).abs() < 0.006, "{low}");
        assert!((high - (0.5 + 1.96 * 0.025)).abs() < 0.006, "{high}");
    }

    #[test]
    fn one_value_has_no_width() {
        let estimate = estimate(&[3.0]);
        assert_eq!((estimate.low, estimate.high), (3.0, 3.0));
    }

    #[test]
    fn paired_columns_see_the_same_pieces() {
        // The two columns differ by exactly 1 on every piece: so do all resampled means.
        let a: Vec<_> = (0..30).map(|index| Some(f64::from(index * index))).collect();
        let b: Vec<_> = a.iter().map(|value| value.map(|value: f64| value + 1.0)).collect();
        let difference = a.iter().zip(&b).map(|(a, b)| Some((*b)? - (*a)?)).collect();
        let estimates = Bootstrap::default().estimate(&[a, b, difference]);
        let difference = estimates[2].expect("values");
        assert_eq!((difference.low, difference.high), (1.0, 1.0));
        assert!(difference.is_clear_of_zero());
    }

    #[test]
    fn undefined_values_do_not_count() {
        let estimates =
            Bootstrap::default().estimate(&[vec![Some(1.0), None, Some(3.0)], vec![None; 3]]);
        let first = estimates[0].expect("values");
        assert_eq!((first.mean, first.pieces), (2.0, 2));
        assert_eq!(estimates[1], None);
        assert_eq!(Bootstrap::default().estimate(&[]), []);
    }

    #[test]
    fn percentiles_lie_between_neighbours() {
        assert_eq!(percentile(&[0.0, 1.0, 2.0], 0.25), Some(0.5));
        assert_eq!(percentile(&[0.0, 1.0, 2.0], 1.0), Some(2.0));
        assert_eq!(percentile(&[], 0.5), None);
    }
}
