//! The time line: how long each bar is, and the metre that holds there.

use std::collections::BTreeMap;

use super::document::Score;
use super::part::PartMusic;
use super::signature::Signature;
use super::voices::hair;
use crate::{Bar, Duration, Meter, Place, Position, ReadError, RepeatMarks, Timed, Warning};

/// The bars of a score and their metres.
pub(super) struct TimeLine {
    /// The bars, as written.
    pub(super) bars: Vec<Bar>,
    /// The metres; never empty.
    pub(super) meters: Vec<Timed<Meter>>,
}

/// What is known of one bar before it has its place.
struct Draft {
    content: Duration,
    signature: Option<Signature>,
    implicit: bool,
}

impl TimeLine {
    /// Lays out the bars. A bar is as long as its longest part; one without music is as long
    /// as its metre asks for.
    ///
    /// # Errors
    /// If the piece is longer than any piece.
    pub(super) fn new(
        score: &Score<'_>,
        music: &[PartMusic<'_>],
        melody: usize,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self, ReadError> {
        let drafts = drafts(score, music, melody);
        let mut meter = first_meter(&drafts, warnings);
        let mut meters = vec![Timed { at: Position::ZERO, value: meter }];
        let (mut bars, mut start, mut free) =
            (Vec::with_capacity(drafts.len()), Position::ZERO, false);
        for (index, draft) in drafts.iter().enumerate() {
            let number = number(score, melody, index);
            match draft.signature {
                Some(Signature::Meter(next)) => {
                    free = false;
                    if next != meter {
                        meter = next;
                        meters.push(Timed { at: start, value: meter });
                    }
                }
                Some(Signature::Senza) => free = true,
                Some(Signature::Unreadable) => {
                    let message = format!("its time signature cannot be read; {meter} is kept");
                    warnings.push(Warning::new(Place::Bar(number.clone()), message));
                }
                None => {}
            }
            let length = length(draft.content, meter);
            if length != meter.bar()
                && !free
                && !draft.implicit
                && !explained(&drafts, index, meter)
            {
                let message = format!(
                    "it is {length} quarter notes long where {meter} asks for {}",
                    meter.bar()
                );
                warnings.push(Warning::new(Place::Bar(number.clone()), message));
            }
            let repeats = music
                .iter()
                .filter_map(|part| part.repeats.get(index))
                .fold(RepeatMarks::default(), union);
            let bar = Bar { start, length, number, written: index, repeats };
            let (numerator, denominator) = bar.end().fraction();
            start = Position::new(numerator, denominator).ok_or_else(|| {
                let problem = "the piece is longer than a week of music";
                ReadError::new(
                    Place::Bar(bar.number.clone()),
                    problem,
                    "check its divisions and durations",
                )
            })?;
            bars.push(bar);
        }
        Ok(Self { bars, meters: settled(meters) })
    }

    /// The bar that holds a point in time, with its index.
    pub(super) fn bar_at(&self, at: Position) -> Option<(usize, &Bar)> {
        let index = self.bars.partition_point(|bar| bar.start <= at).checked_sub(1)?;
        let bar = self.bars.get(index).filter(|bar| at < bar.end())?;
        Some((index, bar))
    }

    /// When each bar starts.
    pub(super) fn starts(&self) -> Vec<Position> {
        self.bars.iter().map(|bar| bar.start).collect()
    }

    /// When the last bar ends.
    pub(super) fn end(&self) -> Position {
        self.bars.last().map_or(Position::ZERO, Bar::end)
    }
}

/// Gathers what the parts say about each bar.
fn drafts(score: &Score<'_>, music: &[PartMusic<'_>], melody: usize) -> Vec<Draft> {
    let signed = |part: &&PartMusic<'_>| part.bars.iter().any(|bar| bar.signature.is_some());
    let signing = music.get(melody).filter(signed).or_else(|| music.iter().find(signed));
    let heads = score.parts.get(melody).map(|part| part.measures.as_slice()).unwrap_or_default();
    let count = music.iter().map(|part| part.bars.len()).max().unwrap_or(0);
    let mut drafts: Vec<_> = (0..count)
        .map(|index| Draft {
            content: Duration::ZERO,
            signature: signing.and_then(|part| part.bars.get(index)).and_then(|bar| bar.signature),
            implicit: heads.get(index).and_then(|m| m.head.attribute("implicit")) == Some("yes"),
        })
        .collect();
    for part in music {
        for (draft, bar) in drafts.iter_mut().zip(&part.bars) {
            draft.content = draft.content.max(bar.length);
        }
    }
    drafts
}

/// The number printed on a bar.
fn number(score: &Score<'_>, melody: usize, index: usize) -> String {
    let measure = |part: usize| score.parts.get(part).and_then(|part| part.measures.get(index));
    let head = measure(melody).or_else(|| (0..score.parts.len()).find_map(measure));
    match head.and_then(|measure| measure.head.attribute("number")) {
        Some(number) => number.chars().take(32).collect(),
        None => (index + 1).to_string(),
    }
}

/// How long a bar with so much music is. What rounded divisions lack or exceed is let go.
fn length(content: Duration, meter: Meter) -> Duration {
    let full = meter.bar();
    let apart = content.saturating_sub(full) + full.saturating_sub(content);
    if content.is_zero() || apart <= hair() { full } else { content }
}

/// Whether a bar that differs from its metre is a pickup, an ending, or one half of a bar that
/// a repeat or double bar line divides.
fn explained(drafts: &[Draft], index: usize, meter: Meter) -> bool {
    let Some(content) = drafts.get(index).map(|draft| draft.content) else { return true };
    if content > meter.bar() {
        return false;
    }
    let completes = |other: Option<usize>| {
        other
            .and_then(|at| drafts.get(at))
            .is_some_and(|other| other.content + content == meter.bar())
    };
    index == 0
        || index + 1 == drafts.len()
        || completes(index.checked_sub(1))
        || completes(Some(index + 1))
}

/// The first metre named; else the one that most bars fill; else 4/4.
fn first_meter(drafts: &[Draft], warnings: &mut Vec<Warning>) -> Meter {
    let named = drafts.iter().find_map(|draft| match draft.signature {
        Some(Signature::Meter(meter)) => Some(meter),
        _ => None,
    });
    if let Some(meter) = named {
        return meter;
    }
    let mut lengths: BTreeMap<Duration, usize> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| !draft.content.is_zero()) {
        *lengths.entry(draft.content).or_default() += 1;
    }
    let usual = lengths.into_iter().max_by_key(|(_, count)| *count).map(|(length, _)| length);
    let meter = usual.and_then(filled).unwrap_or(Meter::COMMON);
    let message = format!("it has no time signature; {meter} is assumed from its bars");
    warnings.push(Warning::new(Place::File, message));
    meter
}

