//! What hidden harmony cells look at, head by head.

use grid::Token;
use model::{AttentionMaps, SequencePlace};
use serde::{Deserialize, Serialize};

use super::resampling::{Interval, Resamples};

/// A number for each kind of position that a harmony cell can look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByKind<T> {
    /// The condition.
    pub condition: T,
    /// Bar cells in either half, where the encoder has any.
    pub bar: T,
    /// Melody cells.
    pub melody: T,
    /// Harmony cells that are shown.
    pub visible: T,
    /// Other harmony cells that are hidden.
    pub masked: T,
    /// The cell itself.
    pub itself: T,
}

/// Melody cells on each side of the aligned one that count as near.
pub const NEAR: usize = 3;

/// Where attention goes, by kind of position, on the mean over cells. Shares sum to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attended {
    /// Share of the attention.
    pub shares: ByKind<Interval>,
    /// Share / chance, where chance is the share of positions of that kind; `None` where there
    /// are none.
    pub lift: ByKind<Option<Interval>>,
    /// Entropy of the attention in nats: ln of the number of positions if it is uniform.
    pub entropy: Interval,
    /// Share on the melody cell beneath.
    pub aligned: Interval,
    /// Share on the melody cells up to [`NEAR`] cells away from it, itself among them.
    pub near: Interval,
}

/// One head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadAttention {
    /// Its layer, from 0.
    pub layer: usize,
    /// Its index in the layer, from 0.
    pub head: usize,
    /// Where it looks.
    #[serde(flatten)]
    pub attended: Attended,
}

/// What attention would be if it went to all positions alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Share of positions of each kind.
    pub shares: ByKind<f64>,
    /// ln of the number of positions.
    pub entropy: f64,
    /// Share of the position beneath.
    pub aligned: f64,
    /// Share of the melody cells near it.
    pub near: f64,
}

/// The attention from hidden harmony cells at one visible share, over pieces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// Visible cells in percent.
    pub visible: u8,
    /// Hidden cells looked at.
    pub cells: usize,
    /// Layers of the encoder.
    pub layers: usize,
    /// Heads of a layer.
    pub heads: usize,
    /// What uniform attention would be.
    pub chance: Chance,
    /// Every head, layer by layer.
    pub by_head: Vec<HeadAttention>,
    /// Attention rollout through all layers (Abnar and Zuidema 2020, arXiv 2005.00928).
    pub rollout: Attended,
}

/// What a row of attention sums up to: the six kinds, then entropy, aligned and near.
pub(super) type Figures = [f64; 9];

const ENTROPY: usize = 6;
const ALIGNED: usize = 7;
const NEARBY: usize = 8;

/// The kind of every position as seen from a harmony cell: an index into [`ByKind`] in order.
fn kind(place: SequencePlace, cell: usize, harmony: &[Token]) -> usize {
    match place {
        SequencePlace::Condition => 0,
        SequencePlace::Bar(_) => 1,
        SequencePlace::Melody(_) => 2,
        SequencePlace::Harmony(other) if other == cell => 5,
        SequencePlace::Harmony(other) if harmony.get(other) == Some(&Token::MASK) => 4,
        SequencePlace::Harmony(_) => 3,
    }
}

/// The figures of attention `row` from harmony cell `cell`, a number for each of `places`, where
/// the model was shown `harmony`.
pub(super) fn figures(
    row: impl Iterator<Item = f64>,
    places: &[SequencePlace],
    cell: usize,
    harmony: &[Token],
) -> Figures {
    let mut figures = Figures::default();
    for (weight, place) in row.zip(places) {
        figures[kind(*place, cell, harmony)] += weight;
        if weight > 0.0 {
            figures[ENTROPY] -= weight * weight.ln();
        }
        if let SequencePlace::Melody(other) = place {
            figures[ALIGNED] += if *other == cell { weight } else { 0.0 };
            figures[NEARBY] += if other.abs_diff(cell) <= NEAR { weight } else { 0.0 };
        }
    }
    figures
}

/// Sums over the hidden cells of every piece.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    layers: usize,
    heads: usize,
    /// Hidden cells of each piece.
    cells: Vec<f64>,
    /// Of uniform attention, by piece.
    uniform: Vec<Figures>,
    /// Of rollout, by piece.
    rollout: Vec<Figures>,
    /// `[layers · heads]`, by piece.
    by_head: Vec<Vec<Figures>>,
}

