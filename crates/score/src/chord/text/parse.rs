//! From a written symbol to a chord.

use super::compose::{Change, Family, Number, Recipe, Suspension};
use super::prepare::{prepared, says_no_chord};
use crate::chord::{
    Chord, ChordProblem, LONGEST_SYMBOL, MOST_ALTERATIONS, Quality, Symbol, UnknownChord,
};
use crate::{Alteration, AlterationKind, PitchName};

/// Reads a chord symbol, or "N.C." and the like as [`Symbol::NoChord`].
///
/// # Errors
/// If the text is no chord symbol; the error says which part of it cannot be read.
pub fn parse(text: &str) -> Result<Symbol, UnknownChord> {
    if says_no_chord(text) {
        return Ok(Symbol::NoChord);
    }
    parse_chord(text).map(Symbol::Chord)
}

/// Reads a chord symbol that names a chord.
///
/// # Errors
/// If the text is no chord symbol; the error says which part of it cannot be read.
pub fn parse_chord(text: &str) -> Result<Chord, UnknownChord> {
    read(text).map_err(|problem| UnknownChord::new(text.trim(), problem))
}

/// Reads what stands after the root, `m7b5` or nothing at all: a quality and its alterations.
///
/// # Errors
/// If it cannot be read, or names a bass.
pub fn parse_suffix(suffix: &str) -> Result<(Quality, Vec<Alteration>), UnknownChord> {
    let problem = |problem| UnknownChord::new(suffix, problem);
    let trimmed = suffix.trim();
    // An accidental would become the root's.
    let chord = if trimmed.starts_with(['#', 'b', '♯', '♭']) {
        read(&format!("C({trimmed})"))
    } else {
        read(&format!("C{trimmed}"))
    };
    match chord.map_err(problem)? {
        Chord { quality, alterations, bass: None, .. } => Ok((quality, alterations)),
        Chord { bass: Some(bass), .. } => {
            Err(problem(ChordProblem::Contradiction(bass.to_string())))
        }
    }
}

fn read(text: &str) -> Result<Chord, ChordProblem> {
    if text.chars().nth(LONGEST_SYMBOL).is_some() {
        return Err(ChordProblem::TooLong);
    }
    let plain = prepared(text).ok_or_else(|| ChordProblem::UnknownQuality(text.to_owned()))?;
    if plain.is_empty() {
        return Err(ChordProblem::Empty);
    }
    if !plain.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Err(ChordProblem::NoRoot);
    }
    let (root, rest) = PitchName::parse_prefix(&plain).ok_or(ChordProblem::NoRoot)?;
    let (suffix, bass) = split_bass(rest)?;
    let (quality, alterations) = read_suffix(suffix)?;
    if alterations.len() > MOST_ALTERATIONS {
        return Err(ChordProblem::TooManyDegrees);
    }
    if !alterations.iter().copied().all(Alteration::is_possible) {
        return Err(ChordProblem::UnknownDegree(suffix.to_owned()));
    }
    Ok(Chord { root, quality, alterations, bass: bass.filter(|bass| *bass != root) })
}

/// Splits off `/f+`, `/Bb`: the last slash that a letter follows.
fn split_bass(rest: &str) -> Result<(&str, Option<PitchName>), ChordProblem> {
    let Some((suffix, bass)) = rest.rsplit_once('/') else { return Ok((rest, None)) };
    if bass.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok((rest, None));
    }
    // In the Nottingham database "+" raises a bass note.
    match PitchName::parse_prefix(&bass.replace('+', "#")) {
        Some((name, "")) => Ok((suffix, Some(name))),
        _ => Err(ChordProblem::UnknownBass(bass.to_owned())),
    }
}

