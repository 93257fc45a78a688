//! The lines of the music, dealt out to the voices that they belong to.

use std::collections::HashMap;

use super::header::{self, Header};
use super::lexer;
use super::text::decode;
use super::token::{Kind, Token};
use super::tunebook::Line;
use super::warnings::Warnings;
use crate::{Place, ReadError};

/// The tokens of one voice.
#[derive(Clone, Debug, Default)]
pub(super) struct Voice {
    /// The word behind `V:`; empty where no voice is named.
    pub(super) id: String,
    /// Its printed name.
    pub(super) name: Option<String>,
    /// Octaves by which it sounds above what is written.
    pub(super) octave: i8,
    /// What it is made of.
    pub(super) tokens: Vec<Token>,
}

impl Voice {
    /// Whether it sounds at all.
    fn has_notes(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.kind, Kind::Sound(_)))
    }

    /// Whether text stands between quotes in it.
    fn has_quotes(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.kind, Kind::Quoted(_)))
    }
}

/// Deals tokens out while lines are read.
struct Dealer<'a> {
    voices: Vec<Voice>,
    index: HashMap<String, usize>,
    current: usize,
    /// Whether a `V:` field in the music has named a voice yet.
    named: bool,
    /// Key, metre and unit length set in the music before that: they hold for all voices.
    common: HashMap<u8, Token>,
    warnings: &'a mut Warnings,
}

impl Dealer<'_> {
    fn add(&mut self, id: &str, name: Option<String>, octave: Option<i8>) -> usize {
        if let Some(index) = self.index.get(id) {
            if let Some(voice) = self.voices.get_mut(*index) {
                voice.octave = octave.unwrap_or(voice.octave);
                voice.name = name.or_else(|| voice.name.take());
            }
            return *index;
        }
        let mut tokens: Vec<Token> = self.common.values().cloned().collect();
        tokens.sort_by_key(|token| token.range.start);
        let octave = octave.unwrap_or(0);
        self.voices.push(Voice { id: id.to_owned(), name, octave, tokens });
        self.index.insert(id.to_owned(), self.voices.len() - 1);
        self.voices.len() - 1
    }

    fn push(&mut self, file: &[u8], token: Token) {
        match &token.kind {
            Kind::Field(b'V', value) => {
                let text = decode(file.get(value.clone()).unwrap_or_default());
                let voice = header::voice(text.trim(), token.line, self.warnings);
                // The first voice to be named takes over what came before it.
                if !self.named && self.voices.len() == 1 && self.index.contains_key("") {
                    let sounds = self.voices.first().is_some_and(Voice::has_notes);
                    if !sounds {
                        self.voices.clear();
                        self.index.clear();
                    }
                }
                self.named = true;
                self.current = self.add(&voice.id, voice.name, voice.octave);
            }
            kind => {
                if let Kind::Field(letter @ (b'K' | b'M' | b'L'), _) = kind
                    && !self.named
                {
                    self.common.insert(*letter, token.clone());
                }
                if let Some(voice) = self.voices.get_mut(self.current) {
                    voice.tokens.push(token);
                }
            }
        }
    }
}

/// Reads the lines of the music.
pub(super) fn deal(
    file: &[u8],
    lines: &[Line],
    header: &Header,
    warnings: &mut Warnings,
) -> Vec<Voice> {
    let mut dealer = Dealer {
        voices: Vec::new(),
        index: HashMap::new(),
        current: 0,
        named: false,
        common: HashMap::new(),
        warnings,
    };
    for voice in &header.voices {
        dealer.add(&voice.id, voice.name.clone(), voice.octave);
    }
    if dealer.voices.is_empty() {
        dealer.add("", None, None);
    }
    let (mut in_text, mut tokens) = (false, Vec::new());
    for line in lines {
        if let Some(directive) = line.directive(file) {
            in_text = header::text_block(directive, in_text);
            if !in_text {
                let range = line.content.end - directive.len()..line.content.end;
                tokens.push(instruction(range, line.number));
            }
        } else if in_text || line.content.is_empty() {
        } else if let Some((letter, value)) = line.field(file) {
            let range = line.content.clone();
            tokens.push(Token { range, line: line.number, kind: Kind::Field(letter, value) });
        } else {
            lexer::music(file, line.content.clone(), line.number, &mut tokens);
        }
        for token in tokens.drain(..) {
            dealer.push(file, token);
        }
    }
    dealer.voices
}

fn instruction(range: std::ops::Range<usize>, line: u32) -> Token {
    Token { range: range.clone(), line, kind: Kind::Instruction(range) }
}

/// The voice that holds the melody: the one asked for by its name or number, else the first
/// that sounds.
pub(super) fn choose(
    voices: &[Voice],
    asked: Option<&str>,
    line: u32,
    warnings: &mut Warnings,
) -> Result<usize, ReadError> {
    let sounding: Vec<usize> =
        (0..voices.len()).filter(|index| voices[*index].has_notes()).collect();
    if let Some(asked) = asked {
        let named = voices.iter().position(|voice| {
            let name = voice.name.as_deref().unwrap_or_default();
            voice.id == asked || (!name.is_empty() && name.eq_ignore_ascii_case(asked))
        });
        let counted = || {
            let number: usize = asked.parse().ok()?;
            let index = number.checked_sub(1)?;
            voices.get(index).map(|_| index)
        };
        return named.or_else(counted).ok_or_else(|| {
            let ids: Vec<&str> = voices.iter().map(|voice| voice.id.as_str()).take(20).collect();
            ReadError::new(
                Place::Line(line),
                format!("the tune has no voice \"{asked}\""),
                format!("its voices are: {}", ids.join(", ")),
            )
        });
    }
    let first = sounding.first().copied().unwrap_or(0);
    if sounding.len() > 1 {
        let id = voices.get(first).map_or("", |voice| voice.id.as_str());
        let message = format!(
            "of {} voices only the first, \"{id}\", is read; --voice chooses another",
            sounding.len()
        );
        warnings.add(line, message);
        let quotes = |index: &usize| voices.get(*index).is_some_and(Voice::has_quotes);
        if !quotes(&first) && sounding.iter().any(quotes) {
            warnings.add(line, "chord symbols stand in another voice and are not read");
        }
    }
    Ok(first)
}
