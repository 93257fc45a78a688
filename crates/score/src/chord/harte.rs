//! Harte's spelling: `Bb:hdim7/b5`, `C:maj(9)`, `F#:(1,b3,5)`, `N` (Harte 2005, "Symbolic
//! representation of musical chords").
//!
//! Degrees count from the major scale, the seventh too: `b7` is the minor seventh. The bass
//! is a degree. A degree in brackets sounds besides the shorthand; one with a star is silent.

use super::{
    Chord, ChordProblem, LONGEST_SYMBOL, MOST_ALTERATIONS, Quality, Symbol, UnknownChord,
    name_on_degree,
};
use crate::{Alteration, AlterationKind, PitchClassSet, PitchName, Step};

/// The shorthands, those of `mir_eval` included; the first of a quality is the one written.
const SHORTHANDS: [(&str, Quality); 27] = [
    ("maj", Quality::Major),
    ("min", Quality::Minor),
    ("aug", Quality::Augmented),
    ("dim", Quality::Diminished),
    ("sus4", Quality::SuspendedFourth),
    ("sus2", Quality::SuspendedSecond),
    ("7", Quality::Dominant),
    ("maj7", Quality::MajorSeventh),
    ("min7", Quality::MinorSeventh),
    ("minmaj7", Quality::MinorMajorSeventh),
    ("maj6", Quality::MajorSixth),
    ("6", Quality::MajorSixth),
    ("min6", Quality::MinorSixth),
    ("dim7", Quality::DiminishedSeventh),
    ("hdim7", Quality::HalfDiminished),
    ("hdim", Quality::HalfDiminished),
    ("9", Quality::DominantNinth),
    ("maj9", Quality::MajorNinth),
    ("min9", Quality::MinorNinth),
    ("11", Quality::DominantEleventh),
    ("maj11", Quality::MajorEleventh),
    ("min11", Quality::MinorEleventh),
    ("13", Quality::DominantThirteenth),
    ("maj13", Quality::MajorThirteenth),
    ("min13", Quality::MinorThirteenth),
    ("5", Quality::Power),
    ("1", Quality::Pedal),
];

/// Reads a label; `N` is [`Symbol::NoChord`].
///
/// # Errors
/// If it is none; `X`, a chord that could not be named, is
/// [`ChordProblem::SaidToBeUnknown`].
pub fn parse(label: &str) -> Result<Symbol, UnknownChord> {
    let label = label.trim();
    if label == "N" {
        return Ok(Symbol::NoChord);
    }
    read(label).map(Symbol::Chord).map_err(|problem| UnknownChord::new(label, problem))
}

fn read(label: &str) -> Result<Chord, ChordProblem> {
    match label {
        "" => return Err(ChordProblem::Empty),
        "X" => return Err(ChordProblem::SaidToBeUnknown),
        _ if label.chars().nth(LONGEST_SYMBOL).is_some() => return Err(ChordProblem::TooLong),
        _ if !label.starts_with(|c: char| c.is_ascii_uppercase()) => {
            return Err(ChordProblem::NoRoot);
        }
        _ => {}
    }
    let (root, rest) = PitchName::parse_prefix(label).ok_or(ChordProblem::NoRoot)?;
    let (quality, bass) = match rest.split_once('/') {
        Some((quality, bass)) => (quality, Some(bass)),
        None => (rest, None),
    };
    let unknown = || ChordProblem::UnknownQuality(quality.to_owned());
    let (quality, alterations) = match quality.strip_prefix(':') {
        None if quality.is_empty() => (Quality::Major, Vec::new()),
        None => return Err(unknown()),
        Some(quality) => {
            let (shorthand, list) = match quality.split_once('(') {
                Some((shorthand, list)) => {
                    (shorthand, degrees(list.strip_suffix(')').ok_or_else(unknown)?)?)
                }
                None => (quality, Vec::new()),
            };
            named(shorthand, list).ok_or_else(unknown)?
        }
    };
    if alterations.len() > MOST_ALTERATIONS {
        return Err(ChordProblem::TooManyDegrees);
    }
    if !alterations.iter().copied().all(Alteration::is_possible) {
        return Err(ChordProblem::UnknownDegree(rest.to_owned()));
    }
    let bass = match bass {
        Some(text) => {
            let unknown = || ChordProblem::UnknownBass(text.to_owned());
            let degree = Degree::parse(text).map_err(|_| unknown())?;
            if degree.silent {
                return Err(unknown());
            }
            let bass = name_on_degree(root, degree.number, degree.semitones());
            // More accidentals than any spelling has.
            if bass.alter.unsigned_abs() > 4 {
                return Err(unknown());
            }
            Some(bass)
        }
        None => None,
    };
    Ok(Chord { root, quality, alterations, bass: bass.filter(|bass| *bass != root) })
}

