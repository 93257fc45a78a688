//! One configuration put over another.

use toml::{Table, Value};

/// Keys by which a table says what kind of thing it is: its other keys belong to that kind.
const KINDS: [&str; 2] = ["type", "preset"];

/// Puts `over` onto `base`, table by table and key by key. A table that says what kind of thing
/// it is (`type = …` or `preset = …`) takes the place of the one there as a whole: settings of
/// one schedule mean nothing to another.
pub(super) fn merge(base: &mut Table, over: &Table) {
    for (key, value) in over {
        match (base.get_mut(key), value) {
            (Some(Value::Table(old)), Value::Table(new))
                if !KINDS.iter().any(|kind| new.contains_key(*kind)) =>
            {
                merge(old, new);
            }
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, over: &str) -> Table {
        let mut base: Table = base.parse().expect("TOML");
        merge(&mut base, &over.parse().expect("TOML"));
        base
    }

    #[test]
    fn what_is_not_named_stays() {
        let result = merged(
            "seed = 1\n[model]\nwidth = 128\nheads = 4",
            "[model]\nheads = 8\n[optimization]\nsteps = 9",
        );
        let expected: Table =
            "seed = 1\n[model]\nwidth = 128\nheads = 8\n[optimization]\nsteps = 9"
                .parse()
                .expect("TOML");
        assert_eq!(result, expected);
    }

    #[test]
    fn another_kind_takes_the_place_of_the_one_there() {
        let result = merged(
            "schedule = { type = \"progressive\", alpha = 1.0 }\n[curriculum]\ntargets = \"rest\"",
            "schedule = { type = \"uniform\" }\n[curriculum]\npreset = \"r10\"",
        );
        let expected: Table = "schedule = { type = \"uniform\" }\n[curriculum]\npreset = \"r10\""
            .parse()
            .expect("TOML");
        assert_eq!(result, expected);
    }
}
