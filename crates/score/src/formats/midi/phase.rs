//! Recordings that run beside the grid: all notes early or late by the same time.

use std::f64::consts::TAU;

use super::quantise::is_notated;
use super::tracks::{MidiFile, TickNote};
use crate::{Place, Warning};

/// How sharply the onsets have to agree on their distance to the sixteenths: the length of
/// their mean direction on the circle of a sixteenth, 1 if they all agree.
const AGREEMENT: f64 = 0.8;

/// Distances below this many quarter notes are left to the quantisation.
const NEGLIGIBLE: f64 = 0.02;

/// Moves all notes of `file` by the time that those of the part `melody` agree to lie beside
/// the sixteenths: at such a distance neighbours would be moved to different sides.
pub(super) fn align(file: &mut MidiFile, melody: usize, warnings: &mut Vec<Warning>) {
    let per_quarter = file.per_quarter;
    let notes = file.parts.get(melody).map_or(&[][..], |part| &part.notes);
    let Some(late) = late(notes, per_quarter) else { return };
    let early = |tick: u64| tick.saturating_add_signed(-late);
    for note in file.parts.iter_mut().flat_map(|part| &mut part.notes) {
        *note = TickNote { start: early(note.start), end: early(note.end), key: note.key };
    }
    let quarters = late as f64 / f64::from(per_quarter);
    let text = format!("all notes were moved by {:.3} quarter notes onto the grid", -quarters);
    warnings.push(Warning::new(Place::File, text));
}

/// By how many ticks the notes come late against the nearest sixteenths, if they agree on it.
fn late(notes: &[TickNote], per_quarter: u32) -> Option<i64> {
    if notes.is_empty() || is_notated(&mut notes.iter().map(|note| note.start), per_quarter) {
        return None;
    }
    let sixteenth = f64::from(per_quarter) / 4.0;
    let angles = notes.iter().map(|note| (note.start as f64 % sixteenth) / sixteenth * TAU);
    let (sine, cosine) = angles.fold((0.0, 0.0), |sum, a| (sum.0 + a.sin(), sum.1 + a.cos()));
    let agreement = sine.hypot(cosine) / notes.len() as f64;
    let late = sine.atan2(cosine) / TAU * sixteenth;
    let beside = agreement > AGREEMENT && late.abs() > NEGLIGIBLE * f64::from(per_quarter);
    beside.then(|| late.round() as i64)
}
