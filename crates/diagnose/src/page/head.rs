//! What the page is about: runs, configuration, corpus, and a verdict in a paragraph.

use super::verdict::verdict;
use super::{Subject, each};
use crate::page::html::Html;

/// Writes it.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    each(html, subjects, |html, subject| {
        html.leaf("p", "soft", &summary(subject));
        html.leaf("p", "verdict", &verdict(subject));
        html.details("All settings", |html| {
            let row = |(name, value): (String, String)| vec![name, value];
            let rows: Vec<Vec<String>> = subject.run.settings.all().into_iter().map(row).collect();
            let columns = ["setting", "value"].map(str::to_owned);
            html.table("Settings of the run, as its config.toml has them", &columns, &rows);
        });
    });
}

/// The run on one line.
fn summary(subject: &Subject) -> String {
    let settings = &subject.run.settings;
    let mut parts = Vec::new();
    let number = |name: &str| settings.number(name).map(|number| format!("{number}"));
    if let (Some(layers), Some(heads), Some(width)) =
        (number("model.layers"), number("model.heads"), number("model.width"))
    {
        parts.push(format!("{layers} layers × {heads} heads, width {width}"));
    }
    if let (Some(pattern), Some(schedule)) =
        (settings.text("curriculum.pattern.type"), settings.text("curriculum.schedule.type"))
    {
        parts.push(format!("pattern {pattern}, schedule {schedule}"));
    }
    let last = subject.run.history.last();
    let steps = number("optimization.steps").unwrap_or_else(|| "unknown".to_owned());
    parts.push(format!("step {} of {steps}, epoch {}", last.step, last.epoch));
    if let Some(seed) = number("seed") {
        parts.push(format!("seed {seed}"));
    }
    if let Some(hash) = settings.corpus() {
        let short: String = hash.chars().take(12).collect();
        parts.push(format!("corpus {short}…"));
    }
    if let Some(version) = settings.version() {
        parts.push(format!("Cantus {version}"));
    }
    parts.join(" · ")
}
