//! Bars as the bar lines make them, with repeats, endings and jumps.

use super::token::BarLine;
use crate::{Bar, Duration, Position, RepeatMarks};

/// A sign that sends the player elsewhere, or marks where to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jump {
    /// Where D.S. goes.
    Segno,
    /// Where "to coda" goes.
    Coda,
    /// Leave for the coda.
    ToCoda,
    /// The end after a D.C. or D.S.
    Fine,
    /// From the start again.
    DaCapo,
    /// From the segno again.
    DalSegno,
}

impl Jump {
    /// What a decoration or words such as "D.C. al Fine" ask for.
    pub(super) fn named(text: &str) -> Option<Self> {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        let name: String = letters.map(|letter| letter.to_ascii_lowercase()).take(24).collect();
        let (jump, rest) = [("dacapo", Self::DaCapo), ("dalsegno", Self::DalSegno)]
            .into_iter()
            .chain([("dc", Self::DaCapo), ("ds", Self::DalSegno)])
            .find_map(|(start, jump)| Some((Some(jump), name.strip_prefix(start)?)))
            .unwrap_or((None, ""));
        match (jump, rest) {
            (Some(jump), "" | "alfine" | "alcoda") => Some(jump),
            (Some(_), _) => None,
            (None, _) => match name.as_str() {
                "segno" => Some(Self::Segno),
                "coda" => Some(Self::Coda),
                "tocoda" | "dacoda" => Some(Self::ToCoda),
                "fine" => Some(Self::Fine),
                _ => None,
            },
        }
    }
}

/// Builds bars while the music is walked through.
#[derive(Debug, Default)]
pub(super) struct Bars {
    closed: Vec<Bar>,
    /// Where the open bar starts.
    start: Position,
    /// The marks of the open bar.
    open: RepeatMarks,
    /// The passes of the ending that is being written.
    ending: Vec<u8>,
}

impl Bars {
    /// How many bars are closed.
    pub(super) fn count(&self) -> usize {
        self.closed.len()
    }

    /// A bar line at `position`; two in one place count as one.
    pub(super) fn line(&mut self, line: BarLine, position: Position) {
        let plays = (line.repeats_before > 0).then(|| line.repeats_before.saturating_add(1));
        if position > self.start {
            self.open.end = plays;
            self.close(position);
        } else if let Some(last) = self.closed.last_mut() {
            let (before, open) = (&mut last.repeats, &mut self.open);
            before.end = before.end.max(plays);
            before.fine |= std::mem::take(&mut open.fine);
            before.to_coda |= std::mem::take(&mut open.to_coda);
            before.da_capo |= std::mem::take(&mut open.da_capo);
            before.dal_segno |= std::mem::take(&mut open.dal_segno);
        }
        if line.heavy {
            self.ending.clear();
            self.open.endings.clear();
        }
        self.open.start |= line.repeats_after;
    }

    /// An ending begins at `position`, in the middle of a bar, too. Returns whether the ending
    /// before it lacked its repeat sign, which is then supplied.
    pub(super) fn ending(&mut self, passes: Vec<u8>, position: Position) -> bool {
        if position > self.start {
            self.close(position);
        }
        // `[1` over each bar of a first ending is one ending.
        let follows_ending = self.ending.last() < passes.first() && !self.ending.is_empty();
        let mut supplied = false;
        if let Some(last) = self.closed.last_mut().filter(|_| follows_ending)
            && last.repeats.end.is_none()
            && !last.repeats.endings.is_empty()
        {
            last.repeats.end = Some(2);
            supplied = true;
        }
        self.open.endings.clone_from(&passes);
        self.ending = passes;
        supplied
    }

    /// A jump or its goal in the open bar.
    pub(super) fn jump(&mut self, jump: Jump) {
        let open = &mut self.open;
        match jump {
            Jump::Segno => open.segno = true,
            Jump::Coda => open.coda = true,
            Jump::ToCoda => open.to_coda = true,
            Jump::Fine => open.fine = true,
            Jump::DaCapo => open.da_capo = true,
            Jump::DalSegno => open.dal_segno = true,
        }
    }

