//! The music of one voice: tokens into bars, notes and chord symbols.

use std::ops::Range;

use super::bars::{Bars, Jump};
use super::events::{Event, WrittenSymbol, WrittenTuplet};
use super::factor::Factor;
use super::header::{self, Header};
use super::key::{self, Signature};
use super::pitches::Pitches;
use super::symbols::symbol;
use super::text::decode;
use super::token::{BarLine, Broken, Kind, Sound, Token};
use super::voices::Voice;
use super::warnings::Warnings;
use super::{field, parts};
use crate::{
    Bar, ChordEvent, Duration, Key, Meter, Note, Pitch, Place, Position, ReadError, Timed,
};

/// No tune is longer than this many quarter notes.
const LONGEST: i64 = 1_000_000;

/// Tuplets within tuplets go no deeper than this.
const DEEPEST_TUPLET: usize = 4;

/// What was read of a voice.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) meters: Vec<Timed<Meter>>,
    pub(super) keys: Vec<Timed<Key>>,
    pub(super) bars: Vec<Bar>,
    pub(super) notes: Vec<Note>,
    pub(super) chords: Vec<ChordEvent>,
    pub(super) tempo: Option<f64>,
    /// The notes and rests as they are written.
    pub(super) events: Vec<Event>,
    /// Every quoted text that is a chord symbol.
    pub(super) symbols: Vec<WrittenSymbol>,
    /// Every tuplet sign.
    pub(super) tuplets: Vec<WrittenTuplet>,
}

/// A tuplet that still holds.
struct Tuplet {
    token: usize,
    factor: Factor,
    left: u8,
}

/// Text between quotes that waits for the note it stands over.
struct Quote {
    token: Range<usize>,
    text: Range<usize>,
    line: u32,
}

struct Walk<'a> {
    file: &'a [u8],
    header: &'a Header,
    warnings: &'a mut Warnings,
    body: Body,
    bars: Bars,
    position: Position,
    octave: i8,
    meter: Option<Meter>,
    unit: Duration,
    pitches: Pitches,
    tuplets: Vec<Tuplet>,
    quotes: Vec<Quote>,
    /// The sign and factor that the next note is shortened or lengthened by.
    broken: Option<(usize, Factor)>,
    /// The note that the next one may be tied to.
    tie: Option<usize>,
    /// Whether a note or rest of this bar came last, and which note it belongs to.
    last: Option<Option<usize>>,
    /// Whether an overlay is being passed over.
    overlay: bool,
    parts: Vec<(char, usize)>,
    /// How many bars of `Z` may still be read.
    rests: &'a mut u32,
}

/// Reads `voice`; `rests` limits how many bars `Z` may stand for and is counted down.
///
/// # Errors
/// If the music is absurdly long.
pub(super) fn read(
    file: &[u8],
    voice: &Voice,
    header: &Header,
    rests: &mut u32,
    warnings: &mut Warnings,
) -> Result<Body, ReadError> {
    let key = header.key.clone().unwrap_or_default();
    let signature = key.signature.unwrap_or(Signature::NONE);
    let mut walk = Walk {
        file,
        header,
        warnings,
        body: Body::default(),
        bars: Bars::default(),
        position: Position::ZERO,
        octave: voice.octave.saturating_add(key.octave.unwrap_or(0)).clamp(-4, 4),
        meter: header.meter.flatten(),
        unit: header.unit_length(),
        pitches: Pitches::new(signature, header.reach),
        tuplets: Vec::new(),
        quotes: Vec::new(),
        broken: None,
        tie: None,
        last: None,
        overlay: false,
        parts: Vec::new(),
        rests,
    };
    set(&mut walk.body.meters, Position::ZERO, walk.meter.unwrap_or(Meter::COMMON));
    if let Some(key) = signature.key {
        set(&mut walk.body.keys, Position::ZERO, key);
    }
    if let Some(tempo) = &header.tempo {
        walk.body.tempo = field::tempo(tempo, walk.unit);
    }
    for (index, token) in voice.tokens.iter().enumerate() {
        walk.token(index, token)?;
    }
    walk.finish(voice.tokens.last().map_or(0, |token| token.line))
}

/// Lets `value` hold from `at`, instead of what was set there before.
fn set<T: PartialEq>(timed: &mut Vec<Timed<T>>, at: Position, value: T) {
    timed.pop_if(|last| last.at == at);
    if timed.last().is_none_or(|last| last.value != value) {
        timed.push(Timed { at, value });
    }
}

