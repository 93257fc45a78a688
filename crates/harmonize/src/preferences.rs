//! What is preferred beyond the model: chords that hold the melody, and coming home at the end.

use std::ops::Range;

use grid::{Cell, Token, Vocabulary};
use score::{Key, Mode, PitchClass, PitchClassSet, PitchName};
use serde::{Deserialize, Serialize};

/// Weights of the preferences, in nats of log-probability; 0 trusts the model alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preferences {
    /// Against chords that do not hold the note that sounds: for a whole cell of such a note.
    pub melody: f32,
    /// Against each note of a chord that is foreign to the key and does not sound in the melody.
    pub key: f32,
    /// For the tonic triad in the last bar, where its last note belongs to it.
    pub home: f32,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { melody: 1.5, key: 0.5, home: 3.0 }
    }
}

/// What the preferences add to each token's log-probability in some cells: worked out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bonuses<'a> {
    /// `[cells, vocabulary]`
    values: &'a [f32],
}

impl<'a> Bonuses<'a> {
    /// What is added to every token of a cell.
    pub(crate) fn of(self, cell: usize) -> &'a [f32] {
        &self.values[cell * Vocabulary::SIZE..(cell + 1) * Vocabulary::SIZE]
    }
}

/// Preferences for the cells of a piece, with what they need to know of it.
#[derive(Clone, Debug)]
pub(crate) struct Judge {
    weights: Preferences,
    /// `[cells, vocabulary]`
    bonuses: Vec<f32>,
    /// Pitch classes of every token.
    sets: Vec<PitchClassSet>,
    /// The notes of the key, and in minor the raised sixth and seventh degrees.
    scale: Option<PitchClassSet>,
    /// The root of the dominant.
    dominant: Option<PitchClass>,
    /// The tonic and its triad, if the piece ends on one of its notes.
    home: Option<(PitchClass, PitchClassSet)>,
}

impl Judge {
    /// For a piece in `key` with these cells.
    pub(crate) fn new(
        weights: Preferences,
        vocabulary: &Vocabulary,
        key: Option<Key>,
        cells: &[Cell],
    ) -> Self {
        let sets = (0..Vocabulary::SIZE).map(|token| vocabulary.pitch_classes(Token(token as u16)));
        let last_note = cells.iter().rev().find_map(Cell::main_class);
        let home = key.and_then(|key| {
            let tonic = key.tonic().class();
            let third = if key.mode.is_minor() { 3 } else { 4 };
            let triad: PitchClassSet =
                [0, third, 7].into_iter().map(|semitones| tonic.transposed(semitones)).collect();
            let last = PitchClass::from_semitones(last_note? as i32);
            triad.contains(last).then_some((tonic, triad))
        });
        let mut judge = Self {
            weights,
            bonuses: Vec::new(),
            sets: sets.collect(),
            scale: key.map(scale),
            dominant: key.map(|key| key.tonic().class().transposed(7)),
            home,
        };
        judge.bonuses = cells
            .iter()
            .flat_map(|cell| {
                let judge = &judge;
                (0..Vocabulary::SIZE).map(move |token| judge.bonus(cell, Token(token as u16)))
            })
            .collect();
        judge
    }

    /// The bonuses of some cells of the piece.
    pub(crate) fn bonuses(&self, cells: Range<usize>) -> Bonuses<'_> {
        let values = &self.bonuses[cells.start * Vocabulary::SIZE..cells.end * Vocabulary::SIZE];
        Bonuses { values }
    }

    /// What is added to the log-probability of `token` in `cell`.
    fn bonus(&self, cell: &Cell, token: Token) -> f32 {
        let set = self.sets.get(token.index()).copied().unwrap_or_default();
        let mut bonus = 0.0;
        if !set.is_empty() {
            bonus -= self.weights.melody * strangeness(cell, set);
            bonus -= self.weights.key * self.foreign(cell, set);
        }
        if cell.meter().last_bar && self.is_home(token) {
            bonus += self.weights.home;
        }
        bonus
    }

    /// How many notes of a chord are foreign to the key, and not the melody's own doing.
    fn foreign(&self, cell: &Cell, chord: PitchClassSet) -> f32 {
        let Some(scale) = self.scale else { return 0.0 };
        let known = scale.bits() | cell.sounding();
        (chord.bits() & !known).count_ones() as f32
    }

    /// Whether the last change of chord goes home from the dominant.
    pub(crate) fn has_cadence(&self, tokens: &[Token]) -> bool {
        let Some(last) = tokens.last().filter(|token| self.is_home(**token)) else { return false };
        let before = tokens.iter().rev().find(|token| *token != last);
        let root = before.and_then(|token| Vocabulary::parts(*token)).map(|(root, _)| root);
        root.is_some() && root == self.dominant
    }

    /// Whether a token is the triad that the piece comes home to.
    pub(crate) fn is_home(&self, token: Token) -> bool {
        let root = Vocabulary::parts(token).map(|(root, _)| root);
        self.home.is_some_and(|(tonic, triad)| {
            root == Some(tonic) && self.sets.get(token.index()) == Some(&triad)
        })
    }
}