fn add(sum: &mut Figures, figures: Figures) {
    sum.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
}

impl Sums {
    pub fn new(pieces: usize, layers: usize, heads: usize) -> Self {
        let none = || vec![Figures::default(); pieces];
        Self {
            layers,
            heads,
            cells: vec![0.0; pieces],
            uniform: none(),
            rollout: none(),
            by_head: (0..layers * heads).map(|_| none()).collect(),
        }
    }

    /// Adds the hidden cells of an item of `piece`; `rollout` as [`super::rollout::rollout`].
    pub fn add(
        &mut self,
        piece: usize,
        maps: &AttentionMaps,
        rollout: &[Vec<f64>],
        harmony: &[Token],
    ) {
        let places = maps.places();
        for (query, place) in places.iter().enumerate() {
            let SequencePlace::Harmony(cell) = *place else { continue };
            if harmony.get(cell) != Some(&Token::MASK) {
                continue;
            }
            let uniform = std::iter::repeat(1.0 / places.len() as f64);
            add(&mut self.uniform[piece], figures(uniform, places, cell, harmony));
            let row = rollout[query].iter().copied();
            add(&mut self.rollout[piece], figures(row, places, cell, harmony));
            for (index, sums) in self.by_head.iter_mut().enumerate() {
                let row = maps.row(index / self.heads, index % self.heads, query);
                let row = row.iter().map(|weight| f64::from(*weight));
                add(&mut sums[piece], figures(row, places, cell, harmony));
            }
            self.cells[piece] += 1.0;
        }
    }

    /// The means over all cells with their intervals; `None` where no cell was looked at.
    pub fn attention(&self, visible: u8, resamples: &Resamples) -> Option<Attention> {
        let mean = |which: usize| self.over_cells(&self.uniform, which, resamples);
        let by_head = self.by_head.iter().enumerate().map(|(index, sums)| {
            Some(HeadAttention {
                layer: index / self.heads,
                head: index % self.heads,
                attended: self.attended(sums, resamples)?,
            })
        });
        Some(Attention {
            visible,
            cells: self.cells.iter().sum::<f64>() as usize,
            layers: self.layers,
            heads: self.heads,
            chance: Chance {
                shares: kinds(|which| Some(mean(which)?.value))?,
                entropy: mean(ENTROPY)?.value,
                aligned: mean(ALIGNED)?.value,
                near: mean(NEARBY)?.value,
            },
            by_head: by_head.collect::<Option<_>>()?,
            rollout: self.attended(&self.rollout, resamples)?,
        })
    }

    fn attended(&self, sums: &[Figures], resamples: &Resamples) -> Option<Attended> {
        let mean = |which| self.over_cells(sums, which, resamples);
        let lift = |which: usize| {
            let pairs: Vec<_> = sums
                .iter()
                .zip(&self.uniform)
                .map(|(sums, uniform)| (sums[which], uniform[which]))
                .collect();
            resamples.ratio(&pairs)
        };
        Some(Attended {
            shares: kinds(mean)?,
            lift: kinds(|which| Some(lift(which)))?,
            entropy: mean(ENTROPY)?,
            aligned: mean(ALIGNED)?,
            near: mean(NEARBY)?,
        })
    }

    fn over_cells(
        &self,
        sums: &[Figures],
        which: usize,
        resamples: &Resamples,
    ) -> Option<Interval> {
        let pairs: Vec<_> =
            sums.iter().zip(&self.cells).map(|(sums, cells)| (sums[which], *cells)).collect();
        resamples.ratio(&pairs)
    }
}

