//! A run in a paragraph.

use super::{Subject, percent, percent_between};
use crate::history::best;
use crate::{Baseline, probe};

/// How well it does, when it was best, and what is most pressing.
pub(super) fn verdict(subject: &Subject) -> String {
    let history = &subject.run.history;
    let mut sentences = Vec::new();
    let probes = history.probes();
    let headline = probes.first().map(|probe| history.curve(probe)).unwrap_or_default();
    if let (Some(probe), Some(last)) = (probes.first(), headline.last()) {
        let figures = last.validation;
        sentences.push(format!(
            "With {} it is right in {} of {} cells of songs it has not seen (root: {}, where the \
             chord changes: {}).",
            probe::in_words(probe),
            percent_between(figures.all.accuracy(), figures.accuracy_interval),
            figures.all.cells,
            percent(figures.all.root_accuracy()),
            percent(figures.all.change_accuracy()),
        ));
        let same = |baseline: &'_ Baseline| {
            let figures = baseline.figures.iter().find(|one| one.probe == *probe)?;
            Some((baseline.name.clone(), figures.all.accuracy()))
        };
        let baselines = subject.run.baselines.iter().filter_map(same);
        if let Some((name, accuracy)) = baselines.max_by(|a, b| a.1.total_cmp(&b.1)) {
            sentences.push(format!("The best baseline, {name}, is in {}.", percent(accuracy)));
        }
        if let Some(half) =
            history.last().validation.iter().find(|figures| figures.probe == "cells-50")
        {
            sentences.push(format!(
                "With half of the cells visible it is {}.",
                percent_between(half.all.accuracy(), half.accuracy_interval)
            ));
        }
        if let Some(best) = best(&headline) {
            sentences.push(if best.number == last.number {
                format!("Its loss was lowest at the last of {} evaluations.", headline.len())
            } else {
                format!(
                    "Its loss was lowest at {} of {}: {:.3}, and is {:.3} now.",
                    best.place(),
                    headline.len(),
                    best.validation.all.loss(),
                    last.validation.all.loss()
                )
            });
        }
    }
    sentences.push(match subject.findings.as_slice() {
        [] => "No rule found a fault.".to_owned(),
        [only] => format!("One finding: {}", only.sentence),
        [first, rest @ ..] => {
            format!("Most pressing of {} findings: {}", rest.len() + 1, first.sentence)
        }
    });
    sentences.join(" ")
}
