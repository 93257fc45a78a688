//! What a run learned and lost again, stage by stage.
//!
//! Lopez-Paz and Ranzato 2017 (GEM, arXiv 1706.08840) train on T tasks one after the other and
//! write R\[i,j\] for the accuracy on task j after task i. Here the stages of a curriculum are the
//! tasks, measured by probes that show more and more, and a run is measured more often than once
//! a stage: so each stage j has the evaluation at which it **had just been learned**, the last one
//! during which training showed about as much as the probe does ([`learned`]). Where training
//! shows the same all along no stage follows another, and there is no transfer to speak of.
//!
//! b_j, what an untrained model does, is measured of the run's own initial weights, which follow
//! from its configuration and seed, and never taken from the first evaluation, at which the model
//! has learned already.

use curriculum::Probe;
use grid::Split;
use grid::corpus::Corpus;
use model::{ConfigError, Device, Encoder};
use serde::{Deserialize, Serialize};
use train::{Figures, RunConfig, SongSet, ValidationReport, Validator};

/// R\[i,j\]: a figure on stage j at evaluation i; more is better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageMatrix {
    /// The step of each evaluation.
    pub steps: Vec<u64>,
    /// The name of each stage's probe, from the first to the last stage.
    pub stages: Vec<String>,
    /// `[evaluations][stages]`; `None` where a stage was not measured.
    pub values: Vec<Vec<Option<f64>>>,
    /// b_j: the figure of the untrained model on each stage, where it was measured.
    pub untrained: Option<Vec<f64>>,
}

/// Which figure is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageFigure {
    /// Share of right tokens.
    Accuracy,
    /// Share of right roots.
    RootAccuracy,
    /// Mean log-likelihood in nats: the negative loss, so that more is better.
    LogLikelihood,
}

impl StageFigure {
    /// Its value for what was measured.
    pub fn of(self, measured: &train::Measured) -> f64 {
        match self {
            Self::Accuracy => measured.accuracy(),
            Self::RootAccuracy => measured.root_accuracy(),
            Self::LogLikelihood => -measured.loss(),
        }
    }
}

/// How learning one stage helps or harms the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// BWT = 1/(T−1) Σ_{j<T} (R\[T,j\] − R\[j,j\]) (Lopez-Paz 2017): below 0, later stages make
    /// earlier ones worse. `None` for fewer than two stages.
    pub backward: Option<f64>,
    /// FWT = 1/(T−1) Σ_{j>1} (R\[j−1,j\] − b_j) (Lopez-Paz 2017): above 0, earlier stages prepare
    /// later ones. `None` without b.
    pub forward: Option<f64>,
}

/// What was lost of one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forgotten {
    /// The stage.
    pub stage: String,
    /// f_j = max_{l<T} R\[l,j\] − R\[T,j\] (Chaudhry 2018, arXiv 1801.10112) over the evaluations l
    /// before the last one T: below 0 where the stage is still getting better.
    pub forgetting: f64,
    /// The step of the best evaluation.
    pub best_step: u64,
}

impl StageMatrix {
    /// The matrix of a run's validations over the probes `stages`, in their order.
    pub fn new(validations: &[ValidationReport], stages: &[String], figure: StageFigure) -> Self {
        let values = validations.iter().map(|report| {
            let value = |stage: &String| {
                let probe = report.validation.iter().find(|figures| figures.probe == *stage)?;
                Some(figure.of(&probe.all))
            };
            stages.iter().map(value).collect()
        });
        Self {
            steps: validations.iter().map(|report| report.step).collect(),
            stages: stages.to_vec(),
            values: values.collect(),
            untrained: None,
        }
    }

    /// With what the untrained model does on each stage as b: see [`untrained`].
    #[must_use]
    pub fn with_untrained(mut self, untrained: &[Figures], figure: StageFigure) -> Self {
        let value = |stage: &String| {
            let probe = untrained.iter().find(|figures| figures.probe == *stage)?;
            Some(figure.of(&probe.all))
        };
        self.untrained = self.stages.iter().map(value).collect();
        self
    }

    /// f_j of every stage that was measured at least twice, the last time included.
    pub fn forgotten(&self) -> Vec<Forgotten> {
        let Some((last, before)) = self.values.split_last() else { return Vec::new() };
        let forgotten = |(index, stage): (usize, &String)| {
            let at = |values: &Vec<Option<f64>>| values.get(index).copied().flatten();
            let evaluations = before.iter().zip(&self.steps);
            let (best, best_step) = evaluations
                .filter_map(|(values, step)| Some((at(values)?, *step)))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
            Some(Forgotten { stage: stage.clone(), forgetting: best - at(last)?, best_step })
        };
        self.stages.iter().enumerate().filter_map(forgotten).collect()
    }

