//! Which format a file has: its content decides, its extension breaks ties.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// MusicXML as text.
    MusicXml,
    /// Compressed MusicXML.
    Mxl,
    /// ABC tunebooks.
    Abc,
    /// Standard MIDI files.
    Midi,
    /// Hooktheory annotations in the SheetSage layout.
    Hooktheory,
}

impl Format {
    /// The format that a file of this name has by its extension.
    pub fn from_extension(name: &Path) -> Option<Self> {
        let extension = name.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "musicxml" | "xml" => Self::MusicXml,
            "mxl" => Self::Mxl,
            "abc" => Self::Abc,
            "mid" | "midi" | "smf" => Self::Midi,
            "json" => Self::Hooktheory,
            _ => return None,
        })
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MusicXml => "MusicXML",
            Self::Mxl => "compressed MusicXML",
            Self::Abc => "ABC",
            Self::Midi => "MIDI",
            Self::Hooktheory => "Hooktheory JSON",
        }
    }
}

/// The format of `bytes`: what they begin with decides; where that says nothing, the extension
/// of `name` does.
pub fn detect(bytes: &[u8], name: &Path) -> Option<Format> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let utf16 = [b"\xFF\xFE".as_slice(), b"\xFE\xFF", b"<\0", b"\0<"];
    if bytes.starts_with(b"MThd") || bytes.starts_with(b"RIFF") {
        Some(Format::Midi)
    } else if bytes.starts_with(b"PK") {
        Some(Format::Mxl)
    } else if text.starts_with(b"<") || utf16.iter().any(|start| bytes.starts_with(start)) {
        Some(Format::MusicXml)
    } else if text.starts_with(b"{") {
        Some(Format::Hooktheory)
    } else if text.split(|byte| *byte == b'\n' || *byte == b'\r').any(is_abc_header) {
        Some(Format::Abc)
    } else {
        Format::from_extension(name)
    }
}

/// `X: 1` or `K: D`, which every ABC tune has at the start of a line.
fn is_abc_header(line: &[u8]) -> bool {
    matches!(line, [b'X' | b'K', b':', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_the_extension_breaks_ties() {
        for (bytes, name, format) in [
            (b"MThd\0\0".as_slice(), "song.abc", Some(Format::Midi)),
            (b"PK\x03\x04", "song.xml", Some(Format::Mxl)),
            (b"\xEF\xBB\xBF <?xml version='1.0'?>", "song.mxl", Some(Format::MusicXml)),
            (b"\xFF\xFE<\0?\0", "song", Some(Format::MusicXml)),
            (b"% a book\r\nX:1\r\nK:D\r\n", "song.txt", Some(Format::Abc)),
            (b" {\"id\": {}}", "song.abc", Some(Format::Hooktheory)),
            (b"", "song.abc", Some(Format::Abc)),
            (b"hello", "song.txt", None),
        ] {
            assert_eq!(detect(bytes, Path::new(name)), format, "{name}");
        }
    }
}
