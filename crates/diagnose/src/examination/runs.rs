//! Several runs beside each other: the same songs, and the settings in which they differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use train::Measured;

use super::volatility::{Difference, difference};
use super::{Examination, PieceName};

/// Two runs on the songs that both were measured on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDifference {
    /// The name of the first run.
    pub first: String,
    /// The name of the second.
    pub second: String,
    /// Second − first, paired song by song; `None` where they have no two songs with the same
    /// questions in common.
    pub difference: Option<Difference>,
}

/// Every pair of `runs`, each a name with the sums of its songs, by whatever names the songs
/// have. Songs that only one of the two was measured on, or that were asked otherwise, are left
/// out.
pub fn compare<K: Ord>(runs: &[(String, BTreeMap<K, Measured>)], seed: u64) -> Vec<RunDifference> {
    let pair = |(first, songs): &(String, BTreeMap<K, Measured>),
                (second, others): &(String, BTreeMap<K, Measured>)| {
        let (before, after): (Vec<Measured>, Vec<Measured>) = songs
            .iter()
            .filter_map(|(name, song)| Some((*song, *others.get(name)?)))
            .filter(|(song, other)| song.cells == other.cells)
            .unzip();
        RunDifference {
            first: first.clone(),
            second: second.clone(),
            difference: difference(&before, &after, seed),
        }
    };
    let pairs = runs.iter().enumerate();
    pairs
        .flat_map(|(index, one)| runs[index + 1..].iter().map(move |other| pair(one, other)))
        .collect()
}

/// The sums of every piece of an examination at one visible share, to compare models by.
pub fn sums(examination: &Examination, visible: u8) -> BTreeMap<PieceName, Measured> {
    let figures = examination.piece_figures.iter().filter(|piece| piece.visible == visible);
    figures.map(|piece| (piece.piece.clone(), piece.sums)).collect()
}

/// A setting in which runs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingDifference {
    /// Its dotted name, such as `optimization.batch`.
    pub name: String,
    /// Its value in each run, as it is written in TOML; `None` where it is not set.
    pub values: Vec<Option<String>>,
}

/// The settings that are not the same in all runs, by name.
pub fn settings_that_differ(runs: &[BTreeMap<String, String>]) -> Vec<SettingDifference> {
    let mut names: Vec<&String> = runs.iter().flat_map(BTreeMap::keys).collect();
    names.sort_unstable();
    names.dedup();
    let difference = |name: &String| {
        let values: Vec<Option<String>> = runs.iter().map(|run| run.get(name).cloned()).collect();
        let differs = values.windows(2).any(|pair| pair[0] != pair[1]);
        differs.then(|| SettingDifference { name: name.clone(), values })
    };
    names.into_iter().filter_map(difference).collect()
}

/// The settings of a configuration in TOML by their dotted names, each as it is written in TOML.
/// Lists are values, tables in them, too.
///
/// # Errors
/// If it is no TOML.
pub fn flattened(text: &str) -> Result<BTreeMap<String, String>, toml::de::Error> {
    let mut flat = BTreeMap::new();
    let table: toml::Table = toml::from_str(text)?;
    let mut tables = vec![(String::new(), table)];
    while let Some((prefix, table)) = tables.pop() {
        for (key, value) in table {
            let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => tables.push((name, inner)),
                value => {
                    flat.insert(name, value.to_string());
                }
            }
        }
    }
    Ok(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        name: &str,
        songs: &[(&'static str, u64)],
    ) -> (String, BTreeMap<&'static str, Measured>) {
        let song = |(name, right): &(&'static str, u64)| {
            let sums = Measured { cells: 10, right: *right, ..Measured::default() };
            (*name, sums)
        };
        (name.to_owned(), songs.iter().map(song).collect())
    }

    #[test]
    fn runs_are_paired_on_common_songs_in_any_order() {
        let runs = [
            run("a", &[("x", 1), ("y", 9), ("z", 5)]),
            run("b", &[("z", 6), ("x", 2), ("w", 0)]),
            run("c", &[("w", 3)]),
        ];
        let compared = compare(&runs, 1);
        let names: Vec<_> = compared.iter().map(|pair| (&*pair.first, &*pair.second)).collect();
        assert_eq!(names, [("a", "b"), ("a", "c"), ("b", "c")]);
        let first = compared[0].difference.expect("two songs in common");
        assert_eq!(first.songs, 2);
        assert!((first.accuracy.value - 0.1).abs() < 1e-12);
        assert!((first.accuracy.low - 0.1).abs() < 1e-12, "both songs gained the same");
        assert_eq!(compared[1].difference, None);
        assert_eq!(compared[2].difference, None, "one song has no spread");
    }

    #[test]
    fn songs_that_were_asked_otherwise_are_left_out() {
        let (mut one, two) =
            (run("a", &[("x", 1), ("y", 2), ("z", 3)]), run("b", &[("x", 1), ("y", 2), ("z", 3)]));
        one.1.get_mut("x").expect("x").cells = 11;
        let compared = compare(&[one, two], 1);
        assert_eq!(compared[0].difference.map(|difference| difference.songs), Some(2));
    }

    #[test]
    fn settings_are_compared_by_their_dotted_names() {
        let one = flattened("seed = 1\n[model]\nwidth = 64\nheads = 4\nnorm = \"before\"\n")
            .expect("TOML");
        let two =
            flattened("seed = 2\n[model]\nwidth = 64\nnorm = \"before\"\n[data]\nkeys = [1, 2]\n")
                .expect("TOML");
        assert_eq!(two["data.keys"], "[1, 2]");
        let differences = settings_that_differ(&[one, two]);
        let found: Vec<_> = differences
            .iter()
            .map(|setting| {
                let values: Vec<_> = setting.values.iter().map(Option::as_deref).collect();
                (setting.name.as_str(), values)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("data.keys", vec![None, Some("[1, 2]")]),
                ("model.heads", vec![Some("4"), None]),
                ("seed", vec![Some("1"), Some("2")])
            ]
        );
        assert!(flattened("seed =").is_err());
    }
}
