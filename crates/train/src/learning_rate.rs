//! The learning rate over training.

use serde::{Deserialize, Serialize};

/// Linear warm-up to the peak, then constant or down a cosine to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LearningRate {
    /// The highest rate.
    pub peak: f32,
    /// Share of all steps spent warming up.
    pub warmup: f32,
    /// What follows the warm-up.
    pub decay: Decay,
}

/// What follows the warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decay {
    /// The peak until the end.
    Constant,
    /// Down half a cosine to zero (Loshchilov 2017).
    Cosine,
}

impl Default for LearningRate {
    fn default() -> Self {
        Self { peak: 1e-3, warmup: 0.05, decay: Decay::Cosine }
    }
}

impl LearningRate {
    /// The rate of step `step` (from 0) of `steps`.
    pub fn at(self, step: u64, steps: u64) -> f32 {
        let warmup = (f64::from(self.warmup) * steps as f64).round().max(1.0);
        let step = step as f64;
        if step < warmup {
            return (f64::from(self.peak) * (step + 1.0) / warmup) as f32;
        }
        match self.decay {
            Decay::Constant => self.peak,
            Decay::Cosine => {
                let progress = (step - warmup) / (steps as f64 - warmup).max(1.0);
                (f64::from(self.peak) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()))
                    as f32
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rises_to_the_peak_and_falls_to_nothing() {
        let rate = LearningRate { peak: 1.0, warmup: 0.1, decay: Decay::Cosine };
        assert_eq!(rate.at(0, 100), 0.1);
        assert_eq!(rate.at(9, 100), 1.0);
        assert_eq!(rate.at(10, 100), 1.0);
        assert!((rate.at(55, 100) - 0.5).abs() < 1e-6);
        assert!(rate.at(99, 100) < 1e-3);
    }

    #[test]
    fn a_constant_rate_stays() {
        let rate = LearningRate { peak: 0.5, warmup: 0.0, decay: Decay::Constant };
        assert_eq!(rate.at(1, 100), 0.5);
        assert_eq!(rate.at(99, 100), 0.5);
    }
}
