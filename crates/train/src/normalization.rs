//! By what the summed loss of a batch is divided.

use serde::{Deserialize, Serialize};

/// By what the summed cross-entropy of a batch is divided.
///
/// Each is a weight for every target of an item, counted over the whole batch of a step; so the
/// loss is a weighted sum, and the same however the batch is split or padded. Padding is no
/// position: a loss that counted it would follow from which items happen to stand together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalization {
    /// The targets of the batch: every asked cell weighs the same. A mean surprise per asked cell,
    /// and so comparable between curricula.
    #[default]
    Targets,
    /// The cells of the batch, asked or not: items at late stages, with little left to ask, weigh
    /// little, and the loss falls as more is shown though nothing is learned.
    Positions,
    /// The mean over items of each item's mean over its targets: every item weighs the same,
    /// and an asked cell the more the fewer are asked with it.
    Items,
}

impl Normalization {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Targets, Self::Positions, Self::Items];

    /// The weight of each target of each item of a batch, given the `(targets, cells)` of its
    /// items. Items without targets have none to weigh and are no items to the mean.
    pub fn weights(self, items: &[(usize, usize)]) -> Vec<f64> {
        let share = |count: usize| if count > 0 { 1.0 / count as f64 } else { 0.0 };
        let sum = |part: fn(&(usize, usize)) -> usize| items.iter().map(part).sum::<usize>();
        match self {
            Self::Targets => vec![share(sum(|item| item.0)); items.len()],
            Self::Positions => vec![share(sum(|item| item.1)); items.len()],
            Self::Items => {
                let asked = items.iter().filter(|item| item.0 > 0).count();
                items.iter().map(|item| share(asked) * share(item.0)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three items: much asked, little asked, nothing asked.
    const ITEMS: [(usize, usize); 3] = [(8, 8), (2, 16), (0, 4)];

    /// The loss of a batch whose items have these surprises at each target.
    fn loss(normalization: Normalization, surprises: [f64; 3]) -> f64 {
        let weights = normalization.weights(&ITEMS);
        let parts = weights.iter().zip(ITEMS).zip(surprises);
        parts.map(|((weight, (targets, _)), surprise)| weight * targets as f64 * surprise).sum()
    }

    #[test]
    fn the_three_differ_where_items_are_asked_differently() {
        // Sums 8 · 1 and 2 · 3: 14 over 10 targets, over 28 cells, and the mean of 1 and 3.
        let surprises = [1.0, 3.0, 0.0];
        for (normalization, expected) in [
            (Normalization::Targets, 14.0 / 10.0),
            (Normalization::Positions, 14.0 / 28.0),
            (Normalization::Items, 2.0),
        ] {
            let loss = loss(normalization, surprises);
            assert!((loss - expected).abs() < 1e-12, "{normalization:?}: {loss}");
        }
    }

    #[test]
    fn a_constant_surprise_is_the_loss_unless_positions_that_are_not_asked_count() {
        assert!((loss(Normalization::Targets, [2.0; 3]) - 2.0).abs() < 1e-12);
        assert!((loss(Normalization::Items, [2.0; 3]) - 2.0).abs() < 1e-12);
        assert!(loss(Normalization::Positions, [2.0; 3]) < 1.0);
    }

    #[test]
    fn nothing_asked_weighs_nothing() {
        for normalization in Normalization::ALL {
            let weights = normalization.weights(&[(0, 0)]);
            assert_eq!(weights, [0.0], "{normalization:?}");
        }
    }
}
