//! What the measures of one part say.

use std::ops::RangeInclusive;

use super::document::Part;
use super::repeats::RepeatReader;
use super::signature::{Signature, Staffed, key};
use super::transposition::Transposition;
use super::value::{
    Decimal, Node, child, child_alter, child_number, child_text, elements, has, is_microtonal, name,
};
use super::walk::{Step, walk};
use crate::{Duration, Key, Pitch, PitchName, RepeatMarks, Step as Letter};

/// A voice of a part: on which staff and under which name it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Voice<'a> {
    /// The staff, from 1.
    pub(super) staff: u16,
    /// The text of `<voice>`, `1` if there is none.
    pub(super) name: &'a str,
}

impl<'a> Voice<'a> {
    /// The voice to which a note belongs.
    pub(super) fn of(note: Node<'a>) -> Self {
        Self {
            staff: child_number(note, "staff").unwrap_or(1),
            name: child_text(note, "voice").unwrap_or("1"),
        }
    }
}

/// A note or rest as its measure has it.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    /// Time since the start of the measure.
    pub(super) at: Duration,
    /// How long it lasts.
    pub(super) duration: Duration,
    /// What sounds; nothing for a rest.
    pub(super) pitch: Option<Pitch>,
    /// The voice in which it stands.
    pub(super) voice: Voice<'a>,
    /// A tie leads on from it.
    pub(super) tie_start: bool,
    /// A tie leads to it.
    pub(super) tie_stop: bool,
    /// Words are sung to it.
    pub(super) lyric: bool,
}

/// A harmony element where it stands.
#[derive(Clone, Copy)]
pub(super) struct Harmony<'a> {
    /// The element and its place, its own offset not yet added.
    pub(super) step: Step<'a>,
    /// The transposition that holds there.
    pub(super) transposition: Transposition,
}

/// One measure of a part, read.
#[derive(Default)]
pub(super) struct BarMusic<'a> {
    /// Whether the part has this measure at all.
    pub(super) present: bool,
    /// How far its music reaches.
    pub(super) length: Duration,
    /// Notes and rests in the order of the document.
    pub(super) notes: Vec<Written<'a>>,
    /// Chord symbols in the order of the document.
    pub(super) harmonies: Vec<Harmony<'a>>,
    /// A time signature that begins here.
    pub(super) signature: Option<Signature>,
    /// The transposition that holds when it ends.
    pub(super) transposition: Transposition,
    /// Key signatures that begin here, as they sound.
    pub(super) keys: Vec<Staffed<(Duration, Key)>>,
}

/// Notes that are no part of a melody, or not as they are written.
#[derive(Clone, Copy, Default)]
pub(super) struct LeftOut {
    /// Grace notes.
    pub(super) graces: u32,
    /// Cue notes.
    pub(super) cues: u32,
    /// Notes without pitch: percussion.
    pub(super) unpitched: u32,
    /// Notes whose pitch cannot be read.
    pub(super) unreadable: u32,
    /// Notes between two semitones, which are kept at the nearest.
    pub(super) microtonal: u32,
}

/// A part, read.
pub(super) struct PartMusic<'a> {
    /// Its measures.
    pub(super) bars: Vec<BarMusic<'a>>,
    /// Its repeat marks, one for each measure.
    pub(super) repeats: Vec<RepeatMarks>,
    /// What is no part of a melody.
    pub(super) left_out: LeftOut,
    /// Bars and what is wrong in them.
    pub(super) problems: Vec<(usize, &'static str)>,
}

impl<'a> PartMusic<'a> {
    /// Reads the measures of a part.
    pub(super) fn read(part: &Part<'a>) -> Self {
        let mut divisions = Decimal::ONE;
        let mut transposition = Transposition::default();
        let mut repeats = RepeatReader::default();
        let mut left_out = LeftOut::default();
        let (mut bars, mut problems) = (Vec::with_capacity(part.measures.len()), Vec::new());
        for (index, measure) in part.measures.iter().enumerate() {
            let mut bar = BarMusic { present: measure.content.is_some(), ..BarMusic::default() };
            repeats.begin_bar();
            if let Some(content) = measure.content {
                let walk = walk(content, &mut divisions);
                bar.length = walk.length;
                problems.extend(walk.problems.into_iter().map(|problem| (index, problem)));
                for step in walk.steps {
                    match name(step.node) {
                        "note" => bar.notes.extend(note(step, transposition, &mut left_out)),
                        "harmony" => bar.harmonies.push(Harmony { step, transposition }),
                        "attributes" => bar.attributes(step, &mut transposition),
                        _ => repeats.step(&step),
                    }
                }
            }
            bar.transposition = transposition;
            bars.push(bar);
        }
        Self { bars, repeats: repeats.finish(), left_out, problems }
    }

