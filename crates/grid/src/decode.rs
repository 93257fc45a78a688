//! Harmony tokens → chord symbols.

use score::{ChordEvent, LeadSheet};

use crate::{Span, Token, Vocabulary};

/// The chord symbols that `tokens` (one a cell) say, each where it begins: neighbours that say
/// the same are one. Roots are spelled by the key signature that holds there.
///
/// Cells without a token, or with one that says nothing, continue what sounded before; silence
/// at the start is not written.
pub fn decode(
    tokens: &[Token],
    spans: &[Span],
    sheet: &LeadSheet,
    vocabulary: &Vocabulary,
) -> Vec<ChordEvent> {
    let mut events = Vec::new();
    let mut sounding = Token::NO_CHORD;
    for (token, span) in tokens.iter().zip(spans) {
        if *token == sounding {
            continue;
        }
        let fifths = sheet.key_at(span.start).map_or(0, |key| i32::from(key.fifths));
        if let Some(symbol) = vocabulary.symbol(*token, fifths) {
            events.push(ChordEvent { onset: span.start, symbol, written: None });
            sounding = *token;
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use score::{Duration, PitchClass, Position};

    use super::*;

    #[test]
    fn equal_neighbours_are_one_symbol_and_initial_silence_is_not_written() {
        let spans: Vec<_> = (0..5)
            .map(|i| Span { start: Position::quarters(i), duration: Duration::quarters(1) })
            .collect();
        let c = Vocabulary::chord_token(PitchClass::from_semitones(0), 0);
        let tokens = [Token::NO_CHORD, c, c, Token::MASK, Token::NO_CHORD];
        let events = decode(&tokens, &spans, &LeadSheet::default(), &Vocabulary::default());
        let onsets: Vec<_> = events.iter().map(|event| event.onset).collect();
        assert_eq!(onsets, [Position::quarters(1), Position::quarters(4)]);
    }
}
