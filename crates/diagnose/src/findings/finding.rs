//! What a rule says.

use serde::Serialize;
use toml::Value;

use crate::Settings;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run does not do what it was made for; or its figures mislead.
    Serious,
    /// Something is lost that a change may win.
    Moderate,
    /// Good to know.
    Slight,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Serious => "serious",
            Self::Moderate => "moderate",
            Self::Slight => "slight",
        }
    }
}

/// Something that went wrong, or may have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in a sentence.
    pub sentence: String,
    /// The numbers that show it.
    pub evidence: Vec<Evidence>,
    /// What to try, in words.
    pub advice: String,
    /// What to try, as changes of the run's configuration; none where nothing needs to change.
    pub changes: Vec<Change>,
}

impl Finding {
    /// The evidence on one line.
    pub fn evidence_text(&self) -> String {
        self.evidence.iter().map(Evidence::text).collect::<Vec<_>>().join("; ")
    }
}

/// One number that shows something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// What was measured, in words.
    pub what: String,
    /// The number.
    pub value: f64,
    /// Its 95% interval, if one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
}

impl Evidence {
    /// A number.
    pub fn new(what: impl Into<String>, value: f64) -> Self {
        Self { what: what.into(), value, interval: None }
    }

    /// A number with its 95% interval.
    pub fn between(what: impl Into<String>, value: f64, interval: (f64, f64)) -> Self {
        Self { what: what.into(), value, interval: Some(interval) }
    }

    /// The number with what it is.
    pub fn text(&self) -> String {
        let number = |value: f64| {
            if value.fract() == 0.0 && value.abs() >= 1.0 {
                format!("{value:.0}")
            } else {
                format!("{value:.3}")
            }
        };
        let Self { what, value, interval } = self;
        match interval {
            Some((low, high)) => format!("{what} {value:.3} [{low:.3}, {high:.3}]"),
            None => format!("{what} {}", number(*value)),
        }
    }
}

/// A change of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The dotted name of the setting.
    pub setting: String,
    /// What the run has, as TOML, if it has it.
    pub now: Option<String>,
    /// What to set it to, as TOML.
    pub to: String,
    /// The same as a value.
    #[serde(skip)]
    pub value: Value,
}

impl Change {
    /// Sets `setting` to `value`.
    pub fn new(settings: &Settings, setting: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        Self {
            setting: setting.to_owned(),
            now: settings.get(setting).map(ToString::to_string),
            to: value.to_string(),
            value,
        }
    }

    /// Chooses a curriculum by the name of its preset, whatever the run had.
    pub fn preset(name: &str) -> Self {
        let preset = toml::Table::from_iter([("preset".to_owned(), Value::from(name))]);
        let value = Value::Table(preset);
        Self { setting: "curriculum".to_owned(), now: None, to: value.to_string(), value }
    }

    /// As a line of TOML.
    pub fn line(&self) -> String {
        format!("{} = {}", self.setting, self.to)
    }
}

/// A number with few digits, so that it looks like a setting.
pub(super) fn rounded(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return value;
    }
    let unit = 10f64.powf(value.log10().floor() - 1.0);
    // Through text, so that no binary digits are left over.
    format!("{:.0}", value / unit)
        .parse::<f64>()
        .map_or(value, |digits| format!("{:.9}", digits * unit).parse().unwrap_or(digits * unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::settings;

    #[test]
    fn a_change_is_a_line_of_toml() {
        let settings = settings("[optimization]\nsteps = 400\n");
        let change = Change::new(&settings, "optimization.steps", 800);
        assert_eq!(change.line(), "optimization.steps = 800");
        assert_eq!(change.now.as_deref(), Some("400"));
        let change = Change::preset("sampled");
        assert_eq!(change.line(), "curriculum = { preset = \"sampled\" }");
        assert_eq!(Change::new(&settings, "data.window", 8).now, None);
    }

    #[test]
    fn evidence_reads_as_a_number_with_its_interval() {
        assert_eq!(Evidence::new("songs", 4.0).text(), "songs 4");
        assert_eq!(Evidence::new("r", -1.0).text(), "r -1");
        assert_eq!(Evidence::between("gap", 0.0, (-0.1, 0.1)).text(), "gap 0.000 [-0.100, 0.100]");
    }

    #[test]
    fn settings_have_two_digits() {
        for (value, expected) in [(0.000_512_3, 0.00051), (2.745, 2.7), (0.0, 0.0), (812.0, 810.0)]
        {
            assert_eq!(rounded(value), expected);
        }
    }
}
