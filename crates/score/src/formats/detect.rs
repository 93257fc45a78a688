//! Which format a file has.
//!
//! The content decides; the extension only where the content could be either of two, so
//! that a MIDI file called `tune.xml` is still read as MIDI.

use std::borrow::Cow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::json;

/// How much of a text is looked at: headers of tunebooks can be long.
const LOOKED_AT: usize = 64 * 1024;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// MusicXML as text.
    MusicXml,
    /// Compressed MusicXML.
    Mxl,
    /// A tunebook in ABC notation.
    Abc,
    /// A standard MIDI file.
    Midi,
    /// Cantus's own JSON.
    Json,
    /// Hooktheory annotations in the layout of SheetSage.
    Hooktheory,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 6] =
        [Self::MusicXml, Self::Mxl, Self::Abc, Self::Midi, Self::Json, Self::Hooktheory];

    /// The format that a file of this name usually has, by its extension in any case.
    pub fn from_extension(name: &Path) -> Option<Self> {
        let extension = name.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "musicxml" | "xml" => Self::MusicXml,
            "mxl" => Self::Mxl,
            "abc" => Self::Abc,
            "mid" | "midi" | "smf" | "kar" | "rmi" => Self::Midi,
            "json" => Self::Json,
            _ => return None,
        })
    }

    /// The extension for files of this format, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::MusicXml => "musicxml",
            Self::Mxl => "mxl",
            Self::Abc => "abc",
            Self::Midi => "mid",
            Self::Json | Self::Hooktheory => "json",
        }
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MusicXml => "MusicXML",
            Self::Mxl => "compressed MusicXML",
            Self::Abc => "ABC",
            Self::Midi => "MIDI",
            Self::Json => "Cantus JSON",
            Self::Hooktheory => "Hooktheory JSON",
        }
    }
}

/// The format of a file by its content, or by its name where that is not enough: a text
/// with an ABC header field but no tune in sight, or a damaged file. `None` if neither says.
/// The name may be empty.
pub fn detect(bytes: &[u8], name: &Path) -> Option<Format> {
    let named = Format::from_extension(name);
    if bytes.starts_with(b"MThd") || is_riff_midi(bytes) {
        return Some(Format::Midi);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return is_container(bytes).then_some(Format::Mxl).or(named.filter(|f| *f == Format::Mxl));
    }
    let text = text(bytes.get(..LOOKED_AT).unwrap_or(bytes));
    let text = text.trim_start();
    if text.starts_with('{') {
        return json_kind(text).or(named.filter(|format| *format == Format::Json));
    }
    if text.starts_with('<') && is_score(text) {
        return Some(Format::MusicXml);
    }
    match abc_fields(text) {
        // A tune has a number and a key; with one of them the name may still say so.
        (true, true) => Some(Format::Abc),
        (false, false) => None,
        _ => Some(Format::Abc).filter(|_| named.is_none_or(|format| format == Format::Abc)),
    }
    .or(named.filter(|format| *format == Format::MusicXml && text.starts_with('<')))
    .or(named.filter(|format| *format == Format::Abc && !text.is_empty()))
}

/// A MIDI file in the frame that some Windows programs put around it.
fn is_riff_midi(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"RMID")
}

/// Whether a zip archive says in its directory that it holds a score.
fn is_container(bytes: &[u8]) -> bool {
    let names: [&[u8]; 3] = [b"META-INF/container.xml", b".musicxml", b".xml"];
    names.iter().any(|name| bytes.windows(name.len()).any(|window| window == *name))
}

/// Text in UTF-8 or UTF-16, with or without a byte order mark; strange bytes are replaced.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let (bytes, encoding) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (rest, encoding_rs::UTF_8),
        [0xFF, 0xFE, rest @ ..] => (rest, encoding_rs::UTF_16LE),
        [0xFE, 0xFF, rest @ ..] => (rest, encoding_rs::UTF_16BE),
        // Without a mark, UTF-16 shows by the zeros of its first two characters.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => (bytes, encoding_rs::UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => (bytes, encoding_rs::UTF_16BE),
        _ => (bytes, encoding_rs::UTF_8),
    };
    encoding.decode_without_bom_handling(bytes).0
}

/// Which of our JSON formats an object is.
fn json_kind(text: &str) -> Option<Format> {
    let holds = |name: &str| text.contains(&format!("\"{name}\""));
    if holds(json::FORMAT) {
        Some(Format::Json)
    } else if holds("annotations") || holds("hooktheory") {
        Some(Format::Hooktheory)
    } else {
        None
    }
}

