//! What was measured of every single song.
//!
//! Figures over all songs hide which songs they come from. To compare two runs song by song, or
//! to tell how many songs a difference needs, the sums of each song are kept: one file for each
//! validation, `validations/step-N.json` in the run directory. The log `metrics.jsonl` stays
//! small.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::validation::mean_interval;
use crate::{Figures, Measured, TrainError, TrainingSong};

/// Which song it is: the same in every run on the corpora that hold it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SongName {
    /// The set it comes from.
    pub source: String,
    /// The file within the set.
    pub file: String,
    /// The number of the tune in a tunebook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tune: Option<u32>,
    /// Hash of its family, hexadecimal.
    pub family: String,
}

impl SongName {
    pub(crate) fn of(song: &TrainingSong<'_>) -> Self {
        Self {
            source: song.source.to_owned(),
            file: song.file.to_owned(),
            tune: song.tune,
            family: format!("{:016x}", song.family),
        }
    }
}

/// What was measured of each song with one probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeSums {
    /// Name of the probe.
    pub probe: String,
    /// The sums of each song; no cells where the probe has nothing to ask of it.
    #[serde(with = "columns")]
    pub songs: Vec<Measured>,
}

/// What was measured of each song of one side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SongSums {
    /// The songs.
    pub songs: Vec<SongName>,
    /// Their sums for each probe, in the order of `songs`.
    pub probes: Vec<ProbeSums>,
}

/// A file of `validations/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SongReport {
    /// Steps done.
    pub step: u64,
    /// Validation songs.
    pub validation: SongSums,
    /// Training songs, measured the same way.
    pub training: SongSums,
}

impl SongSums {
    /// The figures over all songs.
    pub fn figures(&self) -> Vec<Figures> {
        self.probes.iter().map(|probe| probe.figures(&self.songs)).collect()
    }
}

impl ProbeSums {
    /// The sums over all songs.
    pub fn all(&self) -> Measured {
        let mut all = Measured::default();
        self.songs.iter().for_each(|song| all.add(song));
        all
    }

    fn figures(&self, names: &[SongName]) -> Figures {
        let mut all = Measured::default();
        let mut sources: BTreeMap<String, Measured> = BTreeMap::new();
        for (song, name) in self.songs.iter().zip(names) {
            all.add(song);
            sources.entry(name.source.clone()).or_default().add(song);
        }
        let interval = |part: fn(&Measured) -> f64| {
            let shares = self.songs.iter().map(|song| (part(song), song.cells as f64));
            mean_interval(&shares.collect::<Vec<_>>())
        };
        Figures {
            probe: self.probe.clone(),
            all,
            sources,
            accuracy_interval: interval(|song| song.right as f64),
            loss_interval: interval(|song| song.surprise),
        }
    }
}

impl SongReport {
    /// Reads a file of `validations/`.
    ///
    /// # Errors
    /// If it cannot be read, or is damaged.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let text = fs::read_to_string(path).map_err(TrainError::io(path))?;
        serde_json::from_str(&text).map_err(|error| TrainError::Config {
            path: path.to_owned(),
            problem: format!("{error}; resume the run to mend it, or delete that file"),
        })
    }
}

/// Sums as they are written: a list of numbers for each quantity, with a number for each song.
mod columns {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::Measured;

    #[derive(Serialize, Deserialize)]
    struct Columns {
        cells: Vec<u64>,
        right: Vec<u64>,
        right_roots: Vec<u64>,
        surprise: Vec<f64>,
        changes: Vec<u64>,
        right_changes: Vec<u64>,
    }

    pub(super) fn serialize<S: Serializer>(
        songs: &[Measured],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let column = |part: fn(&Measured) -> u64| songs.iter().map(part).collect();
        Columns {
            cells: column(|song| song.cells),
            right: column(|song| song.right),
            right_roots: column(|song| song.right_roots),
            surprise: songs.iter().map(|song| song.surprise).collect(),
            changes: column(|song| song.changes),
            right_changes: column(|song| song.right_changes),
        }
        .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Measured>, D::Error> {
        let columns = Columns::deserialize(deserializer)?;
        let count = columns.cells.len();
        let counts =
            [&columns.right, &columns.right_roots, &columns.changes, &columns.right_changes];
        if columns.surprise.len() != count || counts.iter().any(|column| column.len() != count) {
            return Err(de::Error::custom("the columns are of different lengths"));
        }
        let song = |index: usize| Measured {
            cells: columns.cells[index],
            right: columns.right[index],
            right_roots: columns.right_roots[index],
            surprise: columns.surprise[index],
            changes: columns.changes[index],
            right_changes: columns.right_changes[index],
        };
        Ok((0..count).map(song).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> SongReport {
        let name = |file: &str, tune| SongName {
            source: "set".into(),
            file: file.into(),
            tune,
            family: "00".into(),
        };
        let measured = |cells, right| Measured {
            cells,
            right,
            surprise: 0.1 * cells as f64,
            ..Measured::default()
        };
        let sums = SongSums {
            songs: vec![name("one.abc", Some(3)), name("two.mxl", None)],
            probes: vec![ProbeSums {
                probe: "cells-0".into(),
                songs: vec![measured(10, 5), measured(30, 6)],
            }],
        };
        SongReport { step: 250, validation: sums.clone(), training: sums }
    }

    #[test]
    fn a_report_comes_back_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("step-250.json");
        fs::write(&path, serde_json::to_string(&report()).expect("writes")).expect("writes");
        assert_eq!(SongReport::read(&path).expect("reads"), report());
        let text = fs::read_to_string(&path).expect("reads").replace("[10,30]", "[10]");
        fs::write(&path, text).expect("writes");
        let message = SongReport::read(&path).expect_err("uneven").to_string();
        assert!(message.contains("step-250.json") && message.contains("lengths"), "{message}");
    }

    #[test]
    fn figures_are_the_sums_over_songs() {
        let figures = report().validation.figures();
        assert_eq!(figures[0].all.accuracy(), 11.0 / 40.0);
        assert_eq!(figures[0].sources["set"].cells, 40);
        // The two songs have .5 and .2: their mean lies between any resampling of them.
        assert_eq!(figures[0].accuracy_interval, (0.2, 0.5));
    }
}
