//! Songs made by rule: what a trainer ought to learn is known, so that one sees whether it does.
//!
//! [`determined`] songs have melodies that say which chord sounds, and chords that hold long enough
//! to be guessed from their neighbours: a model may learn to listen, or to copy. *Functional*
//! songs follow a grammar of tonic, subdominant and dominant, and have melodies as people write
//! them: chord tones with passing and neighbour notes.
//!
//! Song `n` of a seed is the same however many are made. All are ordinary lead sheets, and go the
//! way of lead sheets into a corpus.

pub mod determined;
mod functional;
mod random;
mod sheet;

use score::LeadSheet;

use crate::corpus::{Candidate, usable};
use crate::{Resolution, Split, Vocabulary, families};

/// A kind of songs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The melody determines the chords.
    Determined,
    /// The chords follow functional harmony.
    Functional,
}

impl Kind {
    /// Its name: that of the source in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Determined => "determined",
            Self::Functional => "functional",
        }
    }

    /// Song `index` of `seed`.
    pub fn song(self, seed: u64, index: u64) -> LeadSheet {
        let mut random = random::stream(seed, index);
        let sheet = match self {
            Self::Determined => determined::song(&mut random),
            Self::Functional => functional::song(&mut random),
        };
        let title = format!("{} {} of seed {seed}", self.name(), index + 1);
        LeadSheet { title: Some(title), rights: Some(LICENCE.to_owned()), ..sheet }
    }

    /// The file name of song `index`: names sort as the songs do.
    pub fn file_name(self, index: u64) -> String {
        format!("{}-{:06}.musicxml", self.name(), index + 1)
    }
}

/// What applies to songs that nobody wrote.
const LICENCE: &str = "CC0-1.0";

/// The songs `0..count` of `seed` as candidates for a corpus, handing each sheet to `each` first.
///
/// # Errors
/// What `each` returns.
pub fn candidates<E>(
    kind: Kind,
    count: u64,
    seed: u64,
    resolution: Resolution,
    mut each: impl FnMut(u64, &LeadSheet) -> Result<(), E>,
) -> Result<Vec<Candidate>, E> {
    let vocabulary = Vocabulary::default();
    let candidate = |index| {
        let sheet = kind.song(seed, index);
        each(index, &sheet)?;
        Ok(Candidate {
            source: kind.name().to_owned(),
            file: kind.file_name(index),
            tune: None,
            title: sheet.title.clone(),
            licence: LICENCE.to_owned(),
            warnings: Vec::new(),
            result: usable(&sheet, &vocabulary, resolution),
        })
    };
    (0..count).map(candidate).collect()
}

/// The first side of the split on which none of the candidates would fall.
pub fn empty_side(candidates: &[Candidate]) -> Option<Split> {
    let used = candidates.iter().filter_map(|candidate| candidate.result.as_ref().ok());
    let melodies: Vec<_> = used.map(|(_, melody, _)| melody.clone()).collect();
    let sides: Vec<Split> = families(&melodies).into_iter().map(Split::of).collect();
    Split::ALL.into_iter().find(|side| !sides.contains(side))
}
