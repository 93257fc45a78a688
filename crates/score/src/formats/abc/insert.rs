//! Chord symbols put into a tune that was read, everything else left as it is.
//!
//! A chord that begins in the middle of a note divides the note with a tie: `A4` becomes
//! `A2-"G"A2`. The alternative, to hang the symbol on the note's start, would move the chord.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::events::Event;
use super::factor::Factor;
use super::token::{Kind, Token};
use super::values::note_values;
use super::{Book, MOST_BARS_OF_REST, Score};
use crate::chord::text;
use crate::formats::{Existing, ReadOptions, WriteError};
use crate::{ChordEvent, Duration, Position, ReadError, Symbol};

/// A tuplet sign counts no further.
const LONGEST_TUPLET: usize = 64;

/// Writes `chords` into a tune of the tunebook `original`: that of [`ReadOptions::tune`], else
/// the first, into the voice that [`super::read`] reads with the same options. Only chord
/// symbols, and the notes that a chord divides, change; a symbol that already says the same is
/// left as it is spelled.
///
/// # Errors
/// If the tune cannot be read, or a chord lies outside of it.
pub fn write_into(
    original: &[u8],
    options: &ReadOptions,
    chords: &[ChordEvent],
    existing: Existing,
) -> Result<Vec<u8>, WriteError> {
    let score = first(original, options).map_err(unreadable)?;
    let end = score.reading.sheet.end();
    if let Some(chord) = chords.iter().find(|chord| chord.onset >= end) {
        let problem = format!("a chord at quarter {} lies behind the end of the tune", chord.onset);
        return Err(WriteError::new(problem, "take chords that were made for this tune"));
    }
    let mut insertion = Insertion::new(original, &score);
    let sheet = &score.reading.sheet;
    let bar_of = |at: Position| sheet.bars.partition_point(|bar| bar.end() <= at);
    let mut kept = BTreeSet::new();
    let mut bars_kept = BTreeSet::new();
    for symbol in &score.body.symbols {
        let old = symbol.chord.and_then(|index| sheet.chords.get(index));
        let stays = match existing {
            Existing::Keep => true,
            Existing::Replace => old.is_some_and(|old| {
                let mut new = chords.iter().filter(|new| new.onset == old.onset);
                new.next_back().is_some_and(|new| new.symbol == old.symbol)
            }),
        };
        match old {
            Some(old) if stays => {
                kept.insert(old.onset);
                if existing == Existing::Keep {
                    bars_kept.insert(bar_of(old.onset));
                }
            }
            _ if stays => {}
            _ => insertion.remove_symbol(symbol.range.clone()),
        }
    }
    // Of several chords in one place the last holds.
    let new: BTreeMap<Position, &Symbol> = chords
        .iter()
        .filter(|chord| !kept.contains(&chord.onset) && !bars_kept.contains(&bar_of(chord.onset)))
        .map(|chord| (chord.onset, &chord.symbol))
        .collect();
    let texts = new.iter().map(|(at, symbol)| (*at, format!("\"{}\"", text::format(symbol))));
    insertion.insert(&texts.collect())?;
    let result = insertion.apply();
    let reread = first(&result, options).map_err(unreadable)?.reading.sheet;
    let arrived = |(onset, symbol): (&Position, &&Symbol)| {
        let place = reread.chords.binary_search_by_key(onset, |found| found.onset).ok();
        place.and_then(|index| reread.chords.get(index)).is_some_and(|c| c.symbol == **symbol)
    };
    if new.iter().all(arrived) && reread.notes == sheet.notes {
        Ok(result)
    } else {
        let problem = "the tune is written in a way that chords cannot be put into";
        Err(WriteError::new(problem, "write a fresh tune instead of into this one"))
    }
}

fn first(file: &[u8], options: &ReadOptions) -> Result<Score, ReadError> {
    let book = Book::new(file)?;
    let tunes = book.asked_for(options)?;
    let place = tunes.first().copied().ok_or_else(super::no_tune)?;
    book.tune(place, options, &mut MOST_BARS_OF_REST.clone())
}

fn unreadable(error: ReadError) -> WriteError {
    WriteError::new(format!("{}: {}", error.place, error.problem), error.way_out)
}

/// The changes to a file that put chords into it.
struct Insertion<'a> {
    file: &'a [u8],
    score: &'a Score,
    edits: Vec<(Range<usize>, Vec<u8>)>,
    /// The bytes of the symbols that go, in the order of the file.
    gone: Vec<Range<usize>>,
    /// How many events the tuplet signs, by token, count more than before.
    longer: BTreeMap<usize, usize>,
}

impl<'a> Insertion<'a> {
    fn new(file: &'a [u8], score: &'a Score) -> Self {
        Self { file, score, edits: Vec::new(), gone: Vec::new(), longer: BTreeMap::new() }
    }

    fn replace(&mut self, range: Range<usize>, text: impl Into<Vec<u8>>) {
        self.edits.push((range, text.into()));
    }

    fn remove_symbol(&mut self, range: Range<usize>) {
        self.replace(range.clone(), "");
        self.gone.push(range);
    }

