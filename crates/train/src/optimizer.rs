//! AdamW over the flat array of all parameters.
//!
//! One pass in parallel moves moments, weights and their average. It goes chunk by chunk, and
//! sums are taken over chunks of the same size in their order, so that the number of threads does
//! not change a bit of the result.

use model::{Layout, ParameterKind};
use multiversion::multiversion;
use rayon::prelude::*;

use crate::ema::Average;

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
    /// (0 for no limit), then moves the parameters, and these their average, if one is kept.
    /// Returns the norm before clipping.
    pub(crate) fn step(
        &mut self,
        values: &mut [f32],
        average: Option<Average>,
        gradient: &[f32],
        groups: &Groups,
        learning_rate: f32,
        clip: f32,
    ) -> f32 {
        let squares: Vec<f64> = gradient.par_chunks(CHUNK).map(sum_of_squares).collect();
        let norm = squares.iter().sum::<f64>().sqrt() as f32;
        self.steps += 1;
        let correction = |beta: f32| (1.0 - f64::from(beta).powf(self.steps as f64)) as f32;
        let step = Step {
            betas: self.betas,
            corrections: (correction(self.betas.0), correction(self.betas.1).sqrt()),
            scale: if clip > 0.0 && norm > clip { clip / norm } else { 1.0 },
            share: average.as_ref().map_or(0.0, |average| average.share),
        };
        let averages: Vec<&mut [f32]> = match average {
            Some(average) => average.values.chunks_mut(CHUNK).collect(),
            None => gradient.chunks(CHUNK).map(|_| Default::default()).collect(),
        };
        values
            .par_chunks_mut(CHUNK)
            .zip(gradient.par_chunks(CHUNK))
            .zip(self.first.par_chunks_mut(CHUNK).zip(self.second.par_chunks_mut(CHUNK)))
            .zip(averages)
            .enumerate()
            .for_each(|(chunk, (((values, gradient), (first, second)), average))| {
                let mut numbers = Numbers { values, gradient, first, second, average };
                for (part, multiple, decay) in groups.of_chunk(chunk) {
                    apply(step, numbers.part(part), learning_rate * multiple, decay);
                }
            });
        norm
    }
}

/// Numbers that a thread moves at once.
const CHUNK: usize = 1 << 14;

impl Groups {
    /// The groups of a chunk, with their place in it.
    fn of_chunk(
        &self,
        chunk: usize,
    ) -> impl Iterator<Item = (std::ops::Range<usize>, f32, f32)> + '_ {
        let (start, end) = (chunk * CHUNK, (chunk + 1) * CHUNK);
        let first = self.ranges.partition_point(|(range, ..)| range.end <= start);
        self.ranges[first..].iter().take_while(move |(range, ..)| range.start < end).map(
            move |(range, multiple, decay)| {
                let part = range.start.max(start) - start..range.end.min(end) - start;
                (part, *multiple, *decay)
            },
        )
    }
}

/// What a step does to every number alike.
#[derive(Clone, Copy)]
struct Step {
    betas: (f32, f32),
    /// 1 − β₁ᵗ and √(1 − β₂ᵗ).
    corrections: (f32, f32),
    /// By which the gradient is clipped.
    scale: f32,
    /// By which the average moves.
    share: f32,
}

/// Some weights with all that belongs to them.
struct Numbers<'a> {
    values: &'a mut [f32],
    gradient: &'a [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    /// Empty where no average is kept.
    average: &'a mut [f32],
}