impl Walk<'_> {
    fn token(&mut self, index: usize, token: &Token) -> Result<(), ReadError> {
        if self.overlay && !matches!(token.kind, Kind::Bar(_) | Kind::Ending(_) | Kind::Field(..)) {
            return Ok(());
        }
        match &token.kind {
            Kind::Sound(sound) => self.sound(index, token, sound)?,
            Kind::Rest(length) => {
                self.tie = None;
                self.last = self.event(index, token, *length)?.map(|_| None);
            }
            Kind::BarRest(bars) => self.bar_rest(index, token, *bars)?,
            Kind::Bar(line) => self.bar_line(*line),
            Kind::Ending(passes) => {
                let passes = if passes.is_empty() { vec![1] } else { passes.clone() };
                self.last = None;
                if self.bars.ending(passes, self.position) {
                    self.tie = None;
                    let message = "an ending lacks its repeat sign; it is supplied";
                    self.warnings.add(token.line, message);
                }
            }
            Kind::Tie => {
                if let Some(Some(note)) = self.last {
                    self.tie = Some(note);
                }
            }
            Kind::Broken(broken) => self.broken(index, token, *broken),
            Kind::Tuplet { notes, time, count } => {
                self.tuplet(index, *notes, *time, *count, token.line);
            }
            Kind::Quoted(text) => {
                let (token, line) = (token.range.clone(), token.line);
                self.quotes.push(Quote { token, text: text.clone(), line });
            }
            Kind::Decoration(name) => {
                let name = self.text(name);
                self.decoration(&name);
            }
            Kind::Shorthand(letter) => self.shorthand(*letter, token.line),
            Kind::Field(letter, value) => {
                let value = self.text(value);
                self.field(*letter, value.trim(), token.line);
            }
            Kind::Instruction(value) => {
                let mut header = Header { reach: self.header.reach, ..Header::default() };
                header.directive(self.file.get(value.clone()).unwrap_or_default());
                if header.reach != self.header.reach {
                    self.pitches.set_reach(header.reach);
                }
            }
            Kind::Overlay => {
                self.warnings.add(token.line, "notes behind \"&\" are a second voice; left out");
                self.overlay = true;
            }
            Kind::Stray => {
                let text = self.text(&token.range);
                let message = format!("\"{text}\" means nothing in music; left out");
                self.warnings.add(token.line, message);
            }
        }
        Ok(())
    }

    fn text(&self, range: &Range<usize>) -> String {
        decode(self.file.get(range.clone()).unwrap_or_default())
    }

    /// Moves on by `duration`.
    fn advance(&mut self, duration: Duration, line: u32) -> Result<(), ReadError> {
        let position = self.position + duration;
        let (quarters, parts) = position.fraction();
        if quarters / parts >= LONGEST {
            return Err(ReadError::new(
                Place::Line(line),
                "the tune is longer than a million quarter notes",
                "check the note lengths (L: and the numbers behind the notes)",
            ));
        }
        self.position = position;
        Ok(())
    }

    /// Places a note or rest of a written length; `None` if its length cannot be.
    fn event(
        &mut self,
        index: usize,
        token: &Token,
        length: Factor,
    ) -> Result<Option<(Position, Duration)>, ReadError> {
        let tuplets: Option<Factor> =
            self.tuplets.iter().try_fold(Factor::ONE, |all, one| all.times(one.factor));
        let unit = tuplets.and_then(|factor| factor.of(self.unit));
        let (sign, broken) = match self.broken.take() {
            Some((sign, factor)) => (Some(sign), factor),
            None => (None, Factor::ONE),
        };
        let duration = unit.and_then(|unit| length.times(broken)?.of(unit));
        let (Some(unit), Some(duration)) = (unit, duration) else {
            self.warnings.add(token.line, "a note length cannot be; the note is left out");
            return Ok(None);
        };
        self.place_quotes();
        let onset = self.position;
        self.advance(duration, token.line)?;
        let held = self.tuplets.iter().map(|tuplet| tuplet.token).collect();
        for tuplet in &mut self.tuplets {
            tuplet.left = tuplet.left.saturating_sub(1);
        }
        self.tuplets.retain(|tuplet| tuplet.left > 0);
        let (broken, bar) = ([sign, None], None);
        self.body.events.push(Event {
            token: index,
            onset,
            duration,
            unit,
            tuplets: held,
            broken,
            bar,
        });
        Ok(Some((onset, duration)))
    }

    fn sound(&mut self, index: usize, token: &Token, sound: &Sound) -> Result<(), ReadError> {
        let tie = self.tie.take();
        let tied = tie.and_then(|note| self.body.notes.get(note)).map(|note| note.pitch);
        let sounding = sound.heads.iter().map(|head| self.pitches.sound(*head, tied));
        let top = sounding.reduce(|top, pitch| if pitch.midi() > top.midi() { pitch } else { top });
        let length = sound.inner.times(sound.outer);
        let (Some(pitch), Some(length)) = (top, length) else { return Ok(()) };
        let Some((onset, duration)) = self.event(index, token, length)? else {
            self.last = None;
            return Ok(());
        };
        let continued = tie.filter(|note| {
            let note = self.body.notes.get(*note);
            note.is_some_and(|note| note.pitch == pitch && note.end() == onset)
        });
        let note = match continued {
            Some(index) => {
                if let Some(note) = self.body.notes.get_mut(index) {
                    note.duration += duration;
                }
                index
            }
            None => {
                self.body.notes.push(Note { onset, duration, pitch });
                self.body.notes.len() - 1
            }
        };
        self.last = Some(Some(note));
        self.tie = sound.tied_inside.then_some(note);
        Ok(())
    }

    /// `Z4`: so many bars without a note.
    fn bar_rest(&mut self, index: usize, token: &Token, bars: u32) -> Result<(), ReadError> {
        let Some(left) = self.rests.checked_sub(bars) else {
            return Err(ReadError::new(
                Place::Line(token.line),
                "more bars of rest than any tune has",
                "check the number behind Z",
            ));
        };
        *self.rests = left;
        self.place_quotes();
        let (onset, bar) = (self.position, self.meter.unwrap_or(Meter::COMMON).bar());
        for passed in 0..bars {
            if passed > 0 {
                self.bars.line(BarLine::default(), self.position);
            }
            self.advance(bar, token.line)?;
        }
        if let Some(duration) = self.position.since(onset).filter(|duration| !duration.is_zero()) {
            self.body.events.push(Event {
                token: index,
                onset,
                duration,
                unit: self.unit,
                tuplets: Vec::new(),
                broken: [None; 2],
                bar: Some(bar),
            });
        }
        (self.tie, self.last) = (None, None);
        Ok(())
    }

    fn bar_line(&mut self, line: BarLine) {
        self.bars.line(line, self.position);
        self.pitches.bar_line();
        // A tie goes on over the end of a repeat, too: it is heard when the passage is left, and
        // playing out ends the note where it is not.
        (self.overlay, self.last) = (false, None);
    }

    fn broken(&mut self, index: usize, token: &Token, broken: Broken) {
        let (before, behind) = broken.factors();
        let last = self.body.events.last_mut().filter(|_| self.last.is_some());
        let changed = last.and_then(|event| {
            let duration = before.of(event.duration)?;
            event.duration = duration;
            event.broken[1] = Some(index);
            Some((event.onset, duration))
        });
        let Some((onset, duration)) = changed else {
            self.warnings.add(token.line, "broken rhythm without a note before it; left out");
            return;
        };
        self.position = onset + duration;
        if let Some(Some(note)) = self.last
            && let Some(note) = self.body.notes.get_mut(note)
        {
            note.duration = self.position.since(note.onset).unwrap_or(note.duration);
        }
        self.broken = Some((index, behind));
    }

    fn tuplet(&mut self, token: usize, notes: u8, time: Option<u8>, count: Option<u8>, line: u32) {
        let compound = self.meter.is_some_and(Meter::is_compound);
        let time = time.unwrap_or(match notes {
            2 | 4 | 8 => 3,
            3 | 6 => 2,
            _ if compound => 3,
            _ => 2,
        });
        let factor = Factor::new(u64::from(time), u64::from(notes));
        match factor.filter(|_| self.tuplets.len() < DEEPEST_TUPLET) {
            Some(factor) => {
                let count = count.unwrap_or(notes);
                self.body.tuplets.push(WrittenTuplet { token, notes, time, count });
                self.tuplets.push(Tuplet { token, factor, left: count });
            }
            None => self.warnings.add(line, "tuplets within tuplets go too deep; left out"),
        }
    }

    /// Acts on a decoration or on words; false if they mean nothing to a lead sheet.
    fn decoration(&mut self, name: &str) -> bool {
        let jump = Jump::named(name);
        jump.into_iter().for_each(|jump| self.bars.jump(jump));
        jump.is_some()
    }

    fn shorthand(&mut self, letter: u8, line: u32) {
        let defined = self.header.shorthands.get(&letter).cloned();
        match (defined, letter) {
            (Some(name), _) => {
                self.decoration(&name);
            }
            (None, b'S') => self.bars.jump(Jump::Segno),
            (None, b'O') => self.bars.jump(Jump::Coda),
            (None, b'.' | b'~' | b'H' | b'J' | b'L' | b'M' | b'P' | b'R' | b'T' | b'u' | b'v') => {}
            (None, letter) => {
                let message = format!("\"{}\" means nothing in music; left out", letter as char);
                self.warnings.add(line, message);
            }
        }
    }

    fn field(&mut self, letter: u8, value: &str, line: u32) {
        if matches!(letter, b'K' | b'M') {
            // What begins here must not move when a sign behind it changes the last note.
            self.last = None;
        }
        match letter {
            b'M' => {
                self.meter = header::meter(value, line, self.warnings);
                set(&mut self.body.meters, self.position, self.meter.unwrap_or(Meter::COMMON));
            }
            b'L' => match field::unit(value) {
                Some(unit) => self.unit = unit,
                None => self.warnings.add(line, format!("\"L:{value}\" is no note length")),
            },
            b'K' => {
                let key = key::parse(value);
                if let Some(problem) = key.problem {
                    self.warnings.add(line, format!("in K: {problem}"));
                }
                self.octave = key.octave.unwrap_or(self.octave);
                if let Some(signature) = key.signature {
                    self.pitches.set_signature(signature);
                    if let Some(key) = signature.key {
                        set(&mut self.body.keys, self.position, key);
                    }
                }
            }
            b'Q' if self.body.tempo.is_none() => self.body.tempo = field::tempo(value, self.unit),
            b'P' => {
                let name = value.trim_start_matches("Part").trim();
                let mut letters = name.chars();
                if let (Some(part @ 'A'..='Z'), None) = (letters.next(), letters.next()) {
                    self.parts.push((part, self.bars.count()));
                }
            }
            b'm' => self.warnings.add(line, "macros (m:) are not expanded"),
            _ => {}
        }
    }

    /// Gives the quoted texts that wait their place in time: here.
    fn place_quotes(&mut self) {
        for quote in std::mem::take(&mut self.quotes) {
            let written = self.text(&quote.text);
            let plain = written.trim();
            if let Some(annotation) = plain.strip_prefix(['^', '_', '<', '>', '@']) {
                self.decoration(annotation);
            } else if let Some((symbol, remark)) = symbol(plain) {
                if let Some(remark) = remark {
                    self.warnings.add(quote.line, remark);
                }
                let onset = self.position;
                let mut chord = None;
                if self.body.chords.last().is_some_and(|last| last.onset == onset) {
                    let message = format!("\"{plain}\" stands over the same note as another chord");
                    self.warnings.add(quote.line, message + "; left out");
                } else {
                    chord = Some(self.body.chords.len());
                    self.body.chords.push(ChordEvent { onset, symbol, written: Some(written) });
                }
                self.body.symbols.push(WrittenSymbol { range: quote.token, chord });
            } else if !plain.is_empty() {
                let made = if self.decoration(plain) { "read as a direction" } else { "left out" };
                let message = format!("\"{plain}\" is no chord symbol; {made}");
                self.warnings.add(quote.line, message);
            }
        }
    }

    fn finish(mut self, line: u32) -> Result<Body, ReadError> {
        for quote in std::mem::take(&mut self.quotes) {
            let text = self.text(&quote.text);
            self.decoration(text.trim().trim_start_matches(['^', '_', '<', '>', '@']));
            if symbol(text.trim()).is_some() {
                self.body.symbols.push(WrittenSymbol { range: quote.token, chord: None });
                let message = format!("\"{text}\" stands behind the last note; left out");
                self.warnings.add(quote.line, message);
            }
        }
        let mut body = self.body;
        let meters = &body.meters;
        let full = |at: Position| {
            let after = meters.partition_point(|meter| meter.at <= at).saturating_sub(1);
            meters.get(after).map_or(Duration::ZERO, |meter| meter.bar())
        };
        body.bars = self.bars.finish(self.position, full);
        let end = self.position;
        body.keys.retain(|key| key.at < end || key.at == Position::ZERO);
        body.meters.retain(|meter| meter.at < end || meter.at == Position::ZERO);
        if let Some(order) = &self.header.parts
            && let Err(problem) = parts::apply(order, &self.parts, &mut body.bars)
        {
            self.warnings.add(line, problem);
        }
        for note in &mut body.notes {
            let Pitch { name, octave } = note.pitch;
            note.pitch = Pitch { name, octave: octave.saturating_add(self.octave) };
        }
        Ok(body)
    }
}
