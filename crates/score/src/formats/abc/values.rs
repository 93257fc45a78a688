//! Note values: what one note head can show, and what takes several that are tied.

use crate::Duration;

/// `duration` as the values of single note heads, plain or dotted, longest first; `None` if it
/// is no sum of such (a third of a beat).
pub(super) fn note_values(duration: Duration) -> Option<Vec<Duration>> {
    let (numerator, denominator) = duration.fraction();
    let (mut left, denominator) = (u64::try_from(numerator).ok()?, denominator);
    if !u64::try_from(denominator).ok()?.is_power_of_two() {
        return None;
    }
    let mut values = Vec::new();
    while left > 0 {
        let largest = 1u64 << left.ilog2();
        let dotted = largest + largest / 2;
        let value = if dotted <= left && largest > 1 { dotted } else { largest };
        values.push(Duration::new(i64::try_from(value).ok()?, denominator)?);
        left -= value;
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_note_heads_can_show() {
        let values = |n, d| {
            let values = note_values(Duration::new(n, d).expect("in range"));
            values.map(|values| values.into_iter().map(Duration::fraction).collect::<Vec<_>>())
        };
        assert_eq!(values(3, 2), Some(vec![(3, 2)]));
        assert_eq!(values(5, 2), Some(vec![(2, 1), (1, 2)]));
        assert_eq!(values(7, 1), Some(vec![(6, 1), (1, 1)]));
        assert_eq!(values(1, 3), None);
    }
}