    /// BWT and FWT, where stage j had just been learned at the evaluation `learned[j]`; `None`
    /// where a value that they need is missing.
    pub fn transfer(&self, learned: &[usize]) -> Option<Transfer> {
        if learned.len() != self.stages.len() {
            return None;
        }
        let value = |evaluation: usize, stage: usize| {
            self.values.get(evaluation)?.get(stage).copied().flatten()
        };
        let stages = self.stages.len();
        let last = self.values.len().checked_sub(1)?;
        let mean = |differences: Vec<f64>| {
            (!differences.is_empty())
                .then(|| differences.iter().sum::<f64>() / differences.len() as f64)
        };
        let backward: Option<Vec<f64>> = (0..stages.saturating_sub(1))
            .map(|stage| Some(value(last, stage)? - value(learned[stage], stage)?))
            .collect();
        let forward = self.untrained.as_ref().map(|untrained| -> Option<Vec<f64>> {
            (1..stages)
                .map(|stage| Some(value(learned[stage - 1], stage)? - untrained.get(stage)?))
                .collect()
        });
        Some(Transfer {
            backward: mean(backward?),
            forward: match forward {
                Some(differences) => mean(differences?),
                None => None,
            },
        })
    }
}

/// What the model of a run does on its validation pieces before its first step: measured of the
/// initial weights that follow from its configuration and seed.
///
/// # Errors
/// If the configuration is none an encoder can have.
pub fn untrained(
    config: &RunConfig,
    corpus: &Corpus,
    probes: &[Probe],
    device: &Device,
) -> Result<Vec<Figures>, ConfigError> {
    let encoder = Encoder::new(&config.model, config.seed, device)?;
    let songs = SongSet::new(corpus, Split::Validation, &config.data);
    let mask_seed = config.validation.mask_seed;
    let validator = Validator::new(&songs, probes, config.data.window, mask_seed, None);
    Ok(validator.measure(&encoder))
}

/// For each evaluation, the mean share of cells (0 to 1) that training showed since the one before
/// it: `steps` are a run's steps with the share that each of them showed. 0 where none lies
/// between.
pub fn shown_before(evaluations: &[u64], steps: &[(u64, f64)]) -> Vec<f64> {
    let mut from = 0;
    let shown = |to: &u64| {
        let between = steps.iter().filter(|(step, _)| from < *step && step <= to);
        let (sum, count) =
            between.fold((0.0, 0), |(sum, count), (_, share)| (sum + share, count + 1));
        from = *to;
        if count > 0 { sum / f64::from(count) } else { 0.0 }
    };
    evaluations.iter().map(shown).collect()
}

/// A mean share of visible cells has to change by this much for stages to follow one another.
const SEQUENCE: f64 = 0.1;