/// The notes of a key: those of its signature, in minor also the raised sixth and seventh.
fn scale(key: Key) -> PitchClassSet {
    let signature =
        (0..7).map(|step| PitchName::from_fifths(i32::from(key.fifths) - 1 + step).class());
    let tonic = key.tonic().class();
    let raised = [9, 11].map(|semitones| tonic.transposed(semitones));
    let raised = raised.into_iter().filter(|_| key.mode == Mode::Minor);
    signature.chain(raised).collect()
}

/// The share of the cell for which notes sound that do not belong to the chord; those a semitone
/// above a chord tone, which clash most, count twice.
fn strangeness(cell: &Cell, chord: PitchClassSet) -> f32 {
    let strange = |(class, share): (PitchClass, f32)| {
        if chord.contains(class) {
            0.0
        } else if chord.contains(class.transposed(-1)) {
            2.0 * share
        } else {
            share
        }
    };
    PitchClass::all().zip(cell.shares()).map(strange).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use grid::CellMeter;

    fn cell(midi: i32, last_bar: bool) -> Cell {
        let mut cell = Cell::new(
            Token::MASK,
            CellMeter {
                bar: 1,
                place: 0,
                cells_in_bar: 4,
                cells_per_pulse: 1,
                numerator: 4,
                denominator: 4,
                first_bar: false,
                last_bar,
            },
        );
        cell.add_note(midi, 1.0, true);
        cell
    }

    fn major(root: i32) -> Token {
        Vocabulary::chord_token(PitchClass::from_semitones(root), 0)
    }

    fn judge(last: i32) -> Judge {
        let key = Some(Key { fifths: 0, mode: Mode::Major });
        Judge::new(Preferences::default(), &Vocabulary::default(), key, &[cell(last, true)])
    }

    #[test]
    fn chords_that_hold_the_melody_are_preferred_and_clashes_avoided() {
        let judge = judge(60);
        let on_e = cell(64, false);
        assert_eq!(judge.bonus(&on_e, major(0)), 0.0);
        // E over G major is a sixth, F over C major a clash with its third.
        assert_eq!(judge.bonus(&on_e, major(7)), -1.5);
        assert_eq!(judge.bonus(&cell(65, false), major(0)), -3.0);
        assert_eq!(judge.bonus(&on_e, Token::NO_CHORD), 0.0);
    }

    #[test]
    fn notes_foreign_to_the_key_are_avoided_unless_the_melody_has_them() {
        let (judge, on_d) = (judge(60), cell(62, false));
        // D major over D in C major: its F sharp is foreign.
        assert_eq!(judge.bonus(&on_d, major(2)), -0.5);
        let mut on_d_and_f_sharp = on_d;
        on_d_and_f_sharp.add_note(66, 1.0, true);
        assert_eq!(judge.bonus(&on_d_and_f_sharp, major(2)), 0.0);
        let minor = Key { fifths: 0, mode: Mode::Minor };
        assert!(scale(minor).contains(PitchClass::from_semitones(8)));
        assert!(!scale(Key::C_MAJOR).contains(PitchClass::from_semitones(8)));
    }

    #[test]
    fn a_cadence_goes_home_from_the_dominant() {
        let judge = judge(60);
        assert!(judge.has_cadence(&[major(5), major(7), major(0), major(0)]));
        assert!(!judge.has_cadence(&[major(7), major(5), major(0)]));
        assert!(!judge.has_cadence(&[major(0), major(7)]));
    }

    #[test]
    fn home_is_preferred_in_the_last_bar_if_the_last_note_belongs_to_it() {
        assert_eq!(judge(60).bonus(&cell(60, true), major(0)), 3.0);
        assert_eq!(judge(60).bonus(&cell(60, false), major(0)), 0.0);
        assert_eq!(judge(62).bonus(&cell(60, true), major(0)), 0.0);
    }
}
