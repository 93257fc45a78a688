//! Chords for the tests of the spellings.

use proptest::prelude::*;

use super::{Alteration, AlterationKind, Chord, MOST_ALTERATIONS, Quality, Symbol};
use crate::{PitchName, Step};

fn names() -> impl Strategy<Value = PitchName> {
    (0..7usize, -2..=2i8).prop_map(|(step, alter)| PitchName::new(Step::ALL[step], alter))
}

fn alterations() -> impl Strategy<Value = Alteration> {
    use AlterationKind::{Add, Alter, Subtract};
    let kinds = prop::sample::select(vec![Add, Alter, Subtract]);
    (kinds, 1..=13u8, -4..=4i8).prop_map(|(kind, degree, alter)| Alteration { kind, degree, alter })
}

prop_compose! {
    /// Any chord a reader could return, with up to twelve alterations, mostly few.
    pub(super) fn chords()(
        root in names(),
        quality in prop::sample::select(Quality::ALL),
        alterations in prop_oneof![
            4 => prop::collection::vec(alterations(), 0..4),
            1 => prop::collection::vec(alterations(), 0..=MOST_ALTERATIONS),
        ],
        bass in prop::option::of(names()),
    ) -> Chord {
        Chord { root, quality, alterations, bass: bass.filter(|bass| *bass != root) }
    }
}

/// Every quality with every single alteration by up to two semitones, and with none.
pub(super) fn every_single_alteration() -> impl Iterator<Item = Symbol> {
    use AlterationKind::{Add, Alter, Subtract};
    let singles = [Add, Alter, Subtract].into_iter().flat_map(|kind| {
        (1..=13u8).flat_map(move |degree| {
            (-2..=2i8).map(move |alter| vec![Alteration { kind, degree, alter }])
        })
    });
    let all: Vec<_> = std::iter::once(Vec::new()).chain(singles).collect();
    Quality::ALL.iter().flat_map(move |quality| {
        let plain = Chord::new(PitchName::new(Step::C, 0), *quality);
        all.clone()
            .into_iter()
            .map(move |alterations| Symbol::Chord(Chord { alterations, ..plain.clone() }))
    })
}
