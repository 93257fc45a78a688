//! Bringing the characters of a chord symbol into one alphabet before it is read.

use crate::PitchName;

/// Texts that say that no chord sounds, without points and spaces, in lower case.
const NO_CHORD: [&str; 2] = ["nc", "nochord"];

/// Whether `text` says that no chord sounds.
pub(super) fn says_no_chord(text: &str) -> bool {
    let letters: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '(' | ')'))
        .flat_map(char::to_lowercase)
        .take(12)
        .collect();
    NO_CHORD.contains(&letters.as_str())
}

/// The symbol in `#`, `b`, `-`, `o`, `ø`, `Δ`, without spaces, footnote stars and brackets
/// around the whole. `None` where a root and a small number stand apart, as in the label `A 2`.
pub(super) fn prepared(text: &str) -> Option<String> {
    let mut text = text.trim().trim_end_matches('*').trim_end();
    while let Some(inner) = enclosed(text) {
        text = inner.trim();
    }
    let text = text.replace("Œ„Š", "Δ");
    let mut plain = String::with_capacity(text.len());
    let mut after_space = false;
    for character in text.chars() {
        if character.is_whitespace() {
            after_space = true;
            continue;
        }
        if std::mem::take(&mut after_space) {
            match character {
                // A label such as "A 2".
                '1'..='4' if is_root(&plain) => return None,
                // An accidental apart from the root belongs to a degree: "C b9".
                '#' | 'b' | '♯' | '♭' => plain.push(','),
                _ => {}
            }
        }
        match character {
            '♯' | '＃' => plain.push('#'),
            '♭' => plain.push('b'),
            '𝄪' => plain.push_str("##"),
            '𝄫' => plain.push_str("bb"),
            '♮' => {}
            '−' | '–' | '‐' | '‑' => plain.push('-'),
            '°' | 'º' | '˚' => plain.push('o'),
            'Ø' | 'ø' | '∅' => plain.push('ø'),
            'Δ' | '∆' | '△' | '▵' => plain.push('Δ'),
            // A jazz font read as Latin-1, as in the Public Domain Song Anthology.
            '¨' | '€' => plain.push('b'),
            '&' => plain.push('#'),
            '[' => plain.push('('),
            ']' => plain.push(')'),
            '\\' => plain.push('/'),
            other => plain.push(other),
        }
    }
    Some(plain)
}

/// Whether `text` is a root and nothing more.
fn is_root(text: &str) -> bool {
    PitchName::parse_prefix(text).is_some_and(|(_, rest)| rest.is_empty())
}

/// What stands between brackets that enclose all of `text`.
fn enclosed(text: &str) -> Option<&str> {
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')))?;
    (!inner.contains(['(', ')', '[', ']'])).then_some(inner)
}
