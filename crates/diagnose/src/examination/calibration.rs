//! Whether the model is as often right as it is sure.

use serde::{Deserialize, Serialize};

use super::answers::Answer;
use super::resampling::{Interval, Resamples, interval};

/// Bins of equal mass.
pub const BINS: usize = 15;

/// How well confidence agrees with accuracy at one visible share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Visible cells in percent.
    pub visible: u8,
    /// Cells asked.
    pub cells: usize,
    /// Expected calibration error Σ |B|/n · |accuracy(B) − confidence(B)| over [`BINS`] bins
    /// (Guo 2017, arXiv 1706.04599) of equal numbers of cells (Nguyen and O'Connor 2015), 0 to 1.
    ///
    /// Noise in the bins only ever raises it: a perfectly calibrated model has no 0. Draws, cut
    /// into bins anew, have that noise twice; their interval is moved down by what their mean
    /// lies above the figure (the bootstrap's estimate of bias, Efron and Tibshirani 1993, §10.2).
    pub error: Interval,
    /// Mean confidence − accuracy: positive where the model is surer than it is right.
    pub overconfidence: Interval,
    /// The bins, the least confident first; fewer than [`BINS`] where there are fewer cells.
    pub bins: Vec<ReliabilityBin>,
}

/// One point of a reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Cells in it.
    pub cells: usize,
    /// Lowest and highest confidence in it.
    pub range: (f64, f64),
    /// Mean confidence.
    pub confidence: f64,
    /// Share of right answers.
    pub accuracy: Interval,
}

/// The calibration of `answers`; `None` where there are none.
pub(super) fn measure(
    visible: u8,
    answers: &[Answer],
    resamples: &Resamples,
) -> Option<Calibration> {
    let mut sorted: Vec<&Answer> = answers.iter().collect();
    sorted.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
    let pieces = sorted.iter().map(|answer| answer.piece + 1).max()?;
    let mut gaps = vec![(0.0, 0.0); pieces];
    for answer in &sorted {
        let gap = &mut gaps[answer.piece];
        gap.0 += answer.confidence - f64::from(u8::from(answer.is_right()));
        gap.1 += 1.0;
    }
    Some(Calibration {
        visible,
        cells: sorted.len(),
        error: error(&sorted, resamples)?,
        overconfidence: resamples.ratio(&gaps)?,
        bins: edges(sorted.len())
            .filter_map(|(from, to)| bin(&sorted[from..to], pieces, resamples))
            .collect(),
    })
}

/// First and last index, exclusive, of bins as equal in size as they can be; none is empty.
fn edges(count: usize) -> impl Iterator<Item = (usize, usize)> {
    let edge = move |bin: usize| bin * count / BINS;
    (0..BINS).map(move |bin| (edge(bin), edge(bin + 1))).filter(|(from, to)| from < to)
}

fn bin(answers: &[&Answer], pieces: usize, resamples: &Resamples) -> Option<ReliabilityBin> {
    let mut right = vec![(0.0, 0.0); pieces];
    for answer in answers {
        right[answer.piece].0 += f64::from(u8::from(answer.is_right()));
        right[answer.piece].1 += 1.0;
    }
    let confidence = answers.iter().map(|answer| answer.confidence).sum::<f64>();
    Some(ReliabilityBin {
        cells: answers.len(),
        range: (answers.first()?.confidence, answers.last()?.confidence),
        confidence: confidence / answers.len() as f64,
        accuracy: resamples.ratio(&right)?,
    })
}

/// The expected calibration error with its interval, moved by the bias of the draws.
fn error(sorted: &[&Answer], resamples: &Resamples) -> Option<Interval> {
    let once = vec![1.0; resamples.pieces()];
    let value = expected_error(sorted, &once)?;
    let mut draws: Vec<f64> =
        resamples.draws().filter_map(|times| expected_error(sorted, times)).collect();
    let bias = draws.iter().sum::<f64>() / draws.len() as f64 - value;
    draws.iter_mut().for_each(|draw| *draw = (*draw - bias).clamp(0.0, 1.0));
    interval(value, draws)
}

/// The expected calibration error of sorted answers of which each counts as often as its piece.
fn expected_error(sorted: &[&Answer], times: &[f64]) -> Option<f64> {
    let total: f64 = sorted.iter().map(|answer| times[answer.piece]).sum();
    if total <= 0.0 {
        return None;
    }
    let (mut error, mut gap, mut before) = (0.0, 0.0f64, 0.0);
    let mut bin = 1;
    for answer in sorted {
        let mut left = times[answer.piece];
        let unit = f64::from(u8::from(answer.is_right())) - answer.confidence;
        // A cell that counts several times may lie on both sides of an edge.
        while left > 0.0 {
            let edge = (bin * total as usize / BINS) as f64;
            let room = if bin < BINS { edge - before } else { left };
            let taken = left.min(room);
            gap += taken * unit;
            before += taken;
            left -= taken;
            if left > 0.0 || (bin < BINS && before >= edge) {
                error += gap.abs();
                gap = 0.0;
                bin += 1;
            }
        }
    }
    Some((error + gap.abs()) / total)
}

