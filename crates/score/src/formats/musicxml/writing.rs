//! Fresh MusicXML 4.0 documents.

use super::harmony::element;
use super::marks::{direction, left_barline, right_barline, signs_at_start, words_at_end};
use super::notation::{Piece, Stretch, lcm, pieces};
use super::part::OCTAVES;
use super::value::Decimal;
use super::xml::{Element, Layout};
use crate::formats::WriteError;
use crate::{Bar, Duration, Key, LeadSheet, Meter, Note, Pitch, Position};

/// What stands before the outermost element.
const PROLOGUE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
"#;

/// Writes a lead sheet as a MusicXML 4.0 document: one part, one voice. Notes are tied over bar
/// lines and where no single value has their length; a pickup is an implicit measure.
///
/// # Errors
/// If the sheet has no bars, breaks what [`LeadSheet::check`] checks, or has a note in no
/// octave that is read.
pub fn write(sheet: &LeadSheet) -> Result<Vec<u8>, WriteError> {
    if sheet.bars.is_empty() {
        return Err(WriteError::new("there are no bars to write", "read or write a melody first"));
    }
    sheet.check().map_err(|broken| {
        WriteError::new(
            format!("the lead sheet is broken: {broken}"),
            "this is a defect: report it",
        )
    })?;
    if let Some(note) = sheet.notes.iter().find(|note| !OCTAVES.contains(&note.pitch.octave)) {
        let problem = format!("the note {} is too high or low to be written", note.pitch);
        return Err(WriteError::new(problem, "move the melody into a singable octave"));
    }
    let bars: Vec<_> = sheet.bars.iter().map(|bar| Printed::new(sheet, bar)).collect();
    let divisions = divisions(sheet, &bars);
    let mut writer = Writer { sheet, divisions, keys: 0, meters: 0 };
    let measures: Vec<_> =
        bars.iter().enumerate().map(|(index, bar)| writer.measure(index, bar)).collect();
    let mut score = Element::new("score-partwise", header(sheet)).with("version", "4.0");
    score.push(Element::new("part", measures).with("id", "P1"));
    let mut text = PROLOGUE.to_owned();
    score.render(Layout { lead: "\n", unit: "  " }, &mut text);
    text.push('\n');
    Ok(text.into_bytes())
}

/// What stands before the part.
fn header(sheet: &LeadSheet) -> Vec<Element> {
    let mut elements = Vec::new();
    if let Some(title) = &sheet.title {
        elements.push(Element::new("work", [Element::text("work-title", title)]));
    }
    let mut identification = Element::empty("identification");
    if let Some(composer) = &sheet.composer {
        identification.push(Element::text("creator", composer).with("type", "composer"));
    }
    if let Some(rights) = &sheet.rights {
        identification.push(Element::text("rights", rights));
    }
    identification.push(Element::new("encoding", [Element::text("software", "Cantus")]));
    elements.push(identification);
    let instrument = Element::new("score-instrument", [Element::text("instrument-name", "Melody")]);
    let entry = [Element::text("part-name", "Melody"), instrument.with("id", "P1-I1")];
    let part = Element::new("score-part", entry).with("id", "P1");
    elements.push(Element::new("part-list", [part]));
    elements
}

/// A bar as it is printed.
struct Printed<'a> {
    bar: &'a Bar,
    /// What sounds in each source of the pieces: a note, or nothing in a rest.
    sources: Vec<Option<&'a Note>>,
    pieces: Vec<Piece>,
}

