//! Chord progressions regardless of key: how many different ones, and which are copied.

use std::collections::HashSet;

use score::{PitchClassSet, Symbol};
use serde::Serialize;

use crate::Harmonization;

/// One step from a chord to the next, the same in every key: the two chords' intervals above
/// their roots and how far the root moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Step {
    from: PitchClassSet,
    to: PitchClassSet,
    /// Semitones upwards, or 12 where one of the two is no chord.
    movement: u8,
}

/// The steps of `harmonization` between chords that differ in root or sound.
fn steps(harmonization: &Harmonization) -> Vec<Step> {
    let mut chords: Vec<(Option<i32>, PitchClassSet)> = harmonization
        .chords
        .iter()
        .map(|span| match &span.symbol {
            Symbol::NoChord => (None, PitchClassSet::EMPTY),
            Symbol::Chord(chord) => {
                let root = i32::from(chord.root.class().semitones());
                (Some(root), chord.pitch_classes().transposed(-root))
            }
        })
        .collect();
    chords.dedup();
    chords
        .iter()
        .zip(chords.iter().skip(1))
        .map(|((from_root, from), (to_root, to))| {
            let movement = match (from_root, to_root) {
                // Between 0 and 11.
                (Some(from), Some(to)) => (to - from).rem_euclid(12) as u8,
                _ => 12,
            };
            Step { from: *from, to: *to, movement }
        })
        .collect()
}

/// How many progressions of one length a corpus holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progressions {
    /// How many chords make one progression.
    pub length: usize,
    /// How many different ones there are, transpositions alike.
    pub distinct: usize,
    /// How many there are.
    pub total: usize,
}

impl Progressions {
    /// Counts the progressions of `length` chords (at least 2) within each of the pieces.
    pub fn count<'a>(pieces: impl IntoIterator<Item = &'a Harmonization>, length: usize) -> Self {
        let length = length.max(2);
        let mut seen: HashSet<Vec<Step>> = HashSet::new();
        let mut total = 0;
        for piece in pieces {
            for progression in steps(piece).windows(length - 1) {
                total += 1;
                if !seen.contains(progression) {
                    seen.insert(progression.to_vec());
                }
            }
        }
        Self { length, distinct: seen.len(), total }
    }

    /// The share of different ones; `None` if there are none.
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| self.distinct as f64 / self.total as f64)
    }
}

/// The progressions of a training corpus, to find what was copied from it.
///
/// A suffix array over the steps of all its pieces.
#[derive(Clone, Debug, Default)]
pub struct TrainingProgressions {
    /// The steps of each piece.
    pieces: Vec<Vec<Step>>,
    /// (piece, first step) of every suffix, sorted by the steps from there on.
    suffixes: Vec<(u32, u32)>,
}

/// The longest progression of a piece that a training piece holds too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// How many chords it has; 0 if not even two in a row are found.
    pub chords: usize,
    /// How many chords the piece has, a chord struck again counted once.
    pub of: usize,
    /// Number of a training piece that holds it, from 0.
    pub from: Option<usize>,
}

impl Copied {
    /// The share of the piece that it is; `None` for a piece without chords.
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.chords as f64 / self.of as f64)
    }
}

