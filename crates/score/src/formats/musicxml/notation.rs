//! From exact time to note values: where notes are split and tied, dots, tuplets.

use crate::Duration;

/// A 1024th note is the shortest value with a name; times are counted in it.
const TICKS: i128 = 256;

/// The names of note values with their length in [`TICKS`], the longest first.
const NAMES: [(&str, i128); 12] = [
    ("breve", 2048),
    ("whole", 1024),
    ("half", 512),
    ("quarter", 256),
    ("eighth", 128),
    ("16th", 64),
    ("32nd", 32),
    ("64th", 16),
    ("128th", 8),
    ("256th", 4),
    ("512th", 2),
    ("1024th", 1),
];

/// A printed note value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The MusicXML name of its type.
    pub(super) name: &'static str,
    /// Its dots.
    pub(super) dots: u8,
}

/// `actual` notes in the time of `normal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tuplet {
    /// How many are played.
    pub(super) actual: i64,
    /// In the time of how many.
    pub(super) normal: i64,
    /// A bracket begins.
    pub(super) starts: bool,
    /// A bracket ends.
    pub(super) stops: bool,
}

/// A stretch of a bar that is one note or rest, from the start of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// When it begins.
    pub(super) from: Duration,
    /// When it ends.
    pub(super) to: Duration,
    /// Which note or rest it belongs to.
    pub(super) source: usize,
}

/// One printed note or rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What it is a part of.
    pub(super) stretch: Stretch,
    /// Its note value; none for lengths that no value has.
    pub(super) glyph: Option<Glyph>,
    /// The tuplet it stands in.
    pub(super) tuplet: Option<Tuplet>,
}

/// The printed notes for the stretches of a bar, which follow each other without gap. `beat`
/// is where tuplets are broken that are not plain enough to be read.
pub(super) fn pieces(stretches: &[Stretch], beat: Duration) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(stretches.len());
    let mut rest = stretches;
    while let Some(first) = rest.first() {
        // A tuplet lasts until a stretch ends on a place that halving can reach.
        let whole = rest.iter().position(|stretch| is_dyadic(stretch.to));
        let (group, after) = rest.split_at(whole.map_or(rest.len(), |last| last + 1));
        rest = after;
        if group.len() == 1 && is_dyadic(first.from) && is_dyadic(first.to) {
            plain(*first, &mut pieces);
            continue;
        }
        let printed = tuplet(group);
        if is_readable(group, &printed) {
            pieces.extend(printed);
            continue;
        }
        for group in broken(group, beat) {
            match group.as_slice() {
                [stretch] if is_dyadic(stretch.from) && is_dyadic(stretch.to) => {
                    plain(*stretch, &mut pieces);
                }
                group => pieces.extend(tuplet(group)),
            }
        }
    }
    pieces
}

/// Whether a tuplet lasts for a plain value and each of its stretches is one value.
fn is_readable(group: &[Stretch], printed: &[Piece]) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return true };
    let span = scaled(last.to.saturating_sub(first.from), 1, 1).and_then(glyph);
    span.is_some_and(|glyph| glyph.dots == 0)
        && printed.len() == group.len()
        && printed.iter().all(|piece| piece.glyph.is_some())
}

/// Whether a time lies on halves, quarters, eighths, … of a quarter note.
fn is_dyadic(time: Duration) -> bool {
    time.fraction().1.count_ones() == 1
}

/// The stretches cut at every beat, one group for each span between places where a cut falls.
fn broken(group: &[Stretch], beat: Duration) -> Vec<Vec<Stretch>> {
    let mut groups: Vec<Vec<Stretch>> = vec![Vec::new()];
    for stretch in group {
        let mut from = stretch.from;
        while from < stretch.to {
            let (beats, _) = from.divide(beat);
            let next = u32::try_from(beats + 1).ok().and_then(|beats| beat.times(beats));
            let to =
                next.filter(|next| *next > from).map_or(stretch.to, |next| next.min(stretch.to));
            if let Some(group) = groups.last_mut() {
                group.push(Stretch { from, to, ..*stretch });
            }
            if Some(to) == next {
                groups.push(Vec::new());
            }
            from = to;
        }
    }
    groups.retain(|group| !group.is_empty());
    // A long note between two beats stays one: groups that are one whole beat of one source.
    let mut joined: Vec<Vec<Stretch>> = Vec::with_capacity(groups.len());
    for group in groups {
        if let ([next], Some([last])) = (group.as_slice(), joined.last_mut().map(Vec::as_mut_slice))
            && next.source == last.source
            && is_dyadic(last.from)
            && is_dyadic(next.to)
        {
            last.to = next.to;
            continue;
        }
        joined.push(group);
    }
    joined
}

