//! Elementary functions that the compiler turns into vector instructions.
//!
//! Everything here is `inline(always)` and free of calls, so that it is compiled anew inside each
//! version of a kernel, for the vector width of that version. Products and sums are fused
//! (`mul_add`): one instruction on processors with AVX2 or NEON, a slow call on older ones.

use std::f32::consts::{FRAC_1_SQRT_2, LOG2_E};

/// Partial results of a sum or maximum: as many as the widest vectors hold numbers. Their number
/// does not depend on the processor, so that sums are the same on all.
const LANES: usize = 16;

/// eˣ for x ≤ 0, with a relative error below 2·10⁻⁷ down to e⁻⁸⁷ and that constant below (Cody and
/// Waite's reduction and the minimax polynomial of Cephes `expf`, whose last coefficient is a half).
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Adding and taking away 1.5·2²³ rounds to the nearest integer, which in between stands in the
    // lowest bits: a conversion would have to look out for what does not fit an integer.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x.mul_add(LOG2_E, ROUND);
    let n = shifted - ROUND;
    // ln 2 in two parts: the first is short enough for n·0.693359375 to be exact.
    let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, x));
    let mut p = 1.987_569_1e-4_f32;
    p = p.mul_add(r, 1.398_2e-3);
    p = p.mul_add(r, 8.333_452e-3);
    p = p.mul_add(r, 4.166_579_6e-2);
    p = p.mul_add(r, 1.666_666_5e-1);
    p = p.mul_add(r, 0.5);
    let y = (p * r).mul_add(r, r) + 1.0;
    let power = (shifted.to_bits() << 23).wrapping_add(127 << 23);
    y * f32::from_bits(power)
}

/// Φ(x) and φ(x): the distribution function of the normal distribution and its density. The error
/// function is that of Abramowitz and Stegun 7.1.26, |error| < 1.5·10⁻⁷.
#[inline(always)]
pub(super) fn normal(x: f32) -> (f32, f32) {
    const INVERSE_ROOT_OF_TWO_PI: f32 = 0.398_942_3;
    let z = x * FRAC_1_SQRT_2;
    let a = z.abs();
    let e = exp(-a * a);
    let t = 1.0 / a.mul_add(0.327_591_1, 1.0);
    let mut p = 1.061_405_4_f32;
    p = p.mul_add(t, -1.453_152);
    p = p.mul_add(t, 1.421_413_7);
    p = p.mul_add(t, -0.284_496_74);
    p = p.mul_add(t, 0.254_829_6);
    let tail = 0.5 * p * t * e;
    (if z < 0.0 { tail } else { 1.0 - tail }, INVERSE_ROOT_OF_TWO_PI * e)
}

/// Adds up partial results, halves upon each other.
#[inline(always)]
fn total(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// Σ f(numbers of all slices at a place); the slices are as long as the first one.
#[inline(always)]
pub(super) fn sum<const N: usize>(slices: [&[f32]; N], f: impl Fn([f32; N]) -> f32) -> f32 {
    let parts = slices.map(|slice| slice[..slices[0].len()].as_chunks::<LANES>());
    let mut lanes = [0.0; LANES];
    for index in 0..parts[0].0.len() {
        let chunks = parts.map(|(chunks, _)| &chunks[index]);
        for (lane, partial) in lanes.iter_mut().enumerate() {
            *partial += f(chunks.map(|chunk| chunk[lane]));
        }
    }
    for index in 0..parts[0].1.len() {
        lanes[index] += f(parts.map(|(_, rest)| rest[index]));
    }
    total(lanes)
}

/// Puts f of every number in its place, and returns the sum.
#[inline(always)]
pub(super) fn replace_and_sum(values: &mut [f32], f: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks_mut::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for (partial, value) in lanes.iter_mut().zip(chunk) {
            *value = f(*value);
            *partial += *value;
        }
    }
    for (partial, value) in lanes.iter_mut().zip(rest) {
        *value = f(*value);
        *partial += *value;
    }
    total(lanes)
}

/// The largest number of a slice, −∞ for an empty one.
#[inline(always)]
pub(super) fn largest(values: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for (partial, value) in lanes.iter_mut().zip(chunk) {
            *partial = larger(*partial, *value);
        }
    }
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_exact_to_rounding() {
        for step in 0..8700 {
            let x = -0.01 * step as f32;
            let relative = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(relative < 3e-7, "exp({x}) is off by {relative}");
        }
        assert!(exp(-1e9) < 1e-37 && exp(f32::NEG_INFINITY) >= 0.0);
    }

    /// Φ by Simpson's rule over φ from 0.
    fn distribution(x: f64) -> f64 {
        let density = |t: f64| (-0.5 * t * t).exp() / std::f64::consts::TAU.sqrt();
        let (steps, mut sum) = (2000, density(0.0) + density(x));
        for step in 1..steps {
            let weight = if step % 2 == 1 { 4.0 } else { 2.0 };
            sum += weight * density(x * f64::from(step) / f64::from(steps));
        }
        0.5 + sum * x / f64::from(steps) / 3.0
    }

    #[test]
    fn the_normal_distribution_is_exact_to_its_stated_error() {
        for step in -60..=60 {
            let x = 0.1 * step as f32;
            let (cumulative, density) = normal(x);
            assert!((f64::from(cumulative) - distribution(f64::from(x))).abs() < 2e-7, "{x}");
            let expected = (-0.5 * f64::from(x).powi(2)).exp() / std::f64::consts::TAU.sqrt();
            assert!((f64::from(density) - expected).abs() < 1e-7, "{x}");
        }
    }

    #[test]
    fn sums_and_maxima_take_in_every_number() {
        for count in [0, 1, 15, 16, 17, 40] {
            let values: Vec<f32> = (0..count).map(|i| (i * 7 % 41) as f32).collect();
            assert_eq!(sum([&values], |[x]| x), values.iter().sum::<f32>());
            let squares: f32 = values.iter().map(|x| x * x).sum();
            assert_eq!(sum([&values, &values], |[x, y]| x * y), squares);
            let mut doubled = values.clone();
            assert_eq!(
                replace_and_sum(&mut doubled, |x| 2.0 * x),
                2.0 * values.iter().sum::<f32>()
            );
            assert!(doubled.iter().zip(&values).all(|(doubled, x)| *doubled == 2.0 * x));
            let expected = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert_eq!(largest(&values), expected);
        }
    }
}
