//! Repeat marks to be written: bar lines and directions.

use super::xml::Element;
use crate::{Bar, RepeatMarks};

/// The bar line at the start of a bar, if it says anything.
pub(super) fn left_barline(bar: &Bar, before: Option<&Bar>) -> Option<Element> {
    let mut barline = Element::empty("barline").with("location", "left");
    if bar.repeats.start {
        barline.push(Element::text("bar-style", "heavy-light"));
    }
    let bracket = !bar.repeats.endings.is_empty()
        && before.is_none_or(|before| before.repeats.endings != bar.repeats.endings);
    if bracket {
        barline.push(ending(&bar.repeats, "start"));
    }
    if bar.repeats.start {
        barline.push(Element::empty("repeat").with("direction", "forward"));
    }
    (bracket || bar.repeats.start).then_some(barline)
}

/// The bar line at the end of a bar, if it says anything.
pub(super) fn right_barline(bar: &Bar, after: Option<&Bar>) -> Option<Element> {
    let mut barline = Element::empty("barline").with("location", "right");
    let repeated = bar.repeats.end;
    if repeated.is_some() || after.is_none() {
        barline.push(Element::text("bar-style", "light-heavy"));
    }
    let bracket = !bar.repeats.endings.is_empty()
        && after.is_none_or(|after| after.repeats.endings != bar.repeats.endings);
    if bracket {
        barline.push(ending(&bar.repeats, if repeated.is_some() { "stop" } else { "discontinue" }));
    }
    if let Some(times) = repeated {
        let repeat = Element::empty("repeat").with("direction", "backward");
        barline.push(if times > 2 { repeat.with("times", times) } else { repeat });
    }
    (bracket || repeated.is_some() || after.is_none()).then_some(barline)
}

fn ending(marks: &RepeatMarks, kind: &str) -> Element {
    let passes: Vec<_> = marks.endings.iter().map(u8::to_string).collect();
    Element::empty("ending").with("number", passes.join(", ")).with("type", kind)
}

/// The signs at the start of a bar.
pub(super) fn signs_at_start(marks: &RepeatMarks) -> Vec<Element> {
    let sign = |name: &'static str| {
        let sound = Element::empty("sound").with(name, name);
        direction(Element::empty(name), sound)
    };
    let signs = [(marks.segno, "segno"), (marks.coda, "coda")];
    signs.into_iter().filter(|(is, _)| *is).map(|(_, name)| sign(name)).collect()
}

/// The words at the end of a bar.
pub(super) fn words_at_end(marks: &RepeatMarks) -> Vec<Element> {
    [
        (marks.to_coda, "To Coda", "tocoda", "coda"),
        (marks.fine, "Fine", "fine", "yes"),
        (marks.da_capo, "D.C.", "dacapo", "yes"),
        (marks.dal_segno, "D.S.", "dalsegno", "segno"),
    ]
    .into_iter()
    .filter(|(is, ..)| *is)
    .map(|(_, words, attribute, value)| {
        direction(Element::text("words", words), Element::empty("sound").with(attribute, value))
    })
    .collect()
}

/// A direction above the staff.
pub(super) fn direction(kind: Element, sound: Element) -> Element {
    let kind = Element::new("direction-type", [kind]);
    Element::new("direction", [kind, sound]).with("placement", "above")
}
