//! Which part holds the melody.

use super::document::Part;
use super::part::PartMusic;
use crate::formats::ReadOptions;
use crate::{Place, ReadError, Warning};

/// Names of parts that usually sing or play the tune.
const TUNEFUL: [&str; 8] = ["melod", "voice", "vocal", "voix", "stimme", "canto", "lead", "solo"];

/// The index of the part that holds the melody: the asked one, else the best guess.
///
/// # Errors
/// If the asked part is not there, or no part has a note of definite pitch.
pub(super) fn melody_part(
    parts: &[Part<'_>],
    music: &[PartMusic<'_>],
    options: &ReadOptions,
    warnings: &mut Vec<Warning>,
) -> Result<usize, ReadError> {
    if let Some(wanted) = &options.part {
        let index = asked(parts, wanted.trim()).ok_or_else(|| {
            let problem = format!("it has no part {wanted:?}");
            ReadError::new(Place::File, problem, format!("choose one of: {}", listing(parts)))
        })?;
        return match music.get(index) {
            Some(part) if tune(part).notes > 0 => Ok(index),
            _ => Err(no_melody(&format!("the part {wanted:?}"))),
        };
    }
    let tunes: Vec<_> = music.iter().map(tune).collect();
    let candidates = || tunes.iter().enumerate().filter(|(_, tune)| tune.notes > 0);
    let rank = |index: usize, tune: &Tune| {
        let name = parts.get(index).map(|part| part.name.to_lowercase()).unwrap_or_default();
        let tuneful = TUNEFUL.iter().any(|word| name.contains(word));
        (tune.sung, tuneful, tune.chords, tune.height, std::cmp::Reverse(index))
    };
    let best = candidates().max_by_key(|(index, tune)| rank(*index, tune)).map(|(index, _)| index);
    let index = best.ok_or_else(|| no_melody("the score"))?;
    if candidates().count() > 1 {
        let label = parts.get(index).map(|part| label(index, part)).unwrap_or_default();
        let message =
            format!("the melody is read from part {label}; the parts are: {}", listing(parts));
        warnings.push(Warning::new(Place::File, message));
    }
    Ok(index)
}

/// The error of music without melody.
pub(super) fn no_melody(what: &str) -> ReadError {
    let problem = format!("{what} has no melody: no note of definite pitch");
    ReadError::new(Place::File, problem, "write a melody into it, or choose another part or file")
}

/// The part of this identifier, name, abbreviation or number from 1.
fn asked(parts: &[Part<'_>], wanted: &str) -> Option<usize> {
    let lower = wanted.to_lowercase();
    let named = |text: &str| !text.is_empty() && text.to_lowercase() == lower;
    parts
        .iter()
        .position(|part| part.id == wanted)
        .or_else(|| parts.iter().position(|part| named(part.name)))
        .or_else(|| parts.iter().position(|part| named(part.abbreviation)))
        .or_else(|| wanted.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < parts.len()))
}

/// The parts as a user may name them; at most twenty.
fn listing(parts: &[Part<'_>]) -> String {
    let labels = parts.iter().take(20).enumerate().map(|(index, part)| label(index, part));
    labels.collect::<Vec<_>>().join(", ")
}

fn label(index: usize, part: &Part<'_>) -> String {
    let name = if part.name.is_empty() { part.id } else { part.name };
    format!("{} ({})", index + 1, name.chars().take(40).collect::<String>())
}

/// What speaks for a part.
struct Tune {
    notes: usize,
    sung: bool,
    chords: bool,
    /// The mean MIDI key of its notes.
    height: i64,
}

fn tune(part: &PartMusic<'_>) -> Tune {
    let (mut notes, mut sum, mut sung) = (0usize, 0i64, false);
    for note in part.notes() {
        if let Some(pitch) = note.pitch {
            notes += 1;
            sum += i64::from(pitch.midi());
            sung |= note.lyric;
        }
    }
    let height = i64::try_from(notes).ok().and_then(|notes| sum.checked_div(notes)).unwrap_or(0);
    let chords = part.bars.iter().any(|bar| !bar.harmonies.is_empty());
    Tune { notes, sung, chords, height }
}
