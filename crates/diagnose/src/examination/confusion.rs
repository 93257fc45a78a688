//! How wrong chords are wrong: the interval between the roots, and the triad over a right root.

use grid::{Token, Vocabulary};
use serde::{Deserialize, Serialize};

use super::answers::Answer;
use super::resampling::{Interval, Resamples};

/// What a chord is, told from the triad over its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriadFamily {
    /// A major third, and no triad of another name.
    Major,
    /// A minor third and no major one.
    Minor,
    /// A minor third and a diminished, no perfect fifth.
    Diminished,
    /// A major third and an augmented, no perfect fifth.
    Augmented,
    /// No third, but a second or a fourth.
    Suspended,
    /// Neither third, second nor fourth: a fifth or a single tone.
    Open,
}

impl TriadFamily {
    /// All families, in the order of tables.
    pub const ALL: [Self; 6] =
        [Self::Major, Self::Minor, Self::Diminished, Self::Augmented, Self::Suspended, Self::Open];

    /// The family of a chord token; `None` for the special ones.
    pub fn of(token: Token, vocabulary: &Vocabulary) -> Option<Self> {
        let (root, _) = Vocabulary::parts(token)?;
        let set = vocabulary.pitch_classes(token).transposed(-i32::from(root.semitones()));
        let has = |semitones: u8| set.bits() >> semitones & 1 == 1;
        Some(match (has(4), has(3)) {
            (true, _) if has(8) && !has(7) => Self::Augmented,
            (true, _) => Self::Major,
            (_, true) if has(6) && !has(7) => Self::Diminished,
            (_, true) => Self::Minor,
            _ if has(2) || has(5) => Self::Suspended,
            _ => Self::Open,
        })
    }
}

/// What stands in place of the right chords at one visible share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// Visible cells in percent.
    pub visible: u8,
    /// Cells with a chord that were asked.
    pub cells: usize,
    /// Share of them by (predicted root − true root) mod 12: 0 is right, 7 a fifth above.
    pub roots: Vec<Interval>,
    /// Share of them for which no chord was predicted.
    pub none: Interval,
    /// Cells without a chord that were asked.
    pub silent_cells: usize,
    /// Share of these for which a chord was predicted.
    pub invented: Option<Interval>,
    /// Cells with the right root, by true family (rows) and predicted family (columns), both in
    /// the order of [`TriadFamily::ALL`].
    pub families: Vec<Vec<u64>>,
    /// Share of the right roots whose family is right, too.
    pub right_family: Option<Interval>,
    /// Share of the right families whose whole chord is right, too.
    pub right_chord: Option<Interval>,
}

/// The place of "no chord" after the twelve intervals.
const NONE: usize = 12;

/// How the wrong ones of `answers` are wrong; `None` where no chord was asked.
pub(super) fn measure(
    visible: u8,
    answers: &[Answer],
    pieces: usize,
    resamples: &Resamples,
) -> Option<Confusion> {
    let vocabulary = Vocabulary::default();
    let mut chords = vec![[0.0; NONE + 1]; pieces];
    let mut silent = vec![(0.0, 0.0); pieces];
    let mut right_family = vec![(0.0, 0.0); pieces];
    let mut right_chord = vec![(0.0, 0.0); pieces];
    let mut families = vec![vec![0; TriadFamily::ALL.len()]; TriadFamily::ALL.len()];
    for answer in answers {
        let piece = answer.piece;
        let predicted = Vocabulary::parts(answer.predicted);
        let Some((root, _)) = Vocabulary::parts(answer.truth) else {
            silent[piece].0 += f64::from(u8::from(predicted.is_some()));
            silent[piece].1 += 1.0;
            continue;
        };
        let Some((other, _)) = predicted else {
            chords[piece][NONE] += 1.0;
            continue;
        };
        let interval = (12 + other.semitones() - root.semitones()) % 12;
        chords[piece][usize::from(interval)] += 1.0;
        let family = |token| TriadFamily::of(token, &vocabulary);
        let (Some(row), Some(column)) = (family(answer.truth), family(answer.predicted)) else {
            continue;
        };
        if interval == 0 {
            families[row as usize][column as usize] += 1;
            right_family[piece].1 += 1.0;
            if row == column {
                right_family[piece].0 += 1.0;
                right_chord[piece].1 += 1.0;
                right_chord[piece].0 += f64::from(u8::from(answer.is_right()));
            }
        }
    }
    let total = |counts: &[f64; NONE + 1]| counts.iter().sum::<f64>();
    let share = |place: usize| {
        let pairs: Vec<_> = chords.iter().map(|counts| (counts[place], total(counts))).collect();
        resamples.ratio(&pairs)
    };
    Some(Confusion {
        visible,
        cells: chords.iter().map(total).sum::<f64>() as usize,
        roots: (0..NONE).map(share).collect::<Option<_>>()?,
        none: share(NONE)?,
        silent_cells: silent.iter().map(|pair| pair.1).sum::<f64>() as usize,
        invented: resamples.ratio(&silent),
        families,
        right_family: resamples.ratio(&right_family),
        right_chord: resamples.ratio(&right_chord),
    })
}