impl TrainingProgressions {
    /// The index of a training corpus.
    pub fn new<'a>(pieces: impl IntoIterator<Item = &'a Harmonization>) -> Self {
        let pieces: Vec<Vec<Step>> = pieces.into_iter().map(steps).collect();
        let mut suffixes: Vec<(u32, u32)> = (0u32..)
            .zip(&pieces)
            .flat_map(|(piece, steps)| (0u32..).zip(steps).map(move |(first, _)| (piece, first)))
            .collect();
        suffixes.sort_unstable_by(|a, b| suffix(&pieces, *a).cmp(suffix(&pieces, *b)));
        Self { pieces, suffixes }
    }

    /// The longest progression of `harmonization`, in any key and rhythm, that a training
    /// piece holds.
    pub fn longest_copy(&self, harmonization: &Harmonization) -> Copied {
        let steps = steps(harmonization);
        let mut longest = Copied {
            of: if harmonization.chords.is_empty() { 0 } else { steps.len() + 1 },
            ..Copied::default()
        };
        let mut rest = steps.as_slice();
        while !rest.is_empty() {
            let place = self.suffixes.partition_point(|s| suffix(&self.pieces, *s) < rest);
            let neighbours = [place.checked_sub(1), Some(place)];
            for found in neighbours.into_iter().flatten().filter_map(|n| self.suffixes.get(n)) {
                let other = suffix(&self.pieces, *found);
                let same = rest.iter().zip(other).take_while(|(a, b)| a == b).count();
                if same > 0 && same + 1 > longest.chords {
                    longest.chords = same + 1;
                    longest.from = usize::try_from(found.0).ok();
                }
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        longest
    }
}

fn suffix(pieces: &[Vec<Step>], (piece, first): (u32, u32)) -> &[Step] {
    let steps = pieces.get(piece as usize).map(Vec::as_slice);
    steps.and_then(|steps| steps.get(first as usize..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harmonization::tests::{piece, symbol};
    use score::Quality;

    fn chords(roots: &str) -> Harmonization {
        let chords: Vec<_> = (0..)
            .zip(roots.split_whitespace())
            .map(|(onset, root)| {
                let minor = root.ends_with('m');
                let quality = if minor { Quality::Minor } else { Quality::Major };
                (onset, symbol(root.trim_end_matches('m'), quality))
            })
            .collect();
        piece((4, 4), 4, &[], &chords)
    }

    #[test]
    fn transposed_progressions_are_the_same() {
        let pieces = [chords("C F G C"), chords("D G A D"), chords("C F G Am")];
        let count = Progressions::count(&pieces, 3);
        // C F G, F G C, F G Am (C F G thrice).
        assert_eq!((count.distinct, count.total), (3, 6));
        assert_eq!(count.share(), Some(0.5));
    }

    #[test]
    fn chords_struck_again_are_one() {
        let count = Progressions::count(&[chords("C C F F G")], 2);
        assert_eq!((count.distinct, count.total), (2, 2));
    }

    #[test]
    fn pieces_that_are_too_short_hold_none() {
        assert_eq!(Progressions::count(&[chords("C F")], 4).share(), None);
    }

    #[test]
    fn the_longest_copy_is_found_in_any_key() {
        let training =
            [chords("C Am F G C"), chords("C F Dm G Em Am"), chords("G C D G Em Am D G")];
        let index = TrainingProgressions::new(&training);
        // From E♭ to Gm it is the second piece a minor third higher; then it leaves.
        let copied = index.longest_copy(&chords("B Eb Ab Fm Bb Gm B E"));
        assert_eq!(copied, Copied { chords: 5, of: 8, from: Some(1) });
        assert_eq!(copied.share(), Some(5.0 / 8.0));
    }

    #[test]
    fn a_progression_does_not_run_over_from_piece_to_piece() {
        let index = TrainingProgressions::new(&[chords("C F"), chords("G C")]);
        let copied = index.longest_copy(&chords("C F G"));
        assert_eq!(copied.chords, 2);
    }

    #[test]
    fn nothing_is_copied_from_nothing() {
        let empty = TrainingProgressions::default();
        assert_eq!(empty.longest_copy(&chords("C F G")).chords, 0);
        assert_eq!(empty.longest_copy(&chords("")).share(), None);
    }

    #[test]
    fn the_index_finds_what_a_plain_search_finds() {
        let training = [
            chords("C F C G C Am F G C F C G Am Em F C"),
            chords("Dm G C F Dm G C Am Dm G Em Am Dm G C C"),
        ];
        let index = TrainingProgressions::new(&training);
        for query in ["C F C G Am", "G C Am Dm G E", "F# B F# C#", "Am Em F C F C G"] {
            let query = chords(query);
            let wanted = steps(&query);
            let mut best = 0;
            for first in 0..wanted.len() {
                for last in first + 1..=wanted.len() {
                    let part = &wanted[first..last];
                    let found = training
                        .iter()
                        .any(|piece| steps(piece).windows(part.len()).any(|steps| steps == part));
                    if found {
                        best = best.max(part.len() + 1);
                    }
                }
            }
            assert_eq!(index.longest_copy(&query).chords, best);
        }
    }
}
