//! From a chord to its canonical symbol.

use std::fmt::Write as _;

use super::parse::{parse_chord, parse_suffix};
use crate::chord::{Chord, Quality, Symbol};
use crate::{Alteration, AlterationKind};

/// The canonical lead-sheet spelling; reading it gives the same symbol.
///
/// (More than [`MOST_ALTERATIONS`](crate::chord::MOST_ALTERATIONS), or one that is not
/// [possible](Alteration::is_possible), are written but not read back; no reader returns them.)
pub fn format(symbol: &Symbol) -> String {
    match symbol {
        Symbol::NoChord => "N.C.".to_owned(),
        Symbol::Chord(chord) => {
            let bass = chord.bass.map(|bass| format!("/{bass}")).unwrap_or_default();
            format!("{}{}{bass}", chord.root, suffix(chord))
        }
    }
}

/// What [`format()`] writes between root and bass: `m7b5`.
pub fn suffix(chord: &Chord) -> String {
    let reads_back = |suffix: &String| {
        parse_chord(&format!("C{suffix}")).is_ok_and(|read| {
            read.quality == chord.quality && read.alterations == chord.alterations
        })
    };
    [familiar(chord), short(chord)]
        .into_iter()
        .flatten()
        .find(reads_back)
        .unwrap_or_else(|| explicit(chord))
}

/// The symbol of a quality without alterations.
const fn quality_suffix(quality: Quality) -> &'static str {
    match quality {
        Quality::Major => "",
        Quality::Minor => "m",
        Quality::Augmented => "+",
        Quality::Diminished => "dim",
        Quality::SuspendedFourth => "sus4",
        Quality::SuspendedSecond => "sus2",
        Quality::Dominant => "7",
        Quality::MajorSeventh => "maj7",
        Quality::MinorSeventh => "m7",
        Quality::MinorMajorSeventh => "m(maj7)",
        Quality::AugmentedSeventh => "7#5",
        Quality::MajorSixth => "6",
        Quality::MinorSixth => "m6",
        Quality::DiminishedSeventh => "dim7",
        Quality::HalfDiminished => "m7b5",
        Quality::DominantNinth => "9",
        Quality::MajorNinth => "maj9",
        Quality::MinorNinth => "m9",
        Quality::DominantEleventh => "11",
        Quality::MajorEleventh => "maj11",
        Quality::MinorEleventh => "m11",
        Quality::DominantThirteenth => "13",
        Quality::MajorThirteenth => "maj13",
        Quality::MinorThirteenth => "m13",
        Quality::Power => "5",
        Quality::Pedal => "pedal",
        Quality::Neapolitan => "N6",
        Quality::Italian => "It+6",
        Quality::French => "Fr+6",
        Quality::German => "Gr+6",
        Quality::Tristan => "tristan",
    }
}

/// Chords whose name takes in their first alterations.
fn familiar(chord: &Chord) -> Option<String> {
    const NAMES: [&str; 13] = [
        "13sus4", "9sus4", "7sus4", "maj7sus4", "7sus2", "maj7sus2", "6/9", "m6/9", "m(maj9)",
        "+9", "dim9", "ø9", "7alt",
    ];
    if chord.alterations.is_empty() {
        return None;
    }
    NAMES.into_iter().find_map(|name| {
        let (quality, taken_in) = parse_suffix(name).ok()?;
        let rest = chord.alterations.strip_prefix(taken_in.as_slice())?;
        (quality == chord.quality).then(|| with_changes(name, quality, rest))?
    })
}

/// The quality with accidentals where they say enough: `7(b9,#11)`.
fn short(chord: &Chord) -> Option<String> {
    with_changes(quality_suffix(chord.quality), chord.quality, &chord.alterations)
}

/// `name` followed by `changes`, as short as they can be said.
fn with_changes(name: &str, quality: Quality, changes: &[Alteration]) -> Option<String> {
    let words: Vec<String> =
        changes.iter().map(|change| short_change(quality, *change)).collect::<Option<_>>()?;
    let joined = words.join(",");
    let bare = match words.as_slice() {
        [] => true,
        // An accidental right behind a letter would belong to the root or seem to.
        [one] if one.starts_with(['#', 'b']) => {
            name.ends_with(|c: char| c.is_ascii_digit()) && !name.contains("sus")
        }
        [_] => matches!(name, "" | "m") || name.ends_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    Some(if bare { format!("{name}{joined}") } else { format!("{name}({joined})") })
}

/// One change in its usual form.
fn short_change(quality: Quality, change: Alteration) -> Option<String> {
    let Alteration { kind, degree, alter } = change;
    match kind {
        AlterationKind::Add if alter == 0 => Some(format!("add{degree}")),
        AlterationKind::Add if degree == 7 && alter == 1 => Some("maj7".to_owned()),
        AlterationKind::Add => Some(format!("{}{degree}", signs(alter))),
        AlterationKind::Alter => {
            let natural = Alteration::natural(degree)?;
            let standing = i32::from(quality.degree(degree)?.semitones());
            let accidental = i8::try_from(standing - natural + i32::from(alter)).ok()?;
            Some(format!("{}{degree}", signs(accidental)))
        }
        AlterationKind::Subtract => Some(format!("no{}{degree}", signs(alter))),
    }
}

/// The quality with every change said by a word: `7(alter#9,no5)`.
fn explicit(chord: &Chord) -> String {
    let mut text = quality_suffix(chord.quality).to_owned();
    if chord.alterations.is_empty() {
        return text;
    }
    for (index, Alteration { kind, degree, alter }) in chord.alterations.iter().enumerate() {
        let word = match kind {
            AlterationKind::Add => "add",
            AlterationKind::Alter => "alter",
            AlterationKind::Subtract => "no",
        };
        let separator = if index == 0 { '(' } else { ',' };
        // Writing into a string cannot fail.
        let _ = write!(text, "{separator}{word}{}{degree}", signs(*alter));
    }
    text.push(')');
    text
}

/// Sharps or flats for semitones.
fn signs(alter: i8) -> String {
    let sign = if alter < 0 { "b" } else { "#" };
    sign.repeat(usize::from(alter.unsigned_abs()))
}
