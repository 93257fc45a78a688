//! What a sweep compares, as it is written in a TOML file.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use toml::{Spanned, Table, Value};

use super::merge::merge;
use crate::{RunConfig, TrainError};

/// Several configurations × seeds.
///
/// ```toml
/// seeds = [1, 2]
///
/// [base]                             # the settings of all runs; or: base = "../laptop.toml"
/// file = "../laptop.toml"            # on top of those of this file, if one is named
/// optimization = { steps = 800 }
///
/// [[run]]
/// name = "full"
/// curriculum = { preset = "full" }
///
/// [[run]]
/// name = "wide"
/// model = { width = 256, heads = 8 }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SweepConfig {
    /// What all runs have in common: they are measured on the windows, masks and sources it names.
    pub base: RunConfig,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// The runs in their order, by name; the seed of each is still that of the base. The others
    /// are compared to the first.
    pub runs: Vec<(String, RunConfig)>,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRun {
    /// The configuration's name.
    pub name: String,
    /// Its seed.
    pub seed: u64,
    /// The configuration with that seed.
    pub config: RunConfig,
}

impl PlannedRun {
    /// The name of its run directory.
    pub fn folder(&self) -> String {
        format!("{}-seed-{}", self.name, self.seed)
    }
}

/// Why a sweep cannot start or go on.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum SweepError {
    #[error("{}: {problem}", path.display())]
    Config { path: PathBuf, problem: String },
    #[error("{}: {problem}", path.display())]
    Measured { path: PathBuf, problem: String },
    #[error("run `{run}`: {source}")]
    Run { run: String, source: TrainError },
    #[error(transparent)]
    Train(#[from] TrainError),
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    base: Option<Value>,
    seeds: Vec<u64>,
    run: Vec<Spanned<Table>>,
}

impl SweepConfig {
    /// Reads the sweep in the file `path`.
    ///
    /// # Errors
    /// Names the file, and the line and setting or the run that is wrong.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let problem = |problem: String| SweepError::Config { path: path.to_owned(), problem };
        let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
        let written: Written = toml::from_str(&text).map_err(|error| problem(error.to_string()))?;
        let base = match written.base {
            None => Table::new(),
            Some(Value::String(name)) => read_base(path, &name)?,
            Some(Value::Table(mut settings)) => match settings.remove("file") {
                None => settings,
                Some(Value::String(name)) => {
                    let mut base = read_base(path, &name)?;
                    merge(&mut base, &settings);
                    base
                }
                Some(_) => return Err(problem("base.file: name a run configuration".to_owned())),
            },
            Some(_) => {
                return Err(problem(
                    "base: name a run configuration, or give its settings in a [base] table"
                        .to_owned(),
                ));
            }
        };
        let config = |table: &Table| RunConfig::from_table(table.clone());
        let checked_base = config(&base).map_err(|error| problem(format!("base: {error}")))?;
        let mut runs: Vec<(String, RunConfig)> = Vec::new();
        for run in &written.run {
            let line = line_of(&text, run.span().start);
            let (name, settings) = named(run.get_ref())
                .map_err(|error| problem(format!("the run in line {line}: {error}")))?;
            let wrong = |error: String| problem(format!("run `{name}` (line {line}): {error}"));
            if runs.iter().any(|(other, _)| *other == name) {
                return Err(wrong("another run has this name already; rename one".to_owned()));
            }
            let mut table = base.clone();
            merge(&mut table, &settings);
            let config = config(&table).map_err(wrong)?;
            runs.push((name, config));
        }
        let sweep = Self { base: checked_base, seeds: written.seeds, runs };
        sweep.check().map_err(|error| problem(error.to_owned()))?;
        Ok(sweep)
    }

    fn check(&self) -> Result<(), &'static str> {
        let distinct: HashSet<_> = self.seeds.iter().collect();
        if self.seeds.is_empty() {
            return Err("seeds: give at least one, such as seeds = [1, 2]");
        }
        if distinct.len() < self.seeds.len() {
            return Err("seeds: give each once; the same seed gives the same run");
        }
        if self.runs.is_empty() {
            return Err("run: give at least one [[run]] with a name");
        }
        Ok(())
    }

    /// Every run in its turn: all configurations with the first seed, then all with the next, so
    /// that a sweep that was broken off has something to compare.
    pub fn planned(&self) -> Vec<PlannedRun> {
        let run = |seed: u64, (name, config): &(String, RunConfig)| PlannedRun {
            name: name.clone(),
            seed,
            config: RunConfig { seed, ..config.clone() },
        };
        self.seeds.iter().flat_map(|seed| self.runs.iter().map(|named| run(*seed, named))).collect()
    }
}

