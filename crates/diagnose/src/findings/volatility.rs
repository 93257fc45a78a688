//! Validation jumps about: is it real, or are there too few songs?

use super::{Change, Evidence, Finding, Severity, rounded};
use crate::examination::Interval;
use crate::examination::volatility::{Movement, volatility};
use crate::{Run, probe};

/// Validations at the end of a run that are looked at.
const LAST: usize = 4;
/// The largest change of accuracy must be so large: ups and downs within a point show in no table
/// and mislead nobody.
const SEEN: f64 = 0.01;
/// Of the movements between them, so many must be beyond chance for jumps of the model.
const BEYOND: usize = 2;
/// Where songs were not kept: a movement of this many half intervals is beyond chance.
const HALVES: f64 = 2.0;
/// Seed of the resamples, so that a finding does not change from one diagnosis to the next.
const SEED: u64 = 1;

/// The movements of one probe between the last validations, which turn at every one of them.
struct Movements {
    probe: String,
    /// Each change of accuracy.
    changes: Vec<Interval>,
    /// Songs that would tell the largest one from chance, and songs there are, where they were
    /// kept.
    needed: Option<(f64, usize)>,
    /// Whether none of them, or enough of them, are beyond chance.
    noise: bool,
    real: bool,
}

impl Movements {
    /// The largest of them.
    fn largest(&self) -> Option<Interval> {
        self.changes.iter().copied().max_by(|a, b| a.value.abs().total_cmp(&b.value.abs()))
    }
}

/// The probes whose accuracy goes visibly up and down between the last validations.
fn movements(run: &Run) -> Vec<Movements> {
    let look = |probe: String| {
        let movements = paired(run, &probe).or_else(|| unpaired(run, &probe))?;
        let turn = |pair: &[Interval]| pair[0].value * pair[1].value < 0.0;
        let seen = movements.largest().is_some_and(|change| change.value.abs() >= SEEN);
        (seen && movements.changes.windows(2).all(turn)).then_some(movements)
    };
    run.history.probes().into_iter().filter_map(look).collect()
}

/// Song by song, where every song was kept: what makes a song hard falls out of the difference.
fn paired(run: &Run, probe: &str) -> Option<Movements> {
    let recent = run.songs.get(run.songs.len().checked_sub(LAST)?..)?;
    let evaluations: Option<Vec<_>> =
        recent.iter().map(|report| Some((report.step, run.song_sums(report, probe)?))).collect();
    let moved = volatility(&evaluations?, SEED)?.movements;
    let size = |moved: &Movement| moved.difference.accuracy.value.abs();
    let largest = moved.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?.difference;
    let changes: Vec<Interval> = moved.iter().map(|one| one.difference.accuracy).collect();
    let beyond = changes.iter().filter(|change| !change.contains(0.0)).count();
    (changes.len() == LAST - 1).then(|| Movements {
        probe: probe.to_owned(),
        needed: largest.songs_for_accuracy.map(|needed| (needed, largest.songs)),
        noise: beyond == 0,
        real: beyond >= BEYOND,
        changes,
    })
}

/// Against the interval of the accuracy itself, where songs were not kept.
fn unpaired(run: &Run, probe: &str) -> Option<Movements> {
    let curve = run.history.curve(probe);
    let recent = curve.get(curve.len().checked_sub(LAST)?..)?;
    let (low, high) = recent.last()?.validation.accuracy_interval;
    let half = (high - low) / 2.0;
    let accuracy = |index: usize| recent[index].validation.all.accuracy();
    let changes: Vec<Interval> = (1..LAST)
        .map(|index| accuracy(index) - accuracy(index - 1))
        .map(|value| Interval { value, low: value - half, high: value + half })
        .collect();
    let beyond =
        |halves: f64| changes.iter().filter(|change| change.value.abs() > halves * half).count();
    Some(Movements {
        probe: probe.to_owned(),
        needed: None,
        noise: beyond(1.0) == 0,
        real: beyond(HALVES) >= BEYOND,
        changes,
    })
}

