//! Whether training pieces are recited.

use super::Subject;
use super::missing::each_examined;
use crate::charts::{Bar, Bars, Ink, Svg};
use crate::examination::{Examination, Interval, Memorisation};
use crate::page::html::Html;
use crate::probe;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "Pieces are asked again under another piece's melody. A model that harmonizes gets worse \
         on all of them alike; one that recites stays right on the pieces it was trained on.",
    );
    each_examined(html, subjects, |html, examination| {
        if examination.memorisation.is_empty() {
            html.missing("Not measured: there are no training pieces to compare with.");
        }
        html.charts("charts", figures(examination).into_iter().map(|(_, chart)| chart));
        for probe in &examination.memorisation {
            let words = probe::in_words(&format!("cells-{}", probe.visible));
            html.paragraph(&format!("With {words}: {}.", sentence(probe)));
        }
    });
}

/// The charts of an examination with their names.
pub(super) fn figures(examination: &Examination) -> Vec<(String, Svg)> {
    let charts = examination.memorisation.iter();
    charts.map(|one| (format!("memorisation-{}", one.visible), chart(one).svg())).collect()
}

fn sentence(probe: &Memorisation) -> String {
    let Interval { value, low, high } = probe.recited;
    let found = if low > 0.0 {
        "it recites"
    } else if high < 0.0 {
        "no sign of reciting"
    } else {
        "no clear sign of reciting"
    };
    format!(
        "under another's melody training pieces are {:.1} points [{:.1}, {:.1}] better than \
         validation pieces: {found}",
        100.0 * value,
        100.0 * low,
        100.0 * high
    )
}

fn chart(probe: &Memorisation) -> Bars {
    let bar = |name: &str, interval: Interval, ink| Bar {
        name: name.to_owned(),
        value: interval.value,
        interval: Some((interval.low, interval.high)),
        reference: None,
        ink: Ink::Category(ink),
    };
    Bars {
        title: format!("accuracy, {}", probe::in_words(&format!("cells-{}", probe.visible))),
        bars: vec![
            bar("training, own melody", probe.training.own, 1),
            bar("training, another's", probe.training.other, 1),
            bar("validation, own", probe.validation.own, 0),
            bar("validation, another's", probe.validation.other, 0),
        ],
        range: None,
        reference: None,
    }
}
