//! The fields that come before the music, those of the file before those of the tune.

use std::collections::BTreeMap;

use super::text::{decode, unescape};
use super::tunebook::Line;
use super::warnings::Warnings;
use super::{field, key};
use crate::{Duration, Meter};

/// No header declares more voices; those beyond are met in the music.
const MOST_VOICES: usize = 200;

/// How far an accidental reaches within its bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only its own note.
    Note,
    /// The same letter in the same octave.
    Octave,
    /// The same letter in all octaves, as the standard says where nothing else is said.
    #[default]
    Letter,
}

/// A voice that a `V:` field names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VoiceName {
    /// The word behind `V:`.
    pub(super) id: String,
    /// Its printed name.
    pub(super) name: Option<String>,
    /// Octaves by which it sounds above what is written.
    pub(super) octave: Option<i8>,
}

/// What the fields of a header say.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    /// The first `T:`.
    pub(super) title: Option<String>,
    /// Every `C:`.
    pub(super) composers: Vec<String>,
    /// Every line that speaks of rights.
    pub(super) rights: Vec<String>,
    /// `Q:` as it is written.
    pub(super) tempo: Option<String>,
    /// `M:`, where given: a metre or none.
    pub(super) meter: Option<Option<Meter>>,
    /// `L:`.
    pub(super) unit: Option<Duration>,
    /// `K:`, where given.
    pub(super) key: Option<key::KeyField>,
    /// The order of parts that `P:` asks for.
    pub(super) parts: Option<String>,
    /// The declared voices.
    pub(super) voices: Vec<VoiceName>,
    /// What `U:` makes of letters.
    pub(super) shorthands: BTreeMap<u8, String>,
    /// How far accidentals reach.
    pub(super) reach: Reach,
}

impl Header {
    /// Takes in a field.
    pub(super) fn field(&mut self, letter: u8, value: &[u8], line: u32, warnings: &mut Warnings) {
        let text = decode(value);
        let text = text.trim();
        match letter {
            b'T' if self.title.is_none() && !text.is_empty() => self.title = Some(unescape(text)),
            b'C' if !text.is_empty() => self.composers.push(unescape(text)),
            b'Z' | b'F' if speaks_of_rights(text) => self.rights.push(unescape(text)),
            b'Q' => self.tempo = Some(text.to_owned()),
            b'M' => self.meter = Some(meter(text, line, warnings)),
            b'L' => match field::unit(text) {
                Some(unit) => self.unit = Some(unit),
                None => warnings.add(line, format!("\"L:{text}\" is no note length")),
            },
            b'K' => {
                let key = key::parse(text);
                if let Some(problem) = &key.problem {
                    warnings.add(line, format!("in K: {problem}"));
                }
                self.key = Some(key);
            }
            b'P' if !text.is_empty() => self.parts = Some(text.to_owned()),
            b'V' => {
                let voice = voice(text, line, warnings);
                let room = self.voices.len() < MOST_VOICES;
                if room && !self.voices.iter().any(|known| known.id == voice.id) {
                    self.voices.push(voice);
                }
            }
            b'U' => self.shorthand(text),
            b'm' => warnings.add(line, "macros (m:) are not expanded"),
            b'I' => self.directive(value),
            _ => {}
        }
    }

    /// Takes in what stands behind `%%` or `I:`.
    pub(super) fn directive(&mut self, value: &[u8]) {
        let text = decode(value);
        let (name, value) = text.trim().split_once(char::is_whitespace).unwrap_or((&text, ""));
        match name {
            "propagate-accidentals" => match value.trim() {
                "not" => self.reach = Reach::Note,
                "octave" => self.reach = Reach::Octave,
                "pitch" => self.reach = Reach::Letter,
                _ => {}
            },
            "abc-copyright" => self.rights.push(unescape(value.trim())),
            _ if speaks_of_rights(value) => self.rights.push(unescape(value.trim())),
            _ => {}
        }
    }

