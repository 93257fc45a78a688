//! One optimiser step after another.

use burn::tensor::Tensor;
use model::{ConfigError, Device, Dropout, Encoder};

use crate::ema::{self, Average};
use crate::loss::PartLoss;
use crate::prepared::PreparedBatch;
use crate::state::{Place, State};
use crate::{AdamW, Groups, Loss, RunConfig, Targets};

/// An encoder with all that moves when it learns.
#[derive(Debug)]
pub struct Learner<'a> {
    config: &'a RunConfig,
    encoder: Encoder,
    groups: Groups,
    state: State,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learned {
    /// Mean cross-entropy of the target cells, in nats.
    pub loss: f64,
    /// What was minimised.
    pub objective: f64,
    /// The learning rate.
    pub learning_rate: f32,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f32,
}

impl Learned {
    fn is_finite(&self) -> bool {
        self.loss.is_finite() && self.objective.is_finite() && self.gradient_norm.is_finite()
    }
}

impl<'a> Learner<'a> {
    /// One that knows nothing yet, its weights drawn from the configuration's seed.
    ///
    /// # Errors
    /// If the configuration is none an encoder can have, or the device has no products of its
    /// precision.
    pub fn new(config: &'a RunConfig, device: &Device) -> Result<Self, ConfigError> {
        let optimization = &config.optimization;
        let encoder = Encoder::new(&config.model, config.seed, &device.clone().autodiff())?
            .with_precision(optimization.precision)?;
        let parameters = encoder.parameters();
        let groups =
            Groups::new(&parameters.layout, optimization.weight_decay, optimization.bias_rate);
        let average = if optimization.ema > 0.0 { parameters.values.clone() } else { Vec::new() };
        let optimizer = AdamW::new(parameters.values.len(), optimization.betas);
        let values = parameters.values;
        let state = State { place: Place::default(), average, values, optimizer };
        Ok(Self { config, encoder, groups, state })
    }

    /// The encoder with the weights as they are.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The weights and all that moves with them.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Where the run stands.
    pub(crate) fn place_mut(&mut self) -> &mut Place {
        &mut self.state.place
    }

    /// Goes on from a state of the same encoder.
    pub(crate) fn go_on_from(&mut self, state: State) {
        self.state = state;
        self.put_values();
    }

    /// One step of the optimiser; `None` if the loss or the gradient is not finite, and the weights
    /// are not to be used any more.
    pub fn step(&mut self, batch: &PreparedBatch) -> Option<Learned> {
        // On a thread of the pool, which hands work on without waking another one for each part.
        rayon::scope(|_| self.step_in_pool(batch))
    }

    fn step_in_pool(&mut self, batch: &PreparedBatch) -> Option<Learned> {
        let Differentiated { objective, surprise, gradient } = self.differentiate(batch);
        let optimization = &self.config.optimization;
        let place = &mut self.state.place;
        let learning_rate = optimization.learning_rate.at(place.step, optimization.steps);
        let mut learned = Learned {
            loss: surprise / batch.targets.max(1) as f64,
            objective,
            learning_rate,
            gradient_norm: 0.0,
        };
        if !learned.is_finite() {
            return None;
        }
        let average = (optimization.ema > 0.0).then(|| Average {
            values: &mut self.state.average,
            share: ema::share(optimization.ema, place.step),
        });
        learned.gradient_norm = self.state.optimizer.step(
            &mut self.state.values,
            average,
            &gradient,
            &self.groups,
            learning_rate,
            optimization.clip,
        );
        place.step += 1;
        self.put_values();
        learned.is_finite().then_some(learned)
    }

    fn put_values(&mut self) {
        self.encoder = self.encoder.clone().with_values(&self.state.values);
    }

    /// Loss and gradient of a batch, part by part.
    pub(crate) fn differentiate(&self, batch: &PreparedBatch) -> Differentiated {
        let mut parts = batch.parts.iter().map(|part| self.differentiate_part(part));
        let Some(mut whole) = parts.next() else {
            let gradient = vec![0.0; self.state.values.len()];
            return Differentiated { objective: 0.0, surprise: 0.0, gradient };
        };
        for part in parts {
            whole.objective += part.objective;
            whole.surprise += part.surprise;
            whole.gradient.iter_mut().zip(part.gradient).for_each(|(sum, part)| *sum += part);
        }
        whole
    }

    fn differentiate_part(&self, (batch, targets): &(model::Batch, Targets)) -> Differentiated {
        let dropout = Dropout::training(&self.config.model);
        let smoothing = Loss { label_smoothing: self.config.optimization.label_smoothing };
        let PartLoss { objective, surprise } =
            smoothing.forward(&self.encoder, batch, targets, &dropout);
        let mut gradients = objective.backward();
        Differentiated {
            objective: scalar(objective),
            surprise: scalar(surprise),
            gradient: self.encoder.gradients(&mut gradients),
        }
    }
}

/// What a batch or a part of it comes to.
pub(crate) struct Differentiated {
    /// What is minimised.
    pub(crate) objective: f64,
    /// The sum of the plain cross-entropies of the targets.
    pub(crate) surprise: f64,
    /// The gradient of the objective.
    pub(crate) gradient: Vec<f32>,
}

/// The number of a scalar tensor; not a number if it cannot be had.
fn scalar(tensor: Tensor<1>) -> f64 {
    let data = tensor.into_data().convert::<f32>();
    let value = data.as_slice::<f32>().ok().and_then(|values| values.first().copied());
    value.map_or(f64::NAN, f64::from)
}

#[cfg(test)]
mod tests {
    use model::{EncoderConfig, Precision};

    use super::*;
    use crate::speed::synthetic_batch;
    use crate::{Data, LearningRate, Optimization};

    /// Loss at each of some steps on the same batch.
    fn losses(precision: Precision) -> Vec<f64> {
        let (width, heads, layers, feed_forward) = (32, 4, 2, 64);
        let model = EncoderConfig { width, heads, layers, feed_forward, ..Default::default() };
        let data = Data { window: 16, ..Data::default() };
        let learning_rate = LearningRate { peak: 5e-3, warmup: 0.0, ..LearningRate::default() };
        let (batch, base) = (8, Optimization::default());
        let optimization = Optimization { batch, precision, learning_rate, ..base };
        let config = RunConfig { model, data, optimization, ..RunConfig::default() };
        let device = model::device("cpu").expect("a processor");
        let mut learner = Learner::new(&config, &device).expect("a learner");
        let batch = synthetic_batch(&config);
        (0..40).map(|_| learner.step(&batch).expect("a finite loss").loss).collect()
    }

    #[test]
    fn products_of_bfloat16_learn_what_those_of_f32_learn() {
        let (exact, rounded) = (losses(Precision::Single), losses(Precision::BFloat16));
        assert_ne!(exact, rounded);
        assert!(exact[39] < 0.8 * exact[0], "{exact:?}");
        for (exact, rounded) in exact.iter().zip(&rounded) {
            assert!((exact - rounded).abs() < 0.02 * exact, "{exact} and {rounded}");
        }
    }
}
