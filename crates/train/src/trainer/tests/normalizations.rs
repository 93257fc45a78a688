//! The loss by its three normalisations, and however the batch is split.

use super::*;
use crate::learner::Differentiated;
use crate::{Normalization, PreparedBatch};

/// Loss and gradient of the first batch of a run.
fn first_batch(corpus: &Corpus, normalization: Normalization, accumulate: usize) -> Differentiated {
    let mut config = config();
    config.optimization.accumulate = accumulate;
    config.optimization.normalization = normalization;
    config.optimization.label_smoothing = 0.1;
    config.model.dropout = 0.3;
    let masked = &first_epoch(&config, corpus)[..config.optimization.batch];
    let lengths: std::collections::BTreeSet<_> =
        masked.iter().map(|item| item.masking.targets()).collect();
    assert!(lengths.len() > 1, "items with as many targets tell no difference");
    let device = model::device("cpu").expect("a processor");
    let learner = Learner::new(&config, &device).expect("a learner");
    learner.differentiate(&PreparedBatch::new(masked, &config))
}

#[test]
fn splitting_the_batch_changes_loss_and_gradient_by_rounding_only() {
    let (_folder, corpus) = corpus();
    for normalization in Normalization::ALL {
        let whole = first_batch(&corpus, normalization, 1);
        for accumulate in [2, 3, 8] {
            let parts = first_batch(&corpus, normalization, accumulate);
            let name = format!("{normalization:?} in {accumulate}");
            assert!((whole.objective - parts.objective).abs() < 1e-5, "{name}");
            assert!((whole.surprise - parts.surprise).abs() < 1e-5 * whole.surprise, "{name}");
            let largest = whole
                .gradient
                .iter()
                .zip(&parts.gradient)
                .map(|(one, other)| (one - other).abs())
                .fold(0.0, f32::max);
            assert!(largest < 1e-5, "{name}: {largest}");
        }
    }
}

#[test]
fn the_surprise_is_the_same_and_what_is_minimised_differs() {
    let (_folder, corpus) = corpus();
    let [targets, positions, items] =
        Normalization::ALL.map(|normalization| first_batch(&corpus, normalization, 1));
    assert_eq!(targets.surprise, positions.surprise);
    assert_eq!(targets.surprise, items.surprise);
    // Some cells are shown, so fewer are asked than there are.
    assert!(positions.objective < 0.95 * targets.objective);
    assert!((items.objective - targets.objective).abs() > 1e-4 * targets.objective);
    // Positions only scale the gradient; items turn it.
    let cosine = |one: &[f32], other: &[f32]| {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
        };
        dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
    };
    assert!(cosine(&targets.gradient, &positions.gradient) > 0.99999);
    assert!(cosine(&targets.gradient, &items.gradient) < 0.9999);
}
