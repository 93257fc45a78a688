//! One self-contained HTML page about one run, or about several side by side.
//!
//! Style and charts stand within it, there is no script, and its content security policy lets a
//! browser load nothing: it can be mailed, printed and kept. Sections are written one a file.

mod attention;
mod bands;
mod calibration;
mod comparison;
mod confusion;
mod curves;
mod figures;
mod findings;
mod forgetting;
mod head;
mod html;
mod memorisation;
mod missing;
mod pieces;
mod places;
mod reliance;
mod style;
mod training;
mod verdict;
mod volatility;

pub use figures::{Figure, figures};
use html::Html;
use style::STYLE;
pub(crate) use style::figure_style;

use crate::charts::Ink;
use crate::{Finding, Run};

/// A run with what is said about it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The run.
    pub run: Run,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Why its model was not looked at, if it was not.
    pub unexamined: Option<String>,
}

/// A section of the page.
struct Section {
    /// What links lead to.
    id: &'static str,
    title: &'static str,
    write: fn(&mut Html, &[Subject]),
    /// Whether it needs several runs.
    several: bool,
}

/// All sections in their order.
const SECTIONS: &[Section] = &[
    Section::new("findings", "Findings", findings::write),
    Section::of_several("comparison", "Run beside run", comparison::write),
    Section::new("curves", "Stage curves", curves::write),
    Section::new("forgetting", "Forgetting", forgetting::write),
    Section::new("volatility", "Is the movement real?", volatility::write),
    Section::new("training", "Training", training::write),
    Section::new("attention", "Attention", attention::write),
    Section::new("reliance", "Reliance", reliance::write),
    Section::new("memorisation", "Memorisation", memorisation::write),
    Section::new("calibration", "Calibration", calibration::write),
    Section::new("confusion", "Wrong roots", confusion::write),
    Section::new("places", "Errors in the bar", places::write),
    Section::new("pieces", "Pieces", pieces::write),
];

impl Section {
    const fn new(id: &'static str, title: &'static str, write: fn(&mut Html, &[Subject])) -> Self {
        Self { id, title, write, several: false }
    }

    /// A section that needs several runs.
    const fn of_several(
        id: &'static str,
        title: &'static str,
        write: fn(&mut Html, &[Subject]),
    ) -> Self {
        Self { id, title, write, several: true }
    }
}

/// The page about these runs.
pub fn page(subjects: &[Subject]) -> String {
    let names: Vec<&str> = subjects.iter().map(|subject| subject.run.name.as_str()).collect();
    let title = format!("Diagnosis of {}", names.join(", "));
    let sections = || SECTIONS.iter().filter(|section| !section.several || subjects.len() > 1);
    let mut html = Html::default();
    html.markup(concat!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
        "<meta name=\"color-scheme\" content=\"light dark\"/>\n",
        "<meta http-equiv=\"Content-Security-Policy\" ",
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>\n",
        // A browser asks for an icon unless it is given one.
        "<link rel=\"icon\" href=\"data:,\"/>\n",
    ));
    html.leaf("title", "", &title);
    html.element("style", "", |html| html.markup(STYLE));
    html.markup("</head>\n<body>\n<header>\n");
    html.leaf("h1", "", &title);
    head::write(&mut html, subjects);
    html.element("nav", "", |html| {
        html.element("ul", "", |html| {
            for section in sections() {
                html.element("li", "", |html| html.link_within(section.id, section.title));
            }
        });
    });
    html.markup("</header>\n<main>\n");
    for section in sections() {
        html.element("section", "", |html| {
            html.heading(section.id, section.title);
            (section.write)(html, subjects);
        });
    }
    html.markup("</main>\n</body>\n</html>\n");
    html.finish()
}

/// The colour of a run among several.
fn ink(index: usize) -> Ink {
    Ink::Category(index)
}

/// Lets `write` write about each run, under its name where there are several.
fn each(html: &mut Html, subjects: &[Subject], write: impl Fn(&mut Html, &Subject)) {
    for subject in subjects {
        if subjects.len() > 1 {
            html.leaf("h3", "", &subject.run.name);
        }
        write(html, subject);
    }
}

/// A share of 1 as a percentage.
fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// A share of 1 with its interval, in percent.
fn percent_between(share: f64, (low, high): (f64, f64)) -> String {
    format!("{:.1}% [{:.1}, {:.1}]", 100.0 * share, 100.0 * low, 100.0 * high)
}