    /// Every note and rest.
    pub(super) fn notes(&self) -> impl Iterator<Item = &Written<'a>> {
        self.bars.iter().flat_map(|bar| &bar.notes)
    }
}

impl BarMusic<'_> {
    /// Takes key, metre and transposition from `<attributes>`.
    fn attributes(&mut self, step: Step<'_>, transposition: &mut Transposition) {
        if let Some(node) = child(step.node, "transpose") {
            *transposition = Transposition::read(node);
        }
        for node in elements(step.node) {
            match name(node) {
                "time" if self.signature.is_none() => self.signature = Signature::read(node),
                "key" => {
                    if let Some(key) = key(node) {
                        let staff = node.attribute("number").and_then(|text| text.parse().ok());
                        let value = (step.at, transposition.key(key));
                        self.keys.push(Staffed { staff, value });
                    }
                }
                _ => {}
            }
        }
    }
}

/// A note or rest that takes part in the music, or nothing for grace and cue notes.
fn note<'a>(
    step: Step<'a>,
    transposition: Transposition,
    left_out: &mut LeftOut,
) -> Option<Written<'a>> {
    let node = step.node;
    if has(node, "grace") {
        left_out.graces += 1;
        return None;
    }
    let cue = has(node, "cue");
    let pitch = match child(node, "pitch") {
        Some(pitch) if !cue => {
            left_out.microtonal += u32::from(is_microtonal(pitch, "alter"));
            let pitch = read_pitch(pitch);
            left_out.unreadable += u32::from(pitch.is_none());
            pitch.map(|pitch| transposition.pitch(pitch))
        }
        _ => None,
    };
    left_out.cues += u32::from(cue && !has(node, "rest"));
    left_out.unpitched += u32::from(!cue && has(node, "unpitched"));
    if step.duration.is_zero() {
        return None;
    }
    let ties = ties(node);
    Some(Written {
        at: step.at,
        duration: step.duration,
        pitch,
        voice: Voice::of(node),
        tie_start: ties.0,
        tie_stop: ties.1,
        lyric: has(node, "lyric"),
    })
}

/// The octaves that are read and written: those of MusicXML, and those of MIDI beyond them.
pub(super) const OCTAVES: RangeInclusive<i8> = -1..=10;

/// Reads a `<pitch>`.
fn read_pitch(node: Node<'_>) -> Option<Pitch> {
    let mut letters = child_text(node, "step")?.chars();
    let step = Letter::from_letter(letters.next()?)?;
    let alter = child_alter(node, "alter").filter(|alter| alter.abs() <= 4)?;
    let octave = child_number(node, "octave").filter(|octave| OCTAVES.contains(octave))?;
    letters.next().is_none().then_some(Pitch { name: PitchName::new(step, alter), octave })
}

/// Whether a tie starts at, and whether one stops at, a note: by `<tie>`, else by `<tied>`.
fn ties(node: Node<'_>) -> (bool, bool) {
    fn kinds<'a>(node: Node<'a>, called: &'static str) -> impl Iterator<Item = &'a str> {
        elements(node)
            .filter(move |child| name(*child) == called)
            .filter_map(|child| child.attribute("type"))
    }
    let mut found = (false, false);
    let sounding = kinds(node, "tie");
    let drawn = elements(node).filter(|child| name(*child) == "notations");
    for kind in sounding.chain(drawn.flat_map(|notations| kinds(notations, "tied"))) {
        match kind {
            "start" => found.0 = true,
            "stop" => found.1 = true,
            "continue" => found = (true, true),
            _ => {}
        }
    }
    found
}
