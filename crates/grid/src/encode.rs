//! Lead sheet → cells.

use std::collections::HashMap;

use score::{Bar, Duration, LeadSheet, Meter, Position};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::cell::CellMeter;
use crate::{Cell, Token, Vocabulary};

/// How finely a written beat is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// One cell a beat: a quarter in 4/4, an eighth in 6/8.
    #[default]
    Beat,
    /// Two cells a beat.
    HalfBeat,
    /// Four cells a beat.
    QuarterBeat,
}

impl Resolution {
    /// Cells in a written beat.
    pub const fn cells_per_beat(self) -> u8 {
        match self {
            Self::Beat => 1,
            Self::HalfBeat => 2,
            Self::QuarterBeat => 4,
        }
    }

    /// How long a cell is in `meter`.
    pub fn cell(self, meter: Meter) -> Duration {
        let parts = u32::from(meter.denominator()) * u32::from(self.cells_per_beat());
        // 1/256 of a whole note at the finest, which lies on the grid of durations.
        Duration::whole_notes(1, parts).unwrap_or(Duration::ZERO)
    }
}

/// The time a cell covers in its lead sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it starts.
    pub start: Position,
    /// How long it is: shorter than a full cell only at the end of an irregular bar.
    pub duration: Duration,
}

impl Span {
    /// When it ends.
    pub fn end(&self) -> Position {
        self.start + self.duration
    }

    /// How long something from `onset` to `end` sounds within it.
    fn overlap(&self, onset: Position, end: Position) -> Duration {
        end.min(self.end()).since(onset.max(self.start)).unwrap_or(Duration::ZERO)
    }
}

/// A lead sheet on the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedPiece {
    /// The cells.
    pub cells: Vec<Cell>,
    /// Where each cell lies in the lead sheet; as many as `cells`.
    pub spans: Vec<Span>,
}

/// Why a lead sheet does not fit onto the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// There is no melody.
    #[error("the score has no melody notes")]
    NoMelody,
    /// It is too long.
    #[error("the score has more than {0} cells")]
    TooLong(usize),
}

/// The longest piece that is encoded.
const MAX_CELLS: usize = 60_000;

/// Cuts `sheet` into cells. Cells before the first chord symbol say "no chord"; a sheet
/// without any symbol is masked throughout.
///
/// # Errors
/// If there is no melody, or far too much of it.
pub fn encode(
    sheet: &LeadSheet,
    vocabulary: &Vocabulary,
    resolution: Resolution,
) -> Result<EncodedPiece, EncodeError> {
    if sheet.notes.is_empty() {
        return Err(EncodeError::NoMelody);
    }
    let (mut cells, spans) = lay_out(sheet, resolution)?;
    add_melody(sheet, &mut cells, &spans);
    if !sheet.chords.is_empty() {
        add_harmony(sheet, vocabulary, &mut cells, &spans);
    }
    Ok(EncodedPiece { cells, spans })
}

/// Empty, masked cells for every bar.
fn lay_out(
    sheet: &LeadSheet,
    resolution: Resolution,
) -> Result<(Vec<Cell>, Vec<Span>), EncodeError> {
    let (mut cells, mut spans) = (Vec::new(), Vec::new());
    let mut counter = BarCounter::default();
    for (index, bar) in sheet.bars.iter().enumerate() {
        let meter = sheet.meter_at(bar.start);
        let unit = resolution.cell(meter);
        let (full_cells, _) = meter.bar().divide(unit);
        let (bar_index, offset) = counter.place(bar, meter, unit, index == 0);
        let mut start = bar.start;
        let mut place = offset;
        while start < bar.end() {
            if cells.len() == MAX_CELLS {
                return Err(EncodeError::TooLong(MAX_CELLS));
            }
            let left = bar.end().since(start).unwrap_or(Duration::ZERO);
            let duration = left.min(unit);
            let cells_in_bar = u16::try_from(full_cells).unwrap_or(u16::MAX).max(1);
            cells.push(Cell::new(
                Token::MASK,
                CellMeter {
                    bar: bar_index,
                    place: (place % u64::from(cells_in_bar)) as u16,
                    cells_in_bar,
                    cells_per_pulse: meter.beats_per_pulse() * resolution.cells_per_beat(),
                    numerator: meter.numerator(),
                    denominator: meter.denominator(),
                    first_bar: index == 0,
                    last_bar: index + 1 == sheet.bars.len(),
                },
            ));
            spans.push(Span { start, duration });
            start += duration;
            place += 1;
        }
    }
    Ok((cells, spans))
}