/// At which evaluation each stage had just been learned.
///
/// `trained` holds, for each evaluation, the mean share of cells (0 to 1) that training showed
/// since the one before; `stages` the share that each stage's probe shows. A stage is learned at
/// the last of the evaluations whose share was nearest to its own. `None` if training showed about
/// the same all along.
pub fn learned(trained: &[f64], stages: &[f64]) -> Option<Vec<usize>> {
    let highest = trained.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = trained.iter().copied().fold(f64::INFINITY, f64::min);
    if highest - lowest < SEQUENCE {
        return None;
    }
    let nearest = |stage: &f64| {
        let distance = |trained: &f64| (trained - stage).abs();
        let by_distance = trained.iter().map(distance).enumerate();
        // The last of equally near ones.
        by_distance.min_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(index, _)| index)
    };
    stages.iter().map(nearest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: u64, accuracy: f64, loss: f64) -> ValidationReport {
        let all = train::Measured {
            cells: 1000,
            right: (1000.0 * accuracy) as u64,
            surprise: 1000.0 * loss,
            ..train::Measured::default()
        };
        let figures = train::Figures {
            probe: "cells-0".to_owned(),
            all,
            sources: std::collections::BTreeMap::new(),
            accuracy_interval: (accuracy, accuracy),
            loss_interval: (loss, loss),
        };
        ValidationReport {
            step,
            epoch: 0,
            validation: vec![figures],
            training: vec![],
            seconds: 0.0,
        }
    }

    fn matrix(values: &[&[f64]], untrained: Option<&[f64]>) -> StageMatrix {
        StageMatrix {
            steps: (1..=values.len() as u64).map(|index| 100 * index).collect(),
            stages: (0..values[0].len()).map(|stage| format!("cells-{stage}")).collect(),
            values: values.iter().map(|row| row.iter().copied().map(Some).collect()).collect(),
            untrained: untrained.map(<[f64]>::to_vec),
        }
    }

    #[test]
    fn transfer_by_hand() {
        let matrix =
            matrix(&[&[0.6, 0.3, 0.2], &[0.5, 0.7, 0.4], &[0.4, 0.6, 0.9]], Some(&[0.1, 0.1, 0.1]));
        let transfer = matrix.transfer(&[0, 1, 2]).expect("all values");
        // ((0.4 − 0.6) + (0.6 − 0.7)) / 2 and ((0.3 − 0.1) + (0.4 − 0.1)) / 2.
        assert!((transfer.backward.expect("stages") + 0.15).abs() < 1e-12);
        assert!((transfer.forward.expect("b") - 0.25).abs() < 1e-12);
    }

    #[test]
    fn a_run_is_measured_more_often_than_its_stages() {
        let matrix = matrix(&[&[0.4, 0.1], &[0.6, 0.2], &[0.6, 0.7], &[0.5, 0.8]], None);
        let transfer = matrix.transfer(&[1, 3]).expect("all values");
        assert!((transfer.backward.expect("stages") + 0.1).abs() < 1e-12);
        assert_eq!(transfer.forward, None, "b was not measured");
        assert_eq!(matrix.transfer(&[1]), None, "one evaluation for each stage");
    }

    #[test]
    fn forgetting_is_the_fall_from_the_best() {
        let forgotten = matrix(&[&[0.6, 0.3], &[0.6, 0.7], &[0.4, 0.8]], None).forgotten();
        assert!((forgotten[0].forgetting - 0.2).abs() < 1e-12);
        assert_eq!(forgotten[0].best_step, 100, "the first of equals");
        assert!((forgotten[1].forgetting + 0.1).abs() < 1e-12, "still getting better");
        assert_eq!(matrix(&[&[0.6]], None).forgotten(), []);
    }

    #[test]
    fn the_matrix_of_a_history_holds_its_probes() {
        let history = [report(100, 0.4, 1.8), report(200, 0.5, 1.5)];
        let stages = ["cells-0".to_owned(), "cells-50".to_owned()];
        let matrix = StageMatrix::new(&history, &stages, StageFigure::Accuracy);
        assert_eq!(matrix.steps, [100, 200]);
        assert_eq!(matrix.values, [[Some(0.4), None], [Some(0.5), None]]);
        let likelihood = StageMatrix::new(&history, &stages[..1], StageFigure::LogLikelihood);
        assert_eq!(likelihood.values[1], [Some(-1.5)]);
        let untrained = report(0, 0.1, 5.0).validation;
        let one = likelihood.with_untrained(&untrained, StageFigure::LogLikelihood);
        assert_eq!(one.untrained, Some(vec![-5.0]));
        let both = matrix.with_untrained(&untrained, StageFigure::Accuracy);
        assert_eq!(both.untrained, None, "the second stage was not measured");
    }

    #[test]
    fn what_was_shown_is_averaged_between_evaluations() {
        let steps = [(1, 0.0), (2, 0.2), (3, 0.4), (4, 0.6), (5, 0.9)];
        let shown = shown_before(&[2, 4, 4], &steps);
        assert_eq!(shown, [0.1, 0.5, 0.0]);
    }

    #[test]
    fn a_stage_is_learned_when_training_last_showed_as_much() {
        let trained = [0.0, 0.02, 0.2, 0.27, 0.55, 0.8, 0.9];
        assert_eq!(learned(&trained, &[0.0, 0.25, 0.5, 0.75]), Some(vec![0, 3, 4, 5]));
        let mixed = [0.34, 0.36, 0.35];
        assert_eq!(learned(&mixed, &[0.0, 0.5]), None);
        assert_eq!(learned(&[], &[0.0]), None);
        assert_eq!(learned(&[0.0, 0.0, 0.5], &[0.0]), Some(vec![1]), "the last of equals");
    }
}