/// Prints a stretch outside tuplets.
fn plain(stretch: Stretch, pieces: &mut Vec<Piece>) {
    let ticks = |time: Duration| scaled(time, 1, 1);
    let cuts = match (ticks(stretch.from), ticks(stretch.to)) {
        (Some(from), Some(to)) => values(from, to),
        _ => Vec::new(),
    };
    push(stretch, &cuts, (1, 1), None, pieces);
}

/// Prints a group of stretches as one tuplet.
fn tuplet(group: &[Stretch]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let Some(start) = group.first().map(|stretch| stretch.from) else { return pieces };
    let odd = group.iter().fold(1, |odd, stretch| {
        let since = stretch.to.saturating_sub(start).fraction().1;
        lcm(odd, since >> since.trailing_zeros())
    });
    // The power of two below: 3 in the time of 2, 5 and 7 of 4, 9 of 8.
    let normal = 1i64 << (63 - odd.max(1).leading_zeros());
    let readable = (2..=15).contains(&odd);
    for stretch in group {
        let ticks = |time: Duration| scaled(time.saturating_sub(start), odd, normal);
        let cuts = match (ticks(stretch.from), ticks(stretch.to)) {
            (Some(from), Some(to)) if readable => values(from, to),
            _ => Vec::new(),
        };
        let ratio = readable.then_some(Tuplet { actual: odd, normal, starts: false, stops: false });
        let relative = Stretch {
            from: stretch.from.saturating_sub(start),
            to: stretch.to.saturating_sub(start),
            ..*stretch
        };
        push(relative, &cuts, (odd, normal), ratio, &mut pieces);
    }
    for piece in &mut pieces {
        piece.stretch.from = start + piece.stretch.from;
        piece.stretch.to = start + piece.stretch.to;
    }
    if let Some(tuplet) = pieces.first_mut().and_then(|piece| piece.tuplet.as_mut()) {
        tuplet.starts = true;
    }
    if let Some(tuplet) = pieces.last_mut().and_then(|piece| piece.tuplet.as_mut()) {
        tuplet.stops = true;
    }
    pieces
}

/// Adds a stretch in pieces that end at `cuts` (in printed ticks); unnamed if there are none.
fn push(
    stretch: Stretch,
    cuts: &[(i128, Option<Glyph>)],
    (actual, normal): (i64, i64),
    tuplet: Option<Tuplet>,
    pieces: &mut Vec<Piece>,
) {
    let mut from = stretch.from;
    for (index, (end, glyph)) in cuts.iter().enumerate() {
        let exact = || {
            let numerator = i64::try_from(end.checked_mul(i128::from(normal))?).ok()?;
            Duration::new(numerator, i64::try_from(TICKS).ok()?.checked_mul(actual)?)
        };
        let last = index + 1 == cuts.len();
        let to = if last { stretch.to } else { exact().unwrap_or(stretch.to) };
        let part = Stretch { from, to, ..stretch };
        pieces.push(Piece { stretch: part, glyph: *glyph, tuplet });
        from = to;
    }
    if cuts.is_empty() {
        pieces.push(Piece { stretch, glyph: None, tuplet: None });
    }
}

/// A time in printed ticks, if it is a whole number of them.
fn scaled(time: Duration, actual: i64, normal: i64) -> Option<i128> {
    let (numerator, denominator) = time.fraction();
    let top = i128::from(numerator) * TICKS * i128::from(actual);
    let bottom = i128::from(denominator) * i128::from(normal);
    (top % bottom == 0).then_some(top / bottom)
}

/// Cuts the time from `from` to `to` into values that can be printed; gives the end of each.
/// What cannot be one value is cut where the coarsest grid has a line inside it.
fn values(from: i128, to: i128) -> Vec<(i128, Option<Glyph>)> {
    let mut cuts = Vec::new();
    let mut open = vec![(from, to)];
    while let Some((from, to)) = open.pop() {
        let inside = || {
            NAMES.iter().find_map(|(_, unit)| {
                let line = (from.div_euclid(*unit) + 1) * unit;
                (line < to).then_some(line)
            })
        };
        match glyph(to - from) {
            Some(glyph) => cuts.push((to, Some(glyph))),
            None => match inside() {
                Some(line) => open.extend([(line, to), (from, line)]),
                None => cuts.push((to, None)),
            },
        }
    }
    cuts
}

