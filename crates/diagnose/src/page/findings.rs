//! What the rules found.

use super::{Subject, each};
use crate::page::html::Html;
use crate::{Change, Finding, Severity};

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    each(html, subjects, |html, subject| {
        if subject.findings.is_empty() {
            html.paragraph("No rule found a fault.");
        }
        subject.findings.iter().for_each(|finding| write_one(html, finding));
    });
}

fn write_one(html: &mut Html, finding: &Finding) {
    let class = match finding.severity {
        Severity::Serious => "finding serious",
        Severity::Moderate => "finding moderate",
        Severity::Slight => "finding",
    };
    html.element("article", class, |html| {
        html.leaf("span", "severity", finding.severity.name());
        html.leaf("h3", "", &finding.sentence);
        html.leaf("p", "soft", &finding.evidence_text());
        html.paragraph(&finding.advice);
        if !finding.changes.is_empty() {
            html.element("pre", "", |html| finding.changes.iter().for_each(|c| change(html, c)));
        }
    });
}

/// A change as a difference of the configuration.
fn change(html: &mut Html, change: &Change) {
    if let Some(now) = &change.now {
        html.leaf("del", "", &format!("- {} = {now}\n", change.setting));
    }
    html.leaf("ins", "", &format!("+ {}\n", change.line()));
}
