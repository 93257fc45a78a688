//! A run as it is diagnosed.

use std::fs;
use std::path::Path;

use train::{Figures, Measured, SongReport};

use crate::examination::Examination;
use crate::{Baseline, DiagnoseError, History, Settings};

/// A run: what it was asked to do, what came of it, and what was found out about its model.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What it is called: the name of its folder.
    pub name: String,
    /// How it was configured.
    pub settings: Settings,
    /// What it wrote about itself.
    pub history: History,
    /// What each evaluation measured of every song, oldest first; none of a run that did not keep
    /// it.
    pub songs: Vec<SongReport>,
    /// What its model does, if it was looked at.
    pub examination: Option<Examination>,
    /// What simpler ways answer, if they were asked.
    pub baselines: Vec<Baseline>,
    /// What its model did before its first step, if that was measured.
    pub untrained: Option<Vec<Figures>>,
}

impl Run {
    /// Reads the run in `folder`: its configuration and what it logged. Its model is not looked
    /// at.
    ///
    /// # Errors
    /// If its log or its configuration cannot be read, or it has no validation yet.
    pub fn read(folder: &Path) -> Result<Self, DiagnoseError> {
        let history = History::read(folder)?;
        Ok(Self {
            name: name(folder),
            settings: Settings::read(folder)?,
            songs: songs(folder, &history)?,
            history,
            examination: None,
            baselines: Vec::new(),
            untrained: None,
        })
    }

    /// The sums of each validation song with one probe at one evaluation.
    pub fn song_sums<'a>(&self, report: &'a SongReport, probe: &str) -> Option<&'a [Measured]> {
        let sums = report.validation.probes.iter().find(|sums| sums.probe == probe)?;
        Some(&sums.songs)
    }
}

/// What each evaluation measured of every song, as far as it was kept.
fn songs(folder: &Path, history: &History) -> Result<Vec<SongReport>, DiagnoseError> {
    let mut reports = Vec::new();
    for report in history.validations() {
        let path = folder.join("validations").join(format!("step-{}.json", report.step));
        if path.exists() {
            let text = fs::read_to_string(&path)
                .map_err(|source| DiagnoseError::Io { path: path.clone(), source })?;
            let songs = serde_json::from_str(&text)
                .map_err(|error| DiagnoseError::Songs { path, problem: error.to_string() })?;
            reports.push(songs);
        }
    }
    Ok(reports)
}

/// The name of a folder, also where it is written as `.` or `runs/first/`.
fn name(folder: &Path) -> String {
    let own = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
    own(folder)
        .or_else(|| own(&folder.canonicalize().ok()?))
        .unwrap_or_else(|| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_called_as_its_folder() {
        assert_eq!(name(Path::new("runs/first/")), "first");
        assert_ne!(name(Path::new(".")), ".");
    }
}
