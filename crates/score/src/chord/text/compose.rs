//! From the parts of a symbol to a quality with alterations.

use crate::chord::quality::Quality;
use crate::{Alteration, AlterationKind};

/// What the word or sign after the root says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Nothing: a major triad, and a minor seventh where there is one.
    Plain,
    /// `maj`, `M`.
    MajorByWord,
    /// `Δ`, `^`, `j`.
    MajorBySign,
    Minor,
    Augmented,
    Diminished,
    HalfDiminished,
}

/// What the number after it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    AddedSecond,
    AddedFourth,
    AddedNinth,
    Power,
    Sixth,
    SixNine,
    Seventh,
    /// `7M`.
    MajorSeventh,
    Ninth,
    Eleventh,
    Thirteenth,
}

/// What takes the place of the third.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspension {
    Second,
    Fourth,
    Both,
}

/// One of the things that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Suspend(Suspension),
    /// `alt`: both fifths and both ninths altered.
    Altered,
    /// `(maj7)` behind something else.
    MajorSeventh,
    /// `(maj9)` behind something else.
    MajorNinth,
    /// A degree with an accidental that counts from the major scale (the seventh from the
    /// minor one when it has none).
    Degree {
        degree: u8,
        accidental: i8,
    },
    /// Said with a word.
    Explicit(Alteration),
}

/// A symbol as it is put together.
pub(super) struct Recipe {
    base: Base,
    suspension: Option<Suspension>,
    changes: Vec<Change>,
}

enum Base {
    Named(Quality),
    Composed(Family, Option<Number>),
}

const fn add(degree: u8, alter: i8) -> Alteration {
    Alteration { kind: AlterationKind::Add, degree, alter }
}

impl Recipe {
    /// From the family and number.
    pub(super) fn new(family: Family, number: Option<Number>) -> Self {
        Self { base: Base::Composed(family, number), suspension: None, changes: Vec::new() }
    }

    /// From a quality with a name of its own.
    pub(super) fn named(quality: Quality) -> Self {
        Self { base: Base::Named(quality), suspension: None, changes: Vec::new() }
    }

    /// Adds what follows; `None` if it goes against what is there.
    pub(super) fn add(&mut self, change: Change) -> Option<()> {
        match change {
            Change::Suspend(_) if self.suspension.is_some() => return None,
            Change::Suspend(suspension) => self.suspension = Some(suspension),
            other => self.changes.push(other),
        }
        Some(())
    }

    /// The chord quality and its alterations; `None` if the parts exclude each other.
    pub(super) fn cook(self) -> Option<(Quality, Vec<Alteration>)> {
        let (mut quality, mut alterations) = match (self.base, self.suspension) {
            (Base::Named(quality), None) => (quality, Vec::new()),
            (Base::Named(_), Some(_)) => return None,
            (Base::Composed(family, number), None) => plain(family, number)?,
            (Base::Composed(family, number), Some(suspension)) => {
                suspended(family, number, suspension)?
            }
        };
        for change in self.changes {
            apply(change, &mut quality, &mut alterations)?;
        }
        Some((quality, alterations))
    }
}

/// The quality of a family and number.
fn plain(family: Family, number: Option<Number>) -> Option<(Quality, Vec<Alteration>)> {
    use Number::{
        AddedFourth, AddedNinth, AddedSecond, Eleventh, MajorSeventh, Ninth, Power, Seventh,
        SixNine, Sixth, Thirteenth,
    };
    let triad = match family {
        Family::Plain | Family::MajorByWord | Family::MajorBySign => Quality::Major,
        Family::Minor => Quality::Minor,
        Family::Augmented => Quality::Augmented,
        Family::Diminished => Quality::Diminished,
        Family::HalfDiminished => Quality::HalfDiminished,
    };
    let sixth = match family {
        Family::Plain | Family::MajorByWord | Family::MajorBySign => Some(Quality::MajorSixth),
        Family::Minor => Some(Quality::MinorSixth),
        _ => None,
    };
    let [seventh, ninth, eleventh, thirteenth] = match family {
        Family::Plain => [
            Quality::Dominant,
            Quality::DominantNinth,
            Quality::DominantEleventh,
            Quality::DominantThirteenth,
        ],
        Family::MajorByWord | Family::MajorBySign => [
            Quality::MajorSeventh,
            Quality::MajorNinth,
            Quality::MajorEleventh,
            Quality::MajorThirteenth,
        ],
        Family::Minor => [
            Quality::MinorSeventh,
            Quality::MinorNinth,
            Quality::MinorEleventh,
            Quality::MinorThirteenth,
        ],
        Family::Augmented => [Quality::AugmentedSeventh; 4],
        Family::Diminished => [Quality::DiminishedSeventh; 4],
        Family::HalfDiminished => [Quality::HalfDiminished; 4],
    };
    // The families without extended qualities of their own add the degrees.
    let extended = |quality: Quality, degrees: &[u8]| {
        let missing = degrees.iter().filter(|d| !quality.has(**d)).map(|d| add(*d, 0));
        (quality, missing.collect())
    };
    Some(match number {
        None if family == Family::MajorBySign => (Quality::MajorSeventh, Vec::new()),
        None => (triad, Vec::new()),
        Some(AddedSecond) => (triad, vec![add(2, 0)]),
        Some(AddedFourth) => (triad, vec![add(4, 0)]),
        Some(AddedNinth) => (triad, vec![add(9, 0)]),
        Some(Power) => match family {
            Family::Plain => (Quality::Power, Vec::new()),
            _ => return None,
        },
        Some(Sixth) => (sixth?, Vec::new()),
        Some(SixNine) => (sixth?, vec![add(9, 0)]),
        Some(Seventh) => (seventh, Vec::new()),
        Some(MajorSeventh) => (Quality::MajorSeventh, Vec::new()),
        Some(Ninth) => extended(ninth, &[9]),
        Some(Eleventh) => extended(eleventh, &[9, 11]),
        Some(Thirteenth) => extended(thirteenth, &[9, 11, 13]),
    })
}

