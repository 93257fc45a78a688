//! What was learned and lost again: evaluations × stages.

use super::{Subject, each};
use crate::charts::{HeatMap, HeatScale, Svg};
use crate::examination::forgetting::{StageFigure, StageMatrix, learned, shown_before};
use crate::page::html::Html;
use crate::{Run, probe};

/// Evaluations in the map at most; of more, every n-th and the last.
const ROWS: usize = 16;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "Accuracy on validation pieces at each evaluation (rows) and visible share (columns). \
         A column that darkens and then pales again was learned and forgotten; forgetting is the \
         best accuracy before the last evaluation less that at the last (Chaudhry 2018).",
    );
    each(html, subjects, |html, subject| {
        let run = &subject.run;
        let all = matrix(run);
        html.charts("charts", [map(&all).svg()]);
        html.paragraph(&transfer(run));
        table(html, &all);
    });
}

/// The chart of a run with its name.
pub(super) fn figures(run: &Run) -> Vec<(String, Svg)> {
    vec![("forgetting".to_owned(), map(&matrix(run)).svg())]
}

fn matrix(run: &Run) -> StageMatrix {
    StageMatrix::new(run.history.validations(), &run.history.probes(), StageFigure::Accuracy)
}

/// The last rows, and every n-th before.
fn map(matrix: &StageMatrix) -> HeatMap {
    let count = matrix.steps.len();
    let every = count.div_ceil(ROWS).max(1);
    // Counted back from the last, so that it is always there.
    let shown: Vec<usize> =
        (0..count).filter(|index| (count - 1 - index).is_multiple_of(every)).collect();
    let all = || shown.iter().flat_map(|index| matrix.values[*index].iter().flatten());
    let ends = all().fold((f64::INFINITY, 0.0f64), |(low, high), v| (low.min(*v), high.max(*v)));
    HeatMap {
        title: "accuracy".to_owned(),
        rows_are: "step",
        columns_are: "visible",
        rows: shown.iter().map(|index| matrix.steps[*index].to_string()).collect(),
        columns: matrix.stages.iter().map(|stage| probe::in_short(stage)).collect(),
        values: shown.iter().map(|index| matrix.values[*index].clone()).collect(),
        scale: HeatScale::Sequential(ends.0.min(ends.1), ends.1),
        decimals: Some(3),
    }
}

/// Backward and forward transfer over the shares of visible cells, in words. The shares follow
/// one another as training showed them.
fn transfer(run: &Run) -> String {
    let history = &run.history;
    let mut stages: Vec<(u8, String)> = history
        .probes()
        .into_iter()
        .filter_map(|probe| Some((probe::visible_share(&probe)?, probe)))
        .collect();
    stages.sort();
    let evaluations: Vec<u64> = history.validations().iter().map(|report| report.step).collect();
    let steps: Vec<(u64, f64)> =
        history.steps().iter().map(|step| (step.step, step.visible)).collect();
    let trained = shown_before(&evaluations, &steps);
    if let [first, .., last] = trained.as_slice()
        && last < first
    {
        stages.reverse();
    }
    let shares: Vec<f64> = stages.iter().map(|(share, _)| f64::from(*share) / 100.0).collect();
    let names: Vec<String> = stages.into_iter().map(|(_, name)| name).collect();
    let mut matrix = StageMatrix::new(history.validations(), &names, StageFigure::Accuracy);
    if let Some(untrained) = &run.untrained {
        matrix = matrix.with_untrained(untrained, StageFigure::Accuracy);
    }
    let Some(transfer) = learned(&trained, &shares).and_then(|at| matrix.transfer(&at)) else {
        return "Training showed about the same share all along: no stage follows another, and \
                there is no transfer between them to measure."
            .to_owned();
    };
    let points = |share: f64| format!("{:+.1} points", 100.0 * share);
    let backward = transfer.backward.map_or("not measured".to_owned(), points);
    let forward = transfer.forward.map_or(
        "not measured (it needs the corpus, for what the untrained model does)".to_owned(),
        points,
    );
    format!(
        "Over the shares of visible cells in the order of training: backward transfer {backward}, \
         forward transfer {forward} (Lopez-Paz 2017; below zero the later stages harm the earlier \
         ones)."
    )
}

fn table(html: &mut Html, matrix: &StageMatrix) {
    let columns = ["visible", "forgetting", "best at step"].map(str::to_owned);
    let rows: Vec<Vec<String>> = matrix
        .forgotten()
        .iter()
        .map(|one| {
            let points = format!("{:+.1} points", 100.0 * one.forgetting);
            vec![probe::in_words(&one.stage), points, one.best_step.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        html.details("Forgetting of every stage", |html| {
            html.table(
                "Best accuracy before the last evaluation less that at the last",
                &columns,
                &rows,
            );
        });
    }
}
