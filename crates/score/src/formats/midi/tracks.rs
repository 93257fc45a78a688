//! What a MIDI file holds, before any music is made of it: notes in ticks, by part.

use std::collections::{BTreeMap, HashMap, VecDeque};

use midly::{Format, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

use crate::{Place, ReadError, Warning};

/// Files longer than this many quarter notes are refused: a little less than positions can
/// be, so that what is moved to a grid stays among them.
const LONGEST: u64 = 999_000;

/// A MIDI file in ticks.
#[derive(Debug, Default)]
pub(crate) struct MidiFile {
    /// Ticks a quarter note, at least 1.
    pub(crate) per_quarter: u32,
    /// The name of a first track without notes.
    pub(crate) title: Option<String>,
    /// Texts of the first track.
    pub(crate) texts: Vec<String>,
    /// The copyright notice.
    pub(crate) rights: Option<String>,
    /// Microseconds a quarter note, by tick.
    pub(crate) tempos: Vec<(u64, u32)>,
    /// Numerator and denominator as a power of two, by tick.
    pub(crate) meters: Vec<(u64, (u8, u8))>,
    /// Sharps (flats negative) and whether it is minor, by tick.
    pub(crate) keys: Vec<(u64, (i8, bool))>,
    /// The tracks, each channel of a track on its own.
    pub(crate) parts: Vec<Part>,
    /// Where the tracks end, if they all end together.
    pub(crate) end: Option<u64>,
}

/// The notes of one channel of one track.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// The track's name; empty if it has none.
    pub(crate) name: String,
    /// The channel, from 0; 9 is the drums.
    pub(crate) channel: u8,
    /// The notes by onset, then key.
    pub(crate) notes: Vec<TickNote>,
    /// The track's texts, markers and lyrics, by tick.
    pub(crate) texts: Vec<(u64, String)>,
}

/// A note in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TickNote {
    /// When the key is struck.
    pub(crate) start: u64,
    /// The MIDI key.
    pub(crate) key: u8,
    /// When it is released; not before `start`.
    pub(crate) end: u64,
}

impl MidiFile {
    /// Takes a file apart.
    pub(crate) fn parse(bytes: &[u8], warnings: &mut Vec<Warning>) -> Result<Self, ReadError> {
        let no_file = |problem: &dyn std::fmt::Display| {
            let way_out = "export the piece again as a standard MIDI file";
            ReadError::new(Place::File, format!("this is no MIDI file: {problem}"), way_out)
        };
        if has_impossible_frame_rate(bytes) {
            return Err(no_file(&"it counts 128 film frames a second"));
        }
        let smf = Smf::parse(bytes).map_err(|error| no_file(&error))?;
        if smf.header.format == Format::Sequential && smf.tracks.len() > 1 {
            return Err(ReadError::new(
                Place::File,
                "a MIDI file of type 2 holds pieces one after the other",
                "save each piece as a file of type 0 or 1",
            ));
        }
        let mut file =
            Self { per_quarter: per_quarter(smf.header.timing, warnings)?, ..Self::default() };
        let mut ends = Vec::with_capacity(smf.tracks.len());
        for (index, track) in smf.tracks.iter().enumerate() {
            ends.push(file.add_track(index, track, warnings)?);
        }
        file.tempos.sort_by_key(|(at, _)| *at);
        file.meters.sort_by_key(|(at, _)| *at);
        file.keys.sort_by_key(|(at, _)| *at);
        file.end = ends.first().copied().filter(|first| ends.iter().all(|end| end == first));
        Ok(file)
    }

