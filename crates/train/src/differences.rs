//! In which settings two configurations differ.

use serde::Serialize;
use toml::Value;

use crate::RunConfig;

/// The settings that differ, each with both values: `optimization.steps is 4000 there, 8000 here`.
pub(crate) fn differences(there: &RunConfig, here: &RunConfig) -> String {
    let value = |config: &RunConfig| Value::try_from(Written { run: config });
    match (value(there), value(here)) {
        (Ok(there), Ok(here)) => {
            let mut found = Vec::new();
            compare("", Some(&there), Some(&here), &mut found);
            found.join("; ")
        }
        _ => "its settings".to_owned(),
    }
}

/// A table around the configuration, so that it can be a value whatever it is itself.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    run: &'a RunConfig,
}

fn compare(name: &str, there: Option<&Value>, here: Option<&Value>, found: &mut Vec<String>) {
    if there == here {
        return;
    }
    if let (Some(Value::Table(there)), Some(Value::Table(here))) = (there, here) {
        let added = here.keys().filter(|key| !there.contains_key(*key));
        for key in there.keys().chain(added) {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            compare(&name, there.get(key), here.get(key), found);
        }
        return;
    }
    let text = |value: Option<&Value>| value.map_or("not given".to_owned(), Value::to_string);
    found.push(format!("{name} is {} there, {} here", text(there), text(here)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EarlyStopping;

    #[test]
    fn each_setting_is_named_with_both_values() {
        let there = RunConfig::default();
        let mut here = there.clone();
        assert_eq!(differences(&there, &here), "");
        here.seed = 7;
        here.optimization.steps = 5;
        here.early_stopping = Some(EarlyStopping::default());
        let text = differences(&there, &here);
        for part in [
            "seed is 1 there, 7 here",
            "optimization.steps is 4000 there, 5 here",
            "early_stopping is not given there",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
