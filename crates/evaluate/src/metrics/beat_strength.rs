//! Chord beat strength (CBS).

use score::{Duration, Meter};

/// How weak a place in the bar is; the numbers are those of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BeatStrength {
    /// The start of the bar.
    BarStart = 0,
    /// Another beat of the time signature.
    Beat = 1,
    /// The middle of a beat.
    HalfBeat = 2,
    /// An odd quarter of a beat.
    QuarterBeat = 3,
    /// Anywhere else.
    Other = 4,
}

/// The grids below the bar: parts of a beat and what a place on that grid is.
pub(crate) const GRIDS: [(u32, BeatStrength); 3] =
    [(1, BeatStrength::Beat), (2, BeatStrength::HalfBeat), (4, BeatStrength::QuarterBeat)];

impl BeatStrength {
    /// The strength of the place `offset` after the start of a bar of `meter`, exactly.
    pub(crate) fn at(offset: Duration, meter: Meter) -> Self {
        if offset.is_zero() {
            return Self::BarStart;
        }
        let (beat, beat_parts) = meter.beat().fraction();
        GRIDS
            .into_iter()
            .find(|(parts, _)| {
                Duration::new(beat, beat_parts * i64::from(*parts))
                    .is_some_and(|unit| offset.divide(unit).1.is_zero())
            })
            .map_or(Self::Other, |(_, strength)| strength)
    }
}

/// The mean strength; `None` without any.
pub(crate) fn mean(strengths: &[BeatStrength]) -> Option<f64> {
    let sum: f64 = strengths.iter().map(|strength| f64::from(*strength as u8)).sum();
    (!strengths.is_empty()).then(|| sum / strengths.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finer_places_are_weaker() {
        for (numerator, denominator, expected) in [
            (0, 1, BeatStrength::BarStart),
            (2, 1, BeatStrength::Beat),
            (3, 2, BeatStrength::HalfBeat),
            (7, 4, BeatStrength::QuarterBeat),
            (1, 3, BeatStrength::Other),
            (1, 8, BeatStrength::Other),
        ] {
            let offset = Duration::new(numerator, denominator).expect("in range");
            assert_eq!(BeatStrength::at(offset, Meter::COMMON), expected, "{offset}");
        }
    }

    #[test]
    fn the_beat_of_six_eight_is_the_eighth() {
        let meter = Meter::new(6, 8).expect("valid");
        let at = |n, d| BeatStrength::at(Duration::new(n, d).expect("in range"), meter);
        assert_eq!(at(1, 2), BeatStrength::Beat);
        assert_eq!(at(1, 4), BeatStrength::HalfBeat);
    }

    #[test]
    fn strengths_average() {
        assert_eq!(mean(&[BeatStrength::BarStart, BeatStrength::QuarterBeat]), Some(1.5));
        assert_eq!(mean(&[]), None);
    }
}
