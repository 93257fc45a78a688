//! What a MusicXML `<harmony>` says, without the XML: kind, degrees, bass, inversion.

use super::{
    Chord, ChordProblem, MOST_ALTERATIONS, Quality, Symbol, UnknownChord, name_on_degree, text,
};
use crate::{Alteration, AlterationKind, Key, Mode, PitchName, Step};

/// The content of one chord of a `<harmony>` element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HarmonyParts {
    /// The root, or what [`numeral_root`] or [`function_root`] makes of a numeral.
    pub root: Option<PitchName>,
    /// The text of `<kind>`; files also leave it empty or write words of their own.
    pub kind: String,
    /// Its `text` attribute: how the quality is printed.
    pub kind_text: Option<String>,
    /// The `<degree>` elements.
    pub degrees: Vec<Alteration>,
    /// The bass.
    pub bass: Option<PitchName>,
    /// The inversion: 1 with the third in the bass, 2 with the fifth, ….
    pub inversion: Option<u8>,
}

/// The kinds of MusicXML 4.0 that name a quality.
const KINDS: [(&str, Quality); 31] = [
    ("major", Quality::Major),
    ("minor", Quality::Minor),
    ("augmented", Quality::Augmented),
    ("diminished", Quality::Diminished),
    ("dominant", Quality::Dominant),
    ("major-seventh", Quality::MajorSeventh),
    ("minor-seventh", Quality::MinorSeventh),
    ("diminished-seventh", Quality::DiminishedSeventh),
    ("augmented-seventh", Quality::AugmentedSeventh),
    ("half-diminished", Quality::HalfDiminished),
    ("major-minor", Quality::MinorMajorSeventh),
    ("major-sixth", Quality::MajorSixth),
    ("minor-sixth", Quality::MinorSixth),
    ("dominant-ninth", Quality::DominantNinth),
    ("major-ninth", Quality::MajorNinth),
    ("minor-ninth", Quality::MinorNinth),
    ("dominant-11th", Quality::DominantEleventh),
    ("major-11th", Quality::MajorEleventh),
    ("minor-11th", Quality::MinorEleventh),
    ("dominant-13th", Quality::DominantThirteenth),
    ("major-13th", Quality::MajorThirteenth),
    ("minor-13th", Quality::MinorThirteenth),
    ("suspended-second", Quality::SuspendedSecond),
    ("suspended-fourth", Quality::SuspendedFourth),
    ("Neapolitan", Quality::Neapolitan),
    ("Italian", Quality::Italian),
    ("French", Quality::French),
    ("German", Quality::German),
    ("pedal", Quality::Pedal),
    ("power", Quality::Power),
    ("Tristan", Quality::Tristan),
];

/// Words that files use besides, in the lead-sheet spelling.
const OTHER_KINDS: [(&str, &str); 19] = [
    ("minor-major", "m(maj7)"),
    ("minor-major-seventh", "m(maj7)"),
    ("major-minor-seventh", "m(maj7)"),
    ("minor-major-ninth", "m(maj9)"),
    ("dominant-seventh", "7"),
    ("half-diminished-seventh", "m7b5"),
    ("half-diminished-ninth", "ø9"),
    ("diminished-ninth", "dim9"),
    ("augmented-ninth", "+9"),
    ("augmented-dominant-ninth", "+9"),
    ("augmented-major-seventh", "+maj7"),
    ("seventh-flat-five", "7b5"),
    ("suspended-fourth-seventh", "7sus4"),
    ("dominant-eleventh", "11"),
    ("major-eleventh", "maj11"),
    ("minor-eleventh", "m11"),
    ("dominant-thirteenth", "13"),
    ("major-thirteenth", "maj13"),
    ("minor-thirteenth", "m13"),
];

/// The symbol that the parts of a `<harmony>` make.
///
/// A kind of the standard is taken at its word. Where the kind is `other`, empty or no word
/// of the standard, its printed text and then the kind itself are read as a lead-sheet
/// symbol; an `other` without either is its degrees over the root alone, and an empty kind
/// that nothing explains a major triad.
///
/// # Errors
/// If there is no root, neither kind nor text can be read, or the degrees are too many or none
/// that a chord can have.
pub fn read(parts: &HarmonyParts) -> Result<Symbol, UnknownChord> {
    let kind = parts.kind.trim();
    let printed = parts.kind_text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let problem = |problem| UnknownChord::new(printed.unwrap_or(kind), problem);
    let silent = |text| matches!(text::parse(text), Ok(Symbol::NoChord));
    if kind == "none" || silent(kind) || (kind.is_empty() && printed.is_some_and(silent)) {
        return Ok(Symbol::NoChord);
    }
    let root = parts.root.ok_or_else(|| problem(ChordProblem::NoRoot))?;
    let (quality, alterations) = match KINDS.into_iter().find(|(name, _)| *name == kind) {
        Some((_, quality)) => (quality, parts.degrees.clone()),
        None => {
            let (quality, mut alterations) = explained(kind, printed, &parts.degrees)
                .ok_or_else(|| problem(ChordProblem::UnknownQuality(kind.to_owned())))?;
            let said = alterations.clone();
            alterations.extend(parts.degrees.iter().filter(|degree| !said.contains(degree)));
            (quality, alterations)
        }
    };
    if let Some(strange) = alterations.iter().find(|change| !change.is_possible()) {
        let degree = format!("{} {:+}", strange.degree, strange.alter);
        return Err(problem(ChordProblem::UnknownDegree(degree)));
    }
    if alterations.len() > MOST_ALTERATIONS {
        return Err(problem(ChordProblem::TooManyDegrees));
    }
    let inverted = || inversion_bass(root, quality, &alterations, parts.inversion?);
    let bass = parts.bass.or_else(inverted).filter(|bass| *bass != root);
    Ok(Symbol::Chord(Chord { root, quality, alterations, bass }))
}