    fn token(&self, event: &Event) -> Option<&'a Token> {
        self.score.tokens.get(event.token)
    }

    /// Puts each symbol before the note at its place, or into the note that sounds there.
    fn insert(&mut self, symbols: &BTreeMap<Position, String>) -> Result<(), WriteError> {
        let events = &self.score.body.events;
        let inner = |event: &Event| {
            let end = event.onset + event.duration;
            let behind = symbols.range(event.onset..end).find(|(at, _)| **at > event.onset);
            behind.is_some()
        };
        let divided: BTreeSet<usize> =
            (0..events.len()).filter(|index| events.get(*index).is_some_and(inner)).collect();
        let (plain, signs) = without_broken_rhythm(events, &divided);
        for sign in signs {
            if let Some(token) = self.score.tokens.get(sign) {
                self.replace(token.range.clone(), "");
            }
        }
        for (index, event) in events.iter().enumerate() {
            let Some(token) = self.token(event) else { continue };
            if let Some(symbol) = symbols.get(&event.onset) {
                let place = self.place_of_symbol(event.token, token);
                self.replace(place..place, symbol.as_str());
            }
            if divided.contains(&index) {
                let text = match event.bar {
                    Some(bar) => rest_of_bars(event, bar, symbols).into_bytes(),
                    None => self.divided(event, token, symbols),
                };
                self.replace(token.range.clone(), text);
            } else if plain.contains(&index)
                && let Some((length_at, inner)) = length_of(token)
            {
                let mut text = written_length(event.duration, event.unit, inner).into_bytes();
                self.close(&mut text, token);
                self.replace(length_at..token.range.end, text);
            }
        }
        self.lengthen_tuplets()
    }

    /// Where the symbol of a note belongs: before its annotations and decorations.
    fn place_of_symbol(&self, index: usize, token: &Token) -> usize {
        let before = self.score.tokens.get(..index).unwrap_or_default();
        let mut place = token.range.start;
        // What is quoted within the brackets of a chord stands before it in the list.
        let within = token.range.start;
        for token in before.iter().rev().filter(|before| before.range.start < within) {
            let sign =
                matches!(token.kind, Kind::Quoted(_) | Kind::Decoration(_) | Kind::Shorthand(_));
            let gap = self.file.get(token.range.end..place).unwrap_or_default();
            if !sign || gap.contains(&b'\n') || gap.contains(&b'\r') {
                break;
            }
            place = token.range.start;
        }
        place
    }

    /// A note or rest in parts, each but the first with the symbol that begins with it.
    fn divided(
        &mut self,
        event: &Event,
        token: &Token,
        symbols: &BTreeMap<Position, String>,
    ) -> Vec<u8> {
        let Some((length_at, inner)) = length_of(token) else { return Vec::new() };
        let joint = if matches!(token.kind, Kind::Sound(_)) { "-" } else { "" };
        let head = self.without_symbols(token.range.start..length_at);
        // Accidentals are said again: not every program lets them last through a tie.
        let written = self.file.get(token.range.start..length_at).unwrap_or_default();
        let again = without_quotes(written);
        let mut text = Vec::new();
        let mut heads = 0usize;
        for (onset, duration) in parts(event.onset, event.duration, symbols) {
            for (index, value) in heads_for(duration, event.unit).into_iter().enumerate() {
                if heads > 0 {
                    text.extend_from_slice(joint.as_bytes());
                }
                if heads > 0
                    && index == 0
                    && let Some(symbol) = symbols.get(&onset)
                {
                    text.extend_from_slice(symbol.as_bytes());
                }
                text.extend_from_slice(if heads == 0 { &head } else { &again });
                text.extend_from_slice(written_length(value, event.unit, inner).as_bytes());
                heads += 1;
            }
        }
        self.close(&mut text, token);
        for tuplet in &event.tuplets {
            *self.longer.entry(*tuplet).or_default() += heads.saturating_sub(1);
        }
        text
    }

    /// Keeps what stands right behind a note from being taken for a part of it when the length
    /// between them goes: an octave mark astray (`C3,`), or a repeat sign that would make a
    /// field of the note's letter in some programs (`E:|`).
    fn close(&self, text: &mut Vec<u8>, token: &Token) {
        if text.last().is_some_and(u8::is_ascii_digit) {
            return;
        }
        match self.file.get(token.range.end) {
            Some(b',' | b'\'') => text.push(b'1'),
            Some(b':') => text.push(b' '),
            _ => {}
        }
    }

    /// The text of `range` without the chord symbols that go.
    fn without_symbols(&self, range: Range<usize>) -> Vec<u8> {
        let mut text = Vec::new();
        let mut at = range.start;
        let first = self.gone.partition_point(|gone| gone.end <= range.start);
        for gone in self.gone.iter().skip(first).take_while(|gone| gone.start < range.end) {
            text.extend_from_slice(self.file.get(at..gone.start).unwrap_or_default());
            at = gone.end;
        }
        text.extend_from_slice(self.file.get(at..range.end).unwrap_or_default());
        text
    }

    fn lengthen_tuplets(&mut self) -> Result<(), WriteError> {
        for (sign, more) in std::mem::take(&mut self.longer) {
            let tuplet = self.score.body.tuplets.iter().find(|tuplet| tuplet.token == sign);
            let (Some(tuplet), Some(token)) = (tuplet, self.score.tokens.get(sign)) else {
                continue;
            };
            let count = usize::from(tuplet.count) + more;
            if count > LONGEST_TUPLET {
                let problem = "a tuplet would be divided into too many notes";
                return Err(WriteError::new(problem, "write fewer chords into it"));
            }
            let text = format!("({}:{}:{count}", tuplet.notes, tuplet.time);
            self.replace(token.range.clone(), text);
        }
        Ok(())
    }

    fn apply(mut self) -> Vec<u8> {
        // What is put between two notes comes before a change to the second.
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut result = Vec::with_capacity(self.file.len() + 16 * self.edits.len());
        let mut copied = 0;
        for (range, text) in self.edits {
            // A symbol that goes within a divided note has gone with it.
            if range.start < copied {
                continue;
            }
            result.extend_from_slice(self.file.get(copied..range.start).unwrap_or_default());
            result.extend_from_slice(&text);
            copied = range.end;
        }
        result.extend_from_slice(self.file.get(copied..).unwrap_or_default());
        result
    }
}

