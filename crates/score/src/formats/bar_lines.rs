//! Bars from time signatures, for formats that store no bars.

use crate::{Bar, Meter, Place, Position, ReadError, RepeatMarks, Timed};

/// A piece of more bars than this is refused.
const MOST_BARS: usize = 100_000;

/// At least one bar, and all up to the one that holds `until`, numbered from 1.
///
/// A signature always starts a bar: the one before it may be cut short. `signatures` are
/// sorted, the first at zero.
pub(super) fn bars(signatures: &[Timed<Meter>], until: Position) -> Result<Vec<Bar>, ReadError> {
    let mut bars: Vec<Bar> = Vec::new();
    let mut start = Position::ZERO;
    let mut upcoming = signatures.iter().peekable();
    let mut meter = Meter::COMMON;
    while start < until || bars.is_empty() {
        while let Some(signature) = upcoming.next_if(|signature| signature.at <= start) {
            meter = signature.value;
        }
        if bars.len() == MOST_BARS {
            return Err(ReadError::new(
                Place::Bar(MOST_BARS.to_string()),
                format!("the piece has more than {MOST_BARS} bars"),
                "check its time stamps and time signatures, or cut the piece",
            ));
        }
        let full = start + meter.bar();
        let end = upcoming.peek().map_or(full, |signature| signature.at.min(full));
        let length = end.since(start).unwrap_or(meter.bar());
        let (written, repeats) = (bars.len(), RepeatMarks::default());
        bars.push(Bar { start, length, number: (written + 1).to_string(), written, repeats });
        start = end;
    }
    Ok(bars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_cuts_the_bar_before_it_short() {
        let signature = |at, numerator| Timed {
            at: Position::quarters(at),
            value: Meter::new(numerator, 4).expect("valid"),
        };
        let signatures = [signature(0, 4), signature(6, 3), signature(9, 2)];
        let bars = bars(&signatures, Position::quarters(10)).expect("few");
        let lengths: Vec<_> = bars.iter().map(|bar| bar.length.to_string()).collect();
        assert_eq!(lengths, ["4", "2", "3", "2"]);
    }
}
