//! Cross-entropy over the cells that count.

use burn::tensor::Tensor;
use curriculum::Masking;
use grid::Token;
use model::{Batch, CrossEntropy, Dropout, Encoder, cross_entropy};

/// The target cells of a batch: real cells that a masking asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// Rows of the flattened `[items · cells]`.
    pub rows: Vec<i32>,
    /// The right token of each row.
    pub tokens: Vec<u32>,
    /// What each row weighs in the loss (see [`Normalization`](crate::Normalization)).
    pub weights: Vec<f32>,
}

impl Targets {
    /// Adds the targets of item `item` of a batch whose items have `cells` cells, each with this
    /// weight.
    pub fn add(
        &mut self,
        item: usize,
        cells: usize,
        masking: &Masking,
        truth: impl Iterator<Item = Token>,
        weight: f64,
    ) {
        for (index, (cell, token)) in masking.cells.iter().zip(truth).enumerate() {
            if cell.is_target() {
                self.rows.push((item * cells + index) as i32);
                self.tokens.push(u32::from(token.0));
                self.weights.push(weight as f32);
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

/// What comes of a part of a batch; both are scalars `[1]` that sum up over the parts.
#[derive(Clone, Debug)]
pub struct PartLoss {
    /// What is minimised: weighted, with label smoothing.
    pub objective: Tensor<1>,
    /// The plain cross-entropy of the targets in nats, each counted once, without gradient.
    pub surprise: Tensor<1>,
}

impl Loss {
    /// Cross-entropy in nats, weighted and **summed** over the targets: the weights divide by
    /// what belongs to the whole batch, of which this may be a part.
    pub fn forward(
        &self,
        encoder: &Encoder,
        batch: &Batch,
        targets: &Targets,
        dropout: &Dropout,
    ) -> PartLoss {
        let logits = encoder.logits(batch, &targets.rows, dropout); // [targets, vocabulary]
        let asked = CrossEntropy {
            classes: targets.tokens.clone(),
            weights: targets.weights.clone(),
            smoothing: self.label_smoothing,
            scale: 1.0,
        };
        let plain = CrossEntropy { weights: Vec::new(), smoothing: 0.0, ..asked.clone() };
        let surprise = cross_entropy(logits.clone().detach(), plain);
        PartLoss { objective: cross_entropy(logits, asked), surprise }
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
        targets.add(2, 5, &masking, (0..4).map(|i| Token(10 + i)), 0.5);
        let expected =
            Targets { rows: vec![11, 13], tokens: vec![11, 13], weights: vec![0.5, 0.5] };
        assert_eq!(targets, expected);
    }
}
