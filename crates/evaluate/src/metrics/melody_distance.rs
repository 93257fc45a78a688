//! Melody–chord tonal distance (MCTD).

use score::{PitchClass, PitchClassSet};

use super::TimeOverChord;
use crate::TonalCentroid;

/// Σ d·‖φ({m}) − φ(c)‖ / Σ d over the time d of each note m over its chord c; `None` without
/// any.
pub(crate) fn mean(times: &[TimeOverChord]) -> Option<f64> {
    let (sum, weight) = times
        .iter()
        .filter_map(|time| {
            let pitch = PitchClassSet::EMPTY.with(PitchClass::from_semitones(time.pitch));
            let distance = TonalCentroid::of(pitch)?.distance(TonalCentroid::of(time.chord)?);
            Some((distance * time.weight, time.weight))
        })
        .fold((0.0, 0.0), |(sum, total), (part, weight)| (sum + part, total + weight));
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts() {
        let c = PitchClassSet::from_bits(1);
        let time = |pitch, weight| TimeOverChord { pitch, chord: c, weight };
        // A unison has distance 0, a tritone √8.
        let mean = mean(&[time(60, 3.0), time(66, 1.0)]).expect("time");
        assert!((mean - 8f64.sqrt() / 4.0).abs() < 1e-12);
    }

    #[test]
    fn no_time_no_distance() {
        assert_eq!(mean(&[]), None);
    }
}
