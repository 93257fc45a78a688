//! Which voice of a part is the melody, and its notes as one line.

use std::collections::HashMap;

use super::part::{PartMusic, Voice, Written};
use super::parts::no_melody;
use crate::formats::ReadOptions;
use crate::{Duration, Note, Place, Position, ReadError, Warning};

/// What speaks for a voice.
#[derive(Clone, Copy, Default)]
struct Weight {
    notes: u32,
    lyrics: u32,
    pitches: i64,
}

/// The voices of a part that have notes, the melody first.
///
/// The melody is the voice that is sung; else the one on the upper staff; else the one that
/// has at least half as many notes as the busiest and lies highest.
///
/// # Errors
/// If the asked voice is not there or there is no note of definite pitch.
pub(super) fn ranked<'a>(
    part: &PartMusic<'a>,
    options: &ReadOptions,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Voice<'a>>, ReadError> {
    let mut weights: HashMap<Voice<'a>, Weight> = HashMap::new();
    for note in part.notes() {
        if let Some(pitch) = note.pitch {
            let weight = weights.entry(note.voice).or_default();
            weight.notes += 1;
            weight.lyrics += u32::from(note.lyric);
            weight.pitches += i64::from(pitch.midi());
        }
    }
    let busiest = weights.values().map(|weight| weight.notes).max().unwrap_or(0);
    let mut voices: Vec<_> = weights.into_iter().collect();
    voices.sort_by_key(|(voice, weight)| {
        let height = weight.pitches / i64::from(weight.notes.max(1));
        let busy = weight.notes * 2 >= busiest;
        std::cmp::Reverse((
            weight.lyrics > 0,
            std::cmp::Reverse(voice.staff),
            busy,
            height,
            std::cmp::Reverse(voice.name),
        ))
    });
    let mut voices: Vec<_> = voices.into_iter().map(|(voice, _)| voice).collect();
    if voices.is_empty() {
        return Err(no_melody("the part"));
    }
    if let Some(wanted) = &options.voice {
        let found = voices.iter().enumerate().filter(|(_, voice)| voice.name == wanted.trim());
        let place = found.min_by_key(|(_, voice)| voice.staff).map(|(place, _)| place);
        let place = place.ok_or_else(|| {
            let problem = format!("the part has no voice {wanted:?} with notes");
            ReadError::new(Place::File, problem, format!("choose one of: {}", listing(&voices)))
        })?;
        voices.swap(0, place);
        voices.truncate(1);
    } else if let [first, _, ..] = voices.as_slice() {
        let message = format!(
            "the part has several voices ({}); the melody is read from {}",
            listing(&voices),
            described(first)
        );
        warnings.push(Warning::new(Place::File, message));
    }
    Ok(voices)
}

fn described(voice: &Voice<'_>) -> String {
    let name: String = voice.name.chars().take(20).collect();
    format!("voice {name} of staff {}", voice.staff)
}

fn listing(voices: &[Voice<'_>]) -> String {
    voices.iter().take(20).map(described).collect::<Vec<_>>().join(", ")
}

/// The voice that carries the melody in one bar: the first of `voices` on the same staff as
/// the melody that the bar writes at all, with notes or rests. Some programs number the
/// voices anew where a bar has only one.
pub(super) fn in_bar<'a>(voices: &[Voice<'a>], notes: &[Written<'a>]) -> Option<Voice<'a>> {
    let melody = voices.first()?;
    let written = |voice: &&Voice<'a>| {
        voice.staff == melody.staff && notes.iter().any(|note| note.voice == **voice)
    };
    voices.iter().take(MOST_VOICES).find(written).copied()
}

/// More voices than any staff has.
const MOST_VOICES: usize = 16;

/// A note of the melody on the time line of the piece, before ties are joined.
struct Sounding {
    note: Note,
    bar: usize,
    tie_start: bool,
    tie_stop: bool,
}

/// The melody as one line: of each chord the highest note, ties joined, overlaps and what lies
/// beyond the last bar cut. `starts` says when each bar starts, `end` when the last one ends.
pub(super) fn melody(
    part: &PartMusic<'_>,
    voices: &[Voice<'_>],
    starts: &[Position],
    end: Position,
    mut warn: impl FnMut(usize, String),
) -> Vec<Note> {
    let mut line: Vec<Sounding> = Vec::new();
    for ((index, bar), start) in part.bars.iter().enumerate().zip(starts) {
        let Some(voice) = in_bar(voices, &bar.notes) else { continue };
        for written in bar.notes.iter().filter(|note| note.voice == voice) {
            let Some(pitch) = written.pitch else { continue };
            let note = Note { onset: *start + written.at, duration: written.duration, pitch };
            let Written { tie_start, tie_stop, .. } = *written;
            line.push(Sounding { note, bar: index, tie_start, tie_stop });
        }
    }
    // What rounding adds to the last bar, or is too long for any bar, can push a note out of it.
    line.retain(|sounding| {
        let within = sounding.note.onset < end;
        if !within {
            warn(sounding.bar, "a note begins after the last bar and was left out".to_owned());
        }
        within
    });
    // The highest of each onset comes first and stays; the sort is stable.
    line.sort_by_key(|sounding| {
        (sounding.note.onset, std::cmp::Reverse(sounding.note.pitch.midi()))
    });
    line.dedup_by_key(|sounding| sounding.note.onset);
    let mut notes: Vec<Note> = Vec::with_capacity(line.len());
    let mut tied = false;
    for sounding in line {
        let note = sounding.note;
        if let Some(last) = notes.last_mut() {
            if shorten(last, note.onset) {
                warn(sounding.bar, "a note overlaps the next one and was shortened".to_owned());
            }
            let joins = tied || sounding.tie_stop;
            if joins && last.pitch.midi() == note.pitch.midi() && last.end() == note.onset {
                last.duration += note.duration;
                tied = sounding.tie_start;
                continue;
            }
        }
        tied = sounding.tie_start;
        notes.push(note);
    }
    if let Some(last) = notes.last_mut()
        && shorten(last, end)
    {
        let message = "a note sounds beyond the last bar and was shortened";
        warn(starts.len().saturating_sub(1), message.to_owned());
    }
    notes
}

/// Ends a note at `limit` if it sounds on; says whether that is worth a word. Rounded divisions
/// overlap by a hair, which no one hears.
fn shorten(note: &mut Note, limit: Position) -> bool {
    let most = limit.since(note.onset).unwrap_or(Duration::ZERO);
    let beyond = note.duration.saturating_sub(most);
    note.duration = note.duration.min(most);
    beyond > hair()
}

/// A 64th note: what rounding may leave over.
pub(super) fn hair() -> Duration {
    Duration::new(1, 16).unwrap_or(Duration::ZERO)
}