/// The metre whose bar is so long: in quarters if that is a whole number, else in eighths or
/// sixteenths.
fn filled(length: Duration) -> Option<Meter> {
    let (numerator, denominator) = length.fraction();
    let beat = 4u32.checked_mul(u32::try_from(denominator).ok()?)?;
    Meter::new(u32::try_from(numerator).ok()?, beat).ok()
}

/// Metres of which none is replaced at once by the next.
fn settled(meters: Vec<Timed<Meter>>) -> Vec<Timed<Meter>> {
    let mut settled: Vec<Timed<Meter>> = Vec::with_capacity(meters.len());
    for meter in meters {
        settled.pop_if(|last| last.at == meter.at);
        settled.push(meter);
    }
    settled
}

/// The marks of both.
fn union(mut marks: RepeatMarks, more: &RepeatMarks) -> RepeatMarks {
    marks.start |= more.start;
    marks.end = marks.end.max(more.end);
    if marks.endings.is_empty() {
        marks.endings.clone_from(&more.endings);
    }
    marks.segno |= more.segno;
    marks.coda |= more.coda;
    marks.to_coda |= more.to_coda;
    marks.fine |= more.fine;
    marks.da_capo |= more.da_capo;
    marks.dal_segno |= more.dal_segno;
    marks
}