impl Numbers<'_> {
    fn part(&mut self, range: std::ops::Range<usize>) -> Numbers<'_> {
        Numbers {
            values: &mut self.values[range.clone()],
            gradient: &self.gradient[range.clone()],
            first: &mut self.first[range.clone()],
            second: &mut self.second[range.clone()],
            average: self.average.get_mut(range).unwrap_or_default(),
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn apply(step: Step, numbers: Numbers, rate: f32, decay: f32) {
    let (beta1, beta2) = step.betas;
    let (correction1, correction2) = step.corrections;
    let Numbers { values, gradient, first, second, average } = numbers;
    let moments = first.iter_mut().zip(second);
    for ((value, gradient), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
        let gradient = gradient * step.scale;
        *first = beta1 * *first + (1.0 - beta1) * gradient;
        *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
        let denominator = second.sqrt() / correction2 + EPSILON;
        *value -= rate * (*first / correction1 / denominator + decay * *value);
    }
    for (average, value) in average.iter_mut().zip(values) {
        *average += step.share * (*value - *average);
    }
}

/// In several sums side by side, so that they can be vectors.
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl", "x86_64+avx2+fma"))]
fn sum_of_squares(values: &[f32]) -> f64 {
    let square = |value: f32| f64::from(value) * f64::from(value);
    let (chunks, rest) = values.as_chunks::<16>();
    let mut sums = [0.0; 16];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += square(*value);
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|value| square(*value)).sum::<f64>()
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
            let layout = encoder.layout();
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
        optimizer.step(&mut values, None, &[3.0, -0.5, 1.0, 2.0], &groups, 0.1, 0.0);
        for (value, expected) in values.iter().zip([-0.1, 0.1, -0.1, -1.0]) {
            assert!((value - expected).abs() < 1e-5, "{values:?}");
        }
    }

    #[test]
    fn only_matrices_decay() {
        let groups = Groups::new(&layout(), 0.5, 1.0);
        let mut optimizer = AdamW::new(4, (0.9, 0.999));
        let mut values = [1.0; 4];
        optimizer.step(&mut values, None, &[0.0; 4], &groups, 0.1, 0.0);
        assert_eq!(values, [0.95, 0.95, 1.0, 1.0]);
    }

    #[test]
    fn clipping_limits_the_norm_of_all_parameters_together() {
        let groups = Groups::new(&layout(), 0.0, 1.0);
        let mut optimizer = AdamW::new(4, (0.0, 0.999));
        let norm = optimizer.step(&mut [0.0; 4], None, &[3.0, 0.0, 4.0, 0.0], &groups, 0.1, 1.0);
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
            optimizer.step(&mut values, None, &[gradient as f32; 4], &groups, 0.01, 0.0);
            first = 0.9 * first + 0.1 * gradient;
            second = 0.99 * second + 0.01 * gradient * gradient;
            let power = t as i32 + 1;
            let mean = first / (1.0 - 0.9f64.powi(power));
            let square = second / (1.0 - 0.99f64.powi(power));
            expected -= 0.01 * mean / (square.sqrt() + 1e-8);
        }
        assert!((f64::from(values[0]) - expected).abs() < 1e-6, "{values:?} {expected}");
    }

    #[test]
    fn the_average_follows_the_moved_weights() {
        let groups = Groups::new(&layout(), 0.0, 10.0);
        let mut optimizer = AdamW::new(4, (0.9, 0.999));
        let (mut values, mut average) = ([0.0; 4], [1.0; 4]);
        let moving = Average { values: &mut average, share: 0.25 };
        optimizer.step(&mut values, Some(moving), &[1.0; 4], &groups, 0.1, 0.0);
        for (average, value) in average.iter().zip(values) {
            assert_eq!(*average, 1.0 + 0.25 * (value - 1.0));
        }
    }

    /// Several chunks, and groups that end within them.
    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let count = 3 * CHUNK + 777;
        let parameter = |kind, range| Parameter { name: String::new(), kind, shape: vec![], range };
        let layout = Layout {
            parameters: vec![
                parameter(ParameterKind::Matrix, 0..CHUNK + 5),
                parameter(ParameterKind::Vector, CHUNK + 5..CHUNK + 9),
                parameter(ParameterKind::RelativeBias, CHUNK + 9..count),
            ],
        };
        let groups = Groups::new(&layout, 0.5, 10.0);
        let gradient: Vec<f32> = (0..count).map(|i| (i as f32 * 0.37).sin()).collect();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads").install(|| {
                let mut optimizer = AdamW::new(count, (0.9, 0.999));
                let (mut values, mut average) = (vec![1.0; count], vec![1.0; count]);
                let mut norms = Vec::new();
                for _ in 0..3 {
                    let moving = Average { values: &mut average, share: 0.1 };
                    let values = &mut values;
                    norms.push(optimizer.step(values, Some(moving), &gradient, &groups, 0.01, 1.0));
                }
                (values, average, optimizer, norms)
            })
        };
        let (values, ..) = run(1);
        assert_eq!(run(1), run(3));
        // Matrices decay, the next group does not, and the last one learns faster.
        let moved = |index: usize| (1.0 - values[index]).abs();
        assert!(values[0] < 1.0 && moved(CHUNK + 9) > 5.0 * moved(CHUNK + 5));
        let squares: f64 = gradient.iter().map(|g| f64::from(*g).powi(2)).sum();
        assert!((f64::from(run(2).3[0]) - squares.sqrt()).abs() < 1e-4);
    }
}
