//! Layer normalisation of rows (Ba 2016): y = (x − μ)/σ · γ + β.

use multiversion::multiversion;

use super::elementary::sum;

/// Keeps σ from zero; burn's default.
pub(super) const EPSILON: f32 = 1e-5;

/// The moments of a row: μ and 1/σ, where σ² = mean of (x − μ)² + ε.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    mean: f32,
    inverse_deviation: f32,
}

/// Scale and shift.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<'a> {
    /// γ, `[width]`.
    pub(crate) gamma: &'a [f32],
    /// β, `[width]`.
    pub(crate) beta: &'a [f32],
}

/// Normalises rows `[rows, width]` of `x` into `y`, and keeps their moments.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn normalise(x: &[f32], affine: Affine, y: &mut [f32], moments: &mut [Moments]) {
    let width = affine.gamma.len();
    let rows = x.chunks_exact(width).zip(y.chunks_exact_mut(width));
    for ((x, y), moments) in rows.zip(moments) {
        let mean = sum([x], |[x]| x) / width as f32;
        let variance = sum([x], |[x]| (x - mean) * (x - mean)) / width as f32;
        let inverse_deviation = 1.0 / (variance + EPSILON).sqrt();
        *moments = Moments { mean, inverse_deviation };
        for ((y, x), (gamma, beta)) in y.iter_mut().zip(x).zip(affine.gamma.iter().zip(affine.beta))
        {
            *y = (x - mean) * inverse_deviation * gamma + beta;
        }
    }
}

/// Normalises rows whose moments are known.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn normalise_again(x: &[f32], affine: Affine, y: &mut [f32], moments: &[Moments]) {
    let width = affine.gamma.len();
    let rows = x.chunks_exact(width).zip(y.chunks_exact_mut(width));
    for ((x, y), Moments { mean, inverse_deviation }) in rows.zip(moments) {
        for ((y, x), (gamma, beta)) in y.iter_mut().zip(x).zip(affine.gamma.iter().zip(affine.beta))
        {
            *y = (x - mean) * inverse_deviation * gamma + beta;
        }
    }
}

/// From the gradient g of y that of x, which takes g's place, and those of γ and β, which are
/// added. With ĝ = g·γ and x̂ = (x − μ)/σ:
/// dx = (ĝ − mean ĝ − x̂ · mean(ĝ·x̂)) / σ, dγ = Σ g·x̂, dβ = Σ g.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn backward(
    x: &[f32],
    gamma: &[f32],
    moments: &[Moments],
    gradient: &mut [f32],
    gamma_gradient: &mut [f32],
    beta_gradient: &mut [f32],
) {
    let width = gamma.len();
    let (gamma_gradient, beta_gradient) =
        (&mut gamma_gradient[..width], &mut beta_gradient[..width]);
    let rows = x.chunks_exact(width).zip(gradient.chunks_exact_mut(width));
    for ((x, g), Moments { mean, inverse_deviation }) in rows.zip(moments) {
        let normal = |x: f32| (x - mean) * inverse_deviation;
        let affine = gamma_gradient.iter_mut().zip(beta_gradient.iter_mut());
        for ((x, g), (gamma, beta)) in x.iter().zip(g.iter()).zip(affine) {
            *gamma += g * normal(*x);
            *beta += g;
        }
        let mean_gradient = sum([g, gamma], |[g, gamma]| g * gamma) / width as f32;
        let along = sum([g, gamma, x], |[g, gamma, x]| g * gamma * normal(x)) / width as f32;
        for ((x, g), gamma) in x.iter().zip(g).zip(gamma) {
            *g = (*g * gamma - mean_gradient - normal(*x) * along) * inverse_deviation;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Numbers, differences_agree};
    use super::*;

    #[test]
    fn rows_have_mean_beta_and_deviation_gamma() {
        let x = Numbers::new(1).take(3 * 40);
        let (gamma, beta) = ([2.0; 40], [0.5; 40]);
        let affine = Affine { gamma: &gamma, beta: &beta };
        let (mut y, mut moments) = (vec![0.0; 120], [Moments::default(); 3]);
        normalise(&x, affine, &mut y, &mut moments);
        for row in y.chunks(40) {
            let mean = row.iter().sum::<f32>() / 40.0;
            let variance = row.iter().map(|y| (y - mean).powi(2)).sum::<f32>() / 40.0;
            assert!((mean - 0.5).abs() < 1e-5 && (variance.sqrt() - 2.0).abs() < 1e-3);
        }
        let mut again = vec![0.0; 120];
        normalise_again(&x, affine, &mut again, &moments);
        assert_eq!(y, again);
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        const WIDTH: usize = 21;
        let mut numbers = Numbers::new(2);
        let inputs = [numbers.take(3 * WIDTH), numbers.take(WIDTH), numbers.take(WIDTH)];
        let weights = numbers.take(3 * WIDTH);
        let forward = |inputs: &[Vec<f32>]| {
            let affine = Affine { gamma: &inputs[1], beta: &inputs[2] };
            let (mut y, mut moments) = (vec![0.0; 3 * WIDTH], [Moments::default(); 3]);
            normalise(&inputs[0], affine, &mut y, &mut moments);
            (y, moments)
        };
        let (_, moments) = forward(&inputs);
        let mut gradients = [weights.clone(), vec![0.0; WIDTH], vec![0.0; WIDTH]];
        let [x, gamma, beta] = &mut gradients;
        backward(&inputs[0], &inputs[1], &moments, x, gamma, beta);
        differences_agree(&inputs, &gradients, &weights, |inputs| forward(inputs).0);
    }
}
