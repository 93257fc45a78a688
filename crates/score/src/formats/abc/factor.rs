//! Factors on the unit note length, as ABC writes them behind a note.

use std::fmt;

use crate::Duration;

/// Numerators and denominators stay below this, so that products of two fit.
const LIMIT: u128 = 1 << 40;

/// A positive fraction in lowest terms: `3/2` in `A3/2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Factor {
    numerator: u64,
    denominator: u64,
}

impl Factor {
    /// Once the unit.
    pub(super) const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`; `None` if either is zero or absurdly large.
    pub(super) fn new(numerator: u64, denominator: u64) -> Option<Self> {
        Self::reduced(u128::from(numerator), u128::from(denominator))
    }

    fn reduced(numerator: u128, denominator: u128) -> Option<Self> {
        if numerator == 0 || denominator == 0 {
            return None;
        }
        let divisor = greatest_common_divisor(numerator, denominator);
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        if numerator > LIMIT || denominator > LIMIT {
            return None;
        }
        let (numerator, denominator) = (u64::try_from(numerator), u64::try_from(denominator));
        Some(Self { numerator: numerator.ok()?, denominator: denominator.ok()? })
    }

    /// How often `unit` goes into `duration`; `None` if either lasts no time.
    pub(super) fn between(duration: Duration, unit: Duration) -> Option<Self> {
        let ((n, d), (unit_n, unit_d)) = (duration.fraction(), unit.fraction());
        let [n, d, unit_n, unit_d] = [n, d, unit_n, unit_d].map(i128::from).map(i128::unsigned_abs);
        Self::reduced(n * unit_d, d * unit_n)
    }

    /// Both factors one after the other.
    pub(super) fn times(self, other: Self) -> Option<Self> {
        Self::reduced(
            u128::from(self.numerator) * u128::from(other.numerator),
            u128::from(self.denominator) * u128::from(other.denominator),
        )
    }

    /// This many times `duration`; `None` if that lasts no time or absurdly long.
    pub(super) fn of(self, duration: Duration) -> Option<Duration> {
        let (n, d) = duration.fraction();
        let n = u128::try_from(n).ok()? * u128::from(self.numerator);
        let d = u128::try_from(d).ok()? * u128::from(self.denominator);
        let divisor = greatest_common_divisor(n, d);
        let scaled = Duration::new(
            i64::try_from(n.checked_div(divisor)?).ok()?,
            i64::try_from(d.checked_div(divisor)?).ok()?,
        )?;
        (!scaled.is_zero()).then_some(scaled)
    }

    /// The upper and lower number.
    pub(super) fn parts(self) -> (u64, u64) {
        (self.numerator, self.denominator)
    }
}

impl fmt::Display for Factor {
    /// As it stands behind a note: nothing for once, `2`, `/2`, `3/2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.numerator, self.denominator) {
            (1, 1) => Ok(()),
            (numerator, 1) => write!(f, "{numerator}"),
            (1, denominator) => write!(f, "/{denominator}"),
            (numerator, denominator) => write!(f, "{numerator}/{denominator}"),
        }
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_scale_durations_exactly() {
        let third = Factor::new(2, 3).expect("positive");
        let eighth = Duration::new(1, 2).expect("in range");
        assert_eq!(third.of(eighth), Duration::new(1, 3));
        assert_eq!(Factor::between(Duration::quarters(3), eighth), Factor::new(6, 1));
    }

    #[test]
    fn nothing_and_nonsense_are_no_factors() {
        assert_eq!(Factor::new(0, 1), None);
        assert_eq!(Factor::new(1, 0), None);
        assert_eq!(Factor::new(u64::MAX, 1), None);
        assert_eq!(Factor::ONE.of(Duration::ZERO), None);
    }

    #[test]
    fn factors_are_written_as_short_as_abc_allows() {
        for (numerator, denominator, text) in [(1, 1, ""), (4, 2, "2"), (1, 2, "/2"), (3, 2, "3/2")]
        {
            let factor = Factor::new(numerator, denominator).expect("positive");
            assert_eq!(factor.to_string(), text);
        }
    }
}