#[cfg(test)]
mod tests {
    use grid::QUALITIES;

    use super::*;

    /// The token on `root` semitones above C with the quality of this name.
    fn token(root: u16, quality: &str) -> Token {
        let quality = QUALITIES.iter().position(|other| other.name == quality).expect("a quality");
        Token(Token::FIRST_CHORD.0 + 29 * root + quality as u16)
    }

    fn answers(given: &[(Token, Token)]) -> Vec<Answer> {
        let answer = |(cell, (truth, predicted)): (usize, &(Token, Token))| Answer {
            piece: cell % 2,
            excerpt: 0,
            cell,
            truth: *truth,
            predicted: *predicted,
            confidence: 0.5,
            surprise: 1.0,
        };
        given.iter().enumerate().map(answer).collect()
    }

    #[test]
    fn every_quality_has_the_family_of_its_triad() {
        use TriadFamily::{Augmented, Diminished, Major, Minor, Open, Suspended};
        let vocabulary = Vocabulary::default();
        let named = |names: &[&str], family: TriadFamily| {
            for name in names {
                for root in [0, 7] {
                    let found = TriadFamily::of(token(root, name), &vocabulary);
                    assert_eq!(found, Some(family), "{name}");
                }
            }
        };
        named(&["maj", "7", "maj7", "maj6", "9", "13", "7(#9)", "7(#11)", "7(b13)"], Major);
        named(&["min", "min7", "minmaj7", "min6", "min9", "min11", "min13"], Minor);
        named(&["dim", "dim7", "hdim7"], Diminished);
        named(&["aug"], Augmented);
        named(&["sus4", "sus2"], Suspended);
        named(&["1", "5"], Open);
        assert_eq!(TriadFamily::of(Token::NO_CHORD, &vocabulary), None);
        for (index, family) in TriadFamily::ALL.iter().enumerate() {
            assert_eq!(*family as usize, index, "tables are in the order of the families");
        }
    }

    #[test]
    fn intervals_are_counted_upwards_from_the_true_root() {
        let given = [
            (token(0, "maj"), token(0, "maj")),
            (token(0, "maj"), token(7, "maj")),
            (token(7, "7"), token(0, "maj")),
            (token(11, "min"), token(1, "min")),
            (token(2, "min"), Token::NO_CHORD),
            (Token::NO_CHORD, token(0, "maj")),
            (Token::NO_CHORD, Token::NO_CHORD),
        ];
        let confusion =
            measure(0, &answers(&given), 2, &Resamples::new(2, 1)).expect("chords were asked");
        let shares: Vec<f64> = confusion.roots.iter().map(|share| share.value).collect();
        assert_eq!(shares, [0.2, 0.0, 0.2, 0.0, 0.0, 0.2, 0.0, 0.2, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!((confusion.cells, confusion.none.value), (5, 0.2));
        assert_eq!(confusion.silent_cells, 2);
        assert_eq!(confusion.invented.map(|share| share.value), Some(0.5));
    }

    #[test]
    fn families_are_compared_over_right_roots_only() {
        let given = [
            (token(0, "maj"), token(0, "min")),
            (token(0, "maj7"), token(0, "maj")),
            (token(0, "maj"), token(0, "maj")),
            (token(0, "dim"), token(3, "aug")),
        ];
        let confusion =
            measure(0, &answers(&given), 2, &Resamples::new(2, 1)).expect("chords were asked");
        assert_eq!(confusion.families[0][..2], [2, 1]);
        assert_eq!(confusion.families.iter().flatten().sum::<u64>(), 3);
        assert_eq!(confusion.right_family.map(|share| share.value), Some(2.0 / 3.0));
        assert_eq!(confusion.right_chord.map(|share| share.value), Some(0.5));
    }

    #[test]
    fn where_no_chord_was_asked_there_is_no_confusion() {
        let silence = answers(&[(Token::NO_CHORD, Token::NO_CHORD)]);
        assert_eq!(measure(0, &silence, 2, &Resamples::new(2, 1)), None);
    }
}
