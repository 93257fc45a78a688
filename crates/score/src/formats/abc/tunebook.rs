//! A tunebook: its lines, its file header, and the blocks that hold one tune each.

use std::ops::Range;

/// One line of the file.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Where its content lies in the file: line ending, comment and the space before them
    /// left out. A directive (`%%…`) is content.
    pub(super) content: Range<usize>,
    /// Where the next line starts.
    pub(super) next: usize,
    /// Its number, from 1.
    pub(super) number: u32,
    /// Whether there is nothing on it, not even a comment.
    pub(super) blank: bool,
}

impl Line {
    /// The bytes of the content.
    pub(super) fn bytes<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        file.get(self.content.clone()).unwrap_or_default()
    }

    /// The letter and value range of a field line such as `K:Am`.
    ///
    /// A note before a repeat sign (`E:|`, `E::`) is music, not a field.
    pub(super) fn field(&self, file: &[u8]) -> Option<(u8, Range<usize>)> {
        let bytes = self.bytes(file);
        let (letter, after) = (*bytes.first()?, bytes.get(2));
        let is_field = (letter.is_ascii_alphabetic() || letter == b'+')
            && bytes.get(1) == Some(&b':')
            && !matches!(after, Some(b'|' | b':'));
        is_field.then(|| (letter, self.content.start + 2..self.content.end))
    }

    /// The value of a directive line such as `%%MIDI program 74`, or of its other form `I:`.
    pub(super) fn directive<'a>(&self, file: &'a [u8]) -> Option<&'a [u8]> {
        let bytes = self.bytes(file);
        bytes.strip_prefix(b"%%").or_else(|| bytes.strip_prefix(b"I:"))
    }
}

/// The lines of a file, ended by line feed, carriage return or both.
pub(super) fn lines(file: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = if file.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut number = 0u32;
    while start < file.len() {
        let rest = file.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = start + length.unwrap_or(rest.len());
        let ending = match rest.get(end - start..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        number = number.saturating_add(1);
        let written = file.get(start..end).unwrap_or_default();
        let content = start..start + content_length(written);
        let blank = written.trim_ascii().is_empty();
        lines.push(Line { content, next: end + ending, number, blank });
        start = end + ending;
    }
    lines
}

/// How much of a line comes before its comment and trailing space.
fn content_length(line: &[u8]) -> usize {
    if line.starts_with(b"%%") {
        return line.trim_ascii_end().len();
    }
    let mut escaped = false;
    let comment = line.iter().position(|byte| {
        let starts = *byte == b'%' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        starts
    });
    let kept = line.get(..comment.unwrap_or(line.len())).unwrap_or_default();
    kept.trim_ascii_end().len()
}

/// A tune's lines.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// What `X:` says, where it is a number.
    pub(super) number: Option<u32>,
    /// Its lines, as indices into those of the file.
    pub(super) lines: Range<usize>,
    /// Where music seems to stand behind the empty line that ends the tune.
    pub(super) orphan: Option<u32>,
}

/// A file divided into what comes before the first tune, and the tunes.
#[derive(Clone, Debug, Default)]
pub(super) struct Tunebook {
    /// The lines of the file header.
    pub(super) header: Range<usize>,
    /// The tunes in the order of the file.
    pub(super) blocks: Vec<Block>,
}

/// Finds the tunes: each begins with `X:` and ends with an empty line or the next `X:`. A file
/// without any `X:` is one tune if it has a `K:`.
pub(super) fn divide(file: &[u8], lines: &[Line]) -> Tunebook {
    let letter = |line: &Line| line.field(file).map(|(letter, _)| letter);
    let starts: Vec<usize> =
        (0..lines.len()).filter(|index| letter(&lines[*index]) == Some(b'X')).collect();
    let Some(first) = starts.first() else {
        let Some(key) = lines.iter().position(|line| letter(line) == Some(b'K')) else {
            return Tunebook::default();
        };
        // The fields right above the key belong to the tune.
        let above = lines.get(..key).unwrap_or_default();
        let start = above.iter().rposition(|line| line.blank).map_or(0, |blank| blank + 1);
        let block = block(file, lines, start, lines.len(), None);
        return Tunebook { header: 0..start, blocks: vec![block] };
    };
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let blocks = starts.iter().zip(ends).map(|(start, end)| {
        let number = lines.get(*start).and_then(|line| tune_number(line.bytes(file)));
        block(file, lines, *start, end, number)
    });
    Tunebook { header: 0..*first, blocks: blocks.collect() }
}

fn block(file: &[u8], lines: &[Line], start: usize, end: usize, number: Option<u32>) -> Block {
    let own = lines.get(start..end).unwrap_or_default();
    let length = own.iter().position(|line| line.blank).unwrap_or(own.len());
    let behind = own.get(length..).unwrap_or_default();
    let orphan = behind.iter().find(|line| looks_like_music(line.bytes(file)));
    Block { number, lines: start..start + length, orphan: orphan.map(|line| line.number) }
}

fn tune_number(line: &[u8]) -> Option<u32> {
    let value = line.get(2..)?.trim_ascii();
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// Whether free text is more likely forgotten music: bar lines, and no word of prose.
fn looks_like_music(line: &[u8]) -> bool {
    let bars = line.iter().filter(|byte| **byte == b'|').count();
    let prose = line
        .split(|byte| !byte.is_ascii_lowercase())
        .any(|word| word.len() > 3 && word.iter().any(|letter| !(b'a'..=b'g').contains(letter)));
    bars >= 2 && !prose && !line.starts_with(b"%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(file: &str) -> Vec<Option<u32>> {
        let lines = lines(file.as_bytes());
        divide(file.as_bytes(), &lines).blocks.iter().map(|block| block.number).collect()
    }

    #[test]
    fn tunes_begin_with_their_number() {
        assert_eq!(numbers("X:1\nK:C\nC\n\nX: 7\nK:G\nG\nX:x\n"), [Some(1), Some(7), None]);
        assert_eq!(numbers("no tune at all"), []);
        assert_eq!(numbers("T:Without number\nK:C\nC|"), [None]);
    }

    #[test]
    fn every_line_ending_ends_a_line() {
        let file = b"a\nb\r\nc\rd";
        let contents: Vec<&[u8]> = lines(file).iter().map(|line| line.bytes(file)).collect();
        assert_eq!(contents, [b"a", b"b", b"c", b"d"]);
    }

    #[test]
    fn comments_are_no_content_unless_escaped() {
        let file = br"T:50\% off % a comment";
        assert_eq!(lines(file)[0].bytes(file), br"T:50\% off");
    }

    #[test]
    fn a_note_before_a_repeat_sign_is_no_field() {
        let file = b"E:|";
        assert_eq!(lines(file)[0].field(file), None);
    }

    #[test]
    fn music_behind_the_end_of_a_tune_is_noticed() {
        let file = b"X:1\nK:C\nCDEF|\n\nGABc|c4|\n\nSome words of prose | with bars |\n";
        let lines = lines(file);
        assert_eq!(divide(file, &lines).blocks[0].orphan, Some(5));
    }
}
