//! The melody makes no difference.

use super::{Change, Evidence, Finding, Severity};
use crate::Run;

/// What the melody should be worth at least, in nats a cell. A model that listens is led astray by
/// another's melody, mostly one in another key, by one to three nats; one that has found the most
/// frequent chords, and little else, by a tenth or two.
const WORTH: f64 = 0.3;
/// The floor of fully masked items that keeps the melody in use.
const FLOOR: f64 = 0.3;

/// Looks at what the loss rises by when a piece gets another's melody, with nothing visible: the
/// melody is then all there is.
pub(super) fn look(run: &Run) -> Option<Finding> {
    let reliance = &run.examination.as_ref()?.reliance;
    let nothing = reliance.iter().find(|reliance| reliance.visible == 0)?;
    let melody = nothing.melody;
    if melody.value >= WORTH && melody.low > 0.0 {
        return None;
    }
    let mut evidence = vec![Evidence::between(
        "rise of the loss under another piece's melody, nothing visible",
        melody.value,
        (melody.low, melody.high),
    )];
    let most_shown = reliance.iter().max_by_key(|reliance| reliance.visible);
    if let Some((shown, context)) = most_shown.and_then(|one| Some((one, one.context?))) {
        evidence.push(Evidence::between(
            format!("rise without the visible chords at {}% visible", shown.visible),
            context.value,
            (context.low, context.high),
        ));
    }
    Some(Finding {
        rule: "ignores the melody",
        severity: Severity::Serious,
        sentence: "Ignores the melody: with another piece's it does hardly worse.".to_owned(),
        evidence,
        advice: "Make it listen: more fully masked items, positions that let harmony find the \
                 melody beneath it, and enough steps."
            .to_owned(),
        changes: changes(run),
    })
}

fn changes(run: &Run) -> Vec<Change> {
    let settings = &run.settings;
    let mut changes = Vec::new();
    if settings.text("model.positions.type").is_some_and(|positions| positions != "relative") {
        let relative = toml::Table::from_iter([
            ("type".to_owned(), toml::Value::from("relative")),
            ("reach".to_owned(), toml::Value::from(64)),
        ]);
        changes.push(Change::new(settings, "model.positions", relative));
    }
    let floor = settings.number("curriculum.schedule.full_mask_floor").unwrap_or(0.0);
    if floor < FLOOR {
        changes.push(Change::new(settings, "curriculum.schedule.full_mask_floor", FLOOR));
    }
    if let (true, Some(steps)) = (changes.is_empty(), settings.number("optimization.steps")) {
        changes.push(Change::new(settings, "optimization.steps", (2.0 * steps) as i64));
    }
    changes
}
