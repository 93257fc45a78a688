//! Bias, GELU (Hendrycks 2016) and dropout over rows: y = m · z·Φ(z) with z = x + b.

use multiversion::multiversion;

use super::elementary::normal;
use super::mask::Mask;

/// `y = m · z·Φ(z)`, `z = x + bias`, over rows `[rows, width]` with a seed for each row's mask m.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn forward(x: &[f32], bias: &[f32], mask: Mask, seeds: &[u32], y: &mut [f32]) {
    #[inline(always)]
    fn row(x: &[f32], bias: &[f32], y: &mut [f32], factor: impl Fn(u32) -> f32) {
        for (column, ((y, x), bias)) in y.iter_mut().zip(x).zip(bias).enumerate() {
            let z = x + bias;
            *y = z * normal(z).0 * factor(column as u32);
        }
    }
    let rows = x.chunks_exact(bias.len()).zip(y.chunks_exact_mut(bias.len()));
    for ((x, y), seed) in rows.zip(seeds) {
        if mask.is_off() {
            row(x, bias, y, |_| 1.0);
        } else {
            row(x, bias, y, |column| mask.factor(column, *seed));
        }
    }
}

/// From the gradient g of y that of x, which takes the place of x; y itself, computed again, which
/// takes the place of g; and the bias's, which is added: dx = g·m·(Φ(z) + z·φ(z)), db = Σ dx.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn backward(
    x: &mut [f32],
    bias: &[f32],
    mask: Mask,
    seeds: &[u32],
    gradient: &mut [f32],
    bias_gradient: &mut [f32],
) {
    #[inline(always)]
    fn row(
        x: &mut [f32],
        bias: &[f32],
        gradient: &mut [f32],
        bias_gradient: &mut [f32],
        factor: impl Fn(u32) -> f32,
    ) {
        let numbers = x.iter_mut().zip(gradient).zip(bias.iter().zip(bias_gradient)).enumerate();
        for (column, ((x, g), (bias, bias_gradient))) in numbers {
            let z = *x + bias;
            let (cumulative, density) = normal(z);
            let factor = factor(column as u32);
            *x = *g * factor * (cumulative + z * density);
            *g = z * cumulative * factor;
            *bias_gradient += *x;
        }
    }
    let rows = x.chunks_exact_mut(bias.len()).zip(gradient.chunks_exact_mut(bias.len()));
    for ((x, g), seed) in rows.zip(seeds) {
        if mask.is_off() {
            row(x, bias, g, bias_gradient, |_| 1.0);
        } else {
            row(x, bias, g, bias_gradient, |column| mask.factor(column, *seed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Numbers, differences_agree};
    use super::*;

    #[test]
    fn known_values_of_gelu() {
        let mut y = [0.0; 4];
        forward(&[0.0, 1.0, -2.0, 6.0], &[0.0; 4], Mask::OFF, &[0], &mut y);
        for (y, expected) in y.iter().zip([0.0, 0.841_344_7, -0.045_500_3, 6.0]) {
            assert!((y - expected).abs() < 1e-6, "{y} for {expected}");
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences_under_dropout() {
        const WIDTH: usize = 37;
        let mut numbers = Numbers::new(3);
        let inputs = [numbers.take(2 * WIDTH), numbers.take(WIDTH)];
        let weights = numbers.take(2 * WIDTH);
        for mask in [Mask::OFF, Mask::new(0.3)] {
            let run = |inputs: &[Vec<f32>]| {
                let mut y = vec![0.0; 2 * WIDTH];
                forward(&inputs[0], &inputs[1], mask, &[5, 6], &mut y);
                y
            };
            let (mut x, mut g, mut bias) = (inputs[0].clone(), weights.clone(), vec![0.0; WIDTH]);
            backward(&mut x, &inputs[1], mask, &[5, 6], &mut g, &mut bias);
            assert_eq!(g, run(&inputs), "the activations come back");
            differences_agree(&inputs, &[x, bias], &weights, run);
        }
    }
}
