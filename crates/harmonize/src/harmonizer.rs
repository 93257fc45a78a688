//! Harmonizing a lead sheet.

use grid::corpus::PieceKey;
use grid::{EncodeError, EncodedPiece, Span, Token, Vocabulary, decode, encode};
use model::Predictor;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use score::formats::Existing;
use score::{ChordEvent, LeadSheet, Position};
use thiserror::Error;

use crate::preferences::Judge;
use crate::rank::scores;
use crate::reveal::{Generation, reveal};
use crate::tonic::tonic;
use crate::windows::windows;

/// Cells of a window, as in training, unless the model's positions end before.
const WINDOW: usize = 64;

/// Why a lead sheet cannot be harmonized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HarmonizeError {
    /// It does not fit onto the grid.
    #[error("{0}; give a score with one")]
    Encode(#[from] EncodeError),
    /// Guidance is asked of a model that never learned without a melody.
    #[error(
        "the model was not trained for guidance; leave it out, or train a model with \
         `guidance = true` in [model] and `melody_dropout = 0.1` in [data]"
    )]
    Guidance,
}

/// Writes chords under melodies.
#[derive(Debug)]
pub struct Harmonizer {
    predictor: Predictor,
    vocabulary: Vocabulary,
}

/// Chords for a melody.
#[derive(Clone, Debug, PartialEq)]
pub struct Harmonization {
    /// The chord symbols, each where it begins.
    pub chords: Vec<ChordEvent>,
    /// The token of every cell.
    pub tokens: Vec<Token>,
    /// Where each cell lies in the lead sheet.
    pub spans: Vec<Span>,
}

impl Harmonizer {
    /// A harmonizer with this model.
    pub fn new(predictor: Predictor) -> Self {
        Self { predictor, vocabulary: Vocabulary::default() }
    }

    /// Harmonizes the melody of `sheet`. With [`Existing::Keep`] the chords of bars that have
    /// any are kept and the others harmonized around them.
    ///
    /// The same sheet, generation and model give the same chords.
    ///
    /// # Errors
    /// If the sheet has no melody, or is too long, or guidance is asked of a model that was not
    /// trained for it.
    pub fn harmonize(
        &self,
        sheet: &LeadSheet,
        existing: Existing,
        generation: &Generation,
    ) -> Result<Harmonization, HarmonizeError> {
        let config = self.predictor.encoder().config();
        if generation.guidance.is_some() && !config.guidance {
            return Err(HarmonizeError::Guidance);
        }
        let window = config.longest_item().map_or(WINDOW, |longest| WINDOW.min(longest));
        let EncodedPiece { mut cells, spans } =
            encode(sheet, &self.vocabulary, self.predictor.resolution())?;
        // A model that learned in one key reads the piece there, and what it says is moved back.
        let written = sheet.key_at(Position::ZERO).map(PieceKey::from);
        let semitones = self.predictor.keys().semitones(written, &cells);
        cells.iter_mut().for_each(|cell| *cell = cell.transposed(semitones));
        let key = tonic(sheet).map(|key| key.transposed(semitones));
        let mut tokens = match existing {
            Existing::Replace => vec![Token::MASK; cells.len()],
            Existing::Keep => kept(sheet, &spans, cells.iter().map(grid::Cell::harmony)),
        };
        let judge = Judge::new(generation.preferences, &self.vocabulary, key, &cells);
        let count = generation.candidates.max(1);
        let mut randoms: Vec<ChaCha8Rng> = (0..count as u64)
            .map(|candidate| {
                let mut random = ChaCha8Rng::seed_from_u64(generation.seed);
                random.set_stream(candidate);
                random
            })
            .collect();
        for window in windows(&cells, window) {
            let seen = &cells[window.clone()];
            let mut candidates = vec![tokens[window.clone()].to_vec(); count];
            let bonuses = judge.bonuses(window.clone());
            reveal(&self.predictor, bonuses, generation, seen, &mut candidates, &mut randoms);
            let scores = scores(&self.predictor, &judge, bonuses, seen, &candidates);
            let best = (0..count).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
            tokens[window].copy_from_slice(&candidates[best]);
        }
        let back = |token: &mut Token| *token = Vocabulary::transposed(*token, -semitones);
        tokens.iter_mut().for_each(back);
        let chords = decode(&tokens, &spans, sheet, &self.vocabulary);
        Ok(Harmonization { chords, tokens, spans })
    }
}

/// The tokens of bars that have a chord symbol; all other cells masked.
fn kept(sheet: &LeadSheet, spans: &[Span], tokens: impl Iterator<Item = Token>) -> Vec<Token> {
    tokens
        .zip(spans)
        .map(|(token, span)| if sheet.bar_has_chord(span.start) { token } else { Token::MASK })
        .collect()
}
