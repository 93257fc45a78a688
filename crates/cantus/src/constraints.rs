//! What was asked of a generation, as it is written in a TOML file.
//!
//! ```toml
//! [[constraint]]
//! piece = "amazing-grace"     # as in the report
//! from = 0                    # quarter notes from the start as it is played
//! to = "9/2"                  # fractions in quotes
//! chords = ["C", "Am7"]       # one of these; or not = […], root = "C", bass = "E",
//!                             # as-reference = true
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ::evaluate::constraints::{Constraint, Demand};
use anyhow::{Context, Result, bail};
use score::{PitchClass, PitchName, Position, Symbol};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    constraint: Vec<WrittenConstraint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenConstraint {
    piece: String,
    from: Time,
    to: Time,
    chords: Option<Vec<String>>,
    not: Option<Vec<String>>,
    root: Option<String>,
    bass: Option<String>,
    #[serde(default)]
    as_reference: bool,
}

/// A number of quarter notes: whole, or a fraction in quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Time {
    Whole(i32),
    Fraction(String),
}

impl Time {
    fn position(&self) -> Result<Position> {
        let text = match self {
            Self::Whole(quarters) => return Ok(Position::quarters(*quarters)),
            Self::Fraction(text) => text,
        };
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let number = |text: &str| text.trim().parse::<i64>().ok();
        number(numerator)
            .zip(number(denominator))
            .and_then(|(numerator, denominator)| Position::new(numerator, denominator))
            .with_context(|| format!("`{text}` is no number of quarter notes; write 4 or \"9/2\""))
    }
}

/// The constraints of each piece in the file at `path`.
///
/// # Errors
/// Names the constraint that is wrong, and what it may be.
pub fn read(path: &Path) -> Result<BTreeMap<String, Vec<Constraint>>> {
    let at = || path.display().to_string();
    let text = fs::read_to_string(path).with_context(at)?;
    let written: Written = toml::from_str(&text).with_context(at)?;
    let mut constraints: BTreeMap<String, Vec<Constraint>> = BTreeMap::new();
    for (number, written) in (1..).zip(&written.constraint) {
        let constraint = constraint(written)
            .with_context(|| format!("{}: constraint {number} ({})", at(), written.piece))?;
        constraints.entry(written.piece.clone()).or_default().push(constraint);
    }
    Ok(constraints)
}

fn constraint(written: &WrittenConstraint) -> Result<Constraint> {
    let (onset, end) = (written.from.position()?, written.to.position()?);
    if onset >= end {
        bail!("`to` must lie after `from`");
    }
    let mut demands = Vec::new();
    if let Some(chords) = &written.chords {
        demands.push(Demand::AnyOf(symbols(chords)?));
    }
    if let Some(chords) = &written.not {
        demands.push(Demand::NoneOf(symbols(chords)?));
    }
    if let Some(root) = &written.root {
        demands.push(Demand::Root(class(root)?));
    }
    if let Some(bass) = &written.bass {
        demands.push(Demand::Bass(class(bass)?));
    }
    if written.as_reference {
        demands.push(Demand::AsBefore);
    }
    match (demands.pop(), demands.is_empty()) {
        (Some(demand), true) => Ok(Constraint { onset, end, demand }),
        _ => bail!("give one of `chords`, `not`, `root`, `bass` and `as-reference = true`"),
    }
}

fn symbols(texts: &[String]) -> Result<Vec<Symbol>> {
    texts.iter().map(|text| Ok(score::chord::text::parse(text)?)).collect()
}

fn class(text: &str) -> Result<PitchClass> {
    match PitchName::parse_prefix(text) {
        Some((name, "")) => Ok(name.class()),
        _ => bail!("`{text}` is no note name; write C, F# or Bb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<BTreeMap<String, Vec<Constraint>>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("asked.toml");
        fs::write(&path, text).expect("writes");
        read(&path)
    }

    #[test]
    fn every_demand_can_be_written() {
        let demands = [
            "chords = [\"C\", \"Am7\"]",
            "not = [\"N.C.\"]",
            "root = \"F#\"",
            "bass = \"Bb\"",
            "as-reference = true",
        ];
        let text: String = demands
            .iter()
            .map(|demand| {
                format!("[[constraint]]\npiece = \"a\"\nfrom = 0\nto = \"9/2\"\n{demand}\n")
            })
            .collect();
        let constraints = written(&text).expect("reads").remove("a").expect("of piece a");
        assert_eq!(constraints.len(), 5);
        assert_eq!(constraints[0].end, Position::new(9, 2).expect("in range"));
        assert_eq!(constraints[1].demand, Demand::NoneOf(vec![Symbol::NoChord]));
        assert_eq!(constraints[2].demand, Demand::Root(PitchClass::from_semitones(6)));
        assert_eq!(constraints[3].demand, Demand::Bass(PitchClass::from_semitones(10)));
        assert_eq!(constraints[4].demand, Demand::AsBefore);
    }

    #[test]
    fn what_is_wrong_is_named_with_file_and_place() {
        let head = "[[constraint]]\npiece = \"a\"\n";
        for (rest, words) in [
            ("from = 0\nto = 4\n", "give one of"),
            ("from = 0\nto = 4\nroot = \"C\"\nbass = \"C\"\n", "give one of"),
            ("from = 4\nto = 4\nroot = \"C\"\n", "after"),
            ("from = 0\nto = \"4/x\"\nroot = \"C\"\n", "4/x"),
            ("from = 0\nto = 4\nroot = \"H\"\n", "no note name"),
            ("from = 0\nto = 4\nchords = [\"Xyz\"]\n", "Xyz"),
            ("from = 0\nto = 4\nroots = \"C\"\n", "roots"),
        ] {
            let error = written(&format!("{head}{rest}")).expect_err("wrong");
            let message = format!("{error:#}");
            assert!(message.contains("asked.toml") && message.contains(words), "{message}");
        }
    }
}
