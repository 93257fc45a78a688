//! When two chords agree.

use score::{PitchClassSet, Quality};

use super::Encoding;
use crate::Measure;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        /// A rule by which two chords agree; the names are `mir_eval`'s.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[$doc])* $name,)+ }

        impl Measure for Rule {
            const ALL: &'static [Self] = &[$(Self::$name,)+];

            fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

rules! {
    /// Same root.
    Root = "root";
    /// Same root and triad; only major and minor triads and no chord are compared.
    MajMin = "majmin";
    /// [`Rule::MajMin`] and same bass.
    MajMinInversions = "majmin_inv";
    /// Same root, and both with a minor third or both without.
    Thirds = "thirds";
    /// [`Rule::Thirds`] and same bass.
    ThirdsInversions = "thirds_inv";
    /// Same root and same intervals up to the fifth.
    Triads = "triads";
    /// [`Rule::Triads`] and same bass.
    TriadsInversions = "triads_inv";
    /// Same root and intervals; only maj, min, maj7, 7, min7 and no chord are compared.
    Sevenths = "sevenths";
    /// [`Rule::Sevenths`] and same bass.
    SeventhsInversions = "sevenths_inv";
    /// Same root and intervals.
    Tetrads = "tetrads";
    /// [`Rule::Tetrads`] and same bass.
    TetradsInversions = "tetrads_inv";
    /// At least three common pitch classes; references of one or two are not compared.
    Mirex = "mirex";
}

/// Intervals up to the fifth.
const TRIAD: u16 = 0xFF;

/// What [`Rule::Sevenths`] compares.
const SEVENTHS: [Quality; 5] = [
    Quality::Major,
    Quality::Minor,
    Quality::MajorSeventh,
    Quality::Dominant,
    Quality::MinorSeventh,
];

impl Rule {
    /// Whether `estimated` agrees with `reference`; `None` if the rule does not compare it.
    pub fn compare(self, reference: Encoding, estimated: Encoding) -> Option<bool> {
        let same_root = reference.root == estimated.root;
        let same_bass = reference.bass == estimated.bass;
        let same_intervals = reference.intervals == estimated.intervals;
        let same_triad = triad(reference.intervals) == triad(estimated.intervals);
        let minor = |encoding: Encoding| encoding.intervals.bits() >> 3 & 1;
        let same_third = minor(reference) == minor(estimated);
        match self {
            Self::Root => Some(same_root),
            Self::Thirds => Some(same_root && same_third),
            Self::ThirdsInversions => Some(same_root && same_third && same_bass),
            Self::Triads => Some(same_root && same_triad),
            Self::TriadsInversions => Some(same_root && same_triad && same_bass),
            Self::Tetrads => Some(same_root && same_intervals),
            Self::TetradsInversions => Some(same_root && same_intervals && same_bass),
            Self::MajMin => is_majmin(reference).then_some(same_root && same_triad),
            Self::MajMinInversions => {
                is_majmin(reference).then_some(same_root && same_triad && same_bass)
            }
            Self::Sevenths => is_seventh(reference).then_some(same_root && same_intervals),
            Self::SeventhsInversions => {
                is_seventh(reference).then_some(same_root && same_intervals && same_bass)
            }
            Self::Mirex => mirex(reference, estimated),
        }
    }
}

fn triad(intervals: PitchClassSet) -> u16 {
    intervals.bits() & TRIAD
}

/// Whether the triad is major or minor, or there is no chord.
fn is_majmin(encoding: Encoding) -> bool {
    let is = |quality: Quality| triad(encoding.intervals) == triad(quality.intervals());
    encoding.intervals.is_empty() || is(Quality::Major) || is(Quality::Minor)
}

fn is_seventh(encoding: Encoding) -> bool {
    let is = |quality: Quality| encoding.intervals == quality.intervals();
    encoding.intervals.is_empty() || SEVENTHS.into_iter().any(is)
}

fn mirex(reference: Encoding, estimated: Encoding) -> Option<bool> {
    match reference.intervals.len() {
        0 => Some(estimated.root.is_none()),
        1 | 2 => None,
        _ => {
            let common = reference.pitch_classes().bits() & estimated.pitch_classes().bits();
            Some(common.count_ones() >= 3)
        }
    }
}
