//! A melody with its chords, as the metrics see it.

use score::{Duration, LeadSheet, Meter, PitchClassSet, Position, Symbol};

/// A melody with chords over bars, in exact time.
///
/// Everything is sorted by time; chord spans do not overlap and are not empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Harmonization {
    /// The melody.
    pub melody: Vec<MelodyNote>,
    /// The chords, each until the next one or the end.
    pub chords: Vec<ChordSpan>,
    /// The bars.
    pub bars: Vec<BarSpan>,
    /// Quarter notes a minute, where stated.
    pub tempo: Option<f64>,
}

/// One melody note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MelodyNote {
    /// When it starts.
    pub onset: Position,
    /// When it ends.
    pub end: Position,
    /// MIDI key number, middle C = 60.
    pub pitch: i32,
}

/// A chord symbol with the time it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChordSpan {
    /// When it begins.
    pub onset: Position,
    /// When the next one begins or the piece ends.
    pub end: Position,
    /// What holds; it may be [`Symbol::NoChord`].
    pub symbol: Symbol,
}

/// A bar with its metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarSpan {
    /// When it starts.
    pub start: Position,
    /// When it ends.
    pub end: Position,
    /// The time signature that holds in it.
    pub meter: Meter,
    /// What a pickup bar leaves out at its beginning; zero for every other bar.
    pub missing: Duration,
}

impl BarSpan {
    /// How far `at` lies from where the full bar would begin.
    pub fn offset(&self, at: Position) -> Duration {
        at.since(self.start).unwrap_or(Duration::ZERO) + self.missing
    }
}

impl MelodyNote {
    /// How long it sounds.
    pub fn duration(&self) -> Duration {
        self.end.since(self.onset).unwrap_or(Duration::ZERO)
    }
}

impl ChordSpan {
    /// How long it holds.
    pub fn duration(&self) -> Duration {
        self.end.since(self.onset).unwrap_or(Duration::ZERO)
    }
}

impl From<&LeadSheet> for Harmonization {
    /// The sheet as it stands; unfold its repeats first to measure what is heard.
    fn from(sheet: &LeadSheet) -> Self {
        let melody: Vec<MelodyNote> = sheet
            .notes
            .iter()
            .map(|note| MelodyNote { onset: note.onset, end: note.end(), pitch: note.pitch.midi() })
            .collect();
        let last_note = melody.iter().map(|note| note.end).max().unwrap_or(Position::ZERO);
        let end = sheet.end().max(last_note);
        Self { melody, chords: chord_spans(sheet, end), bars: bar_spans(sheet), tempo: sheet.tempo }
    }
}

/// Each chord until the next; of several at one place the last holds.
fn chord_spans(sheet: &LeadSheet, end: Position) -> Vec<ChordSpan> {
    let ends = sheet.chords.iter().skip(1).map(|event| event.onset).chain([end]);
    sheet
        .chords
        .iter()
        .zip(ends)
        .map(|(event, next)| ChordSpan {
            onset: event.onset,
            end: next.min(end),
            symbol: event.symbol.clone(),
        })
        .filter(|span| span.onset < span.end)
        .collect()
}

fn bar_spans(sheet: &LeadSheet) -> Vec<BarSpan> {
    let pickup = sheet.has_pickup();
    sheet
        .bars
        .iter()
        .enumerate()
        .map(|(index, bar)| {
            let meter = sheet.meter_at(bar.start);
            let missing = if index == 0 && pickup {
                meter.bar().saturating_sub(bar.length)
            } else {
                Duration::ZERO
            };
            BarSpan { start: bar.start, end: bar.end(), meter, missing }
        })
        .collect()
}

impl Harmonization {
    /// When the last of notes, chords and bars ends.
    pub fn end(&self) -> Position {
        let notes = self.melody.iter().map(|note| note.end);
        let chords = self.chords.iter().map(|chord| chord.end);
        let bars = self.bars.iter().map(|bar| bar.end);
        notes.chain(chords).chain(bars).max().unwrap_or(Position::ZERO)
    }

    /// The chord span in which `at` lies.
    pub fn chord_at(&self, at: Position) -> Option<&ChordSpan> {
        let after = self.chords.partition_point(|span| span.onset <= at);
        let span = self.chords.get(after.checked_sub(1)?)?;
        (at < span.end).then_some(span)
    }

    /// The bar in which `at` lies; after the end the last one.
    pub fn bar_at(&self, at: Position) -> Option<&BarSpan> {
        let after = self.bars.partition_point(|bar| bar.start <= at);
        self.bars.get(after.saturating_sub(1))
    }

    /// What sounds at `at`, or `None` where no chord does.
    pub fn sounding_at(&self, at: Position) -> Option<PitchClassSet> {
        let set = self.chord_at(at)?.symbol.pitch_classes();
        (!set.is_empty()).then_some(set)
    }

