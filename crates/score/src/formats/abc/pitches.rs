//! Which pitch a written note sounds: signature, accidentals of the bar, ties.

use std::collections::HashMap;

use super::header::Reach;
use super::key::Signature;
use super::token::Head;
use crate::{Pitch, PitchName, Step};

/// The accidentals that hold at a point of the music.
#[derive(Clone, Debug)]
pub(super) struct Pitches {
    signature: Signature,
    reach: Reach,
    /// Accidentals written in this bar; the octave is left out where they reach all.
    written: HashMap<(Step, Option<i8>), i8>,
}

impl Pitches {
    /// At the start of the music.
    pub(super) fn new(signature: Signature, reach: Reach) -> Self {
        Self { signature, reach, written: HashMap::new() }
    }

    /// A new signature; it also ends what the bar's accidentals say.
    pub(super) fn set_signature(&mut self, signature: Signature) {
        self.signature = signature;
        self.written.clear();
    }

    /// How far accidentals reach from here on.
    pub(super) fn set_reach(&mut self, reach: Reach) {
        self.reach = reach;
        self.written.clear();
    }

    /// A bar line.
    pub(super) fn bar_line(&mut self) {
        self.written.clear();
    }

    /// The pitch of `head`; `tied` is the note that is tied to it, whose accidental it takes over.
    pub(super) fn sound(&mut self, head: Head, tied: Option<Pitch>) -> Pitch {
        let place = match self.reach {
            Reach::Note => None,
            Reach::Octave => Some((head.step, Some(head.octave))),
            Reach::Letter => Some((head.step, None)),
        };
        let taken_over =
            tied.filter(|tied| tied.name.step == head.step && tied.octave == head.octave);
        let alter = match (head.accidental, taken_over) {
            (Some(accidental), _) => {
                if let Some(place) = place {
                    self.written.insert(place, accidental);
                }
                accidental
            }
            (None, Some(tied)) => tied.name.alter,
            (None, None) => {
                let signature = self.signature.alters[head.step.index()];
                place.and_then(|place| self.written.get(&place).copied()).unwrap_or(signature)
            }
        };
        Pitch { name: PitchName::new(head.step, alter), octave: head.octave }
    }
}
