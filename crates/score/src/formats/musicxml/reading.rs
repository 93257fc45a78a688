//! From a document to a lead sheet.

use super::bars::TimeLine;
use super::document::{Score, parse};
use super::header::{composer, first_tempo, rights, title};
use super::part::{BarMusic, PartMusic, Voice};
use super::parts::{melody_part, no_melody};
use super::symbols::symbols;
use super::text::decode;
use super::voices::{melody, ranked};
use crate::formats::ReadOptions;
use crate::{Key, LeadSheet, Place, Position, ReadError, Reading, Timed, Warning};

/// Reads a MusicXML document as a lead sheet, each written bar once.
///
/// # Errors
/// If it is not MusicXML, damaged, hostile, or has no melody.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    let text = decode(bytes)?;
    let document = parse(&text.content)?;
    let score = Score::new(&document)?;
    let mut warnings = Vec::new();
    let plan = Plan::new(&score, options, &mut warnings)?;
    let sheet = plan.sheet(&score, &mut warnings);
    if sheet.notes.is_empty() {
        return Err(no_melody("the score"));
    }
    Ok(Reading { sheet, warnings })
}

/// What is known of a score once its melody has been found; writing into it needs the same.
pub(super) struct Plan<'a> {
    /// The parts.
    pub(super) music: Vec<PartMusic<'a>>,
    /// Which part holds the melody.
    pub(super) part: usize,
    /// The voices of that part, the melody first.
    pub(super) voices: Vec<Voice<'a>>,
    /// The bars.
    pub(super) line: TimeLine,
}

impl<'a> Plan<'a> {
    /// Finds the melody and lays out the bars.
    ///
    /// # Errors
    /// If what was asked for is not there, or there is no melody.
    pub(super) fn new(
        score: &Score<'a>,
        options: &ReadOptions,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, ReadError> {
        let music: Vec<_> = score.parts.iter().map(PartMusic::read).collect();
        let part = melody_part(&score.parts, &music, options, warnings)?;
        let line = TimeLine::new(score, &music, part, warnings)?;
        let voices = match music.get(part) {
            Some(part) => ranked(part, options, warnings)?,
            None => Vec::new(),
        };
        Ok(Self { music, part, voices, line })
    }

    /// The part that holds the melody.
    pub(super) fn melody(&self) -> Option<&PartMusic<'a>> {
        self.music.get(self.part)
    }

    /// The part that holds the chord symbols: the melody's, else the first that has any.
    pub(super) fn chord_part(&self) -> Option<usize> {
        let has_chords = |index: &usize| {
            self.music
                .get(*index)
                .is_some_and(|part| part.bars.iter().any(|bar| !bar.harmonies.is_empty()))
        };
        std::iter::once(self.part).chain(0..self.music.len()).find(has_chords)
    }

    /// For each bar the measure from which its chord symbols are read: that of `part`, or, where
    /// the part does not have it, the first that has symbols.
    fn chord_measures(&self, part: usize) -> Vec<Option<&BarMusic<'a>>> {
        let bars = 0..self.line.bars.len();
        let measures = bars.map(|bar| {
            let own = self.music.get(part).and_then(|part| part.bars.get(bar));
            let all = || self.music.iter().filter_map(|part| part.bars.get(bar));
            own.filter(|own| own.present)
                .or_else(|| all().find(|measure| !measure.harmonies.is_empty()))
        });
        measures.collect()
    }

    /// The place of a bar in words.
    fn place(&self, bar: usize) -> Place {
        self.line.bars.get(bar).map_or(Place::File, |bar| Place::Bar(bar.number.clone()))
    }

    fn sheet(&self, score: &Score<'a>, warnings: &mut Vec<Warning>) -> LeadSheet {
        let (starts, end) = (self.line.starts(), self.line.end());
        let mut sheet = LeadSheet {
            title: title(score.root),
            composer: composer(score.root),
            rights: rights(score.root),
            tempo: first_tempo(score.root),
            meters: self.line.meters.clone(),
            keys: self.keys(&starts, end),
            bars: self.line.bars.clone(),
            ..LeadSheet::default()
        };
        if let Some(part) = self.melody() {
            for (bar, problem) in &part.problems {
                warnings.push(Warning::new(self.place(*bar), *problem));
            }
            warnings.extend(left_out(part));
            sheet.notes = melody(part, &self.voices, &starts, end, |bar, message| {
                warnings.push(Warning::new(self.place(bar), message));
            });
        }
        if let Some(index) = self.chord_part() {
            if index != self.part {
                let message = format!("the chord symbols are read from part {}", index + 1);
                warnings.push(Warning::new(Place::File, message));
            }
            sheet.chords = symbols(&self.chord_measures(index), &sheet, |bar, message| {
                warnings.push(Warning::new(self.place(bar), message));
            });
        }
        sheet
    }

    /// The keys of the melody's staff; where its part has none, of the first part that does.
    fn keys(&self, starts: &[Position], end: Position) -> Vec<Timed<Key>> {
        let staff = self.voices.first().map(|voice| voice.staff);
        let in_part = |part: &PartMusic<'a>| -> Vec<Timed<Key>> {
            let mut keys: Vec<Timed<Key>> = Vec::new();
            for (bar, start) in part.bars.iter().zip(starts) {
                for key in bar.keys.iter().filter(|key| key.staff.is_none() || key.staff == staff) {
                    keys.push(Timed { at: *start + key.value.0, value: key.value.1 });
                }
            }
            // A key at the very end is a courtesy: nothing sounds in it.
            keys.retain(|key| key.at < end);
            keys.sort_by_key(|key| key.at);
            let mut settled: Vec<Timed<Key>> = Vec::with_capacity(keys.len());
            for key in keys {
                settled.pop_if(|last| last.at == key.at);
                if settled.last().is_none_or(|last| last.value != key.value) {
                    settled.push(key);
                }
            }
            settled
        };
        let own = self.melody().map(in_part).filter(|keys| !keys.is_empty());
        own.or_else(|| self.music.iter().map(in_part).find(|keys| !keys.is_empty()))
            .unwrap_or_default()
    }
}

/// Warnings that count what is no part of a melody.
fn left_out(part: &PartMusic<'_>) -> impl Iterator<Item = Warning> {
    let counts = part.left_out;
    [
        (counts.graces, "grace", "left out"),
        (counts.cues, "cue", "left out"),
        (counts.unpitched, "unpitched", "left out"),
        (counts.unreadable, "unreadable", "left out"),
        (counts.microtonal, "microtonal", "moved to the nearest semitone"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, kind, fate)| {
        let notes = if count == 1 { "note was" } else { "notes were" };
        Warning::new(Place::File, format!("{count} {kind} {notes} {fate}"))
    })
}
