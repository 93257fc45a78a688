//! Exact times as strings: `"4"`, `"7/3"`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Duration, Position};

/// A position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At(pub(super) Position);

/// A duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length(pub(super) Duration);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        time(deserializer, |numerator, denominator| {
            Position::new(numerator, denominator).filter(|at| *at >= Position::ZERO).map(Self)
        })
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        time(deserializer, |numerator, denominator| Duration::new(numerator, denominator).map(Self))
    }
}

fn time<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    new: impl Fn(i64, i64) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let (numerator, denominator) = text.split_once('/').unwrap_or((&text, "1"));
    let number = |digits: &str| -> Option<i64> {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse().ok() } else { None }
    };
    let time = number(numerator).zip(number(denominator)).and_then(|(n, d)| new(n, d));
    time.ok_or_else(|| {
        let message = format!("{text:?} is no time: expected quarter notes as \"4\" or \"7/3\"");
        de::Error::custom(message)
    })
}