/// The value of this length: plain, or with one dot, or with two if it is an eighth or more.
fn glyph(ticks: i128) -> Option<Glyph> {
    NAMES.into_iter().find_map(|(name, length)| {
        let dots = if ticks == length {
            0
        } else if 2 * ticks == 3 * length {
            1
        } else if 4 * ticks == 7 * length && length >= 256 {
            2
        } else {
            return None;
        };
        Some(Glyph { name, dots })
    })
}

/// The least common multiple; saturates.
pub(super) fn lcm(a: i64, b: i64) -> i64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1)).saturating_mul(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(numerator: i64, denominator: i64) -> Duration {
        Duration::new(numerator, denominator).expect("in range")
    }

    /// The pieces of notes that end at these times, as `name.. actual/normal`.
    fn printed(ends: &[(i64, i64)]) -> Vec<String> {
        let mut from = Duration::ZERO;
        let mut stretches = Vec::new();
        for (source, (numerator, denominator)) in ends.iter().enumerate() {
            let to = time(*numerator, *denominator);
            stretches.push(Stretch { from, to, source });
            from = to;
        }
        let pieces = pieces(&stretches, Duration::quarters(1));
        let mut at = Duration::ZERO;
        for piece in &pieces {
            assert_eq!(piece.stretch.from, at, "pieces follow each other");
            at = piece.stretch.to;
        }
        assert_eq!(at, from, "pieces fill the bar");
        let text = |piece: &Piece| {
            let glyph = piece.glyph.map_or("?".to_owned(), |glyph| {
                format!("{}{}", glyph.name, ".".repeat(usize::from(glyph.dots)))
            });
            let tuplet = piece.tuplet.map_or(String::new(), |t| {
                let (start, stop) =
                    (if t.starts { "[" } else { "" }, if t.stops { "]" } else { "" });
                format!(" {start}{}:{}{stop}", t.actual, t.normal)
            });
            format!("{}={glyph}{tuplet}", piece.stretch.source)
        };
        pieces.iter().map(text).collect()
    }

    #[test]
    fn plain_values_are_split_where_the_bar_is() {
        for (ends, expected) in [
            ([(4, 1)].as_slice(), ["0=whole"].as_slice()),
            (&[(3, 1), (4, 1)], &["0=half.", "1=quarter"]),
            (&[(5, 2), (4, 1)], &["0=half", "0=eighth", "1=quarter."]),
            (&[(1, 2), (3, 1), (4, 1)], &["0=eighth", "1=quarter.", "1=quarter", "2=quarter"]),
            (&[(7, 2), (4, 1)], &["0=half..", "1=eighth"]),
            (&[(5, 1)], &["0=whole", "0=quarter"]),
            (&[(1, 512), (1, 1)], &["0=?", "1=?"]),
        ] {
            assert_eq!(printed(ends), expected, "{ends:?}");
        }
    }

    #[test]
    fn tuplets_are_found_and_bracketed() {
        for (ends, expected) in [
            (
                [(1, 3), (2, 3), (1, 1)].as_slice(),
                ["0=eighth [3:2", "1=eighth 3:2", "2=eighth 3:2]"].as_slice(),
            ),
            (&[(2, 3), (4, 3), (2, 1)], &["0=quarter [3:2", "1=quarter 3:2", "2=quarter 3:2]"]),
            (&[(2, 3), (1, 1)], &["0=quarter [3:2", "1=eighth 3:2]"]),
            (
                &[(1, 5), (2, 5), (3, 5), (1, 1)],
                &["0=16th [5:4", "1=16th 5:4", "2=16th 5:4", "3=eighth 5:4]"],
            ),
            (
                &[(2, 3), (3, 1), (4, 1)],
                &["0=quarter [3:2", "1=eighth 3:2]", "1=half", "2=quarter"],
            ),
        ] {
            assert_eq!(printed(ends), expected, "{ends:?}");
        }
    }

    #[test]
    fn times_that_no_value_has_stay_whole() {
        assert_eq!(printed(&[(1, 1001), (1, 1)]), ["0=?", "1=?"]);
    }
}
