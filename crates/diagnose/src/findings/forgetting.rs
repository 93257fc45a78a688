//! A stage that was mastered is not any more.

use super::{Change, Evidence, Finding, Severity};
use crate::history::Evaluation;
use crate::{Run, probe};

/// The floor of fully masked items that keeps the melody in mind.
const FLOOR: f64 = 0.3;
/// The share of items that goes back to earlier stages.
const REPLAY: f64 = 0.2;
/// Up to this visible share, in percent, fully masked items stand for what is asked.
const FEW: u8 = 10;

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
        advice: End::of(&forgotten).advice().to_owned(),
        changes: End::of(&forgotten).changes(run),
    })
}

/// Which end of the curriculum is forgotten.
#[derive(Clone, Copy)]
enum End {
    /// What to do with nothing, or nearly nothing, visible.
    Hidden,
    /// What to do with the chords around.
    Shown,
    Both,
}

impl End {
    fn of(forgotten: &[Forgotten<'_>]) -> Self {
        let few = |one: &Forgotten<'_>| {
            probe::visible_share(&one.probe).is_some_and(|share| share <= FEW)
        };
        match (forgotten.iter().any(few), forgotten.iter().all(few)) {
            (_, true) => Self::Hidden,
            (false, _) => Self::Shown,
            (true, false) => Self::Both,
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::Hidden => "Keep the melody in mind: a floor of fully masked items to the end.",
            Self::Shown => {
                "Keep showing what was shown before: replay of all earlier stages, or a masking \
                 share that is drawn for each item."
            }
            Self::Both => {
                "Train at all visible shares to the end: draw the masking share for each item."
            }
        }
    }

    /// A floor or replay, where there is none and the curriculum can have it; else all shares at
    /// once.
    fn changes(self, run: &Run) -> Vec<Change> {
        let settings = &run.settings;
        let floor = settings.number("curriculum.schedule.full_mask_floor").unwrap_or(0.0);
        let replays = settings.get("curriculum.schedule.replay").is_some();
        match (self, settings.number("curriculum.pattern.stages")) {
            (Self::Hidden, _) if floor < FLOOR => {
                vec![Change::new(settings, "curriculum.schedule.full_mask_floor", FLOOR)]
            }
            (Self::Shown, Some(stages)) if !replays && stages >= 2.0 => vec![
                Change::new(settings, "curriculum.schedule.replay.share", REPLAY),
                // As far back as to the first stage.
                Change::new(settings, "curriculum.schedule.replay.back", stages as i64 - 1),
            ],
            _ => vec![Change::preset("sampled")],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::{run, run_of_curves};
    use crate::settings::tests::settings;

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

    #[test]
    fn the_remedy_is_for_the_end_that_is_forgotten() {
        let gradual = "[curriculum]\npattern = { type = \"random-gradual\", stages = 10 }\n\
                       targets = \"rest\"\nschedule = { type = \"linear\" }\n";
        let changes = |curves: &[(&str, [f64; 2])]| -> Vec<String> {
            let run = Run { settings: settings(gradual), ..run_of_curves(curves) };
            look(&run).expect("a finding").changes.iter().map(Change::line).collect()
        };
        let (falls, stays) = ([0.6, 0.4], [0.4, 0.4]);
        assert_eq!(
            changes(&[("cells-0", falls), ("cells-90", stays)]),
            ["curriculum.schedule.full_mask_floor = 0.3"]
        );
        assert_eq!(
            changes(&[("cells-0", stays), ("metric-bar", falls), ("cells-90", falls)]),
            ["curriculum.schedule.replay.share = 0.2", "curriculum.schedule.replay.back = 9"]
        );
        let sampled = Change::preset("sampled").line();
        assert_eq!(changes(&[("cells-0", falls), ("cells-90", falls)]), [sampled]);
    }
}