/// What a kind outside the standard means.
fn explained(
    kind: &str,
    printed: Option<&str>,
    degrees: &[Alteration],
) -> Option<(Quality, Vec<Alteration>)> {
    let lower = kind.to_lowercase().replace([' ', '_'], "-");
    let standard = KINDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&lower));
    if let Some((_, quality)) = standard {
        return Some((quality, Vec::new()));
    }
    let word = OTHER_KINDS.into_iter().find(|(name, _)| *name == lower).map(|(_, text)| text);
    let own = (!matches!(lower.as_str(), "" | "other")).then_some(kind);
    for suffix in [word, printed, own].into_iter().flatten() {
        if let Ok(read) = text::parse_suffix(suffix) {
            return Some(read);
        }
    }
    match lower.as_str() {
        "" if printed.is_none() => Some((Quality::Major, Vec::new())),
        "other" if !degrees.is_empty() => Some((Quality::Pedal, Vec::new())),
        _ => None,
    }
}

/// The chord tone in the bass of an inversion.
fn inversion_bass(
    root: PitchName,
    quality: Quality,
    alterations: &[Alteration],
    inversion: u8,
) -> Option<PitchName> {
    let (degree, semitones) = *quality.degrees().get(usize::from(inversion))?;
    let altered: i32 = alterations
        .iter()
        .filter(|change| change.kind == AlterationKind::Alter && change.degree == degree)
        .map(|change| i32::from(change.alter))
        .sum();
    Some(name_on_degree(root, degree, i32::from(semitones) + altered))
}

/// The parts of a symbol, in the words of the standard; reading them gives the same symbol.
pub fn write(symbol: &Symbol) -> HarmonyParts {
    let Symbol::Chord(chord) = symbol else {
        let kind_text = Some("N.C.".to_owned());
        return HarmonyParts { kind: "none".to_owned(), kind_text, ..HarmonyParts::default() };
    };
    let kind = match chord.quality {
        // "Used when the harmony is entirely composed of add elements."
        Quality::Pedal if !chord.alterations.is_empty() => "other",
        quality => {
            KINDS.into_iter().find(|(_, named)| *named == quality).map_or("other", |(kind, _)| kind)
        }
    };
    // The text of an `other` would be read before its degrees.
    let kind_text = (kind != "other").then(|| text::suffix(chord));
    HarmonyParts {
        root: Some(chord.root),
        kind: kind.to_owned(),
        kind_text,
        degrees: chord.alterations.clone(),
        bass: chord.bass,
        inversion: None,
    }
}

/// Which form of the minor scale a numeral stands in (`numeral-mode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MinorForm {
    /// Natural minor, and all other modes as they are.
    #[default]
    Natural,
    /// The seventh degree is raised.
    Harmonic,
    /// The sixth and seventh degrees are raised.
    Melodic,
}

/// The root on degree `numeral` (1 to 7) of `key`, `alter` semitones raised; `None` if there is
/// no such degree.
pub fn numeral_root(numeral: u8, alter: i8, key: Key, form: MinorForm) -> Option<PitchName> {
    if !(1..=7).contains(&numeral) {
        return None;
    }
    let step = Step::ALL[(key.tonic().step.index() + usize::from(numeral) - 1) % 7];
    let signature = i32::from(key.fifths);
    // A key signature holds seven neighbours on the line of fifths.
    let in_key = (signature - 1..=signature + 5)
        .map(PitchName::from_fifths)
        .find(|name| name.step == step)?;
    let raised = match form {
        MinorForm::Natural => 0,
        MinorForm::Harmonic => i8::from(numeral == 7),
        MinorForm::Melodic => i8::from(numeral >= 6),
    };
    Some(PitchName::new(step, in_key.alter.checked_add(alter)?.checked_add(raised)?))
}

/// The root of a `<function>` such as `I`, `bVII` or `V/V` in `key`; `None` if it is no numeral.
pub fn function_root(function: &str, key: Key) -> Option<PitchName> {
    // The last numeral stands in the key, each before it in the key of the one behind it.
    let mut numerals = function.rsplit('/').map(str::trim);
    let mut root = numeral_in_key(numerals.next()?, key)?;
    for numeral in numerals {
        root = numeral_in_key(numeral, Key::with_tonic(root, Mode::Major))?;
    }
    Some(root)
}

/// The root of one Roman numeral, whatever stands behind it (`V7`, `viio`).
fn numeral_in_key(numeral: &str, key: Key) -> Option<PitchName> {
    const NUMERALS: [&str; 7] = ["I", "II", "III", "IV", "V", "VI", "VII"];
    let unsigned = numeral.trim_start_matches(['#', 'b', '♯', '♭']);
    let signs = &numeral[..numeral.len() - unsigned.len()];
    let alter: i32 = signs.chars().map(|c| if matches!(c, '#' | '♯') { 1 } else { -1 }).sum();
    let alter = i8::try_from(alter).ok().filter(|alter| alter.abs() <= 4)?;
    let end = unsigned.find(|c| !matches!(c, 'I' | 'V' | 'i' | 'v')).unwrap_or(unsigned.len());
    let place = NUMERALS.iter().position(|name| name.eq_ignore_ascii_case(&unsigned[..end]))?;
    numeral_root(u8::try_from(place + 1).ok()?, alter, key, MinorForm::Natural)
}

#[cfg(test)]
mod tests;
