//! Naming the chord that a set of pitch classes makes.

use crate::{Alteration, AlterationKind, Chord, PitchClass, PitchClassSet, PitchName, Quality};

/// Qualities that sound like a more familiar one with a change: never guessed.
const RARE: [Quality; 5] =
    [Quality::Neapolitan, Quality::Italian, Quality::French, Quality::German, Quality::Tristan];

/// Qualities that need too few notes to be told from an incomplete chord: only guessed when
/// they are all that sounds.
const BARE: [Quality; 2] = [Quality::Power, Quality::Pedal];

/// What an added, altered or left out degree costs.
const CHANGE: u32 = 3;

/// What a left out perfect fifth costs: it is the first to go in any voicing.
const NO_FIFTH: u32 = 1;

/// What a bass costs that is not the root but belongs to the chord.
const INVERSION: u32 = 2;

/// What a bass costs that does not belong to the chord.
const FOREIGN_BASS: u32 = 3;

/// The chord whose pitch classes are exactly `classes`, spelled near a key signature of
/// `fifths`: of all readings over `bass`, the one that needs the fewest changes to a named
/// quality and prefers the bass as root; of equals, the simplest quality. `None` for an
/// empty set.
pub(crate) fn chord(classes: PitchClassSet, bass: PitchClass, fifths: i32) -> Option<Chord> {
    let classes = classes.with(bass);
    let readings = classes.iter().flat_map(|root| {
        let whole = (root, classes, if root == bass { 0 } else { INVERSION });
        let above = classes.without(bass);
        let slash = (root != bass && above.len() > 2).then_some((root, above, FOREIGN_BASS));
        [Some(whole), slash].into_iter().flatten()
    });
    let (_, quality, root, above) = readings
        .map(|(root, sounding, cost)| {
            let (quality, changes) = nearest(relative(sounding, root));
            ((cost + changes, quality), quality, root, sounding)
        })
        .min_by_key(|(cost, ..)| *cost)?;
    let alterations = alterations(quality, relative(above, root));
    let root_name = root.spelled_near(fifths);
    let bass = (bass != root).then(|| bass.spelled_near(fifths));
    Some(Chord { root: root_name, quality, alterations, bass })
}

/// The chord on `root` whose pitch classes are exactly `classes` and the root.
pub(crate) fn chord_on(root: PitchName, classes: PitchClassSet) -> Chord {
    let intervals = relative(classes, root.class()).with(PitchClass::from_semitones(0));
    let (quality, _) = nearest(intervals);
    Chord { alterations: alterations(quality, intervals), ..Chord::new(root, quality) }
}

/// Intervals above `root`.
fn relative(classes: PitchClassSet, root: PitchClass) -> PitchClassSet {
    classes.transposed(-i32::from(root.semitones()))
}

/// The quality that needs the cheapest changes to sound like `intervals`, and their cost.
fn nearest(intervals: PitchClassSet) -> (Quality, u32) {
    let familiar = || Quality::ALL.iter().copied().filter(|quality| !RARE.contains(quality));
    if let Some(exact) = familiar().find(|quality| quality.intervals() == intervals) {
        return (exact, 0);
    }
    let full = familiar().filter(|quality| !BARE.contains(quality));
    let costs = full.map(|quality| (quality, cost(quality, intervals)));
    costs.min_by_key(|(_, cost)| *cost).unwrap_or((Quality::Major, CHANGE))
}

fn cost(quality: Quality, intervals: PitchClassSet) -> u32 {
    let changes = alterations(quality, intervals);
    changes.iter().map(|change| if is_no_fifth(quality, *change) { NO_FIFTH } else { CHANGE }).sum()
}

fn is_no_fifth(quality: Quality, change: Alteration) -> bool {
    change.kind == AlterationKind::Subtract
        && change.degree == 5
        && quality.degree(5) == Some(PitchClass::from_semitones(7))
}

