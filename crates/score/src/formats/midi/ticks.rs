//! The resolution of a MIDI file that holds a lead sheet's times, exactly where it can.

use crate::{LeadSheet, Position};

/// The largest number of ticks a quarter note that the header has room for.
const LARGEST: i64 = 0x7FFF;

/// A resolution that every program knows; others are multiples of what the sheet needs.
const USUAL: i64 = 480;

/// Ticks a quarter note where the sheet's times are too fine for the header: 2⁵·3²·5·7.
const ROUNDED: i64 = 10_080;

/// Ticks a quarter note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resolution(i64);

impl Resolution {
    /// The resolution for `sheet`: one on which all its times are whole ticks if any fits
    /// the header, else one on which at least its bar lines are.
    pub(super) fn of(sheet: &LeadSheet) -> Self {
        let bar_lines = || {
            let bars = sheet.bars.iter().flat_map(|bar| [bar.start, bar.end()]);
            bars.chain(sheet.meters.iter().map(|meter| meter.at))
        };
        let notes = sheet.notes.iter().flat_map(|note| [note.onset, note.end()]);
        let chords = sheet.chords.iter().map(|chord| chord.onset);
        let keys = sheet.keys.iter().map(|key| key.at);
        let all = notes.chain(chords).chain(keys).chain(bar_lines());
        match common_denominator(all) {
            Some(all) => Self(multiple_near(all, USUAL)),
            None => {
                let bars = common_denominator(bar_lines()).unwrap_or(1);
                Self(multiple_near(bars, ROUNDED))
            }
        }
    }

    /// The ticks of a quarter note; at most 15 bits.
    pub(super) fn per_quarter(self) -> u16 {
        // Every constructor keeps it in 1..=LARGEST.
        u16::try_from(self.0).unwrap_or(0x7FFF)
    }

    /// The tick nearest to `at`; zero for times before the start.
    pub(super) fn tick(self, at: Position) -> u64 {
        let (numerator, denominator) = at.fraction();
        let doubled = 2 * i128::from(numerator) * i128::from(self.0) + i128::from(denominator);
        // Positions are bounded far below 2⁶³ ticks.
        u64::try_from(doubled.div_euclid(2 * i128::from(denominator))).unwrap_or(0)
    }
}

/// The least common multiple of the denominators, if the header has room for it.
fn common_denominator(positions: impl Iterator<Item = Position>) -> Option<i64> {
    positions.map(|at| at.fraction().1).try_fold(1, |common, denominator| {
        let step = denominator / greatest_common_divisor(common, denominator);
        (step <= LARGEST / common).then(|| common * step)
    })
}

/// The least common multiple of `needed` and `wished`; where the header has no room for it,
/// the first multiple of `needed` from `wished` on, or `needed` itself.
fn multiple_near(needed: i64, wished: i64) -> i64 {
    let both = needed * (wished / greatest_common_divisor(needed, wished));
    let next = needed * ((wished + needed - 1) / needed);
    [both, next].into_iter().find(|ticks| *ticks <= LARGEST).unwrap_or(needed)
}

/// Euclid's algorithm; both numbers positive.
fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Duration, Note, Pitch};

    fn sheet(denominators: &[i64]) -> LeadSheet {
        let notes = denominators.iter().map(|denominator| Note {
            onset: Position::new(1, *denominator).expect("in range"),
            duration: Duration::quarters(1),
            pitch: Pitch::from_midi(60, 0),
        });
        LeadSheet { notes: notes.collect(), ..LeadSheet::default() }
    }

    #[test]
    fn notated_values_are_whole_ticks() {
        for (denominators, expected) in [
            (vec![], 480),
            (vec![2, 3, 4], 480),
            (vec![32, 5], 480),
            (vec![64], 960),
            (vec![7], 3360),
            (vec![11, 13], 572),
            (vec![1024, 3], 15_360),
        ] {
            let resolution = Resolution::of(&sheet(&denominators));
            assert_eq!(i64::from(resolution.per_quarter()), expected, "{denominators:?}");
        }
    }

    #[test]
    fn times_too_fine_for_the_header_are_rounded_to_the_nearest_tick() {
        let sheet = sheet(&[1024, 27, 25, 7]);
        let resolution = Resolution::of(&sheet);
        assert_eq!(resolution.per_quarter(), 10_080);
        assert_eq!(resolution.tick(Position::new(1, 27).expect("in range")), 373);
        assert_eq!(resolution.tick(Position::quarters(-1)), 0);
    }
}
