//! The harmony vocabulary: 6 special tokens and 12 roots × 29 qualities.

use score::{Alteration, AlterationKind, Chord, PitchClass, PitchClassSet, Quality, Symbol};

use crate::Token;

/// One quality of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenQuality {
    /// The published name; the empty one is a second `maj`.
    pub name: &'static str,
    /// The quality it is written as.
    pub quality: Quality,
    /// The degree added to it: its number and alteration.
    pub added: Option<(u8, i8)>,
}

const fn plain(name: &'static str, quality: Quality) -> TokenQuality {
    TokenQuality { name, quality, added: None }
}

const fn altered(name: &'static str, degree: u8, alter: i8) -> TokenQuality {
    TokenQuality { name, quality: Quality::Dominant, added: Some((degree, alter)) }
}

/// The 29 qualities in the order of the published vocabulary (Applied Sciences 15(17), 9513).
pub const QUALITIES: [TokenQuality; 29] = [
    plain("maj", Quality::Major),
    plain("min", Quality::Minor),
    plain("aug", Quality::Augmented),
    plain("dim", Quality::Diminished),
    plain("sus4", Quality::SuspendedFourth),
    plain("sus2", Quality::SuspendedSecond),
    plain("7", Quality::Dominant),
    plain("maj7", Quality::MajorSeventh),
    plain("min7", Quality::MinorSeventh),
    plain("minmaj7", Quality::MinorMajorSeventh),
    plain("maj6", Quality::MajorSixth),
    plain("min6", Quality::MinorSixth),
    plain("dim7", Quality::DiminishedSeventh),
    plain("hdim7", Quality::HalfDiminished),
    plain("maj9", Quality::MajorNinth),
    plain("min9", Quality::MinorNinth),
    plain("9", Quality::DominantNinth),
    plain("min11", Quality::MinorEleventh),
    plain("11", Quality::DominantEleventh),
    plain("maj13", Quality::MajorThirteenth),
    plain("min13", Quality::MinorThirteenth),
    plain("13", Quality::DominantThirteenth),
    plain("1", Quality::Pedal),
    plain("5", Quality::Power),
    plain("", Quality::Major),
    altered("7(b9)", 9, -1),
    altered("7(#9)", 9, 1),
    altered("7(#11)", 11, 1),
    altered("7(b13)", 13, -1),
];

const ROOT_NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

impl TokenQuality {
    /// The chord of this quality on C.
    fn on_c(self) -> Chord {
        self.on(PitchClass::from_semitones(0), 0)
    }

    /// The chord of this quality on `root`, spelled near a key signature of `fifths` sharps.
    fn on(self, root: PitchClass, fifths: i32) -> Chord {
        let alterations = self
            .added
            .map(|(degree, alter)| Alteration { kind: AlterationKind::Add, degree, alter })
            .into_iter()
            .collect();
        Chord { alterations, ..Chord::new(root.spelled_near(fifths), self.quality) }
    }
}

/// The vocabulary: which token stands for which chord.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// Pitch classes of each quality on C.
    bitmaps: [PitchClassSet; QUALITIES.len()],
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { bitmaps: QUALITIES.map(|quality| quality.on_c().pitch_classes()) }
    }
}

impl Vocabulary {
    /// How many tokens there are: 354.
    pub const SIZE: usize = Token::FIRST_CHORD.index() + 12 * QUALITIES.len();

    /// The token of a chord on `root` with the quality at `quality` in [`QUALITIES`].
    pub fn chord_token(root: PitchClass, quality: usize) -> Token {
        let index = usize::from(root.semitones()) * QUALITIES.len() + quality % QUALITIES.len();
        Token(Token::FIRST_CHORD.0 + index as u16)
    }

    /// Root and place in [`QUALITIES`] of a chord token; `None` for a special one.
    pub fn parts(token: Token) -> Option<(PitchClass, usize)> {
        let index = token.index().checked_sub(Token::FIRST_CHORD.index())?;
        let (root, quality) = (index / QUALITIES.len(), index % QUALITIES.len());
        (root < 12).then(|| (PitchClass::from_semitones(root as i32), quality))
    }

    /// The token nearest to any symbol: its root, and the quality whose 12-bit bitmap agrees in
    /// most places, the first of several. The bass is not considered.
    pub fn nearest(&self, symbol: &Symbol) -> Token {
        let Some(chord) = symbol.chord() else { return Token::NO_CHORD };
        let root = chord.root.class();
        let upper = Chord { bass: None, ..chord.clone() };
        let intervals = upper.pitch_classes().transposed(-i32::from(root.semitones()));
        let nearest = (0..QUALITIES.len()).min_by_key(|q| intervals.distance(self.bitmaps[*q]));
        Self::chord_token(root, nearest.unwrap_or_default())
    }

