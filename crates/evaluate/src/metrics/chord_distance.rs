//! Chord tonal distance (CTD).

use score::PitchClassSet;

use crate::TonalCentroid;

/// Mean ‖φ(cᵢ) − φ(cᵢ₊₁)‖ over neighbouring chords; `None` for fewer than two.
pub(crate) fn mean(chords: &[PitchClassSet]) -> Option<f64> {
    let (sum, count) = chords
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(TonalCentroid::of(*a)?.distance(TonalCentroid::of(*b)?)),
            _ => None,
        })
        .fold((0.0, 0usize), |(sum, count), distance| (sum + distance, count + 1));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pitch_a_tritone_away_and_back() {
        let (c, f_sharp) = (PitchClassSet::from_bits(1), PitchClassSet::from_bits(1 << 6));
        let mean = mean(&[c, f_sharp, c, c]).expect("three pairs");
        assert!((mean - 8f64.sqrt() * 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn one_chord_has_no_neighbour() {
        assert_eq!(mean(&[PitchClassSet::from_bits(1)]), None);
    }
}
