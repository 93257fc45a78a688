//! Exact musical time, in quarter notes.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use num_rational::Ratio;

/// The finest grid on which times from outside are kept: 2¹⁰·3³·5²·7·11·13 parts of a
/// quarter note. Every notated value up to 13-tuplets of 1024ths is exact on it, and since
/// all denominators divide it, sums never overflow within [`LIMIT`] quarter notes.
const RESOLUTION: i64 = 1024 * 27 * 25 * 7 * 11 * 13;

/// Times beyond this many quarter notes (a week of music) are refused.
const LIMIT: i64 = 1_000_000;

/// A point in time: quarter notes since the start of the piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(Ratio<i64>);

/// A span of time in quarter notes; never negative when it comes from [`Duration::new`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(Ratio<i64>);

/// `numerator / denominator` on the grid of [`RESOLUTION`], or `None` out of range.
fn on_grid(numerator: i64, denominator: i64) -> Option<Ratio<i64>> {
    if denominator <= 0 {
        return None;
    }
    let (n, d) = (i128::from(numerator), i128::from(denominator));
    if n.abs() > d * i128::from(LIMIT) {
        return None;
    }
    let scaled = n * i128::from(RESOLUTION);
    let rounded = (2 * scaled + d).div_euclid(2 * d);
    i64::try_from(rounded).ok().map(|ticks| Ratio::new(ticks, RESOLUTION))
}

impl Position {
    /// The start of the piece.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));

    /// `numerator / denominator` quarter notes, rounded to the finest grid if it does not
    /// lie on it; `None` if the denominator is not positive or the time absurdly far.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        on_grid(numerator, denominator).map(Self)
    }

    /// `quarters` whole quarter notes from the start.
    pub const fn quarters(quarters: i32) -> Self {
        Self(Ratio::new_raw(quarters as i64, 1))
    }

    /// The time from `earlier` to here; `None` if `earlier` is later.
    pub fn since(self, earlier: Self) -> Option<Duration> {
        (self >= earlier).then(|| Duration(self.0 - earlier.0))
    }

    /// The exact fraction (numerator, denominator) of quarter notes, in lowest terms.
    pub fn fraction(self) -> (i64, i64) {
        (*self.0.numer(), *self.0.denom())
    }

    /// The nearest floating-point value, for display and statistics only.
    pub fn as_f64(self) -> f64 {
        *self.0.numer() as f64 / *self.0.denom() as f64
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(Ratio::new_raw(0, 1));

    /// `numerator / denominator` quarter notes, rounded to the finest grid if it does not
    /// lie on it; `None` if it is negative or absurdly long.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if numerator < 0 {
            return None;
        }
        on_grid(numerator, denominator).map(Self)
    }

    /// `quarters` whole quarter notes.
    pub const fn quarters(quarters: u32) -> Self {
        Self(Ratio::new_raw(quarters as i64, 1))
    }

    /// A note of `numerator / denominator` **whole** notes: `(1, 8)` is an eighth.
    pub fn whole_notes(numerator: u32, denominator: u32) -> Option<Self> {
        Self::new(4 * i64::from(numerator), i64::from(denominator))
    }

    /// Whether it lasts no time.
    pub fn is_zero(self) -> bool {
        *self.0.numer() == 0
    }

    /// The exact fraction (numerator, denominator) of quarter notes, in lowest terms.
    pub fn fraction(self) -> (i64, i64) {
        (*self.0.numer(), *self.0.denom())
    }

    /// The nearest floating-point value, for display and statistics only.
    pub fn as_f64(self) -> f64 {
        *self.0.numer() as f64 / *self.0.denom() as f64
    }

    /// This span `factor` times; `None` beyond the limit of [`Duration::new`].
    pub fn times(self, factor: u32) -> Option<Self> {
        let (n, d) = self.fraction();
        Self::new(n.checked_mul(i64::from(factor))?, d)
    }

    /// How many whole `unit`s fit into this span, and what is left over.
    ///
    /// A zero `unit` fits zero times.
    pub fn divide(self, unit: Self) -> (u64, Self) {
        if unit.is_zero() {
            return (0, self);
        }
        let whole = (self.0 / unit.0).to_integer();
        (whole.unsigned_abs(), Self(self.0 - unit.0 * whole))
    }

    /// `self / unit` as a floating-point share, for display and statistics only.
    pub fn ratio(self, unit: Self) -> f64 {
        self.as_f64() / unit.as_f64()
    }

    /// What is left of this span after `other`, at least zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        if self > other { Self(self.0 - other.0) } else { Self::ZERO }
    }
}

impl Add<Duration> for Position {
    type Output = Self;
    fn add(self, rhs: Duration) -> Self {
        Self(self.0 + rhs.0)
    }
}

impl AddAssign<Duration> for Position {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl Add for Duration {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0 + rhs.0)
    }
}

impl AddAssign for Duration {
    fn add_assign(&mut self, rhs: Self) {
        *self = *self + rhs;
    }
}

impl Sub<Duration> for Position {
    type Output = Self;
    /// The position `rhs` earlier; it may lie before the start of the piece.
    fn sub(self, rhs: Duration) -> Self {
        Self(self.0 - rhs.0)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notated_values_are_exact() {
        for denominator in [1, 2, 3, 5, 7, 12, 13, 64, 480, 1024] {
            assert_eq!(
                Duration::new(1, denominator).map(Duration::fraction),
                Some((1, denominator))
            );
        }
    }

    #[test]
    fn strange_denominators_are_rounded_so_that_sums_cannot_overflow() {
        let odd = Duration::new(1, 1_000_003).expect("in range");
        let mut position = Position::ZERO;
        for _ in 0..10_000 {
            position += odd;
        }
        assert!((position.as_f64() - 0.009_999_97).abs() < 1e-4);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(Duration::new(-1, 4), None);
        assert_eq!(Duration::new(1, 0), None);
        assert_eq!(Position::new(i64::MAX, 1), None);
    }

    #[test]
    fn a_span_divides_into_units_and_a_rest() {
        let (whole, rest) = Duration::new(7, 2).expect("in range").divide(Duration::quarters(1));
        assert_eq!((whole, rest.fraction()), (3, (1, 2)));
    }
}
