//! How wrong chords are wrong.

use super::Subject;
use super::missing::each_examined;
use crate::charts::{Bar, Bars, HeatMap, HeatScale, Ink, Svg};
use crate::examination::{Confusion, Examination, Interval, TriadFamily};
use crate::page::html::Html;
use crate::probe;

/// The interval from the right root up to the predicted one.
const INTERVALS: [&str; 12] = [
    "right root",
    "minor second up",
    "major second up",
    "minor third up",
    "major third up",
    "fourth up",
    "tritone",
    "fifth up",
    "minor sixth up",
    "major sixth up",
    "minor seventh up",
    "major seventh up",
];

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "The root that is predicted, as an interval above the right one. A fifth or a fourth away \
         is a neighbour in the key; a third away shares two of three notes.",
    );
    each_examined(html, subjects, |html, examination| {
        html.charts("charts", figures(examination).into_iter().map(|(_, chart)| chart));
        html.details("Triads over a right root", |html| {
            html.charts("charts", examination.confusion.iter().map(|one| families(one).svg()));
        });
    });
}

/// The charts of an examination with their names.
pub(super) fn figures(examination: &Examination) -> Vec<(String, Svg)> {
    let charts = examination.confusion.iter();
    charts.map(|one| (format!("wrong-roots-{}", one.visible), roots(one).svg())).collect()
}

fn title(confusion: &Confusion) -> String {
    probe::in_words(&format!("cells-{}", confusion.visible))
}

fn roots(confusion: &Confusion) -> Bars {
    let bar = |name: &str, share: &Interval, ink| Bar {
        name: name.to_owned(),
        value: share.value,
        interval: Some((share.low, share.high)),
        reference: None,
        ink: Ink::Category(ink),
    };
    let named = INTERVALS.iter().zip(&confusion.roots).enumerate();
    let mut bars: Vec<Bar> =
        named.map(|(index, (name, share))| bar(name, share, usize::from(index > 0))).collect();
    bars.push(bar("no chord", &confusion.none, 1));
    Bars { title: title(confusion), bars, range: Some((0.0, 1.0)), reference: None }
}

const fn family(family: TriadFamily) -> &'static str {
    match family {
        TriadFamily::Major => "major",
        TriadFamily::Minor => "minor",
        TriadFamily::Diminished => "dim",
        TriadFamily::Augmented => "aug",
        TriadFamily::Suspended => "sus",
        TriadFamily::Open => "open",
    }
}

/// Shares of each row; the number of cells stands with the name.
fn families(confusion: &Confusion) -> HeatMap {
    let total = |row: &[u64]| row.iter().sum::<u64>();
    let rows = TriadFamily::ALL.iter().zip(&confusion.families);
    let shares = |row: &Vec<u64>| {
        let total = total(row);
        let share = |count: &u64| (total > 0).then(|| *count as f64 / total as f64);
        row.iter().map(share).collect()
    };
    HeatMap {
        title: title(confusion),
        rows_are: "is",
        columns_are: "predicted",
        rows: rows.map(|(kind, row)| format!("{} ({})", family(*kind), total(row))).collect(),
        columns: TriadFamily::ALL.iter().map(|kind| family(*kind).to_owned()).collect(),
        values: confusion.families.iter().map(shares).collect(),
        scale: HeatScale::Sequential(0.0, 1.0),
        decimals: Some(2),
    }
}
