//! The aggregate for a paper.

use super::{estimate, intervals, pieces};
use crate::{Metric, Report};

/// What stands where nothing is defined.
const ABSENT: &str = "--";

pub(super) fn write(report: &Report) -> String {
    let convention = report.settings.convention.name();
    let mut text = format!(
        "% {}, convention {convention}; {}; needs booktabs\n",
        pieces(report),
        intervals(report)
    );
    text += "\\begin{tabular}{lrrr}\n\\toprule\n";
    text += "Metric & Generated & Reference & Mean absolute error \\\\\n\\midrule\n";
    for summary in &report.metrics {
        let cells = [summary.generated, summary.reference, summary.error]
            .map(|value| estimate(value, ABSENT));
        text += &format!("{} & {} \\\\\n", symbol(summary.metric), cells.join(" & "));
    }
    text += "\\midrule\n";
    for measure in report.agreement.iter().chain(&report.rhythm) {
        let name = measure.name.replace('_', "\\_");
        let value = estimate(measure.estimate, ABSENT);
        text += &format!("{name} & {value} & & \\\\\n");
    }
    text += "\\midrule\n";
    let (generated, reference) = (report.progressions.generated, report.progressions.reference);
    let [own, other] =
        [generated, reference].map(|side| format!("{} of {}", side.distinct, side.total));
    text +=
        &format!("distinct progressions of {} chords & {own} & {other} & \\\\\n", generated.length);
    if let Some(constraints) = report.constraints {
        let kept = estimate(constraints.share, ABSENT);
        text += &format!("share of constraints kept & {kept} & & \\\\\n");
    }
    if let Some(copies) = &report.copies {
        let share = estimate(copies.share, ABSENT);
        text += &format!("share of a piece copied & {share} & & \\\\\n");
        text += &format!("chords of the longest copy & {} & & \\\\\n", copies.longest);
    }
    text += "\\bottomrule\n\\end{tabular}\n";
    text
}

/// The abbreviation, what follows its underscore as an index.
fn symbol(metric: Metric) -> String {
    match metric.to_string().split_once('_') {
        Some((name, index)) => format!("{name}$_\\mathrm{{{index}}}$"),
        None => metric.to_string(),
    }
}