    /// What a token says, spelled near a key signature of `fifths` sharps; `None` for tokens
    /// that say nothing ([`Token::is_harmony`]).
    pub fn symbol(&self, token: Token, fifths: i32) -> Option<Symbol> {
        if token == Token::NO_CHORD {
            return Some(Symbol::NoChord);
        }
        let (root, quality) = Self::parts(token)?;
        Some(Symbol::Chord(QUALITIES[quality].on(root, fifths)))
    }

    /// What a token says as a chord symbol, spelled near a key signature of `fifths` sharps:
    /// `Bbm7`, `N.C.`; the published name of tokens that say nothing.
    pub fn text(&self, token: Token, fifths: i32) -> String {
        let symbol = self.symbol(token, fifths);
        symbol.map_or_else(|| Self::name(token), |symbol| score::chord::text::format(&symbol))
    }

    /// The pitch classes of a token; empty for the special ones.
    pub fn pitch_classes(&self, token: Token) -> PitchClassSet {
        Self::parts(token).map_or(PitchClassSet::EMPTY, |(root, quality)| {
            self.bitmaps[quality].transposed(i32::from(root.semitones()))
        })
    }

    /// The token `semitones` higher; special tokens stay.
    pub fn transposed(token: Token, semitones: i32) -> Token {
        match Self::parts(token) {
            Some((root, quality)) => Self::chord_token(root.transposed(semitones), quality),
            None => token,
        }
    }

    /// The published name: `<mask>`, `C:maj`, `F#:7(b9)`.
    pub fn name(token: Token) -> String {
        match Self::parts(token) {
            Some((root, quality)) => {
                format!("{}:{}", ROOT_NAMES[usize::from(root.semitones())], QUALITIES[quality].name)
            }
            None => Token::SPECIAL_NAMES.get(token.index()).copied().unwrap_or("<unk>").to_owned(),
        }
    }

    /// Every token's name in order.
    pub fn names() -> Vec<String> {
        (0..Self::SIZE).map(|index| Self::name(Token(index as u16))).collect()
    }
}

#[cfg(test)]
mod tests {
    use score::{PitchName, Step};

    use super::*;

    #[test]
    fn the_vocabulary_has_the_published_size_and_names() {
        let names = Vocabulary::names();
        assert_eq!(names.len(), 354);
        assert_eq!(names[5], "<mask>");
        assert_eq!(names[6], "C:maj");
        assert_eq!(names[353], "B:7(b13)");
    }

    #[test]
    fn every_chord_token_but_the_second_major_is_its_own_nearest() {
        let vocabulary = Vocabulary::default();
        for index in Token::FIRST_CHORD.0..Vocabulary::SIZE as u16 {
            let token = Token(index);
            let symbol = vocabulary.symbol(token, 0).expect("a chord");
            let (root, quality) = Vocabulary::parts(token).expect("a chord");
            let expected = if QUALITIES[quality].name.is_empty() { 0 } else { quality };
            assert_eq!(vocabulary.nearest(&symbol), Vocabulary::chord_token(root, expected));
        }
    }

    #[test]
    fn tokens_are_written_as_chord_symbols() {
        let vocabulary = Vocabulary::default();
        let minor_seventh = Vocabulary::chord_token(PitchClass::from_semitones(10), 8);
        assert_eq!(vocabulary.text(minor_seventh, -2), "Bbm7");
        assert_eq!(vocabulary.text(minor_seventh, 5), "A#m7");
        assert_eq!(vocabulary.text(Token::NO_CHORD, 0), "N.C.");
        assert_eq!(vocabulary.text(Token::MASK, 0), "<mask>");
    }

    #[test]
    fn transposition_moves_the_root_and_spares_the_specials() {
        let token = Vocabulary::chord_token(PitchClass::from_semitones(11), 6);
        assert_eq!(Vocabulary::name(Vocabulary::transposed(token, 2)), "C#:7");
        assert_eq!(Vocabulary::transposed(Token::MASK, 5), Token::MASK);
    }

    #[test]
    fn the_bass_does_not_change_the_token() {
        let vocabulary = Vocabulary::default();
        let chord = Chord::new(PitchName::new(Step::C, 0), Quality::Major);
        let slash = Chord { bass: Some(PitchName::new(Step::B, -1)), ..chord.clone() };
        assert_eq!(
            vocabulary.nearest(&Symbol::Chord(slash)),
            vocabulary.nearest(&Symbol::Chord(chord))
        );
    }
}
