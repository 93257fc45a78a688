//! Writing a lead sheet from its start to its end.

use score::{
    Bar, Chord, ChordEvent, Duration, Key, LeadSheet, Meter, Note, Pitch, PitchClass, Position,
    Quality, RepeatMarks, Symbol, Timed,
};

/// A lead sheet that is being written, one note after the other. Durations are sixteenths.
pub(super) struct Draft {
    sheet: LeadSheet,
    key: Key,
    at: Position,
}

/// So many sixteenth notes.
fn sixteenths(count: u32) -> Duration {
    // A sixteenth lies on the grid of durations, and songs are short.
    Duration::new(i64::from(count), 4).unwrap_or(Duration::ZERO)
}

impl Draft {
    /// `bars` empty bars after a pickup of so many sixteenths.
    pub fn new(meter: Meter, key: Key, pickup: u32, bars: usize) -> Self {
        let mut sheet = LeadSheet {
            tempo: Some(100.0),
            meters: vec![Timed { at: Position::ZERO, value: meter }],
            keys: vec![Timed { at: Position::ZERO, value: key }],
            ..LeadSheet::default()
        };
        let lengths = (pickup > 0).then(|| sixteenths(pickup)).into_iter();
        let mut start = Position::ZERO;
        for length in lengths.chain(std::iter::repeat_n(meter.bar(), bars)) {
            let index = sheet.bars.len();
            // A pickup has the number 0.
            let number = (index + usize::from(pickup == 0)).to_string();
            let repeats = RepeatMarks::default();
            sheet.bars.push(Bar { start, length, number, written: index, repeats });
            start += length;
        }
        Self { sheet, key, at: Position::ZERO }
    }

    /// A note at a MIDI key.
    pub fn note(&mut self, midi: i32, length: u32) {
        // Song makers stay within the stave.
        let pitch = Pitch::from_midi(midi.clamp(21, 108) as u8, self.key.spelling());
        let duration = sixteenths(length);
        self.sheet.notes.push(Note { onset: self.at, duration, pitch });
        self.at += duration;
    }

    /// A chord from here on, unless it sounds already.
    pub fn chord(&mut self, root: PitchClass, quality: Quality) {
        let chord = Chord::new(root.spelled_near(self.key.spelling()), quality);
        let symbol = Symbol::Chord(chord);
        if self.sheet.chords.last().is_none_or(|event| event.symbol != symbol) {
            self.sheet.chords.push(ChordEvent { onset: self.at, symbol, written: None });
        }
    }

    /// What was written.
    pub fn finish(self) -> LeadSheet {
        self.sheet
    }
}

/// The key at `tonic` with the simpler signature of two that sound alike.
pub(super) fn key_of(tonic: PitchClass, minor: bool) -> Key {
    let mode = if minor { score::Mode::Minor } else { score::Mode::Major };
    let fifths = i32::from(tonic.semitones()) * 7 - mode.tonic_offset();
    // From five flats to six sharps.
    Key { fifths: ((fifths + 5).rem_euclid(12) - 5) as i8, mode }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_sounds_where_it_is_asked_for() {
        for tonic in PitchClass::all() {
            for minor in [false, true] {
                let key = key_of(tonic, minor);
                assert_eq!(key.tonic().class(), tonic);
                assert_eq!(key.mode.is_minor(), minor);
                assert!((-5..=6).contains(&key.fifths));
            }
        }
    }

    #[test]
    fn a_chord_that_goes_on_is_written_once() {
        let mut draft = Draft::new(Meter::COMMON, Key::C_MAJOR, 4, 1);
        draft.note(67, 4);
        for _ in 0..2 {
            draft.chord(PitchClass::from_semitones(0), Quality::Major);
            draft.note(60, 8);
        }
        let sheet = draft.finish();
        assert_eq!(sheet.check(), Ok(()));
        assert!(sheet.has_pickup());
        assert_eq!(sheet.chords.len(), 1);
        assert_eq!(sheet.chords[0].onset, Position::quarters(1));
    }
}
