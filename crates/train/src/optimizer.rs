//! AdamW over the flat array of all parameters.

use model::{Layout, ParameterKind};

/// Which learning rate and weight decay each parameter has.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// Ranges of the flat array, with the multiple of the learning rate and the weight decay.
    ranges: Vec<(std::ops::Range<usize>, f32, f32)>,
}

impl Groups {
    /// Matrices of linear layers decay by `weight_decay`; norms, biases and embeddings do not.
    /// Relative attention biases learn `bias_rate` times as fast.
    pub fn new(layout: &Layout, weight_decay: f32, bias_rate: f32) -> Self {
        let ranges = layout.parameters.iter().map(|parameter| {
            let (rate, decay) = match parameter.kind {
                ParameterKind::Matrix => (1.0, weight_decay),
                ParameterKind::RelativeBias => (bias_rate, 0.0),
                ParameterKind::Embedding | ParameterKind::Vector => (1.0, 0.0),
            };
            (parameter.range.clone(), rate, decay)
        });
        Self { ranges: ranges.collect() }
    }
}

/// AdamW (Loshchilov 2019): Adam with decoupled weight decay.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW {
    /// Moving mean of the gradient.
    pub first: Vec<f32>,
    /// Moving mean of its square.
    pub second: Vec<f32>,
    /// Steps done.
    pub steps: u64,
    betas: (f32, f32),
}

/// Keeps the denominator from zero, as in PyTorch.
const EPSILON: f32 = 1e-8;

impl AdamW {
    /// An optimiser for `count` parameters.
    pub fn new(count: usize, betas: (f32, f32)) -> Self {
        Self { first: vec![0.0; count], second: vec![0.0; count], steps: 0, betas }
    }

    /// One step: the gradient is scaled so that the norm of all of it together is at most `clip`
    /// (0 for no limit), then moves the parameters. Returns the norm before clipping.
    pub fn step(
        &mut self,
        values: &mut [f32],
        gradient: &[f32],
        groups: &Groups,
        learning_rate: f32,
        clip: f32,
    ) -> f32 {
        let norm = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt() as f32;
        let scale = if clip > 0.0 && norm > clip { clip / norm } else { 1.0 };
        self.steps += 1;
        let (beta1, beta2) = self.betas;
        let correction = |beta: f32| (1.0 - f64::from(beta).powf(self.steps as f64)) as f32;
        let (correction1, correction2) = (correction(beta1), correction(beta2).sqrt());
        for (range, multiple, decay) in &groups.ranges {
            let rate = learning_rate * multiple;
            let values = &mut values[range.clone()];
            let moments = self.first[range.clone()].iter_mut().zip(&mut self.second[range.clone()]);
            for ((value, gradient), (first, second)) in
                values.iter_mut().zip(&gradient[range.clone()]).zip(moments)
            {
                let gradient = gradient * scale;
                *first = beta1 * *first + (1.0 - beta1) * gradient;
                *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
                let denominator = second.sqrt() / correction2 + EPSILON;
                *value -= rate * (*first / correction1 / denominator + decay * *value);
            }
        }
        norm
    }
}

#[cfg(test)]
mod tests {
    use model::{EncoderConfig, Parameter, Positions, StageConditioning};

    use super::*;

    fn layout() -> Layout {
        let parameter = |name: &str, kind, shape: Vec<usize>, range| Parameter {
            name: name.into(),
            kind,
            shape,
            range,
        };
        let relative = "layers.0.attention.bias.relative";
        Layout {
            parameters: vec![
                parameter("head.weight", ParameterKind::Matrix, vec![1, 2], 0..2),
                parameter("head.bias", ParameterKind::Vector, vec![1], 2..3),
                parameter(relative, ParameterKind::RelativeBias, vec![1, 1], 3..4),
            ],
        }
    }