/// Counts full bars; a pickup comes before bar 0, and a bar split in two (by a repeat in its
/// middle) counts once.
#[derive(Default)]
struct BarCounter {
    next: u16,
    /// Length and cells of the first part of a bar that may go on.
    open: Option<(Duration, u64)>,
}

impl BarCounter {
    /// Bar index and the place of the first cell.
    fn place(&mut self, bar: &Bar, meter: Meter, unit: Duration, first: bool) -> (u16, u64) {
        let full = meter.bar();
        let (bar_cells, rest) = bar.length.divide(unit);
        let bar_cells = bar_cells + u64::from(!rest.is_zero());
        let (full_cells, _) = full.divide(unit);
        if bar.length >= full {
            self.open = None;
            return (self.advance(), 0);
        }
        if first {
            return (CellMeter::PICKUP, full_cells.saturating_sub(bar_cells));
        }
        match self.open.take() {
            Some((length, cells)) if length + bar.length <= full => {
                if length + bar.length < full {
                    self.open = Some((length + bar.length, cells + bar_cells));
                }
                (self.next.saturating_sub(1), cells)
            }
            _ => {
                self.open = Some((bar.length, bar_cells));
                (self.advance(), 0)
            }
        }
    }

    fn advance(&mut self) -> u16 {
        let index = self.next;
        // The last index is the pickup's; a piece has far fewer bars.
        self.next = self.next.saturating_add(1).min(CellMeter::PICKUP - 1);
        index
    }
}

/// The cells that something from `onset` to `end` touches.
fn touched(spans: &[Span], onset: Position, end: Position) -> std::ops::Range<usize> {
    let first = spans.partition_point(|span| span.end() <= onset);
    let last = spans.partition_point(|span| span.start < end);
    first..last.max(first)
}

fn add_melody(sheet: &LeadSheet, cells: &mut [Cell], spans: &[Span]) {
    for note in &sheet.notes {
        for index in touched(spans, note.onset, note.end()) {
            let span = spans[index];
            let share = span.overlap(note.onset, note.end()).ratio(span.duration);
            let starts_here = note.onset >= span.start;
            cells[index].add_note(note.pitch.midi(), share, starts_here);
        }
    }
}

/// Gives each cell the token that sounds longest in it, the first of several.
fn add_harmony(sheet: &LeadSheet, vocabulary: &Vocabulary, cells: &mut [Cell], spans: &[Span]) {
    let mut best: Vec<(Duration, Token)> = vec![(Duration::ZERO, Token::NO_CHORD); cells.len()];
    let mut nearest = HashMap::new();
    let silence = sheet.chords.first().map_or(Position::ZERO, |event| event.onset);
    let ends = sheet.chords.iter().skip(1).map(|event| event.onset).chain([sheet.end()]);
    let sounding = sheet.chords.iter().zip(ends).map(|(event, end)| {
        let token =
            *nearest.entry(&event.symbol).or_insert_with(|| vocabulary.nearest(&event.symbol));
        (event.onset, end, token)
    });
    for (onset, end, token) in
        [(Position::ZERO, silence, Token::NO_CHORD)].into_iter().chain(sounding)
    {
        for index in touched(spans, onset, end) {
            let overlap = spans[index].overlap(onset, end);
            if overlap > best[index].0 {
                best[index] = (overlap, token);
            }
        }
    }
    for (cell, (_, token)) in cells.iter_mut().zip(best) {
        *cell = cell.with_harmony(token);
    }
}

