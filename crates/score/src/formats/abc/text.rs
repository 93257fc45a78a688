//! Text of fields and quotes: character sets and the accents that ABC spells in ASCII.

use encoding_rs::WINDOWS_1252;

/// `bytes` as text: UTF-8, else Latin-1 (in its Windows form, which holds all of it).
pub(super) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Letters that take an accent, beside what becomes of them.
const ACCENTS: &[(char, &str, &str)] = &[
    ('`', "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
    ('\'', "AEIOUYaeiouycnszCNSZ", "ÁÉÍÓÚÝáéíóúýćńśźĆŃŚŹ"),
    ('^', "AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
    ('"', "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    ('~', "ANOano", "ÃÑÕãñõ"),
    ('c', "Cc", "Çç"),
    (',', "Cc", "Çç"),
    ('v', "CERSZcersz", "ČĚŘŠŽčěřšž"),
    ('/', "Oo", "Øø"),
    ('a', "aAeE", "åÅæÆ"),
    ('A', "AE", "ÅÆ"),
    ('o', "oOeE", "ø\u{d8}œŒ"),
    ('s', "s", "ß"),
];

/// A field's text with TeX-like accents (`\'e`, `\"u`, `\ss`), `\uXXXX` and escaped signs made
/// plain; what is none of these is kept as it stands.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        match escaped(escape) {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain.push('\\');
                rest = escape.get(1..).unwrap_or_default();
            }
        }
    }
    plain + rest
}

/// The character that an escape at the start of `text` stands for, and what follows it.
fn escaped(text: &str) -> Option<(char, &str)> {
    let mut characters = text.chars();
    characters.next()?;
    let accent = characters.next()?;
    if matches!(accent, '%' | '\\' | '&') {
        return Some((accent, characters.as_str()));
    }
    if accent == 'u'
        && let Some(digits) = characters.as_str().get(..4)
        && let Ok(code) = u32::from_str_radix(digits, 16)
        && let Some(character) = char::from_u32(code)
    {
        return Some((character, characters.as_str().get(4..)?));
    }
    let letter = characters.next()?;
    let (_, letters, accented) = ACCENTS.iter().find(|(sign, ..)| *sign == accent)?;
    let place = letters.chars().position(|candidate| candidate == letter)?;
    Some((accented.chars().nth(place)?, characters.as_str()))
}

/// `text` as the value of a field: one line, with the signs escaped that ABC would act on.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        for character in word.chars().filter(|character| !character.is_control()) {
            if matches!(character, '%' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_in_ascii_become_letters() {
        for (written, meant) in [
            (r"Caf\'e", "Café"),
            (r#"M\"uller"#, "Müller"),
            (r"Stra\sse", "Straße"),
            (r"\AAse", "Åse"),
            (r"\u00e9", "é"),
            (r"100\% \\o/", r"100% \o/"),
            (r"a \q b", r"a \q b"),
        ] {
            assert_eq!(unescape(written), meant);
        }
    }

    #[test]
    fn latin_1_and_utf_8_are_told_apart() {
        assert_eq!(decode("né".as_bytes()), "né");
        assert_eq!(decode(b"n\xe9"), "né");
    }

    #[test]
    fn what_is_escaped_reads_back() {
        for text in ["50% \\ half", "Müller", "a\\'e"] {
            assert_eq!(unescape(&escape(text)), text);
        }
    }
}
