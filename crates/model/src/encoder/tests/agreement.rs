//! The fused operations and burn's own agree: they are the same encoder.

use super::variants::variants;
use super::*;
use crate::fused::testing::difference;
use crate::parameters::floats;

/// Logits of some cells of items of three lengths, and the gradients of their mean square.
fn logits_and_gradients(
    encoder: &Encoder,
    rows: &[i32],
    dropout: &Dropout,
) -> (Vec<f32>, Vec<f32>) {
    let items = [item(6, 1), item(11, 2), item(9, 3)];
    let batch = Batch::new(&items, encoder.config());
    let rows = if rows.is_empty() { batch.rows() } else { rows.to_vec() };
    let logits = encoder.logits(&batch, &rows, dropout);
    let mut gradients = (logits.clone() * logits.clone()).mean().backward();
    (floats(logits.into_data()), encoder.gradients(&mut gradients))
}

#[test]
fn fused_and_plain_agree_in_logits_and_in_every_gradient() {
    for (name, config) in variants() {
        for norm in [Norm::Before, Norm::After] {
            let config = EncoderConfig { norm, dropout: 0.3, ..config.clone() };
            let fused = encoder(&config);
            let mut parameters = fused.parameters();
            for parameter in parameters.layout.parameters.iter().filter(|p| p.shape.len() > 1) {
                let values = &mut parameters.values[parameter.range.clone()];
                values.iter_mut().for_each(|value| *value *= 6.0);
            }
            let fused = fused.with_values(&parameters.values);
            let plain = fused.clone().with_plain_operations();
            for (rows, dropout) in [
                (&[][..], Dropout::OFF),
                (&[], Dropout::training(&config)),
                (&[2, 13, 21, 30], Dropout::training(&config)),
            ] {
                let (fused, plain) = (
                    logits_and_gradients(&fused, rows, &dropout),
                    logits_and_gradients(&plain, rows, &dropout),
                );
                assert!(difference(&fused.0, &plain.0) < 1e-4, "{name} {norm:?}: logits");
                for parameter in &parameters.layout.parameters {
                    let range = parameter.range.clone();
                    let apart = difference(&fused.1[range.clone()], &plain.1[range]);
                    assert!(apart < 1e-4, "{name} {norm:?} {}: {apart}", parameter.name);
                }
            }
        }
    }
}
