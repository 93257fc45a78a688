//! Chords from a part of block chords.

use std::collections::BTreeMap;

use super::melody::{is_drums, label, says};
use super::quantise::{Span, quantise};
use super::tracks::{MidiFile, Part};
use crate::chord::text;
use crate::formats::recognise;
use crate::{
    ChordEvent, Duration, Key, PitchClass, PitchClassSet, Place, Position, Symbol, Timed, Warning,
};

/// Words in the names of parts that may hold chords.
const CHORD_WORDS: [&str; 10] =
    ["chord", "piano", "guitar", "accomp", "harmon", "comp", "organ", "string", "keys", "akkord"];

/// A part whose onsets are chords of three and more keys at least this often holds block chords.
const BLOCK_SHARE: f64 = 0.7;

/// A part whose chords last until the next one at least this often is silent on purpose
/// where it is silent.
const LEGATO_SHARE: f64 = 0.75;

/// The chords of the part that holds them, if one does, and when the last of them ends.
/// `melody` is the index of the part that does not.
pub(super) fn read(
    file: &MidiFile,
    melody: usize,
    keys: &[Timed<Key>],
    warnings: &mut Vec<Warning>,
) -> (Vec<ChordEvent>, Position) {
    let Some(part) = choose(file, melody, warnings) else { return Default::default() };
    let quantised = quantise(&part.notes, file.per_quarter);
    warnings.extend(quantised.warning("the chords"));
    let blocks = blocks(&quantised.spans);
    let mut events: BTreeMap<Position, ChordEvent> = BTreeMap::new();
    let mut texts = Texts::of(part, file.per_quarter, &mut events);
    let silences = texts.is_empty() && is_legato(&blocks);
    let mut single = 0;
    for (block, next) in blocks.iter().zip(blocks.iter().skip(1).map(Some).chain([None])) {
        if let Some(event) = texts.take(block) {
            events.insert(block.onset, event);
        } else if block.keys < 2 {
            single += 1;
            continue;
        } else {
            let chord = recognise::chord(block.classes, block.bass, fifths_at(keys, block.onset));
            let symbol = chord.map_or(Symbol::NoChord, Symbol::Chord);
            let holds = events.range(..block.onset).next_back();
            if holds.is_none_or(|(_, event)| event.symbol != symbol) {
                let event = ChordEvent { onset: block.onset, symbol, written: None };
                events.insert(block.onset, event);
            }
        }
        let until = next.map(|next| next.onset).filter(|_| silences);
        let silence = until.and_then(|until| until.since(block.end));
        if silence.is_some_and(|silence| silence >= Duration::quarters(1)) {
            let event = ChordEvent { onset: block.end, symbol: Symbol::NoChord, written: None };
            events.insert(block.end, event);
        }
    }
    if single > 0 {
        let text = format!("{single} single notes among the chords were not read as chords");
        warnings.push(Warning::new(Place::File, text));
    }
    let end = blocks.iter().map(|block| block.end).max().unwrap_or_default();
    (events.into_values().collect(), end)
}

/// The part of block chords: one that is named for chords, else the best guess.
fn choose<'a>(file: &'a MidiFile, melody: usize, warnings: &mut Vec<Warning>) -> Option<&'a Part> {
    let others = || {
        let parts = file.parts.iter().enumerate();
        parts.filter(|(index, part)| *index != melody && !is_drums(part) && !part.notes.is_empty())
    };
    if let Some((_, part)) = others().find(|(_, part)| says(part, &CHORD_WORDS[..1])) {
        return Some(part);
    }
    let rated = others().map(|(index, part)| {
        let named = if says(part, &CHORD_WORDS) { 1.0 } else { 0.0 };
        (index, part, block_share(part, file.per_quarter), named)
    });
    let best = rated
        .filter(|(_, _, share, _)| *share >= BLOCK_SHARE)
        .max_by(|a, b| (a.2 + a.3).total_cmp(&(b.2 + b.3)).then(b.0.cmp(&a.0)));
    match best {
        Some((index, part, ..)) => {
            let text = format!("the chords are not named: part {} was taken", label(file, index));
            warnings.push(Warning::new(Place::File, text));
            Some(part)
        }
        None => {
            if others().next().is_some() {
                let text = "no part holds block chords: no chords were read";
                warnings.push(Warning::new(Place::File, text));
            }
            None
        }
    }
}