    /// Adds the parts of a track; returns its end.
    fn add_track(
        &mut self,
        index: usize,
        track: &[TrackEvent<'_>],
        warnings: &mut Vec<Warning>,
    ) -> Result<u64, ReadError> {
        let mut at = 0u64;
        let mut name = String::new();
        let mut texts = Vec::new();
        let mut keys = Keyboard::default();
        for event in track {
            at += u64::from(event.delta.as_int());
            if at > LONGEST * u64::from(self.per_quarter) {
                return Err(ReadError::new(
                    Place::File,
                    format!("track {} is longer than {LONGEST} quarter notes", index + 1),
                    "check its time stamps, or cut the piece",
                ));
            }
            match event.kind {
                TrackEventKind::Midi { channel, message } => {
                    keys.play(at, channel.as_int(), message);
                }
                TrackEventKind::Meta(MetaMessage::TrackName(text)) => name = decode(text),
                TrackEventKind::Meta(
                    MetaMessage::Text(text) | MetaMessage::Marker(text) | MetaMessage::Lyric(text),
                ) => texts.push((at, decode(text))),
                TrackEventKind::Meta(message) => self.add_meta(at, message),
                _ => {}
            }
        }
        let hanging = keys.release_all(at);
        if hanging > 0 {
            let text =
                format!("track {}: {hanging} notes are never released and end with it", index + 1);
            warnings.push(Warning::new(Place::File, text));
        }
        if index == 0 {
            self.texts = texts.iter().map(|(_, text)| text.clone()).collect();
            if keys.channels.is_empty() && !name.is_empty() {
                self.title = Some(name.clone());
            }
        }
        // An empty track that has a name may still be the melody that was asked for.
        if keys.channels.is_empty() && index > 0 && !name.is_empty() {
            keys.channels.insert(0, Vec::new());
        }
        for (channel, mut notes) in keys.channels {
            notes.sort_unstable();
            let (name, texts) = (name.clone(), texts.clone());
            self.parts.push(Part { name, channel, notes, texts });
        }
        Ok(at)
    }

    fn add_meta(&mut self, at: u64, message: MetaMessage<'_>) {
        match message {
            MetaMessage::Copyright(text) => self.rights = Some(decode(text)),
            MetaMessage::Tempo(microseconds) => self.tempos.push((at, microseconds.as_int())),
            MetaMessage::TimeSignature(numerator, power, ..) => {
                self.meters.push((at, (numerator, power)));
            }
            MetaMessage::KeySignature(fifths, minor) => self.keys.push((at, (fifths, minor))),
            _ => {}
        }
    }
}

/// The keys that are down, and the notes that were.
#[derive(Default)]
struct Keyboard {
    down: HashMap<(u8, u8), VecDeque<u64>>,
    channels: BTreeMap<u8, Vec<TickNote>>,
}

impl Keyboard {
    fn play(&mut self, at: u64, channel: u8, message: MidiMessage) {
        match message {
            MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                self.down.entry((channel, key.as_int())).or_default().push_back(at);
            }
            MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                let key = key.as_int();
                // A key struck twice is released in the order it was struck.
                let start = self.down.get_mut(&(channel, key)).and_then(VecDeque::pop_front);
                if let Some(start) = start {
                    let note = TickNote { start, key, end: at };
                    self.channels.entry(channel).or_default().push(note);
                }
            }
            _ => {}
        }
    }

    /// Releases what is still down; returns how many notes that were.
    fn release_all(&mut self, at: u64) -> usize {
        let mut hanging = 0;
        for ((channel, key), starts) in self.down.drain() {
            hanging += starts.len();
            let notes = starts.into_iter().map(|start| TickNote { start, key, end: at });
            if notes.len() > 0 {
                self.channels.entry(channel).or_default().extend(notes);
            }
        }
        hanging
    }
}

/// Whether a header names −128 as its frame rate. The parser negates the rate, which that
/// number does not survive.
fn has_impossible_frame_rate(bytes: &[u8]) -> bool {
    // Type, length, format and number of tracks stand before it; parsers look for the header
    // behind other chunks, too.
    bytes.windows(13).any(|window| window.starts_with(b"MThd") && window.last() == Some(&0x80))
}

/// Ticks a quarter note.
fn per_quarter(timing: Timing, warnings: &mut Vec<Warning>) -> Result<u32, ReadError> {
    let ticks = match timing {
        Timing::Metrical(ticks) => u32::from(ticks.as_int()),
        Timing::Timecode(frames, subframes) => {
            let text = "the file counts film frames, not beats: read as 120 quarter notes a minute";
            warnings.push(Warning::new(Place::File, text));
            u32::from(frames.as_int()) * u32::from(subframes) / 2
        }
    };
    if ticks == 0 {
        return Err(ReadError::new(
            Place::Byte(12),
            "the file has no ticks in a quarter note",
            "export the piece again as a standard MIDI file",
        ));
    }
    Ok(ticks)
}

/// Text in UTF-8, or else in the encoding of the Western Windows programs that wrote most
/// MIDI files.
fn decode(text: &[u8]) -> String {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(text).0,
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
}
