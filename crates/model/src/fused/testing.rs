//! What the tests of the kernels share.

use super::product::Products;
use crate::Precision;

/// Repeatable numbers between −1 and 1.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn take(&mut self, count: usize) -> Vec<f32> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }
}

/// The largest difference, in proportion to the largest number of `expected`.
pub(crate) fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len(), "other sizes");
    let largest = expected.iter().map(|value| value.abs()).fold(1e-6, f32::max);
    found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
}

/// Checks that what is computed is the same by our own kernels and by the library, and in bfloat16
/// but for its rounding.
pub(crate) fn ways_of_products_agree<const N: usize>(with: impl Fn(Products) -> [Vec<f32>; N]) {
    let expected = with(Products::by_library(Precision::Single));
    for (products, most) in [
        (Products::new(Precision::Single), 1e-5),
        (Products::by_library(Precision::BFloat16), 2e-2),
        (Products::new(Precision::BFloat16), 2e-2),
    ] {
        for (found, expected) in with(products).iter().zip(&expected) {
            let difference = difference(found, expected);
            assert!(difference < most, "{products:?}: {difference}");
        }
    }
}

/// Checks the gradients of Σ weights·forward(inputs) against central differences along random
/// directions, one input at a time.
pub(crate) fn differences_agree(
    inputs: &[Vec<f32>],
    gradients: &[Vec<f32>],
    weights: &[f32],
    forward: impl Fn(&[Vec<f32>]) -> Vec<f32>,
) {
    const STEP: f32 = 2e-3;
    assert_eq!(inputs.len(), gradients.len());
    for (index, gradient) in gradients.iter().enumerate() {
        // Along the gradient itself, and across it.
        for direction in [gradient.clone(), Numbers::new(index as u64 + 9).take(gradient.len())] {
            let length = direction.iter().map(|d| d * d).sum::<f32>().sqrt();
            let at = |step: f32| -> f64 {
                let mut moved = inputs.to_vec();
                for (value, d) in moved[index].iter_mut().zip(&direction) {
                    *value += step * d / length;
                }
                let results = forward(&moved);
                results.iter().zip(weights).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum()
            };
            let found = (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP);
            let expected: f64 = gradient
                .iter()
                .zip(&direction)
                .map(|(g, d)| f64::from(*g) * f64::from(d / length))
                .sum();
            let scale = gradient.iter().map(|g| f64::from(g * g)).sum::<f64>().sqrt().max(0.1);
            let error = (found - expected).abs() / scale;
            assert!(error < 5e-3, "input {index}: {found} for {expected} of {scale}");
        }
    }
}
