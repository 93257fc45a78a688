//! One cell of the grid as it is kept in memory and on disk.

use bytemuck::{Pod, Zeroable};

use crate::{Token, Vocabulary};

/// Piano keys that a cell can tell apart, from MIDI 21 (A0).
pub const KEYS: usize = 88;

/// MIDI number of the lowest of the [`KEYS`].
const LOWEST_KEY: i32 = 21;

/// One cell: what sounds of the melody, the harmony, and where in the metre it stands.
///
/// Plain old data of 38 bytes, so that a corpus is mapped into memory as it lies on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Cell {
    harmony: u16,
    onsets: u16,
    bar: u16,
    place: u16,
    cells_in_bar: u16,
    shares: [u8; 12],
    keys: [u8; 11],
    numerator: u8,
    denominator: u8,
    cells_per_pulse: u8,
    flags: u8,
    reserved: u8,
}

/// Where in the metre a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellMeter {
    /// Index of the full bar from 0; the bar of a pickup is [`CellMeter::PICKUP`].
    pub bar: u16,
    /// Place in the bar in cells, from 0; a pickup counts as the end of a bar.
    pub place: u16,
    /// Cells in a full bar.
    pub cells_in_bar: u16,
    /// Cells in a felt pulse: 3 eighths in 6/8.
    pub cells_per_pulse: u8,
    /// Upper number of the time signature.
    pub numerator: u8,
    /// Lower number of the time signature.
    pub denominator: u8,
    /// Whether it belongs to the first bar of the song.
    pub first_bar: bool,
    /// Whether it belongs to the last bar of the song.
    pub last_bar: bool,
}

impl CellMeter {
    /// The bar index of a pickup.
    pub const PICKUP: u16 = u16::MAX;
}

const FIRST_BAR: u8 = 1;
const LAST_BAR: u8 = 2;

impl Cell {
    /// A silent cell with this harmony at this place.
    pub fn new(harmony: Token, meter: CellMeter) -> Self {
        Self {
            harmony: harmony.0,
            bar: meter.bar,
            place: meter.place,
            cells_in_bar: meter.cells_in_bar,
            numerator: meter.numerator,
            denominator: meter.denominator,
            cells_per_pulse: meter.cells_per_pulse,
            flags: (u8::from(meter.first_bar) * FIRST_BAR) | (u8::from(meter.last_bar) * LAST_BAR),
            ..Self::zeroed()
        }
    }

    /// Adds a melody note sounding for `share` (0 to 1) of the cell, which may start in it.
    pub fn add_note(&mut self, midi: i32, share: f64, starts_here: bool) {
        let class = midi.rem_euclid(12) as usize;
        let added = (share * 255.0).round().clamp(0.0, 255.0) as u8;
        self.shares[class] = self.shares[class].saturating_add(added);
        if starts_here {
            self.onsets |= 1 << class;
        }
        if let Some(key) = usize::try_from(midi - LOWEST_KEY).ok().filter(|key| *key < KEYS) {
            self.keys[key / 8] |= 1 << (key % 8);
        }
    }

    /// The harmony token.
    pub const fn harmony(&self) -> Token {
        Token(self.harmony)
    }

    /// The same cell with another harmony.
    #[must_use]
    pub const fn with_harmony(mut self, harmony: Token) -> Self {
        self.harmony = harmony.0;
        self
    }

    /// The share of the cell, 0 to 1, for which each pitch class sounds, C first.
    pub fn shares(&self) -> [f32; 12] {
        self.shares.map(|share| f32::from(share) / 255.0)
    }

    /// The pitch classes that start in the cell, as bits, bit 0 for C.
    pub const fn onsets(&self) -> u16 {
        self.onsets
    }

    /// The pitch classes that sound in the cell, as bits.
    pub fn sounding(&self) -> u16 {
        (0..12).fold(0, |bits, class| bits | u16::from(self.shares[class] > 0) << class)
    }

    /// The pitch class that sounds longest, the lowest of several; `None` in silence.
    pub fn main_class(&self) -> Option<usize> {
        let longest = *self.shares.iter().max()?;
        (longest > 0).then(|| self.shares.iter().position(|share| *share == longest))?
    }

