//! What the melody and the visible chords are worth: what attention cannot show.

use super::Subject;
use super::missing::each_examined;
use crate::charts::{Bar, Bars, Ink, Svg};
use crate::examination::{Examination, Interval};
use crate::page::html::Html;
use crate::probe;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "What something is worth is what the loss rises by without it, in nats a cell: the melody \
         by giving a piece another's, the visible chords by hiding them. Reliance is the melody's \
         part of both: 1 for a model that hears the melody alone, 0 for one that reads the chords \
         alone.",
    );
    each_examined(html, subjects, |html, examination| {
        if examination.reliance.is_empty() {
            html.missing("Not measured: there are no two pieces to swap melodies.");
            return;
        }
        html.charts("charts", figures(examination).into_iter().map(|(_, chart)| chart));
    });
}

/// The charts of an examination with their names.
pub(super) fn figures(examination: &Examination) -> Vec<(String, Svg)> {
    let reliance = &examination.reliance;
    if reliance.is_empty() {
        return Vec::new();
    }
    let bar = |visible: u8, interval: Interval, ink| Bar {
        name: probe::in_words(&format!("cells-{visible}")),
        value: interval.value,
        interval: Some((interval.low, interval.high)),
        reference: None,
        ink: Ink::Category(ink),
    };
    let chart = |name: &str, title: &str, bars: Vec<Bar>| {
        let chart = Bars { title: title.to_owned(), bars, range: None, reference: None };
        (name.to_owned(), chart.svg())
    };
    let melody = reliance.iter().map(|one| bar(one.visible, one.melody, 0)).collect();
    let context = reliance.iter().filter_map(|one| Some(bar(one.visible, one.context?, 1)));
    let ratio = reliance.iter().filter_map(|one| Some(bar(one.visible, one.reliance?, 2)));
    vec![
        chart("worth-of-melody", "worth of the melody", melody),
        chart("worth-of-harmony", "worth of the visible chords", context.collect()),
        chart("reliance", "reliance on the melody", ratio.collect()),
    ]
}
