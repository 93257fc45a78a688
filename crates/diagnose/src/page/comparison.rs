//! Several runs beside each other: what differs between them, song by song and in their settings.

use std::collections::BTreeMap;

use train::{Measured, SongName};

use super::Subject;
use crate::examination::runs::{RunDifference, compare, settings_that_differ};
use crate::page::html::Html;
use crate::{Run, probe};

/// Seed of the resamples, so that a page does not change from one writing to the next.
const SEED: u64 = 1;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    settings(html, subjects);
    html.leaf("h3", "", "Song by song");
    html.paragraph(
        "Second run − first run at their last evaluations, paired song by song on the same frozen \
         cells, with 95% bootstrap intervals. An interval that holds zero tells no difference.",
    );
    let mut probes: Vec<String> = Vec::new();
    for subject in subjects {
        for probe in subject.run.history.probes() {
            if !probes.contains(&probe) {
                probes.push(probe);
            }
        }
    }
    let rows: Vec<Vec<String>> = probes
        .iter()
        .flat_map(|probe| {
            let runs: Vec<(String, BTreeMap<SongName, Measured>)> = subjects
                .iter()
                .map(|subject| (subject.run.name.clone(), last_songs(&subject.run, probe)))
                .collect();
            compare(&runs, SEED).into_iter().map(move |pair| row(probe, &pair))
        })
        .collect();
    let columns = ["visible", "first", "second", "songs", "accuracy", "loss", ""];
    html.table("Differences of runs", &columns.map(str::to_owned), &rows);
}

/// The sums of each song at the last evaluation; none where the run did not keep them.
fn last_songs(run: &Run, probe: &str) -> BTreeMap<SongName, Measured> {
    let Some(report) = run.songs.last() else { return BTreeMap::new() };
    let sums = run.song_sums(report, probe).unwrap_or_default();
    report.validation.songs.iter().cloned().zip(sums.iter().copied()).collect()
}

fn row(probe: &str, pair: &RunDifference) -> Vec<String> {
    let names = [probe::in_words(probe), pair.first.clone(), pair.second.clone()];
    let Some(difference) = &pair.difference else {
        let none = ["0", "–", "–", "no songs with the same questions in common"];
        return names.into_iter().chain(none.map(str::to_owned)).collect();
    };
    let accuracy = difference.accuracy;
    let verdict = match (accuracy.low > 0.0, accuracy.high < 0.0) {
        (true, _) => format!("{} is better", pair.second),
        (_, true) => format!("{} is better", pair.first),
        _ => "no difference told".to_owned(),
    };
    let loss = difference.loss;
    names
        .into_iter()
        .chain([
            difference.songs.to_string(),
            format!("{:+.3} [{:+.3}, {:+.3}]", accuracy.value, accuracy.low, accuracy.high),
            format!("{:+.3} [{:+.3}, {:+.3}]", loss.value, loss.low, loss.high),
            verdict,
        ])
        .collect()
}

fn settings(html: &mut Html, subjects: &[Subject]) {
    html.leaf("h3", "", "Settings that differ");
    let flat: Vec<BTreeMap<String, String>> =
        subjects.iter().map(|subject| subject.run.settings.all().into_iter().collect()).collect();
    let differences = settings_that_differ(&flat);
    if differences.is_empty() {
        html.paragraph("None: the runs were configured alike.");
        return;
    }
    let columns: Vec<String> = ["setting".to_owned()]
        .into_iter()
        .chain(subjects.iter().map(|subject| subject.run.name.clone()))
        .collect();
    let rows: Vec<Vec<String>> = differences
        .into_iter()
        .map(|difference| {
            let values = difference.values.into_iter().map(|value| value.unwrap_or("–".to_owned()));
            [difference.name].into_iter().chain(values).collect()
        })
        .collect();
    html.table("Each run's value", &columns, &rows);
}
