//! What a model's configuration means for harmonizing with it.

use grid::{Keys, Resolution, Token, Vocabulary};
use harmonize::{Generation, Guidance, HarmonizeError, Harmonizer};
use model::{Encoder, EncoderConfig, Positions, Predictor, Reading, Size};
use score::formats::{Document, Existing, ReadOptions};

fn harmonizer(config: &EncoderConfig) -> Harmonizer {
    reading_in(Keys::Own, config)
}

fn reading_in(keys: Keys, config: &EncoderConfig) -> Harmonizer {
    let cpu = model::device("cpu").expect("a processor");
    let encoder = Encoder::new(config, 1, &cpu).expect("valid");
    Harmonizer::new(Predictor::new(encoder, Reading { resolution: Resolution::Beat, keys }))
}

/// 48 beats of 4/4 in C major.
fn sheet() -> score::LeadSheet {
    tune(&format!("K:C\n{}|]", ["CEGE|FAcA|GBdB"; 4].join("|")))
}

fn tune(key_and_notes: &str) -> score::LeadSheet {
    let text = format!("X:1\nM:4/4\nL:1/4\n{key_and_notes}\n");
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

#[test]
fn a_model_that_learned_in_c_major_harmonizes_every_key_alike() {
    let in_c = sheet();
    let in_d = tune(&format!("K:D\n{}|]", ["DFAF|GBdB|Acec"; 4].join("|")));
    let tokens = |keys, sheet: &score::LeadSheet| {
        let harmonizer = reading_in(keys, &Size::TwoByTwo.config());
        let said = harmonizer.harmonize(sheet, Existing::Replace, &quick()).expect("harmonizes");
        said.tokens
    };
    let moved = |tokens: Vec<Token>| -> Vec<Token> {
        tokens.into_iter().map(|token| Vocabulary::transposed(token, 2)).collect()
    };
    assert_eq!(tokens(Keys::CMajor, &in_d), moved(tokens(Keys::CMajor, &in_c)));
    assert_ne!(tokens(Keys::Own, &in_d), moved(tokens(Keys::Own, &in_c)), "random weights");
    assert_eq!(tokens(Keys::CMajor, &in_c), tokens(Keys::Own, &in_c), "C major stays");
}
