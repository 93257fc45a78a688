//! The grammar: what a phrase is made of, until nothing is left to expand.
//!
//! After Rohrmeier 2011, for regions that last so many slots of time:
//!
//! | rule | here |
//! |---|---|
//! | phrase → TR | a full cadence ends on the tonic, a half cadence breaks off on the dominant |
//! | TR → TR DR, TR → DR t | a tonic region goes to a dominant and, at a close, back |
//! | DR → SR d | a dominant is prepared by a subdominant |
//! | XR → XR XR | any region lasts by being said twice |
//! | XR → x | any region is one chord |

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::synth::random::choice;

/// What a region or chord does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Function {
    Tonic,
    Subdominant,
    Dominant,
}

/// How a phrase ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cadence {
    /// On the dominant.
    Half,
    /// On the tonic, reached from the dominant.
    Full,
}

/// A function that one chord fills, for so many slots.
pub(super) type Leaf = (Function, usize);

/// A phrase of `slots` slots, at least four.
pub(super) fn phrase(random: &mut ChaCha8Rng, slots: usize, cadence: Cadence) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    // The goal takes the last quarter, what leads to it the quarter before or so.
    let goal = (slots / 4).max(1);
    let opening = slots / 2;
    match cadence {
        Cadence::Full => {
            expand(random, Function::Tonic, opening, &mut leaves);
            expand(random, Function::Dominant, slots - opening - goal, &mut leaves);
            leaves.push((Function::Tonic, goal));
        }
        Cadence::Half => {
            expand(random, Function::Tonic, opening, &mut leaves);
            let rest = slots - opening - goal;
            let towards = choice(random, &[(2, Function::Subdominant), (1, Function::Tonic)]);
            expand(random, towards.unwrap_or(Function::Subdominant), rest, &mut leaves);
            leaves.push((Function::Dominant, goal));
        }
    }
    leaves
}

/// What becomes of a region.
#[derive(Clone, Copy)]
enum Rule {
    /// XR → x
    Chord,
    /// XR → XR XR
    Twice,
    /// TR → TR DR t, which is TR → TR TR and TR → DR t in one
    Around,
    /// DR → SR d
    Prepared,
}

fn expand(random: &mut ChaCha8Rng, function: Function, slots: usize, leaves: &mut Vec<Leaf>) {
    if slots == 0 {
        return;
    }
    let half = slots / 2;
    let rules: &[(u32, Rule)] = match (function, slots) {
        (_, 1) => &[(1, Rule::Chord)],
        (Function::Tonic, 2) => &[(3, Rule::Chord), (2, Rule::Twice)],
        (Function::Tonic, _) => &[(2, Rule::Chord), (3, Rule::Twice), (4, Rule::Around)],
        (Function::Subdominant, _) => &[(2, Rule::Chord), (1, Rule::Twice)],
        (Function::Dominant, _) => &[(1, Rule::Chord), (1, Rule::Twice), (4, Rule::Prepared)],
    };
    match choice(random, rules).unwrap_or(Rule::Chord) {
        Rule::Chord => leaves.push((function, slots)),
        Rule::Twice => {
            expand(random, function, slots - half, leaves);
            expand(random, function, half, leaves);
        }
        Rule::Around => {
            let dominant = if slots > 3 && random.random_bool(0.5) { half / 2 } else { 1 }.max(1);
            let last = (half - dominant.min(half)).max(1);
            expand(random, Function::Tonic, slots - dominant - last, leaves);
            expand(random, Function::Dominant, dominant, leaves);
            leaves.push((Function::Tonic, last));
        }
        Rule::Prepared => {
            expand(random, Function::Subdominant, slots - half, leaves);
            leaves.push((Function::Dominant, half));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::random::stream;

    #[test]
    fn phrases_last_as_long_as_asked_and_end_as_asked() {
        let mut distinct = std::collections::HashSet::new();
        for index in 0..500 {
            let mut random = stream(1, index);
            for slots in [4, 8] {
                for cadence in [Cadence::Half, Cadence::Full] {
                    let leaves = phrase(&mut random, slots, cadence);
                    assert_eq!(leaves.iter().map(|(_, slots)| slots).sum::<usize>(), slots);
                    assert!(leaves.iter().all(|(_, slots)| *slots > 0));
                    assert_eq!(leaves[0].0, Function::Tonic);
                    let [.., before, last] = leaves[..] else { panic!("{leaves:?}") };
                    match cadence {
                        Cadence::Half => assert_eq!(last.0, Function::Dominant),
                        Cadence::Full => {
                            assert_eq!((before.0, last.0), (Function::Dominant, Function::Tonic));
                        }
                    }
                    distinct.insert(leaves);
                }
            }
        }
        assert!(distinct.len() > 40, "{}", distinct.len());
    }

    #[test]
    fn a_subdominant_never_follows_a_dominant_within_a_region() {
        for index in 0..500 {
            let leaves = phrase(&mut stream(2, index), 8, Cadence::Full);
            let backwards = |pair: &[Leaf]| {
                pair[0].0 == Function::Dominant && pair[1].0 == Function::Subdominant
            };
            assert!(!leaves.windows(2).any(backwards), "{leaves:?}");
        }
    }
}