/// The share of onsets at which three keys or more are struck together.
fn block_share(part: &Part, per_quarter: u32) -> f64 {
    let blocks = blocks(&quantise(&part.notes, per_quarter).spans);
    let full = blocks.iter().filter(|block| block.keys > 2).count();
    full as f64 / blocks.len().max(1) as f64
}

/// Keys struck together, with those that go on sounding.
#[derive(Debug)]
struct Block {
    onset: Position,
    /// When the last of its own keys is released.
    end: Position,
    /// How many keys are struck.
    keys: usize,
    classes: PitchClassSet,
    bass: PitchClass,
}

/// Groups notes that start together.
fn blocks(spans: &[Span]) -> Vec<Block> {
    let mut held = [Position::ZERO; 128];
    let mut groups = spans.chunk_by(|a, b| a.onset == b.onset).peekable();
    let mut blocks = Vec::new();
    while let Some(group) = groups.next() {
        let Some(first) = group.first() else { continue };
        let end = group.iter().map(|span| span.end).max().unwrap_or(first.end);
        let until = groups.peek().and_then(|next| next.first()).map_or(end, |next| next.onset);
        let length = until.min(end).since(first.onset).unwrap_or_default();
        let mut keys: Vec<u8> = group.iter().map(|span| span.key).collect();
        // A key from before belongs to the chord if it sounds through half of it.
        let sounding = |until: &Position| {
            until.since(first.onset).is_some_and(|rest| !rest.is_zero() && rest + rest >= length)
        };
        keys.extend((0u8..).zip(&held).filter(|(_, until)| sounding(until)).map(|(key, _)| key));
        let class = |key: &u8| PitchClass::from_semitones(i32::from(*key));
        let lowest = keys.iter().min().unwrap_or(&first.key);
        blocks.push(Block {
            onset: first.onset,
            end,
            keys: group.len(),
            classes: keys.iter().map(class).collect(),
            bass: class(lowest),
        });
        for span in group {
            if let Some(until) = held.get_mut(usize::from(span.key)) {
                *until = span.end;
            }
        }
    }
    blocks
}

fn is_legato(blocks: &[Block]) -> bool {
    let pairs = blocks.windows(2);
    let count = pairs.len();
    let joined = pairs.filter(|pair| matches!(pair, [a, b] if a.end >= b.onset)).count();
    count > 0 && joined as f64 >= LEGATO_SHARE * count as f64
}

/// Chord symbols that the part spells out as texts, by their position.
struct Texts(BTreeMap<Position, (String, Symbol)>);

impl Texts {
    /// The texts of `part` that are chord symbols. "N.C." stands for itself and goes to
    /// `events`; the others have to agree with what sounds.
    fn of(part: &Part, per_quarter: u32, events: &mut BTreeMap<Position, ChordEvent>) -> Self {
        let mut symbols = BTreeMap::new();
        for (tick, text) in &part.texts {
            let onset = super::timeline::position(*tick, per_quarter);
            match text::parse(text) {
                Ok(Symbol::NoChord) => {
                    let written = Some(text.clone());
                    events.insert(onset, ChordEvent { onset, symbol: Symbol::NoChord, written });
                }
                Ok(symbol) => {
                    symbols.insert(onset, (text.clone(), symbol));
                }
                Err(_) => {}
            }
        }
        Self(symbols)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The symbol that stands at `block`, if that is what sounds.
    fn take(&mut self, block: &Block) -> Option<ChordEvent> {
        let (written, symbol) = self.0.remove(&block.onset)?;
        let agrees = symbol.pitch_classes() == block.classes;
        agrees.then_some(ChordEvent { onset: block.onset, symbol, written: Some(written) })
    }
}

/// The signature at `at`; none is C major's.
fn fifths_at(keys: &[Timed<Key>], at: Position) -> i32 {
    let after = keys.partition_point(|key| key.at <= at);
    keys.get(after.saturating_sub(1)).map_or(0, |key| key.value.spelling())
}