    fn close(&mut self, position: Position) {
        let length = position.since(self.start).unwrap_or(Duration::ZERO);
        let repeats = std::mem::take(&mut self.open);
        let (start, written) = (self.start, self.closed.len());
        self.closed.push(Bar { start, length, number: String::new(), written, repeats });
        self.start = position;
        self.open.endings.clone_from(&self.ending);
    }

    /// All bars; `full` gives the length that the metre asks for at a point in time.
    pub(super) fn finish(
        mut self,
        position: Position,
        full: impl Fn(Position) -> Duration,
    ) -> Vec<Bar> {
        if position > self.start {
            self.close(position);
        } else {
            // Words behind the last bar line belong to the bar before it.
            self.line(BarLine::default(), position);
        }
        count_endings(&mut self.closed);
        settle_codas(&mut self.closed);
        number(&mut self.closed, full);
        self.closed
    }
}

/// Lets each repeat sign of a group of endings count all passes that the group names.
fn count_endings(bars: &mut [Bar]) {
    let mut start = 0;
    while start < bars.len() {
        let rest = bars.get_mut(start..).unwrap_or_default();
        let in_group = |index: usize, bar: &Bar| {
            !bar.repeats.endings.is_empty() && (index == 0 || !bar.repeats.start)
        };
        let length = rest.iter().enumerate().position(|(index, bar)| !in_group(index, bar));
        let length = length.unwrap_or(rest.len());
        let group = rest.get_mut(..length).unwrap_or_default();
        let passes = group.iter().flat_map(|bar| bar.repeats.endings.iter().copied()).max();
        for bar in &mut *group {
            bar.repeats.end = bar.repeats.end.map(|plays| plays.max(passes.unwrap_or(plays)));
        }
        start += group.len().max(1);
    }
}

/// ABC writes one sign for "to coda" and the coda itself: where it stands more than once, only
/// the last is the coda.
fn settle_codas(bars: &mut [Bar]) {
    let jumps = bars.iter().any(|bar| bar.repeats.da_capo || bar.repeats.dal_segno);
    let leaves = bars.iter().any(|bar| bar.repeats.to_coda);
    let Some(last) = bars.iter().rposition(|bar| bar.repeats.coda) else { return };
    if jumps && !leaves {
        for bar in bars.iter_mut().take(last).filter(|bar| bar.repeats.coda) {
            bar.repeats.coda = false;
            bar.repeats.to_coda = true;
        }
    }
}

/// Numbers the bars as they are counted in print: a pickup is 0, and the two halves of a bar
/// that a repeat divides share one number.
fn number(bars: &mut [Bar], full: impl Fn(Position) -> Duration) {
    let pickup = bars.len() > 1 && bars.first().is_some_and(|bar| bar.length < full(bar.start));
    let mut number = if pickup { 0u32 } else { 1 };
    let mut missing: Option<Duration> = None;
    for (index, bar) in bars.iter_mut().enumerate() {
        let completes = missing == Some(bar.length);
        if index > 0 && !completes {
            number += 1;
        }
        bar.number = number.to_string();
        let lacks = full(bar.start).saturating_sub(bar.length);
        let short = !completes && index > 0 && !lacks.is_zero();
        missing = short.then_some(lacks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_jumps() {
        for (text, jump) in [
            ("D.C.", Some(Jump::DaCapo)),
            ("D.C. al Fine", Some(Jump::DaCapo)),
            ("Dal Segno", Some(Jump::DalSegno)),
            ("D.S.alcoda", Some(Jump::DalSegno)),
            ("fine", Some(Jump::Fine)),
            ("To Coda", Some(Jump::ToCoda)),
            ("trill", None),
            ("dcx", None),
        ] {
            assert_eq!(Jump::named(text), jump, "{text}");
        }
    }
}
