//! What a model's configuration means for harmonizing with it.

use grid::{Resolution, Token};
use harmonize::{Generation, Guidance, HarmonizeError, Harmonizer};
use model::{Encoder, EncoderConfig, Positions, Predictor, Size};
use score::formats::{Document, Existing, ReadOptions};

fn harmonizer(config: &EncoderConfig) -> Harmonizer {
    let cpu = model::device("cpu").expect("a processor");
    let encoder = Encoder::new(config, 1, &cpu).expect("valid");
    Harmonizer::new(Predictor::new(encoder, Resolution::Beat))
}

/// 48 beats of 4/4.
fn sheet() -> score::LeadSheet {
    let text = format!("X:1\nM:4/4\nL:1/4\nK:C\n{}|]\n", ["CEGE|FAcA|GBdB"; 4].join("|"));
    let path = std::path::Path::new("tune.abc");
    let document = Document::read(text.into_bytes(), path, &ReadOptions::default());
    let document = document.expect("a tune");
    document.first().expect("a song").reading.clone().expect("readable").sheet
}

fn quick() -> Generation {
    Generation { steps: 4, candidates: 2, ..Generation::default() }
}

#[test]
fn a_piece_longer_than_a_learned_table_is_harmonized_in_windows() {
    for bars in [false, true] {
        let positions = Positions::Learned { cells: 16 };
        let config = EncoderConfig { positions, bars, ..Size::TwoByTwo.config() };
        let harmonization = harmonizer(&config)
            .harmonize(&sheet(), Existing::Replace, &quick())
            .expect("harmonizes");
        assert_eq!(harmonization.tokens.len(), 48);
        assert!(!harmonization.tokens.contains(&Token::MASK));
    }
}

#[test]
fn guidance_needs_a_model_that_was_trained_for_it() {
    let guided = Generation { guidance: Some(Guidance::late(2.0)), ..quick() };
    let harmonize = |guidance| {
        let config = EncoderConfig { guidance, ..Size::TwoByTwo.config() };
        harmonizer(&config).harmonize(&sheet(), Existing::Replace, &guided)
    };
    assert_eq!(harmonize(false), Err(HarmonizeError::Guidance));
    assert!(harmonize(true).is_ok());
}