/// What has to change for `quality` to sound like `intervals`.
fn alterations(quality: Quality, intervals: PitchClassSet) -> Vec<Alteration> {
    let named = quality.intervals();
    let fifth = PitchClass::from_semitones(7);
    let mut missing: PitchClassSet = named.iter().filter(|c| !intervals.contains(*c)).collect();
    let mut extra: PitchClassSet = intervals.iter().filter(|c| !named.contains(*c)).collect();
    let mut changes = Vec::new();
    if missing.contains(fifth) {
        let altered = [-1, 1].into_iter().find(|alter| extra.contains(fifth.transposed(*alter)));
        if let Some(alter) = altered {
            missing = missing.without(fifth);
            extra = extra.without(fifth.transposed(alter));
            let alter = alter as i8;
            changes.push(Alteration { kind: AlterationKind::Alter, degree: 5, alter });
        }
    }
    for class in missing.iter() {
        let degree = [1, 3, 5, 7, 9, 11, 13, 4].into_iter();
        let degree = degree.into_iter().find(|degree| quality.degree(*degree) == Some(class));
        let kind = AlterationKind::Subtract;
        changes.extend(degree.map(|degree| Alteration { kind, degree, alter: 0 }));
    }
    changes.extend(extra.iter().map(added));
    changes
}

/// The added degree that sounds `interval` above the root.
fn added(interval: PitchClass) -> Alteration {
    let (degree, alter) = match interval.semitones() {
        0 => (1, 0),
        1 => (9, -1),
        2 => (9, 0),
        3 => (9, 1),
        4 => (3, 0),
        5 => (11, 0),
        6 => (11, 1),
        7 => (5, 0),
        8 => (13, -1),
        9 => (13, 0),
        10 => (7, 0),
        _ => (7, 1),
    };
    Alteration { kind: AlterationKind::Add, degree, alter }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Symbol;
    use crate::chord::text;

    fn named(classes: &[i32]) -> String {
        let set = classes.iter().map(|class| PitchClass::from_semitones(*class)).collect();
        let bass = PitchClass::from_semitones(classes[0]);
        chord(set, bass, 0).map_or_else(String::new, |chord| text::format(&Symbol::Chord(chord)))
    }

    #[test]
    fn the_bass_decides_between_names_of_one_set() {
        for (classes, name) in [
            (vec![0, 4, 7, 9], "C6"),
            (vec![9, 0, 4, 7], "Am7"),
            (vec![0, 5, 7], "Csus4"),
            (vec![5, 7, 0], "Fsus2"),
            (vec![4, 7, 0], "C/E"),
            (vec![2, 0, 4, 7], "C/D"),
            (vec![2, 5, 8, 11], "Ddim7"),
            (vec![4, 8, 0], "E+"),
            (vec![0, 3, 7, 8], "Abmaj7/C"),
            (vec![0, 2, 5, 7, 10], "Gm7/C"),
        ] {
            assert_eq!(named(&classes), name, "{classes:?}");
        }
    }

    #[test]
    fn incomplete_and_altered_chords_keep_what_sounds() {
        for (classes, name) in [
            (vec![0, 7], "C5"),
            (vec![0, 4, 10], "C7no5"),
            (vec![0, 4, 6, 10], "C7b5"),
            (vec![0, 1, 4, 7, 10], "C7b9"),
            (vec![0, 2, 4, 7], "Cadd9"),
        ] {
            assert_eq!(named(&classes), name, "{classes:?}");
        }
    }

    #[test]
    fn every_set_over_every_bass_sounds_as_it_was_given() {
        for bits in 1..4096 {
            let set = PitchClassSet::from_bits(bits);
            for bass in set.iter() {
                let chord = chord(set, bass, 0).expect("not empty");
                assert_eq!((chord.pitch_classes(), chord.bass_class()), (set, bass), "{chord:?}");
            }
            let root = PitchName::new(crate::Step::A, -1);
            assert_eq!(chord_on(root, set).pitch_classes(), set.with(root.class()));
        }
    }
}
