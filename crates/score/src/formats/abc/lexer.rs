//! Lines of music into tokens.
//!
//! The lexer knows no state but its place in the line: what a token means (which key, which
//! metre) is found out in the body. Bytes suffice, since everything but text is ASCII.

use std::ops::Range;

use super::factor::Factor;
use super::token::{BarLine, Broken, Head, Kind, Sound, Token};
use crate::Step;

/// Reads the tokens of the line of music at `range` of `file`.
pub(super) fn music(file: &[u8], range: Range<usize>, line: u32, tokens: &mut Vec<Token>) {
    let end = range.end.min(file.len());
    let mut lexer = Lexer { file, at: range.start, end, line, tokens };
    while lexer.at < lexer.end {
        lexer.token();
    }
}

/// A field in brackets is not longer than this, so that one without its end costs little.
const LONGEST_FIELD: usize = 1000;

struct Lexer<'a> {
    file: &'a [u8],
    at: usize,
    end: usize,
    line: u32,
    tokens: &'a mut Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&self, offset: usize) -> Option<u8> {
        let at = self.at + offset;
        if at < self.end { self.file.get(at).copied() } else { None }
    }

    fn take_if(&mut self, accept: impl Fn(u8) -> bool) -> Option<u8> {
        let byte = self.peek().filter(|byte| accept(*byte))?;
        self.at += 1;
        Some(byte)
    }

    fn rest(&self) -> &[u8] {
        self.file.get(self.at..self.end).unwrap_or_default()
    }

    fn push(&mut self, start: usize, kind: Kind) {
        self.tokens.push(Token { range: start..self.at, line: self.line, kind });
    }

    /// Reads one token, or skips what is none; always moves on.
    fn token(&mut self) {
        let start = self.at;
        let Some(byte) = self.peek() else { return };
        match byte {
            b'A'..=b'G' | b'a'..=b'g' | b'^' | b'_' | b'=' => self.note(),
            b'|' => self.bar_line(),
            b':' if matches!(self.peek_at(1), Some(b'|' | b':')) => self.bar_line(),
            b'[' => self.bracket(),
            b'z' | b'x' => {
                self.at += 1;
                let length = self.length();
                match length {
                    Some(length) => self.push(start, Kind::Rest(length)),
                    None => self.push(start, Kind::Stray),
                }
            }
            b'Z' | b'X' => {
                self.at += 1;
                let bars = self.number().unwrap_or(1);
                self.push(start, Kind::BarRest(u32::try_from(bars).unwrap_or(u32::MAX)));
            }
            b'"' => self.quoted(),
            b'!' | b'+' => self.decoration(byte),
            b'{' => {
                let length = self.rest().iter().position(|byte| *byte == b'}');
                self.at = length.map_or(self.end, |length| self.at + length + 1);
            }
            b'(' => self.parenthesis(),
            b'-' => {
                self.at += 1;
                self.push(start, Kind::Tie);
            }
            b'<' | b'>' => {
                let mut signs = 0u8;
                while self.take_if(|next| next == byte).is_some() {
                    signs = signs.saturating_add(1);
                }
                self.push(start, Kind::Broken(Broken { long_first: byte == b'>', signs }));
            }
            b'&' => {
                self.at += 1;
                self.push(start, Kind::Overlay);
            }
            b'y' => {
                self.at += 1;
                self.length();
            }
            b'.' if matches!(self.peek_at(1), Some(b'|' | b'(' | b'-' | b'[')) => self.at += 1,
            b'.' | b'~' | b'H'..=b'W' | b'h'..=b'w' => {
                self.at += 1;
                self.push(start, Kind::Shorthand(byte));
            }
            b')' | b'`' | b'\\' | b'$' | b'*' | b';' | b'?' | b'@' => self.at += 1,
            b'0'..=b'9' if self.follows_bar() => {
                let passes = self.passes();
                self.push(start, Kind::Ending(passes));
            }
            byte if byte.is_ascii_whitespace() => self.at += 1,
            _ => {
                self.at += 1;
                self.stray(start);
            }
        }
    }

    /// Notes something meaningless, together with what is meaningless right before it.
    fn stray(&mut self, start: usize) {
        let at = self.at;
        match self.tokens.last_mut() {
            Some(Token { range, kind: Kind::Stray, .. }) if range.end == start => range.end = at,
            _ => self.push(start, Kind::Stray),
        }
    }

    fn follows_bar(&self) -> bool {
        let last = self.tokens.last();
        last.is_some_and(|token| token.line == self.line && matches!(token.kind, Kind::Bar(_)))
    }

    /// A number, too large ones as the largest.
    fn number(&mut self) -> Option<u64> {
        let mut number = None;
        while let Some(digit) = self.take_if(|byte| byte.is_ascii_digit()) {
            let digit = u64::from(digit - b'0');
            number = Some(number.unwrap_or(0u64).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    /// The length behind a note: `3/2`, `/`, `//`, nothing; `None` if it cannot be.
    fn length(&mut self) -> Option<Factor> {
        let numerator = self.number().unwrap_or(1);
        let mut denominator = 1u64;
        while self.take_if(|byte| byte == b'/').is_some() {
            denominator = denominator.saturating_mul(self.number().unwrap_or(2));
        }
        Factor::new(numerator, denominator)
    }

    fn head(&mut self) -> Option<Head> {
        let accidental = self.accidental();
        let letter = self.take_if(|byte| matches!(byte, b'A'..=b'G' | b'a'..=b'g'))?;
        let step = Step::from_letter(char::from(letter))?;
        let mut octave = if letter.is_ascii_lowercase() { 5i8 } else { 4 };
        while let Some(mark) = self.take_if(|byte| matches!(byte, b'\'' | b',')) {
            octave = if mark == b',' { octave.saturating_sub(1) } else { octave.saturating_add(1) };
        }
        Some(Head { accidental, step, octave: octave.clamp(-2, 10) })
    }

    /// Semitones of an accidental; a microtone counts as its nearest semitone below in size.
    fn accidental(&mut self) -> Option<i8> {
        let sign = self.take_if(|byte| matches!(byte, b'^' | b'_' | b'='))?;
        if sign == b'=' {
            return Some(0);
        }
        let direction = if sign == b'^' { 1 } else { -1 };
        if self.take_if(|byte| byte == sign).is_some() {
            return Some(2 * direction);
        }
        if matches!(self.peek(), Some(b'/' | b'0'..=b'9')) {
            let size = self.length().map_or((0, 1), Factor::parts);
            let semitones = size.0.checked_div(size.1).unwrap_or(0).min(2);
            return Some(direction * i8::try_from(semitones).unwrap_or(0));
        }
        Some(direction)
    }

    fn note(&mut self) {
        let start = self.at;
        let Some(head) = self.head() else {
            // An accidental without a letter.
            self.at = self.at.max(start + 1);
            return self.stray(start);
        };
        let length_at = self.at;
        match self.length() {
            Some(outer) => self.push(
                start,
                Kind::Sound(Sound {
                    heads: vec![head],
                    inner: Factor::ONE,
                    outer,
                    length_at,
                    tied_inside: false,
                }),
            ),
            None => self.push(start, Kind::Stray),
        }
    }

    /// `[`: an ending, a bar line, a field, or notes that sound together.
    fn bracket(&mut self) {
        let start = self.at;
        match (self.peek_at(1), self.peek_at(2)) {
            (Some(b'|'), _) => self.bar_line(),
            (Some(b'0'..=b'9'), _) => {
                self.at += 1;
                let passes = self.passes();
                self.push(start, Kind::Ending(passes));
            }
            (Some(letter), Some(b':')) if letter.is_ascii_alphabetic() => {
                let mut value = self.rest().iter().take(LONGEST_FIELD);
                let Some(length) = value.position(|byte| *byte == b']') else {
                    self.at += 1;
                    return self.stray(start);
                };
                let value = start + 3..start + length;
                self.at = start + length + 1;
                let kind = if letter == b'I' {
                    Kind::Instruction(value)
                } else {
                    Kind::Field(letter, value)
                };
                self.push(start, kind);
            }
            _ => {
                let tokens = self.tokens.len();
                if self.chord().is_none() {
                    self.tokens.truncate(tokens);
                    self.at = start + 1;
                    self.stray(start);
                }
            }
        }
    }

    /// Notes between brackets; quotes and decorations among them count as before them.
    fn chord(&mut self) -> Option<()> {
        let start = self.at;
        self.at += 1;
        let (mut heads, mut inner, mut tied_inside) = (Vec::new(), None, false);
        loop {
            match self.peek()? {
                b']' => break,
                b'A'..=b'G' | b'a'..=b'g' | b'^' | b'_' | b'=' => {
                    heads.push(self.head()?);
                    let length = self.length()?;
                    inner.get_or_insert(length);
                }
                b'-' => {
                    self.at += 1;
                    tied_inside = true;
                }
                b'"' => self.quoted(),
                byte @ (b'!' | b'+') => self.decoration(byte),
                b' ' | b'.' | b'~' | b'(' | b')' | b'H'..=b'W' | b'h'..=b'w' => self.at += 1,
                _ => return None,
            }
        }
        self.at += 1;
        let inner = inner?;
        let length_at = self.at;
        let outer = self.length()?;
        let sound = Sound { heads, inner, outer, length_at, tied_inside };
        self.push(start, Kind::Sound(sound));
        Some(())
    }

    fn bar_line(&mut self) {
        let start = self.at;
        self.take_if(|byte| byte == b'[');
        while self.take_if(|byte| matches!(byte, b'|' | b':' | b']')).is_some() {}
        let written = self.file.get(start..self.at).unwrap_or_default();
        let first_stroke = written.iter().position(|byte| *byte == b'|');
        let last_stroke = written.iter().rposition(|byte| *byte == b'|');
        let colons = |part: &[u8]| part.iter().filter(|byte| **byte == b':').count().min(250) as u8;
        let (before, after) = match (first_stroke, last_stroke) {
            (Some(first), Some(last)) => (
                colons(written.get(..first).unwrap_or_default()),
                colons(written.get(last..).unwrap_or_default()),
            ),
            // `::` ends one passage and begins the next.
            _ => (colons(written) / 2, colons(written) / 2),
        };
        let line =
            BarLine { repeats_before: before, repeats_after: after > 0, heavy: written.len() > 1 };
        self.push(start, Kind::Bar(line));
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            let start = self.at;
            let passes = self.passes();
            self.push(start, Kind::Ending(passes));
        }
    }

    /// The passes of an ending: `1`, `1,3`, `1-3`.
    fn passes(&mut self) -> Vec<u8> {
        let mut passes: Vec<u8> = Vec::new();
        let mut range_from = None;
        while let Some(number) = self.number() {
            let number = u8::try_from(number).unwrap_or(u8::MAX).clamp(1, 32);
            passes.extend(range_from.take().unwrap_or(number)..=number);
            let continues = matches!(self.peek_at(1), Some(b'0'..=b'9'));
            match self.peek() {
                Some(b',') if continues => {}
                Some(b'-') if continues => range_from = Some(number.saturating_add(1)),
                _ => break,
            }
            self.at += 1;
        }
        passes.sort_unstable();
        passes.dedup();
        passes
    }

    fn quoted(&mut self) {
        let start = self.at;
        let text = start + 1;
        let mut escaped = false;
        let length = self.rest().iter().skip(1).position(|byte| {
            let closes = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            closes
        });
        match length {
            Some(length) => {
                self.at = text + length + 1;
                self.push(start, Kind::Quoted(text..text + length));
            }
            None => {
                // Without its end the text is taken to reach to the next space or bar line.
                let stop = self.rest().iter().position(|byte| matches!(byte, b' ' | b'|'));
                self.at += stop.unwrap_or(self.rest().len()).max(1);
                self.push(start, Kind::Stray);
            }
        }
    }

    /// A name between `!` or `+`; a lone `!` is an old line break and says nothing.
    fn decoration(&mut self, sign: u8) {
        let start = self.at;
        self.at += 1;
        let length = self.rest().iter().position(|byte| *byte == sign);
        let name = length.and_then(|length| self.rest().get(..length));
        let named = name.is_some_and(|name| {
            !name.is_empty()
                && !name.iter().any(|byte| byte.is_ascii_whitespace() || b"|\"[]".contains(byte))
        });
        if let Some(length) = length.filter(|_| named) {
            self.at += length + 1;
            self.push(start, Kind::Decoration(start + 1..start + 1 + length));
        } else if sign == b'+' {
            self.stray(start);
        }
    }

    /// `(` begins a tuplet if a number follows, else a slur, which says nothing here.
    fn parenthesis(&mut self) {
        let start = self.at;
        self.at += 1;
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            self.take_if(|byte| byte == b'&');
            return;
        }
        let small = |number: u64| u8::try_from(number).ok().filter(|n| (1..=64).contains(n));
        let notes = self.number().and_then(small);
        let mut further = [None; 2];
        for number in &mut further {
            let colon_belongs = matches!(self.peek_at(1), Some(b'0'..=b'9' | b':'))
                || !matches!(self.peek_at(1), Some(b'|'));
            if !colon_belongs || self.take_if(|byte| byte == b':').is_none() {
                break;
            }
            *number = self.number().and_then(small);
        }
        let [time, count] = further;
        match notes {
            Some(notes) => self.push(start, Kind::Tuplet { notes, time, count }),
            None => self.push(start, Kind::Stray),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(line: &str) -> Vec<Kind> {
        let mut tokens = Vec::new();
        music(line.as_bytes(), 0..line.len(), 1, &mut tokens);
        tokens.into_iter().map(|token| token.kind).collect()
    }

    fn lengths(line: &str) -> Vec<(u64, u64)> {
        let length = |kind| match kind {
            Kind::Sound(sound) => sound.inner.times(sound.outer).map(Factor::parts),
            Kind::Rest(length) => Some(length.parts()),
            _ => None,
        };
        kinds(line).into_iter().filter_map(length).collect()
    }

    fn bar(repeats_before: u8, repeats_after: bool, heavy: bool) -> Kind {
        Kind::Bar(BarLine { repeats_before, repeats_after, heavy })
    }

    #[test]
    fn lengths_are_read_in_every_spelling() {
        assert_eq!(
            lengths("A A2 A/ A// A/4 A3/2 A3/ z2 [C2E2]3 [CE]/"),
            [(1, 1), (2, 1), (1, 2), (1, 4), (1, 4), (3, 2), (3, 2), (2, 1), (6, 1), (1, 2)]
        );
    }

    #[test]
    fn octaves_and_accidentals_belong_to_the_note() {
        let heads = |line| match kinds(line).into_iter().next() {
            Some(Kind::Sound(sound)) => sound.heads,
            other => panic!("{other:?}"),
        };
        let head = |accidental, step, octave| Head { accidental, step, octave };
        assert_eq!(heads("^c'"), [head(Some(1), Step::C, 6)]);
        assert_eq!(heads("__B,,"), [head(Some(-2), Step::B, 2)]);
        assert_eq!(heads("=F"), [head(Some(0), Step::F, 4)]);
        assert_eq!(heads("^/c"), [head(Some(0), Step::C, 5)]);
        assert_eq!(heads("[C^Ec]").len(), 3);
    }

    #[test]
    fn bar_lines_and_endings_are_told_apart_from_chords() {
        assert_eq!(kinds("|"), [bar(0, false, false)]);
        assert_eq!(kinds("|:"), [bar(0, true, true)]);
        assert_eq!(kinds("::"), [bar(1, true, true)]);
        assert_eq!(kinds("::|"), [bar(2, false, true)]);
        assert_eq!(kinds(":||:"), [bar(1, true, true)]);
        assert_eq!(kinds("|]"), [bar(0, false, true)]);
        assert_eq!(kinds("[|]"), [bar(0, false, true)]);
        assert_eq!(kinds("|1"), [bar(0, false, false), Kind::Ending(vec![1])]);
        assert_eq!(kinds("| [1,3"), [bar(0, false, false), Kind::Ending(vec![1, 3])]);
        assert_eq!(kinds(":|2-4"), [bar(1, false, true), Kind::Ending(vec![2, 3, 4])]);
        assert_eq!(kinds("| 2"), [bar(0, false, false), Kind::Ending(vec![2])]);
        assert!(matches!(kinds("|[CE]").as_slice(), [Kind::Bar(_), Kind::Sound(_)]));
    }

    #[test]
    fn tuplets_may_leave_numbers_out() {
        let tuplet = |notes, time, count| Kind::Tuplet { notes, time, count };
        assert_eq!(kinds("(3"), [tuplet(3, None, None)]);
        assert_eq!(kinds("(3:2"), [tuplet(3, Some(2), None)]);
        assert_eq!(kinds("(3::2"), [tuplet(3, None, Some(2))]);
        assert_eq!(kinds("(5:4:6"), [tuplet(5, Some(4), Some(6))]);
        assert_eq!(kinds("("), []);
    }

    #[test]
    fn ornaments_are_no_notes() {
        assert_eq!(kinds("{gab}"), []);
        assert_eq!(kinds("!trill!"), [Kind::Decoration(1..6)]);
        assert_eq!(kinds("+fermata+"), [Kind::Decoration(1..8)]);
        assert_eq!(kinds("~"), [Kind::Shorthand(b'~')]);
        assert_eq!(kinds("!"), []);
    }

    #[test]
    fn nonsense_is_marked_and_passed_over() {
        assert_eq!(kinds("#9#"), [Kind::Stray]);
        assert!(matches!(kinds("[CE").as_slice(), [Kind::Stray, Kind::Sound(_), Kind::Sound(_)]));
        assert!(matches!(kinds("\"Am A").as_slice(), [Kind::Stray, Kind::Sound(_)]));
        assert_eq!(kinds("A0"), [Kind::Stray]);
    }
}