#[cfg(test)]
mod tests {
    use score::{
        Chord, ChordEvent, Note, Pitch, PitchName, Quality, RepeatMarks, Step, Symbol, Timed,
    };

    use super::*;

    fn sheet(meter: Meter, bar_lengths: &[(i64, i64)]) -> LeadSheet {
        let mut start = Position::ZERO;
        let mut sheet = LeadSheet {
            meters: vec![Timed { at: Position::ZERO, value: meter }],
            ..LeadSheet::default()
        };
        for (index, (n, d)) in bar_lengths.iter().enumerate() {
            let length = Duration::new(*n, *d).expect("a duration");
            sheet.bars.push(Bar {
                start,
                length,
                number: index.to_string(),
                written: index,
                repeats: RepeatMarks::default(),
            });
            sheet.notes.push(Note {
                onset: start,
                duration: length,
                pitch: Pitch::from_midi(60, 0),
            });
            start += length;
        }
        sheet
    }

    fn chord(onset: Position, step: Step) -> ChordEvent {
        let symbol = Symbol::Chord(Chord::new(PitchName::new(step, 0), Quality::Major));
        ChordEvent { onset, symbol, written: None }
    }

    fn encoded(sheet: &LeadSheet) -> EncodedPiece {
        encode(sheet, &Vocabulary::default(), Resolution::Beat).expect("encodes")
    }

    #[test]
    fn a_pickup_is_the_end_of_a_bar_before_bar_zero() {
        let piece = encoded(&sheet(Meter::COMMON, &[(1, 1), (4, 1), (4, 1)]));
        let metre: Vec<_> = piece.cells.iter().map(|c| (c.meter().bar, c.meter().place)).collect();
        assert_eq!(metre[..3], [(CellMeter::PICKUP, 3), (0, 0), (0, 1)]);
        assert_eq!(metre[5], (1, 0));
    }

    #[test]
    fn a_bar_split_by_a_repeat_counts_once() {
        let piece = encoded(&sheet(Meter::COMMON, &[(4, 1), (3, 1), (1, 1), (4, 1)]));
        let metre: Vec<_> = piece.cells.iter().map(|c| (c.meter().bar, c.meter().place)).collect();
        assert_eq!(metre[4..9], [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]);
    }

    #[test]
    fn six_eight_has_six_cells_in_two_pulses() {
        let meter = Meter::new(6, 8).expect("a metre");
        let piece = encoded(&sheet(meter, &[(3, 1)]));
        assert_eq!(piece.cells.len(), 6);
        assert_eq!(piece.cells[0].meter().cells_per_pulse, 3);
    }

    #[test]
    fn the_chord_that_sounds_longest_in_a_cell_wins() {
        let mut sheet = sheet(Meter::COMMON, &[(4, 1)]);
        let at = |n, d| Position::new(n, d).expect("a position");
        sheet.chords =
            vec![chord(at(1, 1), Step::C), chord(at(9, 4), Step::F), chord(at(7, 2), Step::G)];
        let names: Vec<_> =
            encoded(&sheet).cells.iter().map(|cell| Vocabulary::name(cell.harmony())).collect();
        // F sounds for 3/4 of the third cell; F and G share the last one and F came first.
        assert_eq!(names, ["<nc>", "C:maj", "F:maj", "F:maj"]);
    }

    #[test]
    fn a_sheet_without_chords_is_masked() {
        let piece = encoded(&sheet(Meter::COMMON, &[(4, 1)]));
        assert!(piece.cells.iter().all(|cell| cell.harmony() == Token::MASK));
        assert_eq!(piece.cells[1].shares()[0], 1.0);
        assert_eq!(piece.cells.iter().map(Cell::onsets).collect::<Vec<_>>(), [1, 0, 0, 0]);
    }

    #[test]
    fn no_melody_is_an_error() {
        let result = encode(&LeadSheet::default(), &Vocabulary::default(), Resolution::Beat);
        assert_eq!(result, Err(EncodeError::NoMelody));
    }
}
