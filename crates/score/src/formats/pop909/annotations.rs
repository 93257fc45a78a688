//! Chords and keys from their annotations in seconds.

use super::beats::Beats;
use super::{CHORDS, Contents, KEYS, line_warning};
use crate::chord::harte;
use crate::{ChordEvent, Key, Mode, PitchName, Position, Symbol, Timed, Warning};

/// What is annotated beside the beats.
#[derive(Debug, Default)]
pub(super) struct Annotations {
    /// Chords, equal neighbours joined.
    pub(super) chords: Vec<ChordEvent>,
    /// Keys, to the half beat.
    pub(super) keys: Vec<Timed<Key>>,
    /// When the last chord that sounds ends.
    pub(super) end: Position,
}

impl Annotations {
    pub(super) fn parse(
        contents: Contents<'_>,
        beats: &Beats,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let mut annotations = Self::default();
        for row in rows(contents.chords, CHORDS, beats, warnings) {
            annotations.add_chord(&row, warnings);
        }
        annotations.close();
        for row in rows(contents.keys, KEYS, beats, warnings) {
            match key(row.label) {
                Some(value) => annotations.keys.push(Timed { at: row.from, value }),
                None => warnings.push(row.warning(KEYS, "is no key: left out")),
            }
        }
        annotations.keys.sort_by_key(|key| key.at);
        annotations
    }

    fn add_chord(&mut self, row: &Row<'_>, warnings: &mut Vec<Warning>) {
        let symbol = match harte::parse(row.label) {
            Ok(symbol) => symbol,
            Err(error) => {
                warnings.push(line_warning(CHORDS, row.index, &format!("{error}: left out")));
                return;
            }
        };
        if row.to <= row.from {
            warnings.push(row.warning(CHORDS, "lasts less than half a beat: left out"));
            return;
        }
        if row.from > self.end {
            self.silence();
        }
        // A chord that begins before the one before it ends cuts it short.
        self.chords.retain(|event| event.onset < row.from);
        self.end = self.end.max(row.to);
        if self.chords.last().is_none_or(|last| last.symbol != symbol) {
            let written = Some(row.label.to_owned());
            self.chords.push(ChordEvent { onset: row.from, symbol, written });
        }
    }

    /// Lets no chord sound from the end of the last one on.
    fn silence(&mut self) {
        if self.chords.last().is_some_and(|last| last.symbol != Symbol::NoChord) {
            let (onset, symbol) = (self.end, Symbol::NoChord);
            self.chords.push(ChordEvent { onset, symbol, written: None });
        }
    }

    /// The end of the last chord is that of the song, unless the song goes on without one.
    fn close(&mut self) {
        if let Some(last) = self.chords.last().filter(|last| last.symbol == Symbol::NoChord) {
            self.end = last.onset;
        }
    }
}

/// A stretch of time with a label.
struct Row<'a> {
    index: usize,
    from: Position,
    to: Position,
    label: &'a str,
}

impl Row<'_> {
    fn warning(&self, file: &str, problem: &str) -> Warning {
        line_warning(file, self.index, &format!("{:?} {problem}", self.label))
    }
}

/// The rows of a file of labels; lines that are none are left out.
fn rows<'a>(text: &'a str, file: &str, beats: &Beats, warnings: &mut Vec<Warning>) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut fields = line.split_whitespace();
        let mut time = || beats.half_beat(fields.next()?.parse().ok()?);
        let times = (time(), time());
        match (times, fields.next()) {
            ((Some(from), Some(to)), Some(label)) => rows.push(Row { index, from, to, label }),
            _ => warnings.push(line_warning(file, index, "not two times and a label: left out")),
        }
    }
    rows
}

/// A key such as `Gb:maj`.
fn key(label: &str) -> Option<Key> {
    let (tonic, mode) = label.split_once(':')?;
    let (tonic, "") = PitchName::parse_prefix(tonic)? else { return None };
    let mode = match mode {
        "maj" => Mode::Major,
        "min" => Mode::Minor,
        _ => return None,
    };
    Some(Key::with_tonic(tonic, mode))
}
