//! Reading MIDI as the reference code does.

use std::collections::HashMap;

use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use score::Meter;
use thiserror::Error;

use super::{Performance, TickNote};

/// Why a performance could not be read or measured.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// The bytes are no MIDI file.
    #[error("no MIDI file: {0}; the reference convention reads Standard MIDI Files")]
    NotMidi(String),
    /// The times are video frames.
    #[error("the times are video frames (SMPTE); export it with ticks per quarter note")]
    Frames,
    /// There are not two instruments.
    #[error(
        "{0} of the 2 instruments needed; the reference convention expects the melody first and \
         block chords second"
    )]
    Instruments(usize),
    /// The beats are too many to lay out.
    #[error("it lasts more than {0} beats; cut it into pieces")]
    TooLong(usize),
    /// The notes are tied over too many bars.
    #[error("its chords are more than {0} notes once tied over bar lines; cut it into pieces")]
    TooTied(u64),
}

/// What is told apart as an instrument: track, channel, program.
type Instrument = (usize, u8, u8);

impl Performance {
    /// Reads a Standard MIDI File: the first instrument that plays is the melody, the second
    /// the chords. Tempo and time signatures are those of the first track.
    ///
    /// # Errors
    /// If the bytes are no MIDI file with ticks, or fewer than two instruments play.
    pub fn read(bytes: &[u8]) -> Result<Self, ReferenceError> {
        let smf = Smf::parse(bytes).map_err(|error| ReferenceError::NotMidi(error.to_string()))?;
        let Timing::Metrical(resolution) = smf.header.timing else {
            return Err(ReferenceError::Frames);
        };
        let resolution = u32::from(resolution.as_int());
        if resolution == 0 {
            return Err(ReferenceError::NotMidi("no ticks in a quarter note".to_owned()));
        }
        let mut conductor = Conductor::default();
        let mut instruments: Vec<(Instrument, Vec<TickNote>)> = Vec::new();
        for (number, track) in smf.tracks.iter().enumerate() {
            let mut player = Player { track: number, programs: [0; 16], sounding: HashMap::new() };
            let mut tick = 0u64;
            for event in track {
                tick += u64::from(event.delta.as_int());
                match event.kind {
                    TrackEventKind::Midi { channel, message } => {
                        player.play(tick, channel.as_int(), message, &mut instruments);
                    }
                    TrackEventKind::Meta(message) => conductor.follow(tick, number, message),
                    _ => {}
                }
            }
        }
        let count = instruments.len();
        let mut notes = instruments.into_iter().map(|(_, notes)| notes);
        let (Some(melody), Some(chords)) = (notes.next(), notes.next()) else {
            return Err(ReferenceError::Instruments(count));
        };
        let others = notes.flatten().map(|note| note.end).max().unwrap_or(0);
        let tempos = Self::tempo_map(&conductor.tempos, resolution);
        let last_event = conductor.last_tick.max(others);
        Ok(Self::new(resolution, tempos, conductor.meters, melody, chords, last_event))
    }
}

/// What the meta events say.
#[derive(Default)]
struct Conductor {
    tempos: Vec<(u64, u32)>,
    meters: Vec<(u64, Meter)>,
    last_tick: u64,
}

impl Conductor {
    fn follow(&mut self, tick: u64, track: usize, message: MetaMessage) {
        match message {
            MetaMessage::Tempo(microseconds) if track == 0 => {
                self.tempos.push((tick, microseconds.as_int()));
            }
            MetaMessage::TimeSignature(numerator, power, ..) if track == 0 => {
                let denominator = 1u32.checked_shl(u32::from(power)).unwrap_or(0);
                if let Ok(meter) = Meter::new(u32::from(numerator), denominator) {
                    self.meters.push((tick, meter));
                }
            }
            MetaMessage::KeySignature(..) if track == 0 => {}
            MetaMessage::Lyric(_) | MetaMessage::Text(_) => {}
            _ => return,
        }
        self.last_tick = self.last_tick.max(tick);
    }
}

/// What sounds on one track.
struct Player {
    track: usize,
    programs: [u8; 16],
    /// Start ticks of the notes that sound, by channel and key.
    sounding: HashMap<(u8, u8), Vec<u64>>,
}