    /// The changes of harmony: onset, end and what sounds, neighbours that sound the same
    /// made one. Times without a chord are left out; the same chord after one is a new change.
    pub fn changes(&self) -> Vec<(Position, Position, PitchClassSet)> {
        let mut changes: Vec<(Position, Position, PitchClassSet)> = Vec::new();
        for span in &self.chords {
            let set = span.symbol.pitch_classes();
            match changes.last_mut() {
                Some((_, end, last)) if *last == set && *end == span.onset => *end = span.end,
                _ => changes.push((span.onset, span.end, set)),
            }
        }
        changes.retain(|(_, _, set)| !set.is_empty());
        changes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use score::{Bar, Chord, ChordEvent, Note, Pitch, PitchName, Quality, RepeatMarks, Timed};

    /// A chord symbol for tests: root name and quality, or `None` for no chord.
    pub(crate) fn symbol(root: &str, quality: Quality) -> Symbol {
        let (root, _) = PitchName::parse_prefix(root).expect("a note name");
        Symbol::Chord(Chord::new(root, quality))
    }

    fn position(eighths: i64) -> Position {
        Position::new(eighths, 2).expect("in range")
    }

    /// A piece in `meter` with `bars` full bars; melody (onset, end, pitch) and chords
    /// (onset, symbol) in eighths.
    pub(crate) fn piece(
        meter: (u32, u32),
        bars: i64,
        melody: &[(i64, i64, i32)],
        chords: &[(i64, Symbol)],
    ) -> Harmonization {
        let meter = Meter::new(meter.0, meter.1).expect("a metre");
        let (quarters, parts) = meter.bar().fraction();
        let bar = quarters * 2 / parts;
        let end = bars * bar;
        let ends = chords.iter().skip(1).map(|(onset, _)| *onset).chain([end]);
        Harmonization {
            melody: melody
                .iter()
                .map(|(onset, end, pitch)| MelodyNote {
                    onset: position(*onset),
                    end: position(*end),
                    pitch: *pitch,
                })
                .collect(),
            chords: chords
                .iter()
                .zip(ends)
                .map(|((onset, symbol), end)| ChordSpan {
                    onset: position(*onset),
                    end: position(end),
                    symbol: symbol.clone(),
                })
                .collect(),
            bars: (0..bars)
                .map(|index| BarSpan {
                    start: position(index * bar),
                    end: position((index + 1) * bar),
                    meter,
                    missing: Duration::ZERO,
                })
                .collect(),
            tempo: None,
        }
    }

    fn sheet() -> LeadSheet {
        let bar = |start: i32, length: u32| Bar {
            start: Position::quarters(start),
            length: Duration::quarters(length),
            number: String::new(),
            written: 0,
            repeats: RepeatMarks::default(),
        };
        let chord = |onset: i32, symbol: Symbol| ChordEvent {
            onset: Position::quarters(onset),
            symbol,
            written: None,
        };
        LeadSheet {
            meters: vec![Timed { at: Position::ZERO, value: Meter::COMMON }],
            bars: vec![bar(0, 1), bar(1, 4)],
            notes: vec![Note {
                onset: Position::ZERO,
                duration: Duration::quarters(1),
                pitch: Pitch::from_midi(67, 0),
            }],
            chords: vec![
                chord(1, symbol("D", Quality::Major)),
                chord(1, symbol("C", Quality::Major)),
                chord(3, Symbol::NoChord),
                chord(9, symbol("G", Quality::Major)),
            ],
            ..LeadSheet::default()
        }
    }

    #[test]
    fn a_chord_holds_until_the_next_and_the_last_of_one_place_wins() {
        let harmonization = Harmonization::from(&sheet());
        assert_eq!(harmonization.chords.len(), 2);
        let first = &harmonization.chords[0];
        assert_eq!(first.symbol, symbol("C", Quality::Major));
        assert_eq!(first.end, Position::quarters(3));
        assert_eq!(harmonization.sounding_at(Position::ZERO), None);
        assert_eq!(harmonization.sounding_at(Position::quarters(4)), None);
    }

    #[test]
    fn a_pickup_counts_from_where_its_full_bar_would_begin() {
        let harmonization = Harmonization::from(&sheet());
        let offset = harmonization.bars[0].offset(Position::ZERO);
        assert_eq!(offset, Duration::quarters(3));
        assert_eq!(harmonization.bars[1].offset(Position::quarters(3)), Duration::quarters(2));
    }

    #[test]
    fn equal_neighbours_are_one_change_and_silence_parts_them() {
        let c = || symbol("C", Quality::Major);
        let harmonization =
            piece((4, 4), 2, &[], &[(0, c()), (2, c()), (4, Symbol::NoChord), (8, c())]);
        let onsets: Vec<_> = harmonization.changes().into_iter().map(|change| change.0).collect();
        assert_eq!(onsets, [position(0), position(8)]);
    }
}
