//! The `K:` field: tonic, mode, explicit accidentals, and the octave that a clef asks for.

use crate::{Key, Mode, PitchName, Step};

/// What notes without an accidental sound like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    /// The key it is called, if it is called one.
    pub(super) key: Option<Key>,
    /// Semitones of alteration by letter, in the order of [`Step::index`].
    pub(super) alters: [i8; 7],
}

impl Signature {
    /// No key, no accidentals.
    pub(super) const NONE: Self = Self { key: None, alters: [0; 7] };

    /// The signature that goes with `key`.
    pub(super) fn of(key: Key) -> Self {
        Self { key: Some(key), alters: Step::ALL.map(|step| alter_in(key, step)) }
    }
}

/// How `key` alters a letter.
pub(super) fn alter_in(key: Key, step: Step) -> i8 {
    // A signature of n sharps holds the seven places from F = −1 + n upwards.
    let lowest = i32::from(key.fifths) - 1;
    let natural = PitchName::new(step, 0).fifths();
    let alter = (lowest - natural + 6).div_euclid(7);
    alter.clamp(-4, 4) as i8
}

/// What a `K:` field (or the properties of a `V:` field) changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KeyField {
    /// The new signature; `None` if the field only names a clef.
    pub(super) signature: Option<Signature>,
    /// Octaves by which the notes sound above what is written, if it says so.
    pub(super) octave: Option<i8>,
    /// What could not be understood or is not acted on.
    pub(super) problem: Option<String>,
}

/// Reads the value of a `K:` field.
pub(super) fn parse(value: &str) -> KeyField {
    let mut field = KeyField::default();
    let value = value.trim();
    let (signature, rest) = if let Some(rest) = strip_word(value, "none") {
        (Some(Signature::NONE), rest)
    } else if let Some(rest) = strip_word(value, "Hp").or_else(|| strip_word(value, "HP")) {
        // Highland pipes sound F and C sharp whether or not the signature is printed.
        let key = Key::with_tonic(PitchName::new(Step::A, 0), Mode::Mixolydian);
        (Some(Signature::of(key)), rest)
    } else if value.is_empty() {
        (Some(Signature::NONE), value)
    } else {
        match tonic(value) {
            Some((tonic, rest)) => {
                let (mode, rest) = mode(rest);
                (Some(Signature::of(Key::with_tonic(tonic, mode))), rest)
            }
            None => (None, value),
        }
    };
    field.signature = signature;
    let mut explicit = false;
    for word in rest.split_whitespace() {
        if word.eq_ignore_ascii_case("exp") {
            explicit = true;
            if let Some(signature) = &mut field.signature {
                signature.alters = [0; 7];
            }
        } else if word.starts_with(['^', '_', '=']) {
            let signature = field.signature.get_or_insert(Signature::NONE);
            if !accidentals(word, &mut signature.alters) {
                field.problem = Some(format!("\"{word}\" is no accidental; it is left out"));
            }
        } else if let Err(problem) = property(word, &mut field.octave) {
            field.problem = Some(problem);
        }
    }
    if explicit && let Some(Signature { key: Some(key), alters }) = &mut field.signature {
        *key = nearest_key(key.tonic(), alters);
    }
    field
}

/// Reads the words of a `V:` field behind its name that change what sounds.
pub(super) fn parse_properties(words: &str) -> KeyField {
    let mut field = KeyField::default();
    for word in words.split_whitespace().filter(|word| word.contains('=')) {
        if let Err(problem) = property(word, &mut field.octave) {
            field.problem = Some(problem);
        }
    }
    field
}

/// `text` without `word` at its start, if it stands there on its own.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
}

/// A capital letter with at most one accidental: the `b` of `Bbass` would be no flat.
fn tonic(text: &str) -> Option<(PitchName, &str)> {
    let mut characters = text.chars();
    let letter = characters.next().filter(char::is_ascii_uppercase)?;
    let step = Step::from_letter(letter)?;
    let after_letter = characters.as_str();
    let alter = match characters.next() {
        Some('#' | '♯') => 1,
        Some('b' | '♭') => -1,
        _ => return Some((PitchName::new(step, 0), after_letter)),
    };
    Some((PitchName::new(step, alter), characters.as_str()))
}

/// The mode behind a tonic: three letters count, in either case; `m` alone is minor.
fn mode(text: &str) -> (Mode, &str) {
    let trimmed = text.trim_start();
    let length = trimmed.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at(length);
    let short = word.get(..3).unwrap_or(word).to_ascii_lowercase();
    let mode = match short.as_str() {
        "m" | "min" | "aeo" => Mode::Minor,
        "maj" | "ion" => Mode::Major,
        "dor" => Mode::Dorian,
        "phr" => Mode::Phrygian,
        "lyd" => Mode::Lydian,
        "mix" => Mode::Mixolydian,
        "loc" => Mode::Locrian,
        _ => return (Mode::Major, text),
    };
    // `C middle=d` is C major with a clef property, not C minor or mixolydian.
    if rest.starts_with('=') && word.len() > 1 { (Mode::Major, text) } else { (mode, rest) }
}