/// A degree against the major scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Degree {
    silent: bool,
    number: u8,
    accidental: i8,
}

impl Degree {
    fn parse(text: &str) -> Result<Self, ChordProblem> {
        let unknown = || ChordProblem::UnknownDegree(text.to_owned());
        let trimmed = text.trim();
        let (silent, trimmed) = match trimmed.strip_prefix('*') {
            Some(rest) => (true, rest),
            None => (false, trimmed),
        };
        let number = trimmed.trim_start_matches(['#', 'b']);
        let signs = &trimmed[..trimmed.len() - number.len()];
        // Five lie between a doubly sharp root and a doubly flat bass.
        if signs.len() > 5 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unknown());
        }
        let accidental = signs.bytes().map(|sign| if sign == b'#' { 1 } else { -1 }).sum();
        match number.parse() {
            Ok(number @ 1..=13) => Ok(Self { silent, number, accidental }),
            _ => Err(unknown()),
        }
    }

    /// Above the root.
    fn semitones(self) -> i32 {
        let step = Step::ALL[usize::from(self.number - 1) % 7];
        step.semitones() + i32::from(self.accidental)
    }

    /// As an [`Alteration`], whose sevenths count from the minor one.
    fn alteration(self) -> Alteration {
        let kind = if self.silent { AlterationKind::Subtract } else { AlterationKind::Add };
        let seventh = i8::from(self.number == 7);
        Alteration { kind, degree: self.number, alter: self.accidental + seventh }
    }

    /// The degree that sounds or falls silent by `alteration`.
    fn of(alteration: Alteration) -> Self {
        let seventh = i8::from(alteration.degree == 7);
        Self {
            silent: alteration.kind == AlterationKind::Subtract,
            number: alteration.degree,
            accidental: alteration.alter.saturating_sub(seventh),
        }
    }

    /// The degree `number` that sounds `semitones` above the root.
    fn sounding(number: u8, semitones: i32) -> Self {
        let step = Step::ALL[usize::from(number.saturating_sub(1)) % 7];
        let accidental = (semitones - step.semitones() + 6).rem_euclid(12) - 6;
        // Six semitones at most.
        Self { silent: false, number, accidental: accidental as i8 }
    }
}

impl std::fmt::Display for Degree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let star = if self.silent { "*" } else { "" };
        let sign = if self.accidental < 0 { "b" } else { "#" };
        let signs = sign.repeat(usize::from(self.accidental.unsigned_abs()));
        write!(f, "{star}{signs}{}", self.number)
    }
}

fn degrees(list: &str) -> Result<Vec<Degree>, ChordProblem> {
    list.split(',').map(Degree::parse).collect()
}

/// The quality of a shorthand with the degrees in brackets behind it.
fn named(shorthand: &str, list: Vec<Degree>) -> Option<(Quality, Vec<Alteration>)> {
    let quality = match shorthand {
        "" if list.is_empty() => return None,
        "" => return Some(nearest(&list)),
        // mir_eval's names for a dominant seventh with one more degree.
        "b9" | "#9" | "#11" | "b13" => {
            let degree = Degree::parse(shorthand).ok()?;
            let mut alterations = vec![degree.alteration()];
            alterations.extend(list.into_iter().map(Degree::alteration));
            return Some((Quality::Dominant, alterations));
        }
        _ => SHORTHANDS.into_iter().find(|(name, _)| *name == shorthand)?.1,
    };
    if quality == Quality::Augmented && list == [Degree::sounding(7, 10)] {
        return Some((Quality::AugmentedSeventh, Vec::new()));
    }
    let mut alterations: Vec<Alteration> = Vec::with_capacity(list.len());
    for degree in list {
        let replaces = alterations.last().is_some_and(|last| {
            last.kind == AlterationKind::Subtract && last.degree == degree.number && !degree.silent
        });
        match quality.degree(degree.number).filter(|_| replaces) {
            // A degree silenced and sounding otherwise is an altered one.
            Some(standing) => {
                alterations.pop();
                let alter = degree.semitones() - i32::from(standing.semitones());
                let alter = i8::try_from(alter).ok()?;
                let kind = AlterationKind::Alter;
                alterations.push(Alteration { kind, degree: degree.number, alter });
            }
            None => alterations.push(degree.alteration()),
        }
    }
    Some((quality, alterations))
}

