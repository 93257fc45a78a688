//! Chord symbols into the document that was read, everything else as it was.

use std::collections::HashSet;

use super::document::{Part, Score, parse};
use super::harmony::element;
use super::insertion::{Anchor, Start, anchor, edited, removal, starts};
use super::part::Voice;
use super::reading::Plan;
use super::symbols::onset;
use super::text::{Text, declared, decode};
use super::value::{Decimal, Node};
use super::voices::in_bar;
use super::walk::{Walk, walk};
use super::xml::Element;
use crate::formats::{Existing, ReadOptions, WriteError};
use crate::{ChordEvent, Duration, ReadError};

/// Writes chord symbols into a MusicXML document at their written positions, into the part that
/// [`read`](super::read) takes the melody from with the same `options`.
///
/// Everything else keeps its bytes. A document that is not UTF-8 becomes UTF-8, and its XML
/// declaration says so. With [`Existing::Replace`] the chord symbols of all parts go; with
/// [`Existing::Keep`] they stay, and a new symbol is written only into bars that have none in
/// any part. A symbol between notes is written before the note that sounds there, with an
/// `<offset>` in divisions: exact if it has at most six decimals. In a transposing part the
/// symbol is written as its player reads it. Where no part has the bar, as can be in a timewise
/// score, the melody's part is written into it.
///
/// # Errors
/// If the document cannot be read, or a chord lies outside its bars.
pub fn write_into(
    original: &[u8],
    options: &ReadOptions,
    chords: &[ChordEvent],
    existing: Existing,
) -> Result<Vec<u8>, WriteError> {
    let text = decode(original).map_err(unread)?;
    let document = parse(&text.content).map_err(unread)?;
    let score = Score::new(&document).map_err(unread)?;
    let plan = Plan::new(&score, options, &mut Vec::new()).map_err(unread)?;
    let inserter = Inserter::new(&score, &plan);
    let mut edits = Vec::new();
    if existing == Existing::Replace {
        let bars = plan.music.iter().flat_map(|part| &part.bars);
        let harmonies = bars.flat_map(|bar| &bar.harmonies);
        edits.extend(harmonies.map(|harmony| removal(&text.content, harmony.step.node)));
    }
    let taken = bars_with_chords(&plan);
    let mut places: Vec<(Anchor<'_>, Vec<Element>)> = Vec::new();
    let mut chords: Vec<_> = chords.iter().collect();
    chords.sort_by_key(|chord| chord.onset);
    for chord in chords {
        let Some((index, bar)) = plan.line.bar_at(chord.onset) else {
            let problem = format!("a chord at quarter note {} lies outside the bars", chord.onset);
            return Err(WriteError::new(problem, "write the chords of this very score into it"));
        };
        if existing == Existing::Keep && taken.contains(&index) {
            continue;
        }
        let offset = chord.onset.since(bar.start).unwrap_or(Duration::ZERO);
        let (anchor, element) = inserter.place(index, offset, chord).ok_or_else(|| {
            let problem = format!("bar {} is nowhere in the document", bar.number);
            WriteError::new(problem, "this is a defect: report it")
        })?;
        match places.last_mut() {
            Some((last, elements)) if last.is(&anchor) => elements.push(element),
            _ => places.push((anchor, vec![element])),
        }
    }
    edits.extend(places.iter().map(|(anchor, elements)| anchor.edit(&text.content, elements)));
    Ok(encoded(&text, edited(&text.content, edits)))
}

/// The bars in which the document has chord symbols of its own, in any part.
fn bars_with_chords(plan: &Plan<'_>) -> HashSet<usize> {
    let bars = plan.music.iter().flat_map(|part| part.bars.iter().zip(&plan.line.bars));
    bars.flat_map(|(music, bar)| music.harmonies.iter().map(|harmony| onset(harmony, bar.start)))
        .filter_map(|onset| plan.line.bar_at(onset).map(|(index, _)| index))
        .collect()
}

/// The error of a document that cannot be written into because it cannot be read.
fn unread(error: ReadError) -> WriteError {
    WriteError::new(format!("{}: {}", error.place, error.problem), error.way_out)
}

/// Knows where in the document the measures are.
struct Inserter<'a, 'p> {
    plan: &'p Plan<'a>,
    /// The parts with their index, the melody's first; a symbol goes into the first that has
    /// the bar, else into the melody's.
    parts: Vec<(usize, Vec<Walked<'a>>)>,
}

/// A measure of a part and how it goes.
struct Walked<'a> {
    /// The element that holds the music, or the part that is to hold it.
    content: Node<'a>,
    /// The identifier of the part, where the measure leaves the part out.
    missing: Option<&'a str>,
    walk: Walk<'a>,
    starts: Vec<Start<'a>>,
    /// The divisions that hold at its end.
    divisions: Decimal,
}

impl<'a> Walked<'a> {
    fn anchor(&self, voice: Option<Voice<'a>>, offset: Duration) -> Anchor<'a> {
        let mut anchor =
            anchor(self.content, &self.walk, &self.starts, voice, offset, self.divisions);
        anchor.missing = self.missing;
        anchor
    }
}

impl<'a, 'p> Inserter<'a, 'p> {
    fn new(score: &Score<'a>, plan: &'p Plan<'a>) -> Self {
        let others = (0..score.parts.len()).filter(|index| *index != plan.part);
        let parts = std::iter::once(plan.part).chain(others);
        let parts = parts.filter_map(|index| Some((index, walked(score.parts.get(index)?))));
        Self { plan, parts: parts.collect() }
    }

    /// Where a chord goes in a bar, and as what; `None` if the document has no such bar.
    fn place(
        &self,
        bar: usize,
        offset: Duration,
        chord: &ChordEvent,
    ) -> Option<(Anchor<'a>, Element)> {
        let measures =
            || self.parts.iter().filter_map(|(part, bars)| Some((*part, bars.get(bar)?)));
        let (part, measure) = measures()
            .find(|(_, measure)| measure.missing.is_none())
            .or_else(|| measures().next())?;
        let music = self.plan.music.get(part)?.bars.get(bar)?;
        let own = part == self.plan.part;
        let voice = own.then(|| in_bar(&self.plan.voices, &music.notes)).flatten();
        let anchor = measure.anchor(voice, offset);
        let later = offset.saturating_sub(anchor.at);
        let later = (!later.is_zero()).then(|| Decimal::count(later, anchor.divisions));
        let staff = voice.map(|voice| voice.staff).filter(|staff| *staff > 1);
        let symbol = music.transposition.inverse().symbol(chord.symbol.clone());
        Some((anchor, element(&symbol, later, staff)))
    }
}

/// Walks all measures of a part.
fn walked<'a>(part: &Part<'a>) -> Vec<Walked<'a>> {
    let mut divisions = Decimal::ONE;
    let walked = part.measures.iter().map(|measure| {
        let walk = measure.content.map(|content| walk(content, &mut divisions)).unwrap_or_default();
        Walked {
            content: measure.content.unwrap_or(measure.head),
            missing: measure.content.is_none().then_some(part.id),
            starts: starts(&walk),
            walk,
            divisions,
        }
    });
    walked.collect()
}

/// The bytes of a document: UTF-8, with the byte order mark it had.
fn encoded(original: &Text<'_>, mut content: String) -> Vec<u8> {
    if original.marked {
        content.insert(0, '\u{feff}');
    }
    if !original.utf8 && content.starts_with("<?xml") {
        let end = content.find("?>").unwrap_or(0);
        if let Some(place) = content.get(..end).and_then(declared) {
            content.replace_range(place, "UTF-8");
        }
    }
    content.into_bytes()
}