/// A duration as the values of single note heads, where a length of one is `unit`; as it is
/// if it is no sum of such.
fn heads_for(duration: Duration, unit: Duration) -> Vec<Duration> {
    // Within a tuplet the value of a head is its length, not what it sounds.
    let value = Factor::between(duration, unit).and_then(|length| length.of(Duration::quarters(1)));
    let values = value.and_then(note_values).unwrap_or_default();
    let length = |value| Factor::between(value, Duration::quarters(1))?.of(unit);
    let heads: Vec<Duration> = values.into_iter().filter_map(length).collect();
    if heads.is_empty() { vec![duration] } else { heads }
}

/// Where the length behind a note or rest starts, and the length within its brackets.
fn length_of(token: &Token) -> Option<(usize, Factor)> {
    match &token.kind {
        Kind::Sound(sound) => Some((sound.length_at, sound.inner)),
        Kind::Rest(_) => Some((token.range.start + 1, Factor::ONE)),
        _ => None,
    }
}

/// The length to write behind a note of `duration`, given what stands within its brackets.
fn written_length(duration: Duration, unit: Duration, inner: Factor) -> String {
    let unit = inner.of(unit).unwrap_or(unit);
    Factor::between(duration, unit).map(|factor| factor.to_string()).unwrap_or_default()
}

/// The parts into which symbols divide a span of time.
fn parts(
    onset: Position,
    duration: Duration,
    symbols: &BTreeMap<Position, String>,
) -> Vec<(Position, Duration)> {
    let end = onset + duration;
    let inner = symbols.range(onset..end).map(|(at, _)| *at).filter(|at| *at > onset);
    let starts: Vec<Position> = std::iter::once(onset).chain(inner).collect();
    let ends = starts.iter().skip(1).copied().chain([end]);
    let part = |(start, end): (&Position, Position)| Some((*start, end.since(*start)?));
    starts.iter().zip(ends).filter_map(part).collect()
}

/// A rest of whole bars, bar by bar, with the symbols that begin behind its start.
fn rest_of_bars(event: &Event, bar: Duration, symbols: &BTreeMap<Position, String>) -> String {
    let mut bars = Vec::new();
    let mut start = event.onset;
    while start < event.onset + event.duration {
        let parts = parts(start, bar, symbols);
        let mut text = String::new();
        for (onset, duration) in &parts {
            let symbol = symbols.get(onset).filter(|_| *onset > event.onset);
            text.push_str(symbol.map_or("", String::as_str));
            match parts.len() {
                1 => text.push('Z'),
                _ => text
                    .push_str(&format!("z{}", written_length(*duration, event.unit, Factor::ONE))),
            }
        }
        bars.push(text);
        start += bar;
    }
    bars.join("|")
}

/// Text between brackets without what is quoted in it.
fn without_quotes(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|byte| *byte == b'"').step_by(2).flatten().copied().collect()
}

/// The events that must be written with their plain length, since broken rhythm reaches a
/// divided one, and the signs that go.
fn without_broken_rhythm(
    events: &[Event],
    divided: &BTreeSet<usize>,
) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let mut plain = divided.clone();
    let mut signs = BTreeSet::new();
    let mut visit = |index: usize| {
        let Some(event) = events.get(index) else { return };
        let own = event.broken.into_iter().flatten();
        if plain.contains(&index) || own.clone().any(|sign| signs.contains(&sign)) {
            signs.extend(own);
            plain.insert(index);
        }
    };
    // A chain (a>b>c) is reached from either end.
    (0..events.len()).for_each(&mut visit);
    (0..events.len()).rev().for_each(&mut visit);
    (plain, signs)
}
