//! How exactly matrix products are computed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// In which numbers the factors of matrix products are held.
///
/// Weights, their moments, activations, the sums of products and everything between products are
/// 32 bits wide whatever is chosen here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Precision {
    /// 32 bits.
    #[default]
    #[serde(rename = "f32")]
    Single,
    /// The factors of the layers' products, forward and back, are rounded to bfloat16: the range
    /// of 32 bits with 8 significant ones (Kalamkar 2019). Products and sums of these are of 32
    /// bits. Twice as fast where the processor has instructions for it.
    #[serde(rename = "bf16")]
    BFloat16,
}

impl fmt::Display for Precision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Single => "f32",
            Self::BFloat16 => "bf16",
        })
    }
}

/// A precision that there is not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown precision `{0}`; choose f32 or bf16")]
pub struct PrecisionError(String);

impl FromStr for Precision {
    type Err = PrecisionError;

    fn from_str(name: &str) -> Result<Self, PrecisionError> {
        [Self::Single, Self::BFloat16]
            .into_iter()
            .find(|precision| precision.to_string() == name)
            .ok_or_else(|| PrecisionError(name.to_owned()))
    }
}

/// The bfloat16 next to `x`, as the upper half of an f32; of two equally near the even one. What
/// is not a number stays none.
#[inline(always)]
pub(crate) fn rounded(x: f32) -> f32 {
    let bits = x.to_bits();
    let even = (bits >> 16) & 1;
    let nearest = bits.wrapping_add(0x7FFF + even) & 0xFFFF_0000;
    f32::from_bits(if x.is_nan() { 0x7FC0_0000 } else { nearest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_taken_and_of_two_the_even_one() {
        let step = f32::exp2(-7.0);
        for (x, expected) in [
            (1.0, 1.0),
            (1.0 + 0.4 * step, 1.0),
            (1.0 + 0.6 * step, 1.0 + step),
            (1.0 + 0.5 * step, 1.0),
            (1.0 + 1.5 * step, 1.0 + 2.0 * step),
            (-3.0, -3.0),
            (f32::INFINITY, f32::INFINITY),
            (f32::MAX, f32::INFINITY),
        ] {
            assert_eq!(rounded(x), expected, "{x}");
        }
        assert!(rounded(f32::from_bits(0x7F80_0001)).is_nan());
    }

    #[test]
    fn it_is_written_as_it_is_shown() {
        for precision in [Precision::Single, Precision::BFloat16] {
            let written = serde_json::to_string(&precision).expect("writes");
            assert_eq!(written, format!("\"{precision}\""));
            assert_eq!(precision.to_string().parse(), Ok(precision));
        }
        let message = "f16".parse::<Precision>().expect_err("no such precision").to_string();
        assert!(message.contains("f16") && message.contains("bf16"), "{message}");
    }
}
