//! Cross-entropy over rows of logits, with label smoothing and a weight for each row.
//!
//! loss = scale · Σ wᵣ·((1 − ε)·(L − z_t) + ε·(L − mean z)) with L = log Σ exp z, in nats.

use multiversion::multiversion;
use rayon::prelude::*;

use super::elementary::{exp, largest, sum};

/// What is asked of rows of logits.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossEntropy {
    /// The right class t of each row.
    pub classes: Vec<u32>,
    /// The weight w of each row; all 1 if empty.
    pub weights: Vec<f32>,
    /// ε: the share of the target given to all classes alike.
    pub smoothing: f32,
    /// What the sum over rows is multiplied by.
    pub scale: f32,
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn log_total(logits: &[f32]) -> f32 {
    let highest = largest(logits);
    highest + sum([logits], |[logit]| exp(logit - highest)).ln()
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn mean(logits: &[f32]) -> f32 {
    sum([logits], |[logit]| logit) / logits.len() as f32
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn gradient_of_row(logits: &[f32], log_total: f32, (factor, share): (f32, f32), out: &mut [f32]) {
    for (out, logit) in out.iter_mut().zip(logits) {
        *out = factor * (exp(logit - log_total) - share);
    }
}

impl CrossEntropy {
    fn weight(&self, row: usize) -> f32 {
        self.weights.get(row).copied().unwrap_or(1.0) * self.scale
    }

    /// The loss of logits `[rows, classes]`.
    pub(crate) fn forward(&self, logits: &[f32]) -> f32 {
        let Some(classes) = logits.len().checked_div(self.classes.len()) else { return 0.0 };
        let loss = |(row, logits): (usize, &[f32])| {
            let total = log_total(logits);
            let right = total - logits[self.classes[row] as usize];
            let all = if self.smoothing > 0.0 { total - mean(logits) } else { 0.0 };
            let loss = (1.0 - self.smoothing) * right + self.smoothing * all;
            f64::from(self.weight(row)) * f64::from(loss)
        };
        // Summed in the order of the rows.
        let losses: Vec<f64> = logits.par_chunks(classes.max(1)).enumerate().map(loss).collect();
        losses.iter().sum::<f64>() as f32
    }

    /// The gradient of the logits where that of the loss is `gradient`.
    pub(crate) fn backward(&self, logits: &[f32], gradient: f32) -> Vec<f32> {
        let Some(classes) = logits.len().checked_div(self.classes.len()) else { return Vec::new() };
        let mut out = vec![0.0; logits.len()];
        let rows = out.par_chunks_mut(classes.max(1)).zip(logits.par_chunks(classes.max(1)));
        rows.enumerate().for_each(|(row, (out, logits))| {
            let factor = gradient * self.weight(row);
            let share = self.smoothing / classes as f32;
            gradient_of_row(logits, log_total(logits), (factor, share), out);
            out[self.classes[row] as usize] -= factor * (1.0 - self.smoothing);
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Numbers, differences_agree};
    use super::*;

    #[test]
    fn the_loss_of_even_odds_is_the_logarithm_of_the_classes() {
        let asked =
            CrossEntropy { classes: vec![3, 0], weights: vec![], smoothing: 0.1, scale: 0.5 };
        assert!((asked.forward(&[0.25; 20]) - 10f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn a_row_of_weight_zero_counts_for_nothing() {
        let logits = Numbers::new(1).take(8);
        let asked =
            |weights| CrossEntropy { classes: vec![1, 2], weights, smoothing: 0.0, scale: 1.0 };
        let first = CrossEntropy { classes: vec![1], ..asked(vec![]) };
        assert_eq!(asked(vec![1.0, 0.0]).forward(&logits), first.forward(&logits[..4]));
        assert!(asked(vec![1.0, 0.0]).backward(&logits, 1.0)[4..].iter().all(|g| *g == 0.0));
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let logits = Numbers::new(2).take(3 * 35);
        let asked = CrossEntropy {
            classes: vec![0, 34, 7],
            weights: vec![1.0, 0.5, 2.0],
            smoothing: 0.1,
            scale: 0.25,
        };
        let gradient = asked.backward(&logits, 2.0);
        differences_agree(&[logits], &[gradient], &[2.0], |inputs| vec![asked.forward(&inputs[0])]);
    }
}
