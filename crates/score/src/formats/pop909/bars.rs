//! Bars from downbeats.

use std::collections::BTreeMap;

use super::beats::Beats;
use crate::{Bar, Duration, Meter, Place, Position, RepeatMarks, Timed, Warning};

/// Metres and the bars they make.
#[derive(Debug)]
pub(super) struct Bars {
    pub(super) meters: Vec<Timed<Meter>>,
    pub(super) bars: Vec<Bar>,
}

impl Bars {
    /// The bars of `beats`, with more of them up to `end`.
    ///
    /// The metre is the usual number of beats between downbeats. Where there are more, full
    /// bars are split off as long as the next one begins on a strong beat: a missed downbeat
    /// is likelier than a bar of eight. What is left is a bar with a metre of its own.
    pub(super) fn of(beats: &Beats, end: Position, warnings: &mut Vec<Warning>) -> Self {
        let downbeats: Vec<usize> =
            (0..beats.beats.len()).filter(|index| beats.beats[*index].downbeat).collect();
        let usual = usual(&downbeats, warnings);
        let before = beats.before as usize;
        let first = downbeats.first().copied().unwrap_or(0) + before;
        // Beats before the first downbeat: a pickup, and full bars if there are enough.
        let pickup = first % usual;
        let mut lengths = Vec::new();
        lengths.extend((pickup > 0).then_some(pickup));
        lengths.extend(std::iter::repeat_n(usual, first / usual));
        for pair in downbeats.windows(2) {
            let [mut from, to] = *pair else { continue };
            let strong = |index: usize| beats.beats.get(index).is_some_and(|beat| beat.strong);
            while to - from > usual && strong(from + usual) {
                lengths.push(usual);
                from += usual;
            }
            lengths.push(to - from);
        }
        Self::with_lengths(&lengths, pickup > 0, usual, end)
    }

    /// Bars of `lengths` quarter notes, then of the `usual` length up to `end`.
    fn with_lengths(lengths: &[usize], pickup: bool, usual: usize, end: Position) -> Self {
        let mut meters: Vec<Timed<Meter>> = Vec::new();
        let mut bars: Vec<Bar> = Vec::new();
        let mut start = Position::ZERO;
        let mut lengths = lengths.iter().copied();
        loop {
            let length = match lengths.next() {
                Some(length) => length,
                None if start < end || bars.is_empty() => usual,
                None => break,
            };
            let named = if bars.is_empty() && pickup { usual } else { length };
            let meter = meter(named);
            if meters.last().is_none_or(|last| last.value != meter) {
                meters.push(Timed { at: start, value: meter });
            }
            let length = Duration::quarters(u32::try_from(length).unwrap_or(u32::MAX));
            let number = (bars.len() + usize::from(!pickup)).to_string();
            let (written, repeats) = (bars.len(), RepeatMarks::default());
            bars.push(Bar { start, length, number, written, repeats });
            start += length;
        }
        Self { meters, bars }
    }
}

/// The most frequent number of beats between downbeats; 4 if there are none, or it is no
/// number of beats in a bar.
fn usual(downbeats: &[usize], warnings: &mut Vec<Warning>) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for pair in downbeats.windows(2) {
        if let [from, to] = pair {
            *counts.entry(to - from).or_default() += 1;
        }
    }
    let most = counts.iter().max_by_key(|(beats, count)| (**count, std::cmp::Reverse(**beats)));
    match most {
        Some((beats, _)) if (2..=16).contains(beats) => *beats,
        _ => {
            let text = "the downbeats make no bars: read as 4/4";
            warnings.push(Warning::new(Place::File, text));
            4
        }
    }
}

/// A metre of so many quarter notes; common time where there is none.
fn meter(quarters: usize) -> Meter {
    let quarters = u32::try_from(quarters).unwrap_or(u32::MAX);
    Meter::new(quarters, 4).unwrap_or(Meter::COMMON)
}
