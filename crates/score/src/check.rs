//! The invariants of a lead sheet, checked.

use thiserror::Error;

use crate::{LeadSheet, Position};

/// An invariant of [`LeadSheet`] that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BrokenInvariant {
    /// A bar does not start where the one before it ends.
    #[error("bar {0} (from 0) does not start where the one before it ends")]
    BarGap(usize),
    /// A bar has no length.
    #[error("bar {0} (from 0) has no length")]
    EmptyBar(usize),
    /// A list is not sorted by time, or two of its items begin at one time.
    #[error("{list} {index} (from 0) does not begin after the one before it")]
    Unsorted {
        /// Which list.
        list: &'static str,
        /// Which item.
        index: usize,
    },
    /// Something begins before zero or at or after the end.
    #[error("{list} {index} (from 0) lies outside the bars")]
    Outside {
        /// Which list.
        list: &'static str,
        /// Which item.
        index: usize,
    },
    /// A note sounds on into the next one, or has no length.
    #[error("note {0} (from 0) overlaps the next one or has no length")]
    BadNote(usize),
    /// There is no metre at zero.
    #[error("no metre begins at zero")]
    NoMeter,
    /// A tempo is no positive finite number.
    #[error("the tempo is no positive number")]
    BadTempo,
}

impl LeadSheet {
    /// Checks what the documentation of [`LeadSheet`] promises: bars follow each other without
    /// gap from zero; metres, keys, notes and chords are sorted, no two of a kind begin at one
    /// time, and all begin within the bars; notes do not overlap and end by the last bar's end;
    /// a metre begins at zero.
    ///
    /// # Errors
    /// The first invariant that does not hold.
    pub fn check(&self) -> Result<(), BrokenInvariant> {
        let mut start = Position::ZERO;
        for (index, bar) in self.bars.iter().enumerate() {
            if bar.start != start {
                return Err(BrokenInvariant::BarGap(index));
            }
            if bar.length.is_zero() {
                return Err(BrokenInvariant::EmptyBar(index));
            }
            start = bar.end();
        }
        if self.meters.first().is_none_or(|meter| meter.at != Position::ZERO) {
            return Err(BrokenInvariant::NoMeter);
        }
        self.sorted("metre", self.meters.iter().map(|meter| meter.at))?;
        self.sorted("key", self.keys.iter().map(|key| key.at))?;
        self.sorted("note", self.notes.iter().map(|note| note.onset))?;
        self.sorted("chord", self.chords.iter().map(|chord| chord.onset))?;
        for (index, note) in self.notes.iter().enumerate() {
            let limit = self.notes.get(index + 1).map_or(self.end(), |next| next.onset);
            if note.duration.is_zero() || note.end() > limit {
                return Err(BrokenInvariant::BadNote(index));
            }
        }
        if self.tempo.is_some_and(|tempo| !tempo.is_finite() || tempo <= 0.0) {
            return Err(BrokenInvariant::BadTempo);
        }
        Ok(())
    }

    fn sorted(
        &self,
        list: &'static str,
        times: impl Iterator<Item = Position>,
    ) -> Result<(), BrokenInvariant> {
        let mut last = None;
        for (index, time) in times.enumerate() {
            if last.is_some_and(|last| time <= last) {
                return Err(BrokenInvariant::Unsorted { list, index });
            }
            // An empty sheet still has the metre that begins at zero.
            let after = time >= self.end() && time > Position::ZERO;
            if time < Position::ZERO || after {
                return Err(BrokenInvariant::Outside { list, index });
            }
            last = Some(time);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bar, Duration, Meter, Note, Pitch, RepeatMarks, Timed};

    fn sheet() -> LeadSheet {
        let bar = |start| Bar {
            start: Position::quarters(start),
            length: Duration::quarters(4),
            number: String::new(),
            written: 0,
            repeats: RepeatMarks::default(),
        };
        let note = |onset, duration| Note {
            onset: Position::quarters(onset),
            duration: Duration::quarters(duration),
            pitch: Pitch::from_midi(60, 0),
        };
        LeadSheet {
            meters: vec![Timed { at: Position::ZERO, value: Meter::COMMON }],
            bars: vec![bar(0), bar(4)],
            notes: vec![note(0, 2), note(2, 6)],
            ..LeadSheet::default()
        }
    }

    #[test]
    fn each_broken_promise_is_found() {
        assert_eq!(sheet().check(), Ok(()));
        let broken = |change: fn(&mut LeadSheet)| {
            let mut sheet = sheet();
            change(&mut sheet);
            sheet.check().expect_err("broken")
        };
        assert_eq!(broken(|s| s.bars[1].start = Position::quarters(5)), BrokenInvariant::BarGap(1));
        assert_eq!(broken(|s| s.bars[1].length = Duration::ZERO), BrokenInvariant::EmptyBar(1));
        assert_eq!(broken(|s| s.meters.clear()), BrokenInvariant::NoMeter);
        assert_eq!(
            broken(|s| s.notes[0].duration = Duration::quarters(3)),
            BrokenInvariant::BadNote(0)
        );
        assert_eq!(
            broken(|s| s.notes[1].duration = Duration::quarters(7)),
            BrokenInvariant::BadNote(1)
        );
        assert_eq!(
            broken(|s| s.notes[1].onset = Position::ZERO),
            BrokenInvariant::Unsorted { list: "note", index: 1 }
        );
        assert_eq!(
            broken(|s| s.notes[1].onset = Position::quarters(9)),
            BrokenInvariant::Outside { list: "note", index: 1 }
        );
        assert_eq!(broken(|s| s.tempo = Some(f64::NAN)), BrokenInvariant::BadTempo);
    }
}
