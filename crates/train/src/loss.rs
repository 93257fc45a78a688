//! Cross-entropy over the cells that count.

use burn::tensor::{Int, Tensor, TensorData, activation};
use curriculum::Masking;
use grid::Token;
use model::{Batch, Dropout, Encoder};

/// The target cells of a batch: real cells that a masking asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Rows of the flattened `[items · cells]`.
    pub rows: Vec<i32>,
    /// The right token of each row.
    pub tokens: Vec<i32>,
}

impl Targets {
    /// Adds the targets of item `item` of a batch whose items have `cells` cells.
    pub fn add(
        &mut self,
        item: usize,
        cells: usize,
        masking: &Masking,
        truth: impl Iterator<Item = Token>,
    ) {
        for (index, (cell, token)) in masking.cells.iter().zip(truth).enumerate() {
            if cell.is_target() {
                self.rows.push((item * cells + index) as i32);
                self.tokens.push(i32::from(token.0));
            }
        }
    }
}

/// The loss of a part of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Loss {
    /// Share of the target given to all tokens alike.
    pub label_smoothing: f32,
}

impl Loss {
    /// Cross-entropy in nats, **summed** over the targets and divided by `count`: the targets of
    /// the whole batch, of which this may be a part. A scalar `[1]`.
    pub fn forward(
        &self,
        encoder: &Encoder,
        batch: &Batch,
        targets: &Targets,
        dropout: &Dropout,
        count: usize,
    ) -> Tensor<1> {
        let hidden = encoder.forward(batch, dropout);
        let logits = encoder.logits_of_rows(hidden, &targets.rows); // [targets, vocabulary]
        let log_probabilities = activation::log_softmax(logits, 1);
        let rows = targets.tokens.len();
        let tokens = Tensor::<2, Int>::from_data(
            TensorData::new(targets.tokens.clone(), [rows, 1]),
            &encoder.device(),
        );
        let right = log_probabilities.clone().gather(1, tokens).sum();
        let smoothing = f64::from(self.label_smoothing);
        let sum = if smoothing > 0.0 {
            let all = log_probabilities.mean_dim(1).sum();
            right.mul_scalar(1.0 - smoothing) + all.mul_scalar(smoothing)
        } else {
            right
        };
        sum.neg().div_scalar(count as f64)
    }
}

#[cfg(test)]
mod tests {
    use curriculum::{Cell, Masking};

    use super::*;

    #[test]
    fn only_target_cells_are_asked() {
        let masking = Masking {
            cells: vec![Cell::Visible, Cell::Target, Cell::Ignored, Cell::Target],
            stage: 0,
        };
        let mut targets = Targets::default();
        targets.add(2, 5, &masking, (0..4).map(|i| Token(10 + i)));
        assert_eq!(targets, Targets { rows: vec![11, 13], tokens: vec![11, 13] });
    }
}