impl<'a> Printed<'a> {
    fn new(sheet: &'a LeadSheet, bar: &'a Bar) -> Self {
        let first = sheet.notes.partition_point(|note| note.end() <= bar.start);
        let sounding = sheet.notes.iter().skip(first).take_while(|note| note.onset < bar.end());
        let (mut sources, mut stretches): (Vec<Option<&Note>>, Vec<Stretch>) = Default::default();
        let mut stretch = |from: Duration, to: Duration, note: Option<&'a Note>| {
            if to > from {
                stretches.push(Stretch { from, to, source: sources.len() });
                sources.push(note);
            }
        };
        let mut at = Duration::ZERO;
        for note in sounding {
            let from = note.onset.since(bar.start).unwrap_or(Duration::ZERO);
            let to = note.end().since(bar.start).unwrap_or(Duration::ZERO).min(bar.length);
            stretch(at, from, None);
            stretch(from, to, Some(note));
            at = to;
        }
        stretch(at, bar.length, None);
        let pieces = pieces(&stretches, sheet.meter_at(bar.start).beat());
        Self { bar, sources, pieces }
    }
}

/// The least divisions of a quarter note in which every time is a whole number.
fn divisions(sheet: &LeadSheet, bars: &[Printed<'_>]) -> i64 {
    let bars_and_notes = bars.iter().flat_map(|bar| {
        let notes = bar.pieces.iter().map(|piece| piece.stretch.to.fraction().1);
        notes.chain([bar.bar.length.fraction().1])
    });
    let chords = sheet.chords.iter().map(|chord| chord.onset.fraction().1);
    bars_and_notes.chain(chords).fold(1, lcm)
}

/// Writes measure after measure.
struct Writer<'a> {
    sheet: &'a LeadSheet,
    divisions: i64,
    /// How many keys are written.
    keys: usize,
    /// How many metres are written.
    meters: usize,
}

