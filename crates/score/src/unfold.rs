//! Repeats played out.

mod play_order;

use std::ops::RangeInclusive;

use play_order::play_order;

use crate::{Bar, ChordEvent, LeadSheet, Note, Position, RepeatMarks, Timed};

/// A sheet is not played out beyond this many bars …
const MOST_BARS: usize = 20_000;
/// … this many notes and chord symbols …
const MOST_EVENTS: usize = 2_000_000;
/// … or this many quarter notes.
const LONGEST: i64 = 1_000_000;

impl LeadSheet {
    /// The lead sheet as it is heard: repeats, endings, da capo, dal segno, coda and fine are
    /// played out, and no marks remain. [`Bar::written`] says which written bar each comes from.
    ///
    /// At a jump the chord, key and metre that hold at the target are stated anew where they
    /// differ from what was heard before, and a note that is tied over the jump ends with it.
    /// After da capo and dal segno repeats are not taken again and last endings are played.
    /// Where repeats would play beyond 20,000 bars, two million events or a week of music, as no
    /// score does, the sheet is played straight through.
    #[must_use]
    pub fn unfolded(&self) -> Self {
        let order = play_order(&self.bars, MOST_BARS);
        let straight = || (0..self.bars.len()).collect::<Vec<_>>();
        let order = order.filter(|order| self.is_within_bounds(order)).unwrap_or_else(straight);
        let mut heard = Self {
            title: self.title.clone(),
            composer: self.composer.clone(),
            rights: self.rights.clone(),
            tempo: self.tempo,
            ..Self::default()
        };
        for run in runs(&order) {
            self.play(run, &mut heard);
        }
        if heard.meters.is_empty() {
            heard.meters.push(Timed { at: Position::ZERO, value: self.meter_at(Position::ZERO) });
        }
        heard
    }

    /// Whether playing the bars in this order stays within time and memory.
    fn is_within_bounds(&self, order: &[usize]) -> bool {
        let (mut time, mut events) = (0i64, 0usize);
        order.iter().filter_map(|index| self.bars.get(*index)).all(|bar| {
            let (numerator, denominator) = bar.length.fraction();
            // Rounded up to whole quarters, so that nothing has to be summed exactly.
            time = time.saturating_add(numerator / denominator.max(1) + 1);
            events += between(&self.notes, bar.start, bar.end(), |note| note.onset).len();
            events += between(&self.chords, bar.start, bar.end(), |chord| chord.onset).len();
            time < LONGEST && events < MOST_EVENTS
        })
    }

    /// Appends the bars of a run, and what begins in them, to what is heard.
    fn play(&self, run: RangeInclusive<usize>, heard: &mut Self) {
        let Some(bars) = self.bars.get(run) else { return };
        let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return };
        let (from, to, start) = (first.start, last.end(), heard.end());
        let moved = |at: Position| at.since(from).map_or(start, |since| start + since);

        let meter = Timed { at: from, value: self.meter_at(from) };
        for meter in std::iter::once(&meter).chain(between(&self.meters, from, to, |m| m.at)) {
            if heard.meters.last().is_none_or(|last| last.value != meter.value) {
                heard.meters.push(Timed { at: moved(meter.at), value: meter.value });
            }
        }
        let key = self.key_at(from).map(|value| Timed { at: from, value });
        for key in key.iter().chain(between(&self.keys, from, to, |key| key.at)) {
            if heard.keys.last().is_none_or(|last| last.value != key.value) {
                heard.keys.push(Timed { at: moved(key.at), value: key.value });
            }
        }
        let chords = between(&self.chords, from, to, |chord| chord.onset);
        // A chord that holds from before the target of the jump.
        let held = self.chord_at(from).filter(|chord| chord.onset < from);
        if let Some(held) = held
            && heard.chords.last().is_none_or(|last| last.symbol != held.symbol)
        {
            heard.chords.push(ChordEvent { onset: start, ..held.clone() });
        }
        let moved_chord =
            |chord: &ChordEvent| ChordEvent { onset: moved(chord.onset), ..chord.clone() };
        heard.chords.extend(chords.iter().map(moved_chord));
        // Notes do not overlap, so at most one sounds on from before.
        let first = self.notes.partition_point(|note| note.end() <= from);
        let notes = self.notes.iter().skip(first).take_while(|note| note.onset < to);
        heard.notes.extend(notes.filter_map(|note| {
            let (onset, end) = (note.onset.max(from), note.end().min(to));
            let duration = end.since(onset).filter(|duration| !duration.is_zero())?;
            Some(Note { onset: moved(onset), duration, pitch: note.pitch })
        }));
        heard.bars.extend(bars.iter().map(|bar| Bar {
            start: moved(bar.start),
            repeats: RepeatMarks::default(),
            ..bar.clone()
        }));
    }
}

/// The items that begin from `from` until before `to`; `items` are sorted by `at`.
fn between<T>(items: &[T], from: Position, to: Position, at: impl Fn(&T) -> Position) -> &[T] {
    let first = items.partition_point(|item| at(item) < from);
    let last = items.partition_point(|item| at(item) < to);
    items.get(first..last).unwrap_or_default()
}

/// The order as runs of neighbouring bars.
fn runs(order: &[usize]) -> Vec<RangeInclusive<usize>> {
    order
        .chunk_by(|bar, next| bar + 1 == *next)
        .filter_map(|run| Some(*run.first()?..=*run.last()?))
        .collect()
}

#[cfg(test)]
mod tests;
