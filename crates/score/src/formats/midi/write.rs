//! The writer: a lead sheet as a MIDI file of three tracks.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

use super::ticks::Resolution;
use super::voicing::VoiceLeading;
use super::{CHORDS, COMPOSER, MELODY};
use crate::chord::text;
use crate::formats::WriteError;
use crate::{Bar, Key, LeadSheet, Meter, Note, Position, Symbol};

/// How loud the melody is.
const MELODY_VELOCITY: u8 = 96;

/// How loud the chords are, below the melody.
const CHORD_VELOCITY: u8 = 64;

/// Writes `sheet` as a MIDI file of type 1: a track with title, tempo, metre and key, the
/// melody, and block chords.
///
/// Bars are written as they stand in the sheet, repeats included once: unfold the sheet
/// first to hear it as it is played. A bar shorter or longer than its metre (a pickup) gets
/// its own time signature. A chord sounds from its symbol to the next; no chord is silence.
///
/// # Errors
/// If a pitch lies outside the 128 MIDI keys, the tempo is no speed, or a rest is too long
/// for the format.
pub fn write(sheet: &LeadSheet) -> Result<Vec<u8>, WriteError> {
    let resolution = Resolution::of(sheet);
    let end = sheet.notes.last().map_or(sheet.end(), |note| sheet.end().max(note.end()));
    let composer = sheet.composer.as_ref().map(|name| format!("{COMPOSER}{name}"));
    let conductor = conductor(sheet, composer.as_deref(), resolution)?;
    let melody = melody(&sheet.notes, resolution)?;
    let symbols: Vec<String> =
        sheet.chords.iter().map(|event| text::format(&event.symbol)).collect();
    let chords = chords(sheet, &symbols, end, resolution);
    let end = resolution.tick(end);
    let timing = Timing::Metrical(u15::new(resolution.per_quarter()));
    let mut smf = Smf::new(Header::new(Format::Parallel, timing));
    smf.tracks = vec![conductor.finish(end)?, melody.finish(end)?, chords.finish(end)?];
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes).map_err(|error| {
        WriteError::new(format!("the MIDI file cannot be put together: {error}"), "shorten it")
    })?;
    Ok(bytes)
}

/// The events of a track with their absolute ticks, in the order they were added.
#[derive(Default)]
struct Track<'a> {
    events: Vec<(u64, TrackEventKind<'a>)>,
}

impl<'a> Track<'a> {
    /// A track with a name.
    fn named(name: &'a str) -> Self {
        let mut track = Self::default();
        track.meta(0, MetaMessage::TrackName(name.as_bytes()));
        track
    }

    fn meta(&mut self, at: u64, message: MetaMessage<'a>) {
        self.events.push((at, TrackEventKind::Meta(message)));
    }

    fn note(&mut self, channel: u4, key: u8, velocity: u8, from: u64, to: u64) {
        let key = u7::new(key);
        let on = MidiMessage::NoteOn { key, vel: u7::new(velocity) };
        let off = MidiMessage::NoteOff { key, vel: u7::new(0) };
        self.events.push((from, TrackEventKind::Midi { channel, message: on }));
        self.events.push((to, TrackEventKind::Midi { channel, message: off }));
    }

    /// The events with their distances, closed at `end`.
    fn finish(mut self, end: u64) -> Result<Vec<TrackEvent<'a>>, WriteError> {
        let releases = |kind: &TrackEventKind| {
            matches!(kind, TrackEventKind::Midi { message: MidiMessage::NoteOff { .. }, .. })
        };
        // A key must be released before it is struck again at the same tick.
        self.events.sort_by_key(|(at, kind)| (*at, !releases(kind)));
        let end = self.events.last().map_or(end, |(at, _)| end.max(*at));
        self.meta(end, MetaMessage::EndOfTrack);
        let mut before = 0;
        let mut track = Vec::with_capacity(self.events.len());
        for (at, kind) in self.events {
            let delta = u32::try_from(at - before).ok().and_then(u28::try_from);
            let delta = delta.ok_or_else(|| {
                WriteError::new(
                    "a silence is too long for a MIDI file",
                    "remove the empty bars or split the piece",
                )
            })?;
            track.push(TrackEvent { delta, kind });
            before = at;
        }
        Ok(track)
    }
}

/// The track that says how the others are to be read.
fn conductor<'a>(
    sheet: &'a LeadSheet,
    composer: Option<&'a str>,
    resolution: Resolution,
) -> Result<Track<'a>, WriteError> {
    let mut track = Track::default();
    if let Some(title) = &sheet.title {
        track.meta(0, MetaMessage::TrackName(title.as_bytes()));
    }
    if let Some(composer) = composer {
        track.meta(0, MetaMessage::Text(composer.as_bytes()));
    }
    if let Some(rights) = &sheet.rights {
        track.meta(0, MetaMessage::Copyright(rights.as_bytes()));
    }
    if let Some(tempo) = sheet.tempo {
        track.meta(0, MetaMessage::Tempo(microseconds(tempo)?));
    }
    for (at, meter) in time_signatures(sheet) {
        track.meta(resolution.tick(at), time_signature(meter));
    }
    for key in &sheet.keys {
        track.meta(resolution.tick(key.at), key_signature(key.value));
    }
    Ok(track)
}

