//! A stage that was mastered is not any more.

use super::{Change, Evidence, Finding, Severity};
use crate::history::Evaluation;
use crate::{Run, probe};

/// The floor of fully masked items that keeps the melody in mind.
const FLOOR: f64 = 0.3;

/// One probe that was forgotten.
struct Forgotten<'a> {
    probe: String,
    best: Evaluation<'a>,
    last: Evaluation<'a>,
}

impl Forgotten<'_> {
    fn fall(&self) -> f64 {
        self.best.validation.all.accuracy() - self.last.validation.all.accuracy()
    }
}

/// Looks at every probe: accuracy was clearly better before, the intervals apart (the forgetting
/// of Chaudhry 2018, over visible shares in place of tasks). Training pieces, where they were
/// measured, must have fallen too: a fall on validation pieces alone is memorising.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let accuracy = |evaluation: &Evaluation<'_>| evaluation.validation.all.accuracy();
    let look = |probe: String| {
        let curve = run.history.curve(&probe);
        let last = *curve.last()?;
        let best = *curve.iter().max_by(|a, b| accuracy(a).total_cmp(&accuracy(b)))?;
        let apart = best.validation.accuracy_interval.0 > last.validation.accuracy_interval.1;
        let both = best.training.zip(last.training);
        let unlearnt = both.is_none_or(|(best, last)| best.all.accuracy() > last.all.accuracy());
        (apart && unlearnt).then_some(Forgotten { probe, best, last })
    };
    let forgotten: Vec<Forgotten<'_>> = run.history.probes().into_iter().filter_map(look).collect();
    let worst = forgotten.iter().max_by(|a, b| a.fall().total_cmp(&b.fall()))?;
    let with = |fall: fn(&Forgotten<'_>) -> String| {
        forgotten.iter().filter(|one| one.probe != worst.probe).map(fall).collect::<Vec<_>>()
    };
    let others = with(|one| probe::in_words(&one.probe));
    let also =
        if others.is_empty() { String::new() } else { format!(" (and {})", others.join(", ")) };
    let Forgotten { probe, best, last } = worst;
    let mut evidence = vec![
        Evidence::between(
            format!("accuracy with {} then", probe::in_words(probe)),
            accuracy(best),
            best.validation.accuracy_interval,
        ),
        Evidence::between("now", accuracy(last), last.validation.accuracy_interval),
    ];
    if let (Some(best), Some(last)) = (best.training, last.training) {
        evidence.push(Evidence::new("on training pieces then", best.all.accuracy()));
        evidence.push(Evidence::new("now", last.all.accuracy()));
    }
    Some(Finding {
        rule: "forgetting",
        severity: Severity::Serious,
        sentence: format!(
            "Forgets what to do with {}{also}: it was better at {}.",
            probe::in_words(probe),
            best.place()
        ),
        evidence,
        advice: "Keep a share of the items at what is forgotten: a floor of fully masked items, \
                 or replay of earlier stages."
            .to_owned(),
        changes: changes(run),
    })
}

/// A floor, if there is none so high; else replay, if the pattern goes by stages.
fn changes(run: &Run) -> Vec<Change> {
    let settings = &run.settings;
    let floor = settings.number("curriculum.schedule.full_mask_floor").unwrap_or(0.0);
    if floor < FLOOR {
        return vec![Change::new(settings, "curriculum.schedule.full_mask_floor", FLOOR)];
    }
    let replays = settings.get("curriculum.schedule.replay").is_some();
    if replays || settings.get("curriculum.pattern.stages").is_none() {
        return vec![Change::preset("sampled")];
    }
    vec![
        Change::new(settings, "curriculum.schedule.replay.share", 0.2),
        Change::new(settings, "curriculum.schedule.replay.back", 2),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::run;

    #[test]
    fn a_clear_fall_is_forgetting_and_a_wobble_is_not() {
        let finding = look(&run(&[(0.5, 1.5, 0.5), (0.4, 1.5, 0.4)])).expect("a finding");
        assert!(finding.sentence.contains("nothing visible: it was better at evaluation 1"));
        assert_eq!(look(&run(&[(0.5, 1.5, 0.5), (0.48, 1.5, 0.5)])), None);
    }

    #[test]
    fn a_fall_on_validation_pieces_alone_is_not() {
        assert_eq!(look(&run(&[(0.5, 1.5, 0.5), (0.4, 1.9, 0.8)])), None);
    }
}