    /// Whether the piano key `key` (0 for A0) sounds in the cell.
    pub fn has_key(&self, key: usize) -> bool {
        self.keys.get(key / 8).is_some_and(|byte| byte >> (key % 8) & 1 == 1)
    }

    /// The same cell with the melody of another.
    #[must_use]
    pub const fn with_melody_of(self, other: &Self) -> Self {
        Self { onsets: other.onsets, shares: other.shares, keys: other.keys, ..self }
    }

    /// Where it stands in the metre.
    pub const fn meter(&self) -> CellMeter {
        CellMeter {
            bar: self.bar,
            place: self.place,
            cells_in_bar: self.cells_in_bar,
            cells_per_pulse: self.cells_per_pulse,
            numerator: self.numerator,
            denominator: self.denominator,
            first_bar: self.flags & FIRST_BAR != 0,
            last_bar: self.flags & LAST_BAR != 0,
        }
    }

    /// Whether a full bar, or the piece's pickup, begins here.
    pub const fn starts_bar(&self) -> bool {
        self.place == 0
    }

    /// The cell `semitones` higher, melody and harmony. Keys that leave the piano are dropped;
    /// their pitch classes stay.
    #[must_use]
    pub fn transposed(&self, semitones: i32) -> Self {
        let mut moved = Self { keys: [0; 11], ..*self };
        let turn = semitones.rem_euclid(12);
        for class in 0..12 {
            moved.shares[(class + turn as usize) % 12] = self.shares[class];
        }
        moved.onsets = (self.onsets << turn | self.onsets >> (12 - turn)) & 0xFFF;
        moved.harmony = Vocabulary::transposed(self.harmony(), semitones).0;
        for key in (0..KEYS).filter(|key| self.has_key(*key)) {
            let target = usize::try_from(key as i32 + semitones).ok().filter(|key| *key < KEYS);
            if let Some(target) = target {
                moved.keys[target / 8] |= 1 << (target % 8);
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter() -> CellMeter {
        CellMeter {
            bar: 3,
            place: 2,
            cells_in_bar: 4,
            cells_per_pulse: 1,
            numerator: 4,
            denominator: 4,
            first_bar: false,
            last_bar: true,
        }
    }

    #[test]
    fn a_cell_takes_the_bytes_the_corpus_format_says() {
        assert_eq!(size_of::<Cell>(), 38);
    }

    #[test]
    fn the_metre_is_kept() {
        assert_eq!(Cell::new(Token::MASK, meter()).meter(), meter());
    }

    #[test]
    fn transposing_there_and_back_changes_nothing() {
        let harmony = Vocabulary::chord_token(score::PitchClass::from_semitones(7), 6);
        let mut cell = Cell::new(harmony, meter());
        cell.add_note(60, 0.5, true);
        cell.add_note(71, 0.25, false);
        for semitones in -6..=6 {
            assert_eq!(cell.transposed(semitones).transposed(-semitones), cell);
        }
        assert_eq!(cell.transposed(2).main_class(), Some(2));
        assert_eq!(cell.transposed(1).onsets(), 1 << 1);
        assert!(cell.transposed(1).has_key(61 - 21));
    }

    #[test]
    fn another_melody_leaves_harmony_and_metre_alone() {
        let cell = Cell::new(Token(9), meter());
        let mut other = Cell::new(Token::MASK, CellMeter { bar: 7, ..meter() });
        other.add_note(62, 1.0, true);
        let both = cell.with_melody_of(&other);
        assert_eq!((both.harmony(), both.meter()), (Token(9), meter()));
        assert_eq!(both.with_harmony(Token::MASK).shares(), other.shares());
        assert_eq!(both.onsets(), 1 << 2);
        assert!(both.has_key(62 - 21));
    }

    #[test]
    fn the_main_class_is_the_one_that_sounds_longest() {
        let mut cell = Cell::new(Token::MASK, meter());
        assert_eq!(cell.main_class(), None);
        cell.add_note(62, 0.3, true);
        cell.add_note(64, 0.7, true);
        assert_eq!(cell.main_class(), Some(4));
        assert_eq!(cell.sounding(), 1 << 2 | 1 << 4);
    }
}