/// Reads what stands between root and bass.
fn read_suffix(suffix: &str) -> Result<(Quality, Vec<Alteration>), ChordProblem> {
    const RARE: [(&str, Quality); 6] = [
        ("pedal", Quality::Pedal),
        ("N6", Quality::Neapolitan),
        ("It+6", Quality::Italian),
        ("Fr+6", Quality::French),
        ("Gr+6", Quality::German),
        ("tristan", Quality::Tristan),
    ];
    let mut cursor = Cursor { rest: suffix };
    let rare = RARE.into_iter().find(|(word, _)| cursor.take(word));
    let mut recipe = match rare {
        Some((_, quality)) => Recipe::named(quality),
        None => {
            let family = cursor.family();
            Recipe::new(family, cursor.number(family))
        }
    };
    while !cursor.rest.is_empty() {
        let before = cursor.rest;
        let change = cursor.change()?;
        if let Some(change) = change {
            recipe.add(change).ok_or_else(|| ChordProblem::Contradiction(before.to_owned()))?;
        }
    }
    recipe.cook().ok_or_else(|| ChordProblem::Contradiction(suffix.to_owned()))
}

/// The part of a symbol that is still to be read.
struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    /// Takes `token` if it stands here.
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes one of `words` in any case.
    fn take_word(&mut self, words: &[&str]) -> bool {
        for word in words {
            if let Some(head) = self.rest.get(..word.len())
                && head.eq_ignore_ascii_case(word)
            {
                self.rest = &self.rest[word.len()..];
                return true;
            }
        }
        false
    }

    /// Takes `token` if what follows it satisfies `next` (`None` at the end).
    fn take_before(&mut self, token: &str, next: impl Fn(Option<char>) -> bool) -> bool {
        self.rest.strip_prefix(token).is_some_and(|rest| next(rest.chars().next()))
            && self.take(token)
    }

    /// The word or sign right after the root.
    fn family(&mut self) -> Family {
        // `C-5` and `C+9` alter a degree; `C-7` and `C+7` name a family.
        let not_five = |next: Option<char>| next != Some('5');
        let ends_or_seventh = |next: Option<char>| matches!(next, None | Some('7' | '9'));
        if self.major_word() {
            Family::MajorByWord
        } else if self.major_sign() {
            Family::MajorBySign
        } else if self.take_word(&["minor", "min", "mi"])
            || self.take("m")
            || self.take_before("-", not_five)
        {
            Family::Minor
        } else if self.take_word(&["augmented", "aug"])
            || self.take_before("+", not_five)
            || self.take_before("a", ends_or_seventh)
        {
            Family::Augmented
        } else if self.take_word(&["half-diminished", "halfdiminished", "half-dim", "hdim"])
            || self.take("ø")
            || self.take_before("h", ends_or_seventh)
        {
            Family::HalfDiminished
        } else if self.take_word(&["diminished", "dim"])
            || self.take_before("o", |next| !next.is_some_and(char::is_alphabetic))
            || self.take_before("d", ends_or_seventh)
        {
            Family::Diminished
        } else {
            Family::Plain
        }
    }

    /// `major`, `maj`, `ma`, `M`: a major seventh only with a number behind it.
    fn major_word(&mut self) -> bool {
        if self.rest.starts_with("madd") || self.rest.starts_with("malt") {
            return false;
        }
        self.take_word(&["major", "maj", "ma"]) || self.take("M")
    }

    /// `Δ`, `^`, `j`: a major seventh by itself.
    fn major_sign(&mut self) -> bool {
        self.take("Δ") || self.take("^") || self.take_before("j", |next| next != Some('o'))
    }

    /// The number right after the family.
    fn number(&mut self, family: Family) -> Option<Number> {
        const NUMBERS: [(&str, Number); 13] = [
            ("6/9", Number::SixNine),
            ("6(9)", Number::SixNine),
            ("69", Number::SixNine),
            ("13", Number::Thirteenth),
            ("11", Number::Eleventh),
            ("9", Number::Ninth),
            ("7", Number::Seventh),
            ("6", Number::Sixth),
            ("5", Number::Power),
            ("4", Number::AddedFourth),
            ("2", Number::AddedSecond),
            ("(7)", Number::Seventh),
            ("(9)", Number::AddedNinth),
        ];
        // "7M" and "7Δ" are the Brazilian and the belated major seventh.
        if matches!(family, Family::Plain) && (self.take("7M") || self.take("7Δ")) {
            return Some(Number::MajorSeventh);
        }
        NUMBERS.into_iter().find(|(text, _)| self.take(text)).map(|(_, number)| number)
    }

    /// The next change, or `None` after a mere separator.
    fn change(&mut self) -> Result<Option<Change>, ChordProblem> {
        if self.take("(") || self.take(")") || self.take(",") {
            return Ok(None);
        }
        if self.take_word(&["sus"]) {
            return Ok(Some(Change::Suspend(self.suspension())));
        }
        if self.take_word(&["altered"]) {
            return Ok(Some(Change::Altered));
        }
        if self.take_word(&["alter"]) {
            return self.explicit(AlterationKind::Alter);
        }
        if self.take_word(&["alt"]) {
            return Ok(Some(Change::Altered));
        }
        if self.take_word(&["add"]) {
            return self.explicit(AlterationKind::Add);
        }
        if self.take_word(&["omit", "no"]) {
            return self.explicit(AlterationKind::Subtract);
        }
        // A seventh with its fourth resolving to the third: the seventh chord.
        if self.take("43") || self.take("4-3") {
            return Ok(None);
        }
        if self.major_word() || self.major_sign() {
            return match self.number(Family::MajorByWord) {
                Some(Number::Seventh) | None => Ok(Some(Change::MajorSeventh)),
                Some(Number::Ninth) => Ok(Some(Change::MajorNinth)),
                Some(_) => Err(self.unknown()),
            };
        }
        if self.take_word(&["aug"])
            || self.take_before("+", |c| !c.is_some_and(|c| c.is_ascii_digit()))
        {
            return Ok(Some(Change::Degree { degree: 5, accidental: 1 }));
        }
        let before = self.rest;
        let accidental = if self.take("/") { 0 } else { self.accidental(true)? };
        match self.degree()? {
            // Without an accidental only degrees that no triad has.
            Some(degree) if accidental != 0 || matches!(degree, 6 | 7 | 9 | 11 | 13) => {
                Ok(Some(Change::Degree { degree, accidental }))
            }
            _ => {
                self.rest = before;
                Err(self.unknown())
            }
        }
    }

    /// What follows "sus".
    fn suspension(&mut self) -> Suspension {
        if self.take("24") || self.take("42") || self.take("2sus4") || self.take("4sus2") {
            Suspension::Both
        } else if self.take("2") {
            Suspension::Second
        } else {
            let _fourth_is_the_default = self.take("4");
            Suspension::Fourth
        }
    }

    /// The degree after `add`, `alter` or `no`.
    fn explicit(&mut self, kind: AlterationKind) -> Result<Option<Change>, ChordProblem> {
        let alter = self.accidental(false)?;
        match self.degree()? {
            Some(degree) => Ok(Some(Change::Explicit(Alteration { kind, degree, alter }))),
            None => Err(self.unknown()),
        }
    }

    /// Sharps and flats, also as `+` and `-` where `signs` are allowed.
    fn accidental(&mut self, signs: bool) -> Result<i8, ChordProblem> {
        let before = self.rest;
        let mut alter = 0i8;
        loop {
            if self.take("#") || (signs && self.take("+")) {
                alter += 1;
            } else if self.take("b") || (signs && self.take("-")) {
                alter -= 1;
            } else {
                return Ok(alter);
            }
            if alter.abs() > 4 {
                return Err(ChordProblem::UnknownDegree(before.to_owned()));
            }
        }
    }

    /// A number from 1 to 13.
    fn degree(&mut self) -> Result<Option<u8>, ChordProblem> {
        let two = self.rest.get(..2).filter(|two| matches!(*two, "10" | "11" | "12" | "13"));
        let one = || self.rest.get(..1).filter(|one| one.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(digits) = two.or_else(one) else { return Ok(None) };
        self.rest = &self.rest[digits.len()..];
        match digits.parse() {
            Ok(degree @ 1..=13) => Ok(Some(degree)),
            _ => Err(ChordProblem::UnknownDegree(digits.to_owned())),
        }
    }

    fn unknown(&self) -> ChordProblem {
        ChordProblem::UnknownQuality(self.rest.to_owned())
    }
}