/// Reads accidentals such as `^f`, `^f_b` or `=c` into `alters`; false if it holds others.
fn accidentals(word: &str, alters: &mut [i8; 7]) -> bool {
    let mut alter = 0i8;
    for character in word.chars() {
        match character {
            '^' => alter = alter.saturating_add(1).min(2),
            '_' => alter = alter.saturating_sub(1).max(-2),
            '=' => alter = 0,
            letter => {
                let Some(step) = Step::from_letter(letter) else { return false };
                alters[step.index()] = alter;
                alter = 0;
            }
        }
    }
    true
}

/// Reads a clef word or a property; only those that move the sound matter.
fn property(word: &str, octave: &mut Option<i8>) -> Result<(), String> {
    let (name, value) = word.split_once('=').unwrap_or(("clef", word));
    let shift = |text: &str| text.parse::<i8>().ok().filter(|shift| shift.abs() <= 4);
    match name {
        "octave" => match shift(value) {
            Some(shift) => *octave = Some(octave.unwrap_or(0).saturating_add(shift)),
            None => return Err(format!("\"{word}\" is no octave; it is left out")),
        },
        "transpose" | "t" if !matches!(value, "0" | "+0" | "-0") => {
            return Err(format!("\"{word}\" is not acted on: notes and chords stay as written"));
        }
        "clef" if value.ends_with("-8") => *octave = Some(octave.unwrap_or(0).saturating_sub(1)),
        "clef" if value.ends_with("+8") => *octave = Some(octave.unwrap_or(0).saturating_add(1)),
        "clef" => {
            let clef = value.trim_end_matches(|c: char| c.is_ascii_digit());
            let known =
                ["treble", "alto", "tenor", "bass", "perc", "none", "auto", "G", "C", "F", "P"];
            if !known.contains(&clef) {
                return Err(format!("\"{word}\" is no key, mode or clef; it is left out"));
            }
        }
        _ => {}
    }
    Ok(())
}

/// The key on `tonic` whose signature differs from `alters` on the fewest letters.
fn nearest_key(tonic: PitchName, alters: &[i8; 7]) -> Key {
    let distance = |mode: &Mode| {
        let own = Signature::of(Key::with_tonic(tonic, *mode)).alters;
        own.iter().zip(alters).filter(|(a, b)| a != b).count()
    };
    let mode = Mode::ALL.into_iter().min_by_key(distance).unwrap_or(Mode::Major);
    Key::with_tonic(tonic, mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(value: &str) -> Signature {
        parse(value).signature.expect("a signature")
    }

    #[test]
    fn signatures_alter_the_letters_of_their_key() {
        for (value, alters) in [
            ("C", [0, 0, 0, 0, 0, 0, 0]),
            ("D", [1, 0, 0, 1, 0, 0, 0]),
            ("Ebm", [-1, -1, -1, 0, -1, -1, -1]),
            ("C#", [1; 7]),
            ("Cb", [-1; 7]),
            ("F", [0, 0, 0, 0, 0, 0, -1]),
        ] {
            assert_eq!(signature(value).alters, alters, "{value}");
        }
    }

    #[test]
    fn every_spelling_of_a_mode_is_read() {
        for (value, expected) in [
            ("Am", "A minor"),
            ("A minor", "A minor"),
            ("AMin", "A minor"),
            ("A Aeolian", "A minor"),
            ("ADor", "A dorian"),
            ("A mix", "A mixolydian"),
            ("F#m", "F# minor"),
            ("BbLyd", "Bb lydian"),
            ("E phr", "E phrygian"),
            ("B loc", "B locrian"),
            ("G ionian", "G major"),
            ("Hp", "A mixolydian"),
            ("C clef=bass", "C major"),
            ("C middle=d", "C major"),
            ("Dm^c", "D minor"),
            ("D exp _b _e ^f", "D phrygian"),
        ] {
            assert_eq!(signature(value).key.expect("named").to_string(), expected, "{value}");
        }
    }

    #[test]
    fn explicit_accidentals_add_to_the_mode_or_replace_it() {
        assert_eq!(signature("Dm^c").alters, [1, 0, 0, 0, 0, 0, -1]);
        assert_eq!(signature("GLyd =f").alters, [1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(signature("D exp ^g").alters, [0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(signature("D ^f_b").alters[6], -1);
    }

    #[test]
    fn clefs_change_no_key() {
        for value in ["bass", "clef=alto", "treble"] {
            assert_eq!(parse(value), KeyField::default(), "{value}");
        }
        assert_eq!(parse("clef=treble-8").octave, Some(-1));
        assert_eq!(parse("C octave=1").octave, Some(1));
        assert_eq!(signature("none"), Signature::NONE);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert!(parse("C quux").problem.is_some());
        assert!(parse("C transpose=-2").problem.is_some());
        assert!(parse("H").signature.is_none());
    }
}
