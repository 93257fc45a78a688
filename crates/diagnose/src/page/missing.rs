//! Sections that need the model: which model it is, or why there is none to look at.

use super::{Subject, each};
use crate::examination::Examination;
use crate::page::html::Html;

/// Lets `write` write about the examination of each run, or says why there is none.
pub(super) fn each_examined(
    html: &mut Html,
    subjects: &[Subject],
    write: impl Fn(&mut Html, &Examination),
) {
    each(html, subjects, |html, subject| {
        match (&subject.run.examination, &subject.unexamined) {
        (Some(examination), _) => write(html, examination),
        (None, Some(why)) => html.missing(&format!("Not measured: {why}")),
        (None, None) => html.missing(
            "Not measured: this needs the model and its corpus; run `cantus diagnose` with --corpus.",
        ),
    }
    });
}
