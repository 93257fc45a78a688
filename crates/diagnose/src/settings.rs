//! How a run was configured, as its directory says.

use std::fs;
use std::path::Path;

use toml::{Table, Value};
use train::RunConfig;

use crate::DiagnoseError;

/// The contents of a run's `config.toml`: every setting by its dotted name. Settings that this
/// version does not know are kept, too, so that any run can be read and compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    table: Table,
}

/// What stands in `config.toml` beside the settings.
const NOT_SETTINGS: [&str; 2] = ["cantus", "corpus_sha256"];

impl Settings {
    /// Reads `config.toml` of the run in `folder`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(folder: &Path) -> Result<Self, DiagnoseError> {
        let path = folder.join("config.toml");
        let text = fs::read_to_string(&path)
            .map_err(|source| DiagnoseError::Io { path: path.clone(), source })?;
        let problem = |problem: String| DiagnoseError::Settings { path, problem };
        Ok(Self { table: toml::from_str(&text).map_err(|error| problem(error.to_string()))? })
    }

    /// The setting with this dotted name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut parts = name.split('.');
        let first = self.table.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }

    /// The setting with this name as a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        let value = self.get(name)?;
        value.as_float().or_else(|| value.as_integer().map(|number| number as f64))
    }

    /// The setting with this name as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The version of the program that started the run.
    pub fn version(&self) -> Option<&str> {
        self.text("cantus")
    }

    /// SHA-256 of the cells of the corpus the run was trained on.
    pub fn corpus(&self) -> Option<&str> {
        self.text("corpus_sha256")
    }

    /// All settings with their dotted names, each as it is written in TOML.
    pub fn all(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (name, value) in self.table.iter().filter(|(name, _)| !is_beside(name)) {
            flatten(name, value, &mut all);
        }
        all
    }

    /// The settings with some of them changed, as a configuration.
    ///
    /// # Errors
    /// Names the setting that is wrong, or not known to this version.
    pub fn with(&self, changes: &[(String, Value)]) -> Result<RunConfig, String> {
        let mut table = self.table.clone();
        table.retain(|name, _| !is_beside(name));
        for (name, value) in changes {
            set(&mut table, name, value.clone())?;
        }
        let text = toml::to_string(&table).map_err(|error| error.to_string())?;
        RunConfig::from_toml(&text, Path::new("config.toml")).map_err(|error| error.to_string())
    }
}

fn is_beside(name: &str) -> bool {
    NOT_SETTINGS.contains(&name)
}

/// Tables become dotted names; all else is written as it is.
fn flatten(name: &str, value: &Value, all: &mut Vec<(String, String)>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{name}.{key}"), value, all);
            }
        }
        value => all.push((name.to_owned(), value.to_string())),
    }
}

fn set(table: &mut Table, name: &str, value: Value) -> Result<(), String> {
    match name.split_once('.') {
        None => {
            table.insert(name.to_owned(), value);
            Ok(())
        }
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
            let inner = inner.as_table_mut().ok_or_else(|| format!("`{first}` is no table"))?;
            set(inner, rest, value)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Settings written down for a test.
    pub(crate) fn settings(text: &str) -> Settings {
        Settings { table: toml::from_str(text).expect("TOML") }
    }

    #[test]
    fn settings_have_dotted_names() {
        let settings = settings("cantus = \"0.1\"\nseed = 3\n[optimization]\nclip = 1.0\n");
        assert_eq!(settings.number("optimization.clip"), Some(1.0));
        assert_eq!(settings.number("seed"), Some(3.0));
        assert_eq!(settings.get("optimization.steps"), None);
        assert_eq!(
            settings.all(),
            [("optimization.clip", "1.0"), ("seed", "3")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }

    #[test]
    fn changes_make_a_configuration_or_say_what_is_wrong() {
        let settings = settings("cantus = \"0.1\"\n[optimization]\nsteps = 5\n");
        let change = |name: &str, value: i64| [(name.to_owned(), Value::Integer(value))];
        let config = settings.with(&change("optimization.batch", 3)).expect("valid");
        assert_eq!((config.optimization.steps, config.optimization.batch), (5, 3));
        let error = settings.with(&change("optimization.steps", 0)).expect_err("no steps");
        assert!(error.contains("optimization.steps"), "{error}");
        assert!(settings.with(&change("optimization.steps.more", 0)).is_err());
    }
}
