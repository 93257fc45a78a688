//! A melody with chord symbols, as it is written.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::formats::Existing;
use crate::{Duration, Key, Meter, Pitch, Position, Symbol};

/// Something that holds from a point in time until the next of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed<T> {
    /// When it begins.
    pub at: Position,
    /// What begins.
    pub value: T,
}

impl<T> Deref for Timed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// One sounding melody note; tied notes are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// When it starts.
    pub onset: Position,
    /// How long it sounds, ties included; never zero (grace notes are not kept).
    pub duration: Duration,
    /// What sounds (transposing instruments already transposed).
    pub pitch: Pitch,
}

impl Note {
    /// When it ends.
    pub fn end(&self) -> Position {
        self.onset + self.duration
    }
}

/// A chord symbol; it holds until the next one or the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChordEvent {
    /// When it begins.
    pub onset: Position,
    /// What it says.
    pub symbol: Symbol,
    /// The text as it was written, where the format has one.
    pub written: Option<String>,
}

/// What the bar lines of a bar ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepeatMarks {
    /// A forward repeat at its start.
    pub start: bool,
    /// A backward repeat at its end: how often the passage is played in all (2 is usual).
    pub end: Option<u8>,
    /// The passes on which this bar is played, for a bar under an ending bracket; else empty.
    pub endings: Vec<u8>,
    /// A segno stands at its start.
    pub segno: bool,
    /// A coda sign stands at its start.
    pub coda: bool,
    /// "To coda" at its end.
    pub to_coda: bool,
    /// "Fine" at its end.
    pub fine: bool,
    /// "D.C." at its end.
    pub da_capo: bool,
    /// "D.S." at its end.
    pub dal_segno: bool,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// When it starts.
    pub start: Position,
    /// How long it is: shorter than the metre for a pickup.
    pub length: Duration,
    /// The number printed on it, where the format has one.
    pub number: String,
    /// Index of the written bar it comes from; its own index unless unfolded.
    pub written: usize,
    /// Repeat marks; none once unfolded.
    pub repeats: RepeatMarks,
}

impl Bar {
    /// When it ends.
    pub fn end(&self) -> Position {
        self.start + self.length
    }
}

/// A melody with chord symbols.
///
/// Invariants: bars follow each other without gap from [`Position::ZERO`]; everything is
/// sorted by time; notes do not overlap (a melody is one voice); `meters` is not empty and
/// begins at zero. `keys` may be empty where the file names none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadSheet {
    /// The title.
    pub title: Option<String>,
    /// Who wrote it.
    pub composer: Option<String>,
    /// The rights or licence as the file states it.
    pub rights: Option<String>,
    /// Quarter notes a minute, where stated.
    pub tempo: Option<f64>,
    /// Time signatures.
    pub meters: Vec<Timed<Meter>>,
    /// Key signatures, as they sound.
    pub keys: Vec<Timed<Key>>,
    /// Bars.
    pub bars: Vec<Bar>,
    /// The melody.
    pub notes: Vec<Note>,
    /// The chord symbols.
    pub chords: Vec<ChordEvent>,
}

impl LeadSheet {
    /// When the last bar ends.
    pub fn end(&self) -> Position {
        self.bars.last().map_or(Position::ZERO, Bar::end)
    }

    /// The metre that holds at `at`.
    pub fn meter_at(&self, at: Position) -> Meter {
        holding(&self.meters, at).unwrap_or(Meter::COMMON)
    }

    /// The key signature that holds at `at`, if the file names one.
    pub fn key_at(&self, at: Position) -> Option<Key> {
        holding(&self.keys, at)
    }

    /// The chord symbol that holds at `at`: the last one at or before it.
    pub fn chord_at(&self, at: Position) -> Option<&ChordEvent> {
        let after = self.chords.partition_point(|event| event.onset <= at);
        after.checked_sub(1).and_then(|index| self.chords.get(index))
    }

    /// Replaces the chord symbols by `chords`, or adds only those in bars that have none yet.
    pub fn set_chords(&mut self, chords: &[ChordEvent], existing: Existing) {
        let added = chords
            .iter()
            .filter(|chord| existing == Existing::Replace || !self.bar_has_chord(chord.onset));
        let mut all: Vec<ChordEvent> = added.cloned().collect();
        if existing == Existing::Keep {
            all.append(&mut self.chords);
            all.sort_by_key(|chord| chord.onset);
        }
        self.chords = all;
    }

    /// Whether a chord symbol stands in the bar that holds `at`.
    pub fn bar_has_chord(&self, at: Position) -> bool {
        let after = self.bars.partition_point(|bar| bar.start <= at);
        let bar = after.checked_sub(1).and_then(|index| self.bars.get(index));
        bar.is_some_and(|bar| {
            self.chords.iter().any(|chord| chord.onset >= bar.start && chord.onset < bar.end())
        })
    }

    /// Whether the first bar is a pickup: shorter than its metre asks for.
    pub fn has_pickup(&self) -> bool {
        self.bars.len() > 1
            && self.bars.first().is_some_and(|bar| bar.length < self.meter_at(bar.start).bar())
    }
}

/// The last value that begins at or before `at`; the first one before its own beginning.
fn holding<T: Copy>(timed: &[Timed<T>], at: Position) -> Option<T> {
    let after = timed.partition_point(|item| item.at <= at);
    timed.get(after.saturating_sub(1)).map(|item| item.value)
}