impl Writer<'_> {
    fn measure(&mut self, index: usize, printed: &Printed<'_>) -> Element {
        let bar = printed.bar;
        let pickup = self.sheet.has_pickup();
        let number = match bar.number.as_str() {
            "" => (index + usize::from(!pickup)).to_string(),
            number => number.to_owned(),
        };
        let mut measure = Element::empty("measure").with("number", number);
        if pickup && index == 0 {
            measure = measure.with("implicit", "yes");
        }
        let before = index.checked_sub(1).and_then(|index| self.sheet.bars.get(index));
        if let Some(barline) = left_barline(bar, before) {
            measure.push(barline);
        }
        if let Some(attributes) = self.attributes(bar.start, index == 0) {
            measure.push(attributes);
        }
        if index == 0
            && let Some(tempo) = self.sheet.tempo
        {
            measure.push(metronome(tempo));
        }
        for sign in signs_at_start(&bar.repeats) {
            measure.push(sign);
        }
        let whole = printed.pieces.len() == 1;
        for piece in &printed.pieces {
            let (from, to) = (bar.start + piece.stretch.from, bar.start + piece.stretch.to);
            if piece.stretch.from > Duration::ZERO
                && let Some(attributes) = self.attributes(from, false)
            {
                measure.push(attributes);
            }
            let first = self.sheet.chords.partition_point(|chord| chord.onset < from);
            let chords = self.sheet.chords.iter().skip(first);
            for chord in chords.take_while(|chord| chord.onset < to) {
                let later = chord.onset.since(from).filter(|later| !later.is_zero());
                measure.push(element(&chord.symbol, later.map(|later| self.count(later)), None));
            }
            let note = printed.sources.get(piece.stretch.source).copied().flatten();
            measure.push(self.note(piece, from, to, note, whole));
        }
        for words in words_at_end(&bar.repeats) {
            measure.push(words);
        }
        if let Some(barline) = right_barline(bar, self.sheet.bars.get(index + 1)) {
            measure.push(barline);
        }
        measure
    }

    /// A time in divisions.
    fn count(&self, time: Duration) -> String {
        Decimal::count(time, Decimal::whole(self.divisions))
    }

    /// The attributes that begin at or before `at` and are not yet written.
    fn attributes(&mut self, at: Position, first: bool) -> Option<Element> {
        let keys = self.sheet.keys.get(self.keys..).unwrap_or_default();
        let keys = keys.iter().take_while(|key| key.at <= at);
        let key = keys.inspect(|_| self.keys += 1).last().map(|key| key.value);
        let meters = self.sheet.meters.get(self.meters..).unwrap_or_default();
        let meters = meters.iter().take_while(|meter| meter.at <= at);
        let meter = meters.inspect(|_| self.meters += 1).last().map(|meter| meter.value);
        let mut attributes = Element::empty("attributes");
        if first {
            attributes.push(Element::text("divisions", self.divisions));
        }
        if let Some(Key { fifths, mode }) = key {
            let fifths = Element::text("fifths", fifths);
            attributes.push(Element::new("key", [fifths, Element::text("mode", mode.name())]));
        }
        if let Some(meter) = meter {
            attributes.push(time(meter));
        }
        if first {
            attributes.push(clef(&self.sheet.notes));
        }
        (first || key.is_some() || meter.is_some()).then_some(attributes)
    }

    /// One printed note or rest; `whole` if it fills its bar.
    fn note(
        &self,
        piece: &Piece,
        from: Position,
        to: Position,
        note: Option<&Note>,
        whole: bool,
    ) -> Element {
        let mut element = Element::empty("note");
        match note {
            Some(note) => element.push(pitch(note.pitch)),
            None if whole => element.push(Element::empty("rest").with("measure", "yes")),
            None => element.push(Element::empty("rest")),
        }
        let length = piece.stretch.to.saturating_sub(piece.stretch.from);
        element.push(Element::text("duration", self.count(length)));
        let ties = note.map_or(Vec::new(), |note| {
            let ties = [(note.onset < from, "stop"), (note.end() > to, "start")];
            ties.into_iter().filter(|(is, _)| *is).map(|(_, kind)| kind).collect()
        });
        for kind in &ties {
            element.push(Element::empty("tie").with("type", kind));
        }
        element.push(Element::text("voice", 1));
        if let Some(glyph) = piece.glyph
            && (note.is_some() || !whole)
        {
            element.push(Element::text("type", glyph.name));
            for _ in 0..glyph.dots {
                element.push(Element::empty("dot"));
            }
        }
        if let Some(tuplet) = piece.tuplet {
            let actual = Element::text("actual-notes", tuplet.actual);
            let normal = Element::text("normal-notes", tuplet.normal);
            element.push(Element::new("time-modification", [actual, normal]));
        }
        let tied = ties.iter().map(|kind| Element::empty("tied").with("type", kind));
        let brackets = piece.tuplet.into_iter().flat_map(|tuplet| {
            let bracket = |is: bool, kind| is.then(|| Element::empty("tuplet").with("type", kind));
            [bracket(tuplet.starts, "start"), bracket(tuplet.stops, "stop")].into_iter().flatten()
        });
        let notations: Vec<_> = tied.chain(brackets).collect();
        if !notations.is_empty() {
            element.push(Element::new("notations", notations));
        }
        element
    }
}

fn pitch(pitch: Pitch) -> Element {
    let mut element = Element::new("pitch", [Element::text("step", pitch.name.step.letter())]);
    if pitch.name.alter != 0 {
        element.push(Element::text("alter", pitch.name.alter));
    }
    element.push(Element::text("octave", pitch.octave));
    element
}

fn time(meter: Meter) -> Element {
    let beats = Element::text("beats", meter.numerator());
    Element::new("time", [beats, Element::text("beat-type", meter.denominator())])
}

/// The bass clef for a melody that lies below the F under middle C, else the treble clef.
fn clef(notes: &[Note]) -> Element {
    let sum: i64 = notes.iter().map(|note| i64::from(note.pitch.midi())).sum();
    let mean = i64::try_from(notes.len()).ok().and_then(|count| sum.checked_div(count));
    let (sign, line) = if mean.is_some_and(|mean| mean < 53) { ("F", 4) } else { ("G", 2) };
    Element::new("clef", [Element::text("sign", sign), Element::text("line", line)])
}

fn metronome(tempo: f64) -> Element {
    let unit = Element::text("beat-unit", "quarter");
    let metronome = Element::new("metronome", [unit, Element::text("per-minute", tempo)]);
    direction(metronome, Element::empty("sound").with("tempo", tempo))
}
