//! Whether evaluations differ by more than chance, and how many pieces would tell.
//!
//! Two evaluations ask the same frozen questions, so they are compared song by song: what makes a
//! song hard makes it hard both times and falls out of the difference.

use serde::{Deserialize, Serialize};
use train::Measured;

use super::resampling::{Interval, Resamples};

/// How two measurements of the same songs differ: after − before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Songs measured both times.
    pub songs: usize,
    /// Of the accuracy.
    pub accuracy: Interval,
    /// Of the loss, in nats a cell.
    pub loss: Interval,
    /// Standard deviation over songs of the difference in accuracy: what one song moves it by,
    /// were it alone.
    pub accuracy_deviation: f64,
    /// The same of the loss.
    pub loss_deviation: f64,
    /// Songs that would show this difference in accuracy (see [`songs_needed`]).
    pub songs_for_accuracy: Option<f64>,
    /// Songs that would show this difference in loss.
    pub songs_for_loss: Option<f64>,
}

/// Between two evaluations of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// The step of the earlier one.
    pub from: u64,
    /// The step of the later one.
    pub to: u64,
    /// What changed.
    pub difference: Difference,
}

/// How a run's evaluations move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Volatility {
    /// From each evaluation to the next.
    pub movements: Vec<Movement>,
    /// The share of them that may be chance in accuracy: their intervals contain 0.
    pub accuracy_by_chance: f64,
    /// The same of the loss.
    pub loss_by_chance: f64,
}

/// z₀.₉₇₅ + z₀.₈₀ of the normal distribution: 5% significance, two-sided, and a power of 80%.
const QUANTILES: f64 = 1.959_963_985 + 0.841_621_234;

/// How many songs are needed to see a mean difference `difference` between paired measurements
/// whose differences have this standard deviation over songs: n = ((z_{α/2} + z_β)·σ_d/δ)² at
/// α = 0.05 and a power 1 − β of 0.80 (Lachin 1981), rounded up. `None` where there is no
/// difference to see, or no number.
pub fn songs_needed(difference: f64, deviation: f64) -> Option<f64> {
    let songs = (QUANTILES * deviation / difference).powi(2).ceil();
    songs.is_finite().then_some(songs)
}

/// How the songs, measured twice in the same order, differ; `None` where the two did not ask the
/// same cells of the same number of songs, or nothing.
pub fn difference(before: &[Measured], after: &[Measured], seed: u64) -> Option<Difference> {
    let same = before.len() == after.len()
        && before.iter().zip(after).all(|(before, after)| before.cells == after.cells);
    if !same {
        return None;
    }
    let resamples = Resamples::new(before.len(), seed);
    let pairs = |of: fn(&Measured) -> f64| -> Vec<(f64, f64)> {
        let songs = before.iter().zip(after);
        songs.map(|(before, after)| (of(after) - of(before), before.cells as f64)).collect()
    };
    let (right, surprise) = (pairs(|song| song.right as f64), pairs(|song| song.surprise));
    let (accuracy, loss) = (resamples.ratio(&right)?, resamples.ratio(&surprise)?);
    let accuracy_deviation = deviation(&right, accuracy.value)?;
    let loss_deviation = deviation(&surprise, loss.value)?;
    Some(Difference {
        songs: before.iter().filter(|song| song.cells > 0).count(),
        accuracy,
        loss,
        accuracy_deviation,
        loss_deviation,
        songs_for_accuracy: songs_needed(accuracy.value, accuracy_deviation),
        songs_for_loss: songs_needed(loss.value, loss_deviation),
    })
}

/// Standard deviation over songs of a ratio Σd/Σc, linearised (Cochran 1977, §6.3): that of
/// (d − ratio · c) / mean c. For songs of equal length it is that of d / c.
fn deviation(pairs: &[(f64, f64)], ratio: f64) -> Option<f64> {
    let asked: Vec<&(f64, f64)> = pairs.iter().filter(|pair| pair.1 > 0.0).collect();
    let degrees = asked.len().checked_sub(1).filter(|degrees| *degrees > 0)?;
    let mean = asked.iter().map(|pair| pair.1).sum::<f64>() / asked.len() as f64;
    let squares = asked.iter().map(|(d, cells)| ((d - ratio * cells) / mean).powi(2));
    Some((squares.sum::<f64>() / degrees as f64).sqrt())
}