/// The table of a base that is a file of its own, named relative to the sweep's.
fn read_base(sweep: &Path, name: &str) -> Result<Table, SweepError> {
    let path = sweep.parent().unwrap_or(Path::new("")).join(name);
    let problem = |problem: String| SweepError::Config { path: path.clone(), problem };
    let text = fs::read_to_string(&path)
        .map_err(|error| problem(format!("{error}; it is the base of {}", sweep.display())))?;
    RunConfig::from_toml(&text, &path)?;
    text.parse().map_err(|error: toml::de::Error| problem(error.to_string()))
}

/// The name of a run and its settings.
fn named(run: &Table) -> Result<(String, Table), &'static str> {
    let mut settings = run.clone();
    let Some(Value::String(name)) = settings.remove("name") else {
        return Err("name: give it a name, which names its folder");
    };
    let ordinary = |c: char| c.is_ascii_alphanumeric() || "-_.+".contains(c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(ordinary) {
        return Err("name: use letters, digits and - _ . + alone; it names a folder");
    }
    if settings.contains_key("seed") {
        return Err("seed: all runs have the same; list them in `seeds`");
    }
    Ok((name, settings))
}

/// The line, from 1, of a place in a text.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SweepConfig, SweepError> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("base.toml"), "[optimization]\nsteps = 7\n").expect("writes");
        let path = folder.path().join("sweep.toml");
        fs::write(&path, text).expect("writes");
        SweepConfig::read(&path)
    }

    const RUNS: &str = "seeds = [1, 2]\n[[run]]\nname = \"a\"\n[[run]]\nname = \"b\"\n\
                        model = { width = 64, heads = 4 }\n";

    #[test]
    fn runs_are_the_base_with_their_own_settings() {
        for base in [
            "base = \"base.toml\"\n",
            "base = { optimization = { steps = 7 } }\n",
            "base = { file = \"base.toml\", model = { dropout = 0.0 } }\n",
        ] {
            let sweep = read(&format!("{base}{RUNS}")).expect("a sweep");
            let [(_, a), (_, b)] = sweep.runs.as_slice() else { panic!("{:?}", sweep.runs) };
            assert_eq!(
                (a.optimization.steps, a.model.width),
                (7, RunConfig::default().model.width)
            );
            assert_eq!((b.optimization.steps, b.model.width), (7, 64));
            let planned: Vec<_> = sweep.planned().iter().map(PlannedRun::folder).collect();
            assert_eq!(planned, ["a-seed-1", "b-seed-1", "a-seed-2", "b-seed-2"]);
            assert_eq!(sweep.planned()[3].config.seed, 2);
        }
    }

    #[test]
    fn the_sweeps_that_come_with_the_program_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/sweeps");
        let mut read = 0;
        for entry in fs::read_dir(folder).expect("lists") {
            let sweep = SweepConfig::read(&entry.expect("a file").path()).expect("a sweep");
            assert!(sweep.runs.len() > 1);
            read += 1;
        }
        assert!(read >= 2);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_file_and_run() {
        let run = |settings: &str| format!("seeds = [1]\n\n[[run]]\nname = \"a\"\n{settings}\n");
        for (text, file, words) in [
            (run("model = { heads = 7 }"), "sweep.toml", ["run `a` (line 3)", "7 heads"]),
            (run("model = { head = 7 }"), "sweep.toml", ["run `a` (line 3)", "head"]),
            (run("curriculum = { preset = \"slow\" }"), "sweep.toml", ["run `a`", "slow"]),
            (run("seed = 3"), "sweep.toml", ["line 3", "`seeds`"]),
            (run("[[run]]\nname = \"a\""), "sweep.toml", ["line 5", "rename"]),
            (run("[[run]]\nname = \"../b\""), "sweep.toml", ["line 5", "folder"]),
            (run("[[run]]\nmodel = {}"), "sweep.toml", ["line 5", "name"]),
            ("seeds = [1]".to_owned(), "sweep.toml", ["run", "missing"]),
            ("seeds = []\nrun = [{ name = \"a\" }]".to_owned(), "sweep.toml", ["seeds", "one"]),
            (
                "seeds = [1, 1]\nrun = [{ name = \"a\" }]".to_owned(),
                "sweep.toml",
                ["seeds", "once"],
            ),
            (format!("base = 3\n{RUNS}"), "sweep.toml", ["base", "[base]"]),
            (format!("base = {{ model = {{ heads = 7 }} }}\n{RUNS}"), "sweep.toml", ["base", "7"]),
            (format!("base = {{ file = 7 }}\n{RUNS}"), "sweep.toml", ["base.file", "name"]),
            (format!("base = \"no.toml\"\n{RUNS}"), "no.toml", ["base of", "sweep.toml"]),
            (format!("speed = 3\n{RUNS}"), "sweep.toml", ["line 1", "speed"]),
        ] {
            let message = read(&text).expect_err("wrong").to_string();
            assert!(message.contains(file), "{message}");
            assert!(words.iter().all(|word| message.contains(word)), "{words:?}: {message}");
        }
    }
}
