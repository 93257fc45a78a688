//! Where chords and notes lie in tonal space.

use std::f64::consts::PI;

use score::PitchClassSet;

/// A point on the circles of fifths, minor thirds and major thirds, with radii 1, 1 and ½.
///
/// Harte, Sandler and Gasser, "Detecting harmonic change in musical audio", 2006.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TonalCentroid([f64; 6]);

/// Angle of one semitone on each circle, in units of π, and the circle's radius.
const CIRCLES: [(f64, f64); 3] = [(7.0 / 6.0, 1.0), (3.0 / 2.0, 1.0), (2.0 / 3.0, 0.5)];

impl TonalCentroid {
    /// The mean over the pitch classes of `set`; `None` if it is empty.
    pub fn of(set: PitchClassSet) -> Option<Self> {
        if set.is_empty() {
            return None;
        }
        let mut point = [0.0; 6];
        for class in set.iter() {
            let semitones = f64::from(class.semitones());
            for (pair, (angle, radius)) in point.chunks_exact_mut(2).zip(CIRCLES) {
                let (sine, cosine) = (angle * PI * semitones).sin_cos();
                if let [x, y] = pair {
                    *x += radius * sine;
                    *y += radius * cosine;
                }
            }
        }
        Some(Self(point.map(|coordinate| coordinate / set.len() as f64)))
    }

    /// The Euclidean distance to `other`.
    pub fn distance(self, other: Self) -> f64 {
        self.0.iter().zip(other.0).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use score::PitchClass;

    fn set(classes: &[i32]) -> PitchClassSet {
        classes.iter().map(|class| PitchClass::from_semitones(*class)).collect()
    }

    #[test]
    fn a_fifth_is_nearer_than_a_tritone() {
        let at = |class| TonalCentroid::of(set(&[class])).expect("not empty");
        assert!(at(0).distance(at(7)) < at(0).distance(at(6)));
    }

    #[test]
    fn a_tritone_is_opposite_on_two_circles() {
        // Fifths: half a turn, distance 2; minor thirds: 9π = half a turn, 2; major thirds: none.
        let at = |class| TonalCentroid::of(set(&[class])).expect("not empty");
        assert!((at(0).distance(at(6)) - 8f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn distances_do_not_change_when_both_are_transposed() {
        let at = |classes: &[i32]| TonalCentroid::of(set(classes)).expect("not empty");
        let distance = at(&[0, 4, 7]).distance(at(&[5, 9, 0]));
        let higher = at(&[1, 5, 8]).distance(at(&[6, 10, 1]));
        assert!((distance - higher).abs() < 1e-12);
    }

    #[test]
    fn nothing_lies_nowhere() {
        assert_eq!(TonalCentroid::of(PitchClassSet::EMPTY), None);
    }
}