/// Microseconds a quarter note.
fn microseconds(tempo: f64) -> Result<u24, WriteError> {
    let microseconds = (60_000_000.0 / tempo).round();
    if !(1.0..=f64::from(0xFF_FFFF_u32)).contains(&microseconds) {
        return Err(WriteError::new(
            format!("{tempo} quarter notes a minute is no tempo that MIDI can hold"),
            "set a tempo between 4 and 60,000,000, or none",
        ));
    }
    Ok(u24::new(microseconds as u32))
}

/// The time signatures that make a MIDI program show the sheet's bars: its metres, and
/// one more wherever a bar is not as long as its metre says.
fn time_signatures(sheet: &LeadSheet) -> Vec<(Position, Meter)> {
    if sheet.bars.is_empty() {
        return sheet.meters.iter().map(|meter| (meter.at, meter.value)).collect();
    }
    let mut signatures: Vec<(Position, Meter)> = Vec::new();
    let mut expected = Position::ZERO;
    for bar in &sheet.bars {
        let meter = sheet.meter_at(bar.start);
        let shown = fitting(bar, meter);
        let holds = signatures.last().is_some_and(|(_, last)| *last == shown);
        // A bar that no signature fits ends early: the next one says again where it begins.
        if !holds || bar.start != expected {
            signatures.push((bar.start, shown));
        }
        expected = bar.start + shown.bar();
    }
    signatures
}

/// `meter` for a bar of its length, else a metre that is as long as the bar where there is one.
fn fitting(bar: &Bar, meter: Meter) -> Meter {
    if bar.length == meter.bar() {
        return meter;
    }
    let (numerator, denominator) = bar.length.fraction();
    // The length in whole notes, with the metre's own denominator if that can be.
    let beats = |unit: u32| {
        let scaled = i64::from(unit) * numerator;
        let whole = scaled % (4 * denominator) == 0;
        let beats = u32::try_from(scaled / (4 * denominator)).ok().filter(|_| whole)?;
        Meter::new(beats, unit).ok()
    };
    let own = u32::from(meter.denominator());
    [own, 4, 8, 16, 32, 64].into_iter().find_map(beats).unwrap_or(meter)
}

fn time_signature<'a>(meter: Meter) -> MetaMessage<'a> {
    // A metronome click each felt pulse, in MIDI clocks of 24 a quarter; 8 32nds a quarter.
    let clocks = 96 * u32::from(meter.beats_per_pulse()) / u32::from(meter.denominator());
    let power = meter.denominator().trailing_zeros() as u8;
    MetaMessage::TimeSignature(meter.numerator(), power, clocks.clamp(1, 255) as u8, 8)
}

/// MIDI knows major and minor with up to seven accidentals: further keys are respelled, and
/// other modes written as the major or minor of the same signature.
fn key_signature<'a>(key: Key) -> MetaMessage<'a> {
    let fifths = match key.fifths {
        usual @ -7..=7 => usual,
        far => (i16::from(far) + 5).rem_euclid(12) as i8 - 5,
    };
    MetaMessage::KeySignature(fifths, key.mode.is_minor())
}

fn melody<'a>(notes: &[Note], resolution: Resolution) -> Result<Track<'a>, WriteError> {
    let mut track = Track::named(MELODY);
    let mut free = 0;
    for note in notes {
        let key = u8::try_from(note.pitch.midi()).ok().filter(|key| *key < 128);
        let key = key.ok_or_else(|| {
            WriteError::new(
                format!("the pitch {} is outside the 128 MIDI keys", note.pitch),
                "transpose the melody by octaves",
            )
        })?;
        // Rounding may push the ends of very short notes together, never past each other.
        let from = resolution.tick(note.onset).max(free);
        free = resolution.tick(note.end()).max(from + 1);
        track.note(u4::new(0), key, MELODY_VELOCITY, from, free);
    }
    Ok(track)
}

/// The chords as keys, with `symbols`, their names, as texts beside them.
fn chords<'a>(
    sheet: &LeadSheet,
    symbols: &'a [String],
    end: Position,
    resolution: Resolution,
) -> Track<'a> {
    let mut track = Track::named(CHORDS);
    let mut leading = VoiceLeading::default();
    let ends = sheet.chords.iter().skip(1).map(|next| next.onset).chain([end]);
    for ((event, text), until) in sheet.chords.iter().zip(symbols).zip(ends) {
        let (from, to) = (resolution.tick(event.onset), resolution.tick(until));
        // A symbol that another one replaces at once is not heard.
        if from >= to {
            continue;
        }
        track.meta(from, MetaMessage::Text(text.as_bytes()));
        if let Symbol::Chord(chord) = &event.symbol {
            for key in leading.voice(chord) {
                track.note(u4::new(1), key, CHORD_VELOCITY, from, to);
            }
        }
    }
    track
}
