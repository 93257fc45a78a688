//! Which songs are the same song, and on which side of the split each family falls.

use std::collections::HashMap;

use score::LeadSheet;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Which part of the corpus a song belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// Learned from: 90%.
    Train,
    /// Looked at while training: 5%.
    Validation,
    /// Looked at once: 5%.
    Test,
}

impl Split {
    /// All sides.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// Its name, for messages and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }

    /// The side on which a family falls that is known by this hash.
    pub fn of(hash: u64) -> Self {
        match hash % 100 {
            0..90 => Self::Train,
            90..95 => Self::Validation,
            _ => Self::Test,
        }
    }
}

/// What a melody is, whatever its key, tempo or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MelodyHash {
    /// Of the whole melody: intervals and durations.
    pub whole: u64,
    /// Of every run of [`SHINGLE`] notes: sorted, each once.
    shingles: Vec<u64>,
}

/// Notes in a shingle.
const SHINGLE: usize = 8;

/// Melodies belong to one family from this share of common shingles of the shorter one.
const COMMON_SHARE: f64 = 0.5;

impl MelodyHash {
    /// The hash of the sheet's melody: equal for transposed copies.
    pub fn of(sheet: &LeadSheet) -> Self {
        let steps: Vec<[i64; 3]> = sheet
            .notes
            .iter()
            .enumerate()
            .map(|(index, note)| {
                let previous = index.checked_sub(1).and_then(|before| sheet.notes.get(before));
                let interval = previous.map_or(0, |p| note.pitch.midi() - p.pitch.midi());
                let (numerator, denominator) = note.duration.fraction();
                [i64::from(interval), numerator, denominator]
            })
            .collect();
        // A shingle starts at its second note's interval: the first one's belongs to what precedes.
        let mut shingles: Vec<u64> = steps
            .windows(SHINGLE)
            .map(|window| {
                hash(
                    window
                        .iter()
                        .enumerate()
                        .map(|(i, s)| [if i == 0 { 0 } else { s[0] }, s[1], s[2]]),
                )
            })
            .collect();
        shingles.sort_unstable();
        shingles.dedup();
        Self { whole: hash(steps.iter().copied()), shingles }
    }
}

/// The first eight bytes of the SHA-256 of the numbers.
fn hash(steps: impl Iterator<Item = [i64; 3]>) -> u64 {
    let mut digest = Sha256::new();
    for number in steps.flatten() {
        digest.update(number.to_le_bytes());
    }
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finalize()[..8]);
    u64::from_le_bytes(first)
}

/// For each melody the hash its family is known by: that of its member with the smallest.
///
/// Melodies are of one family if they are equal, or if at least half of the eight-note runs of
/// the shorter one stand in the longer one: the same tune with another ending, say.
pub fn families(melodies: &[MelodyHash]) -> Vec<u64> {
    let mut parents: Vec<usize> = (0..melodies.len()).collect();
    let mut first_with_whole: HashMap<u64, usize> = HashMap::new();
    let mut with_shingle: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, melody) in melodies.iter().enumerate() {
        let first = *first_with_whole.entry(melody.whole).or_insert(index);
        join(&mut parents, first, index);
        let mut common: HashMap<usize, usize> = HashMap::new();
        for shingle in &melody.shingles {
            let holders = with_shingle.entry(*shingle).or_default();
            for holder in holders.iter() {
                *common.entry(*holder).or_default() += 1;
            }
            holders.push(index);
        }
        for (other, count) in common {
            let shorter = melody.shingles.len().min(melodies[other].shingles.len());
            if count as f64 >= COMMON_SHARE * shorter as f64 {
                join(&mut parents, other, index);
            }
        }
    }
    let roots: Vec<usize> = (0..melodies.len()).map(|index| root(&mut parents, index)).collect();
    let mut smallest: HashMap<usize, u64> = HashMap::new();
    for (melody, root) in melodies.iter().zip(&roots) {
        let known_by = smallest.entry(*root).or_insert(melody.whole);
        *known_by = (*known_by).min(melody.whole);
    }
    roots.iter().map(|root| smallest[root]).collect()
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    parents[one.max(other)] = one.min(other);
}

#[cfg(test)]
mod tests {
    use score::{Duration, Note, Pitch, Position};

    use super::*;

    fn melody(midi: &[u8]) -> MelodyHash {
        let notes = midi.iter().enumerate().map(|(index, key)| Note {
            onset: Position::quarters(index as i32),
            duration: Duration::quarters(1),
            pitch: Pitch::from_midi(*key, 0),
        });
        MelodyHash::of(&LeadSheet { notes: notes.collect(), ..LeadSheet::default() })
    }

    const TUNE: [u8; 14] = [60, 62, 64, 65, 67, 69, 71, 72, 71, 67, 64, 60, 62, 60];

    #[test]
    fn a_transposed_copy_has_the_same_hash() {
        assert_eq!(melody(&TUNE), melody(&TUNE.map(|key| key + 5)));
    }

    #[test]
    fn a_variant_joins_the_family_and_a_stranger_does_not() {
        let mut variant = TUNE;
        variant[13] = 64;
        let stranger = [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60];
        let known_by = families(&[melody(&TUNE), melody(&stranger), melody(&variant)]);
        assert_eq!(known_by[0], known_by[2]);
        assert_ne!(known_by[0], known_by[1]);
    }

    #[test]
    fn sides_have_their_shares() {
        let count = |split| (0..10_000).filter(|hash| Split::of(*hash) == split).count();
        assert_eq!(Split::ALL.map(count), [9_000, 500, 500]);
    }
}