/// The movements from each evaluation (its step, and the sums of each song in the same order) to
/// the next; `None` for fewer than two evaluations of the same songs.
pub fn volatility(evaluations: &[(u64, &[Measured])], seed: u64) -> Option<Volatility> {
    let movement = |pair: &[(u64, &[Measured])]| {
        let difference = difference(pair[0].1, pair[1].1, seed)?;
        Some(Movement { from: pair[0].0, to: pair[1].0, difference })
    };
    let movements: Vec<Movement> = evaluations.windows(2).filter_map(movement).collect();
    let by_chance = |of: fn(&Difference) -> Interval| {
        let chance = movements.iter().filter(|movement| of(&movement.difference).contains(0.0));
        chance.count() as f64 / movements.len() as f64
    };
    (!movements.is_empty()).then(|| Volatility {
        accuracy_by_chance: by_chance(|difference| difference.accuracy),
        loss_by_chance: by_chance(|difference| difference.loss),
        movements: movements.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Songs of 10 cells with these many right.
    fn songs(right: &[u64]) -> Vec<Measured> {
        let song = |right: &u64| Measured {
            cells: 10,
            right: *right,
            surprise: 20.0 - *right as f64,
            ..Measured::default()
        };
        right.iter().map(song).collect()
    }

    #[test]
    fn the_number_of_songs_follows_the_formula() {
        // (2.8016 · 0.1 / 0.02)² = 196.2.
        assert_eq!(songs_needed(0.02, 0.1), Some(197.0));
        assert_eq!(songs_needed(-0.02, 0.1), Some(197.0));
        // A quarter of the difference takes sixteen times the songs.
        assert_eq!(songs_needed(0.005, 0.1), Some(3140.0));
        assert_eq!(songs_needed(0.0, 0.1), None);
        assert_eq!(songs_needed(0.1, 0.0), Some(0.0));
    }

    #[test]
    fn differences_are_paired_song_by_song() {
        // Songs differ widely, the difference does not: each gets one cell more right.
        let before = songs(&[1, 9, 2, 8, 3, 7, 0, 6]);
        let after = songs(&[2, 10, 3, 9, 4, 8, 1, 7]);
        let difference = difference(&before, &after, 1).expect("the same songs");
        let tenth = |interval: Interval, sign: f64| {
            [interval.value, interval.low, interval.high]
                .iter()
                .all(|end| (end - sign * 0.1).abs() < 1e-12)
        };
        assert!(tenth(difference.accuracy, 1.0) && tenth(difference.loss, -1.0));
        assert!(difference.accuracy_deviation < 1e-12);
        assert_eq!(difference.songs, 8);
    }

    #[test]
    fn the_deviation_is_that_of_the_differences_by_hand() {
        // Differences of 0.2, 0, −0.2 and 0.4: mean 0.1, squares 0.01 + 0.01 + 0.09 + 0.09.
        let difference =
            difference(&songs(&[2, 2, 4, 2]), &songs(&[4, 2, 2, 6]), 1).expect("the same songs");
        assert!((difference.accuracy.value - 0.1).abs() < 1e-12);
        assert!((difference.accuracy_deviation - (0.2f64 / 3.0).sqrt()).abs() < 1e-12);
        let needed = (2.801_585_219f64 * (0.2f64 / 3.0).sqrt() / 0.1).powi(2).ceil();
        assert_eq!(difference.songs_for_accuracy, Some(needed));
        assert!(difference.accuracy.contains(0.0));
    }

    #[test]
    fn longer_songs_weigh_more() {
        let mut before = songs(&[0, 5]);
        let mut after = songs(&[10, 5]);
        for songs in [&mut before, &mut after] {
            songs[1].cells = 90;
        }
        let difference = difference(&before, &after, 1).expect("the same songs");
        assert!((difference.accuracy.value - 0.1).abs() < 1e-12);
    }

    #[test]
    fn only_the_same_questions_can_be_compared() {
        let (two, three) = (songs(&[1, 2]), songs(&[1, 2, 3]));
        assert_eq!(difference(&two, &three, 1), None);
        let mut longer = two.clone();
        longer[0].cells += 1;
        assert_eq!(difference(&two, &longer, 1), None);
        assert_eq!(difference(&[], &[], 1), None);
    }

    #[test]
    fn jumps_within_the_interval_are_chance_and_a_climb_is_not() {
        let noise = [songs(&[1, 9, 2, 8]), songs(&[3, 7, 1, 9]), songs(&[1, 9, 2, 8])];
        let evaluations: Vec<_> =
            (1..).zip(&noise).map(|(step, songs)| (100 * step, songs.as_slice())).collect();
        let jumps = volatility(&evaluations, 1).expect("three evaluations");
        assert_eq!((jumps.movements.len(), jumps.accuracy_by_chance), (2, 1.0));
        assert_eq!((jumps.movements[1].from, jumps.movements[1].to), (200, 300));
        let climb = [songs(&[1, 2, 3, 4]), songs(&[4, 6, 5, 8])];
        let evaluations = [(1, climb[0].as_slice()), (2, climb[1].as_slice())];
        let climb = volatility(&evaluations, 1).expect("two evaluations");
        assert_eq!((climb.accuracy_by_chance, climb.loss_by_chance), (0.0, 0.0));
        assert_eq!(volatility(&evaluations[..1], 1), None);
    }
}
