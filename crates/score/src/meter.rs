//! Time signatures.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Duration;

/// A time signature such as 6/8: 1–64 beats of a power of two up to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u8, u8)", into = "(u8, u8)")]
pub struct Meter {
    numerator: u8,
    denominator: u8,
}

/// A time signature that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}/{1} is no time signature: expected 1 to 64 over 1, 2, 4, 8, 16, 32 or 64")]
pub struct InvalidMeter(pub u32, pub u32);

impl Meter {
    /// Common time.
    pub const COMMON: Self = Self { numerator: 4, denominator: 4 };

    /// `numerator / denominator`.
    ///
    /// # Errors
    /// If the numerator is not 1–64 or the denominator no power of two up to 64.
    pub fn new(numerator: u32, denominator: u32) -> Result<Self, InvalidMeter> {
        if (1..=64).contains(&numerator) && denominator <= 64 && denominator.is_power_of_two() {
            Ok(Self { numerator: numerator as u8, denominator: denominator as u8 })
        } else {
            Err(InvalidMeter(numerator, denominator))
        }
    }

    /// The upper number.
    pub const fn numerator(self) -> u8 {
        self.numerator
    }

    /// The lower number.
    pub const fn denominator(self) -> u8 {
        self.denominator
    }

    /// One beat as written: a note of `1 / denominator`.
    pub fn beat(self) -> Duration {
        // A valid denominator is 1..=64, so the value lies on the grid.
        Duration::whole_notes(1, u32::from(self.denominator)).unwrap_or(Duration::ZERO)
    }

    /// A full bar.
    pub fn bar(self) -> Duration {
        Duration::whole_notes(u32::from(self.numerator), u32::from(self.denominator))
            .unwrap_or(Duration::ZERO)
    }

    /// Whether the beats are felt in threes: 6/8, 9/8, 12/8, 6/4, ….
    pub const fn is_compound(self) -> bool {
        self.numerator > 3 && self.numerator.is_multiple_of(3) && self.denominator >= 4
    }

    /// How many written beats make one felt pulse: 3 in compound metres, else 1.
    pub const fn beats_per_pulse(self) -> u8 {
        if self.is_compound() { 3 } else { 1 }
    }
}

impl TryFrom<(u8, u8)> for Meter {
    type Error = InvalidMeter;
    fn try_from((numerator, denominator): (u8, u8)) -> Result<Self, InvalidMeter> {
        Self::new(u32::from(numerator), u32::from(denominator))
    }
}

impl From<Meter> for (u8, u8) {
    fn from(meter: Meter) -> Self {
        (meter.numerator, meter.denominator)
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_beats_are_measured_in_quarters() {
        let meter = Meter::new(6, 8).expect("valid");
        assert_eq!(meter.bar().fraction(), (3, 1));
        assert_eq!(meter.beat().fraction(), (1, 2));
        assert!(meter.is_compound());
    }

    #[test]
    fn three_four_is_not_compound() {
        assert!(!Meter::new(3, 4).expect("valid").is_compound());
    }

    #[test]
    fn impossible_signatures_are_refused() {
        assert!(Meter::new(0, 4).is_err());
        assert!(Meter::new(4, 3).is_err());
        assert!(Meter::new(65, 4).is_err());
    }
}