/// Whether XML is a score rather than, say, a web page.
fn is_score(text: &str) -> bool {
    text.contains("<score-partwise") || text.contains("<score-timewise")
}

/// Whether lines of an ABC tune are there: a tune number, and a key.
fn abc_fields(text: &str) -> (bool, bool) {
    let mut fields = (false, false);
    for line in text.lines() {
        match line.trim_start().as_bytes() {
            [b'X', b':', rest @ ..] => {
                fields.0 |= rest.trim_ascii_start().first().is_some_and(u8::is_ascii_digit);
            }
            [b'K', b':', ..] => fields.1 = true,
            _ => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(bytes: &[u8], name: &str) -> Option<Format> {
        detect(bytes, Path::new(name))
    }

    fn utf16(text: &str, mark: bool, little: bool) -> Vec<u8> {
        let mark = if mark { "\u{FEFF}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16()).collect::<Vec<_>>();
        let bytes = |unit: &u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
        units.iter().flat_map(bytes).collect()
    }

    const SCORE: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE score-partwise>\n<score-partwise>";
    const TUNE: &str = "% a comment\n\nX: 1\nT:Tune\nK:G\nGABc|\n";

    #[test]
    fn content_decides_whatever_the_name_says() {
        for (bytes, format) in [
            (b"MThd\0\0\0\x06".to_vec(), Format::Midi),
            (b"RIFF\0\0\0\0RMIDdata".to_vec(), Format::Midi),
            (b"PK\x03\x04....META-INF/container.xml....".to_vec(), Format::Mxl),
            (SCORE.into(), Format::MusicXml),
            (b"<score-timewise version='4.0'>".to_vec(), Format::MusicXml),
            (TUNE.into(), Format::Abc),
            (b"{ \"format\": \"cantus-lead-sheet\" }".to_vec(), Format::Json),
            (b"{\"a\": {\"annotations\": {}}}".to_vec(), Format::Hooktheory),
        ] {
            for name in ["tune", "tune.xml", "tune.mid", "tune.abc", "tune.json", "Übung.mxl"] {
                assert_eq!(named(&bytes, name), Some(format), "{name}");
            }
            assert_eq!(named(&bytes, ""), Some(format));
        }
    }

    #[test]
    fn texts_are_known_in_every_encoding() {
        for (text, format) in [(SCORE, Format::MusicXml), (TUNE, Format::Abc)] {
            assert_eq!(named(format!("\u{FEFF}{text}").as_bytes(), ""), Some(format));
            for (mark, little) in [(true, true), (true, false), (false, true), (false, false)] {
                assert_eq!(named(&utf16(text, mark, little), ""), Some(format));
            }
        }
        let latin = [b"X:1\nT:Gr\xFC\xDFe\nK:C\n".as_slice(), b"CDE|\n"].concat();
        assert_eq!(named(&latin, ""), Some(Format::Abc));
    }

    #[test]
    fn the_extension_breaks_ties_only() {
        // Half a tune, as a tunebook's last file may be.
        assert_eq!(named(b"K:G\nGAB", "tune.abc"), Some(Format::Abc));
        assert_eq!(named(b"GAB cde|", "tune.abc"), Some(Format::Abc));
        assert_eq!(named(b"K:G\nGAB", "notes.xml"), None);
        assert_eq!(named(b"GAB cde|", "tune.txt"), None);
        assert_eq!(named(b"<?xml version=\"1.0\"?>", "score.musicxml"), Some(Format::MusicXml));
        assert_eq!(named(b"<html></html>", "page.html"), None);
        assert_eq!(named(b"{}", "sheet.json"), Some(Format::Json));
        assert_eq!(named(b"{}", "sheet.mid"), None);
        assert_eq!(named(b"PK\x03\x04 a word document", "letter.docx"), None);
        assert_eq!(named(b"", "tune.abc"), None);
        assert_eq!(named(b"", "tune.mid"), None);
    }

    #[test]
    fn extensions_lead_to_formats_and_back() {
        for format in Format::ALL {
            let known =
                Format::from_extension(&Path::new("tune").with_extension(format.extension()));
            assert_eq!(
                known,
                Some(format).filter(|f| *f != Format::Hooktheory).or(Some(Format::Json))
            );
        }
        assert_eq!(Format::from_extension(Path::new("A.MID")), Some(Format::Midi));
        assert_eq!(Format::from_extension(Path::new("pdf")), None);
    }
}
