//! When and how the model is measured.

use curriculum::Probe;
use serde::{Deserialize, Serialize};

use crate::Figure;

/// When and how the model is measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Validation {
    /// Steps between two validations, each with a checkpoint.
    pub every: u64,
    /// What is visible when it is measured, by the names of the probes.
    pub probes: Vec<Probe>,
    /// Songs that are asked at most, spread evenly over the set; 0 for all.
    pub pieces: usize,
    /// The figure whose best model is exported.
    pub best: Figure,
    /// Seed of the frozen masks.
    pub mask_seed: u64,
    /// Whether as many training pieces are measured the same way, to tell learning from
    /// memorising.
    pub training_pieces: bool,
    /// Checkpoints kept, the newest.
    pub keep: usize,
}

impl Default for Validation {
    fn default() -> Self {
        Self {
            every: 250,
            probes: Probe::ALL.to_vec(),
            pieces: 500,
            best: Figure::HEADLINE,
            mask_seed: 20_260_101,
            training_pieces: true,
            keep: 2,
        }
    }
}

/// The section as it is written: `visible = [0, 50]` is short for
/// `probes = ["cells-0", "cells-50"]`.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    every: u64,
    probes: Option<Vec<Probe>>,
    visible: Option<Vec<u8>>,
    pieces: usize,
    best: Figure,
    mask_seed: u64,
    training_pieces: bool,
    keep: usize,
}

impl Default for Written {
    fn default() -> Self {
        let Validation { every, pieces, best, mask_seed, training_pieces, keep, .. } =
            Validation::default();
        let (probes, visible) = (None, None);
        Self { every, probes, visible, pieces, best, mask_seed, training_pieces, keep }
    }
}

impl TryFrom<Written> for Validation {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let probes = match (written.probes, written.visible) {
            (Some(_), Some(_)) => {
                return Err("`visible` is short for `probes`; give one of them".to_owned());
            }
            (Some(probes), None) => probes,
            (None, Some(shares)) => {
                if let Some(share) = shares.iter().find(|share| **share > 99) {
                    return Err(format!("visible: {share}%; choose 0 to 99"));
                }
                shares.into_iter().map(Probe::Cells).collect()
            }
            (None, None) => Self::default().probes,
        };
        let Written { every, pieces, best, mask_seed, training_pieces, keep, .. } = written;
        Ok(Self { every, probes, pieces, best, mask_seed, training_pieces, keep })
    }
}

impl Validation {
    /// Songs that are asked at most; `None` for all.
    pub fn most(&self) -> Option<usize> {
        (self.pieces > 0).then_some(self.pieces)
    }

    /// The first setting that is wrong, and what it may be.
    pub(super) fn check(&self) -> Result<(), String> {
        let twice = |(index, probe): (usize, &Probe)| self.probes[..index].contains(probe);
        let rules = [
            (self.every > 0, "validation.every: choose at least 1 step"),
            (
                self.probes.contains(&Probe::Cells(0)),
                "validation.probes: must contain cells-0 (nothing visible), the honest headline",
            ),
            (!self.probes.iter().enumerate().any(twice), "validation.probes: name each once"),
            (self.keep > 0, "validation.keep: choose at least 1"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, message)) => Err(message.to_owned()),
            None => self.check_figure("validation.best", self.best),
        }
    }

    /// Whether a figure that a setting names is measured.
    pub(super) fn check_figure(&self, setting: &str, figure: Figure) -> Result<(), String> {
        if self.probes.contains(&figure.probe) {
            return Ok(());
        }
        let probe = figure.probe;
        Err(format!("{setting}: `{figure}` is not measured; add {probe} to validation.probes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Validation, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn shares_are_short_for_probes() {
        let short = read("visible = [0, 25]").expect("shares");
        assert_eq!(short, read("probes = [\"cells-0\", \"cells-25\"]").expect("names"));
        assert_eq!(read("").expect("the default"), Validation::default());
        for (text, words) in [
            ("visible = [0]\nprobes = [\"cells-0\"]", "give one"),
            ("visible = [100]", "0 to 99"),
            ("probes = [\"bars\"]", "bars-span"),
            ("best = \"cells-0\"", "cells-0 loss"),
            ("seen = 1", "seen"),
        ] {
            let message = read(text).expect_err(text);
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn what_is_named_must_be_measured() {
        for (text, words) in [
            ("probes = [\"cells-50\"]", "must contain cells-0"),
            ("probes = [\"cells-0\", \"cells-0\"]", "each once"),
            ("visible = [0]\nbest = \"bars-span accuracy\"", "add bars-span"),
            ("every = 0", "validation.every"),
        ] {
            let message = read(text).expect("reads").check().expect_err(text);
            assert!(message.contains(words), "{message}");
        }
    }
}