    /// What decays of an encoder with every table there is.
    #[test]
    fn tables_are_spared_weight_decay() {
        let stage = StageConditioning::Embedding { stages: 3, width: 4, visible: vec![] };
        let learned = Positions::Learned { cells: 8 };
        let cpu = model::device("cpu").expect("a processor");
        let decaying = |positions| {
            let (width, heads, layers, feed_forward) = (8, 2, 1, 8);
            let (stage, base) = (stage.clone(), EncoderConfig::default());
            let config =
                EncoderConfig { width, heads, layers, feed_forward, positions, stage, ..base };
            let encoder = model::Encoder::new(&config, 1, &cpu).expect("valid");
            let layout = encoder.parameters().layout;
            let groups = Groups::new(&layout, 0.5, 10.0);
            let names = layout.parameters.into_iter().map(|parameter| parameter.name);
            names
                .zip(groups.ranges)
                .filter(|(_, (_, _, decay))| *decay > 0.0)
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        };
        let matrices = [
            "condition.weight",
            "melody.weight",
            "stage.projection.weight",
            "layers.0.attention.queries_keys_values.weight",
            "layers.0.attention.output.weight",
            "layers.0.inner.weight",
            "layers.0.outer.weight",
            "head.weight",
        ];
        assert_eq!(decaying(learned), matrices);
        assert_eq!(decaying(Positions::Relative { reach: 4 }), matrices);
    }

    #[test]
    fn the_first_step_is_the_learning_rate_against_the_sign_of_the_gradient() {
        let groups = Groups::new(&layout(), 0.0, 10.0);
        let mut optimizer = AdamW::new(4, (0.9, 0.999));
        let mut values = [0.0; 4];
        optimizer.step(&mut values, &[3.0, -0.5, 1.0, 2.0], &groups, 0.1, 0.0);
        for (value, expected) in values.iter().zip([-0.1, 0.1, -0.1, -1.0]) {
            assert!((value - expected).abs() < 1e-5, "{values:?}");
        }
    }

    #[test]
    fn only_matrices_decay() {
        let groups = Groups::new(&layout(), 0.5, 1.0);
        let mut optimizer = AdamW::new(4, (0.9, 0.999));
        let mut values = [1.0; 4];
        optimizer.step(&mut values, &[0.0; 4], &groups, 0.1, 0.0);
        assert_eq!(values, [0.95, 0.95, 1.0, 1.0]);
    }

    #[test]
    fn clipping_limits_the_norm_of_all_parameters_together() {
        let groups = Groups::new(&layout(), 0.0, 1.0);
        let mut optimizer = AdamW::new(4, (0.0, 0.999));
        let norm = optimizer.step(&mut [0.0; 4], &[3.0, 0.0, 4.0, 0.0], &groups, 0.1, 1.0);
        assert_eq!(norm, 5.0);
        assert!((optimizer.first[0] - 0.6).abs() < 1e-6 && (optimizer.first[2] - 0.8).abs() < 1e-6);
    }

    /// Three steps computed by hand from the formulas of the paper (β₁ 0.9, β₂ 0.99).
    #[test]
    fn moments_are_corrected_for_their_start() {
        let groups = Groups::new(&layout(), 0.0, 1.0);
        let mut optimizer = AdamW::new(4, (0.9, 0.99));
        let mut values = [1.0f32; 4];
        let (mut first, mut second, mut expected) = (0.0f64, 0.0f64, 1.0f64);
        for (t, gradient) in [0.5f64, -1.0, 0.25].into_iter().enumerate() {
            optimizer.step(&mut values, &[gradient as f32; 4], &groups, 0.01, 0.0);
            first = 0.9 * first + 0.1 * gradient;
            second = 0.99 * second + 0.01 * gradient * gradient;
            let power = t as i32 + 1;
            let mean = first / (1.0 - 0.9f64.powi(power));
            let square = second / (1.0 - 0.99f64.powi(power));
            expected -= 0.01 * mean / (square.sqrt() + 1e-8);
        }
        assert!((f64::from(values[0]) - expected).abs() < 1e-6, "{values:?} {expected}");
    }
}