fn kinds<T>(of: impl Fn(usize) -> Option<T>) -> Option<ByKind<T>> {
    Some(ByKind {
        condition: of(0)?,
        bar: of(1)?,
        melody: of(2)?,
        visible: of(3)?,
        masked: of(4)?,
        itself: of(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examination::rollout::rollout;

    fn places(cells: usize) -> Vec<SequencePlace> {
        let melody = (0..cells).map(SequencePlace::Melody);
        let harmony = (0..cells).map(SequencePlace::Harmony);
        [SequencePlace::Condition].into_iter().chain(melody).chain(harmony).collect()
    }

    const CHORD: Token = Token(9);

    #[test]
    fn a_row_made_by_hand_is_shared_out() {
        // Two cells, the first hidden, the second shown; from the first one's harmony.
        let row = [0.1, 0.4, 0.2, 0.25, 0.05];
        let figures = figures(row.into_iter(), &places(2), 0, &[Token::MASK, CHORD]);
        let expected = [0.1, 0.0, 0.6, 0.05, 0.0, 0.25];
        for (share, expected) in figures.iter().zip(expected) {
            assert!((share - expected).abs() < 1e-12, "{figures:?}");
        }
        let entropy: f64 = row.iter().map(|weight| -weight * weight.ln()).sum();
        assert!((figures[ENTROPY] - entropy).abs() < 1e-12);
        assert!((figures[ALIGNED] - 0.4).abs() < 1e-12);
        assert!((figures[NEARBY] - 0.6).abs() < 1e-12);
    }

    #[test]
    fn near_is_three_cells_to_each_side() {
        let cells = 9;
        let row = (0..19).map(|position| if (1..=9).contains(&position) { 1.0 } else { 0.0 });
        let harmony = vec![Token::MASK; cells];
        let at = |cell| figures(row.clone(), &places(cells), cell, &harmony);
        assert_eq!((at(4)[ALIGNED], at(4)[NEARBY]), (1.0, 7.0));
        assert_eq!(at(0)[NEARBY], 4.0, "nothing lies before the first cell");
    }

    #[test]
    fn bar_cells_are_a_kind_of_their_own() {
        use SequencePlace::{Bar, Condition, Harmony, Melody};
        let places = [Condition, Bar(0), Melody(0), Bar(0), Harmony(0)];
        let row = [0.1, 0.2, 0.3, 0.15, 0.25];
        let figures = figures(row.into_iter(), &places, 0, &[Token::MASK]);
        assert!((figures[1] - 0.35).abs() < 1e-12);
        assert_eq!((figures[2], figures[NEARBY]), (0.3, 0.3));
    }

    /// One layer of one head over two cells: every row like that of the test above.
    fn maps() -> AttentionMaps {
        let row = [0.1f32, 0.4, 0.2, 0.25, 0.05];
        AttentionMaps::new(1, 1, places(2), row.repeat(5)).expect("five rows of five")
    }

    #[test]
    fn heads_rollout_and_chance_are_averaged_over_hidden_cells() {
        let (maps, harmony) = (maps(), [Token::MASK, CHORD]);
        let mut sums = Sums::new(1, 1, 1);
        sums.add(0, &maps, &rollout(&maps), &harmony);
        let attention = sums.attention(50, &Resamples::new(1, 1)).expect("a hidden cell");
        assert_eq!((attention.cells, attention.by_head.len()), (1, 1));
        let head = &attention.by_head[0].attended;
        assert!((head.shares.melody.value - 0.6).abs() < 1e-6);
        // Two of five positions are melody: 0.6 / 0.4.
        assert!((attention.chance.shares.melody - 0.4).abs() < 1e-12);
        assert!((head.lift.melody.expect("melody").value - 1.5).abs() < 1e-6);
        assert_eq!(head.lift.masked, None, "no other cell is hidden");
        assert!((attention.chance.entropy - 5f64.ln()).abs() < 1e-12);
        // ½(A + I): half of it stays with the cell itself.
        assert!((attention.rollout.shares.itself.value - (0.5 + 0.125)).abs() < 1e-6);
        assert!((attention.rollout.shares.melody.value - 0.3).abs() < 1e-6);
    }

    #[test]
    fn shares_sum_to_one_whatever_is_visible() {
        for harmony in [[CHORD, Token::MASK], [Token::MASK; 2]] {
            let mut sums = Sums::new(2, 1, 1);
            sums.add(1, &maps(), &rollout(&maps()), &harmony);
            let attention = sums.attention(0, &Resamples::new(2, 1)).expect("hidden cells");
            for attended in [&attention.by_head[0].attended, &attention.rollout] {
                let ByKind { condition, bar, melody, visible, masked, itself } = &attended.shares;
                let shares = [condition, bar, melody, visible, masked, itself];
                let sum: f64 = shares.iter().map(|share| share.value).sum();
                assert!((sum - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn without_hidden_cells_there_is_nothing_to_say() {
        let mut sums = Sums::new(1, 1, 1);
        sums.add(0, &maps(), &rollout(&maps()), &[CHORD; 2]);
        assert_eq!(sums.attention(90, &Resamples::new(1, 1)), None);
    }
}
