//! What a run of a sweep was measured to be, kept beside its weights.

use std::fs;
use std::path::Path;

use grid::Split;
use serde::{Deserialize, Serialize};

use super::SweepError;
use crate::files::replace;
use crate::reliance::Reliance;
use crate::{Measured, ProbeSums};

/// Which weights of a run are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// Those after the last step: their moving average, where one is kept.
    Last,
    /// Those of the best figure (`validation.best`) among the validations of the run: what it
    /// exports as its model.
    Exported,
}

/// The questions that all runs of a sweep are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// Version of the program.
    pub cantus: String,
    /// SHA-256 of the corpus' cells.
    pub corpus_sha256: String,
    /// The side whose songs are asked about.
    pub split: Split,
    /// The sources asked about; none for all.
    pub sources: Vec<String>,
    /// Cells of a window.
    pub window: usize,
    /// Seed of the frozen masks.
    pub mask_seed: u64,
}

/// Some weights of a run, measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Which weights.
    pub weights: Weights,
    /// The step they come from.
    pub step: u64,
    /// Sums of every song, for each probe.
    pub probes: Vec<ProbeSums>,
    /// What the model goes by with half of the cells visible; `None` with a single song.
    pub reliance: Option<Reliance>,
}

/// All that was measured of a run: the contents of `measured.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// What was asked.
    pub frozen: Frozen,
    /// The measurements, at most one of each kind of weights.
    pub measured: Vec<Measurement>,
}

const FILE: &str = "measured.json";

impl Measurements {
    /// Nothing measured yet.
    pub fn new(frozen: Frozen) -> Self {
        Self { frozen, measured: Vec::new() }
    }

    /// What was measured of the run in `folder`, if it was asked the same questions.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub(super) fn read(folder: &Path, frozen: &Frozen) -> Result<Self, SweepError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self::new(frozen.clone()));
        }
        let problem = |problem: String| SweepError::Measured {
            path: path.clone(),
            problem: format!("{problem}; delete the file to measure the run again"),
        };
        let text = fs::read_to_string(&path).map_err(|error| problem(error.to_string()))?;
        let read: Self = serde_json::from_str(&text).map_err(|error| problem(error.to_string()))?;
        Ok(if read.frozen == *frozen { read } else { Self::new(frozen.clone()) })
    }

    /// Writes the file beside its place, and renames it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<(), SweepError> {
        let path = folder.join(FILE);
        let text = serde_json::to_string(self).map_err(|error| SweepError::Measured {
            path: path.clone(),
            problem: error.to_string(),
        })?;
        Ok(replace(&path, text.as_bytes())?)
    }

    /// The measurement of some weights.
    pub fn of(&self, weights: Weights) -> Option<&Measurement> {
        self.measured.iter().find(|measurement| measurement.weights == weights)
    }
}

impl Measurement {
    /// The sums over all songs of the first probe: nothing visible.
    pub fn headline(&self) -> Measured {
        self.probes.first().map(ProbeSums::all).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen(mask_seed: u64) -> Frozen {
        Frozen {
            cantus: "1".to_owned(),
            corpus_sha256: "ab".to_owned(),
            split: Split::Test,
            sources: Vec::new(),
            window: 64,
            mask_seed,
        }
    }

    #[test]
    fn only_answers_to_the_same_questions_are_taken_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let song = Measured { cells: 4, right: 3, surprise: 0.5, ..Measured::default() };
        let probes = vec![ProbeSums { probe: "cells-0".to_owned(), songs: vec![song; 2] }];
        let measurement = Measurement { weights: Weights::Last, step: 9, probes, reliance: None };
        let written = Measurements { frozen: frozen(1), measured: vec![measurement] };
        written.write(folder.path()).expect("writes");
        let read = |seed| Measurements::read(folder.path(), &frozen(seed)).expect("reads");
        assert_eq!(read(1), written);
        assert_eq!(read(2).measured, []);
        assert_eq!(written.of(Weights::Last).map(|m| m.headline().right), Some(6));
        assert_eq!(written.of(Weights::Exported), None);
    }

    #[test]
    fn a_damaged_file_is_named_with_the_way_out() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(FILE), "{").expect("writes");
        let error = Measurements::read(folder.path(), &frozen(1)).expect_err("damaged").to_string();
        assert!(error.contains("measured.json") && error.contains("delete"), "{error}");
    }
}