    /// `U:T = !trill!`
    fn shorthand(&mut self, text: &str) {
        if let Some((letter, meaning)) = text.split_once('=')
            && let [letter @ (b'H'..=b'W' | b'h'..=b'w' | b'~')] = letter.trim().as_bytes()
        {
            let meaning = meaning.trim().trim_matches(['!', '+', '"']);
            // No decoration that matters has a longer name.
            self.shorthands.insert(*letter, meaning.chars().take(40).collect());
        }
    }

    /// The unit note length: `L:`, else what follows from the metre.
    pub(super) fn unit_length(&self) -> Duration {
        self.unit.unwrap_or_else(|| field::default_unit(self.meter.flatten()))
    }
}

/// Reads a header's lines from `start`; returns the index of the first line of music.
pub(super) fn read(
    file: &[u8],
    lines: &[Line],
    header: &mut Header,
    warnings: &mut Warnings,
) -> usize {
    let mut in_text = false;
    for (index, line) in lines.iter().enumerate() {
        if let Some(directive) = line.directive(file) {
            in_text = text_block(directive, in_text);
            if !in_text {
                header.directive(directive);
            }
        } else if in_text || line.content.is_empty() {
        } else if let Some((letter, value)) = line.field(file) {
            let value = file.get(value).unwrap_or_default();
            header.field(letter, value, line.number, warnings);
            if letter == b'K' {
                return index + 1;
            }
        } else if line.bytes(file).contains(&b'|') {
            warnings.add(line.number, "no key is named before the music (K:); none is assumed");
            return index;
        } else {
            warnings.add(line.number, "a line of the header is no field; it is left out");
        }
    }
    lines.len()
}

/// Whether text that is not music follows the directive: `%%begintext` to `%%endtext`.
pub(super) fn text_block(directive: &[u8], in_text: bool) -> bool {
    let directive = directive.trim_ascii_start();
    let begins = directive.starts_with(b"begin");
    begins || (in_text && !directive.starts_with(b"end"))
}

/// Reads `M:`, with a warning for what is not understood.
pub(super) fn meter(text: &str, line: u32, warnings: &mut Warnings) -> Option<Meter> {
    field::meter(text).unwrap_or_else(|problem| {
        let first = field::first_meter(text);
        let taken = first.map_or("free metre".to_owned(), |meter| meter.to_string());
        warnings.add(line, format!("{problem}; taken as {taken}"));
        first
    })
}

/// Reads the value of a `V:` field.
pub(super) fn voice(text: &str, line: u32, warnings: &mut Warnings) -> VoiceName {
    let (id, properties) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let changes = key::parse_properties(properties);
    if let Some(problem) = changes.problem {
        warnings.add(line, format!("in V: {problem}"));
    }
    let name = ["name=", "nm="].iter().find_map(|property| {
        let (_, value) = properties.split_once(property)?;
        let quoted = value.strip_prefix('"').and_then(|value| value.split('"').next());
        let name = quoted.or_else(|| value.split_whitespace().next())?;
        Some(unescape(name))
    });
    VoiceName { id: id.to_owned(), name, octave: changes.octave }
}

fn speaks_of_rights(text: &str) -> bool {
    let text = text.to_lowercase();
    ["copyright", "©", "(c)", "licen", "public domain", "creative commons", "cc0", "cc-by"]
        .iter()
        .any(|word| text.contains(word))
}

/// Reads the file header, whose fields hold for every tune that does not say otherwise.
pub(super) fn read_file(file: &[u8], lines: &[Line], header: &mut Header) {
    let mut unheard = Warnings::default();
    for line in lines {
        if let Some(directive) = line.directive(file) {
            header.directive(directive);
        } else if let Some((letter @ (b'I' | b'L' | b'M' | b'Q' | b'U'), value)) = line.field(file)
        {
            let value = file.get(value).unwrap_or_default();
            header.field(letter, value, line.number, &mut unheard);
        }
    }
    // Every tune gets a copy, so a hostile header must not be large.
    header.rights.retain(|rights| rights.len() <= LONGEST_RIGHTS);
    header.rights.truncate(4);
}

/// Longer words about rights in a file header are not taken for each of its tunes.
const LONGEST_RIGHTS: usize = 500;
