//! From numbers to pixels, and which numbers to write at an axis.

/// A linear scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Numbers from `low` to `high` lie on pixels `from` to `to`. A range without width, or one
    /// that is no range, gets a width of one.
    pub fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let (low, high) = match (low.is_finite(), high.is_finite()) {
            (true, true) if high > low => (low, high),
            (true, _) => (low - 0.5, low + 0.5),
            _ => (0.0, 1.0),
        };
        Self { low, high, from, to }
    }

    /// The pixel of a number; numbers beyond the ends lie at the ends.
    pub fn at(self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Round numbers within the range, about `count` of them.
    pub fn ticks(self, count: usize) -> Vec<f64> {
        let step = round_step((self.high - self.low) / count.max(1) as f64);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).take(50).map(|index| index as f64 * step).collect()
    }

    /// How the ticks are written: with as many decimals as tell them apart.
    pub fn label(self, value: f64, count: usize) -> String {
        let step = round_step((self.high - self.low) / count.max(1) as f64);
        let decimals = (-step.log10()).ceil().clamp(0.0, 6.0) as usize;
        let value = if value.abs() < step / 1e6 { 0.0 } else { value };
        if value.abs() >= 10_000.0 && decimals == 0 {
            return format!("{}k", value / 1000.0);
        }
        format!("{value:.decimals$}")
    }
}

/// The next of 1, 2, 5, 10 … at or above `step`.
fn round_step(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 1.0;
    }
    let magnitude = 10f64.powf(step.log10().floor());
    let digit = step / magnitude;
    let rounded = [1.0, 2.0, 5.0].into_iter().find(|round| digit <= round * (1.0 + 1e-9));
    rounded.unwrap_or(10.0) * magnitude
}

/// The range of `values` that are numbers, a little wider; `None` without any.
pub(super) fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let ends = values.filter(|value| value.is_finite()).fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((f64::min(low, value), f64::max(high, value))),
    });
    ends.map(|(low, high)| {
        let margin = 0.04 * (high - low);
        (low - margin, high + margin)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let table = [
            ((0.0, 1.0), 4, vec!["0.0", "0.5", "1.0"]),
            ((0.28, 0.44), 4, vec!["0.30", "0.35", "0.40"]),
            ((0.0, 600.0), 4, vec!["0", "200", "400", "600"]),
            ((0.0, 60_000.0), 3, vec!["0", "20k", "40k", "60k"]),
            ((-0.1, 0.1), 3, vec!["-0.1", "0.0", "0.1"]),
        ];
        for (ends, count, expected) in table {
            let scale = Scale::new(ends, (0.0, 100.0));
            let labels: Vec<_> =
                scale.ticks(count).iter().map(|tick| scale.label(*tick, count)).collect();
            assert_eq!(labels, expected, "{ends:?}");
        }
    }

    #[test]
    fn no_range_is_still_a_scale() {
        for ends in [(2.0, 2.0), (f64::NAN, 1.0), (0.0, f64::INFINITY), (3.0, 1.0)] {
            let scale = Scale::new(ends, (0.0, 100.0));
            assert!((0.0..=100.0).contains(&scale.at(2.0)), "{ends:?}");
            assert!(scale.ticks(4).len() < 20);
        }
        assert_eq!(range([f64::NAN].into_iter()), None);
        assert_eq!(range([1.0, f64::NAN, 2.0].into_iter()), Some((0.96, 2.04)));
    }
}
