//! From chord to melody.

use grid::{Cell, Token, Vocabulary};

use crate::baselines::PRIOR;

/// How often each pitch class sounds under each chord, in cells.
#[derive(Clone, Debug)]
pub(super) struct MelodyCounts {
    /// Under each token, relative to the tonic.
    tokens: Vec<[f64; 12]>,
    /// Under each quality, relative to the root; the last under tokens without one.
    qualities: Vec<[f64; 12]>,
}

/// The logarithms of the probabilities of the pitch classes under each token.
#[derive(Clone, Debug)]
pub(super) struct Emissions {
    logarithms: Vec<[f64; 12]>,
}

/// Root and quality of a token; those without one count as a quality of their own on the tonic.
fn root_and_quality(token: Token) -> (usize, usize) {
    Vocabulary::parts(token).map_or((0, grid::QUALITIES.len()), |(root, quality)| {
        (usize::from(root.semitones()), quality)
    })
}

impl MelodyCounts {
    pub fn new() -> Self {
        Self {
            tokens: vec![[0.0; 12]; Vocabulary::SIZE],
            qualities: vec![[0.0; 12]; grid::QUALITIES.len() + 1],
        }
    }

    /// Counts a cell whose harmony and melody are relative to the tonic.
    pub fn add(&mut self, cell: &Cell) {
        let (root, quality) = root_and_quality(cell.harmony());
        for (class, share) in cell.shares().into_iter().enumerate() {
            self.tokens[cell.harmony().index()][class] += f64::from(share);
            self.qualities[quality][(class + 12 - root) % 12] += f64::from(share);
        }
    }

    /// The shares of the pitch classes under each token, leaning on those under its quality on any
    /// root, and these on all alike.
    pub fn emissions(&self) -> Emissions {
        let leaning = |counts: &[f64; 12], prior: [f64; 12]| {
            let total: f64 = counts.iter().sum();
            std::array::from_fn(|class| (counts[class] + PRIOR * prior[class]) / (total + PRIOR))
        };
        let qualities: Vec<[f64; 12]> =
            self.qualities.iter().map(|counts| leaning(counts, [1.0 / 12.0; 12])).collect();
        let token = |(index, counts): (usize, &[f64; 12])| {
            let (root, quality) = root_and_quality(Token(index as u16));
            let prior = std::array::from_fn(|class| qualities[quality][(class + 12 - root) % 12]);
            leaning(counts, prior).map(f64::ln)
        };
        Emissions { logarithms: self.tokens.iter().enumerate().map(token).collect() }
    }
}

impl Emissions {
    /// The likelihood of the melody of a cell, relative to the tonic, under each token, up to a
    /// factor: each pitch class counts by the share of the cell for which it sounds, so silence says
    /// nothing.
    pub fn likelihoods(&self, shares: &[f32; 12]) -> Vec<f64> {
        let logarithm = |logarithms: &[f64; 12]| -> f64 {
            logarithms.iter().zip(shares).map(|(log, share)| log * f64::from(*share)).sum()
        };
        let logarithms: Vec<f64> = self.logarithms.iter().map(logarithm).collect();
        let highest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logarithms.into_iter().map(|log| (log - highest).exp()).collect()
    }
}
