//! Bytes to text: byte order marks, UTF-16, declared encodings.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::{Place, ReadError};

/// Documents beyond this size are refused; the largest orchestral scores reach about 60 MB.
pub(super) const LARGEST: usize = 128 << 20;

/// Why a file is taken for something else.
const WAY_OUT: &str = "expected a MusicXML file (.musicxml, .xml or .mxl)";

/// The text of a document and what has to be remembered to write it back.
pub(super) struct Text<'a> {
    /// The document without its byte order mark.
    pub(super) content: Cow<'a, str>,
    /// Whether the bytes were UTF-8, so that positions in `content` are positions in the file.
    pub(super) utf8: bool,
    /// Whether a UTF-8 byte order mark stood before it.
    pub(super) marked: bool,
}

/// Decodes a document: by its byte order mark, by the zero bytes of UTF-16, by the encoding
/// that its XML declaration names, else as UTF-8.
///
/// # Errors
/// If there is nothing, too much, or the bytes are not text in that encoding.
pub(super) fn decode(bytes: &[u8]) -> Result<Text<'_>, ReadError> {
    if bytes.len() > LARGEST {
        let problem = format!("it is larger than {} MB", LARGEST >> 20);
        return Err(ReadError::new(Place::File, problem, "split the score and read its parts"));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ReadError::new(Place::File, "it is empty", WAY_OUT));
    }
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (unmarked(bytes), 0));
    let body = bytes.get(mark..).unwrap_or_default();
    if encoding == UTF_8 {
        let content = std::str::from_utf8(body).map_err(|error| {
            let place = Place::Byte(mark + error.valid_up_to());
            let way_out = "save it as UTF-8, or name its encoding in the XML declaration";
            ReadError::new(place, "it is not UTF-8 text", way_out)
        })?;
        return Ok(Text { content: Cow::Borrowed(content), utf8: true, marked: mark > 0 });
    }
    let (content, broken) = encoding.decode_without_bom_handling(body);
    if broken {
        let problem = format!("it is not {} text", encoding.name());
        return Err(ReadError::new(Place::File, problem, "save it as UTF-8"));
    }
    Ok(Text { content: Cow::Owned(content.into_owned()), utf8: false, marked: false })
}

/// The encoding of a document without byte order mark.
fn unmarked(bytes: &[u8]) -> &'static Encoding {
    match bytes {
        [b'<', 0, ..] => return UTF_16LE,
        [0, b'<', ..] => return UTF_16BE,
        _ => {}
    }
    let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let declaration = head.split(|byte| *byte == b'>').next().unwrap_or_default();
    let Ok(declaration) = std::str::from_utf8(declaration) else { return UTF_8 };
    if !declaration.starts_with("<?xml") {
        return UTF_8;
    }
    let label = declared(declaration).and_then(|place| declaration.get(place));
    label.and_then(|name| Encoding::for_label(name.as_bytes())).map_or(
        UTF_8,
        // Bytes that are readable as ASCII are not UTF-16, whatever they declare.
        |encoding| if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding },
    )
}

/// Where the value of `encoding="…"` stands in an XML declaration.
pub(super) fn declared(declaration: &str) -> Option<Range<usize>> {
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let name = value.get(1..)?;
    let start = declaration.len() - name.len();
    Some(start..start + name.find(quote)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn encodings_are_recognised_by_mark_by_zeros_and_by_declaration() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><score-partwise>é</score-partwise>";
        for bytes in [
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
            utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
            utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
        ] {
            assert_eq!(decode(&bytes).expect("text").content, text);
        }
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        assert!(decode(latin).expect("text").content.ends_with("<a>é</a>"));
    }

    #[test]
    fn bytes_that_are_not_text_are_refused_with_their_place() {
        let error = decode(b"<a>\xff</a>").err().expect("refused");
        assert_eq!(error.place, Place::Byte(3));
        assert!(decode(b" \n").err().expect("refused").problem.contains("empty"));
    }
}
