//! ABC 2.1 tunebooks.
//!
//! A tunebook holds many tunes, and a fault in one must not lose the others: [`read`] gives
//! each tune its own result. Music is read as it is written, repeats kept as marks.

mod bars;
mod body;
mod events;
mod factor;
mod field;
mod header;
mod insert;
mod key;
mod lexer;
mod parts;
mod pitches;
mod slices;
mod spelling;
mod symbols;
mod text;
mod token;
mod tunebook;
mod values;
mod voices;
mod warnings;
mod write;

pub use self::insert::write_into;
pub use self::write::write;

use std::ops::Range;

use self::body::Body;
use self::header::Header;
use self::token::Token;
use self::tunebook::{Block, Line};
use self::warnings::Warnings;
use super::ReadOptions;
use crate::{LeadSheet, Place, ReadError, Reading};

/// Rests of whole bars (`Z`) in one file stand for at most this many bars.
const MOST_BARS_OF_REST: u32 = 20_000;

/// One tune of a tunebook.
#[derive(Clone, Debug, PartialEq)]
pub struct Tune {
    /// The number behind `X:`; its place in the file, from 1, if there is none.
    pub number: u32,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// What was read, or why not.
    pub reading: Result<Reading, ReadError>,
}

/// Reads the tunes of a tunebook, or only that of [`ReadOptions::tune`].
///
/// The melody is the voice that [`ReadOptions::voice`] names, else the first that sounds; of
/// notes that sound together it is the highest.
///
/// # Errors
/// If the file holds no tune, not the tune asked for, or none that can be read: then the first
/// tune's error.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Tune>, ReadError> {
    let book = Book::new(bytes)?;
    let mut rests = MOST_BARS_OF_REST;
    let mut tunes = Vec::new();
    for place in book.asked_for(options)? {
        let reading = book.tune(place, options, &mut rests).map(|score| score.reading);
        tunes.push(Tune { number: place.number, range: book.bytes(place), reading });
    }
    let first_error = tunes.iter().find_map(|tune| tune.reading.as_ref().err());
    match first_error {
        Some(error) if tunes.iter().all(|tune| tune.reading.is_err()) => Err(error.clone()),
        _ => Ok(tunes),
    }
}

/// A tune with the place of everything in it.
struct Score {
    reading: Reading,
    body: Body,
    tokens: Vec<Token>,
}

/// A numbered block of the file.
#[derive(Clone, Copy)]
struct TunePlace<'a> {
    number: u32,
    block: &'a Block,
}

/// A file divided into tunes.
struct Book<'a> {
    file: &'a [u8],
    lines: Vec<Line>,
    header: Header,
    blocks: Vec<Block>,
}

impl<'a> Book<'a> {
    fn new(file: &'a [u8]) -> Result<Self, ReadError> {
        if file.trim_ascii().is_empty() {
            let way_out = "check that the file was written completely";
            return Err(ReadError::new(Place::File, "the file is empty", way_out));
        }
        let lines = tunebook::lines(file);
        let book = tunebook::divide(file, &lines);
        if book.blocks.is_empty() {
            return Err(no_tune());
        }
        let mut header = Header::default();
        let lines_of_header = lines.get(book.header).unwrap_or_default();
        // Warnings about defaults would be said again of every tune.
        header::read_file(file, lines_of_header, &mut header);
        Ok(Self { file, lines, header, blocks: book.blocks })
    }

    /// The tunes that the options ask for.
    fn asked_for(&self, options: &ReadOptions) -> Result<Vec<TunePlace<'_>>, ReadError> {
        let numbered = self
            .blocks
            .iter()
            .zip(1u32..)
            .map(|(block, place)| TunePlace { number: block.number.unwrap_or(place), block });
        let Some(asked) = options.tune else { return Ok(numbered.collect()) };
        let found: Vec<_> = numbered.filter(|tune| tune.number == asked).take(1).collect();
        if found.is_empty() {
            let count = self.blocks.len();
            let way_out = format!("choose one of the {count} tunes by the number behind its X:");
            return Err(ReadError::new(Place::File, format!("there is no tune {asked}"), way_out));
        }
        Ok(found)
    }

    fn lines_of(&self, tune: TunePlace<'_>) -> &[Line] {
        self.lines.get(tune.block.lines.clone()).unwrap_or_default()
    }

    fn bytes(&self, tune: TunePlace<'_>) -> Range<usize> {
        let lines = self.lines_of(tune);
        let start = lines.first().map_or(0, |line| line.content.start);
        start..lines.last().map_or(start, |line| line.next)
    }

    fn tune(
        &self,
        tune: TunePlace<'_>,
        options: &ReadOptions,
        rests: &mut u32,
    ) -> Result<Score, ReadError> {
        let lines = self.lines_of(tune);
        let line = lines.first().map_or(1, |line| line.number);
        let mut warnings = Warnings::default();
        if tune.block.number.is_none() {
            let message = format!("the tune has no number (X:); it counts as {}", tune.number);
            warnings.add(line, message);
        }
        let mut header = self.header.clone();
        let music = header::read(self.file, lines, &mut header, &mut warnings);
        if header.meter.is_none() {
            warnings.add(line, "no metre is named (M:); taken as 4/4");
        } else if header.meter == Some(None) {
            warnings.add(line, "the metre is free; counted as 4/4");
        }
        let lines = lines.get(music..).unwrap_or_default();
        let voices = voices::deal(self.file, lines, &header, &mut warnings);
        let asked = options.voice.as_deref().or(options.part.as_deref());
        let chosen = voices::choose(&voices, asked, line, &mut warnings)?;
        let voice = voices.into_iter().nth(chosen).unwrap_or_default();
        let mut body = body::read(self.file, &voice, &header, rests, &mut warnings)?;
        if body.notes.is_empty() {
            return Err(ReadError::new(
                Place::Line(line),
                format!("tune {} has no notes", tune.number),
                "write the melody under the line K:, or choose another tune or voice",
            ));
        }
        if let Some(orphan) = tune.block.orphan {
            warnings.add(orphan, "an empty line ends the tune; the music behind it is left out");
        }
        let sheet = LeadSheet {
            title: header.title,
            composer: joined(&header.composers, ", "),
            rights: joined(&header.rights, "; "),
            tempo: body.tempo,
            meters: std::mem::take(&mut body.meters),
            keys: std::mem::take(&mut body.keys),
            bars: std::mem::take(&mut body.bars),
            notes: std::mem::take(&mut body.notes),
            chords: std::mem::take(&mut body.chords),
        };
        let reading = Reading { sheet, warnings: warnings.into_list() };
        Ok(Score { reading, body, tokens: voice.tokens })
    }
}

fn no_tune() -> ReadError {
    let way_out = "an ABC tune begins with a line X:1 and has a line K: before its notes";
    ReadError::new(Place::File, "there is no tune in it", way_out)
}

fn joined(parts: &[String], separator: &str) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(separator))
}