impl Player {
    fn play(
        &mut self,
        tick: u64,
        channel: u8,
        message: MidiMessage,
        instruments: &mut Vec<(Instrument, Vec<TickNote>)>,
    ) {
        match message {
            MidiMessage::ProgramChange { program } => {
                if let Some(current) = self.programs.get_mut(usize::from(channel)) {
                    *current = program.as_int();
                }
            }
            MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                self.sounding.entry((channel, key.as_int())).or_default().push(tick);
            }
            MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                let key = key.as_int();
                let Some(starts) = self.sounding.remove(&(channel, key)) else { return };
                // One note-off ends every note of the key that started earlier; one that
                // started this very tick goes on if it took over from another.
                let (kept, ended): (Vec<u64>, Vec<u64>) =
                    starts.into_iter().partition(|start| *start == tick);
                if !ended.is_empty() && !kept.is_empty() {
                    self.sounding.insert((channel, key), kept);
                }
                let program = self.programs.get(usize::from(channel)).copied().unwrap_or(0);
                let instrument = (self.track, channel, program);
                let notes = ended.into_iter().map(|start| TickNote {
                    start,
                    pitch: i32::from(key),
                    end: tick,
                });
                add(instruments, instrument, notes);
            }
            _ => {}
        }
    }
}

fn add(
    instruments: &mut Vec<(Instrument, Vec<TickNote>)>,
    instrument: Instrument,
    notes: impl Iterator<Item = TickNote>,
) {
    for note in notes {
        match instruments.iter_mut().find(|(other, _)| *other == instrument) {
            Some((_, all)) => all.push(note),
            None => instruments.push((instrument, vec![note])),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_midi_file_is_refused_with_a_reason() {
        assert!(matches!(Performance::read(b"MThd"), Err(ReferenceError::NotMidi(_))));
        assert!(matches!(Performance::read(b""), Err(ReferenceError::NotMidi(_))));
    }

    proptest! {
        #[test]
        fn no_file_panics(track in vec(any::<u8>(), 0..200), resolution in 1u8.., tempo: [u8; 3]) {
            let mut file = b"MThd\0\0\0\x06\0\0\0\x01\0".to_vec();
            file.push(resolution);
            file.extend(b"MTrk\0\0\0");
            file.push(u8::try_from(track.len() + 7).expect("short"));
            file.extend([0, 0xFF, 0x51, 3]);
            file.extend(tempo);
            file.extend(track);
            if let Ok(performance) = Performance::read(&file) {
                let _ = performance.measure();
            }
        }

        #[test]
        fn any_two_parts_can_be_measured(
            notes in vec((0u8..2, 0u8..128, any::<bool>(), 0u32..1000), 0..60),
            meter in (1u8..20, 0u8..7),
        ) {
            let mut track = vec![0, 0xFF, 0x58, 4, meter.0, meter.1, 24, 8];
            for (channel, key, on, delta) in notes {
                // A two-byte variable-length delta.
                track.extend([0x80 | (delta >> 7) as u8, (delta & 0x7F) as u8]);
                track.extend([0x90 | channel, key, if on { 64 } else { 0 }]);
            }
            track.extend([0, 0xFF, 0x2F, 0]);
            let mut file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".to_vec();
            file.extend(u32::try_from(track.len()).expect("short").to_be_bytes());
            file.extend(track);
            match Performance::read(&file) {
                Ok(performance) => {
                    let values = performance.measure().expect("a short piece");
                    for (metric, value) in values.iter() {
                        prop_assert!(value.is_some_and(f64::is_finite), "{}", metric);
                    }
                }
                Err(error) => prop_assert!(matches!(error, ReferenceError::Instruments(_))),
            }
        }
    }

    #[test]
    fn one_instrument_is_not_enough() {
        // Header (format 0, one track, 480 ticks), and a track with one note.
        let mut file = b"MThd\0\0\0\x06\0\0\0\x01\x01\xE0MTrk\0\0\0\x0C".to_vec();
        file.extend([0, 0x90, 60, 64, 96, 0x80, 60, 64, 0, 0xFF, 0x2F, 0]);
        assert_eq!(Performance::read(&file), Err(ReferenceError::Instruments(1)));
    }
}
