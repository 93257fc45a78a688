//! Bias, dropout and residual connection over rows: y = x + s · m · (z + b).

use multiversion::multiversion;

use super::mask::Mask;

/// What a row of a sublayer's result is multiplied by before it joins the residual stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch<'a> {
    /// Dropout m.
    pub(super) mask: Mask,
    /// A seed for each row's mask.
    pub(super) seeds: &'a [u32],
    /// The scale s of each row, 1 if there is none.
    pub(super) scales: Option<&'a [f32]>,
}

impl Branch<'_> {
    #[inline(always)]
    fn scale(&self, row: usize) -> f32 {
        self.scales.map_or(1.0, |scales| scales[row])
    }
}

/// `z ← x + s·m·(z + bias)` over rows `[rows, width]`.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn forward(x: &[f32], z: &mut [f32], bias: &[f32], branch: Branch) {
    #[inline(always)]
    fn row(x: &[f32], z: &mut [f32], bias: &[f32], factor: impl Fn(u32) -> f32) {
        for (column, ((z, x), bias)) in z.iter_mut().zip(x).zip(bias).enumerate() {
            *z = x + (*z + bias) * factor(column as u32);
        }
    }
    let rows = x.chunks_exact(bias.len()).zip(z.chunks_exact_mut(bias.len()));
    for (index, (x, z)) in rows.enumerate() {
        let scale = branch.scale(index);
        if branch.mask.is_off() {
            row(x, z, bias, |_| scale);
        } else {
            let seed = branch.seeds[index];
            row(x, z, bias, |column| branch.mask.factor(column, seed) * scale);
        }
    }
}

/// From the gradient g of y that of z, `dz = s·m·g`, and the bias's, which is added: db = Σ dz.
/// (That of x is g itself.)
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn backward(
    gradient: &[f32],
    branch: Branch,
    z_gradient: &mut [f32],
    bias_gradient: &mut [f32],
) {
    #[inline(always)]
    fn row(g: &[f32], dz: &mut [f32], bias_gradient: &mut [f32], factor: impl Fn(u32) -> f32) {
        for (column, ((dz, g), bias)) in dz.iter_mut().zip(g).zip(bias_gradient).enumerate() {
            *dz = g * factor(column as u32);
            *bias += *dz;
        }
    }
    let width = bias_gradient.len();
    let rows = gradient.chunks_exact(width).zip(z_gradient.chunks_exact_mut(width));
    for (index, (g, dz)) in rows.enumerate() {
        let scale = branch.scale(index);
        if branch.mask.is_off() {
            row(g, dz, bias_gradient, |_| scale);
        } else {
            let seed = branch.seeds[index];
            row(g, dz, bias_gradient, |column| branch.mask.factor(column, seed) * scale);
        }
    }
}

/// `sum += x`.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn add(sum: &mut [f32], x: &[f32]) {
    sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
}

/// Adds a bias to every row.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn add_bias(rows: &mut [f32], bias: &[f32]) {
    for row in rows.chunks_exact_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
    }
}

/// Adds every row to `sum`.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
pub(super) fn add_rows(sum: &mut [f32], rows: &[f32]) {
    for row in rows.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Numbers, differences_agree};
    use super::*;

    #[test]
    fn gradients_agree_with_finite_differences_under_dropout_and_scales() {
        const WIDTH: usize = 19;
        let mut numbers = Numbers::new(4);
        let inputs = [numbers.take(2 * WIDTH), numbers.take(2 * WIDTH), numbers.take(WIDTH)];
        let weights = numbers.take(2 * WIDTH);
        let scales = [1.0, 0.25];
        for mask in [Mask::OFF, Mask::new(0.4)] {
            let branch = Branch { mask, seeds: &[1, 2], scales: Some(&scales) };
            let (mut dz, mut bias) = (vec![0.0; 2 * WIDTH], vec![0.0; WIDTH]);
            backward(&weights, branch, &mut dz, &mut bias);
            differences_agree(&inputs, &[weights.clone(), dz, bias], &weights, |inputs| {
                let mut z = inputs[1].clone();
                forward(&inputs[0], &mut z, &inputs[2], branch);
                z
            });
        }
    }

    #[test]
    fn a_row_of_scale_zero_is_passed_by() {
        let branch = Branch { mask: Mask::OFF, seeds: &[1, 2], scales: Some(&[0.0, 1.0]) };
        let mut z = [5.0, 5.0];
        forward(&[1.0, 2.0], &mut z, &[1.0], branch);
        assert_eq!(z, [1.0, 8.0]);
    }
}
