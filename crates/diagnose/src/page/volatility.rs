//! Whether the movement between evaluations is real.

use train::Measured;

use super::{Subject, each};
use crate::charts::{Ink, LineChart, LineSize, Point, Series, Svg};
use crate::examination::volatility::{Difference, Movement, Volatility, volatility};
use crate::page::html::Html;
use crate::{Run, probe};

/// Seed of the resamples, so that a page does not change from one writing to the next.
const SEED: u64 = 1;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "What the accuracy changes by from one evaluation to the next, song by song on the same \
         cells. Where the band holds zero, the movement may be chance.",
    );
    each(html, subjects, |html, subject| {
        let moved = moved(&subject.run);
        if moved.is_empty() {
            html.missing(
                "Not measured: this needs what at least two evaluations measured of every song \
                 (the folder `validations` of the run).",
            );
            return;
        }
        html.charts("charts", moved.iter().map(|(probe, moved)| chart(probe, moved).svg()));
        table(html, &moved);
    });
}

/// The charts of a run with their names.
pub(super) fn figures(run: &Run) -> Vec<(String, Svg)> {
    let chart = |(probe, moved): &(String, Volatility)| {
        let panel = chart(probe, moved);
        let title = format!("change of accuracy, {}", panel.title);
        let wide = LineChart { title, size: LineSize::Wide, ..panel };
        (format!("movement-{probe}"), wide.svg())
    };
    moved(run).iter().map(chart).collect()
}

/// The movements of all probes.
fn moved(run: &Run) -> Vec<(String, Volatility)> {
    let probes = run.history.probes().into_iter();
    probes.filter_map(|probe| Some((probe.clone(), of(run, &probe)?))).collect()
}

/// The movements of one probe over all evaluations of the same songs.
fn of(run: &Run, probe: &str) -> Option<Volatility> {
    let evaluations: Vec<(u64, &[Measured])> = run
        .songs
        .iter()
        .filter_map(|report| Some((report.step, run.song_sums(report, probe)?)))
        .collect();
    volatility(&evaluations, SEED)
}

fn chart(probe: &str, volatility: &Volatility) -> LineChart {
    let movements = &volatility.movements;
    let point = |movement: &Movement| {
        let accuracy = movement.difference.accuracy;
        Point {
            x: movement.to as f64,
            y: accuracy.value,
            band: Some((accuracy.low, accuracy.high)),
        }
    };
    let zero = |movement: &Movement| Point { x: movement.to as f64, y: 0.0, band: None };
    LineChart {
        title: probe::in_words(probe),
        x_label: "step",
        y_range: None,
        series: vec![
            Series {
                name: "no change".to_owned(),
                ink: Ink::Category(1),
                dashed: true,
                points: movements.first().into_iter().chain(movements.last()).map(zero).collect(),
            },
            Series {
                name: "since the evaluation before".to_owned(),
                ink: Ink::Category(0),
                dashed: false,
                points: movements.iter().map(point).collect(),
            },
        ],
        marks: Vec::new(),
        size: LineSize::Panel,
    }
}

fn table(html: &mut Html, moved: &[(String, Volatility)]) {
    let columns =
        ["visible", "by chance", "songs", "accuracy", "songs needed", "loss", "songs needed"];
    let row = |(probe, volatility): &(String, Volatility)| {
        let Difference { songs, accuracy, loss, songs_for_accuracy, songs_for_loss, .. } =
            volatility.movements.last()?.difference;
        let needed = |songs: Option<f64>| {
            songs.map_or("none would do".to_owned(), |songs| format!("{songs:.0}"))
        };
        Some(vec![
            probe::in_words(probe),
            format!(
                "{:.0} of {}",
                volatility.accuracy_by_chance * volatility.movements.len() as f64,
                volatility.movements.len()
            ),
            songs.to_string(),
            format!("{:+.3} [{:+.3}, {:+.3}]", accuracy.value, accuracy.low, accuracy.high),
            needed(songs_for_accuracy),
            format!("{:+.3} [{:+.3}, {:+.3}]", loss.value, loss.low, loss.high),
            needed(songs_for_loss),
        ])
    };
    let rows: Vec<Vec<String>> = moved.iter().filter_map(row).collect();
    let caption = "Movements that may be chance, and the last one: songs there are, and songs \
                   needed to tell it from chance (5% significance, power 80%)";
    html.table(caption, &columns.map(str::to_owned), &rows);
}
