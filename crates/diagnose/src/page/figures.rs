//! The page's charts as files of their own.

use std::collections::BTreeSet;

use super::{
    Subject, attention, calibration, confusion, curves, forgetting, memorisation, places, reliance,
    training, volatility,
};
use crate::charts::Svg;

/// A chart that stands alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it shows, as the name of a file without its extension: letters, digits, `-`, `_` and
    /// dots alone. No two figures of a diagnosis have the same.
    pub name: String,
    /// The chart.
    pub chart: Svg,
}

/// The charts of the page about these runs: for each run, under its name, and what lays several
/// over one another. Those about single pieces stay on the page.
pub fn figures(subjects: &[Subject]) -> Vec<Figure> {
    let mut names = BTreeSet::new();
    let mut figures = Vec::new();
    let mut add = |name: String, chart: Svg| {
        let name = unique(&as_file_name(&name), &mut names);
        figures.push(Figure { name, chart });
    };
    for subject in subjects {
        for (name, chart) in of_one(subject) {
            add(format!("{}-{name}", subject.run.name), chart);
        }
    }
    if subjects.len() > 1 {
        for (name, chart) in
            curves::figures(subjects).into_iter().chain(training::figures(subjects))
        {
            add(format!("runs-{name}"), chart);
        }
    }
    figures
}

fn of_one(subject: &Subject) -> Vec<(String, Svg)> {
    let alone = std::slice::from_ref(subject);
    let mut figures = curves::figures(alone);
    figures.extend(forgetting::figures(&subject.run));
    figures.extend(volatility::figures(&subject.run));
    figures.extend(training::figures(alone));
    if let Some(examination) = &subject.run.examination {
        figures.extend(attention::figures(examination));
        figures.extend(reliance::figures(examination));
        figures.extend(memorisation::figures(examination));
        figures.extend(calibration::figures(examination));
        figures.extend(confusion::figures(examination));
        figures.extend(places::figures(examination));
    }
    figures
}

/// `text` with a dash for everything that a file may not be called on some system.
fn as_file_name(text: &str) -> String {
    let name = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || "-_.".contains(letter) => letter,
        _ => '-',
    };
    let name: String = text.chars().map(name).collect();
    // A file whose name begins with a dot is hidden, one with a dash looks like an option.
    name.trim_start_matches(['.', '-']).to_owned()
}

/// `name`, or with a number where another figure has it: two runs may be called alike.
fn unique(name: &str, names: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut free = std::iter::once(name.to_owned()).chain(numbered);
    // File systems may not tell capitals from small letters.
    let free = free.find(|name| names.insert(name.to_lowercase()));
    free.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run;

    fn subject(name: &str) -> Subject {
        let run = run(&[(0.4, 1.8, 0.45), (0.45, 1.5, 0.6)]);
        let run = crate::Run { name: name.to_owned(), ..run };
        Subject { run, findings: Vec::new(), unexamined: None }
    }

    fn names(subjects: &[Subject]) -> Vec<String> {
        figures(subjects).into_iter().map(|figure| figure.name).collect()
    }

    #[test]
    fn figures_are_named_after_their_run_and_what_they_show() {
        let names = names(&[subject("first")]);
        assert_eq!(names, ["first-accuracy-cells-0", "first-loss-cells-0", "first-forgetting"]);
    }

    #[test]
    fn several_runs_are_laid_over_one_another_and_keep_apart_where_called_alike() {
        let names = names(&[subject("a/<b>"), subject("a/<b>")]);
        let one = ["a--b--accuracy-cells-0", "a--b--loss-cells-0", "a--b--forgetting"];
        assert_eq!(names[..3], one);
        assert_eq!(names[3..6], one.map(|name| format!("{name}-2")));
        assert_eq!(names[6..], ["runs-accuracy-cells-0", "runs-loss-cells-0"]);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["../../etc", "..", "/", "-o", "C:\\x", "a\u{0}b"] {
            let name = as_file_name(name);
            assert!(!name.contains(['/', '\\', ':', '\u{0}']), "{name}");
            assert!(!name.starts_with(['.', '-']), "{name}");
        }
    }
}
