//! The part that holds the melody, and its top line.

use super::quantise::Span;
use super::tracks::{MidiFile, Part, TickNote};
use crate::formats::ReadOptions;
use crate::{Place, ReadError, Warning};

/// The channel of the drums.
const DRUMS: u8 = 9;

/// Words in the names of parts that hold the melody.
const MELODY_WORDS: [&str; 12] = [
    "melod", "vocal", "voice", "vox", "lead", "sing", "solo", "soprano", "tune", "cantus",
    "gesang", "canto",
];

/// Words in the names of parts that do not.
const OTHER_WORDS: [&str; 9] =
    ["chord", "bass", "drum", "perc", "accomp", "harmon", "string", "pad", "bridge"];

/// The index of the part that holds the melody.
pub(crate) fn choose(
    file: &MidiFile,
    options: &ReadOptions,
    warnings: &mut Vec<Warning>,
) -> Result<usize, ReadError> {
    if let Some(wanted) = &options.part {
        return named(file, wanted);
    }
    let parts = || file.parts.iter().enumerate();
    // The name that Cantus itself gives holds even where there is not a note.
    if let Some((index, _)) =
        parts().find(|(_, part)| part.name.eq_ignore_ascii_case(super::MELODY))
    {
        return Ok(index);
    }
    let sounding = || parts().filter(|(_, part)| !part.notes.is_empty());
    let best = |candidates: &mut dyn Iterator<Item = (usize, &Part)>| {
        let scored = candidates.map(|(index, part)| (index, likeness(part)));
        scored.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(index, _)| index)
    };
    let by_name = || sounding().filter(|(_, part)| says(part, &MELODY_WORDS));
    let (index, certain) = if let Some(index) = best(&mut by_name()) {
        (index, by_name().count() == 1)
    } else if let Some(index) = best(&mut sounding()) {
        (index, sounding().count() == 1)
    } else {
        return Err(ReadError::new(
            Place::File,
            "the file holds no notes",
            "check that the export includes the melody",
        ));
    };
    if !certain {
        let text = format!(
            "the melody is not named: part {} was taken; choose among {}",
            label(file, index),
            labels(file)
        );
        warnings.push(Warning::new(Place::File, text));
    }
    Ok(index)
}

/// Whether the name of `part` holds one of `words`.
pub(super) fn says(part: &Part, words: &[&str]) -> bool {
    let name = part.name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// Whether `part` is the drums.
pub(super) fn is_drums(part: &Part) -> bool {
    part.channel == DRUMS
}

/// A part by number, name or a piece of its name.
fn named(file: &MidiFile, wanted: &str) -> Result<usize, ReadError> {
    let position = |fits: &dyn Fn(&Part) -> bool| file.parts.iter().position(fits);
    let number = wanted.trim().parse::<usize>().ok();
    let lower = wanted.to_lowercase();
    position(&|part| part.name.to_lowercase() == lower)
        .or(number.and_then(|n| n.checked_sub(1)).filter(|index| *index < file.parts.len()))
        .or_else(|| position(&|part| part.name.to_lowercase().contains(&lower)))
        .ok_or_else(|| {
            let problem = format!("there is no part {wanted:?}");
            ReadError::new(Place::File, problem, format!("choose among {}", labels(file)))
        })
}

/// A part as a user names it: its number and name.
pub(super) fn label(file: &MidiFile, index: usize) -> String {
    match file.parts.get(index) {
        Some(part) if !part.name.is_empty() => format!("{} {:?}", index + 1, part.name),
        _ => (index + 1).to_string(),
    }
}

fn labels(file: &MidiFile) -> String {
    let labels: Vec<String> = (0..file.parts.len()).map(|index| label(file, index)).collect();
    labels.join(", ")
}

/// How much a part looks like a melody: one note at a time, in the register of a voice, and
/// with many notes.
fn likeness(part: &Part) -> f64 {
    if is_drums(part) {
        return f64::MIN;
    }
    let count = part.notes.len() as f64;
    let mean = part.notes.iter().map(|note| f64::from(note.key)).sum::<f64>() / count.max(1.0);
    let register = 1.0 - (mean - 70.0).abs() / 24.0;
    let named_otherwise = if says(part, &OTHER_WORDS) { 2.0 } else { 0.0 };
    3.0 * alone(&part.notes) + register.max(-1.0) + (1.0 + count).ln() / 5.0 - named_otherwise
}

/// The share of notes that start after the one before has ended, give or take a fifth of it.
fn alone(notes: &[TickNote]) -> f64 {
    let alone = notes
        .windows(2)
        .filter(|pair| {
            let [before, after] = pair else { return false };
            before.end <= after.start + (before.end - before.start) / 5
                && before.start < after.start
        })
        .count();
    (alone + 1) as f64 / notes.len().max(1) as f64
}

/// One note at a time: where notes overlap, the upper one.
pub(crate) fn top_line(mut spans: Vec<Span>, warnings: &mut Vec<Warning>) -> Vec<Span> {
    spans.sort_by(|a, b| a.onset.cmp(&b.onset).then(b.key.cmp(&a.key)));
    let mut line: Vec<Span> = Vec::with_capacity(spans.len());
    let (mut cut, mut left_out) = (0, 0);
    for span in spans {
        if let Some(before) = line.last_mut().filter(|before| span.onset < before.end) {
            if span.onset == before.onset || (span.key < before.key && mostly_under(span, *before))
            {
                left_out += 1;
                continue;
            }
            before.end = span.onset;
            cut += 1;
        }
        line.push(span);
    }
    if cut + left_out > 0 {
        let text = format!(
            "notes overlap in the melody: the top line was kept, {left_out} notes below it left \
             out, {cut} notes cut short"
        );
        warnings.push(Warning::new(Place::File, text));
    }
    line
}

/// Whether at least half of `span` sounds while `upper` does.
fn mostly_under(span: Span, upper: Span) -> bool {
    let covered = upper.end.min(span.end).since(span.onset);
    let rest = span.end.since(upper.end).unwrap_or_default();
    covered.is_some_and(|covered| covered >= rest)
}