#[cfg(test)]
mod tests {
    use grid::Token;

    use super::*;

    /// Answers of `pieces` pieces in turn: how sure, and whether right.
    fn answers(pieces: usize, given: &[(f64, bool)]) -> Vec<Answer> {
        let answer = |(index, (confidence, right)): (usize, &(f64, bool))| Answer {
            piece: index % pieces,
            excerpt: 0,
            cell: index,
            truth: Token(9),
            predicted: if *right { Token(9) } else { Token(10) },
            confidence: *confidence,
            surprise: 0.0,
        };
        given.iter().enumerate().map(answer).collect()
    }

    #[test]
    fn bins_are_of_equal_mass_and_the_error_is_their_mean_gap() {
        // 15 bins of 2 cells: bin b has confidence b/15 twice; one of the two is right in each.
        let given: Vec<_> =
            (0..30).map(|index| (f64::from(index / 2) / 15.0, index % 2 == 0)).collect();
        let calibration = measure(0, &answers(1, &given), &Resamples::new(1, 1)).expect("answers");
        assert!(calibration.bins.iter().all(|bin| bin.cells == 2 && bin.accuracy.value == 0.5));
        let expected = (0..15).map(|bin| (0.5 - f64::from(bin) / 15.0).abs()).sum::<f64>() / 15.0;
        assert!((calibration.error.value - expected).abs() < 1e-12, "{calibration:?}");
        let mean = (0..15).map(|bin| f64::from(bin) / 15.0).sum::<f64>() / 15.0;
        assert!((calibration.overconfidence.value - (mean - 0.5)).abs() < 1e-12);
    }

    #[test]
    fn opposite_gaps_within_a_bin_cancel_and_between_bins_do_not() {
        // All cells equally sure at 0.5, half of them right: in each bin as many as not.
        let even: Vec<_> = (0..60).map(|index| (0.5, index % 2 == 0)).collect();
        let one = measure(0, &answers(3, &even), &Resamples::new(3, 1)).expect("answers");
        assert_eq!(one.error.value, 0.0);
        // Right where unsure, wrong where sure: the mean gap is small, the error is ½.
        let odd = (0..60).map(|index| if index < 28 { (0.5, true) } else { (0.5 + 1e-9, false) });
        let odd = answers(3, &odd.collect::<Vec<_>>());
        let other = measure(0, &odd, &Resamples::new(3, 1)).expect("answers");
        assert!((other.error.value - 0.5).abs() < 1e-6, "{other:?}");
        assert!((other.overconfidence.value - 2.0 / 60.0).abs() < 1e-6);
    }

    #[test]
    fn a_piece_drawn_twice_counts_as_two_pieces() {
        let given: Vec<_> = (0..50).map(|i| (f64::from(i) / 50.0, i % 3 == 0)).collect();
        let once = answers(2, &given);
        let mut twice = once.clone();
        twice.extend(once.iter().filter(|answer| answer.piece == 0).copied());
        let sort = |answers: &mut Vec<Answer>| {
            answers.sort_by(|a, b| a.confidence.total_cmp(&b.confidence));
        };
        sort(&mut twice);
        let (once, twice): (Vec<_>, Vec<_>) = (once.iter().collect(), twice.iter().collect());
        let weighted = expected_error(&once, &[2.0, 1.0]).expect("cells");
        let repeated = expected_error(&twice, &[1.0, 1.0]).expect("cells");
        assert!((weighted - repeated).abs() < 1e-12, "{weighted} {repeated}");
    }

    #[test]
    fn the_interval_of_the_error_is_around_it() {
        // Well calibrated: 30 pieces, one cell in ten is right at 0.1, two at 0.2 and so on.
        let given: Vec<_> = (0..900)
            .map(|index| (f64::from(index / 90 + 1) / 10.0, index % 90 < 9 * (index / 90 + 1)))
            .collect();
        let calibration =
            measure(0, &answers(30, &given), &Resamples::new(30, 1)).expect("answers");
        let Interval { value, low, high } = calibration.error;
        assert!(low <= value && value <= high && low < high, "{:?}", calibration.error);
    }

    #[test]
    fn few_cells_make_few_bins_and_none_make_nothing() {
        let few = answers(1, &[(0.2, false), (0.9, true)]);
        let calibration = measure(25, &few, &Resamples::new(1, 1)).expect("answers");
        assert_eq!(calibration.bins.len(), 2);
        assert!((calibration.error.value - (0.2 + 0.1) / 2.0).abs() < 1e-12);
        assert_eq!(measure(0, &[], &Resamples::new(1, 1)), None);
    }
}
