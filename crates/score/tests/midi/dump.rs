//! MIDI files as text that a person can check.

use std::fmt::Write;

use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};

/// One line an event: its tick and what it says.
pub fn dump(bytes: &[u8]) -> String {
    let smf = Smf::parse(bytes).expect("a MIDI file");
    let mut text = String::new();
    let Timing::Metrical(ticks) = smf.header.timing else { panic!("not in quarter notes") };
    writeln!(text, "{:?}, {ticks} ticks a quarter", smf.header.format).expect("written");
    for track in &smf.tracks {
        writeln!(text, "track").expect("written");
        let mut at = 0;
        for event in track {
            at += event.delta.as_int();
            let what = match event.kind {
                TrackEventKind::Midi { channel, message: MidiMessage::NoteOn { key, vel } } => {
                    format!("on {key} ({vel}, channel {channel})")
                }
                TrackEventKind::Midi { message: MidiMessage::NoteOff { key, .. }, .. } => {
                    format!("off {key}")
                }
                TrackEventKind::Meta(MetaMessage::TrackName(name)) => named("name", name),
                TrackEventKind::Meta(MetaMessage::Text(text)) => named("text", text),
                TrackEventKind::Meta(MetaMessage::Copyright(text)) => named("rights", text),
                other => format!("{other:?}"),
            };
            writeln!(text, "  {at:>6} {what}").expect("written");
        }
    }
    text
}

fn named(kind: &str, text: &[u8]) -> String {
    format!("{kind} {:?}", String::from_utf8_lossy(text))
}
