//! The loss, fused on the processor and with burn's own operations elsewhere.

use burn::tensor::{Int, Tensor, TensorData, activation};

use crate::device::is_processor;
pub use crate::fused::cross_entropy::CrossEntropy;
use crate::fused::operations;

/// The cross-entropy of logits `[rows, classes]` as asked: a scalar `[1]`.
pub fn cross_entropy(logits: Tensor<2>, asked: CrossEntropy) -> Tensor<1> {
    if is_processor(&logits.device()) {
        operations::cross_entropy(logits, asked)
    } else {
        plain(logits, asked)
    }
}

fn plain(logits: Tensor<2>, asked: CrossEntropy) -> Tensor<1> {
    let (rows, device) = (asked.classes.len(), logits.device());
    let classes: Vec<i32> = asked.classes.iter().map(|class| *class as i32).collect();
    let classes = Tensor::<2, Int>::from_data(TensorData::new(classes, [rows, 1]), &device);
    let log_probabilities = activation::log_softmax(logits, 1);
    let right = log_probabilities.clone().gather(1, classes); // [rows, 1]
    let smoothing = f64::from(asked.smoothing);
    let smoothed = if smoothing > 0.0 {
        right.mul_scalar(1.0 - smoothing) + log_probabilities.mean_dim(1).mul_scalar(smoothing)
    } else {
        right
    };
    let weighted = if asked.weights.is_empty() {
        smoothed
    } else {
        smoothed * Tensor::from_data(TensorData::new(asked.weights, [rows, 1]), &device)
    };
    weighted.sum().mul_scalar(-f64::from(asked.scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::fused::testing::{Numbers, difference};
    use crate::parameters::floats;

    #[test]
    fn fused_and_plain_agree_with_their_gradients() {
        let device = device("cpu").expect("a processor").autodiff();
        let values = Numbers::new(1).take(4 * 35);
        for (weights, smoothing) in [(vec![], 0.0), (vec![1.0, 0.0, 0.5, 2.0], 0.1)] {
            let asked = CrossEntropy { classes: vec![3, 0, 34, 9], weights, smoothing, scale: 0.7 };
            let run = |of: fn(Tensor<2>, CrossEntropy) -> Tensor<1>| {
                let logits = TensorData::new(values.clone(), [4, 35]);
                let logits = Tensor::<2>::from_data(logits, &device).require_grad();
                let loss = of(logits.clone(), asked.clone());
                let gradient = logits.grad(&loss.backward()).expect("a gradient");
                (floats(loss.into_data()), floats(gradient.into_data()))
            };
            let (fused, plain) = (run(cross_entropy), run(plain));
            assert!(difference(&fused.0, &plain.0) < 1e-6);
            assert!(difference(&fused.1, &plain.1) < 1e-6);
        }
    }
}