fn evidence(movements: &Movements) -> Vec<Evidence> {
    let between = |what: String, change: Interval| {
        Evidence::between(what, change.value, (change.low, change.high))
    };
    let mut evidence: Vec<Evidence> = movements
        .largest()
        .map(|change| {
            between(format!("largest change of accuracy in the last {LAST} evaluations"), change)
        })
        .into_iter()
        .collect();
    if let Some((needed, there)) = movements.needed {
        evidence.push(Evidence::new("songs that would tell it from chance", needed));
        evidence.push(Evidence::new("songs there are", there as f64));
    }
    evidence
}

/// What moves may be chance: it says nothing, and more songs are needed to tell checkpoints apart.
pub(super) fn look_for_noise(run: &Run) -> Option<Finding> {
    let movements = movements(run).into_iter().find(|movements| movements.noise)?;
    Some(Finding {
        rule: "validation too small",
        severity: Severity::Moderate,
        sentence: format!(
            "The validation set is too small to follow the model with {}: its ups and downs may \
             all be chance.",
            probe::in_words(&movements.probe)
        ),
        evidence: evidence(&movements),
        advice: "Validate on all songs, prepare more, and do not choose a checkpoint by such a \
                 movement."
            .to_owned(),
        changes: match run.settings.number("validation.pieces") {
            Some(pieces) if pieces > 0.0 => {
                vec![Change::new(&run.settings, "validation.pieces", 0)]
            }
            _ => Vec::new(),
        },
    })
}

/// What moves is more than chance: the weights themselves jump about.
pub(super) fn look_for_jumps(run: &Run) -> Option<Finding> {
    let size = |movements: &Movements| movements.largest().map_or(0.0, |it| it.value.abs());
    let movements = movements(run)
        .into_iter()
        .filter(|movements| movements.real)
        .max_by(|a, b| size(a).total_cmp(&size(b)))?;
    let settings = &run.settings;
    let mut changes = Vec::new();
    if settings.number("optimization.ema").is_some_and(|decay| decay < 0.99) {
        changes.push(Change::new(settings, "optimization.ema", 0.998));
    } else if let Some(peak) = settings.number("optimization.learning_rate.peak") {
        changes.push(Change::new(settings, "optimization.learning_rate.peak", rounded(peak / 2.0)));
    }
    Some(Finding {
        rule: "volatility",
        severity: Severity::Moderate,
        sentence: format!(
            "The model itself jumps about with {}: its ups and downs are more than chance.",
            probe::in_words(&movements.probe)
        ),
        evidence: evidence(&movements),
        advice:
            "Measure a moving average of the weights, lower the learning rate, or let it decay."
                .to_owned(),
        changes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run;

    #[test]
    fn jumps_within_the_interval_are_noise() {
        let run = run(&[(0.5, 1.5, 0.5), (0.515, 1.5, 0.5), (0.5, 1.5, 0.5), (0.51, 1.5, 0.5)]);
        assert!(look_for_noise(&run).is_some());
        assert_eq!(look_for_jumps(&run), None);
    }

    #[test]
    fn a_model_that_has_settled_is_left_alone() {
        let still = run(&[(0.5, 1.5, 0.5), (0.502, 1.5, 0.5), (0.5, 1.5, 0.5), (0.503, 1.5, 0.5)]);
        assert_eq!(look_for_noise(&still), None);
        assert_eq!(look_for_jumps(&still), None);
    }

    #[test]
    fn jumps_beyond_the_interval_are_real() {
        let run = run(&[(0.5, 1.5, 0.5), (0.6, 1.5, 0.5), (0.5, 1.5, 0.5), (0.6, 1.5, 0.5)]);
        assert!(look_for_jumps(&run).is_some());
        assert_eq!(look_for_noise(&run), None);
    }

    #[test]
    fn a_steady_climb_is_not() {
        let run = run(&[(0.5, 1.5, 0.5), (0.51, 1.5, 0.5), (0.52, 1.5, 0.5), (0.53, 1.5, 0.5)]);
        assert_eq!(look_for_noise(&run), None);
        assert_eq!(look_for_jumps(&run), None);
    }
}