/// The quality nearest to a plain list of degrees, and how it differs.
fn nearest(list: &[Degree]) -> (Quality, Vec<Alteration>) {
    let root = Degree { silent: false, number: 1, accidental: 0 };
    let mut sounding: Vec<Degree> = list.iter().copied().filter(|d| !d.silent).collect();
    let rootless = list.iter().any(|d| d.silent && d.number == 1);
    if !rootless && !sounding.contains(&root) {
        sounding.push(root);
    }
    let parts = |quality: Quality| {
        let own = quality.degrees().iter();
        own.map(|(number, semitones)| Degree::sounding(*number, i32::from(*semitones)))
    };
    let cost = |quality: Quality| {
        let missing = parts(quality).filter(|part| !sounding.contains(part)).count();
        let besides = sounding.iter().filter(|degree| !parts(quality).any(|p| p == **degree));
        missing + besides.count()
    };
    let quality = Quality::ALL.iter().copied().min_by_key(|q| cost(*q)).unwrap_or(Quality::Major);
    let silent = parts(quality).filter(|part| !sounding.contains(part)).map(|part| Alteration {
        kind: AlterationKind::Subtract,
        degree: part.number,
        alter: 0,
    });
    let besides = sounding.iter().filter(|degree| !parts(quality).any(|p| p == **degree));
    let alterations = silent.chain(besides.map(|degree| degree.alteration())).collect();
    (quality, alterations)
}

/// The label of a symbol. What sounds, the root and the bass read back the same; the
/// alterations too, unless Harte's spelling has no word for them.
pub fn format(symbol: &Symbol) -> String {
    let Symbol::Chord(chord) = symbol else { return "N".to_owned() };
    let bass = chord.bass.filter(|bass| *bass != chord.root);
    let bass = bass.map(|bass| {
        let interval = PitchName::from_fifths(bass.fifths() - chord.root.fifths());
        // Steps have indices from 0 to 6.
        let number = interval.step.index() as u8 + 1;
        format!("/{}", Degree { silent: false, number, accidental: interval.alter })
    });
    let upper = Chord { bass: None, ..chord.clone() };
    let reads_back = |label: &String| {
        read(label).is_ok_and(|read| read.pitch_classes() == upper.pitch_classes())
    };
    let label = shorthand(&upper)
        .filter(reads_back)
        .unwrap_or_else(|| format!("{}:({})", upper.root, spelled_out(&upper)));
    label + &bass.unwrap_or_default()
}

/// Root, shorthand and the degrees that differ.
fn shorthand(chord: &Chord) -> Option<String> {
    let mut list = Vec::new();
    let name = match chord.quality {
        Quality::AugmentedSeventh => {
            list.push(Degree::sounding(7, 10));
            "aug"
        }
        quality => SHORTHANDS.into_iter().find(|(_, named)| *named == quality)?.0,
    };
    for alteration in &chord.alterations {
        let standing = chord.quality.degree(alteration.degree);
        match (alteration.kind, standing) {
            (AlterationKind::Alter, Some(standing)) => {
                let standing = i32::from(standing.semitones());
                let number = alteration.degree;
                list.push(Degree { silent: true, ..Degree::sounding(number, standing) });
                let altered = standing + i32::from(alteration.alter);
                list.push(Degree::sounding(number, altered));
            }
            (AlterationKind::Subtract, Some(standing)) => {
                let standing = i32::from(standing.semitones());
                let degree = Degree::sounding(alteration.degree, standing);
                list.push(Degree { silent: true, ..degree });
            }
            _ => list.push(Degree::of(*alteration)),
        }
    }
    let list: Vec<String> = list.iter().map(Degree::to_string).collect();
    Some(match list.as_slice() {
        [] => format!("{}:{name}", chord.root),
        list => format!("{}:{name}({})", chord.root, list.join(",")),
    })
}

/// Everything that sounds, as degrees.
fn spelled_out(chord: &Chord) -> String {
    let own: PitchClassSet =
        chord.pitch_classes().transposed(-i32::from(chord.root.class().semitones()));
    let mut list: Vec<String> = Vec::new();
    if !own.iter().any(|class| class.semitones() == 0) {
        list.push("*1".to_owned());
    }
    for class in own.iter() {
        let semitones = class.semitones();
        let known = chord.quality.degrees().iter().find(|(_, own)| *own == semitones);
        let number = known.map_or_else(
            || [1, 9, 9, 3, 3, 11, 11, 5, 13, 13, 7, 7][usize::from(semitones)],
            |(number, _)| *number,
        );
        list.push(Degree::sounding(number, i32::from(semitones)).to_string());
    }
    list.join(",")
}

#[cfg(test)]
mod tests;
