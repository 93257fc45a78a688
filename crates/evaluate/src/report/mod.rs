//! What there is to say about a generated corpus: per piece and in aggregate.

mod compare;
mod summary;

pub use compare::{CompareError, Difference, SystemComparison, compare};
pub use summary::{
    ConstraintSummary, CopySummary, MeasureSummary, MetricSummary, ProgressionSummary,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::agreement::{Rule, agreement};
use crate::constraints::{Satisfaction, satisfaction};
use crate::reference::ReferenceError;
use crate::{
    Bootstrap, Convention, Copied, Metric, Pair, RhythmError, TrainingProgressions, Values,
    rhythm_error,
};

/// How to evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Whose habits the metrics follow.
    pub convention: Convention,
    /// How intervals are drawn.
    pub bootstrap: Bootstrap,
    /// How many chords make one progression.
    pub progression: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { convention: Convention::default(), bootstrap: Bootstrap::default(), progression: 4 }
    }
}

/// The evaluation of one pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PieceReport {
    /// What it is called.
    pub name: String,
    /// The metrics of what was generated.
    pub generated: Values<Metric>,
    /// The metrics of what a person wrote.
    pub reference: Values<Metric>,
    /// How far the chords agree.
    pub agreement: Values<Rule>,
    /// How far the harmonic rhythm is off.
    pub rhythm: Values<RhythmError>,
    /// What was asked and kept, where something was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Satisfaction>,
    /// The longest progression that the training corpus holds too, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copied: Option<Copied>,
}

impl PieceReport {
    /// |generated − reference| of `metric`, where both are defined.
    pub fn error(&self, metric: Metric) -> Option<f64> {
        Some((self.generated.get(metric)? - self.reference.get(metric)?).abs())
    }
}

/// The evaluation of a corpus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// How it was made.
    pub settings: Settings,
    /// The metrics over all pieces.
    pub metrics: Vec<MetricSummary>,
    /// The agreement of chords over all pieces.
    pub agreement: Vec<MeasureSummary>,
    /// The errors in harmonic rhythm over all pieces.
    pub rhythm: Vec<MeasureSummary>,
    /// What was asked and kept over all pieces, where something was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<ConstraintSummary>,
    /// How many different progressions each side holds.
    pub progressions: ProgressionSummary,
    /// What was copied from the training corpus, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<CopySummary>,
    /// Each pair.
    pub pieces: Vec<PieceReport>,
}

/// Why a corpus could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{piece}: {problem}")]
pub struct EvaluateError {
    /// Which piece.
    pub piece: String,
    /// What is wrong with it.
    #[source]
    pub problem: ReferenceError,
}

impl Report {
    /// Evaluates `pairs`; `training` is what the generating model has seen, if it is known.
    ///
    /// # Errors
    /// If a piece cannot be measured under the convention.
    pub fn new(
        pairs: &[Pair],
        settings: Settings,
        training: Option<&TrainingProgressions>,
    ) -> Result<Self, EvaluateError> {
        let pieces = pairs
            .iter()
            .map(|pair| evaluate(pair, settings.convention, training))
            .collect::<Result<Vec<PieceReport>, EvaluateError>>()?;
        Ok(summary::summarize(pairs, pieces, settings))
    }
}

fn evaluate(
    pair: &Pair,
    convention: Convention,
    training: Option<&TrainingProgressions>,
) -> Result<PieceReport, EvaluateError> {
    let failed = |problem| EvaluateError { piece: pair.name.clone(), problem };
    let (generated, reference) = (&pair.generated.harmonization, &pair.reference.harmonization);
    Ok(PieceReport {
        name: pair.name.clone(),
        generated: pair.generated.measure(convention).map_err(failed)?,
        reference: pair.reference.measure(convention).map_err(failed)?,
        agreement: agreement(reference, generated),
        rhythm: rhythm_error(generated, reference),
        constraints: (!pair.constraints.is_empty())
            .then(|| satisfaction(generated, reference, &pair.constraints)),
        copied: training.map(|training| training.longest_copy(generated)),
    })
}

#[cfg(test)]
pub(crate) mod tests;