/// A suspended chord; its seventh and what lies above are added degrees, as in MusicXML.
fn suspended(
    family: Family,
    number: Option<Number>,
    suspension: Suspension,
) -> Option<(Quality, Vec<Alteration>)> {
    let seventh = match family {
        Family::Plain | Family::Minor => 0,
        Family::MajorByWord | Family::MajorBySign => 1,
        _ => return None,
    };
    let mut alterations = match number {
        None if family == Family::MajorBySign => vec![add(7, seventh)],
        None => Vec::new(),
        Some(Number::Sixth) => vec![add(6, 0)],
        Some(Number::SixNine) => vec![add(6, 0), add(9, 0)],
        Some(Number::Seventh) => vec![add(7, seventh)],
        Some(Number::MajorSeventh) => vec![add(7, 1)],
        Some(Number::Ninth | Number::Eleventh) => vec![add(7, seventh), add(9, 0)],
        Some(Number::Thirteenth) => vec![add(7, seventh), add(9, 0), add(13, 0)],
        Some(_) => return None,
    };
    let quality = match suspension {
        Suspension::Second => Quality::SuspendedSecond,
        Suspension::Fourth => Quality::SuspendedFourth,
        Suspension::Both => {
            alterations.insert(0, add(2, 0));
            Quality::SuspendedFourth
        }
    };
    Some((quality, alterations))
}

/// Applies a change to what is there.
fn apply(change: Change, quality: &mut Quality, alterations: &mut Vec<Alteration>) -> Option<()> {
    match change {
        Change::Suspend(_) => return None,
        Change::Explicit(alteration) => alterations.push(alteration),
        Change::Altered => {
            match *quality {
                Quality::Dominant => {}
                Quality::Major => *quality = Quality::Dominant,
                _ => return None,
            }
            let fifth = Alteration { kind: AlterationKind::Alter, degree: 5, alter: -1 };
            alterations.extend([fifth, add(5, 1), add(9, -1), add(9, 1)]);
        }
        Change::MajorSeventh => match *quality {
            Quality::Minor => *quality = Quality::MinorMajorSeventh,
            Quality::Major => *quality = Quality::MajorSeventh,
            _ => alterations.push(add(7, 1)),
        },
        Change::MajorNinth => {
            apply(Change::MajorSeventh, quality, alterations)?;
            alterations.push(add(9, 0));
        }
        Change::Degree { degree: 7, accidental: 1 } => {
            apply(Change::MajorSeventh, quality, alterations)?;
        }
        // A flat seventh is the one of a dominant chord, a double flat one that of a
        // diminished chord.
        Change::Degree { degree: 7, accidental: accidental @ ..=-1 } => {
            alterations.push(add(7, accidental + 1));
        }
        Change::Degree { degree, accidental } => {
            if let Some(renamed) = renamed(*quality, degree, accidental) {
                *quality = renamed;
            } else {
                alterations.push(short(*quality, degree, accidental)?);
            }
        }
    }
    Some(())
}

/// The named quality that `quality` becomes with an altered fifth.
fn renamed(quality: Quality, degree: u8, accidental: i8) -> Option<Quality> {
    match (quality, degree, accidental) {
        (Quality::Major, 5, 1) => Some(Quality::Augmented),
        (Quality::Dominant, 5, 1) => Some(Quality::AugmentedSeventh),
        (Quality::Minor, 5, -1) => Some(Quality::Diminished),
        (Quality::MinorSeventh, 5, -1) => Some(Quality::HalfDiminished),
        _ => None,
    }
}

/// A degree with an accidental against the major scale: altered where the chord has it. `None`
/// if the chord has it and it has no accidental: `C77`.
fn short(quality: Quality, degree: u8, accidental: i8) -> Option<Alteration> {
    let natural = Alteration::natural(degree)?;
    let standing = quality.degree(degree).filter(|_| quality.has(degree));
    Some(match standing {
        Some(_) if accidental == 0 => return None,
        Some(standing) => {
            let against = i32::from(standing.semitones()) - natural;
            let alter = i8::try_from(i32::from(accidental) - against).ok()?;
            Alteration { kind: AlterationKind::Alter, degree, alter }
        }
        None => add(degree, accidental),
    })
}
