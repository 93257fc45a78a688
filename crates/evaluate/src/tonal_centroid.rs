//! Where chords and notes lie in tonal space.

use score::PitchClassSet;

/// A point on the circles of fifths, minor thirds and major thirds, with radii 1, 1 and ½.
///
/// Harte, Sandler and Gasser, "Detecting harmonic change in musical audio", 2006.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TonalCentroid([f64; 6]);

/// Half the square root of three.
const HALF_ROOT_3: f64 = 0.866_025_403_784_438_6;

/// The sine of 0, 30, 60, … 330 degrees. A table, so that every machine finds the same point.
const SINES: [f64; 12] = [
    0.0,
    0.5,
    HALF_ROOT_3,
    1.0,
    HALF_ROOT_3,
    0.5,
    0.0,
    -0.5,
    -HALF_ROOT_3,
    -1.0,
    -HALF_ROOT_3,
    -0.5,
];

/// How far a semitone turns on each circle, in twelfths of the whole (7π/6, 3π/2, 2π/3), and
/// the circle's radius.
const CIRCLES: [(usize, f64); 3] = [(7, 1.0), (9, 1.0), (4, 0.5)];

impl TonalCentroid {
    /// The mean over the pitch classes of `set`; `None` if it is empty.
    pub fn of(set: PitchClassSet) -> Option<Self> {
        if set.is_empty() {
            return None;
        }
        let mut point = [0.0; 6];
        for class in set.iter() {
            for (pair, (turn, radius)) in point.chunks_exact_mut(2).zip(CIRCLES) {
                let angle = turn * usize::from(class.semitones());
                if let [x, y] = pair {
                    *x += radius * SINES[angle % 12];
                    *y += radius * SINES[(angle + 3) % 12];
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
    fn the_circles_are_those_of_the_paper() {
        use std::f64::consts::PI;
        for class in 0..12 {
            let TonalCentroid(point) = TonalCentroid::of(set(&[class])).expect("not empty");
            let angle = f64::from(class) * PI;
            let (fifths, minor, major) = (7.0 / 6.0 * angle, 1.5 * angle, 2.0 / 3.0 * angle);
            let expected = [
                fifths.sin(),
                fifths.cos(),
                minor.sin(),
                minor.cos(),
                major.sin() / 2.0,
                major.cos() / 2.0,
            ];
            for (ours, formula) in point.iter().zip(expected) {
                assert!((ours - formula).abs() < 1e-12, "{class}");
            }
        }
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
